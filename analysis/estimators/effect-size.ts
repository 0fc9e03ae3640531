/**
 * Effect sizes between two groups, each with its interval: Cohen's d, Hedges' g, Cliff's delta, Welch's difference of means.
 *
 * d = (mean₁ - mean₂) / pooled standard deviation; g is d times the exact factor that makes it unbiased (Hedges 1981, J. Educ.
 * Stat. 6); their intervals turn round the noncentral t, hence hold for normal values of one variance. Cliff's delta is
 * P(x > y) - P(x < y), with Feng and Cliff's interval (2004, J. Mod. Appl. Stat. Methods 3), and assumes neither.
 * Every sign is first less second. Oracles: R (t.test, and the noncentral t by uniroot over pt), the double sum over pairs for δ.
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import type { Estimate } from './interval.ts';
import { noncentralityInterval } from './noncentral-t.ts';
import { logGamma, studentQuantile, studentTail } from './special-functions.ts';

/** Number, mean and variance (with n - 1) of a group. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
}

/** Moments of some values in two passes; the variance of fewer than two is NaN. */
export function momentsOf(values: ArrayLike<number>): Moments {
  const count = values.length;
  let sum = 0;
  for (let row = 0; row < count; row++) sum += values[row];
  const mean = sum / count;
  let squares = 0;
  for (let row = 0; row < count; row++) squares += (values[row] - mean) * (values[row] - mean);
  return { count, mean, variance: count < 2 ? Number.NaN : squares / (count - 1) };
}

/** Cohen's d. NaN when both groups are constant and equal, infinite when they are constant and differ. */
export function cohenD(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const one = momentsOf(first);
  const other = momentsOf(second);
  return (one.mean - other.mean) / pooledDeviation(one, other);
}

function pooledDeviation(one: Moments, other: Moments): number {
  const squares = (one.count - 1) * one.variance + (other.count - 1) * other.variance;
  return Math.sqrt(squares / (one.count + other.count - 2));
}

/** Cohen's d with the interval of the noncentral t. Each group needs two values. */
export function cohenDInterval(first: ArrayLike<number>, second: ArrayLike<number>, confidenceShare = 0.95): Estimate {
  const value = cohenD(first, second);
  const n = first.length + second.length;
  if (!Number.isFinite(value)) return { value, interval: [Number.NaN, Number.NaN], n };
  const scale = Math.sqrt((first.length * second.length) / n);
  const [low, high] = noncentralityInterval(value * scale, n - 2, confidenceShare);
  return { value, interval: [low / scale, high / scale], n };
}

/**
 * Cohen's d of one group against a fixed number, (mean - number) / standard deviation, with the interval of the noncentral t over n - 1 degrees.
 * NaN for fewer than two values or a constant group at that number, infinite for a constant group elsewhere.
 */
export function cohenDAgainst(values: ArrayLike<number>, fixed: number, confidenceShare = 0.95): Estimate {
  const { count, mean, variance } = momentsOf(values);
  const value = (mean - fixed) / Math.sqrt(variance);
  if (!Number.isFinite(value)) return { value, interval: [Number.NaN, Number.NaN], n: count };
  const scale = Math.sqrt(count);
  const [low, high] = noncentralityInterval(value * scale, count - 1, confidenceShare);
  return { value, interval: [low / scale, high / scale], n: count };
}

/** Hedges' g, d times `hedgesFactor`, with d's interval times the same. */
export function hedgesGInterval(first: ArrayLike<number>, second: ArrayLike<number>, confidenceShare = 0.95): Estimate {
  const { value, interval, n } = cohenDInterval(first, second, confidenceShare);
  const factor = hedgesFactor(n - 2);
  return { value: factor * value, interval: [factor * interval[0], factor * interval[1]], n };
}

/** Γ(m / 2) / (√(m / 2) Γ((m - 1) / 2)) for m degrees of freedom, at least 2. */
export function hedgesFactor(degreesOfFreedom: number): number {
  // From here on the two logarithms lose more digits than the series 1 - 3 / (4 m - 1) leaves out (below 10^-12).
  if (degreesOfFreedom > 1e5) return 1 - 3 / (4 * degreesOfFreedom - 1);
  const half = degreesOfFreedom / 2;
  return Math.exp(logGamma(half) - logGamma(half - 0.5)) / Math.sqrt(half);
}

/** A difference of means that does not assume equal variances. */
export interface WelchTest extends Estimate {
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly pValue: number;
}

/** Welch's t test (1947, Biometrika 34) with the interval of the difference. NaN where neither group varies. */
export function welchTest(first: ArrayLike<number>, second: ArrayLike<number>, confidenceShare = 0.95): WelchTest {
  const one = momentsOf(first);
  const other = momentsOf(second);
  const oneShare = one.variance / one.count;
  const otherShare = other.variance / other.count;
  const squaredError = oneShare + otherShare;
  const degreesOfFreedom =
    (squaredError * squaredError) /
    ((oneShare * oneShare) / (one.count - 1) + (otherShare * otherShare) / (other.count - 1));
  const value = one.mean - other.mean;
  const n = one.count + other.count;
  if (!(squaredError > 0)) {
    const none = Number.NaN;
    return { value, interval: [none, none], n, t: none, degreesOfFreedom: none, pValue: none };
  }
  const t = value / Math.sqrt(squaredError);
  const half = studentQuantile((1 + confidenceShare) / 2, degreesOfFreedom) * Math.sqrt(squaredError);
  const pValue = Math.min(1, 2 * studentTail(Math.abs(t), degreesOfFreedom));
  return { value, interval: [value - half, value + half], n, t, degreesOfFreedom, pValue };
}

/**
 * Cliff's delta in [-1, 1] with Feng and Cliff's interval, which lies inside and is not symmetric. Where the groups do not overlap
 * the variance is zero and the near end is that of a share of min(n₁, n₂) units of which all hit: (n - z²) / (n + z²).
 */
export function cliffsDelta(first: ArrayLike<number>, second: ArrayLike<number>, confidenceShare = 0.95): Estimate {
  const one = dominance(first, second);
  const other = dominance(second, first);
  const n = first.length + second.length;
  const pairCount = first.length * second.length;
  const value = one.sum / pairCount;
  const z = normalQuantile((1 + confidenceShare) / 2);
  if (Math.abs(value) === 1) {
    const fewer = Math.min(first.length, second.length);
    const near = Math.max(-1, (fewer - z * z) / (fewer + z * z));
    return { value, interval: value > 0 ? [near, 1] : [-1, -near], n };
  }
  const spread = (squares: number, count: number, width: number): number =>
    (squares / (width * width) - count * value * value) * width * width;
  const rows = spread(one.squares, first.length, second.length);
  const columns = spread(other.squares, second.length, first.length);
  const cells = one.untiedCount - pairCount * value * value;
  const unbiased = (rows + columns - cells) / (pairCount * (first.length - 1) * (second.length - 1));
  const variance = Math.max(unbiased, (1 - value * value) / (pairCount - 1));
  const rest = 1 - value * value;
  const half = z * Math.sqrt(variance) * Math.sqrt(rest * rest + z * z * variance);
  const scale = rest + z * z * variance;
  const end = (sign: number): number => Math.min(1, Math.max(-1, (value * rest + sign * half) / scale));
  return { value, interval: [end(-1), end(1)], n };
}

interface Dominance {
  /** Over the first group's values: how many of the second lie below, less how many lie above; summed, and squared and summed. */
  readonly sum: number;
  readonly squares: number;
  /** Pairs whose values differ. */
  readonly untiedCount: number;
}

function dominance(first: ArrayLike<number>, second: ArrayLike<number>): Dominance {
  const mine = Float64Array.from(first).sort();
  const theirs = Float64Array.from(second).sort();
  let below = 0;
  let upTo = 0;
  let sum = 0;
  let squares = 0;
  let untiedCount = 0;
  for (const value of mine) {
    while (below < theirs.length && theirs[below] < value) below++;
    while (upTo < theirs.length && theirs[upTo] <= value) upTo++;
    const above = theirs.length - upTo;
    sum += below - above;
    squares += (below - above) * (below - above);
    untiedCount += below + above;
  }
  return { sum, squares, untiedCount };
}
