/**
 * Rulings on verbs that act on posts: reposts, replies, quotes, reactions, deletions, labels.
 *
 * Gates in order: the post exists and is in the window; it was not removed; nobody is blocked; then the verb's own fact. Reads the
 * state at the start of the tick and the actor's own earlier intents of the tick, which stand in [first, row).
 */
import { bondBits, pairValue } from '../world/pairs.ts';
import { isLive, postRow, standings } from '../world/posts.ts';
import { outcomes, rules } from '../exchange/reasons.ts';
import { isReaction, nextReaction, packChange, reactionRefusal } from '../exchange/reactions.ts';
import { verbs } from '../exchange/verbs.ts';
import { grant, refuse } from './rulings.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, Intents } from '../exchange/tables.ts';
import type { Reason } from '../exchange/reasons.ts';
import type { StateView } from '../exchange/view.ts';
import type { PostRow } from '../world/posts.ts';
import type { Conduct } from './conduct.ts';

/** Rules on one intent whose target is a post. */
export function ruleOnPost(
  state: StateView,
  conduct: Conduct,
  intents: Intents,
  row: IntentRow,
  first: number,
): boolean {
  const post = intents.target[row];
  if (!isLive(state.now, post)) return refuse(intents, row, missingPost(state, post), rules.targetExists);
  const shown = postRow(state.posts, post);
  const origin = state.posts.origin[shown];
  if (!isLive(state.now, origin)) return refuse(intents, row, 'POST_ARCHIVED', rules.targetExists);
  const at = postRow(state.posts, origin);
  if (isTakenAway(state, shown)) return refuse(intents, row, 'POST_REMOVED', rules.visible);
  const verb = intents.verb[row];
  if (verb >= verbs.delete && verb <= verbs.label) return ruleOnStanding(state, conduct, intents, row, shown);
  intents.subject[row] = origin;
  const actor = intents.actor[row] as AgentRow;
  if (isBlocked(state, actor, state.posts.author[at])) return refuse(intents, row, 'BLOCKED', rules.visible);
  if (!isReaction(verb)) return grant(intents, row);
  if (!conduct.selfRating && state.posts.author[at] === actor && verb !== verbs.repost && verb !== verbs.report) {
    return refuse(intents, row, 'SELF_RATING', rules.selfRating);
  }
  return ruleReaction(state, intents, row, first, origin);
}

/** Why a post cannot be acted on that is not in the window. */
export function missingPost(state: StateView, post: number): Reason {
  return post > 0 && post < state.now.nextPost ? 'POST_ARCHIVED' : 'POST_UNKNOWN';
}

/** Whether a post in the window, or the content that it shows, was deleted or removed. An archived content counts as standing. */
export function isTakenAway({ posts, now }: StateView, row: PostRow): boolean {
  if (posts.standing[row] >= standings.deleted) return true;
  const origin = posts.origin[row];
  return isLive(now, origin) && posts.standing[postRow(posts, origin)] >= standings.deleted;
}

/** Whether one of the two blocked the other. */
export function isBlocked(state: StateView, actor: AgentRow, other: number): boolean {
  if (state.agents.bondCount[actor] === 0) return false;
  return (pairValue(state.bonds, actor, other) & (bondBits.block | bondBits.blockedBy)) !== 0;
}

function ruleReaction(state: StateView, intents: Intents, row: IntentRow, first: number, origin: number): boolean {
  const verb = intents.verb[row];
  let bits = pairValue(state.reactions, intents.actor[row], origin);
  for (let at = first as IntentRow; at < row; at++) {
    if (intents.subject[at] === origin && intents.outcome[at] === outcomes.granted) {
      bits = nextReaction(intents.verb[at], bits);
    }
  }
  const reason = reactionRefusal(verb, bits);
  if (reason !== undefined) return refuse(intents, row, reason, rules.onceOnly);
  intents.change[row] = packChange(bits, nextReaction(verb, bits));
  return grant(intents, row);
}

/**
 * Rules again on what the actor does to a content after one of its reactions was taken out of the tick: each later one now meets what
 * stood before that. Those refused already stay so.
 */
export function ruleReactionsAgain(intents: Intents, out: IntentRow, end: number): void {
  let bits = intents.change[out] >> 8;
  for (let row = (out + 1) as IntentRow; row < end && intents.actor[row] === intents.actor[out]; row++) {
    const verb = intents.verb[row];
    if (!isReaction(verb) || intents.subject[row] !== intents.subject[out]) continue;
    // One that was taken out as well: this is where its own followers begin.
    if (intents.rule[row] === rules.precedence) intents.change[row] = packChange(bits, bits);
    if (intents.outcome[row] !== outcomes.granted) continue;
    const reason = reactionRefusal(verb, bits);
    if (reason !== undefined) {
      refuse(intents, row, reason, rules.onceOnly);
      continue;
    }
    intents.change[row] = packChange(bits, nextReaction(verb, bits));
    bits = nextReaction(verb, bits);
  }
}

/** Verbs that change how a post stands: its author deletes it, a moderator removes or labels it. `subject` is the post itself. */
function ruleOnStanding(state: StateView, conduct: Conduct, intents: Intents, row: IntentRow, shown: PostRow): boolean {
  const actor = intents.actor[row] as AgentRow;
  intents.subject[row] = intents.target[row];
  if (intents.verb[row] === verbs.delete) {
    if (state.posts.author[shown] !== actor) return refuse(intents, row, 'NOT_AUTHOR', rules.role);
    return grant(intents, row);
  }
  if (!conduct.isModerator(actor)) return refuse(intents, row, 'NOT_MODERATOR', rules.role);
  if (intents.verb[row] === verbs.label && state.posts.standing[shown] === standings.labelled) {
    return refuse(intents, row, 'ALREADY_LABELLED', rules.onceOnly);
  }
  return grant(intents, row);
}
