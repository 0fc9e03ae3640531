/** Parquet files, read back by another reader: hyparquet. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { writeParquet } from '../../../sim/record/parquet-file.ts';
import { temporaryFolder } from '../../command/start.ts';
import type { ParquetCell, ParquetColumn } from '../../../sim/record/parquet-file.ts';

const folder = temporaryFolder();
const columns: readonly ParquetColumn[] = [
  { name: 'id', type: 'text' },
  { name: 'count', type: 'integer' },
  { name: 'value', type: 'number' },
  { name: 'sure', type: 'truth' },
];

function* rowsOf(count: number): Generator<ParquetCell[]> {
  for (let row = 0; row < count; row++) {
    yield [`agent-${row} é`, row, row % 7 === 3 ? null : row / 3, row % 2 === 0];
  }
}

test('writeParquet: another reader finds every cell again, over two groups of rows', async () => {
  const file = join(folder, 'long.parquet');
  expect(writeParquet(file, columns, rowsOf(70_000))).toBe(70_000);
  const source = await asyncBufferFromFile(file);
  expect((await parquetMetadataAsync(source)).row_groups.length).toBe(2);
  const found = await parquetReadObjects({ file: source });
  expect(found).toHaveLength(70_000);
  for (const row of [0, 3, 65_535, 65_536, 69_999]) {
    expect(found[row]).toEqual({
      id: `agent-${row} é`,
      count: BigInt(row),
      value: row % 7 === 3 ? null : row / 3,
      sure: row % 2 === 0,
    });
  }
});

test('writeParquet: equal rows give equal bytes, NaN becomes null, and a table without rows can be read', async () => {
  const [one, two, none] = ['one', 'two', 'none'].map((name) => join(folder, `${name}.parquet`));
  for (const file of [one, two]) writeParquet(file, columns, [['a', 1, Number.NaN, null]]);
  expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
  expect(await parquetReadObjects({ file: await asyncBufferFromFile(one) })).toEqual([
    { id: 'a', count: 1n, value: null, sure: null },
  ]);
  expect(writeParquet(none, columns, [])).toBe(0);
  expect(await parquetReadObjects({ file: await asyncBufferFromFile(none) })).toEqual([]);
});
