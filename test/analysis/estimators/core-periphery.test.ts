/** Core and periphery: all partitions of small graphs, planted cores, and what random graphs give. */
import { describe, expect, test } from 'vitest';
import { coreNull, corePeriphery, coreness } from '../../../analysis/estimators/core-periphery.ts';
import type { Graph } from '../../../analysis/estimators/graph.ts';
import { outDegrees, undirected } from '../../../analysis/estimators/graph.ts';
import { plantedCore } from '../../check/coverage-groups.ts';
import { karateGraph, matrixOf, randomGraph, testStream, undirectedOf } from '../worlds.ts';

describe('corePeriphery', () => {
  test('a star: its centre is the core', () => {
    const { isCore, correlation } = corePeriphery(
      undirectedOf(6, [
        [0, 1],
        [0, 2],
        [0, 3],
        [0, 4],
        [0, 5],
      ]),
    );
    expect(Array.from(isCore)).toEqual([1, 0, 0, 0, 0, 0]);
    expect(correlation).toBeCloseTo(1, 12);
  });

  test.each([1, 2, 3, 4, 5, 6])('graph %i of ten nodes: within 2 % of the best of all partitions', (seed) => {
    const graph = undirected(randomGraph(10, 22, seed));
    const { correlation, isCore } = corePeriphery(graph);
    expect(correlation).toBeCloseTo(naiveCorrelation(graph, isCore), 12);
    expect(correlation).toBeGreaterThan(0.98 * bestCorrelation(graph));
  });

  test('planted cores of 6.5 %: within a point of the planted share in every world', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { coreCount } = corePeriphery(plantedCore({ nodeCount: 1000, coreShare: 0.065, seed }));
      expect(Math.abs(1 - coreCount / 1000 - 0.935)).toBeLessThan(0.01);
    }
  });

  test('densities say how often pairs of each kind are tied', () => {
    const { densities } = corePeriphery(
      undirectedOf(5, [
        [0, 1],
        [0, 2],
        [1, 3],
        [0, 4],
      ]),
    );
    expect(densities.core).toBe(1);
    expect(densities.periphery).toBe(0);
    expect(densities.between).toBeCloseTo(3 / 6, 12);
  });

  test('a graph without ties, or with all, has no correlation', () => {
    expect(corePeriphery(undirectedOf(4, [])).correlation).toBeNaN();
    expect(
      corePeriphery(
        undirectedOf(3, [
          [0, 1],
          [0, 2],
          [1, 2],
        ]),
      ).correlation,
    ).toBeNaN();
  });
});

describe('coreNull', () => {
  test('a planted core beats graphs with as many ties; uniform graphs are called cores in 1 to 9 of 100 cases', () => {
    const planted = plantedCore({ nodeCount: 200, coreShare: 0.1, seed: 1 });
    expect(coreNull(planted, 'ties', 99, testStream(1)).pValue).toBe(0.01);
    let foundCount = 0;
    for (let seed = 0; seed < 100; seed++) {
      const uniform = plantedCore({ nodeCount: 40, coreShare: 0, seed, outer: 0.15 });
      if (coreNull(uniform, 'ties', 39, testStream(seed)).pValue <= 0.05) foundCount++;
    }
    expect(foundCount).toBeGreaterThanOrEqual(1);
    expect(foundCount).toBeLessThanOrEqual(9);
  });

  test('the null of degrees keeps every degree, hence the correlation of a star', () => {
    const star = undirectedOf(8, [
      [0, 1],
      [0, 2],
      [0, 3],
      [0, 4],
      [0, 5],
      [0, 6],
      [0, 7],
    ]);
    const { correlations, pValue } = coreNull(star, 'degrees', 5, testStream(1));
    correlations.forEach((value) => expect(value).toBeCloseTo(1, 12));
    expect(pValue).toBe(1);
  });
});

describe('coreness', () => {
  test('karate: instructor and officer lead, and no random direction improves it', () => {
    const found = coreness(karateGraph);
    const order = [...found.coreness.keys()].sort((a, b) => found.coreness[b] - found.coreness[a]);
    expect(order.slice(0, 2).sort((a, b) => a - b)).toEqual([0, 33]);
    expect(found.correlation).toBeCloseTo(naiveProduct(karateGraph, found.coreness), 10);
    const stream = testStream(1);
    for (let trial = 0; trial < 200; trial++) {
      const moved = found.coreness.map((value) => Math.max(0, value + 0.01 * stream.normal()));
      expect(naiveProduct(karateGraph, moved)).toBeLessThanOrEqual(found.correlation + 1e-9);
    }
    expect(outDegrees(karateGraph)[order[0]]).toBeGreaterThan(15);
  });
});

/** Pearson's coefficient over all pairs. */
function pearson(pairs: readonly (readonly [number, number])[]): number {
  const mean = (at: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
  const [x, y] = [mean(0), mean(1)];
  const sum = (f: (pair: readonly [number, number]) => number): number =>
    pairs.reduce((total, pair) => total + f(pair), 0);
  const spread = sum((pair) => (pair[0] - x) ** 2) * sum((pair) => (pair[1] - y) ** 2);
  return spread === 0 ? Number.NaN : sum((pair) => (pair[0] - x) * (pair[1] - y)) / Math.sqrt(spread);
}

function pairsOf(graph: Graph, pattern: (one: number, other: number) => number): [number, number][] {
  const matrix = matrixOf(graph);
  const pairs: [number, number][] = [];
  for (let one = 0; one < graph.nodeCount; one++) {
    for (let other = one + 1; other < graph.nodeCount; other++) {
      pairs.push([matrix[one][other] ? 1 : 0, pattern(one, other)]);
    }
  }
  return pairs;
}

function naiveCorrelation(graph: Graph, isCore: Uint8Array): number {
  return pearson(pairsOf(graph, (one, other) => (isCore[one] + isCore[other]) / 2));
}

function naiveProduct(graph: Graph, c: Float64Array): number {
  return pearson(pairsOf(graph, (one, other) => c[one] * c[other]));
}

function bestCorrelation(graph: Graph): number {
  let best = -1;
  for (let mask = 1; mask < (1 << graph.nodeCount) - 1; mask++) {
    const isCore = Uint8Array.from({ length: graph.nodeCount }, (_, node) => (mask >> node) & 1);
    const value = naiveCorrelation(graph, isCore);
    if (value > best) best = value;
  }
  return best;
}
