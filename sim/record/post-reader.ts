/**
 * The posts of a recorded population as columns: derived from the log, in the order of their ids, so that a parent precedes its
 * children. Row i is the post with id i + 1.
 */
import { outcomes } from '../exchange/reasons.ts';
import { verbs } from '../exchange/verbs.ts';
import { postKinds } from '../world/posts.ts';
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
      columns.parent[row] = parent;
      columns.root[row] = parent < 0 ? row : columns.root[parent];
      columns.origin[row] = kind === postKinds.repost && parent >= 0 ? columns.origin[parent] : row;
    }
  }
  return columns;
}

/** Who follows whom after the last recorded tick: the population's ties with the log's follows and unfollows applied. */
export function readFollows(records: Records): { readonly source: Int32Array; readonly target: Int32Array } {
  const { population } = records;
  const changed = new Map<number, boolean>();
  const { count } = population;
  for (const record of records.ticks()) {
    for (let i = 0; i < record.intentCount; i++) {
      const verb = record.verb[i];
      if ((verb !== verbs.follow && verb !== verbs.unfollow) || record.outcome[i] !== outcomes.granted) continue;
      changed.set(record.actor[i] * count + record.target[i], verb === verbs.follow);
    }
  }
  const source: number[] = [];
  const target: number[] = [];
  const kept = new Int32Array(population.followee.length * 2);
  let end = 0;
  for (let agent = 0; agent < count; agent++) {
    for (let k = population.followOffset[agent]; k < population.followOffset[agent + 1]; k++) {
      const key = agent * count + population.followee[k];
      if (changed.get(key) === false) continue;
      changed.delete(key);
      kept[end++] = agent;
      kept[end++] = population.followee[k];
    }
  }
  for (const [key, follows] of changed) {
    if (!follows) continue;
    source.push(Math.floor(key / count));
    target.push(key % count);
  }
  const total = end / 2 + source.length;
  const sources = new Int32Array(total);
  const targets = new Int32Array(total);
  for (let i = 0; i < end / 2; i++) {
    sources[i] = kept[2 * i];
    targets[i] = kept[2 * i + 1];
  }
  sources.set(source, end / 2);
  targets.set(target, end / 2);
  return { source: sources, target: targets };
}
