/**
 * Ports: what the engine calls and others provide. A model answers requests; a journal keeps answers; an observer looks on; a gate holds.
 *
 * None of them may change the state: answers come back through the answer table, in canonical order.
 */
import type { CallFailure, CallPurpose, Prompt } from './prompts.ts';
import type { ShardTables } from './tables.ts';
import type { StateView } from './view.ts';

/**
 * A request to a model, with its canonical place: the agent's ordinal and the request's sequence number. What concerns no agent (an
 * archetype, say) has the ordinal after the last agent's. `question` holds the words of who asks in words; `prompt` is left out there.
 */
export interface ModelRequest {
  readonly tick: number;
  readonly agentOrdinal: number;
  readonly sequence: number;
  readonly purpose: CallPurpose;
  readonly question: readonly number[];
  readonly prompt?: Prompt;
}

/**
 * A model's answer: words that the policy that asked knows how to read, the text of the reply to a prompt, or a failure and, where it is known, why.
 */
export type ModelAnswer =
  | { readonly status: 'answered'; readonly answer: readonly number[]; readonly text?: string }
  | { readonly status: 'failed'; readonly failure?: CallFailure };

/** What was paid so far; money in the currency of the price table, where there is one. */
export interface ModelSpend {
  readonly calls: number;
  readonly tokens: number;
  readonly cost: number;
  readonly currency?: string;
}

/** Answers the requests of one tick. Answers stand in the order of the requests, whenever they came. */
export interface Model {
  ask(requests: readonly ModelRequest[]): Promise<readonly ModelAnswer[]>;
  /** Of a model that counts it. */
  spent?(): ModelSpend;
}

/** What a run did so far, in acknowledged ticks. */
export interface Progress {
  readonly tick: number;
  readonly ticks: number;
  readonly awake: number;
  readonly intents: number;
  readonly posts: number;
  /** How far audits lie from what archetypes predict, in bits, and what chance would give; where there are any. */
  readonly divergence?: { readonly audits: number; readonly bits: number; readonly chanceBits: number };
  /** What models cost so far; where any are asked live. */
  readonly spent?: ModelSpend;
}

/**
 * What an observer may read of the tick: every shard's tables, which stand until it returns, and of the state what no later tick changes: keys and ordinals of agents, and
 * authors of posts. The rest of the state may belong to the next tick already.
 */
export interface FinishedTick {
  readonly all: readonly ShardTables[];
  readonly state: Pick<StateView, 'agents' | 'posts' | 'sizes'>;
}

/** Told of each finished tick before it is recorded. It must not keep what it is given. */
export interface Observer {
  onTick(progress: Progress, finished?: FinishedTick): void;
}

/**
 * Holds a run: every finished tick passes here before it is recorded, and a run whose ticks do not pass stands still after at most one more,
 * because shards wait for their tables. What is decided does not depend on it. Undefined where a tick may pass at once.
 */
export interface Gate {
  pass(): Promise<void> | undefined;
}
