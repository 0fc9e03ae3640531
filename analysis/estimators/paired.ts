/**
 * Differences of pairs: worlds of one seed in two arms share their draws, so that a pair is one unit and its difference one value.
 *
 * Pure. Mean with Student's interval, the paired t test, Cohen's d of differences (d_z), the share of pairs with the sign of the mean, and the
 * mean with each pair left out once. Where no pair differs from another, t does not exist. The test of signs is `compareMatched` with pairs as sets.
 * Oracle: R's t.test(paired = TRUE) of its data set sleep.
 */
import { cohenDAgainst, momentsOf } from './effect-size.ts';
import { meanInterval } from './interval.ts';
import { studentTail } from './special-functions.ts';
import type { Estimate } from './interval.ts';

/** A mean difference and its t test. */
export interface PairedTest extends Estimate {
  readonly t: number;
  /** Two-sided. */
  readonly pValue: number;
}

/** Mean of differences with its interval and paired t test. NaN where fewer than two, or where none differs from another. */
export function pairedTest(differences: ArrayLike<number>, confidenceShare = 0.95): PairedTest {
  const { value, interval, n } = meanInterval(differences, confidenceShare);
  const { variance } = momentsOf(differences);
  const t = variance > 0 ? value / Math.sqrt(variance / n) : Number.NaN;
  const pValue = Number.isNaN(t) ? Number.NaN : Math.min(1, 2 * studentTail(Math.abs(t), n - 1));
  return { value, interval, n, t, pValue };
}

/** Cohen's d of the differences, with its interval by the noncentral t. */
export function pairedD(differences: ArrayLike<number>): Estimate {
  return cohenDAgainst(differences, 0);
}

/** How far a mean difference rests on single pairs. */
export interface PairSupport {
  /** Share of pairs whose difference has the sign of the mean; pairs without a difference have none. */
  readonly signShare: number;
  /** Least and greatest mean with one pair left out. */
  readonly leftOut: readonly [number, number];
  /** Whether the mean keeps its sign whichever pair is left out. */
  readonly keepsSign: boolean;
}

/** Sign of the pairs, and the mean with each of them left out once. At least two pairs. */
export function pairSupport(differences: ArrayLike<number>): PairSupport {
  const list = Array.from(differences);
  const sum = list.reduce((all, one) => all + one, 0);
  const sign = Math.sign(sum);
  const means = list.map((one) => (sum - one) / (list.length - 1));
  const leftOut = [Math.min(...means), Math.max(...means)] as const;
  return {
    signShare: list.filter((one) => sign !== 0 && Math.sign(one) === sign).length / list.length,
    leftOut,
    keepsSign: sign !== 0 && leftOut.every((one) => Math.sign(one) === sign),
  };
}
