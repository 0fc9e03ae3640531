/**
 * Which kernels work for a shard: each where the run's sizes and the place of its columns allow it; everywhere else its twin does.
 *
 * Tables of both parities are asked, since a kernel is chosen for the whole run.
 */
import { areFoundByKernel } from '../policy/looks-kernel.ts';
import { isMadeByKernel } from '../recommender/feed-kernel.ts';
import { createKernels } from '../kernels/kernels.ts';
import { areKeptByKernel } from './memory-kernel.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { ShardTables } from '../exchange/tables.ts';
import type { FeedSettings } from '../recommender/feed.ts';
import type { Placement } from './plan.ts';
import type { Attached, StateHandle } from './state.ts';

/** The kernels for feeds, looks, exposure memories and hashes of rows; undefined where the twin in TypeScript works. */
export interface ShardKernels {
  readonly feeds: Kernels | undefined;
  readonly looks: Kernels | undefined;
  readonly memory: Kernels | undefined;
  /** Asked column by column. */
  readonly rows: Kernels | undefined;
}

const none: ShardKernels = { feeds: undefined, looks: undefined, memory: undefined, rows: undefined };

/** Chooses a shard's kernels. */
export function kernelsOf(
  handle: StateHandle,
  { state, owner, tables }: Attached,
  feed: FeedSettings,
  placement: Placement,
): ShardKernels {
  if (placement.kernels === 'typescript') return none;
  const kernels = createKernels(handle.arena, handle.shards[owner.shard].kernelScratch);
  if (kernels === undefined) return none;
  const where = (applies: (own: ShardTables) => boolean): Kernels | undefined =>
    tables.every((all) => applies(all[owner.shard])) ? kernels : undefined;
  return {
    feeds: where((own) => isMadeByKernel(kernels, state, feed, own)),
    looks: where((own) => areFoundByKernel(kernels, state, own)),
    memory: where((own) => areKeptByKernel(kernels, state, own)),
    rows: kernels,
  };
}
