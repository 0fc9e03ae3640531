/** Silhouettes against scikit-learn, their sampling error, and the core of a population with one large cluster. */
import { describe, expect, test } from 'vitest';
import { kMeans } from '../../../analysis/estimators/k-means.ts';
import { pointsOfColumns, standardised, takeRows } from '../../../analysis/estimators/points.ts';
import { rowSilhouettes, silhouette } from '../../../analysis/estimators/silhouette.ts';
import { blobs, clusters, iris, pointsOfRows } from '../groups.ts';
import { testStream } from '../worlds.ts';

describe('silhouette', () => {
  const cases = [
    { name: 'raw', points: iris, references: clusters.raw, printed: [0.681, 0.5528, 0.4981] },
    {
      name: 'standardised',
      points: standardised(iris, 1),
      references: clusters.scaled,
      printed: [0.5818, 0.4599, 0.3839],
    },
  ];
  test.each(cases)('$name iris, k = 2, 3, 4: scikit-learn’s mean and rows', ({ points, references, printed }) => {
    references.forEach((reference, at) => {
      const clustering = { label: Int32Array.from(reference.label), clusterCount: reference.k };
      const measured = silhouette(points, clustering);
      expect(measured.mean).toBeCloseTo(reference.silhouette, 10);
      expect(measured.mean).toBeCloseTo(printed[at], 4);
      expect(measured).toMatchObject({ standardError: 0, rowCount: 150, computedCount: 150 });
      rowSilhouettes(points, clustering).forEach((value, row) => {
        expect(value).toBeCloseTo(reference.rowSilhouettes[row], 9);
      });
    });
  });

  test('the only row of a cluster has a silhouette of 0', () => {
    const points = pointsOfRows([[0], [0.1], [9]]);
    expect(Array.from(rowSilhouettes(points, { label: Int32Array.of(0, 0, 1), clusterCount: 2 }))[2]).toBe(0);
  });

  test('one cluster, or equal rows: NaN, and 0', () => {
    expect(silhouette(iris, { label: new Int32Array(150), clusterCount: 1 }).mean).toBeNaN();
    const equal = pointsOfRows([[1], [1], [1], [1]]);
    expect(silhouette(equal, { label: Int32Array.of(0, 0, 1, 1), clusterCount: 2 }).mean).toBe(0);
  });

  test('the mean over rows is that of the clusters’ means by size', () => {
    const { label } = clusters.raw[1];
    const { mean, clusterMeans } = silhouette(iris, { label: Int32Array.from(label), clusterCount: 3 });
    const weighted = label.reduce((sum, cluster) => sum + clusterMeans[cluster] / label.length, 0);
    expect(weighted).toBeCloseTo(mean, 12);
  });

  test('sampled rows: 95 % intervals hold the exact mean in 93 to 97 of 100 cases, give or take two errors', () => {
    const points = blobs(
      [
        [0, 0],
        [3, 0],
        [0, 4],
      ],
      400,
      1.2,
      testStream(8),
    );
    const clustering = kMeans(points, 3, testStream(9), { startCount: 5 });
    const exact = silhouette(points, clustering).mean;
    let coveredCount = 0;
    for (let seed = 0; seed < 300; seed++) {
      const options = { exactRowsMax: 100, drawnRows: 150, stream: testStream(seed) };
      const { interval, computedCount } = silhouette(points, clustering, options);
      expect(computedCount).toBeLessThan(200);
      if (interval[0] <= exact && exact <= interval[1]) coveredCount++;
    }
    expect(coveredCount).toBeGreaterThan(300 * 0.95 - 11);
    expect(coveredCount).toBeLessThan(300 * 0.95 + 11);
  });

  test('among: the core alone keeps its labels, and equals the silhouette of its rows by themselves', () => {
    const stream = testStream(5);
    const periphery = blobs([[0, 0]], 935, 0.05, stream);
    const core = blobs([[8, 8]], 65, 2, stream);
    const rows = [...Array(935).keys()].map((row) => Array.from(periphery.values.subarray(2 * row, 2 * row + 2)));
    const all = pointsOfRows([
      ...rows,
      ...[...Array(65).keys()].map((row) => Array.from(core.values.subarray(2 * row, 2 * row + 2))),
    ]);
    const found = kMeans(all, 4, stream, { startCount: 20 });
    const overall = silhouette(all, found).mean;
    const inside = silhouette(all, found, { among: [1, 2, 3] });
    expect(overall).toBeGreaterThan(0.85);
    expect(inside.mean).toBeLessThan(0.5);
    expect(inside.rowCount).toBe(65);
    const kept = Array.from(found.label.keys()).filter((row) => found.label[row] > 0);
    const alone = { label: Int32Array.from(kept, (row) => found.label[row] - 1), clusterCount: 3 };
    expect(inside.mean).toBeCloseTo(silhouette(takeRows(all, kept), alone).mean, 12);
  });
});

describe('standardised', () => {
  test('a constant column becomes zeros, the others have mean 0 and variance 1', () => {
    const points = standardised(
      pointsOfColumns([
        [0.1, 0.1, 0.1],
        [1, 2, 3],
      ]),
      1,
    );
    expect(Array.from(points.values)).toEqual([0, -1, 0, 0, 0, 1]);
  });
});
