/**
 * Comment threads: how deep they go, how many comments nobody answers, how fast the first comment comes.
 *
 * Three definitions that are easily confused stand apart: a *reply* is a comment whose parent is a comment; a comment is
 * *unanswered* when no comment has it as its parent; *latency* is from a post to its earliest comment.
 * Oracle: genesis data: depths 1901, 227, 16, 6, 2; unanswered 0.888476; median latency 309 s.
 */
import { quantileSorted } from './distribution.ts';

/** Number of values at each depth: entry d counts the comments of depth d, 0 for those directly below a post. */
export function depthHistogram(depth: Int32Array): Int32Array {
  let deepest = -1;
  for (let row = 0; row < depth.length; row++) if (depth[row] > deepest) deepest = depth[row];
  const histogram = new Int32Array(deepest + 1);
  for (let row = 0; row < depth.length; row++) histogram[depth[row]]++;
  return histogram;
}

/** Depth of each comment: 0 without a parent comment. `parent` holds rows or -1; rows may stand in any order, a ring must not occur. */
export function commentDepths(parent: Int32Array): Int32Array {
  const depth = new Int32Array(parent.length).fill(-1);
  const path = new Int32Array(parent.length);
  for (let row = 0; row < parent.length; row++) {
    let length = 0;
    let above = row;
    while (above !== -1 && depth[above] === -1) {
      path[length++] = above;
      above = parent[above];
    }
    let level = above === -1 ? -1 : depth[above];
    while (length > 0) depth[path[--length]] = ++level;
  }
  return depth;
}

/** Share of comments that are no comment's parent. NaN without comments. */
export function unansweredShare(parent: Int32Array): number {
  const answered = new Uint8Array(parent.length);
  let answeredCount = 0;
  for (let row = 0; row < parent.length; row++) {
    if (parent[row] === -1 || answered[parent[row]] === 1) continue;
    answered[parent[row]] = 1;
    answeredCount++;
  }
  return parent.length === 0 ? Number.NaN : 1 - answeredCount / parent.length;
}

/** Times from each post to its earliest comment, in the unit of the columns, ascending; posts without comments are left out. */
export function firstCommentLatencies(
  postTime: Float64Array,
  commentPost: Int32Array,
  commentTime: Float64Array,
): Float64Array {
  const earliest = new Float64Array(postTime.length).fill(Number.POSITIVE_INFINITY);
  for (let row = 0; row < commentPost.length; row++) {
    const post = commentPost[row];
    if (post >= 0 && commentTime[row] < earliest[post]) earliest[post] = commentTime[row];
  }
  return earliest
    .map((time, post) => time - postTime[post])
    .filter(Number.isFinite)
    .sort();
}

/** Median of `firstCommentLatencies`; NaN when no post has a comment. */
export function medianFirstCommentLatency(latencies: Float64Array): number {
  return quantileSorted(latencies, 0.5);
}
