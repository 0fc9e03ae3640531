/**
 * Looks at items by the kernel (`sim/kernels/assembly/looks.ts`), where it applies: which items their agents react to, and how.
 *
 * Oracle: the looks of `rules.ts`, which find the same (`test/sim/kernels/kernels.test.ts`).
 */
import { purposes } from '../ground/random.ts';
import { addressesOf, areInArena } from '../kernels/kernels.ts';
import { appealScale } from '../world/posts.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Purpose } from '../ground/random.ts';
import type { ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';

/**
 * Items that agents react to, in the order of percepts and places, after each agent's a hit at `noItem` if it does something of its own
 * accord: `count` of them, read from the kernel's memory.
 */
export interface Hits {
  count: number;
  /** Of hit h: the percept at 4 h, the place in its feed at 4 h + 1. */
  readonly word: Int32Array;
  /** Of hit h at 2 h + 1: its draw over the probability of spreading, in [0, the sum of all odds). */
  readonly double: Float64Array;
}

/** What the looks of one policy are scored by; see `RuleParameters`. */
export interface LookParameters {
  readonly intercept: number;
  readonly interestWeight: number;
  readonly socialWeight: number;
  readonly fatiguePerExposure: number;
  readonly capShare: number;
  /** Reactions to every spread. */
  readonly perSpread: number;
  readonly cosineScale: number;
  /** The four acts that no item prompts, each drawn at index 0 of its purpose. */
  readonly ownActs: readonly { readonly purpose: Purpose; readonly share: number }[];
}

/** The place in the feed of a hit that is at no item. */
export const noItem = 255;

/** Bytes of scratch memory before the hits: see `looksBytes` of the kernel. */
const looksBytes = 6192;
/** Items for whose hits there is room. */
const itemsMost = 4096;

/** Whether the kernel finds the hits of a run. */
export function areFoundByKernel(kernels: Kernels, state: StateView, tables: ShardTables): boolean {
  return areInArena(kernels, columnsOf(state, tables));
}

function columnsOf({ agents, posts }: StateView, { percepts, items }: ShardTables): unknown[] {
  const { policy, keyLo, keyHi, interest } = agents;
  return [percepts.agent, percepts.itemCount, items.origin, items.seen, policy, keyLo, keyHi, interest, posts.face];
}

/** How many percepts the kernel may look at in one go. */
export function perceptsAtOnce({ sizes }: StateView): number {
  return Math.floor(itemsMost / (sizes.feedLength + 1));
}

/** Where hits stand in the kernel's memory. */
export function hitsOf({ scratchWords, scratchDoubles }: Kernels): Hits {
  return { count: 0, word: scratchWords.subarray(looksBytes / 4), double: scratchDoubles.subarray(looksBytes / 8) };
}

/** Tells the kernel what holds for one policy in this tick. */
export function prepareLooks(
  kernels: Kernels,
  state: StateView,
  parameters: LookParameters,
  tables: ShardTables,
  policy: number,
): void {
  const { now, posts, sizes } = state;
  const { capShare, perSpread } = parameters;
  kernels.attachLooks(...addressesOf(columnsOf(state, tables)), posts.rowCapacity, sizes.feedLength, policy);
  kernels.setReactions(now.seedA, now.seedB, purposes.adopt, highestWord(capShare * perSpread));
  parameters.ownActs.forEach(({ purpose, share }, place) => {
    kernels.setOwnAct(place, purpose, highestWord(share), share > 0 ? 0 : 1);
  });
  kernels.setWeights(
    ...[parameters.intercept, parameters.interestWeight, parameters.cosineScale, parameters.socialWeight],
    ...[appealScale, parameters.fatiguePerExposure, capShare, perSpread],
  );
}

/** The highest word whose unit lies below a bound: units are words over 2^32, so that this is exact. Of a bound of 0 there is none. */
function highestWord(bound: number): number {
  return Math.min(0xffffffff, Math.ceil(bound * 0x1_0000_0000) - 1);
}

/** Finds the hits of percepts [from, to), at most `perceptsAtOnce` of them. */
export function findHits(kernels: Kernels, hits: Hits, range: { readonly from: number; readonly to: number }): void {
  hits.count = kernels.findHits(kernels.scratch, range.from, range.to);
}
