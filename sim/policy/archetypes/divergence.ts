/**
 * How far what audited agents chose lies from what their archetypes predict, and how sure the shares of an archetype are.
 *
 *     JSD(p, q) = H((p + q) / 2) - (H(p) + H(q)) / 2,  in bits, in [0, 1]
 *
 * Of two samples of one distribution with n and m draws and c choices the divergence is about (c - 1) (1/n + 1/m) / (8 ln 2): what chance
 * gives, which is taken off before an archetype is judged. Shares have Wilson's interval where an answer is one act; where it is
 * weights, the interval of their mean. Sums in the order of the choices; the logarithm is ours. Pure.
 * Sources: Lin, IEEE Trans. Inf. Theory 37, 1991 (JSD); Wilson, JASA 22, 1927; the expectation is that of 2N JSD ln 2 ~ chi-squared / 4.
 * Oracle: `test/sim/policy/archetypes/divergence.test.ts` (values of scipy, and of draws).
 */
import { log } from '../../ground/detmath.ts';

const bits = 1 / 0.6931471805599453;

/** Jensen–Shannon divergence of two lists of counts, in bits; 0 where one has none. */
export function divergenceOf(p: readonly number[], q: readonly number[]): number {
  const [sumP, sumQ] = [sumOf(p), sumOf(q)];
  if (sumP === 0 || sumQ === 0) return 0;
  let sum = 0;
  for (let k = 0; k < p.length; k++) {
    const [a, b] = [p[k] / sumP, q[k] / sumQ];
    sum += entropyTerm((a + b) / 2) - (entropyTerm(a) + entropyTerm(b)) / 2;
  }
  return Math.max(0, sum * bits);
}

function entropyTerm(share: number): number {
  return share > 0 ? -share * log(share) : 0;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** What chance gives: `n` and `m` are the draws behind the two lists. */
export function chanceDivergence(p: readonly number[], q: readonly number[], n: number, m: number): number {
  const choices = p.filter((one, k) => one + q[k] > 0).length;
  return n > 0 && m > 0 ? ((choices - 1) * (1 / n + 1 / m) * bits) / 8 : 0;
}

/** The normal quantile of 0.975. */
const z = 1.959963984540054;

/** An interval of 95 %. */
export type Interval = readonly [low: number, high: number];

/** Wilson's interval of a share of `n` draws. */
export function wilsonInterval(share: number, n: number): Interval {
  if (n === 0) return [0, 1];
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** The interval of a mean of `n` shares whose squares have the mean `square`; all of [0, 1] for one. */
export function meanInterval(mean: number, square: number, n: number): Interval {
  if (n < 2) return [0, 1];
  const half = z * Math.sqrt(Math.max(0, square - mean * mean) / (n - 1));
  return [Math.max(0, mean - half), Math.min(1, mean + half)];
}
