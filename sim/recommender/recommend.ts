/**
 * What each agent that is awake sees: fills the items of a range of percepts, feed by feed.
 *
 * How a feed is made stands in `feeds.ts`, what may stand in one in `candidates.ts`.
 */
import { indexMemory } from '../world/memory-index.ts';
import { fillerOf } from './feeds.ts';
import { takeRecent } from './candidates.ts';
import { isRanked, leftOver, makeByRecency, rankByInterest } from './feed-kernel.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptItems, PerceptRow, Percepts, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { FeedScratch, FeedSettings, Fill } from './feed.ts';

type Tables = Pick<ShardTables, 'percepts' | 'items'>;
interface Range {
  readonly from: number;
  readonly to: number;
}

/** Fills the items of percepts [from, to): by kernels, if they are given, which leave some of them. */
export function recommend(
  state: StateView,
  feed: FeedSettings,
  tables: Tables,
  range: Range,
  scratch: FeedScratch,
  kernels?: Kernels,
): void {
  if (kernels === undefined) {
    scratch.touched = touch(state, tables.percepts, range.from, range.to);
    fillSome(state, feed, fillerOf(feed), tables, range, scratch, () => true);
    return;
  }
  const isLeft = (percept: PerceptRow): boolean => tables.percepts.itemCount[percept] === leftOver;
  let left = makeByRecency(kernels, state, feed, tables, range);
  if (isRanked(feed)) {
    // Whose follows are not merged yet gets candidates here: the kernel ranks them as it ranks those that it gathered.
    const mayBeRanked = (percept: PerceptRow): boolean =>
      isLeft(percept) && state.agents.bondCount[tables.percepts.agent[percept] as AgentRow] === 0;
    if (left > 0) left -= fillSome(state, feed, takeRecent, tables, range, scratch, mayBeRanked);
    rankByInterest(kernels, state, feed, tables, range, scratch);
  }
  if (left > 0) fillSome(state, feed, fillerOf(feed), tables, range, scratch, isLeft);
}

/** Fills the items of those percepts of a range that `isWanted` says, and returns how many those are. */
function fillSome(
  state: StateView,
  feed: FeedSettings,
  fill: Fill,
  { percepts, items }: Tables,
  range: Range,
  scratch: FeedScratch,
  isWanted: (percept: PerceptRow) => boolean,
): number {
  const isStrict = state.sizes.hasRemovals || feed.perAuthorMax !== undefined;
  let count = 0;
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    if (!isWanted(percept)) continue;
    const agent = percepts.agent[percept] as AgentRow;
    beginFeed(state, agent, scratch, isStrict);
    fill(state, feed, agent, scratch, feed.length);
    const start = percept * state.sizes.feedLength;
    copyItems(scratch, items, start);
    percepts.itemCount[percept] = scratch.count;
    count++;
  }
  return count;
}

/** An empty feed, and the index of what the agent remembers. */
function beginFeed(state: StateView, agent: AgentRow, scratch: FeedScratch, isStrict: boolean): void {
  const { memoryLength } = state.sizes;
  const origins = state.exposures.origin as unknown as Int32Array;
  scratch.count = 0;
  scratch.from = 0;
  scratch.agent = agent;
  scratch.hasBonds = state.agents.bondCount[agent] !== 0;
  scratch.isPicky = isStrict || scratch.hasBonds;
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
