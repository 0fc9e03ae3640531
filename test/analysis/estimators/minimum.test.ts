/** Minima of functions whose answer is known. */
import { expect, test } from 'vitest';
import { minimumInPlane, minimumOf } from '../../../analysis/estimators/minimum.ts';

test('minimumOf: a parabola, and an end of the interval', () => {
  expect(minimumOf((x) => (x - 1.3) ** 2, -4, 9)).toBeCloseTo(1.3, 7);
  expect(minimumOf((x) => x, 2, 9)).toBeCloseTo(2, 7);
});

test('minimumInPlane: Rosenbrock’s valley, and round a wall of NaN', () => {
  const valley = minimumInPlane((x, y) => (1 - x) ** 2 + 100 * (y - x * x) ** 2, -1.2, 1);
  expect(valley.x).toBeCloseTo(1, 4);
  expect(valley.y).toBeCloseTo(1, 4);
  const walled = minimumInPlane((x, y) => Math.log(x) ** 2 + (y - 2) ** 2, 0.2, 0);
  expect(walled.x).toBeCloseTo(1, 4);
  expect(walled.y).toBeCloseTo(2, 4);
});
