/**
 * What each agent that is awake sees: candidates, ranking, seen-filter. Fills the items of a range of percepts.
 *
 * Feeds: `recency` (newest of whom one follows), `hot` (the board of all, by hot score), `interest` (boards of one's main topics
 * and in-network candidates, by match), `mix` (in-network by recency; the out-of-network share by match, from the boards of one's main topics and of all). A study's own
 * recommender scores the same candidates. Contents one spread or wrote oneself, or saw `exposuresMax` times, are left out; so is
 * what was taken away, and what those wrote or spread whom one muted or blocked, or by whom one was blocked.
 * Order: candidates are ranked by (score, post id) descending, so that no layout can be seen.
 */
import { actedBit, topicCount } from '../world/agents.ts';
import { boardLength } from '../world/boards.ts';
import { createMemoryIndex, indexMemory, placeInMemory } from '../world/memory-index.ts';
import { pairValue } from '../world/pairs.ts';
import { dotFace, postRow, standings, topicOf } from '../world/posts.ts';
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { sources } from '../exchange/tables.ts';
import { candidatesMax, createCandidates, gatherNewest, lookBehind } from './gather.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptItems, PerceptRow, Percepts } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { MemoryIndex } from '../world/memory-index.ts';
import type { Candidates } from './gather.ts';

/** Names of the built-in feeds. */
export const recommenderNames = ['recency', 'hot', 'interest', 'mix', 'none'] as const;
export type RecommenderName = (typeof recommenderNames)[number];

/** A study's own recommender: the score of a candidate for an agent; higher is shown first. Reads the state only. */
export type OwnRecommender = (state: StateView, agent: AgentRow, post: number, source: number) => number;

/** How feeds are made. */
export interface FeedSettings {
  readonly recommender: RecommenderName | OwnRecommender;
  /** Items shown at one waking. */
  readonly length: number;
  /** Share of items from outside one's network; `mix` only. */
  readonly outOfNetworkShare: number;
  /** A content seen so often is not shown again. */
  readonly exposuresMax: number;
  /** Whether reposts and quotes reach the followers of who made them. */
  readonly repostsShown: boolean;
}

/** Scratch memory of a shard's recommender: reused for every agent, so that nothing is allocated in the tick. */
export interface FeedScratch {
  readonly recent: Candidates;
  readonly post: Int32Array;
  readonly origin: Int32Array;
  readonly source: Uint8Array;
  readonly seen: Uint8Array;
  readonly score: Float64Array;
  /** Places of what is shown, best first. */
  readonly order: Int32Array;
  readonly memory: MemoryIndex;
  /** By the low byte of a content: the number of the last feed that took one, so that most candidates need no search. */
  readonly takenBy: Int32Array;
  feedNumber: number;
  /** See `touch`. */
  touched: number;
  agent: AgentRow;
  /** Whether the agent muted or blocked somebody, or was blocked. */
  hasBonds: boolean;
  count: number;
}

const poolMax = 256;
const takenLength = 256;

export function createFeedScratch(): FeedScratch {
  return {
    recent: createCandidates(),
    post: new Int32Array(poolMax),
    origin: new Int32Array(poolMax),
    source: new Uint8Array(poolMax),
    seen: new Uint8Array(poolMax),
    score: new Float64Array(poolMax),
    order: new Int32Array(poolMax),
    memory: createMemoryIndex(),
    takenBy: new Int32Array(takenLength),
    feedNumber: 0,
    touched: 0,
    agent: 0 as AgentRow,
    hasBonds: false,
    count: 0,
  };
}

/** Fills the items of percepts [from, to). */
export function recommend(
  state: StateView,
  feed: FeedSettings,
  percepts: Percepts,
  items: PerceptItems,
  range: { readonly from: number; readonly to: number },
  scratch: FeedScratch,
): void {
  const fill = fillerOf(feed.recommender);
  scratch.touched = touch(state, percepts, range.from, range.to);
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    beginFeed(state, agent, scratch);
    fill(state, feed, agent, scratch);
    const start = percept * state.sizes.feedLength;
    copyItems(scratch, items, start);
    percepts.itemCount[percept] = scratch.count;
  }
}

/** An empty feed, and the index of what the agent remembers. */
function beginFeed(state: StateView, agent: AgentRow, scratch: FeedScratch): void {
  const { memoryLength } = state.sizes;
  const origins = state.exposures.origin as unknown as Int32Array;
  scratch.count = 0;
  scratch.agent = agent;
  scratch.hasBonds = state.agents.bondCount[agent] !== 0;
  scratch.feedNumber = (scratch.feedNumber + 1) | 0;
  indexMemory(scratch.memory, origins, agent * memoryLength, memoryLength);
}

/**
 * Reads one word of what each agent of the range needs, without a branch in between, so that the misses overlap: 7 % of the tick.
 * What is read means nothing; it is returned so that the loads are not optimised away.
 */
function touch(state: StateView, percepts: Percepts, from: number, to: number): number {
  const agents = percepts.agent as unknown as Int32Array;
  const origins = state.exposures.origin as unknown as Int32Array;
  const starts = state.ties.followees.rows.start as unknown as Int32Array;
  const neighbours = state.ties.followees.pool.neighbour as unknown as Int32Array;
  const seen = state.exposures.seen as unknown as Uint8Array;
  const { memoryLength } = state.sizes;
  let sum = 0;
  for (let percept = from; percept < to; percept++) {
    const agent = agents[percept];
    const start = starts[agent];
    sum ^= origins[agent * memoryLength] ^ seen[agent * memoryLength] ^ neighbours[start] ^ neighbours[start + 16];
  }
  return sum;
}

type Fill = (state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch) => void;

function fillerOf(recommender: FeedSettings['recommender']): Fill {
  if (typeof recommender === 'function') return fillOwn;
  return { recency: fillRecency, hot: fillHot, interest: fillInterest, mix: fillMix, none: () => undefined }[
    recommender
  ];
}

function copyItems(scratch: FeedScratch, items: PerceptItems, start: number): void {
  const posts = items.post as unknown as Int32Array;
  const origins = items.origin as unknown as Int32Array;
  const from = items.source as unknown as Uint8Array;
  const seen = items.seen as unknown as Uint8Array;
  for (let k = 0; k < scratch.count; k++) {
    const place = scratch.order[k];
    posts[start + k] = scratch.post[place];
    origins[start + k] = scratch.origin[place];
    from[start + k] = scratch.source[place];
    seen[start + k] = scratch.seen[place];
  }
}

function fillRecency(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch): void {
  takeRecent(state, feed, agent, scratch, feed.length);
}

function fillHot(state: StateView, feed: FeedSettings, _agent: AgentRow, scratch: FeedScratch): void {
  takeBoard(state, feed, scratch, 0, feed.length, sources.popular);
}

function fillInterest(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch): void {
  takeRecent(state, feed, agent, scratch, feed.length);
  takeInterestBoards(state, feed, agent, scratch, boardLength / 2);
  scoreByInterest(state, agent, scratch);
  rank(scratch, feed.length);
}

function fillMix(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch): void {
  const wanted = feed.length * feed.outOfNetworkShare;
  const a = laneA(state.now.seedA, state.agents.keyLo[agent]);
  const b = laneB(state.now.seedB, state.agents.keyHi[agent]);
  const whole = Math.floor(wanted);
  const outCount = whole + (unitOf(drawWord(a, b, purposes.feed, 0)) < wanted - whole ? 1 : 0);
  takeRecent(state, feed, agent, scratch, feed.length - outCount);
  const inCount = scratch.count;
  if (outCount > 0) {
    takeInterestBoards(state, feed, agent, scratch, outCount * 4);
    takeBoard(state, feed, scratch, 0, outCount * 4, sources.popular);
    scoreByInterest(state, agent, scratch);
    for (let k = 0; k < inCount; k++) scratch.score[k] = Number.MAX_VALUE;
    rank(scratch, Math.min(inCount + outCount, feed.length));
  }
}

function fillOwn(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch): void {
  const score = feed.recommender as OwnRecommender;
  takeRecent(state, feed, agent, scratch, feed.length * 2);
  takeBoard(state, feed, scratch, 0, boardLength, sources.popular);
  takeInterestBoards(state, feed, agent, scratch, boardLength / 2);
  for (let k = 0; k < scratch.count; k++) scratch.score[k] = score(state, agent, scratch.post[k], scratch.source[k]);
  rank(scratch, feed.length);
}

/** Appends the newest in-network contents that pass the filter, at most `limit`; looks at twice as many candidates. */
function takeRecent(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch, limit: number): void {
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
function takeBoard(
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
function takeInterestBoards(
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
function take(
  state: StateView,
  feed: FeedSettings,
  scratch: FeedScratch,
  post: number,
  origin: number,
  source: number,
): void {
  if (origin < state.now.oldestPost) return;
  if (state.sizes.hasRemovals && isGone(state, post, origin)) return;
  if (scratch.hasBonds && isShunned(state, scratch.agent, post, origin)) return;
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

/** Whether a post or what it shows was taken away. */
function isGone({ posts }: StateView, post: number, origin: number): boolean {
  return (
    posts.standing[postRow(posts, post)] >= standings.deleted ||
    posts.standing[postRow(posts, origin)] >= standings.deleted
  );
}

/** Whether the agent muted or blocked whoever spread or wrote this, or was blocked by them. */
function isShunned({ posts, bonds }: StateView, agent: AgentRow, post: number, origin: number): boolean {
  return (
    pairValue(bonds, agent, posts.author[postRow(posts, post)]) !== 0 ||
    pairValue(bonds, agent, posts.author[postRow(posts, origin)]) !== 0
  );
}

/** Score: exact dot product of interest and topic. A content that left the window scores lowest. */
function scoreByInterest(state: StateView, agent: AgentRow, scratch: FeedScratch): void {
  const interest = state.agents.interest as Int8Array;
  const face = state.posts.face as Int32Array;
  for (let k = 0; k < scratch.count; k++) {
    const row = postRow(state.posts, scratch.post[k]);
    scratch.score[k] = dotFace(interest, agent * topicCount, face, row);
  }
}

/** Keeps the `length` best, ordered by (score, post id), both descending: a bounded insertion. */
function rank(scratch: FeedScratch, length: number): void {
  const { score, post, order } = scratch;
  let kept = Math.min(1, scratch.count);
  for (let i = 1; i < scratch.count; i++) {
    const s = score[i];
    const p = post[i];
    let k = kept;
    if (k === length) {
      const last = order[k - 1];
      if (score[last] > s || (score[last] === s && post[last] > p)) continue;
      k--;
    } else kept++;
    while (k > 0 && (score[order[k - 1]] < s || (score[order[k - 1]] === s && post[order[k - 1]] < p))) {
      order[k] = order[k - 1];
      k--;
    }
    order[k] = i;
  }
  scratch.count = kept;
}
