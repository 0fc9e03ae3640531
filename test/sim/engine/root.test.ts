/**
 * The root of the state: nothing about shards, layout or merging shows in it, and every column that is state does.
 */
import { describe, expect, test } from 'vitest';
import { agentSpec, recentLength } from '../../../sim/world/agents.ts';
import { postRow, postSpec } from '../../../sim/world/posts.ts';
import { boardCount, boardLength } from '../../../sim/world/boards.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { newPostCount } from '../../../sim/engine/apply.ts';
import { hashState } from '../../../sim/engine/root.ts';
import { livelyRules, openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { OpenWorld } from '../worlds.ts';
import type { ColumnSpecs } from '../../../sim/ground/table.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { Placement, Plan } from '../../../sim/engine/plan.ts';
import type { Shard } from '../../../sim/engine/shard.ts';

const population = smallPopulation({ agents: 130, wakesPerDayMean: 30 });
const plan = smallPlan({
  postCapacity: 2048,
  policies: [{ kind: 'rules', parameters: { ...livelyRules, intercept: -3 } }],
  attributes: [{ name: 'goods', initial: 4 }],
});

async function worldAt(ticks: number, placement: Partial<Placement>, changes: Partial<Plan> = {}): Promise<OpenWorld> {
  const world = openWorld({ plan: { ...plan, ...changes }, population, placement });
  for (let tick = 0; tick < ticks; tick++) await world.step();
  return world;
}

describe('hashState', () => {
  test('hashState: is the same for any shards, layout and merge interval, tick by tick, and differs from tick to tick', async () => {
    const placements: readonly Partial<Placement>[] = [
      { workers: 1, layout: 'degree', mergeTicks: 7 },
      { workers: 2, layout: 'key', mergeTicks: 1 },
      { workers: 3, layout: 'scrambled', mergeTicks: 1000 },
      { workers: 5, layout: 'degree', mergeTicks: 24 },
    ];
    const worlds = placements.map((placement) => openWorld({ plan, population, placement }));
    const roots = new Set<string>();
    for (let tick = 0; tick < 16; tick++) {
      const now = new Set<string>();
      for (const world of worlds) {
        await world.step();
        now.add(world.root());
      }
      expect(now.size).toBe(1);
      for (const root of now) roots.add(root);
    }
    expect(roots.size).toBe(16);
  });

  test.each([8, 6])(
    'hashState: any change of one cell of any column that is state changes the root, and putting it back restores it (%i remembered)',
    async (memoryLength) => {
      const limits = [
        { verbs: ['post', 'reply'], count: 3, seconds: 7200 },
        { verbs: ['like'], count: 5, seconds: 7200 },
      ];
      const conduct = { ...plan.conduct, limits };
      const { shards, root } = await worldAt(12, { workers: 2, mergeTicks: 1000 }, { memoryLength, conduct });
      const before = root();
      const silent = stateCells(shards[0], memoryLength).filter(([, column, at]) => {
        const cells = column as unknown as number[];
        const value = cells[at];
        cells[at] = value === 1 ? 2 : 1;
        const changed = root();
        cells[at] = value;
        return changed === before;
      });
      expect(silent.map(([name, , at]) => `${name}[${at}]`)).toEqual([]);
      expect(root()).toBe(before);
    },
  );

  test('hashState: kernels give the buckets of their twins, of columns in the arena and of others', async () => {
    const conduct = { ...plan.conduct, limits: [{ verbs: ['post', 'reply'], count: 3, seconds: 7200 }] };
    for (const memoryLength of [16, 7]) {
      const { shards } = await worldAt(12, { workers: 2, mergeTicks: 1000 }, { memoryLength, conduct });
      for (const shard of shards) {
        expect(shard.kernels.rows).toBeDefined();
        const { buckets } = shard.attached;
        const sums = [shard, { ...shard, kernels: { ...shard.kernels, rows: undefined } }].map((one) => {
          hashState(one);
          return [...buckets[one.state.now.tick & 1][one.owner.shard]];
        });
        expect(sums[0]).toEqual(sums[1]);
      }
    }
  });

  test('hashState: whom two agents follow is told from the same follows the other way round', async () => {
    const { state, root } = await worldAt(12, { mergeTicks: 1 });
    const { pool, rows } = state.ties.followees;
    const neighbours = pool.neighbour as unknown as Int32Array;
    const before = root();
    const [one, other] = [40, 41].map((agent) => rows.start[agent as AgentRow]);
    expect(neighbours[one]).not.toBe(neighbours[other]);
    [neighbours[one], neighbours[other]] = [neighbours[other], neighbours[one]];
    expect(root()).not.toBe(before);
  });

  test('hashState: an unmerged follow counts as the merged one, and a follow with its unfollow as none', async () => {
    const merged = await worldAt(9, { mergeTicks: 1 });
    const unmerged = await worldAt(9, { mergeTicks: 1000 });
    expect(unmerged.state.ties.logCount[0]).toBeGreaterThan(10);
    expect(merged.root()).toBe(unmerged.root());
  });

  test('hashState: a NaN in a column stops the run with the column’s name, seed and tick', async () => {
    const { state, root } = await worldAt(3, {});
    (column(state.agents, 'wakesPerDay') as unknown as number[])[5] = NaN;
    expect(root).toThrow(InvariantError);
    expect(root).toThrow(/NaN in wakesPerDay\[5\].*seed 7.*tick 2/);
    (column(state.agents, 'wakesPerDay') as unknown as number[])[5] = 1;
    (column(state.boards, 'score') as unknown as number[])[0] = NaN;
    expect(root).toThrow(/NaN in boards.score\[0\].*seed 7.*tick 2/);
  });

  test('hashState: boards are part of the root for every shard count, and each shard holds the same ones', async () => {
    const { shards } = await worldAt(14, { workers: 3 });
    const places = boardCount * boardLength;
    const [first, ...others] = shards.map(({ state }) =>
      Array.from((state.boards.post as unknown as Int32Array).subarray(0, places)),
    );
    expect(first.filter((post) => post > 0).length).toBeGreaterThan(200);
    for (const other of others) expect(other).toEqual(first);
  });
});

type StateCell = [name: string, column: ArrayLike<number>, at: number];

/** Every cell of the first, of a middle and of the last agent, of the oldest, of a middle and of the newest post, and one of each other kind. */
function stateCells(shard: Shard, memoryLength: number): StateCell[] {
  const { state, book } = shard;
  const { agents, posts, recents, exposures, attributes, quotas, now, sizes } = state;
  const { limits } = book.conduct;
  const wide: [name: string, column: ArrayLike<number>, width: number][] = [
    ...declared('agents', agentSpec.columns, agents),
    ['recents.entry', recents.entry, recentLength * 2],
    ['exposures.origin', exposures.origin, memoryLength],
    ['exposures.seen', exposures.seen, memoryLength],
    ['attributes.value', attributes.value, 1],
    ['quotas.used', quotas.used, limits.length],
    ['quotas.tick', quotas.tick, limits[0].stride],
  ];
  const ofRows = (columns: typeof wide, rows: readonly number[]): StateCell[] =>
    columns.flatMap(([name, cells, width]) =>
      rows.flatMap((row) => Array.from({ length: width }, (_, k): StateCell => [name, cells, row * width + k])),
    );
  const newest = now.nextPost + newPostCount(shard.all) - 1;
  expect(newest).toBeGreaterThan(now.nextPost);
  const livePosts = [now.oldestPost, now.nextPost - 3, newest].map((id) => postRow(posts, id));
  const log = state.ties.logs[0];
  return [
    ...ofRows(wide, [0, 77, sizes.agentCount - 1]),
    ...ofRows(declared('posts', postSpec.columns, posts), livePosts),
    ['boards.post', state.boards.post, 3],
    ['boards.score', state.boards.score, 3],
    ['ties.neighbour', state.ties.followees.pool.neighbour, state.ties.followees.rows.start[77 as AgentRow]],
    ['tieRows.length', state.ties.followees.rows.length, 77],
    ['moderation', shard.attached.moderation[0], 0],
    ['tieLogs.followee', log.followee, state.ties.logCount[0] - 1],
    ['tieLogs.sign', log.sign, flippableTie(shard)],
    ['reactions.done', column(state.reactions.halves[state.reactions.meta[0] as 0 | 1], 'value'), liveReaction(shard)],
  ];
}

/** The columns of a table that are state, with their widths. */
function declared(table: string, specs: ColumnSpecs, columns: object): [string, ArrayLike<number>, number][] {
  return Object.entries(specs)
    .filter(([, { meaning }]) => meaning !== 'address')
    .map(([name, { width }]) => [`${table}.${name}`, column(columns, name), width]);
}

/** An entry of the first shard's log that takes a follow back: set to 1 or 2, it would be a follow. */
function flippableTie({ state }: Shard): number {
  const signs = Array.from({ length: state.ties.logCount[0] }, (_, entry) => column(state.ties.logs[0], 'sign')[entry]);
  return signs.indexOf(-1);
}

function column(table: object, name: string): ArrayLike<number> {
  return (table as Record<string, ArrayLike<number>>)[name];
}

/** A place of the table of reactions that holds an act on a live post. */
function liveReaction({ state }: Shard): number {
  const table = state.reactions.halves[state.reactions.meta[0] as 0 | 1];
  const [actor, post] = [column(table, 'subject'), column(table, 'object')];
  return Array.from(actor).findIndex((one, at) => one !== 0 && post[at] >= state.now.oldestPost);
}
