/**
 * What every measure says beside its numbers, so that none of them travels without its method.
 *
 * Invariant: a value that does not exist is null, never NaN, since JSON has no NaN.
 */

/** The part that all measures of `analyze --json` share. */
export interface Measured {
  /** How the numbers were computed: exact or sampled, which algorithm, which seed. */
  readonly method: string;
  /** What the numbers mean. */
  readonly definition: string;
  /** Units that the measure rests on: nodes, cascades, agents; the definition says which. */
  readonly n: number;
  readonly warnings: string[];
  readonly interval?: [number, number];
  readonly pValue?: number;
  /** What the p value compares with, and what that keeps fixed. */
  readonly nullModel?: string;
}

/** The number, or null where it does not exist. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** An interval without its missing ends; undefined when either is missing. */
export function finiteInterval(interval: readonly [number, number]): [number, number] | undefined {
  return interval.every(Number.isFinite) ? [interval[0], interval[1]] : undefined;
}
