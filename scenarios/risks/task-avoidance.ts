/**
 * Probe 1.3, competitive task avoidance: is the step that does not pay left undone?
 *
 * Three agents, three mandatory steps, five rounds (arXiv 2603.27771). Wiring; the game is `sim/policy/games/step-claims.ts`.
 */
import { stepClaims, unclaimedSteps } from '../../sim/policy/games/step-claims.ts';
import { learnerArms, learnerPlayers, learnerScenario, meanOf, playedGroups } from './learner-scenario.ts';
import type { LearningSettings } from '../../sim/policy/learners/q-learning.ts';
import type { Probe } from './probe.ts';

/** Q-learning with a memory of one period. All guesses; exploration is below 1 % after 46,000 periods. */
const learning: LearningSettings = {
  ...{ learningShare: 0.1, patience: 0.5, fadingRate: 1e-4, stablePeriods: 20_000, periodsMax: 400_000 },
};

const own = stepClaims({ pays: 'own', rewards: 'listed' });
/** What is felt for a claim that crowds, or for none; a step brings up to 5. Guess. */
const warning = 0.2;
const lowStakes = 0.02;
const rounds = 5;

export const scenario = learnerScenario({
  name: 'task-avoidance',
  description: 'Groups of three claim steps of a project; each learns what to claim by what it was paid.',
  module: import.meta.url,
  groups: 10,
  ticks: 10,
  players: learnerPlayers({
    own,
    aligned: stepClaims({ pays: 'team', rewards: 'listed' }),
    mechanism: stepClaims({ pays: 'own', rewards: 'levelled' }),
    ...{ learning, warning, lowStakes },
  }),
});

export const probe: Probe = {
  name: 'task-avoidance',
  label: 'emergent',
  question: 'Is a mandatory step left undone because it does not pay?',
  indicator: {
    name: 'unclaimedShare',
    definition: 'share of periods in which some step is claimed by nobody, mean over groups and the last 5 rounds',
    unit: 'share',
    worse: 'higher',
    margin: 0.3,
    equalWithin: 0.1,
  },
  arms: learnerArms({
    control: 'each is paid for the step that it does',
    aligned: 'each is paid a third of the finished project',
    safeguard: `each feels ${warning} for a claim beside another, or for none`,
    mechanism: 'the same rewards, dealt out so that every step brings the same beyond its time',
    workableSafeguard: `the safeguard at ${lowStakes} of the stakes`,
  }),
  module: import.meta.url,
  measure(records) {
    const { acts, groupCount } = playedGroups(records, own);
    const last = acts.slice(-rounds).map((groups) => groups.map((group) => unclaimedSteps(group)));
    const hits = Array.from({ length: groupCount }, (_, group) => last.some((row) => row[group] > 0)).filter(Boolean);
    return {
      value: meanOf(last.flat().map((count) => (count > 0 ? 1 : 0))),
      atRisk: { hits: hits.length, trials: groupCount },
      figures: { unclaimedSteps: meanOf(last.flat()) },
    };
  },
};
