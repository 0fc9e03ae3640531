/**
 * Finds room for ties that cannot stand, being of an agent to itself or second ones, by exchanging followees with other ties.
 *
 * A tie u > v that cannot stand and a tie x > y, drawn evenly from those that were dealt to the same two blocks and still stand, become
 * u > y and x > v, if neither stands already and neither is of an agent to itself. All degrees and all ties between blocks stay.
 * Reads and writes loose rows, whose gaps are the places of the ties that cannot stand. Order: that of the ties given.
 * Where ties are few in a million this moves nothing else; where hubs follow almost everybody it favours what still has room, and
 * the result is no longer an even draw among simple graphs with these degrees.
 * Invariant: rows ascend, hold no self-tie and no tie twice. Oracle: degrees and ties of blocks before and after
 * (`test/sim/social-graph/generators/degree-corrected.test.ts`).
 * Source: the exchange of Maslov and Sneppen, "Specificity and stability in topology of protein networks", Science 296, 2002.
 */
import type { LooseRows, TieList } from './tie-list.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** Where to look for ties to exchange with, and how long. */
export interface ExchangeRules {
  readonly blockOf: Int32Array;
  readonly blockCount: number;
  /** All ties as they were dealt. */
  readonly dealt: TieList;
  /** Where the ties from block a to block b begin, at a x blockCount + b; one entry more for the end. */
  readonly cellStart: Int32Array;
  readonly exchangeTriesMost: number;
}

/** Exchanges what it can. Effect: `rows` hold more ties, `ties` only those that are left. Returns how many were exchanged. */
export function exchangeErased(rows: LooseRows, ties: TieList, rules: ExchangeRules, stream: RandomStream): number {
  const { follower, followee, count } = ties;
  let left = 0;
  for (let i = 0; i < count; i++) {
    if (exchange(rows, follower[i], followee[i], rules, stream)) continue;
    follower[left] = follower[i];
    followee[left] = followee[i];
    left++;
  }
  ties.count = left;
  return count - left;
}

function exchange(rows: LooseRows, from: number, to: number, rules: ExchangeRules, stream: RandomStream): boolean {
  const { blockOf, blockCount, dealt, cellStart, exchangeTriesMost } = rules;
  const cell = blockOf[from] * blockCount + blockOf[to];
  for (let tries = 0; tries < exchangeTriesMost; tries++) {
    const chosen = cellStart[cell] + stream.below(cellStart[cell + 1] - cellStart[cell]);
    const otherFrom = dealt.follower[chosen];
    const otherTo = dealt.followee[chosen];
    if (otherFrom === from || otherFrom === to || otherTo === from || otherTo === otherFrom) continue;
    if (!follows(rows, otherFrom, otherTo)) continue;
    if (follows(rows, from, otherTo) || follows(rows, otherFrom, to)) continue;
    remove(rows, otherFrom, otherTo);
    insert(rows, otherFrom, to);
    insert(rows, from, otherTo);
    return true;
  }
  return false;
}

function follows(rows: LooseRows, from: number, to: number): boolean {
  const place = placeOf(rows, from, to);
  return place < rows.end[from] && rows.followee[place] === to;
}

/** Where `to` stands in the row of `from`, or would stand: bisection. */
function placeOf({ followOffset, end, followee }: LooseRows, from: number, to: number): number {
  let low = followOffset[from];
  let high = end[from];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (followee[middle] < to) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(rows: LooseRows, from: number, to: number): void {
  const place = placeOf(rows, from, to);
  rows.followee.copyWithin(place + 1, place, rows.end[from]);
  rows.followee[place] = to;
  rows.end[from]++;
}

function remove(rows: LooseRows, from: number, to: number): void {
  const place = placeOf(rows, from, to);
  rows.followee.copyWithin(place, place + 1, rows.end[from]);
  rows.end[from]--;
}
