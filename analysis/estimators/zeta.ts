/**
 * The zeta distribution, P(X = x) = x^-α / ζ(α, xmin) for integers x >= xmin: its normaliser with two derivatives, and draws.
 *
 * ζ(s, q) = Σ (q + k)^-s is summed term by term up to q + k = 10 + s and from there by Euler and Maclaurin's formula with seven
 * corrections (Abramowitz and Stegun 23.1.30), which leaves a relative error below 10^-12. The derivatives by s come from
 * the same terms. Draws are by inversion: a table for the first values, then doubling and bisection (Clauset, Shalizi
 * and Newman 2009, SIAM Rev. 51, appendix D). Oracles: scipy.special.zeta, and the plain sum in the test.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';

/** B_2k / (2k)! of Euler and Maclaurin's formula, k = 1 to 7. */
const corrections = [
  1 / 12,
  -1 / 720,
  1 / 30_240,
  -1 / 1_209_600,
  1 / 47_900_160,
  -691 / 1_307_674_368_000,
  1 / 74_724_249_600,
];
const summedBelow = 10;

/** Hurwitz zeta function ζ(s, q), s > 1, q > 0. */
export function hurwitzZeta(s: number, q: number): number {
  let sum = 0;
  let x = q;
  while (x < summedBelow + s) {
    sum += x ** -s;
    x++;
  }
  const power = x ** -s;
  sum += (power * x) / (s - 1) + power / 2;
  const step = 1 / (x * x);
  let factor = (s * power) / x;
  for (let k = 0; k < corrections.length; k++) {
    sum += corrections[k] * factor;
    factor *= (s + 2 * k + 1) * (s + 2 * k + 2) * step;
  }
  return sum;
}

/** Log ζ(s, q) and its first and second derivative by s, written to `out[0..2]`: all that Newton's step and the standard error need. */
export function logZetaDerivatives(s: number, q: number, out: Float64Array): void {
  let zeta = 0;
  let first = 0;
  let second = 0;
  let x = q;
  while (x < summedBelow + s) {
    const power = x ** -s;
    const log = Math.log(x);
    zeta += power;
    first -= log * power;
    second += log * log * power;
    x++;
  }
  const log = Math.log(x);
  const power = x ** -s;
  const integral = (power * x) / (s - 1);
  const gap = 1 / (s - 1);
  zeta += integral + power / 2;
  first -= integral * (log + gap) + (power / 2) * log;
  second += integral * ((log + gap) * (log + gap) + gap * gap) + (power / 2) * log * log;
  // Each correction is c s (s+1) … (s+2k) x^(-s-2k-1): its logarithm's derivative is Σ 1/(s+j) - log x.
  let factor = (s * power) / x;
  let slope = 1 / s - log;
  let bend = -1 / (s * s);
  for (let k = 0; k < corrections.length; k++) {
    const term = corrections[k] * factor;
    zeta += term;
    first += term * slope;
    second += term * (slope * slope + bend);
    const a = s + 2 * k + 1;
    factor *= (a * (a + 1)) / (x * x);
    slope += 1 / a + 1 / (a + 1);
    bend -= 1 / (a * a) + 1 / ((a + 1) * (a + 1));
  }
  const ratio = first / zeta;
  out[0] = Math.log(zeta);
  out[1] = ratio;
  out[2] = second / zeta - ratio * ratio;
}

/** Draws from one zeta distribution. */
export interface ZetaSampler {
  readonly alpha: number;
  readonly xmin: number;
  /** P(X > xmin + i), descending. */
  readonly tails: Float64Array;
  readonly zeta: number;
}

const tableLength = 1024;
/** Where an exponent near 1 would draw numbers that a double cannot tell apart. */
const largestDraw = 2 ** 52;

/** A sampler of the zeta distribution with exponent `alpha` > 1 on the integers from `xmin` >= 1. */
export function zetaSampler(alpha: number, xmin: number): ZetaSampler {
  const zeta = hurwitzZeta(alpha, xmin);
  const tails = new Float64Array(tableLength);
  for (let index = 0; index < tableLength; index++) tails[index] = hurwitzZeta(alpha, xmin + index + 1) / zeta;
  return { alpha, xmin, tails, zeta };
}

/** One draw: the smallest x whose tail P(X > x) is at most 1 - u; no draw exceeds 2^52. */
export function drawZeta(sampler: ZetaSampler, stream: RandomStream): number {
  const { alpha, xmin, tails, zeta } = sampler;
  const share = 1 - stream.uniform();
  if (tails[tableLength - 1] < share) return xmin + firstBelow(tails, share);
  let low = xmin + tableLength - 1;
  let high = 2 * low;
  while (high < largestDraw && hurwitzZeta(alpha, high + 1) / zeta >= share) {
    low = high;
    high *= 2;
  }
  if (high >= largestDraw) return largestDraw;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (hurwitzZeta(alpha, middle + 1) / zeta >= share) low = middle;
    else high = middle;
  }
  return high;
}

function firstBelow(tails: Float64Array, share: number): number {
  let low = 0;
  let high = tails.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (tails[middle] < share) high = middle;
    else low = middle + 1;
  }
  return low;
}
