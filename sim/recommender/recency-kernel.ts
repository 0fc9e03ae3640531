/**
 * Feeds by recency made by the kernel (`sim/kernels/assembly/recency.ts`), where it applies.
 *
 * The percepts that it leaves, those of agents with unmerged follows or with bonds, are the general path's; `itemCount` marks them.
 * Oracle: the general path, `recommend` without a kernel (`test/sim/kernels/kernels.test.ts`).
 */
import { addressesOf, areInArena, kernelMemoryMax } from '../kernels/kernels.ts';
import { sources } from '../exchange/tables.ts';
import { actedBit } from '../world/agents.ts';
import { pairPlacesUsed } from '../world/pairs.ts';
import { windowMax } from './gather.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { FeedSettings } from './feed.ts';

/** What `itemCount` says of a percept that the kernel left: no feed is so long. */
export const leftOver = 255;

/** Longest feed: the kernel looks at twice as many candidates and holds 32. */
const feedLengthMost = 16;

type Tables = Pick<ShardTables, 'percepts' | 'items'>;

/** Whether the kernel makes the feeds of a run. */
export function isMadeByKernel(kernels: Kernels, state: StateView, feed: FeedSettings, tables: Tables): boolean {
  const { feedLength, memoryLength, hasRemovals } = state.sizes;
  const isPlain = feed.blend === undefined && feed.perAuthorMax === undefined && !hasRemovals;
  const isSmall = feedLength <= feedLengthMost && feed.length === feedLength && memoryLength <= kernelMemoryMax;
  const isInArena = areInArena(kernels, columnsOf(state, tables));
  return feed.recommender === 'recency' && isPlain && isSmall && isInArena;
}

function columnsOf({ agents, recents, exposures, ties }: StateView, { percepts, items }: Tables): unknown[] {
  const { rows, pool } = ties.followees;
  return [
    ...[percepts.agent, percepts.itemCount, items.post, items.origin, items.source, items.seen],
    ...[agents.pendingTie, recents.entry, exposures.origin, exposures.seen, rows.start, rows.length, pool.neighbour],
  ];
}

/** Makes the feeds of percepts [from, to); returns how many are left, marked by `leftOver`. */
export function makeByKernel(
  kernels: Kernels,
  state: StateView,
  feed: FeedSettings,
  tables: Tables,
  range: { readonly from: number; readonly to: number },
): number {
  const { now, sizes, bonds } = state;
  if (pairPlacesUsed(bonds) > 0) leaveBonded(state, tables, range);
  return kernels.recommendByRecency(
    ...addressesOf(columnsOf(state, tables)),
    ...[now.oldestPost, now.nextPost - windowMax, sizes.feedLength, sizes.memoryLength],
    // Who acted on a content stands above all counts.
    ...[Math.min(actedBit, Math.ceil(feed.exposuresMax)), sources.followee],
    ...[kernels.scratch, range.from, range.to],
  );
}

/** Agents who muted or blocked somebody, or were blocked, ask more of a candidate. */
function leaveBonded(
  { agents }: StateView,
  { percepts }: Tables,
  range: { readonly from: number; readonly to: number },
): void {
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    if (agents.bondCount[percepts.agent[percept] as AgentRow] !== 0) percepts.itemCount[percept] = leftOver;
  }
}
