/**
 * Edge lists as text: two ends a row, and if the file has them a time and a weight; commas, semicolons, tabs or blanks; plain or gzipped.
 *
 * The file is read in pieces; of each row its numbers are kept and no text, so 10 million rows with times and
 * weights, a file of 288 MB, took 90 bytes a row (897 MB at the peak, Node 24.21). Columns are
 * found by their names in the header, or named by the caller. Without a header, two columns of integers are ends; anything more is
 * refused and not guessed, since a third column may be a time or a weight.
 * Errors: those of a table, all of one pass, each with its line. Oracle: `test/sim/import/edge-list.test.ts`.
 */
import { InputError, echo } from '../ground/errors.ts';
import { readTableFrom } from '../scenario/table.ts';
import { openSource } from '../scenario/table-source.ts';
import { withoutComments } from './edge-bytes.ts';
import type { Place } from '../ground/errors.ts';
import type { ByteSource } from '../scenario/table-source.ts';
import type { TableColumn, TableColumns } from '../scenario/table-columns.ts';

/** Edges as they stand in a file. */
export interface EdgeRows {
  readonly ids: readonly string[];
  readonly labels?: readonly string[];
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly timeMs?: Float64Array;
  readonly weight?: Float64Array;
  readonly placeOf: (row: number) => Place;
}

/** How to read an edge list. */
export interface EdgeListOptions {
  /** `,`, `;`, `|`, a tab, or a blank for any run of blanks and tabs. Found out where it is not given. */
  readonly delimiter?: string;
  /** Roles of the columns of a file without a header: source, target, time, weight, or - for one to pass over. */
  readonly columns?: readonly string[];
}

const roleNames: Readonly<Record<string, readonly string[]>> = {
  source: ['source', 'src', 'from', 'follower', 'tail', 'node1', 'u', 'fromnodeid'],
  target: ['target', 'dst', 'dest', 'to', 'followee', 'head', 'node2', 'v', 'tonodeid'],
  time: ['time', 'timestamp', 'created_at', 'date', 'datetime', 't', 'unixts'],
  weight: ['weight', 'w', 'count'],
};

const byteCountMax = 64 * 1024 * 1024 * 1024;
const rowCountMax = 1_000_000_000;

/** Reads an edge list. */
export function readEdgeList(path: string, options: EdgeListOptions = {}): EdgeRows {
  const shape = shapeOf(path, options);
  const numbers = new Map<string, number>();
  const columns: Record<string, TableColumn> = {};
  for (const [role, name] of Object.entries(shape.nameOf)) columns[name] = columnOf(role, numbers);
  const source = openSource(path, byteCountMax);
  try {
    const table = readTableFrom(withoutComments(source, shape.joinsBlanks), columns as TableColumns, {
      ...{ delimiter: shape.delimiter, undeclared: 'ignore', byteCountMax, rowCountMax },
      ...(shape.header === undefined ? {} : { header: shape.header }),
    });
    const values = (role: string) => table.columns[shape.nameOf[role]];
    return {
      ids: [...numbers.keys()],
      from: values('source') as Int32Array,
      to: values('target') as Int32Array,
      ...('time' in shape.nameOf ? { timeMs: values('time') as Float64Array } : {}),
      ...('weight' in shape.nameOf ? { weight: values('weight') as Float64Array } : {}),
      placeOf: (row) => ({ file: table.file, line: table.line[row] }),
    };
  } finally {
    source.close();
  }
}

function columnOf(role: string, numberOf: Map<string, number>): TableColumn {
  if (role === 'time') return { type: 'time' };
  return role === 'weight' ? { type: 'number' } : { type: 'numbered', numberOf };
}

/** How a file is separated, and which of its columns is what. */
interface Shape {
  readonly delimiter: string;
  readonly joinsBlanks: boolean;
  /** Names for a file that has none. */
  readonly header?: readonly string[];
  /** Role => name in the header. */
  readonly nameOf: Readonly<Record<string, string>>;
}

function shapeOf(path: string, options: EdgeListOptions): Shape {
  const { line, number, file } = firstLine(path);
  const delimiter = options.delimiter ?? [',', '\t', ';', '|'].find((one) => line.includes(one)) ?? ' ';
  const joinsBlanks = delimiter === ' ' || (delimiter === '\t' && options.delimiter === undefined);
  const cells = (joinsBlanks ? line.trim().split(/[ \t]+/) : line.split(delimiter)).map((cell) =>
    cell.replace(/^"(.*)"$/, '$1'),
  );
  const separation = { delimiter: joinsBlanks ? '\t' : delimiter, joinsBlanks };
  const place = { file, line: number };
  if (options.columns !== undefined) return { ...separation, ...given(options.columns, cells, place) };
  const nameOf = rolesIn(cells);
  if ('source' in nameOf && 'target' in nameOf) return { ...separation, nameOf };
  if (cells.length < 2 || !cells.slice(0, 2).every((cell) => /^-?\d+$/.test(cell))) throw namelessHeader(cells, place);
  if (cells.length > 2) {
    const next =
      'Pass --columns source,target,time or --columns source,target,weight, with - for columns to pass over.';
    const found = `the file has no header and ${cells.length} columns: the third may be a time or a weight`;
    throw new InputError({ code: 'INPUT_HEADER', place, found, next });
  }
  return { ...separation, header: ['source', 'target'], nameOf: { source: 'source', target: 'target' } };
}

function rolesIn(cells: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [role, names] of Object.entries(roleNames)) {
    const cell = cells.find((one) => names.includes(one.toLowerCase()));
    if (cell !== undefined) found[role] = cell;
  }
  return found;
}

function namelessHeader(cells: readonly string[], place: Place): InputError {
  const found = `no columns called source and target; the first line has ${cells.slice(0, 6).map(echo).join(', ')}`;
  const next = 'Name them in the first line, or pass --columns source,target for a file without a header.';
  return new InputError({ code: 'INPUT_HEADER', place, found, next });
}

/** Columns as the caller names them. A header that has these roles itself is no header, and would be read as a row: refused. */
function given(roles: readonly string[], cells: readonly string[], place: Place): Pick<Shape, 'header' | 'nameOf'> {
  const unknown = roles.find((role) => role !== '-' && !Object.hasOwn(roleNames, role));
  const twice = roles.find((role, i) => role !== '-' && roles.indexOf(role) !== i);
  if (unknown !== undefined || twice !== undefined || !roles.includes('source') || !roles.includes('target')) {
    const found = `--columns must name source and target once, and may name time, weight and -, got ${echo(roles.join(','))}`;
    throw new InputError({ code: 'INPUT_USAGE', found, next: 'Write --columns source,target,time.' });
  }
  const inHeader = rolesIn(cells);
  if ('source' in inHeader && 'target' in inHeader) {
    const found = '--columns is for files without a header, and this one has a header';
    throw new InputError({ code: 'INPUT_COMBINATION', place, found, next: 'Leave --columns out.' });
  }
  const header = roles.map((role, i) => (role === '-' ? `column ${i + 1}` : role));
  return { header, nameOf: Object.fromEntries(roles.filter((role) => role !== '-').map((role) => [role, role])) };
}

const sniffedBytes = 64 * 1024;

/** The first line that is neither empty nor comment. The file is opened once more for it. */
function firstLine(path: string): { line: string; number: number; file: string } {
  const source = openSource(path, byteCountMax);
  try {
    const bytes = readSome(withoutComments(source, false));
    const lines = Buffer.from(bytes)
      .toString()
      .replace(/^\uFEFF/, '')
      .split(/\r\n?|\n/);
    const index = lines.findIndex((line) => line.trim() !== '');
    if (index >= 0) return { line: lines[index], number: index + 1, file: source.file };
    const next = 'Write a row an edge: source,target.';
    throw new InputError({ code: 'INPUT_EMPTY', place: { file: source.file }, found: 'holds no edge', next });
  } finally {
    source.close();
  }
}

function readSome(source: ByteSource): Uint8Array {
  const bytes = new Uint8Array(sniffedBytes);
  let filled = 0;
  while (filled < bytes.length) {
    const got = source.read(bytes, filled);
    if (got === 0) break;
    filled += got;
  }
  return bytes.subarray(0, filled);
}
