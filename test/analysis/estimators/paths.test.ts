/** Distances against Floyd and Warshall, and the printed mean path lengths. */
import { describe, expect, test } from 'vitest';
import { connectedComponents } from '../../../analysis/estimators/components.ts';
import { graphFromEdges, undirected, withoutIsolates } from '../../../analysis/estimators/graph.ts';
import type { Graph } from '../../../analysis/estimators/graph.ts';
import { distancesFrom, sampleOfComponent } from '../../../analysis/estimators/paths.ts';
import { genesis, karateGraph, matrixOf, randomGraph, testStream, undirectedOf } from '../worlds.ts';

function floydWarshall(graph: Graph): number[][] {
  const distance = matrixOf(graph).map((row, a) => row.map((joined, b) => (a === b ? 0 : joined ? 1 : Infinity)));
  for (let via = 0; via < distance.length; via++) {
    for (const row of distance) {
      for (let to = 0; to < row.length; to++) row[to] = Math.min(row[to], row[via] + distance[via][to]);
    }
  }
  return distance;
}

const allNodes = (graph: Graph): Int32Array => Int32Array.from({ length: graph.nodeCount }, (_, node) => node);

describe('distancesFrom', () => {
  test.each([1, 2, 3])('equals Floyd and Warshall from every source, more than one batch of 32 (seed %i)', (seed) => {
    const graph = randomGraph(70, 120, seed);
    const { distanceSum, reachedCount, greatest } = distancesFrom(graph, allNodes(graph));
    const expected = floydWarshall(graph).map((row) => row.filter((d) => d > 0 && d < Infinity));
    expect(Array.from(distanceSum)).toEqual(expected.map((row) => row.reduce((a, b) => a + b, 0)));
    expect(Array.from(reachedCount)).toEqual(expected.map((row) => row.length));
    expect(greatest).toBe(Math.max(...expected.flat()));
  });

  test('reaches the printed mean paths of karate and of the genesis reply graph', () => {
    const { graph } = graphFromEdges(
      genesis.nodeCount,
      Int32Array.from(genesis.sources),
      Int32Array.from(genesis.targets),
    );
    const cases = [
      [karateGraph, 2.4082, 5],
      [undirected(withoutIsolates(graph).graph), 2.350216, 6],
    ] as const;
    for (const [symmetric, meanPath, diameter] of cases) {
      const { distanceSum, greatest } = distancesFrom(symmetric, allNodes(symmetric));
      const n = symmetric.nodeCount;
      expect(distanceSum.reduce((a, b) => a + b) / (n * (n - 1))).toBeCloseTo(meanPath, 6);
      expect(greatest).toBe(diameter);
    }
  });
});

describe('sampleOfComponent', () => {
  test('draws distinct nodes of the component alone, all of them when it is small', () => {
    const graph = undirectedOf(
      100,
      Array.from({ length: 59 }, (_, node) => [node, node + 1] as const),
    );
    const { component } = connectedComponents(graph);
    const drawn = sampleOfComponent(component, component[0], 20, testStream(1));
    expect(new Set(drawn).size).toBe(20);
    expect(drawn.every((node) => node < 60)).toBe(true);
    expect(Array.from(sampleOfComponent(component, component[0], 60, testStream(1)))).toEqual(
      Array.from({ length: 60 }, (_, node) => node),
    );
  });

  test('draws every node equally often', () => {
    const component = new Int32Array(10);
    const hits = new Int32Array(10);
    const stream = testStream(2);
    for (let round = 0; round < 4000; round++)
      for (const node of sampleOfComponent(component, 0, 3, stream)) hits[node]++;
    // 1,200 expected, sd 29: five sd.
    for (const hit of hits) expect(Math.abs(hit - 1200)).toBeLessThan(145);
  });
});
