/**
 * Synchrony of two agents: how many of their acts fall within a window of one another, whatever they act on.
 *
 * C = sum over pairs of acts of 1[|t_i - t_j| <= w]. Null: one agent's times are shifted round the span of the record by a drawn amount, which keeps
 * both agents' own rhythm and breaks what ties them. It does not keep the time of day: agents of one time zone are synchronous by it, so it
 * is told beside a ring and decides nothing.
 * Order: draws ascending. Oracle: all pairs of times (`test/analysis/estimators/boosting.test.ts`). Source: circular shifts, as in spike trains (Perkel et al. 1967).
 */
import type { RandomStream } from '../../sim/ground/philox.ts';

/** Pairs of times, one of each list, at most so far apart; both ascending. */
export function coincidences(one: Float64Array, other: Float64Array, windowSeconds: number): number {
  let [first, end, sum] = [0, 0, 0];
  for (const time of one) {
    while (first < other.length && other[first] < time - windowSeconds) first++;
    while (end < other.length && other[end] <= time + windowSeconds) end++;
    sum += end - first;
  }
  return sum;
}

/** Coincidences beside those of shifted times. */
export interface Synchrony {
  readonly coincidences: number;
  /** Mean over shifts. */
  readonly shifted: number;
  /** (coincidences - mean) / sd over shifts; null where all shifts give the same. */
  readonly z: number | null;
  readonly pValue: number;
}

/** Synchrony of two ascending lists of times in [0, spanSeconds). */
export function synchrony(
  one: Float64Array,
  other: Float64Array,
  { windowSeconds, spanSeconds, shifts, stream }: SynchronyOptions,
): Synchrony {
  const observed = coincidences(one, other, windowSeconds);
  let [sum, squares, reached] = [0, 0, 0];
  for (let draw = 0; draw < shifts; draw++) {
    const shift = stream.uniform() * spanSeconds;
    const moved = other.map((time) => (time + shift) % spanSeconds).sort();
    const count = coincidences(one, moved, windowSeconds);
    sum += count;
    squares += count * count;
    if (count >= observed) reached++;
  }
  const shifted = sum / shifts;
  const variance = Math.max(0, squares / shifts - shifted * shifted);
  return {
    coincidences: observed,
    shifted,
    z: variance === 0 ? null : (observed - shifted) / Math.sqrt(variance),
    pValue: (1 + reached) / (1 + shifts),
  };
}

export interface SynchronyOptions {
  readonly windowSeconds: number;
  readonly spanSeconds: number;
  /** At least one. */
  readonly shifts: number;
  readonly stream: RandomStream;
}
