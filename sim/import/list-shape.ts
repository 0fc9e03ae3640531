/**
 * The shape of a list in a text file: how its cells are separated, whether it has a header, and which column is what.
 *
 * Reads the first line that is neither empty nor comment, and nothing more. Columns are found by their names in the header, or named by the
 * caller for a file without one; nothing is guessed from values, but that two columns of integers without a header are ends of edges.
 * Oracle: `test/sim/import/edge-list.test.ts`, `test/sim/import/act-list.test.ts`.
 */
import { InputError, echo } from '../ground/errors.ts';
import { openSource } from '../scenario/table-source.ts';
import { withoutComments } from './edge-bytes.ts';
import type { Place } from '../ground/errors.ts';
import type { ByteSource } from '../scenario/table-source.ts';

/** What rows of a list are. */
export interface ListForm {
  /** Begins with a vowel: it is told as "a row an edge". */
  readonly noun: string;
  /** Names by which each role may go, in small letters. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly required: readonly string[];
  /** What to write after --columns. */
  readonly example: string;
  /** Whether two columns of integers without a header are a list. */
  readonly isPlainPairs: boolean;
  /** Roles of the columns of a file without a header, where a header is not asked for. */
  readonly headless?: readonly string[];
}

/** How to read a list. */
export interface ListOptions {
  /** `,`, `;`, `|`, a tab, or a blank for any run of blanks and tabs. Found out where it is not given. */
  readonly delimiter?: string;
  /** Roles of the columns of a file without a header, or - for one to pass over. */
  readonly columns?: readonly string[];
}

/** Bytes up to which a list is read. */
export const byteCountMax = 64 * 1024 * 1024 * 1024;

/** How a file is separated, and which of its columns is what. */
export interface ListShape {
  readonly delimiter: string;
  readonly joinsBlanks: boolean;
  /** Names for a file that has none. */
  readonly header?: readonly string[];
  /** Role => name in the header. */
  readonly nameOf: Readonly<Record<string, string>>;
}

/** The shape of a list. Throws INPUT_HEADER where nothing says which column is what. */
export function shapeOf(path: string, options: ListOptions, form: ListForm): ListShape {
  const { line, number, file } = firstLine(path, form);
  const delimiter = options.delimiter ?? [',', '\t', ';', '|'].find((one) => line.includes(one)) ?? ' ';
  const joinsBlanks = delimiter === ' ' || (delimiter === '\t' && options.delimiter === undefined);
  const cells = (joinsBlanks ? line.trim().split(/[ \t]+/) : line.split(delimiter)).map((cell) =>
    cell.replace(/^"(.*)"$/, '$1'),
  );
  const separation = { delimiter: joinsBlanks ? '\t' : delimiter, joinsBlanks };
  const place = { file, line: number };
  if (options.columns !== undefined) return { ...separation, ...given(options.columns, cells, place, form) };
  const nameOf = rolesIn(cells, form);
  if (form.required.every((role) => role in nameOf)) return { ...separation, nameOf };
  const { headless } = form;
  if (headless !== undefined && cells.length <= headless.length) {
    const header = headless.slice(0, cells.length);
    return { ...separation, header, nameOf: Object.fromEntries(header.map((role) => [role, role])) };
  }
  const isPairs = form.isPlainPairs && cells.length >= 2 && cells.slice(0, 2).every((cell) => /^-?\d+$/.test(cell));
  if (!isPairs) throw namelessHeader(cells, place, form);
  if (cells.length > 2) {
    const next =
      'Pass --columns source,target,time or --columns source,target,weight, with - for columns to pass over.';
    const found = `the file has no header and ${cells.length} columns: the third may be a time or a weight`;
    throw new InputError({ code: 'INPUT_HEADER', place, found, next });
  }
  return { ...separation, header: ['source', 'target'], nameOf: { source: 'source', target: 'target' } };
}

function rolesIn(cells: readonly string[], form: ListForm): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [role, names] of Object.entries(form.names)) {
    const cell = cells.find((one) => names.includes(one.toLowerCase()));
    if (cell !== undefined) found[role] = cell;
  }
  return found;
}

function namelessHeader(cells: readonly string[], place: Place, { required }: ListForm): InputError {
  const found = `no columns called ${required.join(' and ')}; the first line has ${cells.slice(0, 6).map(echo).join(', ')}`;
  const next = `Name them in the first line, or pass --columns ${required.join(',')} for a file without a header.`;
  return new InputError({ code: 'INPUT_HEADER', place, found, next });
}

/** Columns as the caller names them. A header that has these roles itself is no header, and would be read as a row: refused. */
function given(
  roles: readonly string[],
  cells: readonly string[],
  place: Place,
  form: ListForm,
): Pick<ListShape, 'header' | 'nameOf'> {
  const { names, required } = form;
  const unknown = roles.find((role) => role !== '-' && !Object.hasOwn(names, role));
  const twice = roles.find((role, i) => role !== '-' && roles.indexOf(role) !== i);
  if (unknown !== undefined || twice !== undefined || !required.every((role) => roles.includes(role))) {
    const others = Object.keys(names).filter((role) => !required.includes(role));
    const found = `--columns must name ${required.join(' and ')} once, and may name ${others.join(', ')} and -, got ${echo(roles.join(','))}`;
    throw new InputError({ code: 'INPUT_USAGE', found, next: `Write --columns ${form.example}.` });
  }
  const inHeader = rolesIn(cells, form);
  if (required.every((role) => role in inHeader)) {
    const found = '--columns is for files without a header, and this one has a header';
    throw new InputError({ code: 'INPUT_COMBINATION', place, found, next: 'Leave --columns out.' });
  }
  const header = roles.map((role, i) => (role === '-' ? `column ${i + 1}` : role));
  return { header, nameOf: Object.fromEntries(roles.filter((role) => role !== '-').map((role) => [role, role])) };
}

const sniffedBytes = 64 * 1024;

/** The first line that is neither empty nor comment. The file is opened once more for it. */
function firstLine(path: string, form: ListForm): { line: string; number: number; file: string } {
  const source = openSource(path, byteCountMax);
  try {
    const bytes = readSome(withoutComments(source, false));
    const lines = Buffer.from(bytes)
      .toString()
      .replace(/^\uFEFF/, '')
      .split(/\r\n?|\n/);
    const index = lines.findIndex((line) => line.trim() !== '');
    if (index >= 0) return { line: lines[index], number: index + 1, file: source.file };
    const next = `Write a row an ${form.noun}: ${form.required.join(',')}.`;
    throw new InputError({ code: 'INPUT_EMPTY', place: { file: source.file }, found: `holds no ${form.noun}`, next });
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
