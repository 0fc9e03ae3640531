/** Differences of pairs beside R's paired t test of the data set sleep, and what rests on single pairs. */
import { describe, expect, test } from 'vitest';
import { pairSupport, pairedD, pairedTest } from '../../../analysis/estimators/paired.ts';

/** Hours of sleep gained by ten patients under the first drug less those under the second (Student 1908; R's `sleep`). */
const sleep = [-1.2, -2.4, -1.3, -1.3, 0, -1, -1.8, -0.8, -4.6, -1.4];

describe('pairedTest', () => {
  test('of sleep gives the numbers of R', () => {
    const { value, interval, t, pValue, n } = pairedTest(sleep);
    expect(value).toBeCloseTo(-1.58, 12);
    expect(t).toBeCloseTo(-4.0621, 4);
    expect(pValue).toBeCloseTo(0.002833, 6);
    expect(interval[0]).toBeCloseTo(-2.4598858, 6);
    expect(interval[1]).toBeCloseTo(-0.7001142, 6);
    expect(n).toBe(10);
  });

  test('of pairs that all differ alike has a mean and no t', () => {
    expect(pairedTest([2, 2, 2])).toMatchObject({ value: 2, t: Number.NaN, pValue: Number.NaN });
    expect(pairedD(sleep).value).toBeCloseTo(-4.0621 / Math.sqrt(10), 4);
  });
});

describe('pairSupport', () => {
  test('counts a pair without a difference on neither side', () => {
    expect(pairSupport(sleep)).toMatchObject({ signShare: 0.9, keepsSign: true });
  });

  test('a mean that one pair carries loses its sign without it', () => {
    const { signShare, leftOut, keepsSign } = pairSupport([10, -1, -2, -1]);
    expect(signShare).toBe(0.25);
    expect(leftOut[0]).toBeCloseTo(-4 / 3, 12);
    expect(keepsSign).toBe(false);
  });
});
