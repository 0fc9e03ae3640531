/**
 * Equivalence of a mean to zero within a margin, by two one-sided t tests: that no difference was found is no finding; this is.
 *
 * Pure. Oracle: scipy `ttest_1samp` with one-sided alternatives (`test/data/assortativity.json`), and the 90 % interval that says the same.
 * Source: Schuirmann, "A comparison of the two one-sided tests procedure …", J. Pharmacokinet. Biopharm. 15, 1987.
 */
import { meanInterval } from './interval.ts';
import { studentTail } from './special-functions.ts';
import { sampleStandardDeviation } from 'simple-statistics';

/** What two one-sided tests say. */
export interface Equivalence {
  readonly mean: number;
  /** The interval of 1 - 2 alpha: inside the margin where p is below alpha. For alpha 0.05 that is 90 %. */
  readonly interval: [number, number];
  readonly margin: number;
  /** The greater of the two p values. */
  readonly pValue: number;
  readonly isEquivalent: boolean;
  /** Independent units. */
  readonly n: number;
}

/** Tests whether the mean of independent differences lies within (-margin, margin). Fewer than two units, or no spread at all, give p of 1 or 0. */
export function equivalenceToZero(differences: ArrayLike<number>, margin: number, alphaShare = 0.05): Equivalence {
  const list = Array.from(differences);
  const n = list.length;
  const { value: mean, interval } = meanInterval(list, 1 - 2 * alphaShare);
  const pValue = n < 2 ? 1 : pOf(mean, sampleStandardDeviation(list) / Math.sqrt(n), margin, n);
  return { mean, interval, margin, pValue, isEquivalent: pValue < alphaShare, n };
}

function pOf(mean: number, error: number, margin: number, n: number): number {
  if (error === 0) return Math.abs(mean) < margin ? 0 : 1;
  const above = studentTail((mean + margin) / error, n - 1);
  const below = studentTail((margin - mean) / error, n - 1);
  return Math.max(above, below);
}
