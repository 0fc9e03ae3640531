/**
 * The registry of outcomes and reason codes: what a ruling says, and what would have been valid.
 *
 * A refused attempt is no error but a ruling with a reason. Numbers stand in logs, so they are never reused.
 */

/** What became of an intent. `pending` never leaves the tick in which it was made. */
export const outcomes = { pending: 0, granted: 1, partial: 2, refused: 3, deferred: 4 } as const;

/** Why a ruling is what it is, and what the agent could have done instead. */
export const reasons = {
  OK: { number: 0, valid: 'the attempt was valid' },
  POST_ARCHIVED: { number: 1, valid: 'act on a post that is still in the window' },
  POST_UNKNOWN: { number: 2, valid: 'act on a post that exists' },
  ALREADY_REPOSTED: { number: 3, valid: 'repost a post once' },
  ALREADY_LIKED: { number: 4, valid: 'like a post once' },
  ALREADY_FOLLOWING: { number: 5, valid: 'follow an agent that is not followed yet' },
  NOT_FOLLOWING: { number: 6, valid: 'unfollow an agent that is followed' },
  SELF_TARGET: { number: 7, valid: 'name another agent' },
  AGENT_UNKNOWN: { number: 8, valid: 'name an agent that exists' },
  VERB_NOT_ALLOWED: { number: 9, valid: 'use a verb that the scenario allows' },
  LOTTERY_LOST: { number: 10, valid: 'attempt again: others were drawn first for the places there are' },
  RULE_REFUSED: { number: 11, valid: 'meet the verb’s own condition' },
  MODEL_FAILED: { number: 12, valid: 'nothing: the model gave no answer that can be used' },
  LIMIT_REACHED: { number: 13, valid: 'attempt fewer acts in one tick' },
} as const;

/** Name of a reason code. */
export type Reason = keyof typeof reasons;

/** Number of each reason, for kernels. */
export const reasonNumber = Object.fromEntries(Object.entries(reasons).map(([name, { number }]) => [name, number])) as {
  readonly [Name in Reason]: number;
};

/** The name that a number in a log stands for. */
export function reasonName(number: number): Reason {
  return (Object.entries(reasons).find(([, reason]) => reason.number === number)?.[0] ?? 'OK') as Reason;
}

/** Which rule of the Game Master decided: it stands beside the reason in every ruling. */
export const rules = {
  none: 0,
  allowedVerb: 1,
  targetExists: 2,
  onceOnly: 3,
  ownRelation: 4,
  exclusivePlaces: 5,
  ownCondition: 6,
  modelAnswer: 7,
  limit: 8,
} as const;

/** The name of a rule's number. */
export function ruleName(number: number): string {
  return Object.entries(rules).find(([, value]) => value === number)?.[0] ?? 'none';
}

/** The name of an outcome's number. */
export function outcomeName(number: number): keyof typeof outcomes {
  return (Object.entries(outcomes).find(([, value]) => value === number)?.[0] ?? 'pending') as keyof typeof outcomes;
}
