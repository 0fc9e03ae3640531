/**
 * Who follows whom: compressed rows in both directions with room to grow, and a log of follows and unfollows that is merged into
 * the rows every k ticks.
 *
 * A row lies at `start`, holds `length` neighbours in the order of their ordinals, and has `capacity` places; a row that outgrows
 * its places moves to the shard's part of the pool's tail. So a merge costs what changed, not what there is, and no second copy
 * of the graph is needed. Each shard writes the rows and the log of its own agents only.
 * Invariant: what `follows` answers does not depend on when the log was merged. Oracle: a Set of pairs.
 */
import { column, defineTable } from '../ground/table.ts';
import type { Table, TableView } from '../ground/table.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
import { InvariantError } from '../ground/errors.ts';

/** Where each agent's row of neighbours lies in the pool. */
export const tieRowSpec = defineTable<AgentRow>()('tieRows', {
  start: column('i32', 'address'),
  length: column('i32'),
  capacity: column('i32', 'address'),
});
export type TieRows = Table<AgentRow, (typeof tieRowSpec)['columns']>;
export type TieRowsView = TableView<AgentRow, (typeof tieRowSpec)['columns']>;

/** Neighbours of all rows. */
export const tiePoolSpec = defineTable<Id<'ties'>>()('ties', { neighbour: column('i32', 'agentRow') });
export type TiePool = Table<Id<'ties'>, (typeof tiePoolSpec)['columns']>;

/** Follows (+1) and unfollows (-1) since the last merge; `next` is the follower's entry before this one, or -1. */
export const tieLogSpec = defineTable<Id<'tieLogs'>>()('tieLogs', {
  follower: column('i32', 'agentRow'),
  followee: column('i32', 'agentRow'),
  sign: column('i8'),
  next: column('i32', 'address'),
});
export type TieLog = Table<Id<'tieLogs'>, (typeof tieLogSpec)['columns']>;

/** One direction of the graph. */
export interface TieSide {
  readonly rows: TieRows;
  readonly pool: TiePool;
  /** Next free place and end of each shard's part of the tail: two words a shard. */
  readonly tail: Int32Array;
}

/** The graph: followees of each agent, followers of each agent, and each shard's log. */
export interface Ties {
  readonly followees: TieSide;
  readonly followers: TieSide;
  readonly logs: readonly TieLog[];
  /** Entries in use of each shard's log. */
  readonly logCount: Int32Array;
}

/** No entry of the log. */
export const noTie = -1;

/**
 * Whether an agent follows another: the unmerged log first, newest first, then its row.
 * `pendingTie` is the head of the follower's chain in the log of the follower's own shard.
 */
export function follows(ties: Ties, log: TieLog, pendingTie: number, follower: AgentRow, followee: number): boolean {
  for (let entry = pendingTie as Id<'tieLogs'>; entry !== noTie; entry = log.next[entry] as Id<'tieLogs'>) {
    if (log.followee[entry] === followee) return log.sign[entry] > 0;
  }
  return placeInRow(ties.followees, follower, followee) >= 0;
}

/**
 * Whom an agent follows now, in the order of ordinals, the unmerged log included. For agents with entries in the log; who has
 * none reads the row as it lies.
 */
export function currentFollowees(
  ties: Ties,
  log: TieLog,
  pendingTie: number,
  follower: AgentRow,
  ordinal: ArrayLike<number>,
): number[] {
  const { rows, pool } = ties.followees;
  const neighbours = pool.neighbour as unknown as Int32Array;
  const start = rows.start[follower];
  const current = new Set(neighbours.subarray(start, start + rows.length[follower]));
  const decided = new Set<number>();
  for (let entry = pendingTie as Id<'tieLogs'>; entry !== noTie; entry = log.next[entry] as Id<'tieLogs'>) {
    const followee = log.followee[entry];
    if (decided.has(followee)) continue;
    decided.add(followee);
    if (log.sign[entry] > 0) current.add(followee);
    else current.delete(followee);
  }
  return [...current].sort((x, y) => ordinal[x] - ordinal[y]);
}

function placeInRow(side: TieSide, row: AgentRow, neighbour: number): number {
  const start = side.rows.start[row];
  const end = start + side.rows.length[row];
  const neighbours = side.pool.neighbour as unknown as Int32Array;
  for (let place = start; place < end; place++) if (neighbours[place] === neighbour) return place;
  return -1;
}

/** Adds an entry to a shard's log; returns its place, which becomes the head of the follower's chain. */
export function logTie(
  ties: Ties,
  shard: number,
  pendingTie: number,
  tie: { readonly follower: number; readonly followee: number; readonly sign: 1 | -1 },
): number {
  const log = ties.logs[shard];
  const entry = ties.logCount[shard] as Id<'tieLogs'>;
  if (entry >= log.rowCapacity) throw new InvariantError('the log of ties is full before its merge');
  log.follower[entry] = tie.follower;
  log.followee[entry] = tie.followee;
  log.sign[entry] = tie.sign;
  log.next[entry] = pendingTie;
  ties.logCount[shard] = entry + 1;
  return entry;
}

/** Changes of one row, one a neighbour, in the order of the neighbours' ordinals. */
export interface RowChanges {
  readonly neighbour: Int32Array;
  readonly sign: Int8Array;
  count: number;
}

/**
 * Applies changes to one row of one direction. The caller owns the row. Removals run from the front, insertions from the back, so
 * that every stretch of neighbours between two changes moves once: a hub's row may hold a large part of all agents.
 */
export function mergeRow(side: TieSide, shard: number, ordinal: Int32Array, row: AgentRow, changes: RowChanges): void {
  removeNeighbours(side, ordinal, row, changes);
  insertNeighbours(side, shard, ordinal, row, changes);
}

/** Applies one logged change to one direction: see `mergeRow`. */
export function mergeTie(
  side: TieSide,
  shard: number,
  ordinal: Int32Array,
  change: { readonly row: number; readonly neighbour: number; readonly sign: number },
): void {
  const neighbour = Int32Array.of(change.neighbour);
  mergeRow(side, shard, ordinal, change.row as AgentRow, { neighbour, sign: Int8Array.of(change.sign), count: 1 });
}

/** The first place in [from, end) whose neighbour does not stand before `wanted` in the order of ordinals. */
function lowerPlace(neighbours: Int32Array, ordinal: Int32Array, from: number, end: number, wanted: number): number {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ordinal[neighbours[middle]] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function removeNeighbours(side: TieSide, ordinal: Int32Array, row: AgentRow, changes: RowChanges): void {
  const { rows } = side;
  const neighbours = side.pool.neighbour as unknown as Int32Array;
  const end = rows.start[row] + rows.length[row];
  let kept = rows.start[row];
  let next = kept;
  for (let i = 0; i < changes.count; i++) {
    if (changes.sign[i] > 0) continue;
    const place = lowerPlace(neighbours, ordinal, next, end, ordinal[changes.neighbour[i]]);
    if (place === end || neighbours[place] !== changes.neighbour[i]) continue;
    if (kept !== next) neighbours.copyWithin(kept, next, place);
    kept += place - next;
    next = place + 1;
  }
  if (kept !== next) neighbours.copyWithin(kept, next, end);
  rows.length[row] -= next - kept;
}

function insertNeighbours(side: TieSide, shard: number, ordinal: Int32Array, row: AgentRow, changes: RowChanges): void {
  const { rows } = side;
  const neighbours = side.pool.neighbour as unknown as Int32Array;
  let added = 0;
  for (let i = 0; i < changes.count; i++) {
    const end = rows.start[row] + rows.length[row];
    const place = lowerPlace(neighbours, ordinal, rows.start[row], end, ordinal[changes.neighbour[i]]);
    const isNew = changes.sign[i] > 0 && (place === end || neighbours[place] !== changes.neighbour[i]);
    if (isNew) changes.neighbour[added++] = changes.neighbour[i];
  }
  const length = rows.length[row] + added;
  if (length > rows.capacity[row]) moveRow(side, shard, row, length);
  const start = rows.start[row];
  let end = start + rows.length[row];
  for (; added > 0; added--) {
    const neighbour = changes.neighbour[added - 1];
    const place = lowerPlace(neighbours, ordinal, start, end, ordinal[neighbour]);
    neighbours.copyWithin(place + added, place, end);
    neighbours[place + added - 1] = neighbour;
    end = place;
  }
  rows.length[row] = length;
}

function moveRow(side: TieSide, shard: number, row: AgentRow, length: number): void {
  const { rows, tail } = side;
  const capacity = Math.max(length, rows.capacity[row] + Math.max(4, rows.capacity[row] >>> 1));
  const start = tail[shard * 2];
  if (start + capacity > tail[shard * 2 + 1]) throw new InvariantError('the pool of ties is full');
  const neighbours = side.pool.neighbour as unknown as Int32Array;
  neighbours.copyWithin(start, rows.start[row], rows.start[row] + rows.length[row]);
  rows.start[row] = start;
  rows.capacity[row] = capacity;
  tail[shard * 2] = start + capacity;
}
