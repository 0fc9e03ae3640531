/**
 * The random streams of the graph generators: one for each thing that a generator draws, so that no two share a word.
 *
 * A stream is keyed by the seed and by a number of `graphDraws`. Generators draw in the order of positions 0 .. n - 1, because
 * growth models have no other: position i of a generated population is the agent whose id ends in i, never a row of memory.
 * Invariant: numbers are unique and never reused.
 */
import { log, log1p } from '../../ground/detmath.ts';
import { randomStream, streamPurposes } from '../../ground/philox.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** The closed registry of what a generator's stream is for. */
export const graphDraws = {
  randomPairs: 1,
  attachment: 2,
  rewiring: 3,
  outDegree: 4,
  inDegree: 5,
  surplus: 6,
  stubs: 7,
  blockPairs: 8,
  fire: 9,
  topics: 10,
  stars: 11,
  scaling: 12,
  blockStubs: 13,
} as const;

/** The stream of one kind of draw. `seed` is an integer in [0, 2^53). */
export function graphStream(seed: number, draw: (typeof graphDraws)[keyof typeof graphDraws]): RandomStream {
  return randomStream(seed, streamPurposes.ties, draw, 0);
}

/**
 * The rate that `skip` wants for trials that each succeed with a probability of `share` in (0, 1]: -log(1 - share), accurate
 * for the small shares of sparse graphs. Infinity for 1, with which nothing is skipped.
 */
export function skipRate(share: number): number {
  return -log1p(-share);
}

/** The rate for trials that each fail with a probability of `share` in [0, 1): -log(share). */
export function failureRate(share: number): number {
  return -log(share);
}

/**
 * Failures before the first success, geometric: P(skip >= k) = exp(-rate k). A pair list is walked from tie to tie by this, so
 * that time goes by ties and not by pairs. Source: Fan, Muller and Rezucha 1962, J. Amer. Statist. Assoc. 57.
 */
export function skip(stream: RandomStream, rate: number): number {
  return Math.floor(stream.exponential() / rate);
}
