/**
 * Measures as text for a terminal: a field a line, parts indented, lists of rows as tables, long lists shortened.
 *
 * Invariant: --json holds everything; text leaves out only the middle of lists.
 */
import { escapeControls } from '../../sim/ground/errors.ts';
import { alignedTable, shown } from './aligned.ts';

/** Numbers or texts of a list that are shown. */
const listedMax = 8;
const digits = 6;
const indent = '  ';

/** Measures by name. */
export function measureText(results: Record<string, object>): string {
  return Object.entries(results)
    .flatMap(([name, result]) => [name, ...fieldLines(result, indent)])
    .join('\n');
}

function fieldLines(part: object, margin: string): string[] {
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) => linesOf(name, value, margin));
}

function linesOf(name: string, value: unknown, margin: string): string[] {
  if (Array.isArray(value)) return listLines(name, value, margin);
  if (typeof value !== 'object' || value === null) return [`${margin}${name}: ${cell(value)}`];
  const isFlat = Object.values(value).every((one) => typeof one !== 'object' || one === null || isShortList(one));
  const isSmall = isFlat && Object.keys(value).length <= 6 && !Object.values(value).some(isLongText);
  if (isSmall) return [`${margin}${name}: ${flat(value)}`];
  return [`${margin}${name}:`, ...fieldLines(value, margin + indent)];
}

function isLongText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 60;
}

function isShortList(value: unknown): value is unknown[] {
  return (
    Array.isArray(value) && value.length <= listedMax && value.every((one) => typeof one !== 'object' || one === null)
  );
}

function flat(value: object): string {
  const parts = Object.entries(value).map(([name, one]: [string, unknown]) => `${name} ${cell(one)}`);
  return parts.join(', ');
}

function listLines(name: string, list: readonly unknown[], margin: string): string[] {
  const rows = list.filter((one): one is object => typeof one === 'object' && one !== null && !Array.isArray(one));
  if (rows.length === 0 || rows.length < list.length) {
    const isProse = list.length > 0 && list.every((one) => typeof one === 'string' && one.includes(' '));
    if (isProse) return [`${margin}${name}:`, ...list.map((one) => `${margin}${indent}${escapeControls(String(one))}`)];
    return [`${margin}${name}: ${cell(list)}`];
  }
  const deep = rows.some((row) => Object.values(row).some((one) => isDeep(one) || isLongText(one)));
  if (deep) {
    return rows.flatMap((row, at) => [
      `${margin}${name} ${at + 1} of ${rows.length}:`,
      ...fieldLines(row, margin + indent),
    ]);
  }
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows
    .slice(0, 2 * listedMax)
    .map((row) => columns.map((column) => cell((row as Record<string, unknown>)[column])));
  const table = alignedTable([columns, ...cells]).split('\n');
  const more = rows.length > cells.length ? [`${margin}${indent}… (${rows.length})`] : [];
  return [`${margin}${name}:`, ...table.map((line) => margin + indent + line), ...more];
}

/** A part that does not fit into a cell. */
function isDeep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) ? !isShortList(value) : true;
}

function cell(value: unknown): string {
  if (value === undefined) return '';
  if (value === null) return '–';
  if (typeof value === 'number') return shown(value, digits);
  if (typeof value === 'string') return escapeControls(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none';
    if (!isShortList(value) && value.every((one) => typeof one !== 'object' || one === null)) {
      return `${value.slice(0, listedMax).map(cell).join(', ')} … (${value.length})`;
    }
    const isInterval = value.length === 2 && value.every((one) => typeof one === 'number');
    return isInterval ? `[${value.map(cell).join(', ')}]` : value.map(cell).join(', ');
  }
  return JSON.stringify(value);
}
