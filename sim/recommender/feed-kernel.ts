/**
 * Feeds by recency and by interest made by kernels (`sim/kernels/assembly/recency.ts`, `interest.ts`), where they apply.
 *
 * The percepts that they leave, those of agents with unmerged follows or with bonds, are the general path's; `itemCount` marks them.
 * A feed by interest is made by recency first, then ranked with what boards offer, which are listed once a tick.
 * Oracle: the general path, `recommend` without a kernel (`test/sim/kernels/kernels.test.ts`).
 */
import { addressesOf, areInArena, boardListsAt, kernelMemoryMax } from '../kernels/kernels.ts';
import { sources } from '../exchange/tables.ts';
import { actedBit, topicCount } from '../world/agents.ts';
import { boardLength } from '../world/boards.ts';
import { pairPlacesUsed } from '../world/pairs.ts';
import { windowMax } from './gather.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { FeedScratch, FeedSettings } from './feed.ts';

/** What `itemCount` says of a percept that the kernel left: no feed is so long. */
export const leftOver = 255;

/** Longest feed: the kernel looks at twice as many candidates and holds 32. */
const feedLengthMost = 16;

type Tables = Pick<ShardTables, 'percepts' | 'items'>;
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Whether kernels make the feeds of a run. */
export function isMadeByKernel(kernels: Kernels, state: StateView, feed: FeedSettings, tables: Tables): boolean {
  const { feedLength, memoryLength, hasRemovals } = state.sizes;
  const isOfVectors = isRanked(feed) && state.meaning !== undefined;
  const asksMore =
    feed.blend !== undefined || feed.perAuthorMax !== undefined || feed.ownHidden === true || isOfVectors;
  const isSmall = feedLength <= feedLengthMost && feed.length === feedLength && memoryLength <= kernelMemoryMax;
  const isOne = feed.recommender === 'recency' || isRanked(feed);
  const columns = [...columnsOf(state, tables), ...(isRanked(feed) ? rankedBy(state) : [])];
  return isOne && !asksMore && !hasRemovals && isSmall && areInArena(kernels, columns);
}

/** Whether feeds by recency are ranked by interest thereafter. */
export function isRanked({ recommender, candidates = 'boards' }: FeedSettings): boolean {
  return recommender === 'interest' && candidates === 'boards';
}

function columnsOf({ agents, recents, exposures, ties }: StateView, { percepts, items }: Tables): unknown[] {
  const { rows, pool } = ties.followees;
  return [
    ...[percepts.agent, percepts.itemCount, items.post, items.origin, items.source, items.seen],
    ...[agents.pendingTie, recents.entry, exposures.origin, exposures.seen, rows.start, rows.length, pool.neighbour],
  ];
}

/** What a feed by interest is ranked by. */
function rankedBy({ agents, posts }: StateView): unknown[] {
  return [agents.interest, posts.face];
}

/**
 * Makes the feeds by recency of percepts [from, to), which are the first candidates of one by interest; returns how many are left, marked
 * by `leftOver`.
 */
export function makeByRecency(
  kernels: Kernels,
  state: StateView,
  feed: FeedSettings,
  tables: Tables,
  range: Range,
): number {
  const { now, sizes, bonds } = state;
  if (pairPlacesUsed(bonds) > 0) leaveBonded(state, tables, range);
  return kernels.recommendByRecency(
    ...addressesOf(columnsOf(state, tables)),
    ...[now.oldestPost, now.nextPost - windowMax, sizes.feedLength, sizes.memoryLength],
    ...[mostOf(feed), sources.followee],
    ...[kernels.scratch, range.from, range.to],
  );
}

/** A content whose count is so high is not shown: who acted on it stands above all counts. */
function mostOf({ exposuresMax }: FeedSettings): number {
  return Math.min(actedBit, Math.ceil(exposuresMax));
}

/** Ranks those feeds of percepts [from, to) that are not marked by `leftOver` with what boards offer. */
export function rankByInterest(
  kernels: Kernels,
  state: StateView,
  feed: FeedSettings,
  { percepts, items }: Tables,
  range: Range,
  scratch: FeedScratch,
): void {
  const { now, sizes, exposures, posts } = state;
  if (scratch.listedTick !== now.tick) {
    listTopicBoards(kernels, state);
    scratch.listedTick = now.tick;
  }
  kernels.rankByInterest(
    ...addressesOf([percepts.agent, percepts.itemCount, items.post, items.origin, items.source, items.seen]),
    ...addressesOf([exposures.origin, exposures.seen, ...rankedBy(state)]),
    ...[posts.rowCapacity, sizes.feedLength, sizes.memoryLength, mostOf(feed), sources.followee, sources.interest],
    ...[kernels.scratch + boardListsAt, kernels.scratch, range.from, range.to],
  );
}

/** Boards are replicas outside the arena: the ids of those of topics go to the kernel's memory. */
function listTopicBoards({ scratch, scratchWords, listBoards }: Kernels, { boards, posts, now }: StateView): void {
  const ids = boards.post as unknown as Int32Array;
  scratchWords.set(ids.subarray(boardLength, (1 + topicCount * 2) * boardLength), boardListsAt / 4);
  listBoards(scratch + boardListsAt, ...addressesOf([posts.face]), posts.rowCapacity, now.oldestPost);
}

/** Agents who muted or blocked somebody, or were blocked, ask more of a candidate. */
function leaveBonded({ agents }: StateView, { percepts }: Tables, range: Range): void {
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    if (agents.bondCount[percepts.agent[percept] as AgentRow] !== 0) percepts.itemCount[percept] = leftOver;
  }
}
