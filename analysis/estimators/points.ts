/**
 * Points: rows of numbers that clusterers read, and what is done to them before (scaling, logarithms, shuffling of columns).
 *
 * Row-major in one column of doubles, so that a distance reads one stretch of memory. Every function returns new points and leaves
 * its argument alone. A column without spread scales to zeros: it then says nothing, instead of dividing by nothing.
 */
import { shuffle } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { assertInvariant } from '../../sim/ground/errors.ts';

/** `count` rows of `dimensionCount` finite numbers: row i starts at i × dimensionCount. */
export interface Points {
  readonly count: number;
  readonly dimensionCount: number;
  readonly values: Float64Array;
}

/** Points from columns of one length. */
export function pointsOfColumns(columns: readonly ArrayLike<number>[]): Points {
  const dimensionCount = columns.length;
  const count = columns[0]?.length ?? 0;
  const values = new Float64Array(count * dimensionCount);
  columns.forEach((column, dimension) => {
    assertInvariant(column.length === count, 'columns of points differ in length');
    for (let row = 0; row < count; row++) values[row * dimensionCount + dimension] = column[row];
  });
  return { count, dimensionCount, values };
}

/** One column of points, copied. */
export function columnOf({ count, dimensionCount, values }: Points, dimension: number): Float64Array {
  const column = new Float64Array(count);
  for (let row = 0; row < count; row++) column[row] = values[row * dimensionCount + dimension];
  return column;
}

/** The given rows, in that order; a row may be taken more than once. */
export function takeRows({ dimensionCount, values }: Points, rows: ArrayLike<number>): Points {
  const taken = new Float64Array(rows.length * dimensionCount);
  for (let at = 0; at < rows.length; at++) {
    const from = rows[at] * dimensionCount;
    taken.set(values.subarray(from, from + dimensionCount), at * dimensionCount);
  }
  return { count: rows.length, dimensionCount, values: taken };
}

/** Each column less its mean, over its standard deviation with n - `lostDegrees` (0: of the population, 1: of a sample). */
export function standardised(points: Points, lostDegrees: 0 | 1 = 0): Points {
  const columns: Float64Array[] = [];
  for (let dimension = 0; dimension < points.dimensionCount; dimension++) {
    const column = columnOf(points, dimension);
    const centre = meanOf(column);
    let squares = 0;
    for (let row = 0; row < column.length; row++) squares += (column[row] - centre) * (column[row] - centre);
    const spread = Math.sqrt(squares / (points.count - lostDegrees));
    // Below this the spread of a constant column is rounding of its mean.
    const isConstant = !(spread > 1e-12 * Math.abs(centre));
    columns.push(column.map((value) => (isConstant ? 0 : (value - centre) / spread)));
  }
  return pointsOfColumns(columns);
}

/** log(1 + x / scale) of each column, `scale` its mean over the positive values: shares and counts of any unit alike. Values >= 0. */
export function logarithms(points: Points): Points {
  const columns: Float64Array[] = [];
  for (let dimension = 0; dimension < points.dimensionCount; dimension++) {
    const column = columnOf(points, dimension);
    const positive = column.filter((value) => value > 0);
    const scale = positive.length === 0 ? 1 : meanOf(positive);
    columns.push(column.map((value) => Math.log1p(value / scale)));
  }
  return pointsOfColumns(columns);
}

/** Each column in a random order of its own: keeps every column's distribution and destroys what binds columns together. */
export function columnsShuffled(points: Points, stream: RandomStream): Points {
  const columns: Float64Array[] = [];
  for (let dimension = 0; dimension < points.dimensionCount; dimension++) {
    const column = columnOf(points, dimension);
    const order = Int32Array.from({ length: points.count }, (_, row) => row);
    shuffle(order, stream);
    columns.push(Float64Array.from(order, (row) => column[row]));
  }
  return pointsOfColumns(columns);
}

/** Squared Euclidean distance between row `row` of the points and row `other` of another set of the same width. */
export function squaredDistance(
  values: Float64Array,
  row: number,
  others: Float64Array,
  other: number,
  dimensionCount: number,
): number {
  let sum = 0;
  const from = row * dimensionCount;
  const to = other * dimensionCount;
  for (let dimension = 0; dimension < dimensionCount; dimension++) {
    const difference = values[from + dimension] - others[to + dimension];
    sum += difference * difference;
  }
  return sum;
}

/** Rows drawn without replacement, ascending; all of them when `wanted` is not less than `count`. */
export function sampleRows(count: number, wanted: number, stream: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, row) => row);
  if (wanted >= count) return order;
  for (let at = 0; at < wanted; at++) {
    const chosen = at + stream.below(count - at);
    const row = order[chosen];
    order[chosen] = order[at];
    order[at] = row;
  }
  return order.slice(0, wanted).sort();
}

function meanOf(column: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < column.length; row++) sum += column[row];
  return sum / column.length;
}
