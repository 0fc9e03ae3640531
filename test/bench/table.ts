/**
 * Outcomes of the benchmarks as tables of text: what was compared, ratios with their spread, digests.
 */
import { digestOf, medianOf, ratioOf, unrestOf } from './interleave.ts';
import type { Measured, Spread } from './interleave.ts';

/** A table: every row has a cell for each column. `notes` stand below it. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** Spread of the reference beyond which no ratio to it is worth reading. */
export const unrestMax = 0.15;

/** A ratio with least and greatest: `2.10 (2.04 … 2.31)`. */
export function textOfSpread({ median, least, greatest }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} … ${greatest.toFixed(2)})`;
}

/** Every case against the first of them, round by round. Its own spread stands below, as a measure of the machine's unrest. */
export function compareTo(title: string, measured: readonly Measured[], extra: readonly string[] = []): Table {
  const [base] = measured;
  const rows = measured.map((one) => [
    one.name,
    medianOf(one).toFixed(1),
    textOfSpread(ratioOf(one, base)),
    ...extra.map((column) => cell(one, column)),
    digestOf(one),
  ]);
  const notes = [`spread of ${base.name} itself: ${percent(unrestOf(base))}`];
  return { title, columns: ['case', 'CPU ms', `ratio to ${base.name}`, ...extra, 'digest'], rows, notes };
}

function cell(measured: Measured, column: string): string {
  const value = medianOf(measured, column);
  return Number.isNaN(value) ? '' : Number(value.toPrecision(4)).toString();
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

export function print(table: Table): string {
  const lines = [table.columns, ...table.rows];
  const widths = table.columns.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  const text = lines.map((line) =>
    line
      .map((one, i) => one.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
  return ['', table.title, ...text, ...table.notes.map((note) => `(${note})`), ''].join('\n');
}
