/**
 * Anyone's table for `fit`: named columns of a CSV file as numbers, events or groups, with missing cells told apart.
 *
 * Reads the file as texts by the reader of `sim/scenario`; an empty cell and `NA` are missing. What a column must hold is checked
 * here, all problems of all columns in one pass, and each is placed at its line and column by reading the file once more, which
 * only a bad file costs. Order: rows as in the file. Invariant: a cell is used as it stands, or missing, or refused; none is guessed.
 */
import { InputError, echo, escapeControls } from '../../sim/ground/errors.ts';
import type { Place, Problem } from '../../sim/ground/errors.ts';
import { ProblemList } from '../../sim/scenario/problems-list.ts';
import { listNames } from '../../sim/scenario/problems-words.ts';
import { numberHint, parseNumber, parseText } from '../../sim/scenario/table-cells.ts';
import { Form, RecordReader } from '../../sim/scenario/table-records.ts';
import { openSource } from '../../sim/scenario/table-source.ts';
import { readTable } from '../../sim/scenario/table.ts';

/** Flags that every `fit` on a file shares. */
export interface FitFlags {
  readonly csv: string;
  readonly delimiter?: string;
  readonly json?: boolean;
}

/** Largest file: cells are held as texts. */
const byteCountMax = 2 * 1024 * 1024 * 1024;

/** Columns of a file as texts, and the problems found in them so far. */
export class FitTable {
  /** As messages show it. */
  readonly file: string;
  readonly rowCount: number;
  readonly #path: string;
  readonly #delimiter: string;
  readonly #line: Uint32Array;
  readonly #cells: Readonly<Record<string, readonly string[]>>;
  readonly #found: { readonly name: string; readonly row: number; readonly problem: Omit<Problem, 'place'> }[] = [];
  #foundCount = 0;

  /** Reads the named columns; the file may have others. */
  constructor({ csv, delimiter = ',' }: FitFlags, names: readonly string[]) {
    const declared = Object.fromEntries(names.map((name) => [name, { type: 'text' as const, empty: '' }]));
    this.#delimiter = delimiter === 'tab' ? '\t' : delimiter;
    const options = { undeclared: 'ignore' as const, delimiter: this.#delimiter, byteCountMax };
    const table = readTable(csv, declared, options);
    this.#path = csv;
    this.file = table.file;
    this.rowCount = table.rowCount;
    this.#line = table.line;
    this.#cells = table.columns;
  }

  /** Cells of a column, as texts. */
  cells(name: string): readonly string[] {
    return this.#cells[name];
  }

  /** Notes that the cell of a row is wrong. The problem may be given as a function, called only if it is kept. */
  refuse(name: string, row: number, problem: () => Omit<Problem, 'place'>): void {
    this.#foundCount++;
    if (this.#found.length < keptCountMax) this.#found.push({ name, row, problem: problem() });
  }

  /** Ends the pass: throws one InputError with what was refused, each at its place. */
  throwIfRefused(): void {
    if (this.#foundCount === 0) return;
    const places = this.#placesOf(this.#found);
    const problems = new ProblemList(this.file);
    this.#found.forEach(({ problem }, index) => {
      problems.add({ ...problem, place: places[index] });
    });
    // Beyond those kept, only their number is told.
    const [first] = this.#found;
    for (let more = this.#found.length; more < this.#foundCount; more++) problems.add(() => first.problem);
    problems.throwIfAny();
  }

  /** A problem of a whole column, placed at its name in the header. */
  columnError(name: string, problem: Omit<Problem, 'place'>): InputError {
    const [place] = this.#placesOf([{ name, row: -1 }]);
    return new InputError({ ...problem, place });
  }

  /** Where cells stand; row -1 is the header. */
  #placesOf(cells: readonly { readonly name: string; readonly row: number }[]): Place[] {
    const source = openSource(this.#path, byteCountMax);
    try {
      return placesIn(
        new RecordReader(source, this.#delimiter.charCodeAt(0)),
        cells.map(({ name, row }) => ({ name, line: row < 0 ? 0 : this.#line[row] })),
        this.file,
      );
    } finally {
      source.close();
    }
  }
}

const keptCountMax = 1000;

interface WantedCell {
  readonly name: string;
  /** 0 for the header, wherever it stands. */
  readonly line: number;
}

function placesIn(reader: RecordReader, cells: readonly WantedCell[], file: string): Place[] {
  const places: Place[] = cells.map(({ line }) => ({ file, line: Math.max(1, line), column: 1 }));
  const wanted = Map.groupBy(
    cells.map((_, index) => index),
    (index) => cells[index].line,
  );
  const { fields } = reader;
  const note = (line: number): void => {
    for (const index of wanted.get(line) ?? []) {
      const field = fieldOf.get(cells[index].name) ?? 0;
      const isQuoted = fields.forms[field] !== Form.plain;
      places[index] = reader.placeOf(fields.starts[field] - (isQuoted ? 1 : 0));
    }
  };
  const fieldOf = new Map<string, number>();
  while (reader.next()) {
    const isEmpty = fields.count === 1 && fields.starts[0] === fields.ends[0] && fields.forms[0] === Form.plain;
    if (isEmpty) continue;
    if (fieldOf.size > 0) {
      note(reader.line);
      continue;
    }
    for (let field = 0; field < fields.count; field++) {
      const isEscaped = fields.forms[field] === Form.escaped;
      fieldOf.set(parseText(reader.bytes, fields.starts[field], fields.ends[field], isEscaped), field);
    }
    note(0);
  }
  return places;
}

/** Whether a cell holds nothing. */
export function isMissing(cell: string): boolean {
  return cell === '' || cell === 'NA';
}

const scratch = Buffer.alloc(256 * 1024);

/** The number in a cell; NaN if it has another form, infinite if it is too large to be held. */
export function numberIn(cell: string): number {
  return parseNumber(scratch, 0, scratch.write(cell));
}

/** A column of numbers, NaN where a cell is missing. Refuses texts, numbers too large to be held, and those below `min`. */
export function numberColumn(table: FitTable, name: string, min = Number.NEGATIVE_INFINITY): Float64Array {
  return Float64Array.from(table.cells(name), (cell, row) => {
    if (isMissing(cell)) return Number.NaN;
    const value = numberIn(cell);
    if (Number.isNaN(value)) table.refuse(name, row, () => notNumber(name, cell));
    else if (!Number.isFinite(value) || value < min) {
      const bound = Number.isFinite(value) ? `be at least ${min}` : 'be finite';
      table.refuse(name, row, () => ({
        code: 'INPUT_FIELD_RANGE',
        found: `${escapeControls(name)} must ${bound}, got ${escapeControls(cell)}`,
        next: 'Correct it, or leave the cell empty if it is unknown.',
      }));
    }
    return value;
  });
}

/** The problem of a text where a number is wanted. */
export function notNumber(name: string, cell: string): Omit<Problem, 'place'> {
  const found = `${escapeControls(name)} must be a number, got ${echo(cell)}`;
  return { code: 'INPUT_NUMBER', found, next: `${numberHint(cell, 'number')} An empty cell or NA means unknown.` };
}

/** A column of groups: a number for each distinct text, -1 where a cell is missing. */
export interface GroupColumn {
  readonly group: Int32Array;
  /** Texts by number: numbers ascending if all are numbers, otherwise by code units. */
  readonly names: readonly string[];
}

/** Groups of the rows that `isUsed` keeps; of all without it. */
export function groupColumn(table: FitTable, name: string, isUsed?: Uint8Array): GroupColumn {
  const cells = table.cells(name);
  const kept = isUsed === undefined ? cells : cells.filter((_, row) => isUsed[row] === 1);
  const distinct = [...new Set(kept)].filter((cell) => !isMissing(cell));
  const isNumeric = distinct.every((cell) => !Number.isNaN(numberIn(cell)));
  const names = isNumeric ? distinct.sort((a, b) => numberIn(a) - numberIn(b)) : distinct.sort();
  const groupOf = new Map(names.map((text, index) => [text, index]));
  return { group: Int32Array.from(cells, (cell) => groupOf.get(cell) ?? -1), names };
}

/** Which rows have a value in each of these columns, and how many cells of each column are missing. */
export interface CompleteRows {
  readonly isUsed: Uint8Array;
  readonly usedCount: number;
  readonly droppedCount: number;
  /** Missing cells of each column that has some. */
  readonly missing: Readonly<Record<string, number>>;
}

/** Finds the rows without a missing cell. Throws if there are none. */
export function completeRows(table: FitTable, names: readonly string[]): CompleteRows {
  const isUsed = new Uint8Array(table.rowCount).fill(1);
  const missing = new Map<string, number>();
  for (const name of names) {
    table.cells(name).forEach((cell, row) => {
      if (!isMissing(cell)) return;
      isUsed[row] = 0;
      missing.set(name, (missing.get(name) ?? 0) + 1);
    });
  }
  const usedCount = isUsed.reduce((sum, one) => sum + one, 0);
  if (usedCount === 0) {
    const found = `no row has a value in each of ${listNames(names.map((name) => echo(name)))}`;
    throw new InputError({
      code: 'INPUT_EMPTY',
      place: { file: table.file },
      found,
      next: 'Fill in the missing cells.',
    });
  }
  const droppedCount = table.rowCount - usedCount;
  return { isUsed, usedCount, droppedCount, missing: Object.fromEntries(missing) };
}

/** The rows of a column that are used. */
export function usedOf(values: Float64Array, isUsed: Uint8Array): Float64Array;
export function usedOf(values: Int32Array, isUsed: Uint8Array): Int32Array;
export function usedOf(values: Float64Array | Int32Array, isUsed: Uint8Array): Float64Array | Int32Array {
  return values.filter((_, row) => isUsed[row] === 1);
}

/** `1 row dropped (age: 1 missing)`, or nothing. */
export function droppedText({ droppedCount, missing }: CompleteRows): string {
  if (droppedCount === 0) return '';
  const parts = Object.entries(missing).map(([name, count]) => `${escapeControls(name)}: ${count} missing`);
  return `; ${droppedCount} ${droppedCount === 1 ? 'row' : 'rows'} dropped (${parts.join(', ')})`;
}

/** Refuses a column that two flags name for roles that exclude one another. */
export function refuseSharedColumns(roles: readonly { readonly flag: string; readonly name: string }[]): void {
  const problems = roles.flatMap(({ flag, name }, index) => {
    const before = roles.slice(0, index).find((other) => other.name === name);
    if (before === undefined) return [];
    const found = `${echo(name)} is named by ${before.flag} and by ${flag}`;
    const next = 'Name each column once.';
    return [{ code: 'INPUT_COMBINATION' as const, place: { file: flag }, found, next }];
  });
  if (problems.length > 0) throw new InputError(problems);
}
