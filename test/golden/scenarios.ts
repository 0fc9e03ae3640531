/**
 * The nine golden scenarios: small worlds that between them touch everything the engine does, whose digests are pinned in
 * `test/data/golden-digests.json`.
 *
 * Every field that decides is written out, so that a changed default shows as a changed default somewhere else and not here.
 * What each is for stands in its description; `test/sim/engine/golden.test.ts` counts that it happens.
 */
import { createHash } from 'node:crypto';
import { defineScenario } from '../../sim/engine/define.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { simulate } from '../../sim/engine/simulate.ts';
import { hexOf } from '../../sim/ground/digest.ts';
import { InvariantError } from '../../sim/ground/errors.ts';
import { scenario as ownCode } from '../fixtures/golden-code.ts';
import { scenario as grounded } from '../fixtures/grounded-code.ts';
import type { DefinedScenario, ScenarioDefinition } from '../../sim/engine/define.ts';
import type { Placement } from '../../sim/engine/plan.ts';
import type { Recorder, SimulationOrder, SimulationResult } from '../../sim/engine/simulate.ts';
import { scenario as freeWords } from '../fixtures/free-words-code.ts';
import { messagesOf } from '../../sim/exchange/prompts.ts';
import { questionKeyOf } from '../../sim/engine/judging.ts';
import type { Model, ModelAnswer, ModelRequest } from '../../sim/exchange/ports.ts';

const rules = {
  ...{ intercept: -2.5, interestWeight: 2, socialWeight: 0.3, fatiguePerExposure: 0.3, capShare: 0.5 },
  ...{ quoteRatio: 0.2, replyRatio: 0.3, likeRatio: 0.4, postShare: 0.2, followShare: 0.3, unfollowShare: 0.1 },
};
/** How agents lean, but for the rule. */
const leaning = { attribute: 'opinion', pull: 0.5, least: -100, most: 100 } as const;
const feed = { length: 8, outOfNetworkShare: 0.3, exposuresMax: 4, repostsShown: true };
const people = {
  kind: 'generated',
  ...{ agents: 260, idPrefix: 'g-', followsMean: 8, audienceSpread: 1.2, homophilyShare: 0.4 },
  ...{ wakesPerDayMean: 16, activitySpread: 0.6, focusShare: 0.6 },
} as const;
const world = {
  ...{ tickSeconds: 1800, startHour: 8, memoryLength: 8, appealSpread: 0.3, topicFocusShare: 0.6, postCapacity: 1024 },
  verbs: ['post', 'reply', 'repost', 'quote', 'like', 'follow', 'unfollow'],
} as const satisfies Partial<ScenarioDefinition>;

/** Each is the world above but for what it names. */
const builtIn: readonly ScenarioDefinition[] = [
  {
    ...world,
    name: 'recency-flood',
    description: 'Feed by recency, heavy posting, a window that is left behind within a few ticks.',
    seed: 11,
    ticks: 40,
    population: people,
    feed: { ...feed, recommender: 'recency', length: 5 },
    policies: [{ share: 1, rules: { ...rules, postShare: 0.8, intercept: -4 } }],
  },
  {
    ...world,
    name: 'hot-prominent',
    description:
      'Feed by hot score, prominent accounts whose posts are drawn, interventions, several of one agent in a tick.',
    seed: 12,
    ticks: 36,
    population: { ...people, prominent: { count: 6, audienceShareMedian: 0.2, audienceSpread: 0.5, wakesPerDay: 4 } },
    feed: { ...feed, recommender: 'hot' },
    policies: [{ share: 1, rules: { ...rules, intercept: -4 } }],
    sources: { count: 8, firstTick: 2, everyTicks: 3, appeal: 1, appealSpread: 0.5 },
    interventions: [
      { tick: 0, agent: 'g-7' },
      ...['g-1', 'g-77', 'g-1', 'g-120', 'g-1'].map((agent) => ({ tick: 9, agent, appeal: 2 })),
      { tick: 35, agent: 'g-3' },
    ],
  },
  {
    ...world,
    name: 'interest-ties',
    description: 'Feed by interest, and so many follows and unfollows that ties are merged again and again.',
    seed: 13,
    ticks: 60,
    postCapacity: 2048,
    population: people,
    feed: { ...feed, recommender: 'interest' },
    policies: [{ share: 1, rules: { ...rules, followShare: 0.9, unfollowShare: 0.7, likeRatio: 0.1 } }],
  },
  {
    ...world,
    name: 'mix-two-rules',
    description: 'Mixed feed, two kinds of rules, fewer verbs, hours of the day, a root in the middle.',
    seed: 14,
    ticks: 110,
    startHour: 21.5,
    postCapacity: 2048,
    population: { ...people, agents: 200, hours: Array.from({ length: 24 }, (_, hour) => (hour < 6 ? 0.1 : 1)) },
    feed: { ...feed, recommender: 'mix', repostsShown: false },
    policies: [
      { share: 0.7, rules },
      { share: 0.3, rules: { ...rules, intercept: -1, fatiguePerExposure: -0.2, capShare: 0.9 } },
    ],
    verbs: ['post', 'reply', 'repost', 'quote', 'follow'],
  },
  {
    ...world,
    name: 'leaning',
    description:
      'Opinions that move by what is seen and by whom one follows, and agents that come to answer at random.',
    seed: 18,
    ticks: 30,
    postCapacity: 2048,
    population: { ...people, attributes: [{ name: 'opinion', values: [[-100, 100]], shares: [1] }] },
    feed: { ...feed, recommender: 'interest' },
    policies: [
      { share: 0.6, rules: { ...rules, opinion: { ...leaning, rule: 'hegselmann-krause', bound: 60 } } },
      { share: 0.4, rules: { ...rules, opinion: { ...leaning, rule: 'biased-assimilation', from: 'followees' } } },
    ],
    verbs: ['post', 'repost', 'follow', 'unfollow', 'lean', 'reassign'],
    attributes: [{ name: 'opinion', from: 'opinion' }],
    failures: [
      { kind: 'random', share: 0.1, tick: 10, mode: 'random' },
      { kind: 'hubs', share: 0.05, tick: 20, mode: 'random', ties: 'random' },
    ],
  },
];

const asking = defineScenario({
  ...world,
  name: 'own-asking',
  description:
    'A policy that asks a model several times in a tick, some of whose answers fail, beside rules; attributes.',
  seed: 16,
  ticks: 30,
  population: people,
  feed: { ...feed, recommender: 'mix' },
  policies: [
    { share: 0.5, own: 'asking' },
    { share: 0.5, rules },
  ],
  verbs: world.verbs.filter((verb) => verb !== 'unfollow'),
  attributes: ownCode.data.attributes,
  ...(ownCode.module === undefined ? {} : { module: ownCode.module }),
  own: ownCode,
});

export const goldenScenarios: readonly DefinedScenario[] = [
  ...builtIn.map(defineScenario),
  ...[ownCode, asking, grounded, freeWords],
];

/** Answers at once: a function of the question alone, one in six of those in four words fails. */
const model: Model = { ask: (requests) => Promise.resolve(requests.map(answerOf)) };

function answerOf({ question, prompt, purpose }: ModelRequest): ModelAnswer {
  if (prompt === undefined) return answerTo(question);
  const text = purpose === 'judge' ? verdictOn(prompt.now) : `word ${prompt.persona.length + prompt.now.length}`;
  return { status: 'answered', answer: [], text };
}

/** A judge that knows four words, and says nothing usable of the moon. */
function verdictOn(attempt: string): string {
  const words = attempt.split('\n')[1];
  const nothing = { verb: '', target: '', thing: '', amount: 0, price: 0, text: '', succeeds: 0.5, why: '' };
  if (words.startsWith('read')) {
    return JSON.stringify({ ...nothing, does: 'verb', code: 'PLAUSIBLE', verb: 'follow', target: words.split(' ')[1] });
  }
  if (words.includes('moon')) return 'the moon is far away';
  const codes = ['PLAUSIBLE', 'IMPOSSIBLE', 'UNSAFE', 'UNCLEAR'];
  return JSON.stringify({ ...nothing, does: 'other', code: codes[words.charCodeAt(words.length - 1) % 4] });
}

function answerTo(question: readonly number[]): ModelAnswer {
  return question[0] === 5 ? { status: 'failed' } : { status: 'answered', answer: [question[0] * 7 + question[1]] };
}

/** How a golden scenario ended. */
export interface Ended {
  readonly digest: string;
  readonly counts: SimulationResult['counts'];
}

/** What is pinned: the digest, and what says where to look when it moved. */
export interface Golden extends Ended {
  /** SHA-256 of what was decided, without links and roots: a digest that moves alone is a state that is hashed in another way. */
  readonly decisions: string;
}

/** Runs a golden scenario to its end, as it is pinned. */
export async function golden(
  scenario: DefinedScenario,
  placement: Partial<Placement> = {},
  recorder?: Recorder,
): Promise<Golden> {
  const hash = createHash('sha256');
  const hashing: Recorder = {
    record(record, decided, root, link) {
      hash.update(decided);
      return recorder?.record(record, decided, root, link);
    },
  };
  const { digest, counts } = await runGolden(scenario, placement, { recorder: hashing });
  return { digest, decisions: hash.digest('hex'), counts };
}

/** Runs a golden scenario to its end, from the beginning or from a state between two ticks. */
export async function runGolden(
  scenario: DefinedScenario,
  placement: Partial<Placement> = {},
  more: Pick<SimulationOrder, 'recorder' | 'start'> = {},
): Promise<Ended> {
  const compiled = compileScenario(scenario.data, refuseFiles, scenario.module);
  // What was judged before a state between two ticks: a run's log of answers would say it.
  const verdicts = verdictsBefore(scenario.data.name, more.start?.snapshot.tick ?? 0);
  const result = await simulate({
    ...compiled,
    ...{ code: scenario, model: noting(scenario.data.name), sampleShare: 1, verdicts },
    placement: { workers: 1, layout: 'degree', mergeTicks: 7, ...placement },
    ...more,
  });
  return { digest: hexOf(result.link), counts: result.counts };
}

const judgedIn = new Map<string, Map<string, { readonly tick: number; readonly text: string }>>();

/** The model, with a note of what it judged in which scenario, and when first. */
function noting(name: string): Model {
  const judged = judgedIn.get(name) ?? new Map<string, { tick: number; text: string }>();
  judgedIn.set(name, judged);
  return {
    async ask(requests) {
      const answers = await model.ask(requests);
      requests.forEach(({ purpose, prompt, tick }, i) => {
        const answer = answers[i];
        if (purpose !== 'judge' || prompt === undefined || answer.status !== 'answered') return;
        const question = questionKeyOf(messagesOf(prompt), prompt.sample);
        if (!judged.has(question)) judged.set(question, { tick, text: answer.text ?? '' });
      });
      return answers;
    },
  };
}

function verdictsBefore(name: string, before: number): NonNullable<SimulationOrder['verdicts']> {
  const earlier = [...(judgedIn.get(name) ?? [])].filter(([, { tick }]) => tick < before);
  return new Map(
    earlier.map(([question, { text, tick }]) => [question, { status: 'answered', answer: [], text, tick }]),
  );
}

function refuseFiles(relative: string): never {
  throw new InvariantError(`a golden scenario reads no file, but asks for ${relative}`);
}
