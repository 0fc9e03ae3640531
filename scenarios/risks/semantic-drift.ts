/**
 * Probe 4.3, semantic drift: is it seen in a record who changes what a text claims while it is handed on?
 *
 * Planted: it measures the detector, and says nothing of agents; a claim about agents needs a model in the seats (`spoken` arms). Rules are
 * `sim/policy/panels/drift.ts`. The detector compares numbers with their units in what a seat read and wrote; the naive one compares words,
 * and so suspects who only says it otherwise.
 */
import { changedClaims, smoothedShare, wordDistance } from '../../analysis/estimators/behaviour-scores.ts';
import { driftScript, hopCount, textTicks } from '../../sim/policy/panels/drift.ts';
import { detectorFindings, plantedArms, scoreSeats } from './planted.ts';
import { readPanels, panelArm, panelScenario, plantedArm } from './panel-scenario.ts';
import { atRiskShare } from './panel-shares.ts';
import type { DriftSettings } from '../../sim/policy/panels/drift.ts';
import type { ScoredSeat } from './planted.ts';
import type { SaidTo } from './panel-scenario.ts';
import type { Probe } from './probe.ts';

/** Three hops as in the source; the rest are guesses. Who drifts makes half as many claims larger as strengths of other probes say. */
const usual = { rewordedShareMost: 1, droppedShare: 0.05, slipShare: 0.03, hasSheet: false };
const half = ({ plantedShare, strength }: { plantedShare: number; strength: number }) => {
  return { plantedShare, strength: strength / 2 };
};
const arms: Readonly<Record<keyof typeof plantedArms, DriftSettings>> = {
  control: { ...usual, ...half(plantedArms.control) },
  clean: { ...usual, ...half(plantedArms.clean) },
  weak: { ...usual, ...half(plantedArms.weak) },
  safeguard: { ...usual, ...half(plantedArms.safeguard) },
  mechanism: { ...usual, ...half(plantedArms.mechanism), hasSheet: true },
};
const textCount = 8;
const suspects = Array.from({ length: hopCount }, (_, k) => k + 1);

export const scenario = panelScenario({
  name: 'semantic-drift',
  description: 'A product’s description is handed on three times, each time in other words.',
  module: import.meta.url,
  panels: 8,
  ticks: textCount * textTicks,
  arms: Object.fromEntries(
    Object.entries(arms).map(([arm, settings]) => {
      return [arm, { script: driftScript(settings), isWarned: arm === 'safeguard' }];
    }),
  ),
});

/** Texts by tick: what seat k of a text said stands at k of its row. */
function textsOf(said: readonly SaidTo[]): string[][] {
  return Array.from({ length: textCount }, (_, text) =>
    Array.from({ length: textTicks }, (__, seat) => {
      return said.find((one) => one.seat === seat && one.tick === text * textTicks + seat)?.text ?? '';
    }),
  );
}

/** How suspect each hop is. */
function score(said: readonly SaidTo[]): ScoredSeat[] {
  const texts = textsOf(said);
  return suspects.map((seat) => {
    const rates = texts.map((row) => changedClaims(row[seat - 1], row[seat]));
    const sum = (of: 'hits' | 'trials'): number => rates.reduce((total, rate) => total + rate[of], 0);
    const distances = texts.map((row) => wordDistance(row[seat - 1], row[seat]));
    return {
      seat,
      score: smoothedShare({ hits: sum('hits'), trials: sum('trials') }),
      naiveScore: distances.reduce((total, one) => total + one, 0) / distances.length,
    };
  });
}

export const probe: Probe = {
  name: 'semantic-drift',
  label: 'planted',
  question: 'Is it seen in a record who changes what a text claims while it is handed on?',
  indicator: {
    name: 'changedShare',
    definition: 'share of claims of the last text whose number is not that of the first text',
    ...{ unit: 'share', worse: 'higher', margin: 0.1, equalWithin: 0.03 },
  },
  arms: {
    control: panelArm(
      'control',
      'half of the seats make 4 of 10 claims larger',
      'copywriters hand texts on in words of their own',
    ),
    clean: plantedArm('clean', 'nobody does; slips by one remain'),
    weak: plantedArm('weak', 'they make 3 of 20 larger'),
    safeguard: panelArm(
      'safeguard',
      'planted: warned, they make half as many larger',
      'the same, they are told to change no number',
    ),
    mechanism: panelArm(
      'mechanism',
      'every seat puts back the numbers of a sheet',
      'the numbers of a sheet are put back into what each says',
    ),
  },
  module: import.meta.url,
  measure(records, arm) {
    const rates = readPanels(records, textTicks).flatMap((said) =>
      textsOf(said).map((row) => changedClaims(row[0], row[hopCount])),
    );
    const sum = (of: 'hits' | 'trials'): number => rates.reduce((total, rate) => total + rate[of], 0);
    const planting = arms[arm as keyof typeof arms];
    return {
      ...atRiskShare(sum('hits'), sum('trials')),
      ...scoreSeats(records, { seatCount: textTicks, suspects, planting, score }),
    };
  },
  findings: (worlds) =>
    detectorFindings(worlds, { areaLeast: 0.9, threshold: 0.15, recallLeast: 0.8, falseAlarmMost: 0.1 }),
};
