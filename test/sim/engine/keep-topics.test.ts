/**
 * The index of topics as a run keeps it, against one built anew from the live posts; and that nothing of how it is kept shows.
 */
import { describe, expect, test } from 'vitest';
import { postKinds, postRow } from '../../../sim/world/posts.ts';
import { cellPostsMax, idsOfCell, levelOf, noCell, standOf } from '../../../sim/world/topic-index.ts';
import { takeSnapshot } from '../../../sim/engine/snapshot.ts';
import { livelyRules, openWorld, runWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { FeedSettings } from '../../../sim/recommender/feed.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { OpenWorld } from '../worlds.ts';

const feed = {
  ...{ recommender: 'interest', length: 8, outOfNetworkShare: 0.4, exposuresMax: 3, repostsShown: true },
  candidates: 'index',
} as const satisfies FeedSettings;
const policies = [{ kind: 'rules', parameters: { ...livelyRules, postShare: 0.8 } }] as const;
const plan: Plan = smallPlan({ feed, policies, ticks: 60, postCapacity: 4096 });
const population = smallPopulation({ agents: 260, wakesPerDayMean: 30 });

/** Cells out of the posts themselves: the newest of each, reposts apart. */
function cellsAnew({ state }: OpenWorld): Map<number, number[]> {
  const cells = new Map<number, number[]>();
  for (let id = state.now.nextPost - 1; id >= state.now.oldestPost; id--) {
    const row = postRow(state.posts, id);
    const cell = state.topics?.cellOf[row] ?? noCell;
    if (state.posts.kind[row] === postKinds.repost || cell === noCell) continue;
    const list = cells.get(cell) ?? [];
    if (list.length < cellPostsMax) list.push(id);
    cells.set(cell, list);
  }
  return cells;
}

describe('the index of topics in a run', () => {
  test('updateTopics: after every tick, past the window and past a change of level, it is what building it anew gives', async () => {
    const world = openWorld({ plan, population, placement: { workers: 2 } });
    const levels = new Set<number>();
    for (let tick = 0; tick < 40; tick++) {
      await world.step();
      world.peek();
      const { topics, now } = world.state;
      if (topics === undefined) throw new RangeError('the run has no index');
      expect(standOf(topics).nextPost).toBe(now.nextPost);
      levels.add(standOf(topics).cellCount);
      const cells = cellsAnew(world);
      for (let cell = 0; cell < standOf(topics).cellCount; cell++) {
        expect(idsOfCell(topics, cell)).toEqual(cells.get(cell) ?? []);
      }
    }
    expect(world.state.now.oldestPost).toBeGreaterThan(1);
    expect(levels.size).toBeGreaterThan(1);
    expect(levelOf(3072)).toBe(64);
  });

  test.each(['interest', 'mix', 'twhin'] as const)(
    '%s: shards, rows and merging cannot be seen in feeds from the index, and the feeds differ from those from boards',
    async (recommender) => {
      const changed = { ...plan, ticks: 24, feed: { ...feed, recommender } };
      const runs = [
        { workers: 1, layout: 'degree', mergeTicks: 7 },
        { workers: 3, layout: 'scrambled', mergeTicks: 2 },
      ] as const;
      const [one, other] = await Promise.all(
        runs.map((placement) => runWorld({ plan: changed, population, placement })),
      );
      expect(other.digest).toBe(one.digest);
      expect(other.roots).toEqual(one.roots);
      const boards = await runWorld({
        plan: { ...changed, feed: { ...changed.feed, candidates: 'boards' } },
        population,
      });
      expect(boards.records.at(-1)?.seen.post).not.toEqual(one.records.at(-1)?.seen.post);
    },
  );

  test('renewTopics: a world restored between two ticks goes on to the same roots, with another number of shards', async () => {
    const whole = openWorld({ plan, population, placement: { workers: 2, mergeTicks: 1 } });
    for (let tick = 0; tick < 14; tick++) await whole.step();
    const snapshot = takeSnapshot(whole.simulation.handle, 14);
    const start = { snapshot, link: new Uint8Array(32), counts: whole.simulation.result.counts };
    const restored = openWorld({ plan, population, start, placement: { workers: 3 } });
    for (let tick = 14; tick < 20; tick++) {
      const [one, other] = [await whole.step(), await restored.step()];
      expect(other.seen.post).toEqual(one.seen.post);
      expect(restored.root()).toBe(whole.root());
    }
  });
});
