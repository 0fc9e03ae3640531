/**
 * A discussion as columns: who wrote what when, below what, in which community and in which words. Of a run, of real data, of a baseline alike.
 *
 * Reads a recorded run, or what an importer has gathered; writes nothing. A row is a post or a comment; a parent stands before what answers it.
 * `windowOf` keeps the posts of a stretch of time and the comments below them in that stretch: what was written below older posts is left out, so that a
 * run that was burned in and a crawl that begins with the platform are cut alike. Times of a run are drawn within their ticks (`actTimes`).
 * Invariant: a run, and its own export read back, have the same columns but for the order of equal times (`test/command/export-moltbook.test.ts`).
 */
import { actTimes } from '../../analysis/measures/from-records.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { verbs } from '../../sim/exchange/verbs.ts';
import { createDetailCursor } from '../../sim/record/detail-cursor.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import { readVotes } from '../../analysis/measures/votes.ts';
import type { Gathered } from '../../sim/import/gathered.ts';
import type { Records } from '../../sim/record/reader.ts';

/** Posts and comments, a row each. */
export interface Discussion {
  readonly agentCount: number;
  readonly count: number;
  readonly author: Int32Array;
  /** Row of what a comment answers; -1 for a post. */
  readonly parent: Int32Array;
  readonly seconds: Float64Array;
  /** Of posts; -1 for comments, and where it is not known. */
  readonly community: Int32Array;
  /** Equal numbers: equal words. -1: no words. */
  readonly text: Int32Array;
  /** Upvotes that stand at the end. */
  readonly upvotes: Int32Array;
}

/** The discussion of a run whose agents give their own words. */
export function discussionOfRun(records: Records): Discussion {
  const posts = readPosts(records);
  const hours = actTimes(records, posts);
  const rows = { length: posts.count };
  const community = new Int32Array(posts.count).fill(-1);
  const text = new Int32Array(posts.count).fill(-1);
  const numbers = new Map<string, number>();
  for (const record of records.ticks()) {
    const said = createDetailCursor(record);
    for (let i = 0; i < record.intentCount; i++) {
      const row = record.result[i] - 1;
      const isPost = record.verb[i] === verbs.post;
      if (record.outcome[i] !== outcomes.granted || (!isPost && record.verb[i] !== verbs.reply)) continue;
      const { argument, text: words } = said(i);
      if (isPost) community[row] = argument;
      if (words === '') continue;
      const known = numbers.get(words) ?? numbers.size;
      numbers.set(words, known);
      text[row] = known;
    }
  }
  return {
    agentCount: records.population.count,
    count: posts.count,
    author: posts.author,
    parent: posts.parent,
    seconds: Float64Array.from(rows, (_, row) => hours(row) * 3600),
    ...{ community, text, upvotes: upvotesOf(records, posts.count) },
  };
}

function upvotesOf(records: Records, count: number): Int32Array {
  const { votes } = readVotes(records);
  const upvotes = new Int32Array(count);
  for (let i = 0; i < votes.count; i++)
    upvotes[votes.content[i]] += Math.max(0, votes.after[i]) - Math.max(0, votes.before[i]);
  return upvotes;
}

/** The discussion of a MoltBook source. Its seconds are those since the first message. */
export function discussionOfGathered({ ids, acts, tables }: Gathered): Discussion {
  const columns = tables.find(({ name }) => name === 'posts')?.columns ?? {};
  const integers = (name: string): Int32Array => {
    const column = columns[name];
    return column instanceof Int32Array ? column : new Int32Array(acts.count).fill(-1);
  };
  const first = acts.timeMs.reduce((least, one) => Math.min(least, one), Infinity);
  const isPost = (row: number): boolean => acts.verb[row] === verbs.post;
  return {
    agentCount: ids.length,
    count: acts.count,
    author: acts.actor,
    parent: acts.target.map((target, row) => (isPost(row) ? -1 : target)),
    seconds: acts.timeMs.map((one) => (one - first) / 1000),
    community: integers('community').map((one, row) => (isPost(row) ? one : -1)),
    text: integers('contentClass'),
    upvotes: integers('upvotes').map((one) => Math.max(0, one)),
  };
}

/** The post at the head of each row's thread. */
export function headsOf({ count, parent }: Pick<Discussion, 'count' | 'parent'>): Int32Array {
  const heads = new Int32Array(count).fill(-1);
  // Rows of real data need not stand in the order of their parents.
  for (let row = 0; row < count; row++) {
    const path: number[] = [];
    let above = row;
    for (; parent[above] >= 0 && heads[above] < 0; above = parent[above]) path.push(above);
    const head = heads[above] >= 0 ? heads[above] : above;
    heads[above] = head;
    for (const one of path) heads[one] = head;
  }
  return heads;
}

/** Posts of [from, until) seconds, and what was written below them in that time. */
export function windowOf(discussion: Discussion, from: number, until: number): Discussion {
  const { count, seconds, parent } = discussion;
  const heads = headsOf(discussion);
  const isInside = (row: number): boolean => seconds[row] >= from && seconds[row] < until;
  const place = new Int32Array(count).fill(-1);
  const rows: number[] = [];
  for (let row = 0; row < count; row++) {
    if (!isInside(row) || !isInside(heads[row])) continue;
    place[row] = rows.length;
    rows.push(row);
  }
  const kept = (column: Int32Array): Int32Array => Int32Array.from(rows, (row) => column[row]);
  return {
    agentCount: discussion.agentCount,
    count: rows.length,
    author: kept(discussion.author),
    parent: Int32Array.from(rows, (row) => (parent[row] < 0 ? -1 : place[parent[row]])),
    seconds: Float64Array.from(rows, (row) => seconds[row]),
    community: kept(discussion.community),
    text: kept(discussion.text),
    upvotes: kept(discussion.upvotes),
  };
}
