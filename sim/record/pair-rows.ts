/**
 * What a log says of pairs of agents, as columns in the order of the pairs: who followed and unfollowed whom, and when.
 *
 * Reads the log twice: to count, and to copy. Order: by source, target and place in the log, by two stable sorts, so that no set of pairs is
 * needed, which V8 ends at 2^24. Memory: 13 bytes a row and, while it is sorted, 16 more.
 * Oracle: a Map over the ticks (`test/sim/record/tie-reader.test.ts`).
 */
import { outcomes } from '../exchange/reasons.ts';
import { verbs } from '../exchange/verbs.ts';
import { createRadixScratch, sortPairs } from '../ground/radix.ts';
import type { TickRecord } from './chunk.ts';
import type { Records } from './reader.ts';

/** Rows by source and target, then in the order of the log. */
export interface PairRows {
  readonly count: number;
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly tick: Int32Array;
  /** Of a follow 1, of what ends it 0. */
  readonly holds: Uint8Array;
  /** Rows in order. */
  readonly order: Int32Array;
}

/** Room for so many rows. */
export function pairRows(count: number): Omit<PairRows, 'order'> {
  return {
    ...{ count, source: new Int32Array(count), target: new Int32Array(count) },
    ...{ tick: new Int32Array(count), holds: new Uint8Array(count) },
  };
}

/** Two stable sorts; ordinals and targets are not negative. */
export function orderedPairs(rows: Omit<PairRows, 'order'>): PairRows {
  const order = new Int32Array(rows.count);
  for (let row = 0; row < rows.count; row++) order[row] = row;
  const keys = new Int32Array(rows.count);
  const scratch = createRadixScratch(rows.count);
  for (const column of [rows.target, rows.source]) {
    for (let i = 0; i < rows.count; i++) keys[i] = column[order[i]];
    sortPairs(keys, order, rows.count, scratch);
  }
  return { ...rows, order };
}

function isFollowChange({ verb, outcome }: TickRecord, i: number): boolean {
  return (verb[i] === verbs.follow || verb[i] === verbs.unfollow) && outcome[i] === outcomes.granted;
}

/** Follows and unfollows that were granted. */
export function readFollowChanges(records: Records): PairRows {
  let count = 0;
  for (const record of records.ticks())
    for (let i = 0; i < record.intentCount; i++) if (isFollowChange(record, i)) count++;
  const rows = pairRows(count);
  let at = 0;
  for (const record of records.ticks()) {
    for (let i = 0; i < record.intentCount; i++) {
      if (!isFollowChange(record, i)) continue;
      rows.source[at] = record.actor[i];
      rows.target[at] = record.target[i];
      rows.tick[at] = record.tick;
      rows.holds[at++] = record.verb[i] === verbs.follow ? 1 : 0;
    }
  }
  return orderedPairs(rows);
}
