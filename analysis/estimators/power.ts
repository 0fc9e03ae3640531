/**
 * What so many replicates can find: standard error of a mean, and the smallest effect with a given power.
 *
 * Pure. Oracle: the share of seeded samples with that mean that a t test finds, in the test.
 * Source: Bloom, "Minimum detectable effects", Evaluation Review 19, 1995: (t of confidence + t of power) x standard error.
 */
import { sampleStandardDeviation } from 'simple-statistics';
import { studentQuantile } from './special-functions.ts';

/** Standard error of the mean of independent replicates; NaN below two. */
export function standardErrorOf(values: readonly number[]): number {
  return values.length < 2 ? Number.NaN : sampleStandardDeviation([...values]) / Math.sqrt(values.length);
}

/** Smallest true mean that a two-sided test of these replicates' spread finds with this power. NaN below two. */
export function smallestDetectable(values: readonly number[], powerShare = 0.8, alphaShare = 0.05): number {
  const freedom = values.length - 1;
  if (freedom < 1) return Number.NaN;
  const quantiles = studentQuantile(1 - alphaShare / 2, freedom) + studentQuantile(powerShare, freedom);
  return quantiles * standardErrorOf(values);
}
