/** Entropy against powers of two, whose logarithms are known. */
import { expect, test } from 'vitest';
import { entropyBits, entropyNats } from '../../../analysis/estimators/entropy.ts';

test('entropyBits: equal parts give log2 n, a half and two quarters one and a half, whatever the total', () => {
  expect(entropyBits([1, 1, 1, 1])).toBeCloseTo(2, 12);
  expect(entropyBits(new Map([['a', 5]]).values())).toBe(0);
  expect(entropyBits([0.5, 0.25, 0.25])).toBeCloseTo(1.5, 12);
  expect(entropyBits([20, 10, 10])).toBeCloseTo(1.5, 12);
});

test('entropyNats: parts that are not above 0 count as none, and nothing has none', () => {
  expect(entropyNats([3, 0, -1e-16, 3])).toBeCloseTo(Math.LN2, 12);
  expect([entropyNats([]), entropyNats([0, 0])]).toEqual([0, 0]);
});
