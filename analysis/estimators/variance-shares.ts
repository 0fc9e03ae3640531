/**
 * Sensitivity by shares of variance: how much of the variance of a result each factor accounts for alone, and together with the others.
 *
 * Pure. Takes results at the points of Saltelli's design, n base rows of (k + 2) points each: A, B, and A with its i-th column out of B.
 * First order: (1/n) Σ f(B)(f(AB_i) - f(A)) / V (Saltelli and others 2010, table 2, b), after taking the mean off, which lessens its error. Total:
 * (1/2n) Σ (f(A) - f(AB_i))² / V (Jansen 1999). V is the variance over A and B together. Intervals: percentile bootstrap over base rows.
 * Estimates are not cut off at 0 or 1: of a factor that does nothing they scatter round zero. Where nothing varies shares are NaN.
 * Oracle: Ishigami's function, whose shares have a closed form. Sources: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola, Comput.
 * Phys. Commun. 181, 2010; Jansen, Comput. Phys. Commun. 117, 1999.
 */
import { quantileSorted } from './distribution.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Estimate } from './interval.ts';

/** Results of one base row. */
export interface SaltelliRow {
  readonly a: number;
  readonly b: number;
  /** With the i-th factor out of b, factor by factor. */
  readonly mixed: readonly number[];
}

/** Shares of variance of one factor. `n`: base rows. */
export interface VarianceShares {
  readonly first: Estimate;
  readonly total: Estimate;
}

/**
 * The points of Saltelli's design out of points of 2 k dimensions (Sobol's, say): the first k coordinates are A, the others B. Rows: A, B, AB_1 …
 * AB_k of the first base point, then of the second …
 */
export function saltelliPoints(base: readonly ArrayLike<number>[], factorCount: number): number[][] {
  return base.flatMap((row) => {
    const all = Array.from(row);
    const a = all.slice(0, factorCount);
    const b = all.slice(factorCount, 2 * factorCount);
    return [a, b, ...a.map((_, factor) => a.with(factor, b[factor]))];
  });
}

/** Results in the order of `saltelliPoints`, row by row. */
export function saltelliRows(results: ArrayLike<number>, factorCount: number): SaltelliRow[] {
  const width = factorCount + 2;
  return Array.from({ length: Math.floor(results.length / width) }, (_, row) => ({
    a: results[row * width],
    b: results[row * width + 1],
    mixed: Array.from({ length: factorCount }, (__, factor) => results[row * width + 2 + factor]),
  }));
}

/** Shares of every factor, with intervals. Rows with a result that is not finite are left out: `n` says how many remain. */
export function varianceShares(
  rows: readonly SaltelliRow[],
  stream: RandomStream,
  options: { readonly replicateCount?: number; readonly confidenceShare?: number } = {},
): VarianceShares[] {
  const { replicateCount = 1000, confidenceShare = 0.95 } = options;
  const whole = rows.filter(({ a, b, mixed }) => [a, b, ...mixed].every(Number.isFinite));
  const factorCount = rows[0]?.mixed.length ?? 0;
  const value = sharesOf(whole, factorCount);
  const drawn = Array.from({ length: replicateCount }, () =>
    sharesOf(
      whole.map(() => whole[stream.below(whole.length)]),
      factorCount,
    ),
  );
  const tail = (1 - confidenceShare) / 2;
  const estimate = (of: 'first' | 'total', factor: number): Estimate => {
    const found = drawn.map((one) => one[of][factor]).filter(Number.isFinite);
    const sorted = Float64Array.from(found).sort();
    const interval: [number, number] =
      sorted.length === 0 ? [Number.NaN, Number.NaN] : [quantileSorted(sorted, tail), quantileSorted(sorted, 1 - tail)];
    return { value: value[of][factor], interval, n: whole.length };
  };
  return Array.from({ length: factorCount }, (_, factor) => ({
    first: estimate('first', factor),
    total: estimate('total', factor),
  }));
}

function sharesOf(rows: readonly SaltelliRow[], factorCount: number): { first: number[]; total: number[] } {
  const n = rows.length;
  let mean = 0;
  for (const { a, b } of rows) mean += (a + b) / (2 * n);
  let variance = 0;
  for (const { a, b } of rows) variance += ((a - mean) * (a - mean) + (b - mean) * (b - mean)) / (2 * n);
  const first = new Array<number>(factorCount).fill(0);
  const total = new Array<number>(factorCount).fill(0);
  for (const { a, b, mixed } of rows) {
    for (let factor = 0; factor < factorCount; factor++) {
      const step = mixed[factor] - a;
      first[factor] += ((b - mean) * step) / n;
      total[factor] += (step * step) / (2 * n);
    }
  }
  const share = (part: number): number => (variance > 0 ? part / variance : Number.NaN);
  return { first: first.map(share), total: total.map(share) };
}
