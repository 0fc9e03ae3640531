/** The zeta distribution: plain sums, and draws against their own probabilities. */
import { expect, test } from 'vitest';
import { drawZeta, hurwitzZeta, zetaSampler } from '../../../analysis/estimators/zeta.ts';
import { testStream } from '../worlds.ts';

test('hurwitzZeta: the plain sum lies below it by less than the integral of what is left', () => {
  let sum = 0;
  for (let k = 0; k < 100_000; k++) sum += (7 + k) ** -2.5;
  const rest = hurwitzZeta(2.5, 7) - sum;
  expect(rest).toBeGreaterThan(100_007 ** -1.5 / 1.5);
  expect(rest).toBeLessThan(100_006 ** -1.5 / 1.5);
});

test('drawZeta: shares of 200,000 draws lie within five standard deviations, below and above the table', () => {
  const alpha = 1.6;
  const xmin = 3;
  const sampler = zetaSampler(alpha, xmin);
  const stream = testStream(1);
  const draws = Float64Array.from({ length: 200_000 }, () => drawZeta(sampler, stream));
  for (const [from, to] of [
    [3, 4],
    [4, 5],
    [10, 20],
    [1000, 1100],
    [5000, 50_000],
    [1e6, 1e9],
  ]) {
    const share = (hurwitzZeta(alpha, from) - hurwitzZeta(alpha, to)) / hurwitzZeta(alpha, xmin);
    const hits = draws.filter((x) => x >= from && x < to).length;
    expect(Math.abs(hits - 200_000 * share), `${from} to ${to}`).toBeLessThan(
      5 * Math.sqrt(200_000 * share * (1 - share)),
    );
  }
});

test('drawZeta: an exponent near 1 draws integers that a double can hold', () => {
  const sampler = zetaSampler(1.01, 1);
  const stream = testStream(2);
  for (let draw = 0; draw < 2000; draw++) {
    const value = drawZeta(sampler, stream);
    expect(Number.isSafeInteger(value) && value >= 1).toBe(true);
  }
});
