/**
 * Scratch memory for looking up neighbours: one a shard, reused for every feed.
 */
import { topicCount } from '../world/agents.ts';
import { createRanking } from '../world/embedding-ranking.ts';
import { createScan } from '../world/embedding-kernel.ts';
import { cellPostsMax, noCell, probesPerAgent, topicForm } from '../world/topic-index.ts';
import { blockVectors } from '../world/embedding-kernel.ts';
import type { ScanKernel } from '../world/embedding-kernel.ts';
import type { Ranking } from '../world/embedding-ranking.ts';
import type { TopicIndex } from '../world/topic-index.ts';

/** Most neighbours of one agent: a feed, and as many as a memory can hide of it. */
export const neighboursMax = 64;
/** Neighbours that are asked for first; few feeds need more. */
export const neighboursFirst = 24;

/** What looks up in an index. */
export interface Lookup {
  readonly topics: TopicIndex;
  readonly scan: ScanKernel;
  /**
   * By agent: a score that its last neighbours lay above. A first guess that spares the sorting of all others; what is found does
   * not depend on it.
   */
  readonly guess: Int16Array;
  readonly ranking: Ranking;
  readonly ahead: Ahead;
}

/** What was looked up ahead of a tick's feeds: `neighboursFirst` places a percept. */
export interface Ahead {
  tick: number;
  /** By agent: its percept in the tick in which it was last looked up. */
  readonly perceptOf: Int32Array;
  agent: Int32Array;
  found: Int32Array;
  count: Uint8Array;
  /** Percepts in the order of their agents' first cells. */
  order: Int32Array;
  readonly starts: Int32Array;
}

/** Scratch memory for looking up neighbours. */
export interface NeighbourScratch {
  readonly found: Int32Array;
  /** Of the exact search: scores and posts, best first. */
  readonly score: Float64Array;
  readonly query: Int8Array;
  /** The index's kernel in this thread, once it was needed. */
  lookup: Lookup | undefined;
}

export function createNeighbourScratch(): NeighbourScratch {
  return {
    found: new Int32Array(neighboursMax),
    score: new Float64Array(neighboursMax),
    query: new Int8Array(topicCount),
    lookup: undefined,
  };
}

/** What one thread looks up with, in the index of a run. */
export function createLookup(topics: TopicIndex, agentCount: number): Lookup {
  return {
    topics,
    scan: createScan(topics.handle.memory, topicForm),
    guess: new Int16Array(agentCount).fill(noGuess),
    ranking: createRanking(probesPerAgent * (cellPostsMax + blockVectors)),
    ahead: {
      tick: -1,
      perceptOf: new Int32Array(agentCount),
      starts: new Int32Array(noCell + 2),
      ...roomFor(0),
    },
  };
}

/** Nothing scores so high: the first lookup of an agent sets its own threshold. */
export const noGuess = 32767;

/** Room for what is looked up ahead for so many percepts. */
export function roomFor(perceptCount: number): Pick<Ahead, 'agent' | 'found' | 'count' | 'order'> {
  return {
    agent: new Int32Array(perceptCount),
    found: new Int32Array(perceptCount * neighboursFirst),
    count: new Uint8Array(perceptCount),
    order: new Int32Array(perceptCount),
  };
}
