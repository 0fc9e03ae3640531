/** Rows made of lists of ties against sets of pairs, and growing lists of followers against arrays of arrays. */
import { describe, expect, test } from 'vitest';
import { addFollower, createFollowerLists, rowWords } from '../../../../sim/social-graph/generators/follower-lists.ts';
import {
  addDirected,
  addEitherWay,
  addTie,
  createTieList,
  rowsOfTies,
} from '../../../../sim/social-graph/generators/tie-list.ts';
import { testStream } from '../../../analysis/worlds.ts';
import { expectSound, spelled, spelledPairs } from './graph-checks.ts';

/** Ties with repeats and self-ties; `isGrouped` puts them follower by follower. */
function randomTies(seed: number, count: number, tieCount: number, isGrouped: boolean): [number, number][] {
  const stream = testStream(seed);
  const pairs = Array.from({ length: tieCount }, (): [number, number] => [stream.below(count), stream.below(count)]);
  return isGrouped ? pairs.sort((x, y) => x[0] - y[0]) : pairs;
}

describe('rowsOfTies', () => {
  test.each([true, false])(
    'rowsOfTies: the set of pairs, with self-ties and doubles counted, also for rows of hundreds (follower by follower: %s)',
    (isGrouped) => {
      for (const [count, tieCount] of [
        [0, 0],
        [1, 3],
        [2, 9],
        [7, 30],
        [50, 900],
        [400, 150_000],
      ] as const) {
        const pairs = count === 0 ? [] : randomTies(count, count, tieCount, isGrouped);
        const ties = createTieList(0);
        for (const [from, to] of pairs) addTie(ties, from, to);
        const graph = rowsOfTies(count, ties);
        expectSound(graph, count);
        const kept = new Map(pairs.filter(([a, b]) => a !== b).map((pair) => [pair.join('>'), pair]));
        const selfTieCount = pairs.filter(([a, b]) => a === b).length;
        expect(spelled(graph)).toBe(spelledPairs([...kept.values()]));
        expect(graph.selfTieCount).toBe(selfTieCount);
        expect(graph.doubleTieCount).toBe(pairs.length - selfTieCount - kept.size);
      }
    },
  );

  test('createTieList: a graph of more than 2^29 ties is refused as the author’s to mend', () => {
    expect(() => createTieList(2 ** 29 + 1)).toThrow(/^INPUT_TOO_LARGE /);
  });
});

describe('making an undirected tie a follow', () => {
  const share = 0.3;
  const drawCount = 40_000;
  const sd = Math.sqrt(drawCount * share * (1 - share));

  test('addEitherWay: both ways as often as asked, and one way as often as the other', () => {
    const ties = createTieList(2 * drawCount);
    const stream = testStream(4);
    for (let i = 0; i < drawCount; i++) addEitherWay(ties, 0, 1, share, stream);
    expect(Math.abs(ties.count - drawCount * (1 + share))).toBeLessThan(4 * sd);
    const there = ties.followee.subarray(0, ties.count).reduce((sum, one) => sum + one, 0);
    expect(Math.abs(there - drawCount * ((1 + share) / 2))).toBeLessThan(2 * sd);
  });

  test('addDirected: always the given way, and back as often as asked', () => {
    const ties = createTieList(2 * drawCount);
    const stream = testStream(5);
    for (let i = 0; i < drawCount; i++) addDirected(ties, 0, 1, share, stream);
    const there = ties.followee.subarray(0, ties.count).reduce((sum, one) => sum + one, 0);
    expect(there).toBe(drawCount);
    expect(Math.abs(ties.count - there - drawCount * share)).toBeLessThan(4 * sd);
  });
});

describe('addFollower', () => {
  test('addFollower: every list holds what arrays of arrays hold, while lists outgrow and reuse their places', () => {
    const lists = createFollowerLists(40);
    const plain = Array.from({ length: 40 }, (): number[] => []);
    const stream = testStream(6);
    for (let i = 0; i < 30_000; i++) {
      const agent = Math.min(stream.below(40), stream.below(40));
      addFollower(lists, agent, i);
      plain[agent].push(i);
    }
    const found = plain.map((_, agent) => {
      const [start, length] = lists.row.subarray(agent * rowWords);
      return [...lists.pool.subarray(start, start + length)];
    });
    expect(found).toEqual(plain);
    // It takes 66,608 places; without reuse it would take 90,104.
    expect(lists.poolEnd).toBeLessThan(70_000);
  });
});
