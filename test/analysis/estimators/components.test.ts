/** Weak and strong components against reachability by Floyd and Warshall, and networkx. */
import { describe, expect, test } from 'vitest';
import {
  connectedComponents,
  giantComponentShare,
  largestComponent,
  stronglyConnectedComponents,
} from '../../../analysis/estimators/components.ts';
import { graphFromEdges, undirected } from '../../../analysis/estimators/graph.ts';
import { directedOf, genesis, matrixOf, randomGraph, randomReferences } from '../worlds.ts';

function reachable(matrix: boolean[][]): boolean[][] {
  const reach = matrix.map((row, node) => row.map((joined, other) => joined || node === other));
  for (let via = 0; via < reach.length; via++) {
    for (const row of reach) if (row[via]) for (let to = 0; to < reach.length; to++) row[to] ||= reach[via][to];
  }
  return reach;
}

describe('components', () => {
  test.each([1, 2, 3, 4])('are the classes of mutual reachability (seed %i)', (seed) => {
    const graph = randomGraph(40, 45, seed);
    const strong = stronglyConnectedComponents(graph).component;
    const weak = connectedComponents(undirected(graph)).component;
    const reach = reachable(matrixOf(graph));
    const either = reachable(matrixOf(undirected(graph)));
    for (let a = 0; a < 40; a++) {
      for (let b = 0; b < 40; b++) {
        expect(strong[a] === strong[b]).toBe(reach[a][b] && reach[b][a]);
        expect(weak[a] === weak[b]).toBe(either[a][b]);
      }
    }
  });

  test('sizes add up to the nodes', () => {
    const graph = randomGraph(200, 150, 5);
    for (const { sizes, component } of [stronglyConnectedComponents(graph), connectedComponents(undirected(graph))]) {
      expect(sizes.reduce((a, b) => a + b)).toBe(200);
      expect(Math.max(...component)).toBe(sizes.length - 1);
    }
  });

  test('stronglyConnectedComponents: the genesis reply graph has one of 144 agents', () => {
    const { graph } = graphFromEdges(
      genesis.nodeCount,
      Int32Array.from(genesis.sources),
      Int32Array.from(genesis.targets),
    );
    const { sizes } = stronglyConnectedComponents(graph);
    expect(Math.max(...sizes)).toBe(144);
  });

  test('agree with networkx on random graphs', () => {
    for (const { nodeCount, edges, largestStrongComponent, undirected: reference } of randomReferences) {
      const graph = directedOf(nodeCount, edges);
      expect(Math.max(...stronglyConnectedComponents(graph).sizes)).toBe(largestStrongComponent);
      expect(giantComponentShare(connectedComponents(undirected(graph)))).toBe(reference.giantComponentShare);
    }
  });

  test('a ring of 200,000 nodes does not overflow the stack', () => {
    const nodeCount = 200_000;
    const sources = Int32Array.from({ length: nodeCount }, (_, node) => node);
    const targets = sources.map((node) => (node + 1) % nodeCount);
    const { graph } = graphFromEdges(nodeCount, sources, targets);
    expect(Array.from(stronglyConnectedComponents(graph).sizes)).toEqual([nodeCount]);
  });

  test('largestComponent: an empty graph has none', () => {
    const components = connectedComponents(directedOf(0, []));
    expect(largestComponent(components)).toBe(-1);
    expect(giantComponentShare(components)).toBe(0);
  });
});
