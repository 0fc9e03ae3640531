/**
 * `fit share`: how many rows are ones, with Wilson's interval, in all and by groups, on anyone's CSV.
 *
 * Reads the file; a cell is 0, 1, true or false, or missing. Rows with a missing cell are dropped and counted. Source: Wilson (1927),
 * JASA 22. Oracle: the formula by hand, in the test.
 */
import { wilsonInterval } from '../../analysis/estimators/interval.ts';
import { escapeControls } from '../../sim/ground/errors.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import {
  FitTable,
  completeRows,
  droppedText,
  groupColumn,
  isMissing,
  notNumber,
  numberIn,
  refuseSharedColumns,
} from './fit-table.ts';
import { printResult } from './output.ts';
import type { Problem } from '../../sim/ground/errors.ts';
import type { FitFlags } from './fit-table.ts';

/** Flags of `fit share`. */
export interface FitShareFlags extends FitFlags {
  readonly column: string;
  readonly by?: string;
}

const truths: Readonly<Record<string, number>> = { true: 1, false: 0, TRUE: 1, FALSE: 0, True: 1, False: 0 };

/** Runs the command. */
export function fitShareCommand(flags: FitShareFlags): void {
  const { column, by } = flags;
  const names = by === undefined ? [column] : [column, by];
  if (by !== undefined) {
    refuseSharedColumns([
      { flag: '--column', name: column },
      { flag: '--by', name: by },
    ]);
  }
  const table = new FitTable(flags, names);
  const ones = binaryColumn(table, column);
  table.throwIfRefused();
  const rows = completeRows(table, names);
  const groups = by === undefined ? undefined : groupColumn(table, by, rows.isUsed);
  const shareOf = (isOf: (row: number) => boolean) => {
    let [n, hitCount] = [0, 0];
    ones.forEach((one, row) => {
      if (rows.isUsed[row] === 0 || !isOf(row)) return;
      n++;
      hitCount += one;
    });
    const { value, interval } = wilsonInterval(hitCount, n);
    return { share: value, interval, ones: hitCount, n };
  };
  const all = shareOf(() => true);
  const parts = groups?.names.map((name, group) => ({ name, ...shareOf((row) => groups.group[row] === group) })) ?? [];
  const result = {
    source: table.file,
    method: 'Wilson’s score interval',
    definition: 'share: rows that are 1 or true, over rows; interval: 95 %, for rows independent of one another',
    unit: 'row',
    ...all,
    groups: parts,
    rows: { read: table.rowCount, used: rows.usedCount, dropped: rows.droppedCount, missing: rows.missing },
    warnings: [],
  };
  printResult(flags.json === true, result, () => {
    const header = [by ?? '', 'share', '95 % interval', 'ones', 'n'];
    const lines = [{ name: 'all', ...all }, ...parts].map(({ name, share, interval, ones: hits, n }) => [
      ...[name, shown(share), shownInterval(interval), String(hits), String(n)],
    ]);
    return `n = ${all.n}${droppedText(rows)}\n${alignedTable([header, ...lines])}`;
  });
}

function binaryColumn(table: FitTable, name: string): Float64Array {
  return Float64Array.from(table.cells(name), (cell, row) => {
    if (isMissing(cell)) return Number.NaN;
    const value = Object.hasOwn(truths, cell) ? truths[cell] : numberIn(cell);
    if (value !== 0 && value !== 1) table.refuse(name, row, () => notBinary(name, cell, value));
    return value;
  });
}

function notBinary(name: string, cell: string, value: number): Omit<Problem, 'place'> {
  const next = 'Code the column as 0 and 1, or true and false. An empty cell or NA means unknown.';
  if (Number.isNaN(value)) return { ...notNumber(name, cell), next };
  const found = `${escapeControls(name)} must be 0 or 1, got ${escapeControls(cell)}`;
  return { code: 'INPUT_FIELD_RANGE', found, next };
}
