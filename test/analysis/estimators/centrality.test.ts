/** Centralities against networkx. */
import { expect, test } from 'vitest';
import { betweenness, closeness, eigenvectorCentrality, pageRank } from '../../../analysis/estimators/centrality.ts';
import { undirected } from '../../../analysis/estimators/graph.ts';
import { directedOf, karate, karateGraph, randomReferences, readReference, undirectedOf } from '../worlds.ts';

function expectColumn(actual: Float64Array, expected: number[], digits: number): void {
  expect(actual).toHaveLength(expected.length);
  for (let node = 0; node < expected.length; node++) expect(actual[node]).toBeCloseTo(expected[node], digits);
}

test('centralities: karate as printed', () => {
  expect(betweenness(karateGraph)[0]).toBeCloseTo(0.437635, 6);
  expect(betweenness(karateGraph)[33]).toBeCloseTo(0.304075, 6);
  expect(pageRank(karateGraph)[33]).toBeCloseTo(0.100919, 6);
  expect(pageRank(karateGraph)[0]).toBeCloseTo(0.096997, 6);
  expect(closeness(karateGraph)[0]).toBeCloseTo(0.568966, 6);
  expect(eigenvectorCentrality(karateGraph)[33]).toBeCloseTo(0.373363, 6);
});

test('centralities: every node of karate as networkx has it', () => {
  expectColumn(betweenness(karateGraph), karate.betweenness, 12);
  expectColumn(closeness(karateGraph), karate.closeness, 12);
  expectColumn(pageRank(karateGraph), karate.pageRank, 10);
  expectColumn(eigenvectorCentrality(karateGraph), karate.eigenvector, 9);
});

test('centralities: directed random graphs, with unreachable nodes and dead ends, as networkx has them', () => {
  for (const world of randomReferences) {
    const graph = directedOf(world.nodeCount, world.edges);
    expectColumn(pageRank(graph), world.pageRank, 10);
    expectColumn(betweenness(graph), world.betweenness, 12);
    expectColumn(closeness(undirected(graph)), world.undirected.closeness, 12);
    expectColumn(betweenness(undirected(graph)), world.undirected.betweenness, 12);
  }
});

test('betweenness: the Medici stand on half of the ways between the families', () => {
  const { nodeCount, edges, medici } = readReference<{ nodeCount: number; edges: [number, number][]; medici: number }>(
    'florentine.json',
  );
  expect(betweenness(undirectedOf(nodeCount, edges))[medici]).toBeCloseTo(0.521978, 6);
});

test('betweenness: sampled sources average to the exact values', () => {
  const exact = betweenness(karateGraph);
  const parts = [0, 1].map((part) =>
    betweenness(
      karateGraph,
      Int32Array.from({ length: 17 }, (_, index) => 2 * index + part),
    ),
  );
  for (let node = 0; node < 34; node++) expect((parts[0][node] + parts[1][node]) / 2).toBeCloseTo(exact[node], 12);
});
