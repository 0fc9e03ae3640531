/** Special functions against scipy.special. */
import { describe, expect, test } from 'vitest';
import {
  chiSquaredTail,
  incompleteBeta,
  logGamma,
  logNormalTail,
  studentQuantile,
  studentTail,
  upperGammaShare,
} from '../../../analysis/estimators/special-functions.ts';
import { hurwitzZeta, logZetaDerivatives } from '../../../analysis/estimators/zeta.ts';
import { readReference } from '../worlds.ts';

const reference = readReference<Record<string, number[][]>>('special-functions.json');

const functions: Record<string, (...numbers: number[]) => number> = {
  zeta: hurwitzZeta,
  logGamma,
  incompleteBeta: (x, a, b) => incompleteBeta(x, a, b),
  upperGamma: upperGammaShare,
  logNormalTail,
  studentQuantile,
};

describe('special functions agree with scipy to ten digits', () => {
  test.each(Object.keys(functions))('%s', (name) => {
    expect(reference[name].length).toBeGreaterThan(5);
    for (const row of reference[name]) {
      const expected = row[row.length - 1];
      const actual = functions[name](...row.slice(0, -1));
      // A tail of 10^-60 and less is right to its logarithm; scipy 1.10 has Student's quantile to nine digits (see below).
      const digits = Math.abs(expected) < 1e-60 || name === 'studentQuantile' ? 1e-6 : 1e-10;
      const allowed = Math.max(1e-14, Math.abs(expected) * digits);
      expect(Math.abs(actual - expected), `${name}(${row.slice(0, -1).join(', ')})`).toBeLessThanOrEqual(allowed);
    }
  });
});

test('studentTail: undoes studentQuantile on both sides', () => {
  for (const p of [0.01, 0.3, 0.5, 0.8]) expect(1 - studentTail(studentQuantile(p, 7), 7)).toBeCloseTo(p, 12);
});

test('studentQuantile: has a closed form at one and at two degrees of freedom', () => {
  for (const p of [0.6, 0.9, 0.975, 0.9995]) {
    expect(studentQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5))).toBeCloseTo(1, 11);
    expect(studentQuantile(p, 2) / ((2 * p - 1) / Math.sqrt(2 * p * (1 - p)))).toBeCloseTo(1, 11);
  }
});

test('chiSquaredTail: 3.841459 is the 5 % point with one degree of freedom', () => {
  expect(chiSquaredTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12);
});

test.each([
  [1.3, 1],
  [2.5, 7],
  [6, 40],
])('logZetaDerivatives: agree with differences of log ζ(%d, %d)', (s, q) => {
  const out = new Float64Array(3);
  logZetaDerivatives(s, q, out);
  const log = (at: number): number => Math.log(hurwitzZeta(at, q));
  expect(out[0]).toBeCloseTo(log(s), 13);
  expect(out[1]).toBeCloseTo((log(s + 1e-5) - log(s - 1e-5)) / 2e-5, 7);
  expect(out[2]).toBeCloseTo((log(s + 1e-3) - 2 * log(s) + log(s - 1e-3)) / 1e-6, 3);
});
