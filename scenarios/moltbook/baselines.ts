/**
 * The baseline of independence: agents that act at observed rates and read nothing.
 *
 * Each agent has the numbers of posts and comments of a real agent drawn at random; every time is even over the span; a comment answers a comment as often as
 * observed, else a post, each of those that are there as likely; community, words and votes are drawn apart from all else, at observed shares.
 * Pure, of a stream. Order: times ascend, so a parent stands before its answers. Invariant: no act depends on another but by what exists to be answered.
 */
import { headsOf } from './discussion.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Discussion } from './discussion.ts';

/** Rates and shares of a discussion: sums, and numbers of acts by agent. */
interface Rates {
  readonly posts: Int32Array;
  readonly comments: Int32Array;
  readonly active: readonly number[];
  readonly spanSeconds: number;
  readonly answersCommentShare: number;
  /** Community of each post: a draw of one is a draw by shares. */
  readonly communities: readonly number[];
  readonly repeatedShare: number;
  readonly repeatedTexts: number;
  readonly upvotesPerPost: number;
}

/** A discussion of so many independent agents at the rates of another one. */
export function independentDiscussion(observed: Discussion, agentCount: number, stream: RandomStream): Discussion {
  const rates = ratesOf(observed);
  const drawn = (count: number): number => Math.min(count - 1, Math.floor(stream.uniform() * count));
  const acts: { author: number; isPost: boolean; seconds: number }[] = [];
  for (let author = 0; author < agentCount; author++) {
    const like = rates.active[drawn(rates.active.length)];
    const total = rates.posts[like] + rates.comments[like];
    for (let k = 0; k < total; k++)
      acts.push({ author, isPost: k < rates.posts[like], seconds: stream.uniform() * rates.spanSeconds });
  }
  acts.sort((a, b) => a.seconds - b.seconds);
  const [posts, comments]: [number[], number[]] = [[], []];
  const rows: { parent: number; community: number; text: number }[] = [];
  const kept: typeof acts = [];
  acts.forEach((act, at) => {
    const isNested = comments.length > 0 && stream.uniform() < rates.answersCommentShare;
    const list = isNested ? comments : posts;
    const text = stream.uniform() < rates.repeatedShare ? drawn(rates.repeatedTexts) : rates.repeatedTexts + at;
    const community = rates.communities[drawn(rates.communities.length)];
    // A comment before the first post has nothing to answer.
    if (!act.isPost && list.length === 0) return;
    rows.push({ parent: act.isPost ? -1 : list[drawn(list.length)], community: act.isPost ? community : -1, text });
    (act.isPost ? posts : comments).push(kept.length);
    kept.push(act);
  });
  const upvotes = new Int32Array(kept.length);
  for (let k = 0; k < Math.round(rates.upvotesPerPost * posts.length); k++) upvotes[posts[drawn(posts.length)]]++;
  return {
    agentCount,
    count: kept.length,
    author: Int32Array.from(kept, ({ author }) => author),
    parent: Int32Array.from(rows, ({ parent }) => parent),
    seconds: Float64Array.from(kept, ({ seconds }) => seconds),
    community: Int32Array.from(rows, ({ community }) => community),
    text: Int32Array.from(rows, ({ text }) => text),
    upvotes,
  };
}

function ratesOf(observed: Discussion): Rates {
  const { author, parent, seconds, community, text, upvotes, agentCount, count } = observed;
  const [posts, comments] = [new Int32Array(agentCount), new Int32Array(agentCount)];
  const ofText = new Map<number, number>();
  const heads = headsOf(observed);
  let [nested, votes] = [0, 0];
  const communities: number[] = [];
  for (let row = 0; row < count; row++) {
    if (text[row] >= 0) ofText.set(text[row], (ofText.get(text[row]) ?? 0) + 1);
    if (parent[row] < 0) {
      posts[author[row]]++;
      communities.push(community[row]);
      votes += upvotes[row];
    } else {
      comments[author[row]]++;
      if (parent[row] !== heads[row]) nested++;
    }
  }
  const repeated = [...ofText.values()].filter((one) => one > 1);
  const active = Array.from(posts.keys()).filter((agent) => posts[agent] + comments[agent] > 0);
  return {
    ...{ posts, comments, active, communities },
    spanSeconds: seconds.reduce((most, one) => Math.max(most, one), 0),
    answersCommentShare: nested / (count - communities.length),
    repeatedShare: repeated.reduce((sum, one) => sum + one, 0) / count,
    repeatedTexts: Math.max(1, repeated.length),
    upvotesPerPost: votes / communities.length,
  };
}
