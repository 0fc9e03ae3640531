/**
 * Fits numbers of the MoltBook scenario to the calibrated targets by evolutionary search, and writes what was found beside it.
 *
 * Reads `targets.ts` (the calibrated ones alone) and the scenario; writes `calibration.json`: every evaluation, the best, and how it does on seeds that the search
 * did not see. The loss of a candidate is the mean over its worlds of each statistic, less the middle of the target's interval, over half the interval's
 * width, squared and summed: 1 a target is the edge. Worlds of all candidates share their seeds. Held-out targets are not computed here.
 * Order: slots. Invariant: the same file whatever the number of workers; fewer parameters than targets.
 * Run it: node scenarios/moltbook/calibrate.ts [--evaluations N] [--worlds N] [--seed S] [--workers N], in a checkout.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { evolve } from '../../analysis/estimators/evolutionary-search.ts';
import { openEnsemble } from '../../sim/engine/ensemble.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { burnInSeconds } from './world.ts';
import { moltbookTargets } from './targets.ts';
import type { Search } from '../../analysis/estimators/evolutionary-search.ts';
import type { MoltbookWorldOrder } from './world.ts';
import type { Statistics } from './statistics.ts';

/** A parameter with its range: whole numbers, but for the spread. */
export interface FittedParameter {
  readonly path: string;
  readonly low: number;
  readonly high: number;
  readonly isWhole: boolean;
}

/**
 * What is fitted: the spread of wakings, then comments a beat, the share of them below the newest post, answers, visits in turn, repeated words, and posts in the
 * first community. Ranges are what is left of wider ones after a first search of 63 evaluations, of a model without talkers, which could not meet the
 * Gini of activity and reciprocity together (`README.md`, section 9).
 */
export const fittedParameters: readonly FittedParameter[] = [
  { path: 'population.activitySpread', low: 2.2, high: 2.8, isWhole: false },
  { path: 'attributes[2].initial', low: 700, high: 2000, isWhole: true },
  { path: 'attributes[3].initial', low: 200, high: 500, isWhole: true },
  { path: 'attributes[4].initial', low: 70, high: 140, isWhole: true },
  { path: 'attributes[5].initial', low: 0, high: 30, isWhole: true },
  { path: 'attributes[6].initial', low: 150, high: 230, isWhole: true },
  { path: 'attributes[7].initial', low: 660, high: 720, isWhole: true },
];

const targets = moltbookTargets.filter(({ kind }) => kind === 'calibrated');
/** The search leaves out those who are registered and silent: nothing that is measured depends on them. The fresh worlds have them. */
const withoutSilent = ['population.agents=2000', 'policies[0].share=1', 'policies[1].share=0'];
const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
const firstSearchSeed = 1001;
const firstFreshSeed = 2001;
const freshWorlds = 4;

/** Changes of the scenario at a position of the unit cube. */
export function settingsOf(position: readonly number[]): string[] {
  return fittedParameters.map(({ path, low, high, isWhole }, axis) => {
    const value = low + position[axis] * (high - low);
    return `${path}=${isWhole ? Math.round(value) : value.toFixed(4)}`;
  });
}

/** Statistics of worlds as means over those that have them. */
function meansOf(worlds: readonly Statistics[]): Statistics {
  return Object.fromEntries(
    targets.map(({ statistic }) => {
      const values = worlds.map((world) => world[statistic]).filter(Number.isFinite);
      return [statistic, values.reduce((sum, one) => sum + one, 0) / values.length];
    }),
  );
}

/** Squares of the distances from the middles of the intervals, in half widths. */
export function lossOf(means: Statistics): number {
  return targets.reduce((sum, { statistic, interval: [low, high] }) => {
    const away = (means[statistic] - (low + high) / 2) / ((high - low) / 2);
    return sum + away * away;
  }, 0);
}

interface CalibrationOrder {
  readonly evaluations: number;
  readonly worlds: number;
  readonly seed: number;
  readonly workers: number;
}

/** Searches, and looks at the best on fresh seeds. */
export async function calibrateMoltbook(order: CalibrationOrder, say: (line: string) => void) {
  const { evaluations, worlds, seed, workers } = order;
  const ensemble = openEnsemble<MoltbookWorldOrder, Statistics>(worldModule, 'simulateFittedWorld', workers);
  const simulate = (set: readonly string[], first: number, count: number): MoltbookWorldOrder[] =>
    Array.from({ length: count }, (_, k) => ({ set, seed: first + k, burnInSeconds }));
  const rows: { slot: number; settings: string[]; means: Statistics; loss: number }[] = [];
  try {
    const evaluate = async (positions: readonly (readonly number[])[], firstSlot: number): Promise<number[]> => {
      const settings = positions.map(settingsOf);
      const found = await ensemble.run(
        settings.flatMap((set) => simulate([...set, ...withoutSilent], firstSearchSeed, worlds)),
      );
      return settings.map((set, at) => {
        const means = meansOf(found.slice(at * worlds, (at + 1) * worlds));
        const loss = lossOf(means);
        rows.push({ slot: firstSlot + at, settings: set, means, loss });
        say(`${firstSlot + at + 1} of ${evaluations}: loss ${loss.toFixed(3)}, ${set.join(' ')}`);
        return loss;
      });
    };
    const search: Search = await evolve(evaluate, { dimension: fittedParameters.length, evaluations, seed });
    const settings = settingsOf(search.best.position);
    const fresh = meansOf(await ensemble.run(simulate(settings, firstFreshSeed, freshWorlds)));
    return {
      ...{
        evaluations,
        worldsAnEvaluation: worlds,
        seed,
        searchSeeds: [firstSearchSeed, firstSearchSeed + worlds - 1],
      },
      targets: targets.map(({ id }) => id),
      settings,
      loss: search.best.loss,
      foundAt: search.best.slot,
      fresh: { seeds: [firstFreshSeed, firstFreshSeed + freshWorlds - 1], means: fresh, loss: lossOf(fresh) },
      rows,
    };
  } finally {
    await ensemble.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = {
    evaluations: { type: 'string', default: '40' },
    worlds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string' },
  } as const;
  const { values } = parseArgs({ options });
  const result = await calibrateMoltbook(
    {
      evaluations: Number(values.evaluations),
      worlds: Number(values.worlds),
      seed: Number(values.seed),
      workers: Number(values.workers ?? availableParallelism()),
    },
    (line) => process.stderr.write(`${line}\n`),
  );
  const file = fileURLToPath(new URL('calibration.json', import.meta.url));
  writeWhole(file, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${result.settings.join('\n')}\nloss ${result.loss}; fresh ${result.fresh.loss}\n`);
}
