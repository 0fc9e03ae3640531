/** Branching processes: the printed probabilities. */
import { expect, test } from 'vitest';
import { extinctionProbability, meanTotalSize } from '../../../analysis/estimators/branching.ts';

test('extinctionProbability: Poisson(2), Poisson(1.5), and certainty at or below 1', () => {
  expect(extinctionProbability(2)).toBeCloseTo(0.203188, 6);
  expect(extinctionProbability(1.5)).toBeCloseTo(0.417188, 6);
  expect(extinctionProbability(1)).toBe(1);
  expect(extinctionProbability(0.4)).toBe(1);
});

test('meanTotalSize: 2 at R 0.5, infinite from 1 on', () => {
  expect(meanTotalSize(0.5)).toBe(2);
  expect(meanTotalSize(1)).toBe(Number.POSITIVE_INFINITY);
});
