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
 * How attempts on one key are settled. `exclusive`: by places and lottery; `precedence` takes the object away from those who act on it
 * in the same tick (safety before owner before others); `market`: all orders for a good at once, at one price; `two-sided`: both must
 * intend it, else it becomes a request; the others need no arbitration.
 */
export type ConflictClass =
  'none' | 'append' | 'commutative' | 'own-data' | 'exclusive' | 'precedence' | 'market' | 'two-sided';

/** What a verb acts on. All but posts and agents are numbered from 0 in the order of the scenario, then as they are made. */
export type TargetKind = 'none' | 'post' | 'agent' | 'group' | 'community' | 'product' | 'good' | 'place' | 'game';

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
  readonly family: Family;
  readonly own?: OwnVerb;
}

/**
 * What a verb does to the state, and so who rules on it and who applies it. `ranked` verbs touch what only the ledger holds (members,
 * balances, seats, requests) and are settled one after another: see `sim/game-master/ranked/settle.ts`. `self`: a number of the actor's own.
 */
export type Family = 'none' | 'content' | 'reaction' | 'tie' | 'bond' | 'standing' | 'ban' | 'ranked' | 'self' | 'own';

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
  limit: 23,
  search: 24,
  searchAgents: 25,
  trend: 26,
  refresh: 27,
  listen: 28,
  message: 29,
  createGroup: 30,
  joinGroup: 31,
  leaveGroup: 32,
  sendToGroup: 33,
  createCommunity: 34,
  subscribe: 35,
  unsubscribe: 36,
  pin: 37,
  unpin: 38,
  appoint: 39,
  dismiss: 40,
  claimHandle: 41,
  befriend: 42,
  unfriend: 43,
  buy: 44,
  give: 45,
  bid: 46,
  ask: 47,
  trade: 48,
  play: 49,
  move: 50,
  rest: 51,
  quit: 52,
  appeal: 53,
  interview: 54,
  answer: 55,
  try: 56,
  lean: 57,
  reassign: 58,
} as const;

export type BuiltInVerb = keyof typeof verbs;

interface VerbClass {
  readonly conflict: ConflictClass;
  readonly target: TargetKind;
  readonly family: Family;
}

function ofClass(family: Family, conflict: ConflictClass, target: TargetKind): VerbClass {
  return { family, conflict, target };
}

const reply = ofClass('content', 'append', 'post');
const react = ofClass('reaction', 'commutative', 'post');
const tie = ofClass('tie', 'own-data', 'agent');
const bond = ofClass('bond', 'own-data', 'agent');
const takesAway = ofClass('standing', 'precedence', 'post');
const marks = ofClass('standing', 'commutative', 'post');
const ban = ofClass('ban', 'commutative', 'agent');
const says = ofClass('ranked', 'append', 'none');
const membership = (target: TargetKind): VerbClass => ofClass('ranked', 'own-data', target);
const moderates = ofClass('ranked', 'own-data', 'agent');
const order = ofClass('ranked', 'market', 'good');

const classes: Record<BuiltInVerb, VerbClass> = {
  nothing: ofClass('none', 'none', 'none'),
  post: ofClass('content', 'append', 'none'),
  ...{ reply, repost: reply, quote: reply },
  ...{ like: react, unlike: react, dislike: react, undislike: react, upvote: react, downvote: react, report: react },
  ...{ follow: tie, unfollow: tie, mute: bond, unmute: bond, block: bond, unblock: bond },
  ...{ delete: takesAway, remove: takesAway, label: marks, limit: marks, ban, unban: ban },
  ...{ search: says, searchAgents: says, trend: says, refresh: says, listen: says },
  message: ofClass('ranked', 'append', 'agent'),
  createGroup: says,
  ...{ joinGroup: membership('group'), leaveGroup: membership('group') },
  sendToGroup: ofClass('ranked', 'append', 'group'),
  createCommunity: ofClass('ranked', 'exclusive', 'none'),
  ...{ subscribe: membership('community'), unsubscribe: membership('community') },
  ...{ pin: ofClass('ranked', 'exclusive', 'post'), unpin: ofClass('ranked', 'own-data', 'post') },
  ...{ appoint: moderates, dismiss: moderates },
  claimHandle: ofClass('ranked', 'exclusive', 'none'),
  befriend: ofClass('ranked', 'two-sided', 'agent'),
  unfriend: ofClass('ranked', 'own-data', 'agent'),
  buy: ofClass('ranked', 'exclusive', 'product'),
  give: ofClass('ranked', 'commutative', 'agent'),
  ...{ bid: order, ask: order },
  trade: ofClass('ranked', 'two-sided', 'agent'),
  play: ofClass('ranked', 'two-sided', 'agent'),
  move: ofClass('ranked', 'exclusive', 'place'),
  ...{ rest: ofClass('ranked', 'own-data', 'none'), quit: ofClass('ranked', 'own-data', 'none') },
  appeal: ofClass('ranked', 'own-data', 'post'),
  ...{ interview: says, answer: says },
  // Becomes what it is read as; what is judged by itself changes nothing.
  try: ofClass('none', 'none', 'none'),
  // The target of a leaning is the number of the attribute, its amount the new value; that of a reassignment the number of the policy.
  ...{ lean: ofClass('self', 'own-data', 'none'), reassign: ofClass('self', 'own-data', 'none') },
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
      const { conflict, target } = verb;
      return { name, number: firstOwnVerb + i, conflict, target, family: 'own' as const, own: verb };
    }),
  ];
}

/** Families by number of the verb: what kernels read. */
const families: readonly Family[] = Array.from({ length: 256 }, (_, number) => {
  if (number >= firstOwnVerb) return 'own';
  const name = Object.keys(verbs).find((one) => verbs[one as BuiltInVerb] === number);
  return name === undefined ? 'none' : classes[name as BuiltInVerb].family;
});

/** What a verb does to the state: see `Family`. */
export function familyOf(verb: number): Family {
  return families[verb];
}

function flagsOf(isOne: (number: number) => boolean): Uint8Array {
  return Uint8Array.from(families, (_, number) => (isOne(number) ? 1 : 0));
}

const contents = flagsOf((number) => families[number] === 'content');
const reactions = flagsOf((number) => families[number] === 'reaction');
const standingVerbs = flagsOf((number) => families[number] === 'standing');
const removals = flagsOf((number) => number === verbs.delete || number === verbs.remove);
const rankedVerbs = flagsOf((number) => families[number] === 'ranked');

/** Whether a verb makes a post, a reply, a repost or a quote. */
export function makesPost(verb: number): boolean {
  return contents[verb] === 1;
}

/** Whether a verb changes what a post counts: what answers, spreads or rates it. */
export function changesCounts(verb: number): boolean {
  return reactions[verb] === 1 || (contents[verb] === 1 && verb !== verbs.post);
}

/** Whether a verb changes how a post stands: deletion, removal, a label, a limit. */
export function changesStanding(verb: number): boolean {
  return standingVerbs[verb] === 1;
}

/** Whether a verb takes a post away. */
export function takesPostAway(verb: number): boolean {
  return removals[verb] === 1;
}

/** Whether a verb is settled in rank: see `Family`. */
export function isRanked(verb: number): boolean {
  return rankedVerbs[verb] === 1;
}

/** Whether agents or the platform may take posts away, the verbs and rules being what they are. */
export function canTakePostsAway(
  allowed: readonly string[],
  moderation: readonly { readonly does: string }[],
): boolean {
  return (
    allowed.some((name) => name === 'delete' || name === 'remove') || moderation.some(({ does }) => does === 'remove')
  );
}
