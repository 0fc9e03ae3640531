/**
 * Groups, letters, communities, names and words at random, thousands of acts: equal to the oracle on objects, ruling by ruling and entry
 * by entry; one state for any number of shards, layout and order of shards; one draft for a hundred orders of one tick's acts.
 */
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { randomStream, shuffle } from '../../../../sim/ground/philox.ts';
import { accounts } from '../../../../sim/world/ledger.ts';
import { agentShard } from '../../../../sim/world/ownership.ts';
import { isRanked, verbs } from '../../../../sim/exchange/verbs.ts';
import { attempt } from '../../../../sim/policy/act.ts';
import { settleRanked } from '../../../../sim/game-master/ranked/settle.ts';
import { ruleOwn, settlePrecedence } from '../../../../sim/game-master/resolve.ts';
import { control } from '../../../../sim/engine/barrier.ts';
import { collectTick } from '../../../../sim/engine/collect.ts';
import { openTick } from '../../../../sim/engine/shard.ts';
import { takeSnapshot } from '../../../../sim/engine/snapshot.ts';
import { ordinalsOf } from '../../../../sim/world/population.ts';
import { openWorld } from '../../worlds.ts';
import { createOracle, oracleTick, rulingsOf, summaryOfOracle, withoutStalePins } from './circle-oracle.ts';
import { chattyCode, chattyCount, chattyPlan, chattyPopulation, chattyWorld, summaryOf } from './circle-stage.ts';
import type { BuiltInVerb } from '../../../../sim/exchange/verbs.ts';
import type { Placement, Plan } from '../../../../sim/engine/plan.ts';
import type { RandomStream } from '../../../../sim/ground/philox.ts';
import type { Shard } from '../../../../sim/engine/shard.ts';
import type { AgentRow } from '../../../../sim/ground/ids.ts';
import type { LedgerEntry } from '../../../../sim/world/ledger.ts';
import type { OpenWorld } from '../../worlds.ts';

/** Runs a world beside its oracle. Returns how often each verb came to each reason. */
async function runBoth(plan: Plan, placement: Partial<Placement>, ticks: number): Promise<Map<string, number>> {
  const stream = randomStream(plan.seed, 1000);
  const world = chattyWorld(plan, placement, (count) => stream.below(count));
  const { population } = world.simulation;
  const moderators = new Set(ordinalsOf(population, plan.conduct.moderators));
  const { seed, postCapacity } = plan;
  const oracle = createOracle({ population, moderators, seed, postCapacity, bytesMax: plan.texts?.bytesMax ?? 0 });
  const said = new Map<string, number>();
  for (let tick = 0; tick < ticks; tick++) {
    const record = await world.step();
    const [wanted, got] = [oracleTick(oracle, record), rulingsOf(record)];
    wanted.forEach((one, i) => {
      const act = { tick, i, actor: record.actor[i], verb: record.verb[i], target: record.target[i] };
      if (one !== undefined && one !== got[i]) expect({ ...act, got: got[i] }).toEqual({ ...act, got: one });
      if (one === undefined) return;
      const word = `${nameOf(record.verb[i])} ${one.split(' ')[0]}`;
      said.set(word, (said.get(word) ?? 0) + 1);
    });
    const engine = withoutStalePins(summaryOf(world.state), oracle);
    const naive = withoutStalePins(summaryOfOracle(oracle), oracle);
    if (!isDeepStrictEqual(engine, naive)) expect({ tick, ...engine }).toEqual({ tick, ...naive });
  }
  return said;
}

function nameOf(verb: number): string {
  return Object.keys(verbs).find((name) => verbs[name as BuiltInVerb] === verb) ?? '';
}

const placements: readonly Partial<Placement>[] = [
  { workers: 1, layout: 'key' },
  { workers: 2, layout: 'degree' },
  { workers: 3, layout: 'scrambled', mergeTicks: 1 },
];

/** Verbs with the reasons that a world must have given, for one without them would compare nothing. */
const wantedReasons: Readonly<Record<string, readonly string[]>> = {
  message: ['OK', 'BLOCKED', 'SELF_TARGET', 'TEXT_MISSING', 'TEXT_TOO_LONG', 'BUSY', 'LEFT'],
  createGroup: ['OK', 'TEXT_INVALID'],
  joinGroup: ['OK', 'ALREADY_MEMBER', 'TARGET_UNKNOWN'],
  leaveGroup: ['OK', 'NOT_MEMBER', 'TARGET_UNKNOWN'],
  sendToGroup: ['OK', 'NOT_MEMBER', 'TARGET_UNKNOWN'],
  createCommunity: ['OK', 'NAME_TAKEN', 'TEXT_INVALID'],
  subscribe: ['OK', 'ALREADY_MEMBER', 'TARGET_UNKNOWN'],
  unsubscribe: ['OK', 'NOT_MEMBER', 'TARGET_UNKNOWN'],
  pin: ['OK', 'NOT_MODERATOR', 'ALREADY_PINNED', 'PINS_FULL', 'TARGET_UNKNOWN', 'POST_REMOVED', 'POST_ARCHIVED'],
  unpin: ['OK', 'NOT_PINNED', 'NOT_MODERATOR'],
  appoint: ['OK', 'NOT_OWNER', 'ALREADY_APPOINTED', 'ARGUMENT_INVALID', 'SELF_TARGET'],
  dismiss: ['OK', 'NOT_APPOINTED', 'NOT_OWNER'],
  claimHandle: ['OK', 'NAME_TAKEN', 'TEXT_INVALID'],
  interview: ['OK', 'SCENARIO_ONLY'],
  answer: ['OK', 'NOTHING_ASKED'],
  ...{ search: ['OK', 'TEXT_MISSING'], searchAgents: ['OK'], trend: ['OK'], refresh: ['OK'], listen: ['OK'] },
};

test('equal to the oracle: nine worlds of 60 ticks, on 1 to 3 shards and every layout, with every verb and reason', async () => {
  const said = new Map<string, number>();
  for (let k = 0; k < 9; k++) {
    const one = await runBoth(chattyPlan(701 + k, { ticks: 60 }), placements[k % 3], 60);
    for (const [word, count] of one) said.set(word, (said.get(word) ?? 0) + count);
  }
  expect([...said.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(20_000);
  const lacking = Object.entries(wantedReasons).flatMap(([verb, reasons]) =>
    reasons.map((reason) => `${verb} ${reason}`).filter((word) => !said.has(word)),
  );
  expect(lacking).toEqual([]);
});

const busyTicks = 8;
const orderCount = 100;
const plan = chattyPlan(711);
/** One a layout and number of shards: settling leaves the state as it is, so that each order meets the same. */
const worlds: OpenWorld[] = [];

beforeAll(async () => {
  for (const layout of ['key', 'degree', 'scrambled'] as const) {
    const world = chattyWorld(plan, { layout, workers: 1, checkpointTicks: busyTicks });
    for (let tick = 0; tick < busyTicks; tick++) await world.step();
    const snapshot = takeSnapshot(world.simulation.handle, busyTicks);
    const counts = { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0 };
    const start = { snapshot, link: new Uint8Array(32), counts };
    const population = chattyPopulation(plan.seed);
    for (const workers of [1, 2, 3])
      worlds.push(openWorld({ plan, population, code: chattyCode, placement: { layout, workers }, start }));
  }
});

interface Want {
  readonly actor: number;
  readonly verb: number;
  readonly isOnAgent: boolean;
  readonly target: number;
  readonly argument: number;
  readonly text: string;
}

const wantedVerbs = [
  ...(['createCommunity', 'claimHandle', 'joinGroup', 'subscribe', 'pin', 'message', 'sendToGroup'] as const),
  ...(['createGroup', 'appoint', 'dismiss', 'leaveGroup', 'search', 'rest', 'unpin', 'answer', 'remove'] as const),
];

/** Four acts of every agent at names, groups and posts that many want. */
function wants(nextPost: number): Want[] {
  const stream = randomStream(711, 1000);
  return Array.from({ length: chattyCount * 4 }, (_, i): Want => {
    const name: BuiltInVerb = wantedVerbs[stream.below(i % 2 === 0 ? 2 : wantedVerbs.length)];
    const isOnAgent = ['message', 'appoint', 'dismiss'].includes(name);
    const isOnPost = ['pin', 'unpin', 'remove'].includes(name);
    const post = nextPost - 1 - stream.below(12);
    return {
      ...{ actor: i >> 2, verb: verbs[name], isOnAgent, target: isOnPost ? post : stream.below(5) },
      ...{ argument: stream.below(3), text: `Name ${'aAbBcC'[stream.below(6)]}` },
    };
  });
}

/** Rulings and draft of the given acts, the actors and the shards in orders that the stream decides. */
function settleInOrder(acts: readonly Want[], { shards, simulation, state }: OpenWorld, stream: RandomStream): string {
  const each = (phase: (shard: Shard) => void): void => {
    const order = shards.map((_, i) => i);
    shuffle(order, stream);
    for (const i of order) phase(shards[i]);
  };
  each((shard) => {
    openTick(shard, busyTicks);
  });
  write(acts, shards, stream);
  each((shard) => {
    ruleOwn(shard.state, shard.book, shard.tables);
  });
  each((shard) => {
    settlePrecedence(shard.state, shard.book, shard.tables, shard.all);
  });
  const { entries, texts, messages } = settleRanked(state, shards[0].book, shards[0].all);
  const record = collectTick(simulation.collector, shards[0].all, busyTicks);
  const { actor, verb, target, outcome, reason, rule, result } = record;
  const rows = [actor, verb, target, outcome, reason, rule, result].map((column) => column.join());
  const ordinal = (row: number): number => state.agents.ordinal[row as AgentRow];
  return [
    ...rows,
    ...texts.map((bytes) => new TextDecoder().decode(bytes)),
    ...messages.map(({ id, sender, receiver, group, text, previous }) =>
      [id, ordinal(sender), ordinal(receiver), group, text, previous].join(' '),
    ),
    ...Array.from(entries, (entry) => entryInWords(entry, ordinal)).sort(),
  ].join('\n');
}

/** An entry with ordinals in place of rows. */
function entryInWords({ account, subject, object, value }: LedgerEntry, ordinal: (row: number) => number): string {
  const kinds = accounts[account];
  return [
    account,
    kinds.subject === 'agent' ? ordinal(subject) : subject,
    kinds.object === 'agent' ? ordinal(object) : object,
    kinds.value === 'agent' && value > 0 ? ordinal(value - 1) + 1 : value,
  ].join(' ');
}

function write(acts: readonly Want[], shards: readonly Shard[], stream: RandomStream): void {
  const { rowOfOrdinal } = shards[0].state;
  const actors = Array.from({ length: chattyCount }, (_, ordinal) => ordinal);
  shuffle(actors, stream);
  for (const ordinal of actors) {
    const actor = rowOfOrdinal[ordinal];
    const { tables } = shards[agentShard(shards[0].owner, actor)];
    const own = acts.filter((act) => act.actor === ordinal);
    own.forEach(({ verb, isOnAgent, target, argument, text }, sequence) => {
      attempt(tables, { actor, sequence }, verb, isOnAgent ? rowOfOrdinal[target] : target, 1, { argument, text });
    });
  }
}

test(`GM-02, GM-19: ${orderCount} orders of one tick’s acts give one record and one draft`, () => {
  const acts = wants(worlds[0].simulation.main.attached.control[control.nextPost]);
  expect(acts.filter(({ verb }) => isRanked(verb)).length).toBeGreaterThan(140);
  const first = settleInOrder(acts, worlds[0], randomStream(0, 1000)).split('\n');
  expect(first.filter((line) => line.startsWith('communityName ')).length).toBe(3);
  for (let order = 1; order < orderCount; order++) {
    const stream = randomStream(order, 1000);
    const world = stream.below(worlds.length);
    const made = settleInOrder(acts, worlds[world], stream).split('\n');
    const differing = made.findIndex((line, i) => line !== first[i]);
    expect({ order, world, differing, lines: made.length }).toEqual({
      ...{ order, world, differing: -1, lines: first.length },
    });
  }
});

test('one record and one state for 1, 2 and 3 shards, any layout, and any order in which shards take a phase', async () => {
  const seen = new Set<string>();
  for (const placement of placements) {
    const stream = randomStream(placement.workers ?? 1, 1000);
    const world = chattyWorld(chattyPlan(721), placement, (waiting) => stream.below(waiting));
    const words: string[] = [];
    for (let tick = 0; tick < 16; tick++) {
      const { actor, verb, target, outcome, reason, result } = await world.step();
      words.push([actor, verb, target, outcome, reason, result].join('|'));
    }
    seen.add(`${words.join('\n')}${JSON.stringify(summaryOf(world.state))}${world.root()}`);
  }
  expect(seen.size).toBe(1);
});
