/** The normalised RMSE against the published baselines of false-business-0. */
import { describe, expect, test } from 'vitest';
import { minuteCurve, normalisedError } from '../../../analysis/estimators/curve-error.ts';
import { exponentialSaturation, logarithm } from '../../../analysis/estimators/growth-curve.ts';
import { readReference } from '../worlds.ts';

const real = readReference<{ scale: number[] }>('false-business-0.json').scale;
const compared = real.slice(0, 150);

describe('normalisedError on false-business-0', () => {
  test('the best constant scores 0.186, the final value 0.232', () => {
    const mean = compared.reduce((a, b) => a + b) / 150;
    expect(normalisedError([mean], real)).toBeCloseTo(0.186, 3);
    expect(normalisedError([compared[149]], real)).toBeCloseTo(0.232, 3);
  });

  test('persistence from minute 30 scores 0.158 on minutes 31 to 149', () => {
    expect(normalisedError([real[30]], real, { fromMinute: 31, toMinute: 150 })).toBeCloseTo(0.158, 3);
  });

  test('fitted to minutes 0 to 30, exponential saturation scores 0.142 and the logarithm 0.127 on minutes 31 to 149', () => {
    const after = { fromMinute: 31, toMinute: 150 };
    expect(normalisedError(exponentialSaturation(real, 31, 150), real, after)).toBeCloseTo(0.142, 3);
    expect(normalisedError(logarithm(real, 31, 150), real, after)).toBeCloseTo(0.127, 3);
  });

  test('a curve equals itself, and a short one is padded with its last value', () => {
    expect(normalisedError(real, real)).toBe(0);
    expect(normalisedError([1, 3], [1, 3, 3, 3], { fromMinute: 0, toMinute: 4 })).toBe(0);
    expect(normalisedError([], real)).toBeNaN();
    expect(normalisedError([1], [0])).toBeNaN();
  });
});

test('minuteCurve: a step at 7 minutes is seen at minute 7, although 7 / 60 hours are no exact number', () => {
  const curve = minuteCurve([0, 7 / 60, 9.5 / 60], [1, 2, 5], 12);
  expect(Array.from(curve)).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 5, 5]);
  expect(Array.from(minuteCurve([2 / 60], [4], 3, 1))).toEqual([1, 1, 4]);
});
