/**
 * The order of acts in a log: by time, and a reply, like or repost after what it is about.
 *
 * Reads acts in the order of a source; returns their rows in the order of the log and the moment at which each is placed. Clocks of a
 * platform differ by seconds, so some replies carry an earlier time than what they answer: such a reply is placed at the moment of what
 * it answers, and keeps its own time beside (`amount`, see `data-set-reader.ts`).
 * Order: moment, then depth in the thread, then row; a reply is deeper than what it answers, so it follows.
 * Invariant: threads have no ring; `discussion.ts` takes them out. Oracle: sorting by (moment, depth, row) with Array.sort.
 */
import { verbs } from '../exchange/verbs.ts';
import { createRadixScratch, sortPairs } from '../ground/radix.ts';
import type { Acts } from './gathered.ts';

/** Acts in the order of the log. */
export interface ActOrder {
  readonly rows: Int32Array;
  /** By act, in the order of the source: the moment at which it is placed. */
  readonly momentMs: Float64Array;
  /** Replies that were placed later than their own time. */
  readonly movedCount: number;
  /** The first of them by the order of the source; -1 without any. */
  readonly firstMoved: number;
}

/** Orders acts. */
export function orderActs(acts: Acts): ActOrder {
  const momentMs = acts.timeMs.slice();
  const depth = placeReplies(acts, momentMs);
  let movedCount = 0;
  let firstMoved = -1;
  for (let row = 0; row < acts.count; row++) {
    if (momentMs[row] === acts.timeMs[row]) continue;
    if (firstMoved < 0) firstMoved = row;
    movedCount++;
  }
  return { rows: sortedRows(momentMs, depth), momentMs, movedCount, firstMoved };
}

/** Raises the moment of each reply to that of what it answers; returns how deep each act stands, 0 for a post. */
function placeReplies({ count, verb, target }: Acts, momentMs: Float64Array): Int32Array {
  const depth = new Int32Array(count).fill(-1);
  const path = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    let length = 0;
    let above = row;
    while (above >= 0 && depth[above] < 0) {
      path[length++] = above;
      above = verb[above] === verbs.post || verb[above] === verbs.follow ? -1 : target[above];
    }
    while (length > 0) {
      const act = path[--length];
      depth[act] = above < 0 ? 0 : depth[above] + 1;
      if (above >= 0 && momentMs[above] > momentMs[act]) momentMs[act] = momentMs[above];
      above = act;
    }
  }
  return depth;
}

/** Rows by (moment, depth, row): three stable sorts, the least significant key first. */
function sortedRows(momentMs: Float64Array, depth: Int32Array): Int32Array {
  const count = momentMs.length;
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  const scratch = createRadixScratch(count);
  const keys = new Int32Array(count);
  let least = Infinity;
  for (let row = 0; row < count; row++) least = Math.min(least, momentMs[row]);
  const wordSize = 0x40000000;
  const sortBy = (keyOf: (row: number) => number): void => {
    for (let i = 0; i < count; i++) keys[i] = keyOf(rows[i]);
    sortPairs(keys, rows, count, scratch);
  };
  sortBy((row) => depth[row]);
  sortBy((row) => (momentMs[row] - least) % wordSize);
  sortBy((row) => Math.floor((momentMs[row] - least) / wordSize));
  return rows;
}
