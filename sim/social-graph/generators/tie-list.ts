/**
 * Ties in the order in which a generator finds them, and the compressed rows that are made of them.
 *
 * Reads and writes typed arrays only: 8 bytes a tie in the list, at most 8 more while rows are built. Ties are put together by
 * follower in linear time (one counting sort), and each row is sorted where it lies.
 * Invariant: rows hold no self-tie and no tie twice; what was left out is counted, never silently dropped.
 * Oracle: sets of pairs, in `test/sim/social-graph/generators/tie-list.test.ts`.
 */
import { InputError } from '../../ground/errors.ts';
import type { FollowRows } from '../prominent.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** Ties found so far: `follower[i]` follows `followee[i]`, i < count. */
export interface TieList {
  follower: Int32Array;
  followee: Int32Array;
  count: number;
}

/** A graph, and how many of its drawn ties were left out to make it simple. */
export interface ErasedGraph extends FollowRows {
  /** Ties of an agent to itself. */
  readonly selfTieCount: number;
  /** Ties beyond the first from one agent to another. */
  readonly doubleTieCount: number;
}

/** 2^29 ties are 2 GiB a column. */
const tiesMax = 0x2000_0000;

/** An empty list with room for about `expectedCount` ties; it grows up to 2^29, and is an `InputError` beyond. */
export function createTieList(expectedCount: number): TieList {
  refuseAbove(expectedCount);
  // Six standard deviations of a binomial count, so that a list whose mean is known seldom grows.
  const capacity = Math.ceil(expectedCount + 6 * Math.sqrt(expectedCount)) + 16;
  return { follower: new Int32Array(capacity), followee: new Int32Array(capacity), count: 0 };
}

export function addTie(ties: TieList, follower: number, followee: number): void {
  if (ties.count === ties.follower.length) growList(ties, ties.count + 1);
  ties.follower[ties.count] = follower;
  ties.followee[ties.count] = followee;
  ties.count++;
}

/** Makes room for `extra` ties, so that adding that many leaves the columns where they are. */
export function reserveTies(ties: TieList, extra: number): void {
  if (ties.count + extra > ties.follower.length) growList(ties, ties.count + extra);
}

function growList(ties: TieList, needed: number): void {
  const capacity = Math.min(tiesMax, Math.max(needed, Math.ceil(ties.count * 1.5)));
  refuseAbove(needed);
  ties.follower = grown(ties.follower, capacity);
  ties.followee = grown(ties.followee, capacity);
}

/** How many ties a graph gets follows from its parameters, so it is their author who can mend it. */
function refuseAbove(tieCount: number): void {
  if (tieCount <= tiesMax) return;
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    found: `the social graph needs ${Math.ceil(tieCount)} ties or more, above ${tiesMax}`,
    next: 'Lower the mean number of followees, or what makes the graph dense.',
  });
}

/** A copy of a column with room for `capacity` entries. */
export function grown(column: Int32Array, capacity: number): Int32Array {
  const wider = new Int32Array(capacity);
  wider.set(column);
  return wider;
}

/**
 * Makes one undirected tie a follow: both ways with probability `reciprocatedShare`, else from `one` to `other`.
 * The share of follows that are returned is then 2 r / (1 + r) for a reciprocated share of r. Draws one number.
 */
export function addDirected(
  ties: TieList,
  one: number,
  other: number,
  reciprocatedShare: number,
  stream: RandomStream,
): void {
  addTie(ties, one, other);
  if (stream.uniform() < reciprocatedShare) addTie(ties, other, one);
}

/** As `addDirected`, a tie that is not reciprocated running either way with equal probability. Draws one number. */
export function addEitherWay(
  ties: TieList,
  one: number,
  other: number,
  reciprocatedShare: number,
  stream: RandomStream,
): void {
  const u = stream.uniform();
  const isBothWays = u < reciprocatedShare;
  if (isBothWays || u - reciprocatedShare < (1 - reciprocatedShare) / 2) addTie(ties, one, other);
  if (isBothWays || u - reciprocatedShare >= (1 - reciprocatedShare) / 2) addTie(ties, other, one);
}

/** Rows that may end before the next begins: agent a follows `followee[followOffset[a] .. end[a])`, ascending. */
export interface LooseRows {
  readonly followOffset: Int32Array;
  readonly end: Int32Array;
  readonly followee: Int32Array;
}

/** The graph of a list of ties between agents 0 .. agentCount - 1. The list may lose its order by it. */
export function rowsOfTies(agentCount: number, ties: TieList): ErasedGraph {
  const erased = createTieList(0);
  const rows = looseRowsOfTies(agentCount, ties, erased);
  const selfTieCount = selfTiesOf(erased);
  return { ...closeGaps(rows), selfTieCount, doubleTieCount: erased.count - selfTieCount };
}

/** The graph of followees that stand follower by follower and of whom none stands twice. They are sorted where they lie. */
export function rowsInOrder(followOffset: Int32Array, followee: Int32Array): FollowRows {
  for (let agent = 0; agent + 1 < followOffset.length; agent++) {
    sortPart(followee, followOffset[agent], followOffset[agent + 1]);
  }
  return { followOffset, followee };
}

/** How many ties of a list are of an agent to itself. */
export function selfTiesOf({ follower, followee, count }: TieList): number {
  let found = 0;
  for (let i = 0; i < count; i++) if (follower[i] === followee[i]) found++;
  return found;
}

/** As `rowsOfTies`; each row keeps room for what was left out of it, which is added to `erased`. */
export function looseRowsOfTies(agentCount: number, ties: TieList, erased: TieList): LooseRows {
  const { follower, count } = ties;
  let isByFollower = true;
  for (let i = 1; i < count && isByFollower; i++) isByFollower = follower[i - 1] <= follower[i];
  const followOffset = new Int32Array(agentCount + 1);
  for (let i = 0; i < count; i++) followOffset[follower[i] + 1]++;
  for (let agent = 0; agent < agentCount; agent++) followOffset[agent + 1] += followOffset[agent];
  // Ties that come follower by follower need no second column and no scattered writes.
  const followee = isByFollower ? ties.followee.subarray(0, count) : byFollower(followOffset, ties);
  return { followOffset, end: sortRows(followOffset, followee, erased), followee };
}

/** Followees in the order of who follows them. */
function byFollower(followOffset: Int32Array, { follower, followee, count }: TieList): Int32Array {
  const next = followOffset.slice();
  const grouped = new Int32Array(count);
  for (let i = 0; i < count; i++) grouped[next[follower[i]]++] = followee[i];
  return grouped;
}

/** Sorts each row, moves what cannot stand into `erased`, and returns where rows then end. */
function sortRows(followOffset: Int32Array, followee: Int32Array, erased: TieList): Int32Array {
  const agentCount = followOffset.length - 1;
  const end = new Int32Array(agentCount);
  for (let from = 0; from < agentCount; from++) {
    const start = followOffset[from];
    sortPart(followee, start, followOffset[from + 1]);
    let length = 0;
    for (let i = start; i < followOffset[from + 1]; i++) {
      const to = followee[i];
      if (from === to || (length > 0 && followee[start + length - 1] === to)) addTie(erased, from, to);
      else followee[start + length++] = to;
    }
    end[from] = start + length;
  }
  return end;
}

const insertionMost = 48;

function sortPart(column: Int32Array, start: number, end: number): void {
  if (end - start > insertionMost) {
    column.subarray(start, end).sort();
    return;
  }
  for (let i = start + 1; i < end; i++) {
    const value = column[i];
    let at = i;
    for (; at > start && column[at - 1] > value; at--) column[at] = column[at - 1];
    column[at] = value;
  }
}

/** Moves rows together. The rows given are used up. */
export function closeGaps(rows: LooseRows): FollowRows {
  const { end, followee } = rows;
  const followOffset = new Int32Array(rows.followOffset.length);
  let length = 0;
  for (let agent = 0; agent < end.length; agent++) {
    const start = rows.followOffset[agent];
    if (start !== length) followee.copyWithin(length, start, end[agent]);
    length += end[agent] - start;
    followOffset[agent + 1] = length;
  }
  const isWhole = length * followee.BYTES_PER_ELEMENT === followee.buffer.byteLength;
  return { followOffset, followee: isWhole ? followee : followee.slice(0, length) };
}
