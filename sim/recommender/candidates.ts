/**
 * Candidates of a feed: what each source offers, what the filter lets through, and the ranking of what is left.
 *
 * Contents one spread or wrote oneself, or saw `exposuresMax` times, are left out; so is what was taken away, and what those wrote or
 * spread whom one muted or blocked, or by whom one was blocked. Order: by (score, post id) descending, so that no layout can be seen.
 */
import { actedBit, topicCount, topicScale } from '../world/agents.ts';
import { boardLength } from '../world/boards.ts';
import { placeInMemory } from '../world/memory-index.ts';
import { bondBits, pairValue } from '../world/pairs.ts';
import { matchOf } from '../world/reader-vectors.ts';
import { dotFace, isTakenAway, postRow, topicOf } from '../world/posts.ts';
import { sources } from '../exchange/tables.ts';
import { poolMax, takenLength } from './feed.ts';
import { candidatesMax, gatherNewest, lookBehind } from './gather.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PostRow } from '../world/posts.ts';
import type { StateView } from '../exchange/view.ts';
import type { FeedScratch, FeedSettings } from './feed.ts';

/** Appends the newest in-network contents that pass the filter, at most `limit`; looks at twice as many candidates. */
export function takeRecent(
  state: StateView,
  feed: FeedSettings,
  agent: AgentRow,
  scratch: FeedScratch,
  limit: number,
): void {
  if (limit <= 0) return;
  const { recent } = scratch;
  const entries = state.recents.entry as unknown as Int32Array;
  const end = scratch.count + limit;
  gatherNewest(state, agent, Math.min(candidatesMax, limit * 2), recent);
  for (let k = 0; k < recent.count && scratch.count < end; k++) {
    const place = lookBehind(entries, k, recent);
    take(state, feed, scratch, entries[place], entries[place + 1], sources.followee);
  }
}

/** Appends the best contents of a board that pass the filter, at most `limit`. */
export function takeBoard(
  state: StateView,
  feed: FeedSettings,
  scratch: FeedScratch,
  board: number,
  limit: number,
  source: number,
): void {
  const posts = state.boards.post as unknown as Int32Array;
  const end = Math.min(poolMax, scratch.count + limit);
  const start = board * boardLength;
  for (let k = start; k < start + boardLength && posts[k] > 0 && scratch.count < end; k++) {
    take(state, feed, scratch, posts[k], posts[k], source);
  }
}

/** The best of the boards of the agent's two strongest interests: at most `limit`, and half as many. */
export function takeInterestBoards(
  state: StateView,
  feed: FeedSettings,
  agent: AgentRow,
  scratch: FeedScratch,
  limit: number,
): void {
  const interest = state.agents.interest as Int8Array;
  const first = topicOf(interest, agent * topicCount);
  const second = secondTopic(interest, agent * topicCount, first >> 1);
  takeBoard(state, feed, scratch, 1 + first, limit, sources.interest);
  takeBoard(state, feed, scratch, 1 + second, limit / 2, sources.interest);
}

function secondTopic(vector: Int8Array, start: number, first: number): number {
  let best = first === 0 ? 1 : 0;
  for (let k = 0; k < topicCount; k++) {
    if (k !== first && Math.abs(vector[start + k]) > Math.abs(vector[start + best])) best = k;
  }
  return best * 2 + (vector[start + best] < 0 ? 1 : 0);
}

/** Appends one content unless it left the window, is there already, was spread by the agent, or was seen too often. */
export function take(
  state: StateView,
  feed: FeedSettings,
  scratch: FeedScratch,
  post: number,
  origin: number,
  source: number,
): void {
  if (origin < state.now.oldestPost) return;
  if (scratch.isPicky && isUnwanted(state, feed, scratch, post, origin)) return;
  const { origin: origins, takenBy } = scratch;
  const taken = origin & (takenLength - 1);
  if (takenBy[taken] === scratch.feedNumber) {
    for (let k = 0; k < scratch.count; k++) if (origins[k] === origin) return;
  }
  const place = placeInMemory(scratch.memory, state.exposures.origin as unknown as Int32Array, origin);
  const seen = place < 0 ? 0 : (state.exposures.seen as unknown as Uint8Array)[place];
  if ((seen & actedBit) !== 0 || seen >= feed.exposuresMax) return;
  takenBy[taken] = scratch.feedNumber;
  const at = scratch.count++;
  scratch.post[at] = post;
  origins[at] = origin;
  scratch.source[at] = source;
  scratch.seen[at] = seen;
  scratch.order[at] = at;
}

/** What few runs ask, apart from `take`, so that this stays small enough to be inlined: 4 % of the tick. */
function isUnwanted(state: StateView, feed: FeedSettings, scratch: FeedScratch, post: number, origin: number): boolean {
  if (state.sizes.hasRemovals && isTakenAway(state.posts, state.now, postRow(state.posts, post))) return true;
  if (scratch.hasBonds && isShunned(state, feed, scratch.agent, post, origin)) return true;
  if (feed.ownHidden === true && isOwn(state, scratch.agent, origin)) return true;
  return feed.perAuthorMax !== undefined && isCrowded(state, feed.perAuthorMax, scratch, origin);
}

/** Whether the agent wrote this content. */
function isOwn({ posts }: StateView, agent: AgentRow, origin: number): boolean {
  return posts.author[postRow(posts, origin)] === agent;
}

/** Whether as many items by this author stand in the feed as may. */
function isCrowded({ posts }: StateView, most: number, scratch: FeedScratch, origin: number): boolean {
  const author = posts.author[postRow(posts, origin)];
  let count = 0;
  for (let k = 0; k < scratch.count; k++) if (posts.author[postRow(posts, scratch.origin[k])] === author) count++;
  return count >= most;
}

/** Whether the agent muted or blocked whoever spread or wrote this, or was blocked by them. */
function isShunned(
  { posts, bonds }: StateView,
  feed: FeedSettings,
  agent: AgentRow,
  post: number,
  origin: number,
): boolean {
  const shunning = feed.mutesShown === true ? bondBits.block | bondBits.blockedBy : -1;
  return (
    (pairValue(bonds, agent, posts.author[postRow(posts, post)]) & shunning) !== 0 ||
    (pairValue(bonds, agent, posts.author[postRow(posts, origin)]) & shunning) !== 0
  );
}

/**
 * How well a post suits a reader: the cosine of their vectors where both have one, else that of interest and topic. In units of the dot product of
 * two topics, so that the one can stand beside the other; without vectors that dot product itself, a whole number.
 */
export function suits({ meaning, agents, posts }: StateView, agent: AgentRow, row: PostRow): number {
  const match = meaning === undefined ? NaN : matchOf(meaning, agent, row);
  if (!Number.isNaN(match)) return match * topicScale * topicScale;
  return dotFace(agents.interest as Int8Array, agent * topicCount, posts.face as Int32Array, row);
}

/** Score: exact dot product of interest and topic, or what vectors say. A content that left the window scores lowest. */
export function scoreByInterest(state: StateView, agent: AgentRow, scratch: FeedScratch): void {
  const interest = state.agents.interest as Int8Array;
  const face = state.posts.face as Int32Array;
  if (state.meaning !== undefined) {
    for (let k = scratch.from; k < scratch.count; k++) {
      scratch.score[k] = suits(state, agent, postRow(state.posts, scratch.post[k]));
    }
    return;
  }
  for (let k = scratch.from; k < scratch.count; k++) {
    const row = postRow(state.posts, scratch.post[k]);
    scratch.score[k] = dotFace(interest, agent * topicCount, face, row);
  }
}

/** Keeps the `length` best of this part, ordered by (score, post id), both descending: a bounded insertion. */
export function rank(scratch: FeedScratch, length: number): void {
  const { score, post, order, from } = scratch;
  const most = from + length;
  let kept = Math.min(from + 1, scratch.count);
  for (let i = from + 1; i < scratch.count; i++) {
    const s = score[i];
    const p = post[i];
    let k = kept;
    if (k === most) {
      const last = order[k - 1];
      if (score[last] > s || (score[last] === s && post[last] > p)) continue;
      k--;
    } else kept++;
    while (k > from && (score[order[k - 1]] < s || (score[order[k - 1]] === s && post[order[k - 1]] < p))) {
      order[k] = order[k - 1];
      k--;
    }
    order[k] = i;
  }
  scratch.count = kept;
}
