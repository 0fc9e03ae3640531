/**
 * What each verb on a post does to what stands between its actor and the post: one table of steps that ruling and applying share, so
 * that the second of two attempts in one tick sees what the first one did.
 *
 * Bits are those of `reactionBits`. A vote (`upvote`, `downvote`) toggles: the same vote again takes it back, the opposite one turns
 * it round; a like and a dislike may stand beside each other.
 */
import { reactionBits } from '../world/pairs.ts';
import { verbs } from './verbs.ts';
import type { Reason } from './reasons.ts';

const { like, repost, dislike, report } = reactionBits;

interface Step {
  readonly next: (bits: number) => number;
  /** Why the step cannot be taken, if it cannot. */
  readonly refusal?: (bits: number) => Reason | undefined;
}

function once(bit: number, reason: Reason): Step {
  return { next: (bits) => bits | bit, refusal: (bits) => ((bits & bit) === 0 ? undefined : reason) };
}

function undo(bit: number, reason: Reason): Step {
  return { next: (bits) => bits & ~bit, refusal: (bits) => ((bits & bit) === 0 ? reason : undefined) };
}

function toggle(bit: number, opposite: number): Step {
  return { next: (bits) => ((bits & bit) === 0 ? (bits | bit) & ~opposite : bits & ~bit) };
}

const steps: readonly (Step | undefined)[] = stepsByVerb({
  [verbs.repost]: once(repost, 'ALREADY_REPOSTED'),
  [verbs.like]: once(like, 'ALREADY_LIKED'),
  [verbs.unlike]: undo(like, 'NOT_LIKED'),
  [verbs.dislike]: once(dislike, 'ALREADY_DISLIKED'),
  [verbs.undislike]: undo(dislike, 'NOT_DISLIKED'),
  [verbs.upvote]: toggle(like, dislike),
  [verbs.downvote]: toggle(dislike, like),
  [verbs.report]: once(report, 'ALREADY_REPORTED'),
});

function stepsByVerb(table: Readonly<Record<number, Step>>): readonly (Step | undefined)[] {
  return Array.from({ length: 256 }, (_, verb) => (table as Readonly<Record<number, Step | undefined>>)[verb]);
}

/** Whether a verb changes what stands between its actor and a post. */
export function isReaction(verb: number): boolean {
  return steps[verb] !== undefined;
}

/** The bits after the verb. */
export function nextReaction(verb: number, bits: number): number {
  return steps[verb]?.next(bits) ?? bits;
}

/** Why the verb cannot be used, the bits being what they are. */
export function reactionRefusal(verb: number, bits: number): Reason | undefined {
  return steps[verb]?.refusal?.(bits);
}

/** Bits before and after, as a ruling carries them in `change`. */
export function packChange(before: number, after: number): number {
  return (before << 8) | after;
}

/** By how much a bit's count changes: -1, 0 or 1. */
export function changeOf(change: number, bit: number): number {
  return ((change & bit) === 0 ? 0 : 1) - (((change >> 8) & bit) === 0 ? 0 : 1);
}

/** By how much a change of reactions moves a post's score, and its author's karma. */
export function voteOf(change: number): number {
  return changeOf(change, like) - changeOf(change, dislike);
}
