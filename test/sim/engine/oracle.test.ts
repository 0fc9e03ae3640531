/**
 * The whole tick against its oracle on plain objects: every record of every tick, on seeded worlds.
 *
 * Compared are who was awake, every intent with target, ruling, reason and new post, and every exposure (sample share 1). Worlds
 * are small, wake often and keep few posts, so that archiving, repeated exposure, refusals and merges of ties all occur.
 */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { generateAttributes } from '../../../sim/world/generate.ts';
import { canonicalPopulation } from '../../../sim/world/population.ts';
import { audienceGraph } from '../../../sim/social-graph/audience-graph.ts';
import { simulate } from '../../../sim/engine/simulate.ts';
import { noOwnCode } from '../../../sim/engine/plan.ts';
import { reasonNumber } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { smallPlan } from '../worlds.ts';
import { createWorld, runTick } from './oracle.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { RuleParameters } from '../../../sim/policy/rules.ts';
import type { Intervention, Placement, Plan } from '../../../sim/engine/plan.ts';
import type { OracleTick } from './oracle-world.ts';

const eager: RuleParameters = {
  ...{ intercept: -3.5, interestWeight: 2, socialWeight: 0.2, fatiguePerExposure: 0.3, capShare: 0.25 },
  ...{
    quoteRatio: 0.3,
    replyRatio: 0.4,
    likeRatio: 0.6,
    dislikeRatio: 0,
    reportRatio: 0,
    postShare: 0.3,
    followShare: 0.4,
    unfollowShare: 0.3,
  },
};
const quiet: RuleParameters = { ...eager, intercept: -5, postShare: 0.05, fatiguePerExposure: -0.2, capShare: 0.3 };

const basePlan = smallPlan({
  ...{ scenario: 'oracle', seed: 1, ticks: 40 },
  feed: { recommender: 'recency', length: 8, outOfNetworkShare: 0.3, exposuresMax: 3, repostsShown: true },
  policies: [{ kind: 'rules', parameters: eager }],
  ...{ appealSpread: 0.4, postCapacity: 1024 },
});
const placements: readonly Placement[] = [
  { workers: 1, layout: 'degree', mergeTicks: 7 },
  { workers: 1, layout: 'scrambled', mergeTicks: 1 },
  { workers: 3, layout: 'key', mergeTicks: 1000 },
];

/** `count` agents with hours of their own kind, awake about every other tick. */
function people(seed: number, count: number, wakesPerDayMean = 12): Population {
  const dayShares = Float64Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 20 ? 1 / 16 : 1 / 48));
  const flatShares = new Float64Array(24).fill(1 / 24);
  const attributes = generateAttributes(seed, {
    ...{ count, idPrefix: 'a', wakesPerDayMean, activitySpread: 0.7, focusShare: 0.6 },
    profileShares: Float64Array.from([...dayShares, ...flatShares]),
  });
  const graph = audienceGraph(seed, attributes, { followsMean: 9, audienceSpread: 1.2, homophilyShare: 0.4 });
  return canonicalPopulation({ ...attributes, ...graph });
}

async function engineTicks(plan: Plan, population: Population, at: Placement): Promise<OracleTick[]> {
  const ticks: OracleTick[] = [];
  const recorder = { record: (record: TickRecord) => void ticks.push(rowsOf(record)) };
  await simulate({ plan, population, placement: at, code: noOwnCode, recorder, sampleShare: 1 });
  return ticks;
}

/** A record as rows of plain numbers. Who was awake is told by a count only. */
function rowsOf(record: TickRecord): OracleTick & { readonly awakeCount: number } {
  const { actor, verb, sequence, target, amount, outcome, reason, rule, result, topic } = record;
  const columns = { actor, verb, sequence, target, amount, outcome, reason, rule, result, topic };
  return {
    acts: rowsOfColumns(columns, record.intentCount),
    seen: rowsOfColumns({ ...record.seen }, record.seen.agent.length),
    awake: [],
    awakeCount: record.totals.awake,
  };
}

function rowsOfColumns(columns: Record<string, ArrayLike<number>>, count: number): Record<string, number>[] {
  const names = Object.keys(columns);
  return Array.from({ length: count }, (_, row) => Object.fromEntries(names.map((name) => [name, columns[name][row]])));
}

/** What both made of a world, tick by tick, up to and with the first tick that differs. */
async function compare(plan: Plan, population: Population, at = placements[0]): Promise<OracleTick[]> {
  const made = await engineTicks(plan, population, at);
  expect(made.length).toBe(plan.ticks);
  const world = createWorld(plan, population);
  return made.map((engine, tick) => {
    const oracle = runTick(world, population, tick);
    const { awake, ...rest } = oracle;
    const wanted = { ...rest, awake: [], awakeCount: awake.length };
    // The matcher says where two ticks differ, and takes thirty times as long to see that they do not.
    if (!isDeepStrictEqual(engine, wanted)) expect({ tick, ...engine }).toEqual({ tick, ...wanted });
    return oracle;
  });
}

/** How often each verb was granted and each reason was given: a world without them would compare nothing. */
function tally(
  ticks: readonly OracleTick[],
): Record<'granted' | 'refused', Record<string, number>> & { posts: number } {
  const acts = ticks.flatMap((tick) => tick.acts);
  const count = (column: string, number: number, others: (act: (typeof acts)[number]) => boolean): number =>
    acts.filter((act) => act[column] === number && others(act)).length;
  const granted = Object.entries(verbs).map(([name, number]) => [
    name,
    count('verb', number, (act) => act.reason === 0),
  ]);
  const refused = Object.entries(reasonNumber).map(([name, number]) => [name, count('reason', number, () => true)]);
  return {
    granted: Object.fromEntries(granted) as Record<string, number>,
    refused: Object.fromEntries(refused) as Record<string, number>,
    posts: acts.filter((act) => act.result > 0).length,
  };
}

describe('tick: equals its oracle', () => {
  const feeds = [
    { recommender: 'recency', seed: 11, agents: 300 },
    { recommender: 'hot', seed: 12, agents: 300 },
    { recommender: 'mix', seed: 13, agents: 400 },
    { recommender: 'interest', seed: 14, agents: 300 },
    { recommender: 'none', seed: 15, agents: 200 },
  ] as const;
  test.each(feeds)('$recommender, $agents agents, seed $seed', async ({ recommender, seed, agents }) => {
    const plan = { ...basePlan, seed, ticks: 60, feed: { ...basePlan.feed, recommender } };
    const { granted, refused, posts } = tally(await compare(plan, people(seed, agents)));
    expect(posts).toBeGreaterThan(768);
    expect(granted.unfollow).toBeGreaterThan(20);
    if (recommender === 'none') return;
    for (const verb of plan.allowedVerbs) expect({ verb, count: granted[verb] > 20 }).toEqual({ verb, count: true });
    expect(refused.ALREADY_REPOSTED + refused.ALREADY_LIKED + refused.ALREADY_FOLLOWING).toBeGreaterThan(20);
  });

  test.each(['hot', 'mix', 'interest'] as const)('%s of strangers, in ticks where votes outweigh age', async (name) => {
    const fond = {
      ...eager,
      ...{ intercept: -2, capShare: 0.3, likeRatio: 2, dislikeRatio: 0, reportRatio: 0, postShare: 0.3 },
    };
    const feed = { ...basePlan.feed, recommender: name, length: 16, outOfNetworkShare: 1 };
    const { granted, refused } = tally(
      await compare(
        {
          ...{ ...basePlan, seed: 21, ticks: 60, tickSeconds: 60, feed, allowedVerbs: ['post', 'like'] },
          policies: [{ kind: 'rules', parameters: fond }],
        },
        people(21, 250, 360),
      ),
    );
    expect(granted.like).toBeGreaterThan(1000);
    expect(refused.VERB_NOT_ALLOWED).toBeGreaterThan(1000);
  });

  test('two policies, reposts that reach nobody, a memory of three contents and a day that begins at 23:15', async () => {
    const policies = [eager, quiet].map((parameters) => ({ kind: 'rules', parameters }) as const);
    const feed = { ...basePlan.feed, recommender: 'mix', repostsShown: false, outOfNetworkShare: 0.55 } as const;
    const population = people(31, 500);
    const policy = Uint8Array.from(population.policy, (_, agent) => agent % 2);
    const plan = {
      ...basePlan,
      seed: 2 ** 40 + 7,
      feed,
      policies,
      memoryLength: 3,
      startHour: 23.25,
      tickSeconds: 1000,
    };
    const { refused } = tally(await compare(plan, { ...population, policy }));
    expect(refused.ALREADY_REPOSTED).toBeGreaterThan(0);
  });

  test('hardly anyone wakes, some never, and ticks are longer than an hour', async () => {
    const population = people(41, 300, 2);
    const wakesPerDay = population.wakesPerDay.map((one, agent) => (agent % 5 === 0 ? 0 : one));
    const plan = {
      ...basePlan,
      seed: 41,
      tickSeconds: 5000,
      feed: { ...basePlan.feed, recommender: 'interest' },
    } as const;
    const ticks = await compare(plan, { ...population, wakesPerDay });
    expect(ticks.flatMap((tick) => tick.awake).some((agent) => agent % 5 === 0)).toBe(false);
  });
});

describe('interventions: equal the oracle', () => {
  const population = people(51, 300);
  const plan: Plan = { ...basePlan, seed: 51, feed: { ...basePlan.feed, recommender: 'mix' } };
  const ticksOf = (agents: readonly string[], tick: number, appeal?: number): Intervention[] =>
    agents.map((agent) => ({ tick, agent, verb: 'post', ...(appeal === undefined ? {} : { appeal }) }));

  test.each(placements)('posts with and without a given appeal, by awake and sleeping agents, $layout', async (at) => {
    const everyone = Array.from({ length: 60 }, (_, i) => `a${i * 5}`);
    const interventions = [
      ...ticksOf(everyone, 3),
      ...ticksOf(everyone, 5, 2.5),
      ...ticksOf(['a1', 'a1', 'a1'], 6, -1),
    ];
    const ticks = await compare({ ...plan, interventions }, population, at);
    expect(ticks[6].acts.map((act) => act.sequence).filter((sequence) => sequence >= 200)).toEqual([200, 201, 202]);
  });

  test.each(placements)(
    'one agent, made to post before and after another, has a number for each post, $layout',
    async (at) => {
      const interventions = ticksOf(['a1', 'a2', 'a1', 'a3', 'a2', 'a1'], 4);
      const ticks = await compare({ ...plan, ticks: 8, interventions }, population, at);
      const numbers = ticks[4].acts.map((act) => act.sequence).filter((sequence) => sequence >= 200);
      expect(numbers.sort((x, y) => x - y)).toEqual([200, 200, 200, 201, 201, 202]);
    },
  );

  test('an intervention is ruled like any act: refused where the scenario allows no posts', async () => {
    const allowedVerbs = plan.allowedVerbs.filter((verb) => verb !== 'post');
    const ticks = await compare({ ...plan, ticks: 4, allowedVerbs, interventions: ticksOf(['a9'], 2) }, population);
    expect(ticks[2].acts.filter((act) => act.sequence === 200).map((act) => act.reason)).toEqual([
      reasonNumber.VERB_NOT_ALLOWED,
    ]);
  });
});

describe('placement: cannot be seen by the oracle', () => {
  const plan: Plan = { ...basePlan, seed: 61, feed: { ...basePlan.feed, recommender: 'mix' } };
  test.each(placements)('$workers workers, $layout layout, ties merged every $mergeTicks ticks', async (at) => {
    await compare(plan, people(61, 400), at);
  });
});
