/** The Gini coefficient by hand and against the mean absolute difference over all pairs. */
import { expect, test } from 'vitest';
import { gini, topHeldShare } from '../../../analysis/estimators/inequality.ts';
import { testStream } from '../worlds.ts';

test('gini: known values', () => {
  expect(gini([1, 2, 3, 4, 5])).toBeCloseTo(0.266667, 6);
  expect(gini([0, 0, 0, 1])).toBe(0.75);
  expect(gini([3, 3, 3])).toBe(0);
  expect(gini([0, 0])).toBe(0);
  expect(gini([])).toBeNaN();
});

test.each([1, 2])('gini: is half the relative mean absolute difference over all pairs (seed %i)', (seed) => {
  const stream = testStream(seed);
  const values = Array.from({ length: 40 }, () => stream.below(50) ** 2);
  const mean = values.reduce((a, b) => a + b) / 40;
  const difference = values.flatMap((a) => values.map((b) => Math.abs(a - b))).reduce((a, b) => a + b) / 1600;
  expect(gini(values)).toBeCloseTo(difference / (2 * mean), 12);
});

test('topHeldShare: one of ten units that holds everything holds it all', () => {
  expect(topHeldShare([0, 0, 0, 0, 0, 0, 0, 0, 0, 7], 0.1)).toBe(1);
  expect(topHeldShare([1, 1, 1, 1], 0.5)).toBe(0.5);
});
