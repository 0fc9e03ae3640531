/**
 * Distributions of one or two samples: quantiles, and the two-sample Kolmogorov-Smirnov distance with its p value.
 *
 * Oracles: numpy's default quantile and scipy.stats.ks_2samp, in `test/data/two-samples.json`.
 */

/** Quantile at `p` in [0, 1] of ascending values, linear between order statistics (type 7 of Hyndman and Fan 1996, R's default). NaN for none. */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  const place = (sorted.length - 1) * p;
  const low = Math.floor(place);
  if (sorted.length === 0) return Number.NaN;
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
}

/** Quantiles of values in any order; see `quantileSorted`. */
export function quantiles(values: ArrayLike<number>, shares: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  return shares.map((share) => quantileSorted(sorted, share));
}

/** A two-sample Kolmogorov-Smirnov test. */
export interface TwoSampleTest {
  /** Greatest distance between the two empirical distribution functions, in [0, 1]. */
  readonly statistic: number;
  /** Two-sided; exact up to 10,000 pairs without ties, otherwise asymptotic, which is conservative when there are ties. */
  readonly pValue: number;
}

const exactPairsMax = 10_000;

/** Whether two samples come from one distribution (Smirnov 1939). Ties between the samples are stepped over together. */
export function kolmogorovSmirnov(first: ArrayLike<number>, second: ArrayLike<number>): TwoSampleTest {
  const a = Float64Array.from(first).sort();
  const b = Float64Array.from(second).sort();
  let i = 0;
  let j = 0;
  let gap = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    // In units of 1 / (n m), hence an integer: the exact distribution compares without rounding.
    gap = Math.max(gap, Math.abs(i * b.length - j * a.length));
  }
  const pairs = a.length * b.length;
  const statistic = pairs === 0 ? Number.NaN : gap / pairs;
  const pValue =
    pairs <= exactPairsMax
      ? exactTail(a.length, b.length, gap)
      : kolmogorovTail(statistic * Math.sqrt(pairs / (a.length + b.length)));
  return { statistic, pValue };
}

/** P(distance >= gap / (n m)) when all orders of the pooled sample are equally likely: paths on a grid, counted as shares. */
function exactTail(n: number, m: number, gap: number): number {
  if (n === 0 || m === 0) return Number.NaN;
  if (gap === 0) return 1;
  // inside[j]: share of the orders of i first and j second values that kept below the gap all the way.
  const inside = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (Math.abs(i * m - j * n) >= gap) inside[j] = 0;
      else if (i === 0 && j === 0) inside[j] = 1;
      else inside[j] = (i === 0 ? 0 : (inside[j] * i) / (i + j)) + (j === 0 ? 0 : (inside[j - 1] * j) / (i + j));
    }
  }
  return Math.min(1, Math.max(0, 1 - inside[m]));
}

/** Upper tail of Kolmogorov's limiting distribution: 2 Σ (-1)^(k-1) exp(-2 k² x²). */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, 2 * sum);
}
