/**
 * The registry of outcomes and reason codes: what a ruling says, and what would have been valid.
 *
 * A refused attempt is no error but a ruling with a reason. Numbers stand in logs, so they are never reused.
 */

import { firstInvariantRule } from './invariants.ts';
import { firstModerationRule } from './moderation.ts';

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
  NOT_LIKED: { number: 14, valid: 'take back a like that stands' },
  ALREADY_DISLIKED: { number: 15, valid: 'dislike a post once' },
  NOT_DISLIKED: { number: 16, valid: 'take back a dislike that stands' },
  ALREADY_REPORTED: { number: 17, valid: 'report a post once' },
  SELF_RATING: { number: 18, valid: 'rate what others wrote' },
  ALREADY_MUTED: { number: 19, valid: 'mute an agent that is not muted yet' },
  NOT_MUTED: { number: 20, valid: 'unmute an agent that is muted' },
  ALREADY_BLOCKED: { number: 21, valid: 'block an agent that is not blocked yet' },
  NOT_BLOCKED: { number: 22, valid: 'unblock an agent that is blocked' },
  BLOCKED: { number: 23, valid: 'act towards agents that one has not blocked and who have not blocked one' },
  POST_REMOVED: { number: 24, valid: 'act on a post that was not removed' },
  PARENT_REMOVED: { number: 25, valid: 'nothing: the post was removed in the same tick, and removal goes first' },
  NOT_AUTHOR: { number: 26, valid: 'delete what one wrote oneself' },
  NOT_MODERATOR: { number: 27, valid: 'leave it to agents who moderate' },
  ALREADY_LABELLED: { number: 28, valid: 'label a post once' },
  ALREADY_BANNED: { number: 29, valid: 'ban an agent that is not banned' },
  NOT_BANNED: { number: 30, valid: 'lift a ban that stands' },
  BANNED: { number: 31, valid: 'wait until the ban ends' },
  QUOTA_REACHED: { number: 32, valid: 'wait until the limit frees a place' },
  ALREADY_LIMITED: { number: 34, valid: 'limit a post once' },
  AMOUNT_RANGE: { number: 33, valid: 'give an amount in the range of the verb' },
  TARGET_INVALID: { number: 40, valid: 'name the target by a whole number of 32 bits' },
  TARGET_MISSING: { number: 41, valid: 'name a target: the verb acts on one' },
  VERB_UNKNOWN: { number: 42, valid: 'use a verb that exists' },
  TEXT_MISSING: { number: 43, valid: 'say something: the verb needs a text' },
  TEXT_INVALID: { number: 44, valid: 'write a text of whole characters' },
  TEXT_TOO_LONG: { number: 45, valid: 'write less' },
  ARGUMENT_INVALID: { number: 46, valid: 'name what the verb is about by a whole number that stands for something' },
  PRICE_RANGE: { number: 47, valid: 'name a price in the range of the verb' },
  TARGET_UNKNOWN: { number: 48, valid: 'name something that exists' },
  INVARIANT_BROKEN: { number: 50, valid: 'act so that the invariant can still hold' },
  ALREADY_MEMBER: { number: 51, valid: 'join what one is not a member of' },
  NOT_MEMBER: { number: 52, valid: 'join first' },
  NAME_TAKEN: { number: 53, valid: 'choose a name that nobody bears' },
  ALREADY_PINNED: { number: 54, valid: 'pin a post that is not pinned' },
  NOT_PINNED: { number: 55, valid: 'unpin a post that is pinned' },
  PINS_FULL: { number: 56, valid: 'unpin another post first' },
  NOT_OWNER: { number: 57, valid: 'leave it to the owner' },
  ALREADY_APPOINTED: { number: 58, valid: 'appoint an agent who does not moderate yet' },
  NOT_APPOINTED: { number: 59, valid: 'dismiss an agent who moderates' },
  SOLD_OUT: { number: 60, valid: 'nothing: all units are sold' },
  FUNDS_SHORT: { number: 61, valid: 'spend what one has' },
  GOODS_SHORT: { number: 62, valid: 'give away what one has' },
  NO_MATCH: { number: 63, valid: 'name a price at which others trade' },
  PARTLY_FILLED: { number: 64, valid: 'nothing: the rest found no other side at this price' },
  REQUESTED: { number: 65, valid: 'nothing: the other side has been asked and may answer by the same act' },
  ALREADY_REQUESTED: { number: 66, valid: 'wait for the other side, or until the request lapses' },
  ALREADY_FRIENDS: { number: 67, valid: 'befriend who is not a friend' },
  NOT_FRIENDS: { number: 68, valid: 'unfriend a friend' },
  PLACE_FULL: { number: 69, valid: 'go where there is room' },
  NOT_PRESENT: { number: 70, valid: 'be at the same place' },
  ALREADY_HERE: { number: 71, valid: 'move to another place' },
  BUSY: { number: 72, valid: 'wait until one is free' },
  LEFT: { number: 73, valid: 'nothing: who left does not come back' },
  NOT_IN_SCENE: { number: 74, valid: 'use a verb of the present scene' },
  NOTHING_TO_APPEAL: { number: 75, valid: 'appeal against what the platform or a moderator did to one’s own post' },
  ALREADY_APPEALED: { number: 76, valid: 'appeal once' },
  APPEAL_DENIED: { number: 77, valid: 'nothing: the rule that was in force applied' },
  BALANCE_FULL: { number: 78, valid: 'give less: the other side can hold no more' },
  SCENARIO_ONLY: { number: 79, valid: 'leave it to the scenario' },
  NOTHING_ASKED: { number: 80, valid: 'answer what one was asked' },
  NOT_AVAILABLE: { number: 81, valid: 'name something that is there for one to act on' },
  READ_BY_GRAMMAR: { number: 82, valid: 'the attempt was valid; its words were read by the grammar' },
  READ_BY_JUDGE: { number: 83, valid: 'the attempt was valid; its words were read by the judge' },
  READ_BY_CACHE: { number: 84, valid: 'the attempt was valid; its words were judged before' },
  READ_BY_FALLBACK: {
    number: 91,
    valid: 'the attempt was valid; nobody judged its words, and a verb stood among them',
  },
  JUDGE_UNAVAILABLE: { number: 85, valid: 'use a verb of the scenario: nobody is there to judge other words' },
  JUDGE_BUSY: { number: 86, valid: 'nothing: it is judged in a later tick' },
  JUDGED_IMPOSSIBLE: { number: 87, valid: 'attempt what can be done here' },
  JUDGED_UNSAFE: { number: 88, valid: 'attempt what harms nobody' },
  JUDGED_UNCLEAR: { number: 89, valid: 'say who does what to whom' },
  ANSWER_INVALID: {
    number: 92,
    valid: 'answer in the form that was asked for: one of the options, or a number in the range',
  },
  JUDGED_UNLUCKY: { number: 90, valid: 'attempt it again: it was possible and did not come about' },
} as const;

/** Name of a reason code. */
export type Reason = keyof typeof reasons;

/** Number of each reason, for kernels. */
export const reasonNumber = Object.fromEntries(Object.entries(reasons).map(([name, { number }]) => [name, number])) as {
  readonly [Name in Reason]: number;
};

const veiled = new Set<number>(
  (['POST_UNKNOWN', 'POST_ARCHIVED', 'POST_REMOVED', 'PARENT_REMOVED', 'AGENT_UNKNOWN', 'BLOCKED'] as const).map(
    (name) => reasonNumber[name],
  ),
);

/** What an agent is told where it may not learn whether something is missing, was taken away, or is kept from it. */
export function veiledReason(reason: number): number {
  return veiled.has(reason) ? reasonNumber.NOT_AVAILABLE : reason;
}

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
  standing: 9,
  quota: 10,
  visible: 11,
  selfRating: 12,
  role: 13,
  precedence: 14,
  amount: 15,
  wellFormed: 16,
  membership: 17,
  name: 18,
  owner: 19,
  stock: 20,
  funds: 21,
  market: 22,
  consent: 23,
  presence: 24,
  availability: 25,
  scene: 26,
  appeal: 27,
  judge: 28,
  judgeCache: 29,
  fallback: 30,
} as const;

/** The name of a rule's number. */
export function ruleName(number: number): string {
  if (number >= firstInvariantRule) return `invariant ${number - firstInvariantRule}`;
  if (number >= firstModerationRule) return `moderation ${number - firstModerationRule}`;
  return Object.entries(rules).find(([, value]) => value === number)?.[0] ?? 'none';
}

/** The name of an outcome's number. */
export function outcomeName(number: number): keyof typeof outcomes {
  return (Object.entries(outcomes).find(([, value]) => value === number)?.[0] ?? 'pending') as keyof typeof outcomes;
}
