/** k-means against scikit-learn on iris, and against all partitions of small sets. */
import { describe, expect, test } from 'vitest';
import {
  calinskiHarabasz,
  daviesBouldin,
  sizeShares,
  withinSquares,
} from '../../../analysis/estimators/cluster-indices.ts';
import { clusterSizes, kMeans } from '../../../analysis/estimators/k-means.ts';
import { standardised } from '../../../analysis/estimators/points.ts';
import type { Points } from '../../../analysis/estimators/points.ts';
import { adjustedRand } from '../../../analysis/estimators/agreement.ts';
import { blobs, clusters, iris } from '../groups.ts';
import { testStream } from '../worlds.ts';

const scaled = standardised(iris, 1);

describe('kMeans', () => {
  test.each(clusters.raw)('raw iris, k = $k: scikit-learn’s sum of squares and labels', ({ k, ...reference }) => {
    const found = kMeans(iris, k, testStream(k), { startCount: 50 });
    expect(found.withinSquares).toBeCloseTo(reference.withinSquares, 8);
    expect(adjustedRand(found.label, Int32Array.from(reference.label))).toBe(1);
    expect(withinSquares(iris, found)).toBeCloseTo(found.withinSquares, 8);
  });

  test.each(clusters.scaled)('standardised iris, k = $k: scikit-learn’s sum of squares', ({ k, ...reference }) => {
    const found = kMeans(scaled, k, testStream(k), { startCount: 100 });
    expect(found.withinSquares).toBeCloseTo(reference.withinSquares, 4);
  });

  test('statements: 152.3480, 78.8514, 57.2285 and 220.879, 138.888, 113.332', () => {
    const sums = (points: Points): number[] =>
      [2, 3, 4].map((k) => kMeans(points, k, testStream(1), { startCount: 100 }).withinSquares);
    [152.348, 78.8514, 57.2285].forEach((sum, at) => expect(sums(iris)[at]).toBeCloseTo(sum, 4));
    [220.879, 138.888, 113.332].forEach((sum, at) => expect(sums(scaled)[at]).toBeCloseTo(sum, 3));
  });

  test.each([1, 2, 3, 4, 5])('set %i of nine rows: no partition into three has a smaller sum', (seed) => {
    const points = blobs([[0, 0]], 9, 1, testStream(seed));
    const found = kMeans(points, 3, testStream(seed), { startCount: 30 });
    expect(found.withinSquares).toBeCloseTo(leastSum(points, 3), 10);
  });

  test('labels ascend from the largest cluster to the smallest, and a seed gives one outcome', () => {
    const points = blobs(
      [
        [0, 0],
        [9, 0],
        [0, 9],
      ],
      20,
      1,
      testStream(3),
    );
    const unequal = { ...points, count: 50, values: points.values.slice(0, 100) };
    const found = kMeans(unequal, 3, testStream(4), { startCount: 5 });
    expect(Array.from(clusterSizes(found))).toEqual([20, 20, 10]);
    expect(found.label[0]).toBe(0);
    expect(kMeans(unequal, 3, testStream(4), { startCount: 5 })).toEqual(found);
  });

  test('equal rows: as many clusters as rows leave none empty', () => {
    const points: Points = { count: 4, dimensionCount: 1, values: new Float64Array([1, 1, 1, 2]) };
    expect(Array.from(clusterSizes(kMeans(points, 4, testStream(1), { startCount: 3 })))).toEqual([1, 1, 1, 1]);
  });
});

/** The least sum over all partitions, labels counted in base `clusterCount`. */
function leastSum(points: Points, clusterCount: number): number {
  let least = Infinity;
  for (let code = 0; code < clusterCount ** points.count; code++) {
    const label = Int32Array.from(
      { length: points.count },
      (_, row) => Math.floor(code / clusterCount ** row) % clusterCount,
    );
    if (new Set(label).size < clusterCount) continue;
    least = Math.min(least, withinSquares(points, { label, clusterCount }));
  }
  return least;
}

describe('cluster indices', () => {
  test.each([...clusters.raw])('raw iris, k = $k: scikit-learn’s two indices', (reference) => {
    const clustering = { label: Int32Array.from(reference.label), clusterCount: reference.k };
    expect(calinskiHarabasz(iris, clustering)).toBeCloseTo(reference.calinskiHarabasz, 8);
    expect(daviesBouldin(iris, clustering)).toBeCloseTo(reference.daviesBouldin, 10);
  });

  test('iris, k = 3: 561.628, 0.66197, and an ARI of 0.7302 against the species', () => {
    const found = kMeans(iris, 3, testStream(1), { startCount: 50 });
    expect(calinskiHarabasz(iris, found)).toBeCloseTo(561.628, 3);
    expect(daviesBouldin(iris, found)).toBeCloseTo(0.66197, 5);
    expect(adjustedRand(found.label, Int32Array.from(clusters.species))).toBeCloseTo(0.7302, 4);
  });

  test('sizeShares: the largest share, and clusters below one per cent', () => {
    const label = new Int32Array(1000).fill(0, 0, 900).fill(1, 900, 991).fill(2, 991);
    expect(sizeShares({ label, clusterCount: 3 })).toEqual({
      shares: [0.9, 0.091, 0.009],
      largestShare: 0.9,
      belowOnePercentCount: 1,
    });
  });
});
