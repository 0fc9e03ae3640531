/**
 * In-network candidates against the naive list: all remembered posts of all followees, sorted, cut.
 */
import { describe, expect, test } from 'vitest';
import { recentLength } from '../../../sim/world/agents.ts';
import { currentFollowees } from '../../../sim/social-graph/ties.ts';
import { createCandidates, gatherNewest, lookBehind } from '../../../sim/recommender/gather.ts';
import { forOwnBlocks } from '../../../sim/world/ownership.ts';
import { openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { StateView } from '../../../sim/exchange/view.ts';

interface Entry {
  readonly post: number;
  readonly origin: number;
}

/** Every remembered post in the window of everybody whom the agent follows now, newest first. */
function recentNaively(state: StateView, agent: AgentRow): Entry[] {
  const log = state.ties.logs[state.owner.shard];
  const followees = currentFollowees(state.ties, log, state.agents.pendingTie[agent], agent, state.agents.ordinal);
  const entries = state.recents.entry as unknown as Int32Array;
  const all = followees.flatMap((followee) =>
    Array.from({ length: recentLength }, (_, k) => (followee * recentLength + k) * 2).map((at) => ({
      post: entries[at],
      origin: entries[at + 1],
    })),
  );
  return all.filter(({ post }) => post >= state.now.oldestPost).sort((x, y) => y.post - x.post);
}

/** All candidates, each looked behind in its turn. */
function walk(state: StateView, agent: AgentRow, limit: number): Entry[] {
  const entries = state.recents.entry as unknown as Int32Array;
  const found = createCandidates();
  gatherNewest(state, agent, limit, found);
  const got: Entry[] = [];
  for (let k = 0; k < found.count; k++) {
    const place = lookBehind(entries, k, found);
    got.push({ post: entries[place], origin: entries[place + 1] });
  }
  return got;
}

describe('gatherNewest', () => {
  test.each([
    { mergeTicks: 1, postCapacity: 16_384 },
    { mergeTicks: 1000, postCapacity: 16_384 },
    { mergeTicks: 5, postCapacity: 2048 },
  ])(
    'gatherNewest: with lookBehind, is the newest of the naive list for every agent, log and window included ($mergeTicks, $postCapacity)',
    async (at) => {
      const world = openWorld({
        plan: smallPlan({ postCapacity: at.postCapacity }),
        population: smallPopulation({ agents: 120, wakesPerDayMean: 40 }),
        placement: { workers: 2, layout: 'scrambled', mergeTicks: at.mergeTicks },
      });
      let [compared, pending] = [0, 0];
      for (let tick = 0; tick < 16; tick++) {
        world.peek();
        for (const { state, owner } of world.shards) {
          forOwnBlocks(owner, (start, end) => {
            for (let agent = start as AgentRow; agent < end; agent++) {
              const naive = recentNaively(state, agent);
              if (state.agents.pendingTie[agent] >= 0) pending++;
              for (const limit of [1, 3, 16, 64]) {
                const got = walk(state, agent, limit);
                expect(got).toEqual(naive.slice(0, limit));
                compared += got.length;
              }
            }
          });
        }
        await world.step();
      }
      expect(compared).toBeGreaterThan(10_000);
      expect(pending > 0).toBe(at.mergeTicks > 1);
      expect(world.state.now.oldestPost > 1).toBe(at.postCapacity === 2048);
    },
  );
});
