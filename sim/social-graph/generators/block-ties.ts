/**
 * How many ties run from each block to each other, as whole numbers with given sums of rows and of columns.
 *
 * A matrix is first scaled to the sums by turns (iterative proportional fitting), which keeps its odds ratios, then rounded down.
 * What is missing is given row by row, rows in random order, to cells drawn by their fractions (systematic sampling); fractions
 * are first multiplied by what their column still lacks over what it may still get, so that no row is last in the queue.
 * Only sums that the matrix cannot have, for want of cells above 0, leave something after that; it goes to any cells, ascending.
 * Invariant: sums are exact; a matrix of whole numbers that has the sums already comes back unchanged.
 * Oracle: sums and mean cells over seeds, in `test/sim/social-graph/generators/degree-corrected.test.ts`.
 * Sources: Deming and Stephan 1940, Ann. Math. Statist. 11; Madow 1949, Ann. Math. Statist. 20.
 */
import { shuffle } from '../../ground/philox.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** The sums that a matrix of B x B cells shall have. Both add up to the same total. */
export interface Margins {
  readonly row: Float64Array;
  readonly column: Float64Array;
}

/** Whole numbers near `weight`, row after row, with exact sums. */
export function roundedToMargins(weight: Float64Array, margins: Margins, stream: RandomStream): Float64Array {
  const fitted = fitMargins(weight, margins);
  const whole = new Float64Array(fitted.length);
  const rowLeft = margins.row.slice();
  const columnLeft = margins.column.slice();
  const blockCount = rowLeft.length;
  for (let cell = 0; cell < fitted.length; cell++) {
    const row = Math.floor(cell / blockCount);
    const column = cell % blockCount;
    // Fitting leaves whole numbers a little short.
    const floor = Math.floor(fitted[cell] + wholeSlack);
    give(whole, cell, Math.min(floor, rowLeft[row], columnLeft[column]), rowLeft, columnLeft);
  }
  giveFractions(fitted, whole, { row: rowLeft, column: columnLeft }, stream);
  giveRest(whole, rowLeft, columnLeft);
  return whole;
}

const wholeSlack = 1e-6;
const roundsMax = 500;
const precision = 1e-10;

/** Scales rows and columns by turns until no row is off by more than one part in 10^10, or 500 times. */
function fitMargins(weight: Float64Array, { row, column }: Margins): Float64Array {
  const fitted = weight.slice();
  const blockCount = row.length;
  for (let round = 0; round < roundsMax; round++) {
    let worst = 0;
    for (let a = 0; a < blockCount; a++) worst = Math.max(worst, scaleLine(fitted, a * blockCount, 1, row[a]));
    if (round > 0 && worst < precision) break;
    for (let b = 0; b < blockCount; b++) scaleLine(fitted, b, blockCount, column[b]);
  }
  return fitted;
}

/** Scales every `step`-th cell from `start` on to a sum. Returns by which share the sum was off; a line of zeros stays. */
function scaleLine(cells: Float64Array, start: number, step: number, wanted: number): number {
  const count = Math.sqrt(cells.length);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += cells[start + k * step];
  if (sum === 0 || sum === wanted) return 0;
  const factor = wanted / sum;
  for (let k = 0; k < count; k++) cells[start + k * step] *= factor;
  return Math.abs(sum - wanted) / Math.max(1, wanted);
}

function give(
  whole: Float64Array,
  cell: number,
  amount: number,
  rowLeft: Float64Array,
  columnLeft: Float64Array,
): void {
  if (amount <= 0) return;
  whole[cell] += amount;
  rowLeft[Math.floor(cell / rowLeft.length)] -= amount;
  columnLeft[cell % rowLeft.length] -= amount;
}

/** Gives rows what they lack, each by its fractions. Effect: `whole` grows, `left` shrinks. */
function giveFractions(fitted: Float64Array, whole: Float64Array, left: Margins, stream: RandomStream): void {
  const blockCount = left.row.length;
  const fraction = fitted.map((value, cell) => Math.max(0, value - whole[cell]));
  // What each column may still get from rows that are to come.
  const ahead = new Float64Array(blockCount);
  for (let cell = 0; cell < fraction.length; cell++) ahead[cell % blockCount] += fraction[cell];
  const rows = Int32Array.from(left.row, (_, row) => row);
  shuffle(rows, stream);
  for (const row of rows) {
    const own = fraction.subarray(row * blockCount, (row + 1) * blockCount);
    const weight = own.map((value, column) => (value > 0 ? (value * left.column[column]) / ahead[column] : 0));
    giveRow(whole, row, weight, left, stream);
    for (let column = 0; column < blockCount; column++) ahead[column] = Math.max(0, ahead[column] - own[column]);
  }
}

/** One tie to a cell for each whole number, plus one common random offset, that the running sum of scaled weights passes there. */
function giveRow(whole: Float64Array, row: number, weight: Float64Array, left: Margins, stream: RandomStream): void {
  const wanted = left.row[row];
  const total = weight.reduce((sum, one) => sum + one, 0);
  if (wanted === 0 || total === 0) return;
  let mark = stream.uniform();
  let sum = 0;
  for (let column = 0; column < weight.length; column++) {
    sum += (weight[column] / total) * wanted;
    while (sum > mark) {
      mark += 1;
      // Rounding may pass one mark too many.
      if (left.row[row] > 0 && left.column[column] > 0)
        give(whole, row * weight.length + column, 1, left.row, left.column);
    }
  }
}

/** Gives what rows still lack to columns that lack it too, both ascending. */
function giveRest(whole: Float64Array, rowLeft: Float64Array, columnLeft: Float64Array): void {
  const blockCount = rowLeft.length;
  let column = 0;
  for (let row = 0; row < blockCount; row++) {
    while (rowLeft[row] > 0 && column < blockCount) {
      give(whole, row * blockCount + column, Math.min(rowLeft[row], columnLeft[column]), rowLeft, columnLeft);
      if (columnLeft[column] <= 0) column++;
    }
  }
}
