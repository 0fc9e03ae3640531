/**
 * The `threads` measure: how deep discussions go, how much is answered and how fast, and how unequal authors and communities are.
 *
 * Reads posts and replies of a recorded population and, in a data set, the tables of posts and communities. Gives the object of
 * `analyze SOURCE threads --json`. A run has one community and no texts, so those parts are null there.
 * Order: depths from the top; latency from a post to its earliest reply, posts without one left out.
 * Oracle: the reference statistics of the MoltBook genesis data (`test/command/import.test.ts`).
 */
import { readDataTable } from '../../sim/record/data-set-reader.ts';
import { readPosts } from '../../sim/record/post-reader.ts';
import { postKinds } from '../../sim/world/posts.ts';
import { quantiles } from '../estimators/distribution.ts';
import { gini } from '../estimators/inequality.ts';
import { commentDepths, depthHistogram, firstCommentLatencies, unansweredShare } from '../estimators/thread.ts';
import { actTimes } from './from-records.ts';
import { finiteOrNull } from './measured.ts';
import { summaryOfTail } from './tail-summary.ts';
import type { DataTable } from '../../sim/record/data-set-reader.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import type { Measured } from './measured.ts';
import type { TailSummary } from './tail-summary.ts';

/** How posts fall to communities. */
export interface CommunityShares {
  readonly count: number;
  /** Gini coefficient of posts over communities. */
  readonly gini: number | null;
  /** Share of the posts in the community with the most. */
  readonly topShare: number | null;
}

/** Equal texts of replies by several authors. */
export interface EqualTexts {
  /** Texts of at least `charsMin` characters that at least two authors wrote. */
  readonly texts: number;
  /** Replies that hold such a text. */
  readonly replies: number;
  readonly charsMin: number;
}

/** The object under `measures.threads`. */
export interface ThreadsMeasure extends Measured {
  readonly posts: number;
  readonly replies: number;
  readonly selfReplies: number;
  /** Replies at each depth: entry 0 right below a post. */
  readonly depths: number[];
  /** Share of replies that nobody answered. */
  readonly unansweredShare: number | null;
  /** Quartiles of the seconds from a post to its first reply. */
  readonly firstReplySeconds: (number | null)[];
  readonly postsAnswered: number;
  readonly repliesPerPostTail: TailSummary | null;
  readonly activeAgents: number;
  /** Gini coefficient of posts and replies over the agents that wrote any. */
  readonly activityGini: number | null;
  readonly activityTail: TailSummary | null;
  readonly communities: CommunityShares | null;
  readonly equalTexts: EqualTexts | null;
}

const charsMin = 12;

const definition =
  'n: replies. Depth 0: right below a post; unanswered: no reply names it as parent; first reply: seconds from a post to its earliest reply, ' +
  'over posts that have one; activity: posts and replies of each agent that wrote any; communities: posts of each; equal texts: texts of replies, ' +
  `${charsMin} characters or more, that two agents or more wrote`;

/** Measures all threads. */
export function measureThreads(records: Records, seed: number): ThreadsMeasure {
  const posts = readPosts(records);
  const table = readDataTable(records, 'posts');
  const replyRows = rowsWhere(posts, (row) => posts.kind[row] === postKinds.reply);
  const rootRows = rowsWhere(posts, (row) => posts.kind[row] !== postKinds.reply);
  const parents = parentsAmong(posts, replyRows);
  const place = placesOf(rootRows, posts.count);
  const heads = headsOf(posts);
  const replyRoot = replyRows.map((row) => place[heads[row]]);
  const perPost = countsOf(replyRoot, rootRows.length);
  const activity = countsOf(posts.author, records.population.count).filter((count) => count > 0);
  return {
    posts: rootRows.length,
    replies: replyRows.length,
    selfReplies: replyRows.filter((row) => posts.author[row] === posts.author[posts.parent[row]]).length,
    depths: Array.from(depthHistogram(commentDepths(parents))),
    unansweredShare: finiteOrNull(unansweredShare(parents)),
    firstReplySeconds: latencies(records, posts, rootRows, replyRows, replyRoot),
    postsAnswered: perPost.filter((count) => count > 0).length,
    repliesPerPostTail: summaryOfTail(perPost, seed),
    activeAgents: activity.length,
    activityGini: finiteOrNull(gini(activity)),
    activityTail: summaryOfTail(activity, seed),
    communities: communitiesOf(table, readDataTable(records, 'communities'), rootRows),
    equalTexts: equalTextsOf(table, posts, replyRows),
    method: 'exact counts; tails: zeta maximum likelihood, xmin by the smallest KS distance, no bootstrap',
    definition,
    n: replyRows.length,
    warnings: replyRows.length === 0 ? ['there are no replies'] : [],
  };
}

function rowsWhere({ count }: PostColumns, isWanted: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(count);
  let end = 0;
  for (let row = 0; row < count; row++) if (isWanted(row)) rows[end++] = row;
  return rows.slice(0, end);
}

function placesOf(rows: Int32Array, count: number): Int32Array {
  const place = new Int32Array(count).fill(-1);
  rows.forEach((row, i) => (place[row] = i));
  return place;
}

/** The parent of each reply as a place among the replies; -1 where it answers no reply. */
function parentsAmong(posts: PostColumns, replyRows: Int32Array): Int32Array {
  const place = placesOf(replyRows, posts.count);
  return replyRows.map((row) => place[posts.parent[row]]);
}

/** The post, repost or quote at the head of the thread of each row. A parent precedes what answers it, so one pass will do. */
function headsOf(posts: PostColumns): Int32Array {
  const heads = new Int32Array(posts.count);
  for (let row = 0; row < posts.count; row++) {
    heads[row] = posts.kind[row] === postKinds.reply ? heads[posts.parent[row]] : row;
  }
  return heads;
}

function countsOf(column: Int32Array, length: number): Int32Array {
  const counts = new Int32Array(length);
  for (const value of column) counts[value]++;
  return counts;
}

/** Quartiles, to the millisecond. */
function latencies(
  records: Records,
  posts: PostColumns,
  rootRows: Int32Array,
  replyRows: Int32Array,
  replyRoot: Int32Array,
): (number | null)[] {
  const hours = actTimes(records, posts);
  const seconds = (rows: Int32Array): Float64Array =>
    Float64Array.from(rows, (row) => Math.round(hours(row) * 3_600_000) / 1000);
  const sorted = firstCommentLatencies(seconds(rootRows), replyRoot, seconds(replyRows));
  return quantiles(sorted, [0.25, 0.5, 0.75]).map(finiteOrNull);
}

function communitiesOf(
  table: DataTable | undefined,
  names: DataTable | undefined,
  rootRows: Int32Array,
): CommunityShares | null {
  const community = table?.integers('community');
  if (community === undefined || names === undefined || names.rowCount === 0) return null;
  const counts = countsOf(
    rootRows.map((row) => community[row]),
    names.rowCount,
  );
  const used = counts.filter((count) => count > 0);
  const top = used.reduce((most, count) => Math.max(most, count), 0);
  return { count: used.length, gini: finiteOrNull(gini(used)), topShare: finiteOrNull(top / rootRows.length) };
}

function equalTextsOf(table: DataTable | undefined, posts: PostColumns, replyRows: Int32Array): EqualTexts | null {
  const contentClass = table?.integers('contentClass');
  const chars = table?.integers('chars');
  if (contentClass === undefined || chars === undefined) return null;
  const rows = replyRows.filter((row) => contentClass[row] >= 0 && chars[row] >= charsMin);
  const firstAuthor = new Map<number, number>();
  const shared = new Set<number>();
  for (const row of rows) {
    const text = contentClass[row];
    const author = firstAuthor.get(text);
    if (author === undefined) firstAuthor.set(text, posts.author[row]);
    else if (author !== posts.author[row]) shared.add(text);
  }
  return { texts: shared.size, replies: rows.filter((row) => shared.has(contentClass[row])).length, charsMin };
}
