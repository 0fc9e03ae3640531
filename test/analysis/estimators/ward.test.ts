/** Ward's joins against scipy, scikit-learn and the naive search. */
import { describe, expect, test } from 'vitest';
import { adjustedRand } from '../../../analysis/estimators/agreement.ts';
import { silhouette } from '../../../analysis/estimators/silhouette.ts';
import { wardClusters, wardJoins } from '../../../analysis/estimators/ward.ts';
import type { Points } from '../../../analysis/estimators/points.ts';
import { withinSquares } from '../../../analysis/estimators/cluster-indices.ts';
import { blobs, clusters, iris } from '../groups.ts';
import { testStream } from '../worlds.ts';

describe('wardJoins', () => {
  test('iris: scipy’s heights', () => {
    const heights = wardJoins(iris).map(({ height }) => height);
    expect(heights).toHaveLength(149);
    // Iris has equal distances, so the order of a few low joins is free; the high ones are not.
    heights.slice(-30).forEach((height, at) => {
      expect(height).toBeCloseTo(clusters.ward.heights[119 + at], 8);
    });
  });

  test.each([1, 2, 3])('set %i: every height is that of the naive search', (seed) => {
    const points = blobs(
      [
        [0, 0, 0],
        [2, 1, 0],
      ],
      15,
      1,
      testStream(seed),
    );
    const naive = naiveHeights(points);
    wardJoins(points).forEach(({ height }, at) => expect(height).toBeCloseTo(naive[at], 9));
  });
});

describe('wardClusters', () => {
  test('iris, k = 3: scikit-learn’s clusters, silhouette 0.5543', () => {
    const found = wardClusters(iris, 3);
    expect(adjustedRand(found.label, Int32Array.from(clusters.ward.label))).toBe(1);
    expect(silhouette(iris, found).mean).toBeCloseTo(0.5543, 4);
  });

  test('one cluster a row, and one cluster for all', () => {
    expect(wardClusters(iris, 150).clusterCount).toBe(150);
    expect(wardClusters(iris, 1).clusterCount).toBe(1);
  });
});

/** Joins the cheapest pair of clusters, looked for among all, again and again. */
function naiveHeights(points: Points): number[] {
  const label = Int32Array.from({ length: points.count }, (_, row) => row);
  const heights: number[] = [];
  const { count: clusterCount } = points;
  for (let step = 1; step < points.count; step++) {
    const before = withinSquares(points, { label, clusterCount });
    let least = Infinity;
    let best = label;
    const standing = [...new Set(label)];
    for (const one of standing) {
      for (const other of standing.filter((name) => name > one)) {
        const joined = label.map((name) => (name === other ? one : name));
        const cost = withinSquares(points, { label: joined, clusterCount }) - before;
        if (cost < least) {
          least = cost;
          best = joined;
        }
      }
    }
    heights.push(Math.sqrt(2 * least));
    label.set(best);
  }
  return heights;
}
