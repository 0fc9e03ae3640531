/**
 * How an effect goes with size: least squares of its values on log10 of the size, with an interval that does not take their spread for equal.
 *
 * Pure. White's variance with the factor n / (n - 2), and Student's quantile on n - 2 degrees of freedom. Oracle: R's lm with the sandwich
 * written out (`test/analysis/estimators/size-slope.test.ts`). Source: White 1980, Econometrica 48; MacKinnon and White 1985, J. Econometrics 29 (HC1).
 */
import { log } from '../../sim/ground/detmath.ts';
import { studentQuantile } from './special-functions.ts';
import type { Estimate } from './interval.ts';

/** Change of the effect for ten times the size; one point a unit. NaN where all sizes are one; no interval below three points. */
export function slopePerTenfold(points: readonly { readonly size: number; readonly effect: number }[]): Estimate {
  const n = points.length;
  const x = points.map(({ size }) => log(size) / Math.LN10);
  const meanX = x.reduce((sum, one) => sum + one, 0) / n;
  const meanY = points.reduce((sum, { effect }) => sum + effect, 0) / n;
  const xx = x.reduce((sum, one) => sum + (one - meanX) ** 2, 0);
  const value = points.reduce((sum, { effect }, i) => sum + (x[i] - meanX) * (effect - meanY), 0) / xx;
  if (n < 3 || xx === 0) return { value: xx === 0 ? Number.NaN : value, interval: [Number.NaN, Number.NaN], n };
  const square = points.reduce((sum, { effect }, i) => {
    const residual = effect - meanY - value * (x[i] - meanX);
    return sum + (x[i] - meanX) ** 2 * residual * residual;
  }, 0);
  const half = studentQuantile(0.975, n - 2) * (Math.sqrt((square * n) / (n - 2)) / xx);
  return { value, interval: [value - half, value + half], n };
}
