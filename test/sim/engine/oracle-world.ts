/**
 * The oracle's world as plain objects: what `oracle.ts` moves on and `oracle-feed.ts` looks at.
 */
import type { Key } from '../../../sim/ground/keys.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { BuiltInVerb } from '../../../sim/exchange/verbs.ts';
import type { RuleParameters } from '../../../sim/policy/rules.ts';
import type { Reason } from '../../../sim/exchange/reasons.ts';

/** A post, reply, repost or quote. `origin` is the content shown: itself, but for a repost. Counters stand on origins. */
export interface Post {
  readonly id: number;
  readonly author: Agent;
  readonly tick: number;
  readonly kind: BuiltInVerb;
  readonly origin: Post;
  readonly topic: readonly number[];
  /** In 1/256 of a logit. */
  readonly appeal: number;
  shares: number;
  likes: number;
}

/** What an agent remembers of some content. */
export interface Memory {
  readonly origin: Post;
  seen: number;
  acted: boolean;
}

export interface Agent {
  readonly ordinal: number;
  readonly key: Key;
  readonly interest: readonly number[];
  readonly hourShares: readonly number[];
  readonly wakesPerDay: number;
  readonly parameters: RuleParameters;
  wakeTick: number;
  readonly follows: Set<Agent>;
  /** What its followers are shown, newest first: at most four. */
  latest: Post[];
  /** The last m contents that it met, oldest first. */
  memory: Memory[];
  /** Verbs and contents that it was granted once. */
  readonly done: Set<string>;
}

/** An item of a feed. */
export interface Item {
  readonly post: Post;
  readonly source: number;
}

export interface World {
  readonly plan: Plan;
  readonly agents: readonly Agent[];
  nextPost: number;
  /** Posts with smaller ids are archived. */
  oldestPost: number;
  /** Board 0 for all posts, then one for each signed topic: best first. */
  boards: readonly (readonly Post[])[];
}

/** An attempt and its ruling, as recorded. */
export interface Act {
  readonly actor: Agent;
  readonly verb: BuiltInVerb;
  readonly sequence: number;
  readonly post: Post | undefined;
  readonly agent: Agent | undefined;
  /** Appeal that an intervention gives, in logits. */
  readonly appeal?: number | undefined;
  readonly reason: Reason;
  readonly rule: number;
  result?: Post;
}

export type Attempt = Omit<Act, 'reason' | 'rule'>;

/** What one tick did, in canonical order: rows of plain numbers, to be compared with the engine's record. */
export interface OracleTick {
  readonly acts: readonly Readonly<Record<string, number>>[];
  readonly seen: readonly Readonly<Record<string, number>>[];
  readonly awake: readonly number[];
}

export function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, one, k) => sum + one * y[k], 0);
}
