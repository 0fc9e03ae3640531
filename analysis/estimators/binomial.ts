/**
 * Numbers of hits among independent trials, exactly: of one probability (binomial) and of unequal ones (Poisson binomial).
 *
 * Sums of products in the order of trials, so that a result has the same bits everywhere. n trials cost n squared; up to some 10^4.
 * Pure. Oracle: scipy `binom` and enumeration of all outcomes (`test/analysis/estimators/binomial.test.ts`).
 */

/** Probability of each number of hits, 0 to n, of independent trials that hit with these probabilities in [0, 1]. */
export function hitDistribution(probabilities: ArrayLike<number>): Float64Array {
  const n = probabilities.length;
  const mass = new Float64Array(n + 1);
  mass[0] = 1;
  for (let trial = 0; trial < n; trial++) {
    const p = probabilities[trial];
    for (let k = trial + 1; k > 0; k--) mass[k] = mass[k] * (1 - p) + mass[k - 1] * p;
    mass[0] *= 1 - p;
  }
  return mass;
}

/** The same where all n trials hit with probability p. */
export function binomialDistribution(n: number, p: number): Float64Array {
  return hitDistribution(new Float64Array(n).fill(p));
}

/** Probability of `hits` or more. */
export function upperShare(mass: Float64Array, hits: number): number {
  let sum = 0;
  for (let k = mass.length - 1; k >= hits && k >= 0; k--) sum += mass[k];
  return Math.min(1, sum);
}
