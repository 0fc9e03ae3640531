/**
 * Tables of text for a terminal: columns padded to their widest cell, the first to the left, the others to the right.
 */
import { escapeControls } from '../../sim/ground/errors.ts';

/** Lines of a table; control characters of names are escaped. */
export function alignedTable(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(escapeControls));
  const widths = (shown[0] ?? []).map((_, column) => Math.max(...shown.map((row) => (row[column] ?? '').length)));
  return shown
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))))
    .map((cells) => cells.join('  ').trimEnd())
    .join('\n');
}

/** A number with some significant digits, without an exponent where that is readable; `–` where there is none. */
export function shown(value: number | null, digits = 5): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  return size >= 1e-4 && size < 1e7 ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1);
}

/** `[low, high]`. */
export function shownInterval([low, high]: readonly [number, number], digits = 5): string {
  return `[${shown(low, digits)}, ${shown(high, digits)}]`;
}
