/**
 * Ports: what the engine calls and others provide. A model answers requests; a journal keeps answers; an observer looks on.
 *
 * None of them may change the state: answers come back through the answer table, in canonical order.
 */

/** A request to a model, with its canonical place: the agent's ordinal and the request's sequence number. */
export interface ModelRequest {
  readonly tick: number;
  readonly agentOrdinal: number;
  readonly sequence: number;
  readonly question: readonly number[];
}

/** A model's answer: words that the policy that asked knows how to read, or a failure. */
export type ModelAnswer =
  { readonly status: 'answered'; readonly answer: readonly number[] } | { readonly status: 'failed' };

/** Answers the requests of one tick. Answers stand in the order of the requests, whenever they came. */
export interface Model {
  ask(requests: readonly ModelRequest[]): Promise<readonly ModelAnswer[]>;
}

/** What a run did so far, in acknowledged ticks. */
export interface Progress {
  readonly tick: number;
  readonly ticks: number;
  readonly awake: number;
  readonly intents: number;
  readonly posts: number;
}

/** Told of each tick once it is recorded. */
export interface Observer {
  onTick(progress: Progress): void;
}
