/** Permutation tests: what is permuted, exact p against scipy, and false positives. */
import { describe, expect, test } from 'vitest';
import { permuteLabels, permuteMeans } from '../../../analysis/estimators/permutation.ts';
import { falsePositiveShare } from '../../check/coverage-groups.ts';
import { groups, normals } from '../groups.ts';
import { testStream } from '../worlds.ts';

const meanGap = (values: Float64Array, labels: Int32Array): number => {
  const sums = [0, 0];
  const counts = [0, 0];
  values.forEach((value, row) => {
    sums[labels[row]] += value;
    counts[labels[row]]++;
  });
  return sums[0] / counts[0] - sums[1] / counts[1];
};

describe('permuteMeans', () => {
  test('15 values: every labelling is listed, scipy’s exact p', () => {
    const { first, second, permutationP } = groups.small;
    const found = permuteMeans(first, second, testStream(1), { drawCount: 10 });
    expect(found).toMatchObject({ isExact: true, labellingCount: 6435, isBlind: false });
    expect(found.pValue).toBeCloseTo(permutationP, 12);
    const turned = permuteMeans(second, first, testStream(1), { drawCount: 10 });
    expect(turned.pValue).toBeCloseTo(permutationP, 12);
    expect(turned.statistic).toBeCloseTo(-found.statistic, 12);
  });

  test('drawn labellings come within four errors of the exact p, and never give 0', () => {
    const { first, second, permutationP } = groups.small;
    const drawCount = 20_000;
    const { pValue, isExact } = permuteMeans(first, second, testStream(2), { drawCount, exactCountMax: 100 });
    expect(isExact).toBe(false);
    expect(Math.abs(pValue - permutationP)).toBeLessThan(
      4 * Math.sqrt((permutationP * (1 - permutationP)) / drawCount),
    );
    const apart = permuteMeans(normals(60, 9, 1, testStream(3)), normals(60, 0, 1, testStream(4)), testStream(5), {
      drawCount: 999,
    });
    expect(apart.pValue).toBe(0.001);
  });

  test('false positives at 5 %: 3 to 7 in 100 of 600 worlds without a difference', () => {
    const share = falsePositiveShare({ worldCount: 600, seed: 11 });
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThan(0.07);
  });
});

describe('permuteLabels', () => {
  const values = Float64Array.from([...normals(40, 1.5, 1, testStream(6)), ...normals(40, 0, 1, testStream(7))]);
  const labels = new Int32Array(80).fill(1, 40);

  test('a planted difference is found, and values and labels are left as they were', () => {
    const before = [values.slice(), labels.slice()];
    const { pValue, isBlind } = permuteLabels(values, labels, meanGap, testStream(8), 499);
    expect(pValue).toBe(0.002);
    expect(isBlind).toBe(false);
    expect([values, labels]).toEqual(before);
  });

  test('a statistic that reads the pooled list alone is called blind: the planted difference gives p = 1', () => {
    const pooledMean = (pooled: Float64Array): number => pooled.reduce((sum, value) => sum + value, 0) / pooled.length;
    const { pValue, isBlind } = permuteLabels(values, labels, pooledMean, testStream(8), 499);
    expect(pValue).toBe(1);
    expect(isBlind).toBe(true);
  });

  test('every labelling keeps the sizes of the groups', () => {
    const sizes = new Set<number>();
    permuteLabels(
      values,
      labels,
      (_, dealt) => sizes.add(dealt.reduce((sum, label) => sum + label, 0)).size,
      testStream(9),
      50,
    );
    expect([...sizes]).toEqual([40]);
  });
});
