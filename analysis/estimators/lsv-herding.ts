/**
 * Herding after Lakonishok, Shleifer and Vishny: do more actors take one side of a thing than chance alone would bring there?
 *
 *     H_i = |b_i / n_i - p_i| - E|B / n_i - p_i|,   B binomial(n_i, p_i)
 *
 * b of n actors take the side; p is the share over all other things, so that no act is part of what it is compared with. The subtracted
 * adjustment is exact. Things with fewer than five actors are left out; even so H grows with n where p differs (|p - 0.5| of 0.1 gives
 * 0.015, 0.024 and 0.049 at n = 5, 10 and 50), so means are compared at equal n only, and a mean by n is given.
 * Pure. Oracle: the printed adjustment 0.123047 at n = 10, p = 0.5, and enumeration. Source: J. Financial Economics 32, 1992, 23-43.
 */
import { binomialDistribution } from './binomial.ts';
import { meanInterval } from './interval.ts';
import type { Estimate } from './interval.ts';

/** Actors on each side of each thing. */
export interface SidedActs {
  readonly sideCount: ArrayLike<number>;
  readonly actorCount: ArrayLike<number>;
}

/** Fewest actors of a thing that counts. */
export const lsvActorsMin = 5;

/** Above this many actors the adjustment is that of a normal of the same variance: exact to 3 digits and not n squared. */
const exactActorsMax = 2000;

/** Herding of each thing that counts, and over all of them. */
export interface LsvHerding {
  /** Mean over things, with an interval over things. */
  readonly mean: Estimate;
  /** Share of acts on the side, over all things that count. */
  readonly sideShare: number;
  /** Means over things of equally many actors, ascending, for classes of at least ten things. */
  readonly byActors: readonly { readonly actors: number; readonly things: number; readonly mean: number }[];
  readonly values: Float64Array;
}

/** E|B/n - p| of B binomial(n, p). */
export function lsvAdjustment(n: number, p: number): number {
  if (n > exactActorsMax) return Math.sqrt((2 * p * (1 - p)) / (Math.PI * n));
  return binomialDistribution(n, p).reduce((sum, mass, hits) => sum + mass * Math.abs(hits / n - p), 0);
}

/** Herding over things; NaN where fewer than two count. */
export function lsvHerding({ sideCount, actorCount }: SidedActs): LsvHerding {
  const kept = Array.from({ length: actorCount.length }, (_, thing) => thing).filter(
    (thing) => actorCount[thing] >= lsvActorsMin,
  );
  const allSides = kept.reduce((sum, thing) => sum + sideCount[thing], 0);
  const allActs = kept.reduce((sum, thing) => sum + actorCount[thing], 0);
  const values =
    kept.length < 2
      ? []
      : kept.map((thing) => {
          const p = (allSides - sideCount[thing]) / (allActs - actorCount[thing]);
          return Math.abs(sideCount[thing] / actorCount[thing] - p) - lsvAdjustment(actorCount[thing], p);
        });
  return {
    mean: meanInterval(values),
    sideShare: allSides / allActs,
    byActors:
      values.length === 0
        ? []
        : classesOf(
            kept.map((thing) => actorCount[thing]),
            values,
          ),
    values: Float64Array.from(values),
  };
}

const classMin = 10;

function classesOf(actors: readonly number[], values: readonly number[]): LsvHerding['byActors'] {
  const classes = Map.groupBy(values.keys(), (k) => actors[k]);
  return [...classes]
    .filter(([, rows]) => rows.length >= classMin)
    .sort(([x], [y]) => x - y)
    .map(([count, rows]) => ({
      actors: count,
      things: rows.length,
      mean: rows.reduce((sum, k) => sum + values[k], 0) / rows.length,
    }));
}
