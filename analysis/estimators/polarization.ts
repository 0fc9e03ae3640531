/**
 * Polarization of one number over agents: spread, Esteban and Ray's index, bimodality, agreement.
 *
 * Everything is of a distribution: of values as they are, or of shares of groups on a scale. Sums over pairs are taken over sorted values, O(n log n).
 * Invariant: spread and polarization differ; a uniform scale has much of the first and little of the second.
 * Oracles: all pairs, and all triples of categories, in `test/analysis/estimators/polarization.test.ts`.
 * Sources: Esteban and Ray, Econometrica 62, 1994, eq. 3; SAS/STAT user's guide, MODECLUS and CLUSTER (Sarle's bimodality coefficient of a
 * sample); van der Eijk, Quality and Quantity 35, 2001 (agreement A).
 */
import { pow } from '../../sim/ground/detmath.ts';
import { assertInvariant } from '../../sim/ground/errors.ts';

/** Spread of values in their own units. */
export interface Spread {
  /** With n in the denominator, in squared units. */
  readonly variance: number;
  readonly range: number;
  /** Mean of |x - y| over pairs of different agents. */
  readonly meanPairwiseDifference: number;
}

/** Spread; NaN of no values, and the pairwise difference of one. */
export function spreadOf(values: ArrayLike<number>): Spread {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let [sum, ranked] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += sorted[i];
    ranked += (2 * i + 1 - n) * sorted[i];
  }
  const mean = sum / n;
  let squares = 0;
  for (const value of sorted) squares += (value - mean) * (value - mean);
  return {
    variance: squares / n,
    range: sorted[n - 1] - sorted[0],
    meanPairwiseDifference: ranked / ((n * (n - 1)) / 2),
  };
}

/** Groups on a scale: a share and a position each. Shares add up to 1. */
export interface ScaleGroups {
  readonly shares: ArrayLike<number>;
  readonly positions: ArrayLike<number>;
}

/**
 * Esteban and Ray's index, K = 1: the sum over groups i, j of share_i^(1 + alpha) share_j |y_i - y_j|, with alpha in (0, 1.6]. Positions on
 * [0, 1] make it at most 0.25 at alpha 1: two equal groups at the ends. It depends on what counts as a group.
 */
export function estebanRay({ shares, positions }: ScaleGroups, alpha = 1): number {
  assertInvariant(alpha > 0 && alpha <= 1.6, 'alpha lies in (0, 1.6]');
  let total = 0;
  for (let i = 0; i < shares.length; i++) {
    if (shares[i] === 0) continue;
    let distance = 0;
    for (let j = 0; j < shares.length; j++) distance += shares[j] * Math.abs(positions[i] - positions[j]);
    total += (alpha === 1 ? shares[i] * shares[i] : pow(shares[i], 1 + alpha)) * distance;
  }
  return total;
}

/**
 * Values from `least` to `most` as groups of equal width on [0, 1], each at its middle but the outer ones, which stand at the ends, so that
 * a population at both ends is the maximum.
 */
export function groupsOnScale(values: ArrayLike<number>, least: number, most: number, groupCount: number): ScaleGroups {
  const counts = new Float64Array(groupCount);
  for (let i = 0; i < values.length; i++) {
    const share = (values[i] - least) / (most - least);
    counts[Math.min(groupCount - 1, Math.max(0, Math.floor(share * groupCount)))]++;
  }
  return {
    shares: counts.map((count) => count / values.length),
    positions: Float64Array.from(counts, (_, k) => k / (groupCount - 1)),
  };
}

/**
 * Sarle's bimodality coefficient of a sample, (g^2 + 1) / (k + 3 (n - 1)^2 / ((n - 2) (n - 3))), with the sample's skewness and excess
 * kurtosis without bias. A uniform distribution has 5/9; more hints at two modes, and so does strong skewness with one. NaN below 4 values or where none differs.
 */
export function bimodalityCoefficient(values: ArrayLike<number>): number {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i] / n;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const d = values[i] - mean;
    m2 += (d * d) / n;
    m3 += (d * d * d) / n;
    m4 += (d * d * d * d) / n;
  }
  if (n < 4 || m2 === 0) return Number.NaN;
  const skewness = (Math.sqrt(n * (n - 1)) / (n - 2)) * (m3 / (m2 * Math.sqrt(m2)));
  const excess = ((n - 1) / ((n - 2) * (n - 3))) * ((n + 1) * (m4 / (m2 * m2) - 3) + 6);
  return (skewness * skewness + 1) / (excess + (3 * (n - 1) * (n - 1)) / ((n - 2) * (n - 3)));
}

/** What a uniform distribution has: above it two modes are likely. */
export const bimodalityThreshold = 5 / 9;

/**
 * Van der Eijk's agreement on an ordered scale of three categories or more: 1 where all are in one, 0 where they are spread evenly, -1 where they are
 * halved between the ends. Frequencies are peeled off in layers of equal height; a layer's agreement is its unimodality times how few categories it covers.
 */
export function vanDerEijkAgreement(frequencies: ArrayLike<number>): number {
  const rest = Float64Array.from(frequencies);
  const total = rest.reduce((sum, one) => sum + one, 0);
  assertInvariant(rest.length >= 3, 'agreement needs three categories or more');
  let agreement = 0;
  for (;;) {
    const held = rest.filter((one) => one > 0);
    if (held.length === 0) return total === 0 ? Number.NaN : agreement;
    const height = held.reduce((least, one) => Math.min(least, one));
    const pattern = Uint8Array.from(rest, (one) => (one > 0 ? 1 : 0));
    agreement += ((height * held.length) / total) * layerAgreement(pattern);
    for (let k = 0; k < rest.length; k++) if (pattern[k] === 1) rest[k] -= height;
  }
}

/** Of a layer: triples 1-1-0 and 0-1-1 speak for one mode, 1-0-1 against it. */
function layerAgreement(pattern: Uint8Array): number {
  const k = pattern.length;
  const covered = pattern.reduce((sum, one) => sum + one, 0);
  if (covered === 1) return 1;
  if (covered === k) return 0;
  let [forOne, against] = [0, 0];
  let before = 0;
  for (let at = 0; at < k; at++) {
    const behind = covered - before - pattern[at];
    const emptyBefore = at - before;
    const emptyBehind = k - at - 1 - behind;
    if (pattern[at] === 1) forOne += before * emptyBehind + emptyBefore * behind;
    else against += before * behind;
    before += pattern[at];
  }
  const unimodality = ((k - 2) * forOne - (k - 1) * against) / ((k - 2) * (forOne + against));
  return unimodality * (1 - (covered - 1) / (k - 1));
}
