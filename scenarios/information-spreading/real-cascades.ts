/**
 * Real cascades of Twitter15/16 as columns, their two halves, and the numbers of a set of cascades that a fit aims at.
 *
 * Reads files in the form of `data/cascades/twitter1516-calibration.csv`. *Halves*: cascades in the order of the 64-bit key of the text
 * `twitter1516:CASCADE`; the first 50 of 99 are the fit half, the others are held out. The rule was written down before anything was fitted to a
 * half, and no parameter may look at the half that is held out. Times may be negative in the data (one of the 99): such a cascade keeps size and
 * depth and loses its times. Invariant: the halves do not depend on the order of rows. Source: Ma et al. 2017 (ACL), as shipped with camel-ai/oasis.
 */
import { spearman } from '../../analysis/estimators/correlation.ts';
import { momentsOf } from '../../analysis/estimators/effect-size.ts';
import { log } from '../../sim/ground/detmath.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { compareKeys, keyOfText } from '../../sim/ground/keys.ts';
import { readTable } from '../../sim/scenario/table.ts';
import { dataFile } from '../load.ts';

/** Cascades of fewer users are not among the 99, so they are left out wherever simulated and real ones are compared. */
export const usersMin = 125;

/** Cascades as columns: real or simulated. */
export interface CascadeColumns {
  readonly users: number[];
  readonly depth: number[];
  readonly medianHours: number[];
  readonly lastHours: number[];
}

/** Real cascades, and what was left out. */
export interface RealCascades {
  readonly columns: CascadeColumns;
  /** Cascades with negative times. */
  readonly negativeCount: number;
  /** Cascades of fewer than `usersMin` users. */
  readonly smallCount: number;
}

const times = { median_hours: { type: 'number' }, max_hours: { type: 'number' } } as const;
const counts = { users: { type: 'integer', min: 1 }, max_depth: { type: 'integer', min: 0 } } as const;

/** Fewest cascades that a distribution is made of. */
const cascadesMin = 10;

/** Reads a file of that form. Refuses (`INPUT_FIELD_RANGE`) one with fewer than ten cascades of `usersMin` users and more. */
export function readRealCascades(file: string): RealCascades {
  const { columns } = readTable(file, { ...counts, ...times }, { undeclared: 'ignore' });
  const rows = Array.from(columns.users.keys());
  const found = columnsOf(columns, rows);
  if (found.columns.users.length < cascadesMin) {
    throw new InputError({
      code: 'INPUT_FIELD_RANGE',
      place: { file },
      found: `${found.columns.users.length} cascades of ${usersMin} users and more`,
      next: `A distribution needs ${cascadesMin}. The form is that of data/cascades/twitter1516-calibration.csv.`,
    });
  }
  return found;
}

/** Which half of the 99. */
export type Half = 'fit' | 'heldOut';

/** The halves of the 99 cascades that come with the program. */
export function readHalves(): Readonly<Record<Half, RealCascades>> {
  const form = { cascade: { type: 'integer', min: 0 }, ...counts, ...times } as const;
  const { columns } = readTable(dataFile('cascades/twitter1516-calibration.csv'), form, { undeclared: 'ignore' });
  const isFit = fitHalf(Array.from(columns.cascade));
  const rowsOf = (wanted: boolean): number[] => isFit.flatMap((is, row) => (is === wanted ? [row] : []));
  return { fit: columnsOf(columns, rowsOf(true)), heldOut: columnsOf(columns, rowsOf(false)) };
}

/** Which of some cascades, by their numbers, are of the fit half: the larger half in the order of keys. */
export function fitHalf(cascades: readonly number[]): boolean[] {
  const keys = cascades.map((cascade) => keyOfText(`twitter1516:${cascade}`));
  const order = Array.from(keys.keys()).sort((a, b) => compareKeys(keys[a].hi, keys[a].lo, keys[b].hi, keys[b].lo));
  const chosen = new Set(order.slice(0, Math.ceil(order.length / 2)));
  return cascades.map((_, row) => chosen.has(row));
}

function columnsOf(
  table: Readonly<Record<'users' | 'max_depth' | 'median_hours' | 'max_hours', ArrayLike<number>>>,
  rows: readonly number[],
): RealCascades {
  const large = rows.filter((row) => table.users[row] >= usersMin);
  const timed = large.filter((row) => table.max_hours[row] >= 0 && table.median_hours[row] >= 0);
  return {
    columns: {
      users: large.map((row) => table.users[row]),
      depth: large.map((row) => table.max_depth[row]),
      medianHours: timed.map((row) => table.median_hours[row]),
      lastHours: timed.map((row) => table.max_hours[row]),
    },
    negativeCount: large.length - timed.length,
    smallCount: rows.length - large.length,
  };
}

type Sizes = Pick<CascadeColumns, 'users' | 'depth'>;

const logsOf = ({ users }: Sizes): { mean: number; variance: number } => momentsOf(users.map((one) => log(one)));
const shareFrom = ({ depth }: Sizes, least: number): number =>
  depth.filter((one) => one >= least).length / depth.length;

/** Numbers of a set of cascades by which a fit is made, each with its definition; NaN where one does not exist. */
export const fitStatistics = {
  logUsersMean: { definition: 'mean of the natural logarithm of users', of: (all: Sizes) => logsOf(all).mean },
  logUsersSd: { definition: 'standard deviation of the same', of: (all: Sizes) => Math.sqrt(logsOf(all).variance) },
  depthMean: { definition: 'mean of the greatest depth', of: ({ depth }: Sizes) => momentsOf(depth).mean },
  depth4Share: {
    definition: 'share of cascades that are 4 hops deep or deeper',
    of: (all: Sizes) => shareFrom(all, 4),
  },
  depth5Share: {
    definition: 'share of cascades that are 5 hops deep or deeper',
    of: (all: Sizes) => shareFrom(all, 5),
  },
  spearman: {
    definition: 'rank correlation of users and depth',
    of: ({ users, depth }: Sizes) => spearman(users, depth).coefficient,
  },
} as const;

/** One of them. */
export type FitStatistic = keyof typeof fitStatistics;
