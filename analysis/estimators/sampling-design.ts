/**
 * Where to put the points of an experiment: every combination of levels, levels side by side, a Latin hypercube, one factor at a time.
 *
 * Pure: points are positions. A grid, a zip and one-at-a-time give indices of levels; a hypercube gives numbers in [0, 1), which the caller
 * stretches over the range of a factor. Sobol points are in `sobol-sequence.ts`.
 * Order: the last factor of a grid moves fastest. Oracle: counting, in `test/analysis/estimators/sampling-design.test.ts`.
 * Source of the hypercube: McKay, Beckman and Conover, Technometrics 21, 1979.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';
import { shuffle } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

/** Every combination of level indices, for factors of so many levels. */
export function gridDesign(levelCounts: readonly number[]): number[][] {
  return levelCounts.reduce<number[][]>(
    (points, count) => points.flatMap((point) => Array.from({ length: count }, (_, level) => [...point, level])),
    [[]],
  );
}

/** The first levels of all factors, the second ones … All factors have as many. */
export function zipDesign(levelCounts: readonly number[]): number[][] {
  const [count = 0] = levelCounts;
  assertInvariant(
    levelCounts.every((one) => one === count),
    'factors side by side have equally many levels',
  );
  return Array.from({ length: count }, (_, level) => levelCounts.map(() => level));
}

/**
 * The first level of all factors, then each further level of each factor with the others at their first. The first row is the base that the
 * others are compared with.
 */
export function oneAtATimeDesign(levelCounts: readonly number[]): number[][] {
  const base = levelCounts.map(() => 0);
  const moved = levelCounts.flatMap((count, factor) =>
    Array.from({ length: Math.max(0, count - 1) }, (_, level) => base.with(factor, level + 1)),
  );
  return [base, ...moved];
}

/** `count` points, a row a point: each axis is cut into `count` equal parts, and each part holds one point, drawn within it. */
export function latinHypercube(dimension: number, count: number, stream: RandomStream): Float64Array[] {
  const points = Array.from({ length: count }, () => new Float64Array(dimension));
  for (let axis = 0; axis < dimension; axis++) {
    const part = Array.from({ length: count }, (_, place) => place);
    shuffle(part, stream);
    for (let point = 0; point < count; point++) points[point][axis] = (part[point] + stream.uniform()) / count;
  }
  return points;
}
