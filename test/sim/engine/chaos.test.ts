/**
 * Agents who attempt everything, valid or not, against the oracle on plain objects: the same records tick by tick, and in between the
 * same state, for any number of workers, layout and merge interval, and when resumed in the middle with another number of workers.
 *
 * Worlds are small and busy: limits run out and free places, moderators ban and remove, votes turn round, blocks and mutes change feeds,
 * scores fall, posts are archived. What the worlds must contain is counted, for a world without it would compare nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { outcomes, reasonName, reasonNumber } from '../../../sim/exchange/reasons.ts';
import { isRanked, verbs } from '../../../sim/exchange/verbs.ts';
import { simulate } from '../../../sim/engine/simulate.ts';
import { takeSnapshot } from '../../../sim/engine/snapshot.ts';
import { scenario } from '../../fixtures/chaos-code.ts';
import { codeOf, openWorld, orderOf, smallPlan, smallPopulation } from '../worlds.ts';
import { createWorld, runTick } from './oracle.ts';
import { engineState, oracleState } from './oracle-state.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Intervention, Placement, Plan } from '../../../sim/engine/plan.ts';
import type { OpenWorld, WorldOrder } from '../worlds.ts';
import type { OracleTick, World } from './oracle-world.ts';
import type { WholeState } from './oracle-state.ts';

/** Those that the oracle knows: verbs settled in rank, and the limit, have oracles of their own (`test/sim/game-master/ranked`). */
const allVerbs = Object.keys(verbs)
  .slice(1)
  .filter(
    (name) => !isRanked(verbs[name as keyof typeof verbs]) && !['limit', 'try', 'lean', 'reassign'].includes(name),
  );
/** Reasons that only those verbs give have numbers from 43 to 49 and above 50; the limit's own is 34. */
const isOfOthers = (number: number): boolean => number === 34 || (number > 42 && number !== 50);
const code = codeOf({ policies: scenario.policies });
const hour = 3600;

function chaosPlan(seed: number, changes: Partial<Plan> = {}): Plan {
  const plan = smallPlan({
    ...{ seed, ticks: 24, tickSeconds: 1800, allowedVerbs: allVerbs, postCapacity: 512 },
    policies: [{ kind: 'own', name: 'chaos' }],
    conduct: {
      selfRating: false,
      moderators: ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'],
      limits: [
        { verbs: ['post', 'quote'], count: 3, seconds: 2 * hour },
        { verbs: ['like', 'dislike', 'upvote'], count: 4, seconds: hour },
        { verbs: ['post'], count: 1, seconds: 1 },
      ],
      moderation: [
        { id: 'warn', version: 1, reports: 2, does: 'label', hours: 0 },
        { id: 'take-down', version: 1, reports: 3, does: 'remove', hours: 0 },
        { id: 'send-off', version: 1, reports: 4, does: 'ban', hours: 2 },
      ],
    },
  });
  return { ...plan, feed: { ...plan.feed, recommender: 'mix' }, ...changes };
}

function chaosOrder(plan: Plan, placement: Partial<Placement>): WorldOrder {
  return { plan, code, placement, population: smallPopulation({ seed: plan.seed, agents: 70, wakesPerDayMean: 24 }) };
}

function rowsOf(record: TickRecord) {
  const { actor, verb, sequence, target, amount, outcome, reason, rule, result, topic, seen } = record;
  const columns = { actor, verb, sequence, target, amount, outcome, reason, rule, result, topic };
  return {
    acts: rowsOfColumns(columns, record.intentCount),
    seen: rowsOfColumns({ ...seen }, seen.agent.length),
    awakeCount: record.totals.awake,
  };
}

function rowsOfColumns(columns: Record<string, ArrayLike<number>>, count: number): Record<string, number>[] {
  const names = Object.keys(columns);
  return Array.from({ length: count }, (_, row) => Object.fromEntries(names.map((name) => [name, columns[name][row]])));
}

/** Only where two things differ the matcher says where: it takes long to see that they do not. */
function expectSame(tick: number, engine: object, oracle: object): void {
  if (!isDeepStrictEqual(engine, oracle)) expect({ tick, ...engine }).toEqual({ tick, ...oracle });
}

function expectSameRecord(record: TickRecord, { acts, seen, awake }: OracleTick): void {
  const engine = rowsOf(record);
  const first = acts.findIndex((act, i) => !isDeepStrictEqual(act, engine.acts[i]));
  if (first >= 0)
    expect({ tick: record.tick, ...named(engine.acts[first]) }).toEqual({ tick: record.tick, ...named(acts[first]) });
  expectSame(record.tick, engine, { acts, seen, awakeCount: awake.length });
}

function named(act: Readonly<Record<string, number>> | undefined): object {
  return act === undefined ? {} : { ...act, reason: reasonName(act.reason) };
}

function expectSameState(tick: number, engine: WholeState, oracle: WholeState): void {
  for (const part of ['agents', 'posts'] as const) {
    oracle[part].forEach((row, i) => {
      expectSame(tick, engine[part][i] ?? {}, row);
    });
  }
  expectSame(tick, engine, oracle);
}

interface Pair {
  readonly world: OpenWorld;
  readonly oracle: World;
  readonly order: WorldOrder;
}

/** Runs both worlds over ticks [from, to) and compares them. */
async function runBoth(
  { world, oracle, order }: Pair,
  from: number,
  to: number,
  stateEvery = 4,
): Promise<OracleTick[]> {
  const ticks: OracleTick[] = [];
  for (let tick = from; tick < to; tick++) {
    const record = await world.step();
    if (order.population === undefined) throw new RangeError('the population must be given');
    const wanted = runTick(oracle, order.population, tick);
    expectSameRecord(record, wanted);
    ticks.push(wanted);
    if (tick % stateEvery !== stateEvery - 1 && tick + 1 !== to) continue;
    world.peek();
    expectSameState(tick, engineState(world), oracleState(oracle));
  }
  return ticks;
}

function pairOf(plan: Plan, placement: Partial<Placement>): Pair {
  const order = chaosOrder(plan, placement);
  if (order.population === undefined) throw new RangeError('the population must be given');
  return { order, world: openWorld(order), oracle: createWorld(plan, order.population) };
}

/** How often each verb was granted and each reason given. */
function tally(ticks: readonly OracleTick[]) {
  const acts = ticks.flatMap((tick) => tick.acts);
  const granted = acts.filter(({ outcome }) => outcome === outcomes.granted);
  return {
    verbs: Map.groupBy(granted, ({ verb }) => verb),
    reasons: Map.groupBy(acts, ({ reason }) => reasonName(reason)),
    byPlatform: granted.filter(({ rule }) => rule >= 100).length,
  };
}

describe('chaos: equals the oracle', () => {
  const placements: readonly Partial<Placement>[] = [
    { workers: 1, layout: 'degree', mergeTicks: 7 },
    { workers: 2, layout: 'scrambled', mergeTicks: 1 },
    { workers: 3, layout: 'key', mergeTicks: 1000 },
    { workers: 5, layout: 'scrambled', mergeTicks: 3 },
  ];
  test.each(placements)(
    '$workers workers, $layout layout, ties merged every $mergeTicks ticks: every verb, every reason',
    async (placement) => {
      const {
        verbs: grantedVerbs,
        reasons,
        byPlatform,
      } = tally(await runBoth(pairOf(chaosPlan(71), placement), 0, 24));
      const never = allVerbs.filter((verb) => !grantedVerbs.has(verbs[verb as keyof typeof verbs]));
      expect(never).toEqual([]);
      // What needs a verb that is not allowed, an own verb, a model, 64 attempts in a turn, or an invariant.
      const others = [
        ...['VERB_NOT_ALLOWED', 'LOTTERY_LOST', 'RULE_REFUSED', 'MODEL_FAILED', 'LIMIT_REACHED'],
        'INVARIANT_BROKEN',
      ];
      const silent = Object.entries(reasonNumber).flatMap(([name, number]) =>
        others.includes(name) || isOfOthers(number) || reasons.has(name as never) ? [] : [name],
      );
      expect(silent).toEqual([]);
      expect(byPlatform).toBeGreaterThan(5);
    },
  );

  test.each(['recency', 'hot', 'interest', 'none'] as const)('%s feed, some verbs not allowed', async (recommender) => {
    const plan = chaosPlan(72, { allowedVerbs: allVerbs.filter((verb) => verb !== 'reply' && verb !== 'unmute') });
    const pair = pairOf({ ...plan, feed: { ...plan.feed, recommender } }, { workers: 2, layout: 'key' });
    const { reasons } = tally(await runBoth(pair, 0, 16));
    expect(reasons.get('VERB_NOT_ALLOWED')?.length).toBeGreaterThan(50);
  });

  test('without removals, limits or moderators, self-rating allowed, reposts that reach nobody', async () => {
    const changes = {
      allowedVerbs: allVerbs.filter((verb) => verb !== 'delete' && verb !== 'remove'),
      memoryLength: 3,
    };
    const conduct = { selfRating: true, moderators: [], limits: [], moderation: [] };
    const plan = chaosPlan(73, { ...changes, conduct });
    const pair = pairOf({ ...plan, feed: { ...plan.feed, repostsShown: false } }, { workers: 3, layout: 'degree' });
    await runBoth(pair, 0, 16);
  });

  test('boards of more posts than have a place: falling and removed ones give way, crowded ones come back when acted on', async () => {
    const plan = chaosPlan(74, { tickSeconds: 60, ticks: 30, conduct: { ...chaosPlan(1).conduct, limits: [] } });
    const order = { plan, code, placement: { workers: 2 } };
    const population = smallPopulation({ seed: 74, agents: 60, wakesPerDayMean: 1440 });
    const world = openWorld({ ...order, population });
    const pair = { order: { ...order, population }, world, oracle: createWorld(plan, population) };
    await runBoth({ ...pair, order: { ...order, population } }, 0, 14, 2);
    expect(pair.oracle.boards[0].length).toBe(64);
  });
});

describe('interventions with any verb: equal the oracle', () => {
  /** Agents made to do what they may do by themselves in the same tick, twice, and between one another. */
  const interventions: Intervention[] = Array.from({ length: 20 }, (_, tick) => [
    ...[1, 2, 1, 3, 2, 1].map((agent) => ({ tick, agent: `a${agent}`, verb: 'follow', target: 'a0' }) as const),
    ...[7, 8, 7, 8].map(
      (agent, i) => ({ tick, agent: `a${agent}`, verb: i < 2 ? 'block' : 'unblock', target: 'a9' }) as const,
    ),
    { tick, agent: 'a1', verb: 'ban', target: 'a9', amount: tick % 4 } as const,
    { tick, agent: 'a2', verb: 'unban', target: 'a9' } as const,
    { tick, agent: 'a3', verb: 'post', appeal: 1.5 } as const,
    { tick, agent: 'a3', verb: 'post' } as const,
    { tick, agent: 'a1', verb: 'unfollow', target: 'a0' } as const,
    ...['mute', 'mute', 'unmute'].map((verb) => ({ tick, agent: 'a10', verb, target: 'a1' }) as Intervention),
  ]).flat();

  test.each([
    { workers: 1, layout: 'key' },
    { workers: 3, layout: 'scrambled' },
  ] as const)(
    '$workers workers, $layout layout: one agent’s acts are ruled one after another, made or not',
    async (at) => {
      const ticks = await runBoth(pairOf(chaosPlan(75, { interventions }), at), 0, 20);
      const acts = ticks.flatMap((tick) => tick.acts).filter(({ sequence, rule }) => sequence >= 200 && rule < 100);
      expect(acts.filter(({ reason }) => reason === reasonNumber.ALREADY_FOLLOWING).length).toBeGreaterThan(10);
      expect(acts.filter(({ outcome }) => outcome === outcomes.granted).length).toBeGreaterThan(10);
    },
  );
});

describe('chaos resumed: equals the oracle', () => {
  const cases: readonly (readonly [Partial<Placement>, Partial<Placement>])[] = [
    [{ workers: 1, layout: 'degree' }, { workers: 3 }],
    [{ workers: 5, layout: 'scrambled' }, { workers: 2 }],
  ];
  test.each(cases)('from %o to %o in the middle', async (first, second) => {
    const checkpointTicks = 11;
    const before = pairOf(chaosPlan(76), { ...first, checkpointTicks, mergeTicks: 1000 });
    await runBoth(before, 0, checkpointTicks);
    const snapshot = takeSnapshot(before.world.simulation.handle, checkpointTicks);
    const root = before.world.root();
    const counts = { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0 };
    const start = { snapshot, link: new Uint8Array(32), counts };
    const order = { ...before.order, placement: { layout: first.layout ?? 'degree', mergeTicks: 2, ...second }, start };
    const after = { order, oracle: before.oracle, world: openWorld(order) };
    expect(root).not.toBe('');
    await runBoth(after, checkpointTicks, 24);
  });
});

describe('chaos in worker threads', () => {
  test('simulate: three threads record what the oracle makes', async () => {
    const plan = {
      ...chaosPlan(77, { ticks: 10 }),
      ...(scenario.module === undefined ? {} : { module: scenario.module }),
    };
    const order = orderOf(chaosOrder(plan, { workers: 3, layout: 'scrambled' }));
    const oracle = createWorld(plan, order.population);
    const records: TickRecord[] = [];
    await simulate({ ...order, recorder: { record: (record: TickRecord) => void records.push(record) } });
    expect(records.length).toBe(10);
    for (const record of records) expectSameRecord(record, runTick(oracle, order.population, record.tick));
  });
});
