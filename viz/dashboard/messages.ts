/**
 * What server and page of the dashboard say to one another, as types alone: both sides import them, neither the other's code.
 *
 * Agents that are shown are numbered from 0 (`node`); everything else about an agent is asked for by its external id. Times are ticks.
 */

/** How far a run is, and what can be done with it. */
export interface RunState {
  /** Acknowledged ticks. */
  readonly ticks: number;
  readonly outcome: 'running' | 'complete' | 'stopped' | 'failed';
  readonly control: 'none' | 'running' | 'paused';
}

/** What does not change while a run is watched. */
export interface RunFacts {
  readonly name: string;
  readonly scenario: string;
  readonly kind: 'run' | 'dataset';
  readonly seed: number;
  readonly agents: number;
  readonly ties: number;
  /** Ticks that the run is to have; null where nobody says. */
  readonly ticksPlanned: number | null;
  readonly tickSeconds: number;
  readonly startHour: number;
  readonly exposureSampleShare: number;
  readonly groupKind: string;
  /** Names of groups, by number. */
  readonly groups: readonly string[];
  readonly groupSizes: readonly number[];
  readonly nodes: number;
  /** Which agents are shown, in words; empty where all are. */
  readonly sampleNote: string;
  readonly edgesDrawn: number;
  readonly edgesAmong: number;
  readonly metrics: readonly string[];
}

/** Agents and ties that are shown. */
export interface GraphMessage {
  readonly id: readonly string[];
  readonly followers: readonly number[];
  readonly group: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly source: readonly number[];
  readonly target: readonly number[];
  /** Ticks in which a tie is there, both included; `until` is -1 while it lasts. */
  readonly from: readonly number[];
  readonly until: readonly number[];
}

/** Places that have moved. */
export interface LayoutMessage {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Share of the layout that is done, in [0, 1]. */
  readonly doneShare: number;
}

/** A cascade: all that was shared or answered below one post. */
export interface CascadeRow {
  readonly root: number;
  readonly author: string;
  readonly tick: number;
  readonly size: number;
  /** What it gained in the last ticks that are shown. */
  readonly gained: number;
}

/** How it stood after a tick. */
export interface TickMessage {
  readonly tick: number;
  /** One value a metric, in the order of `RunFacts.metrics`, in this tick. */
  readonly metrics: readonly number[];
  /** Acts of each group in this tick. */
  readonly groupActs: readonly number[];
  /** Acts between groups so far, row by row: who acted, on whose post. */
  readonly groupFlows: readonly number[];
  /** Shown agents that acted in the last ticks, what they did last, and how many ticks ago. */
  readonly active: readonly number[];
  readonly verb: readonly number[];
  readonly age: readonly number[];
  readonly cascades: readonly CascadeRow[];
}

/** What a live connection sends. */
export interface LiveMessage extends TickMessage {
  /** Metrics of the ticks since the last message, by metric. */
  readonly series: readonly (readonly number[])[];
  readonly firstTick: number;
  readonly state: RunState;
  /** Ties among the shown that were made or ended since. */
  readonly ties: {
    readonly source: number[];
    readonly target: number[];
    readonly from: number[];
    readonly until: number[];
  };
}

/** All metrics of all ticks. */
export interface SeriesMessage {
  readonly series: readonly (readonly number[])[];
}

/** A cascade in full. */
export interface CascadeMessage extends CascadeRow {
  readonly text: string;
  /** Members after each tick from its first. */
  readonly growth: readonly number[];
  readonly depth: number;
  readonly breadth: number;
  /** Shown agents in it. */
  readonly nodes: readonly number[];
  /** Its first members: agent, tick, verb, author of what was shared. */
  readonly members: readonly {
    readonly agent: string;
    readonly tick: number;
    readonly verb: string;
    readonly of: string;
  }[];
}

/** One act and its ruling. */
export interface ActRow {
  readonly tick: number;
  readonly intent: string;
  readonly verb: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason: string;
  readonly rule: string;
  /** What would have been valid, of a refusal. */
  readonly valid: string;
  readonly text: string;
}

/** One item of a feed. */
export interface FeedRow {
  readonly tick: number;
  readonly position: number;
  readonly source: string;
  readonly author: string;
  readonly text: string;
  readonly post: number;
}

/** An agent's story up to a tick. */
export interface StoryMessage {
  readonly id: string;
  readonly node: number;
  readonly tick: number;
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly acts: readonly ActRow[];
  readonly feed: readonly FeedRow[];
  /** Why there is no feed; empty where there is one. */
  readonly feedNote: string;
  readonly granted: number;
  readonly refused: number;
}

/** Agents whose id begins so. */
export interface FindMessage {
  readonly agents: readonly { readonly id: string; readonly node: number; readonly followers: number }[];
}
