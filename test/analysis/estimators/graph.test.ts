/** Graph builders against sets of pairs, on seeded edge columns with repeats and self-loops. */
import { describe, expect, test } from 'vitest';
import {
  graphFromEdges,
  hasEdge,
  inducedSubgraph,
  outDegrees,
  transpose,
  undirected,
  withoutIsolates,
} from '../../../analysis/estimators/graph.ts';
import type { Graph } from '../../../analysis/estimators/graph.ts';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { randomEdges, randomGraph, rowOf } from '../worlds.ts';

function pairsOf(graph: Graph): string[] {
  return Array.from({ length: graph.nodeCount }, (_, node) =>
    rowOf(graph, node).map((target) => `${node}>${target}`),
  ).flat();
}

describe('graphFromEdges', () => {
  test.each([1, 2, 3])('keeps each distinct pair once, ascending, and counts what it left out (seed %i)', (seed) => {
    const { sources, targets } = randomEdges(30, 400, seed);
    const { graph, selfLoopCount, duplicateCount } = graphFromEdges(30, sources, targets);
    const all = Array.from(sources, (source, edge) => [source, targets[edge]] as const);
    const proper = all.filter(([source, target]) => source !== target);
    const expected = [...new Set(proper.map(([source, target]) => source * 30 + target))].sort((a, b) => a - b);
    expect(pairsOf(graph)).toEqual(expected.map((pair) => `${Math.floor(pair / 30)}>${pair % 30}`));
    expect(selfLoopCount).toBe(all.length - proper.length);
    expect(duplicateCount).toBe(proper.length - expected.length);
  });

  test('takes an empty table', () => {
    const { graph } = graphFromEdges(0, new Int32Array(0), new Int32Array(0));
    expect(graph.offsets).toEqual(new Int32Array(1));
    expect(undirected(graph).targets).toHaveLength(0);
  });

  test('refuses a node outside the table', () => {
    expect(() => graphFromEdges(2, Int32Array.of(0), Int32Array.of(2))).toThrow(InvariantError);
    expect(() => graphFromEdges(2, Int32Array.of(-1), Int32Array.of(1))).toThrow(InvariantError);
    expect(() => graphFromEdges(2, Int32Array.of(0, 1), Int32Array.of(1))).toThrow(InvariantError);
  });
});

describe('transpose and undirected', () => {
  test('transpose: twice gives the graph back, and each edge is turned round', () => {
    const graph = randomGraph(25, 150, 4);
    const back = transpose(graph);
    expect(transpose(back)).toEqual(graph);
    expect(pairsOf(back).sort()).toEqual(
      pairsOf(graph)
        .map((pair) => pair.split('>').reverse().join('>'))
        .sort(),
    );
  });

  test('undirected: two nodes are neighbours exactly when an edge runs either way', () => {
    const graph = randomGraph(25, 150, 5);
    const symmetric = undirected(graph);
    for (let a = 0; a < 25; a++) {
      for (let b = 0; b < 25; b++) {
        expect(hasEdge(symmetric, a, b)).toBe(hasEdge(graph, a, b) || hasEdge(graph, b, a));
      }
      expect(rowOf(symmetric, a)).toEqual(rowOf(symmetric, a).toSorted((x, y) => x - y));
    }
  });
});

describe('parts of a graph', () => {
  test('withoutIsolates: keeps the edges under new numbers and drops only nodes without any', () => {
    const { graph, originalNode } = withoutIsolates(graphFromEdges(6, Int32Array.of(1, 4), Int32Array.of(4, 5)).graph);
    expect(Array.from(originalNode)).toEqual([1, 4, 5]);
    expect(pairsOf(graph)).toEqual(['0>1', '1>2']);
  });

  test('inducedSubgraph: keeps exactly the edges between kept nodes', () => {
    const graph = randomGraph(20, 120, 6);
    const kept = Uint8Array.from({ length: 20 }, (_, node) => (node % 3 === 0 ? 0 : 1));
    const part = inducedSubgraph(graph, kept);
    const expected = pairsOf(graph).filter((pair) => pair.split('>').every((node) => kept[Number(node)] === 1));
    expect(
      pairsOf(part.graph).map((pair) =>
        pair
          .split('>')
          .map((node) => part.originalNode[Number(node)])
          .join('>'),
      ),
    ).toEqual(expected);
  });

  test('outDegrees: is the length of each row', () => {
    const graph = randomGraph(20, 120, 7);
    expect(Array.from(outDegrees(graph))).toEqual(Array.from({ length: 20 }, (_, node) => rowOf(graph, node).length));
  });
});
