/**
 * Every verb in a hundred orders: the intents of one tick, laid before the Game Master in whatever order of actors, on whatever shards
 * and rows, give one state and one record.
 *
 * A world is brought to a busy state by agents who attempt everything, and kept as a snapshot a layout. For each order the snapshot is
 * opened anew, the same intents are written into the shards' tables with the actors shuffled (an agent's own stay in sequence), and
 * the phases from ruling to applying run by hand, the shards in another order in each.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { randomStream } from '../../../sim/ground/philox.ts';
import { agentShard } from '../../../sim/world/ownership.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { counts } from '../../../sim/exchange/tables.ts';
import { firstOwnVerb, isRanked, verbs } from '../../../sim/exchange/verbs.ts';
import { attempt } from '../../../sim/policy/act.ts';
import { arbitrate } from '../../../sim/game-master/arbitrate.ts';
import { ruleOwn, settlePrecedence } from '../../../sim/game-master/resolve.ts';
import { applyIndexes, applyIntents, listNewPosts } from '../../../sim/engine/apply.ts';
import { collectTick } from '../../../sim/engine/collect.ts';
import { openTick } from '../../../sim/engine/shard.ts';
import { takeSnapshot } from '../../../sim/engine/snapshot.ts';
import { agentVerbs, scenario } from '../../fixtures/chaos-code.ts';
import { codeOf, openWorld, rootOf, smallPlan, smallPopulation } from '../worlds.ts';
import type { OwnVerb } from '../../../sim/exchange/verbs.ts';
import type { Placement, Plan } from '../../../sim/engine/plan.ts';
import type { Shard } from '../../../sim/engine/shard.ts';
import type { Snapshot } from '../../../sim/engine/snapshot.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';

const orderCount = 100;
const agentCount = 40;
const busyTicks = 14;
const layouts = ['key', 'degree', 'scrambled'] as const;
const grab: OwnVerb = {
  target: 'agent',
  conflict: 'exclusive',
  places: 2,
  effects: [
    { op: 'addToActor', attribute: 'goods', amount: 1 },
    { op: 'addToTarget', attribute: 'goods', amount: -1 },
  ],
};
const code = codeOf({ policies: scenario.policies, verbs: { grab } });
/** Free words, and what is about a number of the actor's own: that is a case of its own below. */
const elsewhere = ['try', 'lean', 'reassign'];
/** Verbs that are settled in rank are shuffled in the tests of their families: `test/sim/game-master/ranked`; free words in `judge/route.test.ts`. */
const names = Object.entries(verbs).flatMap(([name, number]) =>
  isRanked(number) || elsewhere.includes(name) ? [] : [name],
);
const population = smallPopulation({ agents: agentCount, seed: 91, wakesPerDayMean: 40 });
const plan: Plan = {
  ...smallPlan({
    ...{
      seed: 91,
      ticks: 40,
      allowedVerbs: [...names, 'lean'],
      postCapacity: 512,
      attributes: [{ name: 'goods', initial: 3 }],
    },
    policies: [{ kind: 'own', name: 'chaos' }],
    conduct: {
      selfRating: true,
      moderators: ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'],
      limits: [{ verbs: ['post', 'reply'], count: 3, seconds: 7200 }],
      moderation: [{ id: 'take-down', version: 1, reports: 3, does: 'remove', hours: 0 }],
    },
  }),
};

interface Want {
  readonly ordinal: number;
  readonly sequence: number;
  readonly verb: number;
  /** A post's id or an agent's ordinal. */
  readonly target: number;
  readonly isAgent: boolean;
  readonly amount: number;
}

/** Four attempts of every agent: most of one verb, the others of any, on things that many want. */
function wantsOf(main: number, nextPost: number): Want[] {
  const stream = randomStream(main, 1000);
  return Array.from({ length: agentCount * 4 }, (_, i) => {
    const verb = stream.below(3) < 2 ? main : stream.below(names.length);
    const isAgent = verb >= firstOwnVerb || agentVerbs.includes(names[verb]);
    // Of two attributes one is declared.
    const target = isAgent ? stream.below(8) : verb === verbs.lean ? stream.below(2) : nextPost - 1 - stream.below(40);
    return { ordinal: i >> 2, sequence: i & 3, verb, target, isAgent, amount: 1 + stream.below(5) };
  });
}

const snapshots = new Map<string, Snapshot>();

beforeAll(async () => {
  for (const layout of layouts) {
    const placement = { layout, workers: 1, checkpointTicks: busyTicks };
    const world = openWorld({ plan, population, code, placement });
    for (let tick = 0; tick < busyTicks; tick++) await world.step();
    snapshots.set(layout, takeSnapshot(world.simulation.handle, busyTicks));
  }
});

type Stream = ReturnType<typeof randomStream>;

function shuffled<Value>(list: readonly Value[], stream: Stream): Value[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}

interface Made {
  readonly root: string;
  readonly record: TickRecord;
}

/** One tick of the given intents, in an order that the stream decides, on the given shards. */
function runInOrder(wants: readonly Want[], placement: Partial<Placement>, stream: Stream): Made {
  const snapshot = snapshots.get(placement.layout ?? 'key');
  if (snapshot === undefined) throw new RangeError('no snapshot of this layout');
  const zero = { intents: 0, granted: 0, refused: 0, posts: 0, exposures: 0, awake: 0 };
  const start = { snapshot, link: new Uint8Array(32), counts: zero };
  const { shards, simulation } = openWorld({ plan, population, code, placement, start });
  const each = (phase: (shard: Shard) => void): void => {
    shuffled(shards, stream).forEach(phase);
  };
  each((shard) => {
    openTick(shard, busyTicks);
  });
  write(wants, shards, stream);
  each((shard) => {
    ruleOwn(shard.state, shard.book, shard.tables);
  });
  each((shard) => {
    settlePrecedence(shard.state, shard.book, shard.tables, shard.all);
  });
  each((shard) => {
    arbitrate(shard.state, shard.book, shard.all);
  });
  each(listNewPosts);
  each(applyIntents);
  each(applyIndexes);
  const record = collectTick(simulation.collector, shards[0].all, busyTicks);
  return { root: rootOf(shards), record };
}

/** Writes the intents into the tables of their actors' shards, actor by actor in a drawn order. */
function write(wants: readonly Want[], shards: readonly Shard[], stream: Stream): void {
  const { rowOfOrdinal } = shards[0].state;
  const actors = shuffled([...Map.groupBy(wants, ({ ordinal }) => ordinal).values()], stream);
  for (const own of actors) {
    const actor = rowOfOrdinal[own[0].ordinal];
    const { tables } = shards[agentShard(shards[0].owner, actor)];
    for (const { sequence, verb, target, isAgent, amount } of own) {
      attempt(tables, { actor, sequence }, verb, isAgent ? rowOfOrdinal[target] : target, amount);
    }
  }
  expect(shards.reduce((sum, { tables }) => sum + tables.count[counts.intents], 0)).toBe(wants.length);
}

function rowsOf({ actor, verb, sequence, target, outcome, reason, rule, result, topic }: TickRecord): string {
  return [actor, verb, sequence, target, outcome, reason, rule, result, topic]
    .map((column) => column.join())
    .join('\n');
}

describe(`GM-02, GM-23: one tick's intents in ${orderCount} orders`, () => {
  const cases = [
    ...names.map((name) => [name, verbs[name as keyof typeof verbs]] as const),
    ['grab', firstOwnVerb] as const,
    ['lean', verbs.lean] as const,
  ];
  test.each(cases)('%s: one root of the state and one record', (_name, verb) => {
    const wants = wantsOf(verb, snapshots.get('key')?.nextPost ?? 0);
    const first = runInOrder(wants, { workers: 1, layout: 'key' }, randomStream(0, 1000));
    const rows = rowsOf(first.record);
    const granted = first.record.verb.filter((one, i) => one === verb && first.record.outcome[i] === outcomes.granted);
    expect(granted.length).toBeGreaterThan(0);
    expect(first.record.totals.refused).toBeGreaterThan(0);
    for (let order = 1; order < orderCount; order++) {
      const stream = randomStream(order, 1000);
      const placement = {
        workers: 1 + stream.below(5),
        layout: layouts[stream.below(3)],
        mergeTicks: 1 + stream.below(9),
      };
      const { root, record } = runInOrder(wants, placement, stream);
      if (root !== first.root) expect({ order, placement, root }).toEqual({ order, placement, root: first.root });
      if (rowsOf(record) !== rows)
        expect({ order, placement, rows: rowsOf(record) }).toEqual({ order, placement, rows });
    }
  });
});
