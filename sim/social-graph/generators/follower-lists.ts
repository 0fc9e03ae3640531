/**
 * Who follows each agent, as lists that grow while a graph is made.
 *
 * All lists lie in one pool. A list's place has a power of two of entries; when it is full the list moves to one twice as large, and
 * its old place is handed on to the next list of that size, so that at most half of the pool lies idle.
 * Reads and writes typed arrays only. Order: a list is in the order of arrival until its user reorders it.
 * Invariant: two lists share no entry. Oracle: arrays of arrays, in `test/sim/social-graph/generators/tie-list.test.ts`.
 */
import { assertInvariant } from '../../ground/errors.ts';
import { grown } from './tie-list.ts';

/** Words of an agent's row. */
export const rowWords = 4;
/** Where a list begins in the pool, and how long it is. */
export const startWord = 0;
export const lengthWord = 1;
/** Two words that are the caller's: what is asked of an agent together lies in one line of the cache. */
export const ownWords = [2, 3] as const;

/** Lists of n agents: agent a's begins at `pool[row[4 a]]` and has `row[4 a + 1]` entries. */
export interface FollowerLists {
  readonly row: Int32Array;
  pool: Int32Array;
  poolEnd: number;
  /** For each size 2^k the first place that lies idle, whose first entry names the next; -1 ends the chain. */
  readonly idle: Int32Array;
}

const poolMax = 0x4000_0000;

export function createFollowerLists(agentCount: number): FollowerLists {
  return {
    row: new Int32Array(agentCount * rowWords),
    pool: new Int32Array(4 * agentCount + 16),
    poolEnd: 0,
    idle: new Int32Array(32).fill(-1),
  };
}

/** Adds one entry to an agent's list. Effect: `pool` may be another array afterwards. */
export function addFollower(lists: FollowerLists, agent: number, follower: number): void {
  const { row } = lists;
  const at = agent * rowWords;
  const length = row[at + lengthWord];
  // A list of 0, 1, 2, 4, 8 ... entries fills its place.
  if ((length & (length - 1)) === 0) moveList(lists, at, length);
  lists.pool[row[at + startWord] + length] = follower;
  row[at + lengthWord] = length + 1;
}

/** Moves a list that fills its place of `length` entries, a power of two or 0, into one with room for more. */
function moveList(lists: FollowerLists, at: number, length: number): void {
  const size = length === 0 ? 0 : 32 - Math.clz32(length);
  const place = takePlace(lists, size);
  const old = lists.row[at + startWord];
  lists.row[at + startWord] = place;
  if (length === 0) return;
  lists.pool.copyWithin(place, old, old + length);
  lists.pool[old] = lists.idle[size - 1];
  lists.idle[size - 1] = old;
}

/** A place of 2^size entries. */
function takePlace(lists: FollowerLists, size: number): number {
  const place = lists.idle[size];
  if (place >= 0) {
    lists.idle[size] = lists.pool[place];
    return place;
  }
  const end = lists.poolEnd + (1 << size);
  if (end > lists.pool.length) {
    const capacity = Math.max(end, Math.ceil(lists.pool.length * 1.5));
    assertInvariant(capacity <= poolMax, `lists of ${capacity} followers do not fit`);
    lists.pool = grown(lists.pool, capacity);
  }
  lists.poolEnd = end;
  return end - (1 << size);
}
