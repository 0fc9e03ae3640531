/**
 * One tick's acts of what takes two, of places and availability, laid before the Game Master in a hundred orders of actors, on 1, 2 or 3
 * shards and any layout: one record and one draft of the ledger.
 *
 * A world is brought to a busy state and opened once for each layout and number of shards; settling writes tables and a draft, and
 * leaves the state as it is, so that each order meets the same.
 */
import { beforeAll, expect, test } from 'vitest';
import { randomStream, shuffle } from '../../../../sim/ground/philox.ts';
import { accounts } from '../../../../sim/world/ledger.ts';
import { agentShard } from '../../../../sim/world/ownership.ts';
import { outcomes } from '../../../../sim/exchange/reasons.ts';
import { verbs } from '../../../../sim/exchange/verbs.ts';
import { attempt } from '../../../../sim/policy/act.ts';
import { settleRanked } from '../../../../sim/game-master/ranked/settle.ts';
import { ruleOwn, settlePrecedence } from '../../../../sim/game-master/resolve.ts';
import { collectTick } from '../../../../sim/engine/collect.ts';
import { openTick } from '../../../../sim/engine/shard.ts';
import { takeSnapshot } from '../../../../sim/engine/snapshot.ts';
import { codeOf, openWorld } from '../../worlds.ts';
import { agentCount, twoSidedPlan, twoSidedPolicy, twoSidedPopulation, twoSidedWorld } from './two-sided-world.ts';
import type { BuiltInVerb } from '../../../../sim/exchange/verbs.ts';
import type { RandomStream } from '../../../../sim/ground/philox.ts';
import type { Shard } from '../../../../sim/engine/shard.ts';
import type { AgentRow } from '../../../../sim/ground/ids.ts';
import type { LedgerEntry } from '../../../../sim/world/ledger.ts';
import type { StateView } from '../../../../sim/exchange/view.ts';
import type { OpenWorld } from '../../worlds.ts';
import type { TickRecord } from '../../../../sim/record/chunk.ts';

const orderCount = 100;
const busyTicks = 6;
const plan = twoSidedPlan(611, { ticks: 20 });
const code = codeOf({ policies: { 'two-sided': twoSidedPolicy } });
const population = twoSidedPopulation(plan);
const worlds: OpenWorld[] = [];

beforeAll(async () => {
  for (const layout of ['key', 'degree', 'scrambled'] as const) {
    const world = twoSidedWorld(plan, { layout, workers: 1, checkpointTicks: busyTicks });
    for (let tick = 0; tick < busyTicks; tick++) await world.step();
    const snapshot = takeSnapshot(world.simulation.handle, busyTicks);
    const counts = { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0 };
    const start = { snapshot, link: new Uint8Array(32), counts };
    for (const workers of [1, 2, 3])
      worlds.push(openWorld({ plan, population, code, placement: { layout, workers }, start }));
  }
});

interface Want {
  readonly actor: number;
  readonly sequence: number;
  readonly verb: number;
  readonly target: number;
  readonly amount: number;
  readonly argument: number;
  readonly price: number;
}

/** Four attempts of every agent at things that few want or many. */
function wants(): Want[] {
  const stream = randomStream(611, 1000);
  const names = ['befriend', 'trade', 'play', 'move', 'rest', 'quit', 'befriend', 'trade', 'play', 'move'] as const;
  return Array.from({ length: agentCount * 4 }, (_, i): Want => {
    const actor = i >> 2;
    const name: BuiltInVerb = i % 4 < 3 ? names[stream.below(3)] : names[stream.below(names.length)];
    const side = actor % 2 === 0 ? 1 : -1;
    const target = name === 'move' ? stream.below(4) : (actor + side + stream.below(2) * 2 * side) % agentCount;
    const terms = {
      trade: { amount: side, argument: 1 + (actor >> 5) },
      play: { amount: 0, argument: stream.below(2) },
    };
    const own = name === 'trade' || name === 'play' ? terms[name] : { amount: 1, argument: -1 };
    return { actor, sequence: i & 3, verb: verbs[name], target: Math.max(0, target), price: stream.below(2), ...own };
  });
}

/** The rulings on the given acts and what is drafted, the actors and the shards in orders that the stream decides. */
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
  const { entries } = settleRanked(shards[0].state, shards[0].book, shards[0].all);
  const record = collectTick(simulation.collector, shards[0].all, busyTicks);
  expectLively(record);
  const { actor, verb, sequence, target, outcome, reason, rule, result } = record;
  const rows = [actor, verb, sequence, target, outcome, reason, rule, result].map((column) => column.join());
  return [...rows, ...Array.from(entries, (entry) => entryInWords(entry, state)).sort()].join('\n');
}

/** An entry with ordinals in place of rows. */
function entryInWords({ account, subject, object, value }: LedgerEntry, { agents }: StateView): string {
  const kinds = accounts[account];
  const ordinal = (row: number): number => agents.ordinal[row as AgentRow];
  return [
    account,
    kinds.subject === 'agent' ? ordinal(subject) : subject,
    kinds.object === 'agent' ? ordinal(object) : object,
    kinds.value === 'agent' && value > 0 ? ordinal(value - 1) + 1 : value,
  ].join(' ');
}

/** In a tick in which nothing comes about, or nothing is refused, the order would not matter. */
function expectLively({ outcome }: TickRecord): void {
  for (const one of [outcomes.granted, outcomes.partial, outcomes.refused])
    expect(outcome.filter((each) => each === one).length).toBeGreaterThan(20);
}

const pairVerbs: readonly number[] = [verbs.befriend, verbs.trade, verbs.play];

function write(acts: readonly Want[], shards: readonly Shard[], stream: RandomStream): void {
  const { rowOfOrdinal } = shards[0].state;
  const actors = Array.from({ length: agentCount }, (_, ordinal) => ordinal);
  shuffle(actors, stream);
  for (const ordinal of actors) {
    const row = rowOfOrdinal[ordinal];
    const { tables } = shards[agentShard(shards[0].owner, row)];
    for (const { actor, sequence, verb, target, amount, argument, price } of acts) {
      if (actor !== ordinal) continue;
      const to = pairVerbs.includes(verb) ? rowOfOrdinal[target] : target;
      attempt(tables, { actor: row, sequence }, verb, to, amount, { argument, price });
    }
  }
}

test(`GM-02: ${orderCount} orders of one tick’s acts give one record and one draft`, () => {
  const acts = wants();
  const first = settleInOrder(acts, worlds[0], randomStream(0, 1000)).split('\n');
  for (let order = 1; order < orderCount; order++) {
    const stream = randomStream(order, 1000);
    const world = stream.below(worlds.length);
    const made = settleInOrder(acts, worlds[world], stream).split('\n');
    const differing = made.findIndex((line, i) => line !== first[i]);
    expect({ order, world, differing, count: made.length }).toEqual({
      order,
      world,
      differing: -1,
      count: first.length,
    });
  }
});
