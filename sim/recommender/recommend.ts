/**
 * What each agent that is awake sees: fills the items of a range of percepts, feed by feed.
 *
 * How a feed is made stands in `feeds.ts`, what may stand in one in `candidates.ts`.
 */
import { indexMemory } from '../world/memory-index.ts';
import { fillerOf } from './feeds.ts';
import { leftOver, makeByKernel } from './feed-kernel.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptItems, PerceptRow, Percepts, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { FeedScratch, FeedSettings } from './feed.ts';

/** Fills the items of percepts [from, to): by the kernel, if one is given, which leaves some of them. */
export function recommend(
  state: StateView,
  feed: FeedSettings,
  tables: Pick<ShardTables, 'percepts' | 'items'>,
  range: { readonly from: number; readonly to: number },
  scratch: FeedScratch,
  kernels?: Kernels,
): void {
  const { percepts, items } = tables;
  if (kernels !== undefined && makeByKernel(kernels, state, feed, tables, range, scratch) === 0) return;
  const fill = fillerOf(feed);
  const isStrict = state.sizes.hasRemovals || feed.perAuthorMax !== undefined;
  scratch.touched = touch(state, percepts, range.from, range.to);
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    if (kernels !== undefined && percepts.itemCount[percept] !== leftOver) continue;
    const agent = percepts.agent[percept] as AgentRow;
    beginFeed(state, agent, scratch, isStrict);
    fill(state, feed, agent, scratch, feed.length);
    const start = percept * state.sizes.feedLength;
    copyItems(scratch, items, start);
    percepts.itemCount[percept] = scratch.count;
  }
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
