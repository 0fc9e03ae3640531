/** Triangles against all triples of nodes and networkx; sampled wedges against exact counts. */
import { describe, expect, test } from 'vitest';
import { undirected } from '../../../analysis/estimators/graph.ts';
import type { Graph } from '../../../analysis/estimators/graph.ts';
import {
  forwardGraph,
  localClustering,
  meanLocalClustering,
  sampledLocalClustering,
  sampledTransitivity,
  transitivity,
  triangleCounts,
  triangleWork,
} from '../../../analysis/estimators/triangles.ts';
import { wilsonInterval } from '../../../analysis/estimators/interval.ts';
import {
  directedOf,
  karate,
  karateGraph,
  matrixOf,
  randomGraph,
  randomReferences,
  testStream,
  undirectedOf,
} from '../worlds.ts';

function trianglesByTriples(symmetric: Graph): number[] {
  const joined = matrixOf(symmetric);
  const counts = Array<number>(symmetric.nodeCount).fill(0);
  for (let a = 0; a < counts.length; a++) {
    for (let b = a + 1; b < counts.length; b++) {
      for (let c = b + 1; c < counts.length; c++) {
        if (joined[a][b] && joined[b][c] && joined[a][c]) for (const node of [a, b, c]) counts[node]++;
      }
    }
  }
  return counts;
}

const countsOf = (symmetric: Graph): Float64Array => triangleCounts(forwardGraph(symmetric));

describe('triangleCounts', () => {
  test.each([1, 2, 3])('equals a count over all triples (seed %i)', (seed) => {
    const symmetric = undirected(randomGraph(40, 300, seed));
    expect(Array.from(countsOf(symmetric))).toEqual(trianglesByTriples(symmetric));
  });

  test('equals networkx, with transitivity and local clustering', () => {
    const worlds = randomReferences.map(
      (world) => [undirected(directedOf(world.nodeCount, world.edges)), world.undirected] as const,
    );
    for (const [symmetric, reference] of [[karateGraph, karate] as const, ...worlds]) {
      const triangles = countsOf(symmetric);
      expect(Array.from(triangles)).toEqual(reference.triangles);
      expect(transitivity(symmetric, triangles)).toBeCloseTo(reference.transitivity, 12);
      expect(meanLocalClustering(symmetric, triangles)).toBeCloseTo(reference.meanLocalClustering, 12);
    }
  });

  test('reaches the printed numbers of the karate club; its mean clustering has the one node of degree 1 left out', () => {
    const triangles = countsOf(karateGraph);
    expect(transitivity(karateGraph, triangles)).toBeCloseTo(0.255682, 6);
    const all = localClustering(karateGraph, triangles);
    expect(all.reduce((a, b) => a + b) / 34).toBeCloseTo(0.570638, 6);
    expect(meanLocalClustering(karateGraph, triangles)).toBeCloseTo((0.570638 * 34) / 33, 5);
  });

  test('a forward row is short even at the hub of a star', () => {
    const star = undirectedOf(
      101,
      Array.from({ length: 100 }, (_, leaf) => [0, leaf + 1] as const),
    );
    expect(triangleWork(forwardGraph(star))).toBe(0);
    expect(transitivity(star, countsOf(star))).toBe(0);
    expect(meanLocalClustering(undirectedOf(2, [[0, 1]]), new Float64Array(2))).toBeNaN();
  });
});

describe('sampled wedges', () => {
  test('cover the exact values: 99.99 % intervals of 200,000 draws', () => {
    const symmetric = undirected(randomGraph(300, 4000, 9));
    const triangles = countsOf(symmetric);
    const global = sampledTransitivity(symmetric, 200_000, testStream(1));
    const local = sampledLocalClustering(symmetric, 200_000, testStream(2));
    const pairs = [
      [global, transitivity(symmetric, triangles)],
      [local, meanLocalClustering(symmetric, triangles)],
    ] as const;
    for (const [{ hitCount, drawCount }, exact] of pairs) {
      const [low, high] = wilsonInterval(hitCount, drawCount, 0.9999).interval;
      expect(low).toBeLessThan(exact);
      expect(high).toBeGreaterThan(exact);
      expect(high - low).toBeLessThan(0.01);
    }
  });

  test('a graph without wedges draws none', () => {
    expect(sampledTransitivity(undirectedOf(2, [[0, 1]]), 10, testStream(1)).drawCount).toBe(0);
    expect(sampledLocalClustering(undirectedOf(2, [[0, 1]]), 10, testStream(1)).drawCount).toBe(0);
  });
});
