/**
 * Scratch memory for looking up neighbours: one a shard, reused for every feed.
 */
import { topicCount } from '../world/agents.ts';
import { createRanking } from '../world/embedding-ranking.ts';
import { cellPostsMax, probesPerAgent } from '../world/topic-index.ts';
import { blockVectors } from '../world/embedding-kernel.ts';
import type { ScanKernel } from '../world/embedding-kernel.ts';
import type { Ranking } from '../world/embedding-ranking.ts';
import type { TopicIndex } from '../world/topic-index.ts';

/** Most neighbours of one agent: a feed, and as many as a memory can hide of it. */
export const neighboursMax = 64;

/** What looks up in an index. */
export interface Lookup {
  readonly topics: TopicIndex;
  readonly scan: ScanKernel;
  /**
   * By agent: a score that its last neighbours lay above. A first guess that spares the sorting of all others; what is found does
   * not depend on it.
   */
  readonly guess: Int16Array;
}

/** Scratch memory for looking up neighbours. */
export interface NeighbourScratch {
  readonly found: Int32Array;
  /** Of the exact search: scores and posts, best first. */
  readonly score: Float64Array;
  readonly query: Int8Array;
  readonly ranking: Ranking;
  /** The index's kernel in this thread, once it was needed. */
  lookup: Lookup | undefined;
}

export function createNeighbourScratch(): NeighbourScratch {
  return {
    found: new Int32Array(neighboursMax),
    score: new Float64Array(neighboursMax),
    query: new Int8Array(topicCount),
    ranking: createRanking(probesPerAgent * (cellPostsMax + blockVectors)),
    lookup: undefined,
  };
}
