/**
 * Ties between the rows of a population: both ends exist, no end is its own other end, no tie stands twice.
 *
 * Reads two columns of a table, texts or references; returns the rows at both ends of each tie, in the order of the file.
 * What is wrong is refused, or dropped and counted if the caller says so, never silently mended.
 * Duplicates are found by one counting sort by source and one mark per target: linear, 16 bytes a tie, no set of pairs (a V8 Set
 * ends at 2^24). Invariant: the first of two equal ties is the one that stays. Oracle: a Set of `from:to`.
 */
import { InputError, echo } from '../ground/errors.ts';
import { ProblemList } from './problems-list.ts';
import type { Table } from './table.ts';

/** What can be wrong with a tie. */
export type EdgeFlaw = 'dangling' | 'self' | 'duplicate';

/** Which columns hold the ends, and what they refer to. */
export interface EdgeOptions {
  readonly from: string;
  readonly to: string;
  /** Row of each id of the population, as `readTable` returns it: rows are 0 to its size - 1. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Flaws whose ties are left out and counted, instead of refused. */
  readonly drop?: readonly EdgeFlaw[];
}

/** Sound ties, and how many were left out for which flaw. */
export interface Edges {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly line: Uint32Array;
  readonly droppedCount: Readonly<Record<EdgeFlaw, number>>;
}

/** Checks the ties of a table. Throws one InputError with the first twenty flawed ties and their number. */
export function checkEdges(table: Table, options: EdgeOptions): Edges {
  const { file, line, rowCount } = table;
  const ends = { from: endsOf(table, options.from, options), to: endsOf(table, options.to, options) };
  const firstOf = findDuplicates(ends.from, ends.to, options.rowOf.size);
  const problems = new ProblemList(file);
  const droppedCount = { dangling: 0, self: 0, duplicate: 0 };
  const kept = { from: new Int32Array(rowCount), to: new Int32Array(rowCount), line: new Uint32Array(rowCount) };
  const nameOf = namesOf(table, options);
  let keptCount = 0;
  for (let edge = 0; edge < rowCount; edge++) {
    const flaw = flawOf(ends.from[edge], ends.to[edge], firstOf[edge]);
    if (flaw === undefined) {
      kept.from[keptCount] = ends.from[edge];
      kept.to[keptCount] = ends.to[edge];
      kept.line[keptCount] = line[edge];
      keptCount++;
    } else if (options.drop?.includes(flaw) === true) {
      droppedCount[flaw]++;
    } else {
      problems.add(() => problemOf(flaw, { file, line: line[edge] }, nameOf(edge), line[firstOf[edge] - 1]));
    }
  }
  problems.throwIfAny();
  const cut = {
    from: kept.from.slice(0, keptCount),
    to: kept.to.slice(0, keptCount),
    line: kept.line.slice(0, keptCount),
  };
  return { ...cut, droppedCount };
}

function flawOf(from: number, to: number, firstOf: number): EdgeFlaw | undefined {
  if (from < 0 || to < 0) return 'dangling';
  if (from === to) return 'self';
  return firstOf > 0 ? 'duplicate' : undefined;
}

/** Rows of one end of each tie; -1 where the id is unknown. */
function endsOf({ file, columns }: Table, name: string, { rowOf }: EdgeOptions): Int32Array {
  const values = columns[name];
  if (values instanceof Int32Array) return values.map((row) => (row < rowOf.size ? row : -1));
  if (values === undefined || values instanceof Float64Array) {
    const found = `${echo(name)} is no column of ids`;
    throw new InputError({
      code: 'INPUT_HEADER',
      place: { file },
      found,
      next: 'Declare it as text or as a reference.',
    });
  }
  return Int32Array.from(values, (id) => rowOf.get(id) ?? -1);
}

/** 0 for the first tie of its kind, else the number (from 1) of the one before it that is equal. */
function findDuplicates(from: Int32Array, to: Int32Array, populationCount: number): Int32Array {
  const edgeCount = from.length;
  const starts = new Int32Array(populationCount + 1);
  for (let edge = 0; edge < edgeCount; edge++) if (from[edge] >= 0) starts[from[edge] + 1]++;
  for (let row = 0; row < populationCount; row++) starts[row + 1] += starts[row];
  const bySource = new Int32Array(starts[populationCount]);
  for (let edge = 0; edge < edgeCount; edge++) if (from[edge] >= 0) bySource[starts[from[edge]]++] = edge;
  const firstOf = new Int32Array(edgeCount);
  /** Number (from 1) of the last tie to each target; whether it is of this source, its own source says. */
  const seen = new Int32Array(populationCount);
  for (const edge of bySource) {
    const target = to[edge];
    if (target < 0) continue;
    const first = seen[target];
    if (first > 0 && from[first - 1] === from[edge]) firstOf[edge] = first;
    else seen[target] = edge + 1;
  }
  return firstOf;
}

interface EndNames {
  readonly from: string;
  readonly to: string;
}

/** Names of a tie's ends. The ids of references are looked up only when there is a problem to tell. */
function namesOf({ columns }: Table, { from, to, rowOf }: EdgeOptions): (edge: number) => EndNames {
  let ids: string[] | undefined;
  const nameAt = (column: string, edge: number): string => {
    const value = columns[column][edge];
    if (typeof value === 'string') return echo(value);
    if (ids === undefined) {
      ids = [];
      for (const [id, row] of rowOf) ids[row] = id;
    }
    return ids[value] === undefined ? 'an unknown id' : echo(ids[value]);
  };
  return (edge) => ({ from: nameAt(from, edge), to: nameAt(to, edge) });
}

function problemOf(flaw: EdgeFlaw, place: { file: string; line: number }, names: EndNames, firstLine: number) {
  const tie = `${names.from} -> ${names.to}`;
  if (flaw === 'dangling') {
    const next = 'Add the id, correct it, or pass --drop-dangling.';
    return { code: 'INPUT_DANGLING_REF', place, found: `the tie ${tie} has an end that is no id`, next } as const;
  }
  if (flaw === 'self') {
    const found = `${names.from} follows itself`;
    return { code: 'INPUT_SELF_FOLLOW', place, found, next: 'Remove the row.' } as const;
  }
  const found = `the tie ${tie} stands twice, first on line ${firstLine}`;
  return { code: 'INPUT_DUPLICATE_EDGE', place, found, next: 'Keep one of them.' } as const;
}
