/**
 * The registry of verbs: what agents can attempt, and how attempts that touch the same thing are settled.
 *
 * Effects are rows of a closed set of operations, those of a user's own verb included: a verb names operations, it never
 * writes. Numbers stand in logs: built-in verbs have fixed ones, own verbs count from 128 in the order of their names.
 */
import { InputError } from '../ground/errors.ts';
import type { AgentRow, PostId } from '../ground/ids.ts';
import type { Reason } from './reasons.ts';
import type { StateView } from './view.ts';

/**
 * How attempts on one key are settled: `exclusive` by places and lottery; `precedence` takes the object away from those who act on it
 * in the same tick (safety before owner before others); the others need no arbitration.
 */
export type ConflictClass = 'none' | 'append' | 'commutative' | 'own-data' | 'exclusive' | 'precedence';

/** What a verb acts on. */
export type TargetKind = 'none' | 'post' | 'agent';

/** One operation of the closed set. `target` is the agent acted on, or the author of the post acted on. */
export type Effect =
  | { readonly op: 'addToActor'; readonly attribute: string; readonly amount: number }
  | { readonly op: 'addToTarget'; readonly attribute: string; readonly amount: number }
  | { readonly op: 'setActor'; readonly attribute: string; readonly value: number };

/** An attempt as an own verb's condition sees it. */
export interface Attempt {
  readonly actor: AgentRow;
  readonly targetAgent: AgentRow;
  readonly targetPost: PostId;
  readonly amount: number;
}

/** A verb that a study brings. */
export interface OwnVerb {
  readonly target: TargetKind;
  readonly conflict: 'none' | 'commutative' | 'exclusive';
  /** How many attempts on one target are granted in a tick; `exclusive` only. */
  readonly places?: number;
  /** Refuses an attempt by naming a reason; reads the state at the start of the tick. */
  readonly refuse?: (state: StateView, attempt: Attempt) => Reason | undefined;
  readonly effects: readonly Effect[];
}

/** A verb as the engine holds it. */
export interface Verb {
  readonly name: string;
  readonly number: number;
  readonly conflict: ConflictClass;
  readonly target: TargetKind;
  readonly own?: OwnVerb;
}

/** Numbers of the built-in verbs. */
export const verbs = {
  nothing: 0,
  post: 1,
  reply: 2,
  repost: 3,
  quote: 4,
  like: 5,
  follow: 6,
  unfollow: 7,
  unlike: 8,
  dislike: 9,
  undislike: 10,
  upvote: 11,
  downvote: 12,
  report: 13,
  mute: 14,
  unmute: 15,
  block: 16,
  unblock: 17,
  delete: 18,
  remove: 19,
  label: 20,
  ban: 21,
  unban: 22,
} as const;

export type BuiltInVerb = keyof typeof verbs;

const toPost = { conflict: 'commutative', target: 'post' } as const;
const toAgent = { conflict: 'own-data', target: 'agent' } as const;
const classes: Record<BuiltInVerb, { conflict: ConflictClass; target: TargetKind }> = {
  nothing: { conflict: 'none', target: 'none' },
  post: { conflict: 'append', target: 'none' },
  reply: { conflict: 'append', target: 'post' },
  repost: { conflict: 'append', target: 'post' },
  quote: { conflict: 'append', target: 'post' },
  like: toPost,
  follow: toAgent,
  unfollow: toAgent,
  unlike: toPost,
  dislike: toPost,
  undislike: toPost,
  upvote: toPost,
  downvote: toPost,
  report: toPost,
  mute: toAgent,
  unmute: toAgent,
  block: toAgent,
  unblock: toAgent,
  delete: { conflict: 'precedence', target: 'post' },
  remove: { conflict: 'precedence', target: 'post' },
  label: toPost,
  ban: { conflict: 'commutative', target: 'agent' },
  unban: { conflict: 'commutative', target: 'agent' },
};

/** Stands in a log for an attempt at a verb that does not exist. */
export const unknownVerb = 127;

/** First number of own verbs. */
export const firstOwnVerb = 128;

/** The built-in verbs and a study's own ones, in the order of their numbers. */
export function verbTable(own: Readonly<Record<string, OwnVerb>> = {}): readonly Verb[] {
  const builtIn = Object.entries(verbs).map(([name, number]) => ({ name, number, ...classes[name as BuiltInVerb] }));
  const names = Object.keys(own).sort((a, b) => (a < b ? -1 : 1));
  const clash = names.find((name) => Object.hasOwn(verbs, name));
  if (clash !== undefined) {
    throw new InputError({
      code: 'INPUT_DUPLICATE_ID',
      found: `the verb ${clash} is built in`,
      next: 'Give your own verb another name.',
    });
  }
  return [
    ...builtIn,
    ...names.map((name, i) => {
      const verb = own[name];
      return { name, number: firstOwnVerb + i, conflict: verb.conflict, target: verb.target, own: verb };
    }),
  ];
}
