/**
 * Edge lists as text: two ends a row, and if the file has them a time and a weight; commas, semicolons, tabs or blanks; plain or gzipped.
 *
 * The file is read in pieces; of each row its numbers are kept and no text, so 10 million rows with times and
 * weights, a file of 288 MB, took 90 bytes a row (897 MB at the peak, Node 24.21). Columns are
 * found by their names in the header, or named by the caller. Without a header, two columns of integers are ends; anything more is
 * refused and not guessed, since a third column may be a time or a weight.
 * Errors: those of a table, all of one pass, each with its line. Oracle: `test/sim/import/edge-list.test.ts`.
 */
import { readTableFrom } from '../scenario/table.ts';
import { openSource } from '../scenario/table-source.ts';
import { withoutComments } from './edge-bytes.ts';
import { byteCountMax, shapeOf } from './list-shape.ts';
import type { Place } from '../ground/errors.ts';
import type { TableColumn, TableColumns } from '../scenario/table-columns.ts';
import type { ListForm, ListOptions } from './list-shape.ts';

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

const edges: ListForm = {
  noun: 'edge',
  names: {
    source: ['source', 'src', 'from', 'follower', 'tail', 'node1', 'u', 'fromnodeid'],
    target: ['target', 'dst', 'dest', 'to', 'followee', 'head', 'node2', 'v', 'tonodeid'],
    time: ['time', 'timestamp', 'created_at', 'date', 'datetime', 't', 'unixts'],
    weight: ['weight', 'w', 'count'],
  },
  required: ['source', 'target'],
  example: 'source,target,time',
  isPlainPairs: true,
};

const rowCountMax = 1_000_000_000;

/** Reads an edge list. */
export function readEdgeList(path: string, options: ListOptions = {}): EdgeRows {
  const shape = shapeOf(path, options, edges);
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
