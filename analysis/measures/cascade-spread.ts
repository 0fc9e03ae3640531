/**
 * How fast cascades go and how far each share carries them: speed, R and mean curves, as part of the `cascades` measures.
 *
 * Reads the columns of all shares and the table of cascades. Invariant: nothing here changes a field of `design.md`, section 8.
 */
import { meanCurves } from '../estimators/cascade-curves.ts';
import type { CascadeTable, SharingColumns } from '../estimators/cascade.ts';
import { quantiles } from '../estimators/distribution.ts';
import type { Estimate } from '../estimators/interval.ts';
import { reproductionOf } from '../estimators/reproduction.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';

/** An estimate as it is printed. */
export interface Printed {
  readonly value: number | null;
  readonly interval: [number, number] | null;
}

/** Quartiles over cascades that were shared. */
export interface CascadeSpeed {
  /** Hours from the root to the first other share. */
  readonly firstHours: (number | null)[];
  /** Users besides the author over the hours to the last share, where these are above 0. */
  readonly usersPerHour: (number | null)[];
}

/** R, over all and by generation. */
export interface CascadeReproduction {
  /** Children over shares: what a branching process of one R has. */
  readonly overall: Printed;
  /** Children of a root. */
  readonly seed: Printed;
  /** Children of a share that is no root. */
  readonly later: Printed;
  readonly byGeneration: { readonly generation: number; readonly shares: number; readonly mean: number }[];
  /** Mean shares of a cascade that a branching process of the overall R would have, 1 / (1 - R), beside the observed one. */
  readonly branchingMeanSize: number | null;
  readonly meanSize: number | null;
}

/** Means by minute from the root over cascades that were shared and watched for all minutes. */
export interface CascadeCurveMeans {
  readonly minutes: number;
  readonly cascades: number;
  readonly scale: number[];
  readonly scaleError: (number | null)[];
  readonly depth: number[];
  readonly breadth: number[];
}

/** What is added to the measure. */
export interface CascadeSpread {
  readonly speed: CascadeSpeed;
  readonly reproduction: CascadeReproduction;
  readonly curves: CascadeCurveMeans | null;
}

/** Minutes 0 to 149: as far as the real cascades of `data/cascades` are compared. */
const minuteCount = 150;
const generationsListed = 20;

export const spreadDefinition =
  'speed: users besides the author over the hours to the last share; R: further shares a share has, of roots, of later shares and of all, with ' +
  `intervals over cascades; curves: means by minute from the root, 0 to ${minuteCount - 1}, over shared cascades whose root is at least that much ` +
  'older than the last act on record';

/** Speed, R and curves of all cascades. */
export function measureSpread(columns: SharingColumns, table: CascadeTable): CascadeSpread {
  const { rowCount, lastHours, size } = table;
  const speeds = lastHours.map((hours, c) => (hours > 0 ? (size[c] - 1) / hours : Number.NaN));
  return {
    speed: { firstHours: quartiles(table.firstHours), usersPerHour: quartiles(speeds) },
    reproduction: reproductionIn(columns.parent, rowCount),
    curves: curvesOf(columns),
  };
}

function quartiles(values: Float64Array): (number | null)[] {
  const known = values.filter((value) => !Number.isNaN(value));
  return quantiles(known, [0.25, 0.5, 0.75]).map(finiteOrNull);
}

/** An estimate without NaN. */
export function printed({ value, interval }: Pick<Estimate, 'value' | 'interval'>): Printed {
  return { value: finiteOrNull(value), interval: finiteInterval(interval) ?? null };
}

function reproductionIn(parent: Int32Array, rowCount: Int32Array): CascadeReproduction {
  const { overall, seed, later, byGeneration } = reproductionOf(parent);
  return {
    overall: printed(overall),
    seed: printed(seed),
    later: printed(later),
    byGeneration: byGeneration
      .slice(0, generationsListed)
      .map(({ shares, mean }, generation) => ({ generation, shares, mean })),
    branchingMeanSize: overall.value < 1 ? 1 / (1 - overall.value) : null,
    meanSize: finiteOrNull(parent.length / rowCount.length),
  };
}

function curvesOf(columns: SharingColumns): CascadeCurveMeans | null {
  const endHours = columns.timeHours.reduce((latest, hours) => Math.max(latest, hours), -Infinity);
  const { cascadeCount, scale, scaleError, depth, maxBreadth } = meanCurves(columns, { minuteCount, endHours });
  if (cascadeCount === 0) return null;
  return {
    minutes: minuteCount,
    cascades: cascadeCount,
    scale: Array.from(scale),
    scaleError: Array.from(scaleError, finiteOrNull),
    depth: Array.from(depth),
    breadth: Array.from(maxBreadth),
  };
}
