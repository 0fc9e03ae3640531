/**
 * Columns of a table: how a reader declares them, how they grow while a table is read, and how they are matched with a header.
 *
 * Reads the header's names; writes columns of typed arrays or texts. A typed column grows by doubling through
 * ArrayBuffer.transfer, which moves no bytes where the system can remap them, and is cut to its length at the end.
 * Invariant: every declared column has exactly `rowCount` values, those that the file lacks their `empty` value.
 */
import { echo } from '../ground/errors.ts';
import type { Place } from '../ground/errors.ts';
import type { ProblemList } from './problems-list.ts';
import { listNames, nearestName } from './problems-words.ts';

interface ColumnOptions<Value> {
  /** The column may be missing from the file; it is then filled with `empty`, which must be given. */
  readonly optional?: boolean;
  /** The value of an empty field. Without it, an empty field is refused. */
  readonly empty?: Value;
}

/** Any text. An empty field is refused unless `empty` says what it is, if only ''. */
export interface TextColumn extends ColumnOptions<string> {
  readonly type: 'text';
}

/** A 32-bit integer; bounds are included. */
export interface IntegerColumn extends ColumnOptions<number> {
  readonly type: 'integer';
  readonly min?: number;
  readonly max?: number;
}

/** A finite number; bounds are included. A column whose bounds are 0 and 1 and whose name ends in Share is a share. */
export interface NumberColumn extends ColumnOptions<number> {
  readonly type: 'number';
  readonly min?: number;
  readonly max?: number;
}

/** The id of a row of another table, stored as that row's number; its texts are not kept. */
export interface ReferenceColumn extends ColumnOptions<number> {
  readonly type: 'reference';
  readonly rowOf: ReadonlyMap<string, number>;
  /** An id that is not there: refused (the default), or kept as -1. */
  readonly dangling?: 'refuse' | 'keep';
}

/** An id that is numbered when it is first met, in the order of the file; columns may share one numbering. Its texts are not kept. */
export interface NumberedColumn extends ColumnOptions<number> {
  readonly type: 'numbered';
  /** Filled while the table is read. */
  readonly numberOf: Map<string, number>;
}

/** A moment: a date and time of ISO 8601 (UTC unless it names a zone), or seconds since 1970. Stored as milliseconds since 1970. */
export interface TimeColumn extends ColumnOptions<number> {
  readonly type: 'time';
}

export type TableColumn = TextColumn | IntegerColumn | NumberColumn | ReferenceColumn | NumberedColumn | TimeColumn;
export type TableColumns = Readonly<Record<string, TableColumn>>;

/** What a column of the table is made of. */
export type ColumnValues<Column extends TableColumn> = Column extends TextColumn
  ? readonly string[]
  : Column extends NumberColumn | TimeColumn
    ? Float64Array
    : Int32Array;

/** A declared column while the table is read. */
export interface GrowingColumn {
  readonly name: string;
  readonly column: TableColumn;
  /** Which field of a record it is; -1 if the file lacks it. */
  fieldIndex: number;
  texts: string[];
  integers: Int32Array<ArrayBuffer>;
  numbers: Float64Array<ArrayBuffer>;
}

/** Declared columns, empty, in the order of their declaration. */
export function growingColumns(columns: TableColumns): GrowingColumn[] {
  return Object.entries(columns).map(([name, column]) => ({
    name,
    column,
    fieldIndex: -1,
    texts: [],
    integers: new Int32Array(0),
    numbers: new Float64Array(0),
  }));
}

/** Makes room for `rowCapacity` rows, or cuts what lies beyond. */
export function resizeColumn(growing: GrowingColumn, rowCapacity: number): void {
  const { type } = growing.column;
  if (isReal(type)) growing.numbers = new Float64Array(growing.numbers.buffer.transfer(rowCapacity * 8));
  else if (type !== 'text') growing.integers = new Int32Array(growing.integers.buffer.transfer(rowCapacity * 4));
}

/** Whether values of a column are doubles. */
export function isReal(type: TableColumn['type']): boolean {
  return type === 'number' || type === 'time';
}

/** The values of a column of `rowCount` rows. */
export function valuesOf(growing: GrowingColumn, rowCount: number): readonly string[] | Int32Array | Float64Array {
  const { column, fieldIndex } = growing;
  resizeColumn(growing, rowCount);
  if (fieldIndex < 0) fillEmpty(growing, rowCount);
  if (column.type === 'text') return growing.texts;
  return isReal(column.type) ? growing.numbers : growing.integers;
}

function fillEmpty({ column, texts, numbers, integers }: GrowingColumn, rowCount: number): void {
  if (column.type === 'text') for (let row = 0; row < rowCount; row++) texts.push(column.empty ?? '');
  else if (isReal(column.type)) numbers.fill(column.empty ?? NaN);
  else integers.fill(column.empty ?? (column.type === 'integer' ? 0 : -1));
}

/** The names of a header, and where each stands. */
export interface Header {
  readonly names: readonly string[];
  readonly places: readonly Place[];
}

/**
 * Gives each declared column its field. Problems: a name twice, a column that is missing, one that is not declared (unless
 * undeclared ones are ignored), and, before all these, a header that another character separates.
 */
export function matchHeader(
  header: Header,
  growing: readonly GrowingColumn[],
  options: { readonly delimiter: string; readonly ignoresUndeclared: boolean },
  problems: ProblemList,
): void {
  const separator = otherSeparator(header, growing, options.delimiter);
  if (separator !== undefined) {
    const found = `the fields seem to be separated by ${separator.name}, not by ${echo(options.delimiter)}`;
    const next = `Pass --delimiter ${separator.flag}, or save it with commas.`;
    problems.add({ code: 'INPUT_HEADER', place: header.places[0], found, next });
    return;
  }
  const fieldOf = new Map<string, number>();
  header.names.forEach((name, index) => {
    const first = fieldOf.get(name);
    if (first === undefined) fieldOf.set(name, index);
    else {
      const found = `the column ${echo(name)} stands twice, as number ${first + 1} and ${index + 1}`;
      problems.add({ code: 'INPUT_HEADER', place: header.places[index], found, next: 'Keep one of them.' });
    }
  });
  for (const one of growing) one.fieldIndex = fieldOf.get(one.name) ?? -1;
  reportMissing(header, growing, problems);
  if (!options.ignoresUndeclared) reportUndeclared(header, growing, problems);
}

const separators = [
  { character: ';', name: 'semicolons', flag: "';'" },
  { character: '\t', name: 'tabs', flag: 'tab' },
  { character: '|', name: 'bars', flag: "'|'" },
  { character: ',', name: 'commas', flag: "','" },
];

/** A single field that holds another separator, and is no declared name itself. */
function otherSeparator({ names }: Header, growing: readonly GrowingColumn[], delimiter: string) {
  const [only] = names;
  if (names.length !== 1 || only === undefined || growing.some(({ name }) => name === only)) return undefined;
  return separators.find(({ character }) => character !== delimiter && only.includes(character));
}

function reportMissing({ names, places }: Header, growing: readonly GrowingColumn[], problems: ProblemList): void {
  const file = places[0]?.file ?? '';
  const undeclared = names.filter((name) => !growing.some((one) => one.name === name));
  for (const { name, column, fieldIndex } of growing) {
    if (fieldIndex >= 0 || column.optional === true) continue;
    const meant = nearestName(name, undeclared);
    const found = `the column ${echo(name)} is missing; the header has ${listNames(names.map((one) => echo(one)))}`;
    const next = meant === undefined ? 'Add it.' : `Rename ${echo(meant)} to ${name}?`;
    problems.add({ code: 'INPUT_HEADER', place: { file, line: places[0]?.line ?? 1, column: 1 }, found, next });
  }
}

function reportUndeclared({ names, places }: Header, growing: readonly GrowingColumn[], problems: ProblemList): void {
  names.forEach((name, index) => {
    if (growing.some((one) => one.name === name) || names.indexOf(name) < index) return;
    const known = growing.filter(({ fieldIndex }) => fieldIndex < 0).map((one) => one.name);
    const meant = nearestName(name, known);
    const list = `Columns here: ${listNames(growing.map((one) => one.name))}.`;
    const next = meant === undefined ? list : `Did you mean ${meant}?`;
    problems.add({ code: 'INPUT_HEADER', place: places[index], found: `${echo(name)} is not a column`, next });
  });
}
