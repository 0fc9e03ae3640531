/**
 * The oracle's world as plain objects: what `oracle.ts` moves on, `oracle-ruling.ts` judges and `oracle-feed.ts` looks at.
 */
import { verbs } from '../../../sim/exchange/verbs.ts';
import type { Key } from '../../../sim/ground/keys.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { BuiltInVerb } from '../../../sim/exchange/verbs.ts';
import type { RuleParameters } from '../../../sim/policy/rules.ts';
import type { Reason } from '../../../sim/exchange/reasons.ts';

/** A built-in verb, or the one that stands for all that do not exist. */
export type OracleVerb = BuiltInVerb | 'unknown';

export type Standing = 'labelled' | 'deleted' | 'removed';

/** A post, reply, repost or quote. `origin` is the content shown: itself, but for a repost. Counters stand on origins. */
export interface Post {
  readonly id: number;
  readonly author: Agent;
  readonly tick: number;
  readonly kind: BuiltInVerb;
  readonly origin: Post;
  readonly parent: Post | undefined;
  readonly root: Post;
  readonly topic: readonly number[];
  /** In 1/256 of a logit. */
  readonly appeal: number;
  shares: number;
  likes: number;
  dislikes: number;
  replies: number;
  reports: number;
  readonly standing: Set<Standing>;
}

/** What an agent remembers of some content. */
export interface Memory {
  readonly origin: Post;
  seen: number;
  acted: boolean;
}

export type Reaction = 'like' | 'repost' | 'dislike' | 'report';

/** How the scenario's limits stand with an agent: ticks of all acts that each limit counted, oldest first. */
export type Spent = number[][];

export interface Agent {
  readonly ordinal: number;
  readonly key: Key;
  readonly interest: readonly number[];
  readonly hourShares: readonly number[];
  readonly wakesPerDay: number;
  /** Without: the agent attempts everything, see `wildActs`. */
  readonly parameters: RuleParameters | undefined;
  readonly isModerator: boolean;
  wakeTick: number;
  readonly follows: Set<Agent>;
  readonly mutes: Set<Agent>;
  readonly blocks: Set<Agent>;
  /** What its followers are shown, newest first: at most four. */
  latest: Post[];
  /** The last m contents that it met, oldest first. */
  memory: Memory[];
  /** What it did to contents, and has not taken back. */
  readonly reactions: Map<Post, ReadonlySet<Reaction>>;
  readonly spent: Spent;
  karma: number;
  /** The first tick after its ban. */
  bannedUntil: number;
  posts: number;
  refusals: number;
  lastRefusal: { readonly tick: number; readonly reason: Reason; readonly retry: number } | undefined;
}

/** An item of a feed. */
export interface Item {
  readonly post: Post;
  readonly source: number;
}

export interface World {
  readonly plan: Plan;
  readonly agents: readonly Agent[];
  /** All that were ever written, by id. */
  readonly posts: Map<number, Post>;
  nextPost: number;
  /** Posts with smaller ids are archived. */
  oldestPost: number;
  /** Board 0 for all posts, then one for each signed topic: best first. */
  boards: readonly (readonly Post[])[];
  /** Posts that reached the number of reports of a rule of moderation and were not dealt with yet. */
  hits: readonly { readonly post: Post; readonly rule: number }[];
}

/** An attempt. `target` is a post's id, an agent's ordinal, or a number that is neither. */
export interface Attempt {
  /** Undefined: the platform itself. */
  readonly actor: Agent | undefined;
  readonly verb: OracleVerb;
  readonly sequence: number;
  readonly target: number;
  readonly amount: number;
  /** Why it is not well formed. */
  readonly flaw?: Reason;
  /** Whether `amount` is the appeal that an intervention gives. */
  readonly isAppealGiven?: boolean;
}

/** What is said of an attempt. `result` is a tick, where one is said; of a post that was written its id comes later. */
export interface Ruling {
  readonly reason: Reason;
  readonly rule: number;
  readonly result: number;
}

/** An attempt and its ruling, as recorded. */
export interface Act extends Attempt, Ruling {
  made?: Post;
}

/** What one tick did, in canonical order: rows of plain numbers, to be compared with the engine's record. */
export interface OracleTick {
  readonly acts: readonly Readonly<Record<string, number>>[];
  readonly seen: readonly Readonly<Record<string, number>>[];
  readonly awake: readonly number[];
}

export function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, one, k) => sum + one * y[k], 0);
}

const onAgents: readonly OracleVerb[] = [
  ...(['follow', 'unfollow', 'mute', 'unmute', 'block', 'unblock', 'ban', 'unban'] as const),
];
const onNothing: readonly OracleVerb[] = ['nothing', 'post', 'unknown'];

/** What a verb acts on. */
export function targetOf(verb: OracleVerb): 'none' | 'agent' | 'post' {
  if (onNothing.includes(verb)) return 'none';
  return onAgents.includes(verb) ? 'agent' : 'post';
}

export function numberOfVerb(verb: OracleVerb): number {
  return verb === 'unknown' ? 127 : verbs[verb];
}

/** Whether a post was deleted or removed, or what it shows was. */
export function isGone({ standing, origin }: Post): boolean {
  return (['deleted', 'removed'] as const).some((one) => standing.has(one) || origin.standing.has(one));
}
