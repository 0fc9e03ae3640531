/**
 * Tables from CSV: populations and edge lists, as columns of typed arrays.
 *
 * Reads a file in pieces, plain or gzipped; returns the declared columns and the line of each row, or throws one InputError with
 * the first twenty problems of the whole file and their count. Order: rows stand as in the file; a row with a problem is left
 * out, so that the rest can be checked in the same pass. An empty line is no row.
 * Invariant: memory is the columns', twice while one grows, and two pieces of a megabyte. Cells never reach the object model as
 * keys: ids such as `__proto__` or `007` are texts in a Map.
 */
import { InputError, echo } from '../ground/errors.ts';
import type { Problem } from '../ground/errors.ts';
import { shownValue } from './problems-secrets.ts';
import { ProblemList } from './problems-list.ts';
import { countOf } from './problems-words.ts';
import { numberHint, parseInteger, parseNumber, parseText } from './table-cells.ts';
import { parseTime } from './table-time.ts';
import { growingColumns, isReal, matchHeader, resizeColumn, valuesOf } from './table-columns.ts';
import type {
  ColumnValues,
  GrowingColumn,
  Header,
  IntegerColumn,
  NumberColumn,
  NumberedColumn,
  TableColumns,
} from './table-columns.ts';
import { idCountMax, indexIds } from './table-ids.ts';
import { Fault, Form, RecordReader } from './table-records.ts';
import { openSource, sourceOf } from './table-source.ts';
import type { ByteSource } from './table-source.ts';

/** Limits and choices of a reading. */
export interface TableOptions<Name extends string = string> {
  /** The text column whose values are the ids of the rows: they must differ. */
  readonly id?: Name;
  /** One ASCII character; a comma by default. */
  readonly delimiter?: string;
  /** What to do with columns of the file that are not declared: `refuse` (the default) or `ignore`. */
  readonly undeclared?: 'refuse' | 'ignore';
  /** Fewest rows, 1 by default, and most, 100 million by default (20 follows of each of five million agents). */
  readonly rowCountMin?: number;
  readonly rowCountMax?: number;
  /** Largest file, 8 GiB by default; gzipped files end at 1 GiB unpacked. */
  readonly byteCountMax?: number;
  /** Names of the columns of a file that has no header. */
  readonly header?: readonly string[];
  /** Longest field, 64 KiB by default. */
  readonly fieldByteCountMax?: number;
}

/** A table that was read without a problem. */
export interface Table<Columns extends TableColumns = TableColumns> {
  /** As messages show it. */
  readonly file: string;
  readonly rowCount: number;
  readonly columns: { readonly [Name in keyof Columns]: ColumnValues<Columns[Name]> };
  /** Names of the declared columns that the file has. */
  readonly present: ReadonlySet<string>;
  /** Line on which each row begins, from 1. */
  readonly line: Uint32Array;
  /** Row of each id; empty unless the option `id` names a column. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** What is allowed and may be a mistake: ids that look alike. At most twenty-one. */
  readonly warnings: readonly Problem[];
}

/** Reads a CSV file; gunzips it if its name ends in `.gz`. */
export function readTable<const Columns extends TableColumns>(
  path: string,
  columns: Columns,
  options: TableOptions<keyof Columns & string> = {},
): Table<Columns> {
  const source = openSource(path, options.byteCountMax ?? byteCountMaxDefault);
  try {
    return readSource(source, columns, options);
  } finally {
    source.close();
  }
}

/** Reads a CSV text that came from `file`. */
export function parseTable<const Columns extends TableColumns>(
  text: string | Uint8Array,
  file: string,
  columns: Columns,
  options: TableOptions<keyof Columns & string> = {},
): Table<Columns> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return readSource(sourceOf(bytes, file), columns, options);
}

/** Reads a CSV file from an open source, which the caller closes. */
export function readTableFrom<const Columns extends TableColumns>(
  source: ByteSource,
  columns: Columns,
  options: TableOptions<keyof Columns & string> = {},
): Table<Columns> {
  return readSource(source, columns, options);
}

/** The names in a file's header, for a reader that chooses columns by them. Throws if there is none. */
export function readHeaderNames(path: string, delimiter = ','): readonly string[] {
  const source = openSource(path, byteCountMaxDefault);
  try {
    const { file } = source;
    const reader = new RecordReader(source, delimiterByte(delimiter, file));
    return readFirst(reader, new ProblemList(file), file).names;
  } finally {
    source.close();
  }
}

const fieldByteCountMaxDefault = 64 * 1024;
const rowCountMaxDefault = 100_000_000;
const byteCountMaxDefault = 8 * 1024 * 1024 * 1024;

interface Reading {
  readonly file: string;
  readonly reader: RecordReader;
  readonly growing: readonly GrowingColumn[];
  readonly problems: ProblemList;
  readonly rowCountMax: number;
  readonly fieldByteCountMax: number;
  line: Uint32Array<ArrayBuffer>;
  rowCount: number;
}

function readSource<const Columns extends TableColumns>(
  source: ByteSource,
  columns: Columns,
  options: TableOptions,
): Table<Columns> {
  const { file } = source;
  const delimiter = options.delimiter ?? ',';
  const reading: Reading = {
    file,
    reader: new RecordReader(source, delimiterByte(delimiter, file)),
    growing: growingColumns(columns),
    problems: new ProblemList(file),
    rowCountMax: options.rowCountMax ?? rowCountMaxDefault,
    fieldByteCountMax: options.fieldByteCountMax ?? fieldByteCountMaxDefault,
    line: new Uint32Array(0),
    rowCount: 0,
  };
  const { problems, growing, reader } = reading;
  const header = options.header === undefined ? readFirst(reader, problems, file) : givenHeader(file, options.header);
  matchHeader(header, growing, { delimiter, ignoresUndeclared: options.undeclared === 'ignore' }, problems);
  // Without a sound header, every row would be wrong in the same way.
  problems.throwIfAny();
  readRows(reading, header.names.length);
  if (reader.problem !== undefined) problems.add(reader.problem);
  const { rowCount } = reading;
  const fewest = options.rowCountMin ?? 1;
  if (rowCount < fewest && problems.count === 0) {
    const found = rowCount === 0 ? 'has a header and no rows' : `has ${countOf(rowCount, 'row')}`;
    problems.add({ code: 'INPUT_EMPTY', place: { file }, found, next: `Add rows; at least ${fewest} are needed.` });
  }
  return finish(reading, options.id);
}

function delimiterByte(delimiter: string, file: string): number {
  if (/^[^"\r\n\w]$/.test(delimiter) && delimiter < '\u0080') return delimiter.charCodeAt(0);
  const found = `the delimiter must be one character that is no letter, digit or quote, got ${echo(delimiter)}`;
  throw new InputError({ code: 'INPUT_USAGE', place: { file }, found, next: "Pass ',', ';' or a tab." });
}

function finish<Columns extends TableColumns>(reading: Reading, id: string | undefined): Table<Columns> {
  const { file, growing, problems, rowCount } = reading;
  const present = new Set(growing.filter(({ fieldIndex }) => fieldIndex >= 0).map(({ name }) => name));
  const values = Object.assign(
    Object.create(null) as Table<Columns>['columns'],
    Object.fromEntries(growing.map((one) => [one.name, valuesOf(one, rowCount)])),
  );
  const line = new Uint32Array(reading.line.buffer.transfer(rowCount * 4));
  const ids = growing.find(({ name, column }) => name === id && column.type === 'text');
  const { rowOf, warnings } = indexIds(ids?.texts ?? [], line, file, problems);
  problems.throwIfAny();
  return { file, rowCount, columns: values, present, line, rowOf, warnings };
}

function givenHeader(file: string, names: readonly string[]): Header {
  return { names, places: names.map(() => ({ file, line: 1, column: 1 })) };
}

/** The first record that is no empty line. */
function readFirst(reader: RecordReader, problems: ProblemList, file: string): Header {
  const { fields } = reader;
  while (reader.next()) {
    if (isEmptyLine(reader)) continue;
    reportFault(reader, problems);
    const names = Array.from({ length: fields.count }, (_, index) => textOf(reader, index));
    const places = names.map((_, index) => reader.placeOf(fieldStart(reader, index)));
    return { names, places };
  }
  const empty: Problem = {
    code: 'INPUT_EMPTY',
    place: { file },
    found: 'holds nothing',
    next: 'Write a header and rows.',
  };
  throw new InputError(reader.problem ?? empty);
}

function isEmptyLine({ fields }: RecordReader): boolean {
  return fields.count === 1 && fields.starts[0] === fields.ends[0] && fields.forms[0] === Form.plain;
}

/** The whole of the hot path: one record a turn, one declared column after the other. */
function readRows(reading: Reading, width: number): void {
  const { reader, growing, problems } = reading;
  const { fields } = reader;
  const present = growing.filter(({ fieldIndex }) => fieldIndex >= 0);
  while (reader.next()) {
    if (isEmptyLine(reader)) continue;
    if (reportFault(reader, problems) || reportWidth(reader, width, problems) || reportLongField(reading)) continue;
    if (reading.rowCount === reading.rowCountMax) {
      refuseMoreRows(reading);
      return;
    }
    if (reading.rowCount === reading.line.length) growRows(reading);
    let isSound = true;
    for (const one of present) {
      const { fieldIndex } = one;
      if (fields.starts[fieldIndex] === fields.ends[fieldIndex]) {
        if (!storeEmpty(one, reading)) isSound = false;
      } else if (!storeCell(one, reading)) isSound = false;
    }
    if (!isSound) {
      for (const one of present) one.texts.length = Math.min(one.texts.length, reading.rowCount);
      continue;
    }
    reading.line[reading.rowCount] = reader.line;
    reading.rowCount++;
  }
}

function growRows(reading: Reading): void {
  const rowCapacity = Math.max(1024, reading.line.length * 2);
  reading.line = new Uint32Array(reading.line.buffer.transfer(rowCapacity * 4));
  for (const one of reading.growing) if (one.fieldIndex >= 0) resizeColumn(one, rowCapacity);
}

function refuseMoreRows({ reader, rowCountMax, problems }: Reading): void {
  const place = reader.placeOf(fieldStart(reader, 0));
  const found = `the table has more than ${rowCountMax} rows`;
  problems.add({ code: 'INPUT_TOO_LARGE', place, found, next: 'Split it.' });
}

/** A whole field, quotes undone. */
function textOf({ bytes, fields }: RecordReader, index: number): string {
  return parseText(bytes, fields.starts[index], fields.ends[index], fields.forms[index] === Form.escaped);
}

/** Where a field begins, its quote included. */
function fieldStart({ fields }: RecordReader, index: number): number {
  return fields.starts[index] - (fields.forms[index] === Form.plain ? 0 : 1);
}

function reportFault(reader: RecordReader, problems: ProblemList): boolean {
  const { fault, faultAt } = reader.fields;
  if (fault === Fault.none) return false;
  problems.add(() => {
    const place = reader.placeOf(faultAt);
    if (fault === Fault.unclosed) {
      const found = 'a quote that opens here is never closed';
      return { code: 'INPUT_SYNTAX', place, found, next: 'Close it, or double the quotes inside.' };
    }
    const isBare = fault === Fault.bareQuote;
    const found = isBare ? 'a quote stands inside a field without quotes' : 'text stands after a closing quote';
    return { code: 'INPUT_SYNTAX', place, found, next: 'Put the whole field in quotes and double the quotes inside.' };
  });
  return true;
}

function reportWidth(reader: RecordReader, width: number, problems: ProblemList): boolean {
  const { count } = reader.fields;
  if (count === width) return false;
  problems.add(() => {
    const found = `the row has ${countOf(count, 'field')}, the header ${width}`;
    const next =
      count > width ? 'Put fields that hold the delimiter in quotes.' : 'Add the missing fields, if only empty.';
    return { code: 'INPUT_ROW', place: reader.placeOf(fieldStart(reader, 0)), found, next };
  });
  return true;
}

function reportLongField({ reader, problems, fieldByteCountMax }: Reading): boolean {
  const { fields } = reader;
  for (let index = 0; index < fields.count; index++) {
    const byteCount = fields.ends[index] - fields.starts[index];
    if (byteCount <= fieldByteCountMax) continue;
    problems.add(() => {
      const found = `a field has ${byteCount} bytes, more than ${fieldByteCountMax / 1024} KiB`;
      const next = 'Shorten it, or close a quote before it.';
      return { code: 'INPUT_TOO_LARGE', place: reader.placeOf(fieldStart(reader, index)), found, next };
    });
    return true;
  }
  return false;
}

/** Stores the value of an empty field; false if the column has none. */
function storeEmpty(one: GrowingColumn, { reader, problems, rowCount }: Reading): boolean {
  const { name, column, fieldIndex } = one;
  if (column.empty === undefined) {
    problems.add(() => {
      const place = reader.placeOf(fieldStart(reader, fieldIndex));
      return { code: 'INPUT_REQUIRED', place, found: `${name} is empty`, next: 'Fill it in.' };
    });
    return false;
  }
  if (column.type === 'text') one.texts.push(column.empty);
  else if (isReal(column.type)) one.numbers[rowCount] = column.empty;
  else one.integers[rowCount] = column.empty;
  return true;
}

/** Stores the value of the current record's field; false, and a problem, if it has none. */
function storeCell(one: GrowingColumn, reading: Reading): boolean {
  const { column, fieldIndex } = one;
  const { bytes, fields } = reading.reader;
  const start = fields.starts[fieldIndex];
  const end = fields.ends[fieldIndex];
  if (column.type === 'text') {
    one.texts.push(parseText(bytes, start, end, fields.forms[fieldIndex] === Form.escaped));
    return true;
  }
  if (column.type === 'reference') {
    const row = column.rowOf.get(textOf(reading.reader, fieldIndex));
    one.integers[reading.rowCount] = row ?? -1;
    return row !== undefined || column.dangling === 'keep' || reportDangling(one, reading);
  }
  if (column.type === 'numbered') {
    one.integers[reading.rowCount] = numberOf(column, textOf(reading.reader, fieldIndex));
    return true;
  }
  if (column.type === 'time') {
    const value = parseTime(bytes, start, end);
    one.numbers[reading.rowCount] = value;
    return !Number.isNaN(value) || reportTime(one, reading);
  }
  const isInteger = column.type === 'integer';
  const value = isInteger ? parseInteger(bytes, start, end) : parseNumber(bytes, start, end);
  const min = column.min ?? (isInteger ? -2147483648 : -Number.MAX_VALUE);
  const max = column.max ?? (isInteger ? 2147483647 : Number.MAX_VALUE);
  // Written so that NaN fails.
  if (!(value >= min && value <= max)) return reportNumber(one, column, value, reading);
  if (isInteger) one.integers[reading.rowCount] = value;
  else one.numbers[reading.rowCount] = value;
  return true;
}

function numberOf({ numberOf: numbers }: NumberedColumn, id: string): number {
  const known = numbers.get(id);
  if (known !== undefined) return known;
  if (numbers.size >= idCountMax) {
    const next = 'Take a sample of the ids.';
    throw new InputError({ code: 'INPUT_TOO_LARGE', found: `there are more than ${idCountMax} ids`, next });
  }
  numbers.set(id, numbers.size);
  return numbers.size - 1;
}

function reportTime({ name, fieldIndex }: GrowingColumn, { reader, problems }: Reading): false {
  problems.add(() => {
    const found = `${name} must be a time, got ${shownValue(textOf(reader, fieldIndex))}`;
    const next = 'Write 2026-01-28T19:24:55Z, or seconds since 1970.';
    return { code: 'INPUT_TYPE', place: reader.placeOf(fieldStart(reader, fieldIndex)), found, next };
  });
  return false;
}

function reportDangling({ name, fieldIndex }: GrowingColumn, { reader, problems }: Reading): false {
  problems.add(() => {
    const found = `${name} names ${echo(textOf(reader, fieldIndex))}, which is no id`;
    const next = 'Add the id, correct it, or pass --drop-dangling.';
    return { code: 'INPUT_DANGLING_REF', place: reader.placeOf(fieldStart(reader, fieldIndex)), found, next };
  });
  return false;
}

function reportNumber(
  one: GrowingColumn,
  column: IntegerColumn | NumberColumn,
  value: number,
  reading: Reading,
): false {
  const { name, fieldIndex } = one;
  const { reader, problems } = reading;
  problems.add(() => {
    const place = reader.placeOf(fieldStart(reader, fieldIndex));
    const text = textOf(reader, fieldIndex);
    const isLong = column.type === 'integer' && /^-?[1-9]\d{15,}$/.test(text);
    if (Number.isNaN(value) && !isLong) {
      const noun = column.type === 'integer' ? 'an integer' : 'a number';
      const found = `${name} must be ${noun}, got ${shownValue(text)}`;
      return { code: 'INPUT_NUMBER', place, found, next: numberHint(text, column.type) };
    }
    return {
      ...rangeProblem(name, column, value),
      place,
      found: `${name} must ${rangeText(column)}, got ${echo(text).slice(1, -1)}`,
    };
  });
  return false;
}

function rangeText({ type, min, max }: IntegerColumn | NumberColumn): string {
  const low = min ?? (type === 'integer' ? -2147483648 : -Infinity);
  const high = max ?? (type === 'integer' ? 2147483647 : Infinity);
  if (Number.isFinite(low) && Number.isFinite(high)) return `lie in [${low}, ${high}]`;
  if (Number.isFinite(low)) return `be at least ${low}`;
  return Number.isFinite(high) ? `be at most ${high}` : 'be finite';
}

function rangeProblem(name: string, { type, min, max }: IntegerColumn | NumberColumn, value: number) {
  const isShare = type === 'number' && min === 0 && max === 1 && /share$/i.test(name);
  if (!isShare) return { code: 'INPUT_FIELD_RANGE', next: 'Write a value within the range.' } as const;
  const percent = Number((value / 100).toPrecision(12));
  const next = value > 1 && value <= 100 ? `Write ${percent} for ${value} %.` : 'Write a share of 1, such as 0.4.';
  return { code: 'INPUT_SHARE_RANGE', next } as const;
}
