/**
 * The root of the state: nothing about shards, layout or merging shows in it, and every column that is state does.
 */
import { describe, expect, test } from 'vitest';
import { agentSpec, recentLength } from '../../../sim/world/agents.ts';
import { postRow, postSpec } from '../../../sim/world/posts.ts';
import { boardCount, boardLength } from '../../../sim/world/boards.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { livelyRules, openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { OpenWorld } from '../worlds.ts';
import type { Placement } from '../../../sim/engine/plan.ts';

const population = smallPopulation({ agents: 130, wakesPerDayMean: 30 });
const plan = smallPlan({
  postCapacity: 2048,
  policies: [{ kind: 'rules', parameters: { ...livelyRules, intercept: -3 } }],
  attributes: [{ name: 'goods', initial: 4 }],
});

async function worldAt(ticks: number, placement: Partial<Placement>): Promise<OpenWorld> {
  const world = openWorld({ plan, population, placement });
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

  test('hashState: any change of one cell of any column that is state changes the root, and putting it back restores it', async () => {
    const { shards, state, root } = await worldAt(12, { workers: 2, mergeTicks: 1000 });
    const agent = 77;
    const live = postRow(state.posts, state.now.nextPost - 3);
    const cells: [string, ArrayLike<number>, number][] = [
      ...Object.entries(agentSpec.columns)
        .filter(([, { meaning }]) => meaning !== 'address')
        .map(([name, { width }]): [string, ArrayLike<number>, number] => [
          `agents.${name}`,
          column(state.agents, name),
          agent * width,
        ]),
      ...Object.entries(postSpec.columns).map(([name, { width }]): [string, ArrayLike<number>, number] => [
        ...([`posts.${name}`, column(state.posts, name), live * width + width - 1] as const),
      ]),
      ['recents.entry', column(state.recents, 'entry'), agent * recentLength * 2 + 1],
      ['exposures.origin', column(state.exposures, 'origin'), agent * 8 + 7],
      ['exposures.seen', column(state.exposures, 'seen'), agent * 8 + 7],
      ['attributes.value', column(state.attributes, 'value'), agent],
      ['boards.post', column(state.boards, 'post'), 3],
      [
        'ties.neighbour',
        column(state.ties.followees.pool, 'neighbour'),
        state.ties.followees.rows.start[agent as never],
      ],
      ['tieRows.length', column(state.ties.followees.rows, 'length'), agent],
      [
        'reactions.done',
        column(state.reactions.halves[state.reactions.meta[0] as 0 | 1], 'value'),
        liveReaction(shards[0]),
      ],
    ];
    const before = root();
    const silent = cells.filter(([, cell, at]) => {
      const cells = cell as unknown as number[];
      const value = cells[at];
      cells[at] = value === 1 ? 2 : 1;
      const changed = root();
      cells[at] = value;
      return changed === before;
    });
    expect(silent.map(([name]) => name)).toEqual([]);
    expect(root()).toBe(before);
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

function column(table: object, name: string): ArrayLike<number> {
  return (table as Record<string, ArrayLike<number>>)[name];
}

/** A place of the table of reactions that holds an act on a live post. */
function liveReaction({ state }: OpenWorld['shards'][number]): number {
  const table = state.reactions.halves[state.reactions.meta[0] as 0 | 1];
  const [actor, post] = [column(table, 'subject'), column(table, 'object')];
  return Array.from(actor).findIndex((one, at) => one !== 0 && post[at] >= state.now.oldestPost);
}
