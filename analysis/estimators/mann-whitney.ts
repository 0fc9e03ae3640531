/**
 * The Mann-Whitney test: whether values of one group tend to be larger than those of the other.
 *
 * U counts pairs in which the first group's value is larger, ties as one half (Mann and Whitney 1947). For small groups p is
 * exact, ties included: all choices of the first group's ranks are counted by their sum, ranks doubled so that mean ranks are
 * integers. Otherwise it is normal with the variance corrected for ties and with a continuity correction of one half.
 * Two-sided p is twice the smaller tail, at most 1. Oracles: R's wilcox.test (exact and corrected), every choice listed in the test.
 */
import { ranks } from './correlation.ts';
import { normalTail } from './special-functions.ts';

/** A rank-sum test. */
export interface MannWhitney {
  /** Pairs in which the first is larger, ties one half; between 0 and n₁ n₂. */
  readonly u: number;
  readonly pValue: number;
  readonly isExact: boolean;
}

/** Largest group that is counted exactly: at 49 and 49 values the count takes some 10^7 additions. */
const exactGroupMax = 49;

/** The test of two groups of at least one value each. p is 1 when all values are equal. */
export function mannWhitney(first: ArrayLike<number>, second: ArrayLike<number>): MannWhitney {
  const n = first.length;
  const m = second.length;
  const rank = ranks([...Array.from(first), ...Array.from(second)]);
  let rankSum = 0;
  for (let row = 0; row < n; row++) rankSum += rank[row];
  const u = rankSum - (n * (n + 1)) / 2;
  if (n <= exactGroupMax && m <= exactGroupMax) return { u, pValue: exactTwoSided(rank, n, rankSum), isExact: true };
  const total = n + m;
  const spread = ((n * m) / 12) * (total + 1 - tieTerm(rank) / (total * (total - 1)));
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return { u, pValue: spread > 0 ? Math.min(1, 2 * normalTail(distance / Math.sqrt(spread))) : 1, isExact: false };
}

/** Σ (t³ - t) over groups of t tied values. */
function tieTerm(rank: Float64Array): number {
  const sorted = rank.slice().sort();
  let sum = 0;
  let start = 0;
  for (let end = 1; end <= sorted.length; end++) {
    if (end < sorted.length && sorted[end] === sorted[start]) continue;
    const tied = end - start;
    sum += tied * tied * tied - tied;
    start = end;
  }
  return sum;
}

/** ways[k][s]: choices of k of the ranks seen so far whose doubled sum is s. Counts are below C(98, 49) = 2.5 × 10^28, relative error 10^-14. */
function exactTwoSided(rank: Float64Array, n: number, rankSum: number): number {
  const doubled = Int32Array.from(rank, (value) => 2 * value).sort();
  let most = 0;
  for (const value of doubled.subarray(doubled.length - n)) most += value;
  const width = most + 1;
  const ways = new Float64Array((n + 1) * width);
  ways[0] = 1;
  doubled.forEach((value, seen) => {
    for (let chosen = Math.min(n, seen + 1); chosen >= 1; chosen--) {
      const to = chosen * width;
      const from = to - width;
      for (let sum = width - 1; sum >= value; sum--) ways[to + sum] += ways[from + sum - value];
    }
  });
  const counts = ways.subarray(n * width);
  const observed = Math.round(2 * rankSum);
  let below = 0;
  let above = 0;
  let all = 0;
  for (let sum = 0; sum < width; sum++) {
    all += counts[sum];
    if (sum <= observed) below += counts[sum];
    if (sum >= observed) above += counts[sum];
  }
  return Math.min(1, (2 * Math.min(below, above)) / all);
}
