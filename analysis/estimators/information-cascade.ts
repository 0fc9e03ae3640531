/**
 * Information cascades: from where on all who act one after another act alike, and how long chance alone would make such runs.
 *
 * The cascade length of a sequence is that of its last run of equal acts (until all act alike); the tail that it is compared with is
 * exact for independent acts of one probability. Pure. Oracle: enumeration of all sequences (`test/analysis/estimators/information-cascade.test.ts`).
 * Source: Bikhchandani, Hirshleifer and Welch 1992, J. Political Economy 100, 992-1026.
 */
import { meanInterval } from './interval.ts';
import type { Estimate } from './interval.ts';

/** Length of the last run of equal acts; 0 for no act. */
export function cascadeLength(acts: ArrayLike<number>): number {
  let length = 0;
  while (length < acts.length && acts[acts.length - 1 - length] === acts[acts.length - 1]) length++;
  return length;
}

/**
 * Expected length of the last run among n independent acts that are 1 with probability p:
 * the sum over k of P(the last k are equal), k = 1 to n.
 */
export function expectedCascadeLength(n: number, p: number): number {
  let [sum, ones, zeros] = [0, 1, 1];
  for (let k = 1; k <= n; k++) {
    ones *= p;
    zeros *= 1 - p;
    sum += ones + zeros;
  }
  return sum;
}

/** Mean length over sequences less what independent acts of the same share would have. Sequences below two acts are left out. */
export function cascadeLengthExcess(sequences: readonly ArrayLike<number>[], p: number): Estimate {
  const kept = sequences.filter((acts) => acts.length >= 2);
  return meanInterval(kept.map((acts) => cascadeLength(acts) - expectedCascadeLength(acts.length, p)));
}
