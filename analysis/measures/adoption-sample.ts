/**
 * Which contents are measured where there are too many: a random part of them, each whole, with every adopter and every exposure.
 *
 * Reads the columns of adoptions and ties. A tenth of the exposures would make first ones of third ones and lift every later level of
 * P(k); a tenth of the contents, like a tenth of the agents, keeps what an exposure is. Contents are the strata of the models, so
 * that fewer of them widen intervals and move no ratio.
 * Order: contents in the order of their numbers are shuffled by the seed and taken until adoptions or exposures are as many as are
 * affordable; that follows from counts, never from a clock. Invariant: a content is in the sample with all of its rows, or not at all.
 */
import { shuffle } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { spreadContents } from './adoption-history.ts';
import type { AdoptionColumns } from './adoption-history.ts';

/** The contents that are measured, and how many there were. Adoptions are those that are no seeds. */
export interface ContentSample {
  /** 1 for contents that are measured. */
  readonly isWanted: Uint8Array;
  readonly contents: number;
  readonly adoptions: number;
  readonly contentsInAll: number;
  readonly adoptionsInAll: number;
}

/** Adoptions that placebos deal out, at most: eight placebos of 199 draws take some ten seconds. */
export const adoptionsMaxDefault = 20_000;
/** Inferred exposures, at most: some 100 MB. */
const exposuresMax = 4_000_000;

/** Draws the contents: all that somebody besides a seed adopted, where they are few enough. */
export function sampleContents(
  columns: AdoptionColumns,
  stream: RandomStream,
  adoptionsMax = adoptionsMaxDefault,
): ContentSample {
  const { content, isSeed } = columns.adoptions;
  const adoptionsOf = new Int32Array(columns.contentCount);
  let adoptionsInAll = 0;
  for (let row = 0; row < content.length; row++) {
    if (isSeed[row] === 1) continue;
    adoptionsOf[content[row]]++;
    adoptionsInAll++;
  }
  const reach = reachOf(columns);
  const spreads = spreadContents(columns);
  const order = Int32Array.from({ length: columns.contentCount }, (_, one) => one).filter((one) => spreads[one] === 1);
  const contentsInAll = order.length;
  shuffle(order, stream);
  const isWanted = new Uint8Array(columns.contentCount);
  let [contents, adoptions, exposures] = [0, 0, 0];
  for (const one of order) {
    const isFull = adoptions + adoptionsOf[one] > adoptionsMax || exposures + reach[one] > exposuresMax;
    if (isFull && contents > 0) break;
    isWanted[one] = 1;
    contents++;
    adoptions += adoptionsOf[one];
    exposures += reach[one];
  }
  return { isWanted, contents, adoptions, contentsInAll, adoptionsInAll };
}

/** Followers of all who adopt each content: its exposures, or somewhat more. */
function reachOf({ agentCount, contentCount, ties, adoptions }: AdoptionColumns): Float64Array {
  const followerCount = new Int32Array(agentCount);
  for (const one of ties.target) followerCount[one]++;
  const reach = new Float64Array(contentCount);
  for (let row = 0; row < adoptions.agent.length; row++) {
    reach[adoptions.content[row]] += followerCount[adoptions.agent[row]];
  }
  return reach;
}

/**
 * Of the contents that somebody adopted in rows of P(k), those whose adoptions the placebos deal out: all, or so many in random order that
 * their adoptions are no more than affordable; undefined for all.
 */
export function sampleAdopted(
  rows: { readonly count: number; readonly content: ArrayLike<number>; readonly adopted: ArrayLike<number> },
  contentCount: number,
  stream: RandomStream,
  adoptionsMax = adoptionsMaxDefault,
): { readonly isWanted: Uint8Array; readonly contents: number; readonly contentsInAll: number } | undefined {
  const adoptionsOf = new Map<number, number>();
  let inAll = 0;
  for (let row = 0; row < rows.count; row++) {
    if (rows.adopted[row] === 0) continue;
    inAll++;
    adoptionsOf.set(rows.content[row], (adoptionsOf.get(rows.content[row]) ?? 0) + 1);
  }
  if (inAll <= adoptionsMax) return undefined;
  const order = Int32Array.from(adoptionsOf.keys()).sort();
  shuffle(order, stream);
  const isWanted = new Uint8Array(contentCount);
  let [contents, adoptions] = [0, 0];
  for (const one of order) {
    adoptions += adoptionsOf.get(one) ?? 0;
    if (adoptions > adoptionsMax && contents > 0) break;
    isWanted[one] = 1;
    contents++;
  }
  return { isWanted, contents, contentsInAll: order.length };
}
