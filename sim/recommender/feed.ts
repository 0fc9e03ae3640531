/**
 * What feeds are made by, and the scratch memory in which they are made.
 */
import { createMemoryIndex } from '../world/memory-index.ts';
import { createCandidates } from './gather.ts';
import { createNeighbourScratch } from './neighbour-scratch.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { MemoryIndex } from '../world/memory-index.ts';
import type { StateView } from '../exchange/view.ts';
import type { Candidates } from './gather.ts';
import type { NeighbourScratch } from './neighbour-scratch.ts';

/** Names of the built-in feeds. */
export const recommenderNames = [
  ...(['recency', 'hot', 'interest', 'mix', 'none', 'random', 'top', 'rising', 'controversial', 'trending'] as const),
  ...(['twhin', 'friends-of-friends', 'collaborative', 'community'] as const),
] as const;
export type RecommenderName = (typeof recommenderNames)[number];

/** A study's own recommender: the score of a candidate for an agent; higher is shown first. Reads the state only. */
export type OwnRecommender = (state: StateView, agent: AgentRow, post: number, source: number) => number;

/** A part of a feed. */
export interface FeedPart {
  readonly recommender: RecommenderName;
  readonly share: number;
}

/** Where candidates by interest come from: boards of one's main topics, the index of all live posts, or all of them. */
export const candidateSources = ['boards', 'index', 'exact'] as const;
export type CandidateSource = (typeof candidateSources)[number];

/** A model's vectors of texts; with `readers` those of agents, too. */
export interface EmbeddingSettings {
  readonly model: string;
  /** Where a number is asked for. */
  readonly dimensions?: number;
  readonly readers?: { readonly vectorLength: number; readonly actShare: number };
}

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
  /** Parts of a feed, each made by one recommender; instead of `recommender`. Shares add up to 1. */
  readonly blend?: readonly FeedPart[];
  /** Most items by one author in a feed. */
  readonly perAuthorMax?: number;
  /** Where `interest`, `mix` and `twhin` look for what matches; boards where nothing is said. */
  readonly candidates?: CandidateSource;
  /** A post that carries a text takes its topic from its words, or from a model's vector of it; drawn where nothing is said. */
  readonly embedding?: 'lexical' | EmbeddingSettings;
  /** Whether what one wrote is never shown, also when it has left one's memory. */
  readonly ownHidden?: true;
  /** Whether a mute changes nothing in feeds. */
  readonly mutesShown?: boolean;
}

/** Scratch memory of a shard's recommender: reused for every agent, so that nothing is allocated in the tick. */
export interface FeedScratch {
  readonly recent: Candidates;
  readonly post: Int32Array;
  readonly origin: Int32Array;
  readonly source: Uint8Array;
  readonly seen: Uint8Array;
  readonly score: Float64Array;
  /** Places of what is shown, best first. */
  readonly order: Int32Array;
  readonly memory: MemoryIndex;
  readonly neighbours: NeighbourScratch;
  /** By the low byte of a content: the number of the last feed that took one, so that most candidates need no search. */
  readonly takenBy: Int32Array;
  feedNumber: number;
  /** The tick whose boards the kernel listed last. */
  listedTick: number;
  /** See `touch`. */
  touched: number;
  agent: AgentRow;
  /** Whether the agent muted or blocked somebody, or was blocked. */
  hasBonds: boolean;
  /** Whether there is more to ask of a candidate than whether it was seen. */
  isPicky: boolean;
  count: number;
  /** Where the candidates of the part of the feed that is being made begin. */
  from: number;
}

/** Most candidates of one feed. */
export const poolMax = 256;
/** Places of `takenBy`. */
export const takenLength = 256;

export function createFeedScratch(): FeedScratch {
  return {
    recent: createCandidates(),
    post: new Int32Array(poolMax),
    origin: new Int32Array(poolMax),
    source: new Uint8Array(poolMax),
    seen: new Uint8Array(poolMax),
    score: new Float64Array(poolMax),
    order: new Int32Array(poolMax),
    memory: createMemoryIndex(),
    neighbours: createNeighbourScratch(),
    takenBy: new Int32Array(takenLength),
    feedNumber: 0,
    listedTick: -1,
    touched: 0,
    agent: 0 as AgentRow,
    hasBonds: false,
    isPicky: false,
    count: 0,
    from: 0,
  };
}

/** Fills up to `slots` places from `scratch.from` on. */
export type Fill = (state: StateView, feed: FeedSettings, agent: AgentRow, scratch: FeedScratch, slots: number) => void;
