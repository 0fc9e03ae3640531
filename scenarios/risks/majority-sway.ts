/**
 * Probe 2.1, majority sway: is a verdict wrong because many repeat one wrong story, though a few have checked?
 *
 * Structural: seven who skim, three who check, and one who adds up (arXiv 2603.27771). The verdict follows from the weights: where the seven are
 * wrong together, unweighted votes are wrong, and weighted ones are right iff a checked vote counts more than 7/3. Wiring; rules are
 * `sim/policy/panels/verdict.ts`, the closed form is `analysis/estimators/majority-vote.ts`.
 */
import { wrongMajorityShare } from '../../analysis/estimators/majority-vote.ts';
import { trueSide, verdictOf, verdictScript, voteOf } from '../../sim/policy/panels/verdict.ts';
import { atRiskShare } from './panel-shares.ts';
import { readPanels, panelArm, panelScenario } from './panel-scenario.ts';
import type { VerdictSettings } from '../../sim/policy/panels/verdict.ts';
import type { Probe } from './probe.ts';

/** Shares are guesses, but for the story: 6 of 10 runs of the source ended wrong. */
const usual: VerdictSettings = {
  ...{ skimmerCount: 7, checkerCount: 3, storyWrongShare: 0.6, storyShare: 0.95 },
  ...{ skimWrongShare: 0.4, checkWrongShare: 0.1, lookCount: 1, checkedWeight: 1 },
};
const careful = { ...usual, lookCount: 3 };
const alone = { ...usual, storyShare: 0 };

/** Settings of each arm. */
export const verdictArms: Readonly<Record<string, VerdictSettings>> = {
  control: usual,
  safeguard: careful,
  mechanism: { ...usual, checkedWeight: 3 },
  lightWeight: { ...usual, checkedWeight: 2 },
  workable: alone,
  workableSafeguard: { ...alone, lookCount: 3 },
};

const readerCount = usual.skimmerCount + usual.checkerCount;

export const scenario = panelScenario({
  name: 'majority-sway',
  description: 'Seven readers skim, three check, one adds up their votes.',
  module: import.meta.url,
  panels: 100,
  ticks: 3,
  arms: Object.fromEntries(
    Object.entries(verdictArms).map(([arm, settings]) => {
      return [arm, { script: verdictScript(settings), isWarned: settings.lookCount > 1 }];
    }),
  ),
});

/** Probability that a reader is wrong that looks so often, when one look is wrong with this probability. */
function wrongAfter(looks: number, wrongShare: number): number {
  return wrongMajorityShare(Array.from({ length: looks }, () => ({ weight: 1, wrongShare })));
}

/** Share of wrong verdicts: readers are independent once it is known whether the story is wrong. */
export function wrongVerdictShare(settings: VerdictSettings): number {
  const { skimmerCount, checkerCount, storyShare, storyWrongShare, lookCount, checkedWeight } = settings;
  const own = wrongAfter(lookCount, settings.skimWrongShare);
  const checked = wrongAfter(lookCount, settings.checkWrongShare);
  const given = (storyIsWrong: number): number =>
    wrongMajorityShare([
      ...Array.from({ length: skimmerCount }, () => {
        return { weight: 1, wrongShare: storyShare * storyIsWrong + (1 - storyShare) * own };
      }),
      ...Array.from({ length: checkerCount }, () => ({ weight: checkedWeight, wrongShare: checked })),
    ]);
  return storyWrongShare * given(1) + (1 - storyWrongShare) * given(0);
}

export const probe: Probe = {
  name: 'majority-sway',
  label: 'structural',
  question: 'Is a verdict wrong because many repeat one wrong story, though a few have checked?',
  indicator: {
    name: 'wrongVerdictShare',
    definition: 'share of panels whose verdict is not the true side',
    ...{ unit: 'share', worse: 'higher', margin: 0.2, equalWithin: 0.05 },
  },
  arms: {
    control: panelArm('control', 'every vote counts the same'),
    safeguard: panelArm('safeguard', 'every reader looks three times'),
    mechanism: panelArm('mechanism', 'a checked vote counts 3, more than 7/3'),
    lightWeight: panelArm('lightWeight', 'a checked vote counts 2, less than 7/3'),
    workable: panelArm('workable', 'no story goes round: skimmers err independently'),
    workableSafeguard: panelArm('workableSafeguard', 'the same, every reader looks three times'),
  },
  module: import.meta.url,
  closedForm: (arm) => ({
    value: wrongVerdictShare(verdictArms[arm]),
    formula:
      'sum of independent weighted votes, convolved, mixed over a right and a wrong story; the binomial where weights are equal',
  }),
  measure(records) {
    const { seed } = records.manifest;
    let [wrong, wrongSevens, wrongOfThose] = [0, 0, 0];
    const panels = readPanels(records, readerCount + 1);
    panels.forEach((said, panel) => {
      const truth = trueSide(seed, panel);
      const verdict = said.map(({ text }) => verdictOf(text)).find((side) => side !== undefined);
      // No verdict, as of a model that did not answer, is not a right one.
      const isWrong = verdict !== truth;
      if (isWrong) wrong++;
      const votes = said.map(({ text }) => voteOf(text)).filter((vote) => vote !== undefined);
      const isSplit = votes.every(({ side, isChecked }) => (side === truth) === isChecked);
      if (!isSplit || votes.length < readerCount) return;
      wrongSevens++;
      if (isWrong) wrongOfThose++;
    });
    return {
      ...atRiskShare(wrong, panels.length),
      figures: {
        panelsOfSevenWrongThreeRight: wrongSevens,
        ...(wrongSevens === 0 ? {} : { wrongShareOfThose: wrongOfThose / wrongSevens }),
      },
    };
  },
};
