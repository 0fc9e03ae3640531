/**
 * Edges as a data set: each pair of agents one tie; without times they are there from the start, with times they are follows of a log.
 *
 * Reads rows of an edge list or of a network file. A tie from an agent to itself is left out; a pair that stands twice is one tie: its
 * first place (or its earliest time) stays, weights are added up and rows counted in the table `ties`. An undirected edge is two ties.
 * Order: ties by their ends, found by two stable radix sorts: no set of pairs, which V8 ends at 2^24. Oracle: a Map of `from to`.
 */
import { echo } from '../ground/errors.ts';
import { createRadixScratch, sortPairs } from '../ground/radix.ts';
import { verbs } from '../exchange/verbs.ts';
import { noActs, RowTally } from './gathered.ts';
import { nameOfSource } from './source-file.ts';
import type { DataColumn, DataTableParts } from '../record/data-table.ts';
import type { EdgeRows } from './edge-list.ts';
import type { Acts, Gathered } from './gathered.ts';

/** Ties out of rows: each pair once. */
interface Ties {
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** How many rows are behind each. */
  readonly rowCount: Int32Array;
  readonly timeMs?: Float64Array;
  readonly weight?: Float64Array;
}

/** Brings edges into the form of a data set. `already` is what a reader has left out. */
export function gatherEdges(path: string, rows: EdgeRows, already: RowTally = new RowTally()): Gathered {
  const noted = new RowTally();
  const ties = tiesOf(rows, already, noted);
  const isTimed = ties.timeMs !== undefined;
  return {
    ...{ importer: 'edges', name: nameOfSource(path), layer: 'follow' },
    ids: rows.ids,
    ties: isTimed ? { from: new Int32Array(0), to: new Int32Array(0) } : ties,
    acts: ties.timeMs === undefined ? noActs : followsOf(ties, ties.timeMs),
    tables: tablesOf(rows, ties),
    files: [path],
    dropped: already.listed(),
    noted: noted.listed(),
  };
}

function tiesOf(rows: EdgeRows, dropped: RowTally, noted: RowTally): Ties {
  const order = sortedEdges(rows, dropped);
  const { timeMs, weight } = rows;
  const from = new Int32Array(order.length);
  const to = new Int32Array(order.length);
  const rowCount = new Int32Array(order.length);
  const times = timeMs === undefined ? undefined : new Float64Array(order.length);
  const weights = weight === undefined ? undefined : new Float64Array(order.length);
  let tie = -1;
  for (const row of order) {
    const isNew = tie < 0 || rows.from[row] !== from[tie] || rows.to[row] !== to[tie];
    if (isNew) {
      tie++;
      from[tie] = rows.from[row];
      to[tie] = rows.to[row];
      if (times !== undefined && timeMs !== undefined) times[tie] = timeMs[row];
    } else repeat(row);
    rowCount[tie]++;
    if (weights !== undefined && weight !== undefined) weights[tie] += weight[row];
    if (times !== undefined && timeMs !== undefined) times[tie] = Math.min(times[tie], timeMs[row]);
  }
  const end = tie + 1;
  return {
    from: from.subarray(0, end),
    to: to.subarray(0, end),
    rowCount: rowCount.subarray(0, end),
    ...(times === undefined ? {} : { timeMs: times.subarray(0, end) }),
    ...(weights === undefined ? {} : { weight: weights.subarray(0, end) }),
  };

  function repeat(row: number): void {
    const found = (): string => `${echo(rows.ids[rows.from[row]])} -> ${echo(rows.ids[rows.to[row]])}`;
    if (timeMs === undefined) dropped.add('tie that stands twice', () => rows.placeOf(row), found);
    else noted.add('tie met again: its earliest time is kept', () => rows.placeOf(row), found);
  }
}

/** Rows by (from, to), in the order of the file where both are equal; ties to oneself are left out. */
function sortedEdges({ from, to, ids, placeOf }: EdgeRows, dropped: RowTally): Int32Array {
  const rows = new Int32Array(from.length);
  let count = 0;
  for (let row = 0; row < from.length; row++) {
    if (from[row] !== to[row]) rows[count++] = row;
    else
      dropped.add(
        'tie from an agent to itself',
        () => placeOf(row),
        () => echo(ids[from[row]]),
      );
  }
  const keys = new Int32Array(count);
  const scratch = createRadixScratch(count);
  for (const end of [to, from]) {
    for (let i = 0; i < count; i++) keys[i] = end[rows[i]];
    sortPairs(keys, rows, count, scratch);
  }
  return rows.subarray(0, count);
}

function followsOf({ from, to }: Ties, timeMs: Float64Array): Acts {
  return { count: from.length, verb: new Uint8Array(from.length).fill(verbs.follow), actor: from, target: to, timeMs };
}

/** Labels of agents; weights, times and numbers of rows of ties, where they say more than that a tie is there. */
function tablesOf({ labels, ids }: EdgeRows, { from, to, rowCount, weight, timeMs }: Ties): DataTableParts[] {
  const tables: DataTableParts[] = [];
  if (labels !== undefined)
    tables.push({ name: 'agents', rows: 'agents', rowCount: ids.length, columns: { label: labels } });
  const hasRepeats = rowCount.some((count) => count > 1);
  if (weight === undefined && timeMs === undefined && !hasRepeats) return tables;
  const columns: Record<string, DataColumn> = {
    ...{ follower: from, followee: to, rows: rowCount },
    ...(weight === undefined ? {} : { weight }),
    ...(timeMs === undefined ? {} : { timeMs }),
  };
  return [...tables, { name: 'ties', rows: 'ties', rowCount: from.length, columns }];
}
