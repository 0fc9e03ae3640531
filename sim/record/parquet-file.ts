/**
 * Tables as Parquet, for pandas, R and DuckDB: columns with types, compressed, in groups of rows, so that a table of any size passes through.
 *
 * Takes rows once, in order; keeps one group of them. Numbers are DOUBLE or INT64, texts UTF-8; null is null, and so is a number that is not
 * finite, since half of the readers turn NaN into something else. Writes aside and renames (`store.ts`).
 * Invariant: equal rows, equal bytes: no clock, no path. Oracle: another reader (`test/sim/record/parquet-file.test.ts`: hyparquet).
 */
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { InvariantError } from '../ground/errors.ts';
import { writePieces } from './store.ts';

/** A column: its name, and what it holds. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'text' | 'truth';
}

/** One value; null where there is none. */
export type ParquetCell = number | string | boolean | null;

const types = { number: 'DOUBLE', integer: 'INT64', text: 'STRING', truth: 'BOOLEAN' } as const;
/** Rows of a group: some MB of text, and enough for readers that skip by statistics. */
const groupRows = 65_536;

/** Writes a table. Returns how many rows it has. */
export function writeParquet(
  file: string,
  columns: readonly ParquetColumn[],
  rows: Iterable<readonly ParquetCell[]>,
): number {
  let count = 0;
  writePieces(
    file,
    pieces(columns, rows, () => count++),
  );
  return count;
}

function* pieces(
  columns: readonly ParquetColumn[],
  rows: Iterable<readonly ParquetCell[]>,
  onRow: () => void,
): Iterable<Uint8Array> {
  const sink = new ByteWriter();
  const schema = schemaFromColumnData({
    columnData: columns.map(({ name, type }) => ({ name, data: [], type: types[type], nullable: true })),
  });
  const writer = new ParquetWriter({ writer: sink, schema, createdBy: 'mesocosm' });
  let group: readonly ParquetCell[][] = columns.map(() => []);
  const encode = (): Uint8Array => {
    const columnData = columns.map(({ name, type }, at) => ({ name, data: group[at], type: types[type] }));
    settled(writer.write({ columnData, rowGroupSize: groupRows }));
    group = columns.map(() => []);
    return drained(sink);
  };
  for (const row of rows) {
    onRow();
    columns.forEach(({ type }, at) => group[at].push(cellOf(row[at] ?? null, type)));
    if (group[0].length >= groupRows) yield encode();
  }
  if (group[0].length > 0) yield encode();
  settled(writer.finish());
  yield drained(sink);
}

/** What the sink holds, which begins anew: its count of all bytes, of which the file's index is made, goes on. */
function drained(sink: ByteWriter): Uint8Array {
  const bytes = sink.getBytes().slice();
  sink.index = 0;
  return bytes;
}

function cellOf(value: ParquetCell, type: ParquetColumn['type']): ParquetCell {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  return type === 'integer' && value !== null ? (BigInt(value) as unknown as number) : value;
}

/** A writer into memory has nothing to wait for. */
function settled(result: void | Promise<void>): void {
  if (result instanceof Promise) throw new InvariantError('a writer into memory waits for nothing');
}
