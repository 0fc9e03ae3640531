/**
 * The statistics of a discussion that the MoltBook study compares: one function, the same for simulated worlds, real data and baselines.
 *
 * Pure; definitions stand with the targets (`targets.ts`). Reads columns; draws only what estimators sample, by the seed.
 * What does not exist in a discussion is NaN. Threads are posts with a comment unless a name says otherwise. Order: counts, depths, times, graph, roles.
 * Oracle: where a statistic is one of `analyze network` or `analyze threads`, that measure of the exported data set (`test/scenarios/moltbook.test.ts`).
 */
import { quantileSorted, quantiles } from '../../analysis/estimators/distribution.ts';
import { inDegrees, reciprocity } from '../../analysis/estimators/degree.ts';
import { outDegrees } from '../../analysis/estimators/graph.ts';
import { gini } from '../../analysis/estimators/inequality.ts';
import { countValues, fitPowerLaw } from '../../analysis/estimators/power-law.ts';
import { commentDepths, firstCommentLatencies } from '../../analysis/estimators/thread.ts';
import { LayerGraph } from '../../analysis/measures/network-layer.ts';
import { measureNetworkOf } from '../../analysis/measures/network.ts';
import { headsOf } from './discussion.ts';
import type { Discussion } from './discussion.ts';

/** Statistics by name; NaN where one does not exist. */
export type Statistics = Readonly<Record<string, number>>;

/** The statistics that parameters may be fitted to: cheap. */
export function cheapStatistics(discussion: Discussion): Statistics {
  const threads = threadsOf(discussion);
  return {
    ...activityOf(discussion),
    ...shapesOf(discussion, threads),
    ...timesOf(discussion, threads),
    ...placesOf(discussion, threads),
    reciprocity: reciprocity(replyLayer(discussion).graph),
  };
}

/** All of them but those of roles. */
export function discussionStatistics(discussion: Discussion, seed: number): Statistics {
  const layer = replyLayer(discussion);
  const network = measureNetworkOf(layer, { seed });
  const median = network.degrees.in.median ?? Number.NaN;
  return {
    ...cheapStatistics(discussion),
    transitivity: network.transitivity ?? Number.NaN,
    meanLocalClustering: network.meanLocalClustering ?? Number.NaN,
    meanPathLength: network.meanPathLength ?? Number.NaN,
    assortativity: network.assortativity ?? Number.NaN,
    modularity: network.modularity,
    outDegreeMedian: quantiles(outDegrees(layer.graph), [0.5])[0],
    inDegreeSkew: median > 0 ? mean(Array.from(inDegrees(layer.graph))) / median : Number.NaN,
    cascadeAlpha: alphaOf(cascadeSizes(discussion)),
  };
}

/** Ties of the reply graph: from who comments to who wrote what is answered. Agents without any are left out. */
export function replyLayer({ agentCount, author, parent, count }: Discussion): LayerGraph {
  const rows = rowsWhere(count, (row) => parent[row] >= 0);
  return LayerGraph.of(
    {
      nodeCount: agentCount,
      sources: Int32Array.from(rows, (row) => author[row]),
      targets: Int32Array.from(rows, (row) => author[parent[row]]),
    },
    'dropped',
  );
}

/** Distinct authors of each text that at least two wrote. */
export function cascadeSizes({ text, author, count }: Discussion): Int32Array {
  const authors = new Map<number, Set<number>>();
  for (let row = 0; row < count; row++) {
    if (text[row] < 0) continue;
    const known = authors.get(text[row]) ?? new Set<number>();
    known.add(author[row]);
    authors.set(text[row], known);
  }
  return Int32Array.from([...authors.values()].map(({ size }) => size).filter((size) => size >= 2));
}

// ---- Parts ----

/** Posts and comments of a discussion, and what each thread holds. */
interface Threads {
  readonly postRows: readonly number[];
  readonly commentRows: readonly number[];
  /** Place among the posts of the head of each comment. */
  readonly threadOf: Int32Array;
  /** Depth of each comment, 0 right below a post. */
  readonly depth: Int32Array;
  /** Parent of each comment as a place among the comments; -1 right below a post. */
  readonly parentOf: Int32Array;
}

function threadsOf(discussion: Discussion): Threads {
  const { count, parent } = discussion;
  const postRows = rowsWhere(count, (row) => parent[row] < 0);
  const commentRows = rowsWhere(count, (row) => parent[row] >= 0);
  const place = new Int32Array(count).fill(-1);
  postRows.forEach((row, at) => (place[row] = at));
  const amongComments = new Int32Array(count).fill(-1);
  commentRows.forEach((row, at) => (amongComments[row] = at));
  const heads = headsOf(discussion);
  const parentOf = Int32Array.from(commentRows, (row) => amongComments[parent[row]]);
  const threadOf = Int32Array.from(commentRows, (row) => place[heads[row]]);
  return { postRows, commentRows, threadOf, depth: commentDepths(parentOf), parentOf };
}

function activityOf({ author, text, parent, count, agentCount }: Discussion): Statistics {
  const [all, posts] = [new Int32Array(agentCount), new Int32Array(agentCount)];
  const ofText = new Map<number, number>();
  for (let row = 0; row < count; row++) {
    all[author[row]]++;
    if (parent[row] < 0) posts[author[row]]++;
    if (text[row] >= 0) ofText.set(text[row], (ofText.get(text[row]) ?? 0) + 1);
  }
  const active = all.filter((one) => one > 0);
  const repeated = [...ofText.values()].reduce((sum, one) => sum + (one > 1 ? one : 0), 0);
  return {
    messages: count,
    activeAgents: active.length,
    activityGini: gini(active),
    activityAlpha: alphaOf(active),
    postsGini: gini(posts.filter((one) => one > 0)),
    duplicateShare: ofText.size === 0 ? Number.NaN : repeated / count,
  };
}

function shapesOf({ author, parent }: Discussion, threads: Threads): Statistics {
  const { postRows, commentRows, threadOf, depth, parentOf } = threads;
  const [size, direct, deepest] = [0, 1, 2].map(() => new Int32Array(postRows.length));
  const answered = new Uint8Array(commentRows.length);
  const returned = new Uint8Array(postRows.length);
  const atDepth = [0, 0, 0];
  commentRows.forEach((row, at) => {
    const thread = threadOf[at];
    size[thread]++;
    if (depth[at] === 0) direct[thread]++;
    deepest[thread] = Math.max(deepest[thread], depth[at] + 1);
    atDepth[Math.min(2, depth[at])]++;
    if (parentOf[at] >= 0) answered[parentOf[at]] = 1;
    if (author[row] === author[postRows[thread]]) returned[thread] = 1;
  });
  const commented = postRows.map((_, at) => at).filter((at) => size[at] > 0);
  const share = (isOne: (at: number) => boolean): number => commented.filter(isOne).length / commented.length;
  // Messages count the post, so five of them are four comments.
  const isLarge = (at: number): boolean => size[at] + 1 >= 5;
  const all = commentRows.length;
  return {
    commentsPerPost: all / postRows.length,
    answeredShare: commented.length / postRows.length,
    unansweredShare: 1 - answered.reduce((sum, one) => sum + one, 0) / all,
    ...{ depthZeroShare: atDepth[0] / all, depthOneShare: atDepth[1] / all, depthTwoShare: atDepth[2] / all },
    flatThreadShare: share((at) => deepest[at] === 1),
    smallThreadShare: share((at) => !isLarge(at)),
    wideThreadShare: share((at) => isLarge(at) && deepest[at] <= 2 && direct[at] >= 0.5 * (size[at] + 1)),
    deepThreadShare: share((at) => isLarge(at) && deepest[at] >= 4 && direct[at] < 0.3 * (size[at] + 1)),
    threadCommentsMedian: quantiles(
      commented.map((at) => size[at]),
      [0.5],
    )[0],
    neverReturnShare: neverReturnShare(commented, returned, (at) => author[postRows[at]], parent.length),
  };
}

function neverReturnShare(
  commented: readonly number[],
  returned: Uint8Array,
  authorOf: (thread: number) => number,
  count: number,
): number {
  if (count === 0) return Number.NaN;
  const isBack = new Map<number, boolean>();
  for (const at of commented) isBack.set(authorOf(at), (isBack.get(authorOf(at)) ?? false) || returned[at] === 1);
  return [...isBack.values()].filter((one) => !one).length / isBack.size;
}

function timesOf({ author, seconds, agentCount }: Discussion, threads: Threads): Statistics {
  const { postRows, commentRows, threadOf, parentOf } = threads;
  const at = (rows: readonly number[]): Float64Array => Float64Array.from(rows, (row) => seconds[row]);
  const commentSeconds = at(commentRows);
  const first = firstCommentLatencies(at(postRows), threadOf, commentSeconds);
  const replies = firstCommentLatencies(commentSeconds, parentOf, commentSeconds);
  const times = Array.from({ length: agentCount }, (): number[] => []);
  seconds.forEach((second, row) => times[author[row]].push(second));
  const variations = times.flatMap((one) => (one.length < 3 ? [] : [variationOfGaps(one)])).filter(Number.isFinite);
  const share = (isOne: (variation: number) => boolean): number => variations.filter(isOne).length / variations.length;
  return {
    firstCommentSeconds: quantileSorted(first, 0.5),
    firstCommentMeanMinutes: mean(Array.from(first)) / 60,
    replySeconds: quantileSorted(replies, 0.5),
    regularAuthorShare: share((variation) => variation < 0.5),
    burstyAuthorShare: share((variation) => variation > 1),
  };
}

/** Standard deviation over mean of the gaps between times. */
function variationOfGaps(times: readonly number[]): number {
  const sorted = Float64Array.from(times).sort();
  const gaps = Array.from(sorted.subarray(1), (time, i) => time - sorted[i]);
  const middle = mean(gaps);
  return Math.sqrt(mean(gaps.map((gap) => (gap - middle) * (gap - middle)))) / middle;
}

function placesOf({ community, upvotes }: Discussion, { postRows }: Threads): Statistics {
  const counts = new Map<number, number>();
  for (const row of postRows)
    if (community[row] >= 0) counts.set(community[row], (counts.get(community[row]) ?? 0) + 1);
  const sorted = [...counts.values()].sort((a, b) => b - a);
  const total = sorted.reduce((sum, one) => sum + one, 0);
  const votes = postRows.map((row) => upvotes[row]);
  return {
    topCommunityShare: (sorted[0] ?? Number.NaN) / total,
    topTenCommunitiesShare: sorted.slice(0, 10).reduce((sum, one) => sum + one, 0) / total,
    upvoteGini: votes.some((one) => one > 0) ? gini(votes) : Number.NaN,
  };
}

function alphaOf(values: Int32Array): number {
  return fitPowerLaw(countValues(values))?.alpha ?? Number.NaN;
}

function rowsWhere(count: number, isWanted: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < count; row++) if (isWanted(row)) rows.push(row);
  return rows;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
