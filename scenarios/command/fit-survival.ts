/**
 * The survival columns of `fit cox` and `fit kaplan-meier`: times, events and their coding.
 *
 * Reads columns of a `FitTable`; writes nothing. An event column is coded 0 and 1, or 1 and 2 (2 is the event, as in R), or true and
 * false; which one it was is part of the result. Invariant: times are finite and not negative, a row starts before it ends.
 */
import { echo, escapeControls } from '../../sim/ground/errors.ts';
import type { Problem } from '../../sim/ground/errors.ts';
import { isMissing, notNumber, numberColumn, numberIn } from './fit-table.ts';
import type { FitTable } from './fit-table.ts';

/** Which columns hold what. */
export interface SurvivalNames {
  readonly time: string;
  readonly event: string;
  readonly start?: string;
}

/** Survival columns of all rows; missing cells are NaN. */
export interface SurvivalCells {
  readonly stop: Float64Array;
  readonly event: Float64Array;
  readonly start: Float64Array | undefined;
  /** What the event column's values mean, in words. */
  readonly eventCoding: string;
  readonly warnings: readonly string[];
}

/** Reads and checks the columns; what is wrong is noted in the table. */
export function survivalCells(table: FitTable, names: SurvivalNames): SurvivalCells {
  const stop = numberColumn(table, names.time, 0);
  const start = names.start === undefined ? undefined : numberColumn(table, names.start, 0);
  for (let row = 0; start !== undefined && row < stop.length; row++) {
    // A negative end has been refused already.
    if (!(start[row] >= stop[row]) || stop[row] < 0) continue;
    table.refuse(names.start ?? '', row, () => ({
      code: 'INPUT_COMBINATION',
      found: `a row must start before it ends, got ${start[row]} to ${stop[row]}`,
      next: `Correct ${escapeControls(names.start ?? '')} or ${escapeControls(names.time)}.`,
    }));
  }
  return { stop, start, ...eventCells(table, names.event) };
}

const truths: Readonly<Record<string, number>> = { true: 1, false: 0, TRUE: 1, FALSE: 0, True: 1, False: 0 };

function eventCells(table: FitTable, name: string): Pick<SurvivalCells, 'event' | 'eventCoding' | 'warnings'> {
  const cells = table.cells(name);
  const distinct = [...new Set(cells)].filter((cell) => !isMissing(cell));
  const present = new Set(distinct.map(numberIn));
  if (distinct.length > 0 && distinct.every((cell) => Object.hasOwn(truths, cell))) {
    const event = Float64Array.from(cells, (cell) => (isMissing(cell) ? Number.NaN : truths[cell]));
    return { event, eventCoding: 'true is an event, false a censored row', warnings: [] };
  }
  const eventValue = present.has(2) && !present.has(0) ? 2 : 1;
  const censoredValue = eventValue - 1;
  const event = Float64Array.from(cells, (cell, row) => {
    if (isMissing(cell)) return Number.NaN;
    const value = numberIn(cell);
    if (value !== eventValue && value !== censoredValue) table.refuse(name, row, () => notEvent(name, cell, value));
    return value === eventValue ? 1 : 0;
  });
  const isOneSided = present.size === 1 && present.has(eventValue);
  const coding = `${eventValue} is an event, ${censoredValue} a censored row`;
  const warning = `every ${escapeControls(name)} is ${eventValue}: all rows were taken for events`;
  return { event, eventCoding: coding, warnings: isOneSided ? [warning] : [] };
}

function notEvent(name: string, cell: string, value: number): Omit<Problem, 'place'> {
  const next = 'Code events as 1 and censored rows as 0 (or 2 and 1, or true and false).';
  if (Number.isNaN(value)) return { ...notNumber(name, cell), next };
  const found = `${escapeControls(name)} must be 0 or 1, or 1 or 2, got ${escapeControls(cell)}`;
  return { code: 'INPUT_FIELD_RANGE', found, next };
}

/** Refuses data without an event among the rows that are used. */
export function refuseNoEvent(table: FitTable, name: string, events: Float64Array): void {
  if (events.includes(1)) return;
  const rows = `${events.length} ${events.length === 1 ? 'row' : 'rows'}`;
  const found = `${echo(name)} has no event among the ${rows} without a missing cell`;
  throw table.columnError(name, {
    code: 'INPUT_EMPTY',
    found,
    next: 'A survival analysis needs events: check how the column is coded.',
  });
}
