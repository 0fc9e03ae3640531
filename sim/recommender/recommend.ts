/**
 * What each agent that is awake sees: candidates, ranking, seen-filter. Fills the items of a range of percepts.
 *
 * Feeds: `recency` (newest of whom one follows), `hot` (the board of all, by hot score), `interest` (boards of one's main topics
 * and in-network candidates, by match), `mix` (in-network by recency; the out-of-network share by match, from the boards of one's main topics and of all). A study's own
 * recommender scores the same candidates. Contents one spread or wrote oneself, or saw `exposuresMax` times, are left out.
 * Order: candidates are ranked by (score, post id) descending, so that no layout can be seen.
 */
import { actedBit, dotTopics, findExposure, topicCount } from '../world/agents.ts';
import { boardLength } from '../world/boards.ts';
import { postRow, topicOf } from '../world/posts.ts';
import { drawWord, laneA, laneB, purposes, unitOf } from '../ground/random.ts';
import { sources } from '../exchange/tables.ts';
import { createCandidates, gatherRecent } from './gather.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptItems, PerceptRow, Percepts } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
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
  readonly score: Float64Array;
  count: number;
}

const poolMax = 256;

export function createFeedScratch(): FeedScratch {
  return {
    recent: createCandidates(poolMax),
    post: new Int32Array(poolMax),
    origin: new Int32Array(poolMax),
    source: new Uint8Array(poolMax),
    score: new Float64Array(poolMax),
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
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    const agent = percepts.agent[percept] as AgentRow;
    scratch.count = 0;
    fill(state, feed, agent, scratch);
    const start = percept * state.sizes.feedLength;
    copyItems(scratch, items, start);
    percepts.itemCount[percept] = scratch.count;
  }
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
  for (let k = 0; k < scratch.count; k++) {
    posts[start + k] = scratch.post[k];
    origins[start + k] = scratch.origin[k];
    from[start + k] = scratch.source[k];
  }
}

function fillRecency(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch): void {
  takeRecent(state, feed, agent, scratch, feed.length);
}

function fillHot(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch): void {
  takeBoard(state, feed, agent, scratch, 0, feed.length, sources.popular);
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
    takeBoard(state, feed, agent, scratch, 0, outCount * 4, sources.popular);
    scoreByInterest(state, agent, scratch);
    for (let k = 0; k < inCount; k++) scratch.score[k] = Number.MAX_VALUE;
    rank(scratch, Math.min(inCount + outCount, feed.length));
  }
}

function fillOwn(state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch): void {
  const score = feed.recommender as OwnRecommender;
  takeRecent(state, feed, agent, scratch, feed.length * 2);
  takeBoard(state, feed, agent, scratch, 0, boardLength, sources.popular);
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
  const most = Math.min(poolMax, limit * 2);
  let k = 0;
  // A shorter list is the head of the longer one: the longer is gathered only when the filter left too few.
  for (let sought = Math.min(most, limit + (limit >> 2)); ; sought = most) {
    gatherRecent(state, agent, sought, recent);
    for (; k < recent.count && scratch.count < end; k++) {
      take(state, feed, agent, scratch, recent.post[k], entries[recent.place[k] + 1], sources.followee);
    }
    if (scratch.count === end || recent.count < sought || sought === most) return;
  }
}

/** Appends the best contents of a board that pass the filter, at most `limit`. */
function takeBoard(
  state: StateView,
  feed: FeedSettings,
  agent: AgentRow,
  scratch: FeedScratch,
  board: number,
  limit: number,
  source: number,
): void {
  const posts = state.boards.post as unknown as Int32Array;
  const end = Math.min(poolMax, scratch.count + limit);
  const start = board * boardLength;
  for (let k = start; k < start + boardLength && posts[k] > 0 && scratch.count < end; k++) {
    take(state, feed, agent, scratch, posts[k], posts[k], source);
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
  takeBoard(state, feed, agent, scratch, 1 + first, limit, sources.interest);
  takeBoard(state, feed, agent, scratch, 1 + second, limit / 2, sources.interest);
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
  agent: AgentRow,
  scratch: FeedScratch,
  post: number,
  origin: number,
  source: number,
): void {
  if (origin < state.now.oldestPost) return;
  const { memoryLength } = state.sizes;
  const { origin: origins } = scratch;
  for (let k = 0; k < scratch.count; k++) if (origins[k] === origin) return;
  const place = findExposure(
    state.exposures.origin as unknown as Int32Array,
    agent * memoryLength,
    memoryLength,
    origin,
  );
  if (place >= 0) {
    const seen = (state.exposures.seen as unknown as Uint8Array)[place];
    if ((seen & actedBit) !== 0 || seen >= feed.exposuresMax) return;
  }
  scratch.post[scratch.count] = post;
  origins[scratch.count] = origin;
  scratch.source[scratch.count] = source;
  scratch.count++;
}

/** Score: exact dot product of interest and topic. A content that left the window scores lowest. */
function scoreByInterest(state: StateView, agent: AgentRow, scratch: FeedScratch): void {
  const interest = state.agents.interest as Int8Array;
  const topic = state.posts.topic as Int8Array;
  for (let k = 0; k < scratch.count; k++) {
    const row = postRow(state.posts, scratch.post[k]);
    scratch.score[k] = dotTopics(interest, agent * topicCount, topic, row * topicCount);
  }
}

/** Keeps the `length` best, ordered by (score, post id), both descending: a bounded insertion. */
function rank(scratch: FeedScratch, length: number): void {
  const { score, post, origin, source } = scratch;
  for (let i = 1; i < scratch.count; i++) {
    const s = score[i];
    const p = post[i];
    const o = origin[i];
    const f = source[i];
    let k = Math.min(i, length);
    if (k === length && (score[k - 1] > s || (score[k - 1] === s && post[k - 1] > p))) continue;
    if (k === length) k = length - 1;
    while (k > 0 && (score[k - 1] < s || (score[k - 1] === s && post[k - 1] < p))) {
      score[k] = score[k - 1];
      post[k] = post[k - 1];
      origin[k] = origin[k - 1];
      source[k] = source[k - 1];
      k--;
    }
    score[k] = s;
    post[k] = p;
    origin[k] = o;
    source[k] = f;
  }
  scratch.count = Math.min(scratch.count, length);
}
