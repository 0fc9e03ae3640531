/**
 * Tables of a data set that the log has no place for: texts, votes, weights. One file each, columns one after the other.
 *
 * Layout: a line of JSON with the number of rows and the columns, then the columns in that order, little-endian. A column of texts is
 * the length of each in bytes, then all of them as UTF-8; lone surrogates become U+FFFD. Rows stand in the order that `rows` names:
 * agents by ordinal, posts by id.
 * Texts are stored as they were given; whoever shows one escapes it. Oracle: what was written, read back.
 */
import { join } from 'node:path';
import { writePieces } from './store.ts';

/** A column: 32-bit integers, doubles, or texts. */
export type DataColumn = Int32Array | Float64Array | readonly string[];

/** A table to be written. */
export interface DataTableParts {
  readonly name: string;
  /** What a row is: an agent by its ordinal, a post by its id, a tie, a community. */
  readonly rows: 'agents' | 'posts' | 'ties' | 'communities';
  readonly rowCount: number;
  readonly columns: Readonly<Record<string, DataColumn>>;
}

/** A file with its length and digest. */
export interface FileFact {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export type ColumnType = 'i32' | 'f64' | 'text';

/** The first line of a table's file. */
export interface TableOpening {
  readonly format: 'mesocosm-table-1';
  readonly rows: DataTableParts['rows'];
  readonly rowCount: number;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly bytes: number }[];
}

/** Where a table lies in its directory. */
export function tableFile(name: string): string {
  return `tables/${name}.bin`;
}

/** Writes a table into a directory: aside, synced, renamed. */
export function writeDataTable(directory: string, table: DataTableParts): FileFact {
  const columns = Object.entries(table.columns).map(([name, column]) => ({ name, column, pieces: piecesOf(column) }));
  const opening: TableOpening = {
    format: 'mesocosm-table-1',
    rows: table.rows,
    rowCount: table.rowCount,
    columns: columns.map(({ name, column, pieces }) => ({ name, type: typeOf(column), bytes: lengthOf(pieces) })),
  };
  const name = tableFile(table.name);
  const pieces = [Buffer.from(JSON.stringify(opening) + '\n'), ...columns.flatMap((one) => one.pieces)];
  return { name, ...writePieces(join(directory, name), pieces) };
}

function typeOf(column: DataColumn): ColumnType {
  return column instanceof Int32Array ? 'i32' : column instanceof Float64Array ? 'f64' : 'text';
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** Texts of one piece: some megabytes. */
const textsOfPiece = 4096;

function piecesOf(column: DataColumn): Uint8Array[] {
  if (column instanceof Int32Array || column instanceof Float64Array) {
    return [new Uint8Array(column.buffer, column.byteOffset, column.byteLength)];
  }
  const lengths = Uint32Array.from(column, (text) => Buffer.byteLength(text));
  const pieces: Uint8Array[] = [new Uint8Array(lengths.buffer)];
  for (let row = 0; row < column.length; row += textsOfPiece) {
    pieces.push(Buffer.from(column.slice(row, row + textsOfPiece).join('')));
  }
  return pieces;
}
