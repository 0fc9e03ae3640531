/**
 * The posts of a recorded population as columns: derived from the log, in the order of their ids, so that a parent precedes its
 * children. Row i is the post with id i + 1.
 */
import { outcomes } from '../exchange/reasons.ts';
import { verbs } from '../exchange/verbs.ts';
import { postKinds } from '../world/posts.ts';
import { readFollowChanges } from './pair-rows.ts';
import type { Records } from './reader.ts';

/** Posts by row; `parent`, `origin` and `root` are rows, -1 for none. Times are ticks. */
export interface PostColumns {
  readonly count: number;
  readonly author: Int32Array;
  readonly parent: Int32Array;
  readonly origin: Int32Array;
  readonly root: Int32Array;
  readonly tick: Int32Array;
  readonly kind: Uint8Array;
  readonly topic: Uint8Array;
  /** The intent that made it: (tick, author, sequence) is its identity. */
  readonly sequence: Uint8Array;
  /** In a data set: milliseconds from the start of the tick. */
  readonly amount: Int32Array;
}

const kindOf: Readonly<Record<number, number>> = {
  [verbs.post]: postKinds.post,
  [verbs.reply]: postKinds.reply,
  [verbs.repost]: postKinds.repost,
  [verbs.quote]: postKinds.quote,
};

/** How many posts there are: the manifest says it unless the run was cut off. */
function postCount(records: Records): number {
  if (records.manifest.outcome !== 'running') return records.manifest.counts.posts;
  let count = 0;
  for (const { totals } of records.ticks()) count += totals.posts;
  return count;
}

/** Reads all posts of a recorded population. */
export function readPosts(records: Records): PostColumns {
  const count = postCount(records);
  const columns: PostColumns = {
    count,
    author: new Int32Array(count),
    parent: new Int32Array(count).fill(-1),
    origin: new Int32Array(count),
    root: new Int32Array(count),
    tick: new Int32Array(count),
    kind: new Uint8Array(count),
    topic: new Uint8Array(count),
    sequence: new Uint8Array(count),
    amount: new Int32Array(count),
  };
  for (const record of records.ticks()) {
    for (let i = 0; i < record.intentCount; i++) {
      const row = record.result[i] - 1;
      const kind = kindOf[record.verb[i]];
      if (row < 0 || row >= count || kind === undefined || record.outcome[i] !== outcomes.granted) continue;
      const parent = kind === postKinds.post ? -1 : record.target[i] - 1;
      columns.author[row] = record.actor[i];
      columns.tick[row] = record.tick;
      columns.kind[row] = kind;
      columns.topic[row] = record.topic[i];
      columns.sequence[row] = record.sequence[i];
      columns.amount[row] = record.amount[i];
      columns.parent[row] = parent;
      columns.root[row] = parent < 0 ? row : columns.root[parent];
      columns.origin[row] = kind === postKinds.repost && parent >= 0 ? columns.origin[parent] : row;
    }
  }
  return columns;
}

/**
 * Who follows whom after the last recorded tick: the population's ties with the log's follows and unfollows applied, by follower and
 * followee. What the log says last of a pair holds, whatever the start says.
 *
 * Order: changes are sorted by pair, stably, and merged into the rows of the population; no set of pairs, which V8 ends at 2^24.
 */
export function readFollows(records: Records): { readonly source: Int32Array; readonly target: Int32Array } {
  const { count, followOffset, followee } = records.population;
  const changes = readChanges(records);
  const source = new Int32Array(followee.length + changes.count);
  const target = new Int32Array(source.length);
  let end = 0;
  let change = 0;
  const put = (agent: number, other: number): void => {
    source[end] = agent;
    target[end++] = other;
  };
  for (let agent = 0; agent < count; agent++) {
    for (let tie = followOffset[agent]; tie < followOffset[agent + 1]; tie++) {
      const other = followee[tie];
      for (; changes.isBefore(change, agent, other); change++)
        if (changes.holds[change] === 1) put(agent, changes.to[change]);
      const isChanged = changes.from[change] === agent && changes.to[change] === other;
      if (!isChanged || changes.holds[change] === 1) put(agent, other);
      if (isChanged) change++;
    }
    for (; changes.from[change] === agent; change++) if (changes.holds[change] === 1) put(agent, changes.to[change]);
  }
  return { source: source.slice(0, end), target: target.slice(0, end) };
}

/** What the log says last of each pair, by (from, to). */
interface Changes {
  readonly count: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** 1: it follows. */
  readonly holds: Uint8Array;
  /** Whether change `i` is of this agent and of a lower followee. */
  isBefore(i: number, agent: number, followee: number): boolean;
}

function readChanges(records: Records): Changes {
  const { source, target, holds: given, order } = readFollowChanges(records);
  const last = order.filter((row, i) => {
    const next = order[i + 1] ?? -1;
    return source[next] !== source[row] || target[next] !== target[row];
  });
  const from = Int32Array.from(last, (row) => source[row]);
  const to = Int32Array.from(last, (row) => target[row]);
  const holds = Uint8Array.from(last, (row) => given[row]);
  const isBefore = (i: number, agent: number, followee: number): boolean => from[i] === agent && to[i] < followee;
  return { count: last.length, from, to, holds, isBefore };
}
