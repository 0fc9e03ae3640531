/**
 * Rank correlation.
 *
 * Oracle: scipy.stats.spearmanr, ties included, in `test/data/two-samples.json`. Source: Spearman (1904). The version of
 * simple-statistics gives tied values different ranks, so ranks are ours and only Pearson's coefficient is taken from there.
 */
import { sampleCorrelation } from 'simple-statistics';
import { assertInvariant } from '../../sim/ground/errors.ts';
import { studentTail } from './special-functions.ts';

/** A correlation coefficient in [-1, 1] and its two-sided p value. */
export interface Correlation {
  readonly coefficient: number;
  readonly pValue: number;
}

/** Ranks from 1, ascending; equal values share the mean of their ranks. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Int32Array.from({ length: values.length }, (_, index) => index).sort((a, b) => values[a] - values[b]);
  const rank = new Float64Array(values.length);
  let start = 0;
  while (start < order.length) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let place = start; place < end; place++) rank[order[place]] = (start + 1 + end) / 2;
    start = end;
  }
  return rank;
}

/** Spearman's coefficient of paired values: Pearson's of their mean ranks; p from t with n - 2 degrees, as scipy gives it. NaN below three pairs or for constants. */
export function spearman(first: ArrayLike<number>, second: ArrayLike<number>): Correlation {
  assertInvariant(first.length === second.length, 'paired columns differ in length');
  const count = first.length;
  if (count < 3) return { coefficient: Number.NaN, pValue: Number.NaN };
  // Rounding can carry a perfect correlation past 1.
  const raw = sampleCorrelation(Array.from(ranks(first)), Array.from(ranks(second)));
  const coefficient = Math.min(1, Math.max(-1, raw));
  const t = coefficient * Math.sqrt((count - 2) / ((1 - coefficient) * (1 + coefficient)));
  return { coefficient, pValue: 2 * studentTail(Math.abs(t), count - 2) };
}
