/** Graphs that grow: preferential attachment against its exact distribution, the forest fire against the same fire over plain lists. */
import { describe, expect, test } from 'vitest';
import { barabasiAlbertGraph } from '../../../../sim/social-graph/generators/barabasi-albert.ts';
import { forestFireGraph } from '../../../../sim/social-graph/generators/forest-fire.ts';
import { failureRate, graphDraws, graphStream, skip } from '../../../../sim/social-graph/generators/streams.ts';
import { addChance, excessOf, expectSound, spelled, spelledPairs } from './graph-checks.ts';
import type { ForestFireParameters } from '../../../../sim/social-graph/generators/forest-fire.ts';
import type { RandomStream } from '../../../../sim/ground/philox.ts';

type Pairs = readonly (readonly [number, number])[];

/** The distribution of graphs of `count` agents: every newcomer's choices one by one, over the list of all degrees. */
function attachments(count: number, perNewcomer: number): Map<string, number> {
  const found = new Map<string, number>();
  const grow = (newcomer: number, ties: Pairs, chosen: readonly number[], chance: number): void => {
    if (newcomer === count) {
      addChance(found, spelledPairs(ties), chance);
      return;
    }
    if (chosen.length === perNewcomer) {
      const joined = [...ties, ...chosen.map((other) => [newcomer, other] as const)];
      grow(newcomer + 1, joined, [], chance);
      return;
    }
    // Agents drawn twice are drawn again: the rest share the probability by their degrees.
    const ends = ties.flat().filter((agent) => !chosen.includes(agent));
    for (const other of new Set(ends)) {
      const share = ends.filter((end) => end === other).length / ends.length;
      grow(newcomer, ties, [...chosen, other], chance * share);
    }
  };
  const star = Array.from({ length: perNewcomer }, (_, i) => [i + 1, 0] as const);
  grow(perNewcomer + 1, star, [], 1);
  return found;
}

describe('barabasiAlbertGraph', () => {
  test.each([
    [5, 1],
    [5, 2],
    [6, 3],
  ])('barabasiAlbertGraph: each graph of %i agents with %i a newcomer comes as often as step by step', (count, m) => {
    const exact = attachments(count, m);
    const outcome = (seed: number) =>
      spelled(barabasiAlbertGraph(seed, count, { followsPerNewcomer: m, reciprocatedShare: 0 }));
    expect(excessOf(exact, 20_000, outcome)).toBeLessThan(4);
  });

  test('barabasiAlbertGraph: m (n - m) ties, each newcomer follows m earlier agents, and who is followed back is as asked', () => {
    const one = barabasiAlbertGraph(4, 3000, { followsPerNewcomer: 5, reciprocatedShare: 0 });
    expect(one.followee.length).toBe(5 * (3000 - 5));
    for (let agent = 6; agent < 3000; agent++) {
      expect(one.followOffset[agent + 1] - one.followOffset[agent]).toBe(5);
      expect(one.followee[one.followOffset[agent + 1] - 1]).toBeLessThan(agent);
    }
    const both = barabasiAlbertGraph(4, 3000, { followsPerNewcomer: 5, reciprocatedShare: 1 });
    expect(both.followee.length).toBe(2 * one.followee.length);
  });

  test('barabasiAlbertGraph: populations no larger than the star of m are that star', () => {
    for (const count of [0, 1, 2, 4]) {
      const graph = barabasiAlbertGraph(1, count, { followsPerNewcomer: 9, reciprocatedShare: 0 });
      expectSound(graph, count);
      expect(spelled(graph)).toBe(spelledPairs(Array.from({ length: Math.max(0, count - 1) }, (_, i) => [i + 1, 0])));
    }
  });
});

/** The fire over arrays of arrays and a set, with the same draws; lists are walked by the same partial shuffle. */
function fireOfLists(
  seed: number,
  count: number,
  parameters: ForestFireParameters,
): { graph: string; stopped: number } {
  const stream = graphStream(seed, graphDraws.fire);
  const follows = Array.from({ length: count }, (): number[] => []);
  const followers = Array.from({ length: count }, (): number[] => []);
  let stopped = 0;
  for (let newcomer = 1; newcomer < count; newcomer++) {
    if (!burnLists(newcomer, { follows, followers }, parameters, stream)) stopped++;
    for (const other of follows[newcomer]) followers[other].push(newcomer);
  }
  return { graph: spelledPairs(follows.flatMap((row, agent) => row.map((other) => [agent, other] as const))), stopped };
}

function burnLists(
  newcomer: number,
  { follows, followers }: { readonly follows: number[][]; readonly followers: number[][] },
  { forwardShare, backwardRatio, ambassadorCount, followsMost }: ForestFireParameters,
  stream: RandomStream,
): boolean {
  const own = follows[newcomer];
  const draw = (list: number[], wanted: number): boolean => {
    for (let end = list.length, got = 0; end > 0 && got < wanted; end--) {
      const chosen = stream.below(end);
      [list[chosen], list[end - 1]] = [list[end - 1], list[chosen]];
      const other = list[end - 1];
      if (own.includes(other)) continue;
      if (own.length === followsMost) return false;
      own.push(other);
      got++;
    }
    return true;
  };
  for (let i = 0; i < ambassadorCount; i++) {
    const first = stream.below(newcomer);
    if (own.includes(first)) continue;
    if (own.length === followsMost) return false;
    own.push(first);
  }
  for (const burning of own) {
    const forward = skip(stream, failureRate(forwardShare));
    const backward = skip(stream, failureRate(forwardShare * backwardRatio));
    if (!draw(follows[burning], forward) || !draw(followers[burning], backward)) return false;
  }
  return true;
}

describe('forestFireGraph', () => {
  test('forestFireGraph: burns as plain lists do with the same draws, sparse, dense, stopped and without fire', () => {
    for (let seed = 0; seed < 12; seed++) {
      for (const [forwardShare, backwardRatio, ambassadorCount, followsMost] of [
        [0.37, 0.32, 1, 1000],
        [0.6, 1, 1, 1000],
        [0.5, 0.9, 3, 12],
        [0, 0, 2, 2],
      ] as const) {
        const parameters = { forwardShare, backwardRatio, ambassadorCount, followsMost };
        const graph = forestFireGraph(seed, 150, parameters);
        const plain = fireOfLists(seed, 150, parameters);
        expectSound(graph, 150);
        expect(spelled(graph)).toBe(plain.graph);
        expect(graph.stoppedFireCount).toBe(plain.stopped);
      }
    }
  });

  test('forestFireGraph: nobody follows more than the most allowed, and everybody but the first follows somebody', () => {
    const parameters = { forwardShare: 0.55, backwardRatio: 0.8, ambassadorCount: 1, followsMost: 40 };
    const { followOffset, followee, stoppedFireCount } = forestFireGraph(5, 3000, parameters);
    expect(stoppedFireCount).toBeGreaterThan(0);
    for (let agent = 1; agent < 3000; agent++) {
      const row = followee.subarray(followOffset[agent], followOffset[agent + 1]);
      expect(row.length).toBeGreaterThan(0);
      expect(row.length).toBeLessThanOrEqual(40);
      expect(row[row.length - 1]).toBeLessThan(agent);
    }
  });

  test('forestFireGraph: ties per agent grow with the number of agents (densification), where random ties do not', () => {
    const parameters = { forwardShare: 0.4, backwardRatio: 0.5, ambassadorCount: 1, followsMost: 10_000 };
    const meanAt = (count: number): number => {
      const counts = [1, 2, 3, 4].map((seed) => forestFireGraph(seed, count, parameters).followee.length);
      return counts.reduce((a, b) => a + b, 0) / 4 / count;
    };
    expect(meanAt(8000) / meanAt(500)).toBeGreaterThan(1.1);
  });
});
