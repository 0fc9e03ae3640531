/**
 * Shannon's entropy of counts, of shares, or of eigenvalues: how many equally frequent kinds would be as diverse, as a logarithm.
 *
 * Plug-in: no correction for few cases. Sums run in the order given, with the logarithm that has the same bits everywhere. Pure.
 * Oracles: powers of two by hand (`test/analysis/estimators/entropy.test.ts`), scikit-learn's mutual information through `signalling.ts`.
 * Source: Shannon, Bell System Technical Journal 27, 1948.
 */
import { log } from '../../sim/ground/detmath.ts';

/** Entropy of parts of a total in nats, in [0, ln n]; what is not above 0 counts as 0, and of nothing it is 0. */
export function entropyNats(parts: Iterable<number>): number {
  const list = [...parts].filter((part) => part > 0);
  const total = list.reduce((sum, part) => sum + part, 0);
  return list.reduce((sum, part) => sum - (part / total) * log(part / total), 0);
}

/** The same in bits, in [0, log2 n]. */
export function entropyBits(parts: Iterable<number>): number {
  return entropyNats(parts) / Math.LN2;
}
