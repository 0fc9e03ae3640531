/**
 * The special functions that tails, intervals and p values need: log gamma, incomplete beta and gamma, normal and Student tails.
 * The Hurwitz zeta function has a file of its own, `zeta.ts`.
 *
 * simple-statistics reads its normal distribution from a table of four digits and has no incomplete beta, so these are ours.
 * All are pure, and allocate nothing. Relative error below 10^-11 in the ranges that the docstrings name.
 * Sources: Abramowitz and Stegun (1964), formulas named below; continued fractions by Lentz's method.
 * Oracle: scipy.special, in `test/data/special-functions.json`.
 */

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Natural logarithm of the gamma function, argument > 0 (Lanczos 1964, g = 7, nine terms). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  let sum = lanczos[0];
  for (let term = 1; term < lanczos.length; term++) sum += lanczos[term] / (z + term);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

const tiny = 1e-300;
const epsilon = 1e-16;
const termMax = 1000;

/** Regularised incomplete beta function I_x(a, b), a and b > 0, x in [0, 1] (26.5.8). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= termMax; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < epsilon * 4) break;
  }
  return value;
}

function nonZero(value: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** Upper tail Q(a, x) of the gamma distribution of shape a > 0: 1 - P(a, x), x >= 0 (6.5.29 below a + 1, 6.5.31 above). */
export function upperGammaShare(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n <= termMax && term > sum * epsilon; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  return front * upperGammaFraction(a, x);
}

function upperGammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / nonZero(b);
  let value = d;
  for (let n = 1; n <= termMax; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    value *= d * c;
    if (Math.abs(d * c - 1) < epsilon * 4) break;
  }
  return value;
}

/** Upper tail of the chi-squared distribution: P(X > x). */
export function chiSquaredTail(x: number, degreesOfFreedom: number): number {
  return upperGammaShare(degreesOfFreedom / 2, x / 2);
}

/** Upper tail of the standard normal: P(Z > z). Relative error below 10^-11 also far out. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  return upperGammaShare(0.5, (z * z) / 2) / 2;
}

/** Natural logarithm of `normalTail`, finite where the tail itself underflows (z up to 10^150). */
export function logNormalTail(z: number): number {
  if (z < 5) return Math.log(normalTail(z));
  const half = (z * z) / 2;
  return Math.log(z / 2) - 0.5 * Math.log(2 * Math.PI) - half + Math.log(upperGammaFraction(0.5, half));
}

/** P(T > t) for Student's t distribution, degrees of freedom > 0 (26.7.1). */
export function studentTail(t: number, degreesOfFreedom: number): number {
  const share = incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5) / 2;
  return t >= 0 ? share : 1 - share;
}

/** The t that a Student variable stays below with probability p in (0, 1): bisection on `studentTail`, to 13 digits. */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, degreesOfFreedom);
  let low = 0;
  let high = 1;
  while (studentTail(high, degreesOfFreedom) > 1 - p) high *= 2;
  for (let step = 0; step < 100 && high - low > 1e-14 * high; step++) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degreesOfFreedom) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
