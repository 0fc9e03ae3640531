/**
 * A mean over two crossed random factors, one value a pair of levels: differences between arms by wording and seed.
 *
 * Takes a matrix, a row a level of the first factor (wordings), a column a level of the second (seeds of worlds). Model: value = mean + row effect + column effect +
 * rest, all random, so that the interval of the mean counts the choice of rows, the choice of columns and what is left. Components are
 * those of the analysis of variance of the balanced layout, none below 0; where all lie above 0 they are those of REML. An interaction of the two cannot be told from
 * the rest with one value a pair. Degrees of freedom: Satterthwaite's, of the mean squares that the error of the mean is made of. The error
 * is never below that of columns alone, since a negative component of rows would else make wordings a source of precision.
 * Pure. Order: rows, then columns. Invariant: permuting rows or columns changes nothing but rounding. Oracle: lme4's REML fits (`test/data/crossed-effects.json`).
 * Source: Searle, Casella and McCulloch, Variance Components, 1992, sections 4.3 and 4.7; Satterthwaite, Biometrics Bulletin 2, 1946.
 */
import { studentQuantile, studentTail } from './special-functions.ts';
import { InvariantError } from '../../sim/ground/errors.ts';
import type { Estimate } from './interval.ts';

/** Variances of the three parts, in squared units of the values; NaN with fewer than two rows or columns. */
export interface CrossedComponents {
  readonly rows: number;
  readonly columns: number;
  readonly rest: number;
}

/** A mean with its error. `n` counts columns, `rowCount` rows. */
export interface CrossedMean extends Estimate {
  readonly rowCount: number;
  readonly components: CrossedComponents;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  readonly t: number;
  /** Two-sided. */
  readonly pValue: number;
  readonly rowMeans: readonly number[];
  readonly columnMeans: readonly number[];
}

/**
 * The mean of a full matrix (at least one row; rows of one length) with an interval that counts both factors. NaN for error, test and interval with fewer than two rows or two columns.
 * Values that do not differ at all have an error of 0 and no test.
 */
export function crossedMean(matrix: readonly (readonly number[])[], confidenceShare = 0.95): CrossedMean {
  const [rowCount, columnCount] = [matrix.length, matrix[0]?.length ?? 0];
  if (matrix.some(({ length }) => length !== columnCount))
    throw new InvariantError('rows of a crossed layout differ in length');
  const rowMeans = matrix.map(meanOf);
  const columnMeans = Array.from({ length: columnCount }, (_, column) => meanOf(matrix.map((row) => row[column])));
  const value = meanOf(rowMeans);
  const base = { value, n: columnCount, rowCount, rowMeans, columnMeans };
  if (rowCount < 2 || columnCount < 2) return { ...base, ...nothingKnown };
  const squares = meanSquares(matrix, value, rowMeans, columnMeans);
  const components = {
    rows: Math.max(0, (squares.rows - squares.rest) / columnCount),
    columns: Math.max(0, (squares.columns - squares.rest) / rowCount),
    rest: squares.rest,
  };
  const { rows, columns, rest } = components;
  const standardError = Math.sqrt(rows / rowCount + columns / columnCount + rest / (rowCount * columnCount));
  const degreesOfFreedom = satterthwaite(squares, components, rowCount, columnCount);
  const t = standardError > 0 ? value / standardError : Number.NaN;
  const half = standardError > 0 ? studentQuantile((1 + confidenceShare) / 2, degreesOfFreedom) * standardError : 0;
  const pValue = Number.isNaN(t) ? Number.NaN : Math.min(1, 2 * studentTail(Math.abs(t), degreesOfFreedom));
  return { ...base, interval: [value - half, value + half], components, standardError, degreesOfFreedom, t, pValue };
}

const nothingKnown = {
  interval: [Number.NaN, Number.NaN] as [number, number],
  components: { rows: Number.NaN, columns: Number.NaN, rest: Number.NaN },
  ...{ standardError: Number.NaN, degreesOfFreedom: Number.NaN, t: Number.NaN, pValue: Number.NaN },
};

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** Mean squares of the analysis of variance. */
function meanSquares(
  matrix: readonly (readonly number[])[],
  value: number,
  rowMeans: readonly number[],
  columnMeans: readonly number[],
): CrossedComponents {
  const [rowCount, columnCount] = [rowMeans.length, columnMeans.length];
  const around = (means: readonly number[]): number => means.reduce((sum, one) => sum + (one - value) ** 2, 0);
  const rest = matrix.reduce(
    (sum, row, r) => row.reduce((all, one, c) => all + (one - rowMeans[r] - columnMeans[c] + value) ** 2, sum),
    0,
  );
  return {
    rows: (columnCount * around(rowMeans)) / (rowCount - 1),
    columns: (rowCount * around(columnMeans)) / (columnCount - 1),
    rest: rest / ((rowCount - 1) * (columnCount - 1)),
  };
}

/** The error of the mean as a sum of mean squares: rows + columns - rest, without those whose component is 0. */
function satterthwaite(
  squares: CrossedComponents,
  components: CrossedComponents,
  rowCount: number,
  columnCount: number,
): number {
  const [rowFreedom, columnFreedom] = [rowCount - 1, columnCount - 1];
  const parts: [number, number][] = [
    ...(components.rows > 0 ? [[squares.rows, rowFreedom] as [number, number]] : []),
    ...(components.columns > 0 ? [[squares.columns, columnFreedom] as [number, number]] : []),
  ];
  if (parts.length === 0) return rowFreedom * columnFreedom;
  if (parts.length === 2) parts.push([-squares.rest, rowFreedom * columnFreedom]);
  const total = parts.reduce((sum, [square]) => sum + square, 0);
  return (total * total) / parts.reduce((sum, [square, freedom]) => sum + (square * square) / freedom, 0);
}

/** The interval and the p value of two one-sided tests of a crossed mean within (-margin, margin): as `equivalenceToZero`, with the error of both factors. */
export function crossedEquivalence(
  matrix: readonly (readonly number[])[],
  margin: number,
  alphaShare = 0.05,
): { readonly interval: [number, number]; readonly pValue: number; readonly isEquivalent: boolean } {
  const { value, interval, standardError, degreesOfFreedom } = crossedMean(matrix, 1 - 2 * alphaShare);
  if (Number.isNaN(standardError)) return { interval, pValue: 1, isEquivalent: false };
  const tail = (distance: number): number => studentTail(distance / standardError, degreesOfFreedom);
  const isInside = Math.abs(value) < margin;
  const pValue = standardError === 0 ? (isInside ? 0 : 1) : Math.max(tail(margin + value), tail(margin - value));
  return { interval, pValue, isEquivalent: pValue < alphaShare };
}
