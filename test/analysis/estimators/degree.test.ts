/** Density, reciprocity and assortativity against networkx and by hand. */
import { describe, expect, test } from 'vitest';
import {
  degreeAssortativity,
  density,
  directedDegreeAssortativity,
  inDegrees,
  reciprocity,
  totalDegrees,
} from '../../../analysis/estimators/degree.ts';
import { graphFromEdges, undirected, withoutIsolates } from '../../../analysis/estimators/graph.ts';
import { gini } from '../../../analysis/estimators/inequality.ts';
import { directedOf, genesis, karate, karateGraph, randomReferences, undirectedOf } from '../worlds.ts';

const replies = withoutIsolates(
  graphFromEdges(genesis.nodeCount, Int32Array.from(genesis.sources), Int32Array.from(genesis.targets)).graph,
).graph;

describe('reciprocity', () => {
  test('is the share of directed edges whose reverse exists', () => {
    expect(
      reciprocity(
        directedOf(5, [
          [1, 2],
          [2, 1],
          [2, 3],
          [3, 4],
        ]),
      ),
    ).toBe(0.5);
    expect(reciprocity(replies)).toBeCloseTo(0.335601, 6);
    expect(reciprocity(directedOf(3, []))).toBe(0);
  });
});

describe('degree measures agree with networkx', () => {
  test('on the karate club', () => {
    expect(density(karateGraph)).toBeCloseTo(0.139037, 6);
    expect(degreeAssortativity(karateGraph)).toBeCloseTo(-0.475613, 6);
    expect(density(karateGraph)).toBeCloseTo(karate.density, 14);
  });

  test('on the genesis reply graph', () => {
    expect(replies.nodeCount).toBe(224);
    expect(replies.targets).toHaveLength(1323);
    expect(density(replies)).toBeCloseTo(genesis.expected['density'], 14);
    expect(degreeAssortativity(undirected(replies))).toBeCloseTo(-0.39016, 6);
    expect(gini(inDegrees(replies))).toBeCloseTo(genesis.expected['in_gini'], 12);
    expect(gini(totalDegrees(replies))).toBeCloseTo(genesis.expected['gini_total_degree'], 12);
  });

  test.each(randomReferences)('on a random directed graph of reciprocity $reciprocity', (reference) => {
    const graph = directedOf(reference.nodeCount, reference.edges);
    expect(density(graph)).toBeCloseTo(reference.density, 14);
    expect(reciprocity(graph)).toBeCloseTo(reference.reciprocity, 14);
    expect(degreeAssortativity(undirected(graph))).toBeCloseTo(reference.undirected.assortativity, 10);
  });
});

test('degreeAssortativity: is NaN when all degrees are equal, and -1 for a star', () => {
  expect(
    degreeAssortativity(
      undirectedOf(3, [
        [0, 1],
        [1, 2],
        [2, 0],
      ]),
    ),
  ).toBeNaN();
  expect(
    degreeAssortativity(
      undirectedOf(4, [
        [0, 1],
        [0, 2],
        [0, 3],
      ]),
    ),
  ).toBeCloseTo(-1, 12);
});

describe('directedDegreeAssortativity', () => {
  test('is Pearson’s correlation of out-degree and in-degree over edges', () => {
    const graph = directedOf(5, [
      [0, 1],
      [0, 2],
      [1, 2],
      [3, 2],
      [3, 4],
      [4, 0],
    ]);
    const out = [2, 1, 0, 2, 1];
    const into = [1, 1, 3, 0, 1];
    const edges = Array.from(graph.targets, (target, edge) => {
      const source = graph.offsets.findLastIndex((start) => start <= edge);
      return [out[source], into[target]];
    });
    const mean = (column: number): number => edges.reduce((sum, edge) => sum + edge[column], 0) / edges.length;
    const moment = (a: number, b: number): number =>
      edges.reduce((sum, edge) => sum + (edge[a] - mean(a)) * (edge[b] - mean(b)), 0);
    expect(directedDegreeAssortativity(graph)).toBeCloseTo(moment(0, 1) / Math.sqrt(moment(0, 0) * moment(1, 1)), 12);
  });

  test('on the genesis reply graph, as networkx; nothing where no degree varies', () => {
    expect(directedDegreeAssortativity(replies)).toBeCloseTo(genesis.expected['assortativity_directed'], 12);
    expect(directedDegreeAssortativity(directedOf(2, [[0, 1]]))).toBeNaN();
  });
});
