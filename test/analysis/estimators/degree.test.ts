/** Density, reciprocity and assortativity against networkx and by hand. */
import { describe, expect, test } from 'vitest';
import {
  degreeAssortativity,
  density,
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
