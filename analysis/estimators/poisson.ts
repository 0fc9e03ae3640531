/**
 * Tails of the Poisson distribution far out, where 1 - F is nothing but rounding: as logarithms, and the mean that a tail belongs to.
 *
 * P(X >= k) = e^-m m^k / k! · (1 + m/(k+1) + m²/((k+1)(k+2)) + …), which converges fast for m below k (Abramowitz and Stegun 26.4.21).
 * Oracle: the sum of terms, in `test/analysis/estimators/co-action.test.ts`.
 */
import { exp, log } from '../../sim/ground/detmath.ts';
import { logGamma } from './special-functions.ts';

/** Natural logarithm of P(X >= count), X Poisson with this mean >= 0. 0 where the count is 0; -Infinity at mean 0. Relative error below 10^-9. */
export function logPoissonTail(count: number, mean: number): number {
  if (count <= 0) return 0;
  if (mean <= 0) return -Infinity;
  const logHead = count * log(mean) - mean - logGamma(count + 1);
  if (mean < count) return logHead + log(seriesFrom(count, mean));
  // Above the mean's place the lower tail is the small one: P(X <= count - 1), summed downwards from its largest term.
  let term = count / mean;
  let sum = 0;
  for (let k = count - 1; k >= 0 && term > sum * 1e-17; k--) {
    sum += term;
    term *= k / mean;
  }
  const lower = exp(logHead) * sum;
  return lower < 1 ? log(1 - lower) : -Infinity;
}

function seriesFrom(count: number, mean: number): number {
  let [term, sum] = [1, 1];
  for (let k = count + 1; term > sum * 1e-17; k++) {
    term *= mean / k;
    sum += term;
  }
  return sum;
}

/** The largest mean at which P(X >= count) is still at most e^`logTail`; count >= 1, logTail < 0. By bisection, to 10^-10 of itself. */
export function poissonMeanAtTail(count: number, logTail: number): number {
  let [low, high] = [0, count];
  while (high - low > 1e-10 * high) {
    const middle = (low + high) / 2;
    if (logPoissonTail(count, middle) <= logTail) low = middle;
    else high = middle;
  }
  return low;
}
