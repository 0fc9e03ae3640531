/** Rank sums against R, and the exact p against every choice of labels. */
import { describe, expect, test } from 'vitest';
import { ranks } from '../../../analysis/estimators/correlation.ts';
import { mannWhitney } from '../../../analysis/estimators/mann-whitney.ts';
import { groupsOfR } from '../groups.ts';
import { testStream } from '../worlds.ts';

describe('mannWhitney', () => {
  test.each(groupsOfR.rankSums)('R’s wilcox.test, exact $isExact', ({ first, second, u, pValue, isExact }) => {
    const found = mannWhitney(first, second);
    expect(found.u).toBeCloseTo(u, 10);
    expect(found.isExact).toBe(isExact);
    expect(found.pValue).toBeCloseTo(pValue, 10);
  });

  test('ties: the exact p is that of all choices of the first group', () => {
    const stream = testStream(4);
    for (let world = 0; world < 10; world++) {
      const values = Int32Array.from({ length: 9 }, () => stream.below(4));
      const found = mannWhitney(values.subarray(0, 4), values.subarray(4));
      expect(found.pValue).toBeCloseTo(listedP(values, 4), 10);
    }
  });

  test('equal values: p is 1, also where it is not exact', () => {
    expect(mannWhitney([1, 1], [1, 1, 1]).pValue).toBe(1);
    expect(mannWhitney(new Float64Array(60), new Float64Array(60)).pValue).toBe(1);
  });
});

function listedP(values: Int32Array, firstCount: number): number {
  const rank = ranks(values);
  const sums: number[] = [];
  for (let mask = 0; mask < 1 << values.length; mask++) {
    const chosen = [...rank].filter((_, row) => ((mask >> row) & 1) === 1);
    if (chosen.length === firstCount) sums.push(chosen.reduce((sum, one) => sum + one, 0));
  }
  const observed = rank.subarray(0, firstCount).reduce((sum, one) => sum + one, 0);
  const below = sums.filter((sum) => sum <= observed).length;
  const above = sums.filter((sum) => sum >= observed).length;
  return Math.min(1, (2 * Math.min(below, above)) / sums.length);
}
