/**
 * Rulings on verbs that act on posts: reposts, replies, quotes, reactions, deletions, labels.
 *
 * Gates in order: the post exists and is in the window; it was not removed; nobody is blocked; then the verb's own fact. Reads the
 * state at the start of the tick and the actor's own earlier intents of the tick, which stand in [first, row).
 */
import { bondBits, pairValue, reactionBits } from '../world/pairs.ts';
import { isLive, isTakenAway, postRow } from '../world/posts.ts';
import { outcomes, rules } from '../exchange/reasons.ts';
import { isReaction, nextReaction, packChange, reactionRefusal } from '../exchange/reactions.ts';
import { standingAfter } from '../exchange/standing.ts';
import { changesStanding, takesPostAway, verbs } from '../exchange/verbs.ts';
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
  if (isTakenAway(state.posts, state.now, shown)) return refuse(intents, row, 'POST_REMOVED', rules.visible);
  const verb = intents.verb[row];
  if (changesStanding(verb)) return ruleOnStanding(state, conduct, intents, row, shown);
  intents.subject[row] = origin;
  const actor = intents.actor[row] as AgentRow;
  if (isBlocked(state, actor, state.posts.author[at])) return refuse(intents, row, 'BLOCKED', rules.visible);
  if (!isReaction(verb)) return grant(intents, row);
  if (conduct.compat === 'oasis') {
    if (verb === verbs.report) return ruleReaction(state, intents, row, first, intents.target[row]);
    if (verb === verbs.repost && hasQuoted(state, intents, row, first, origin))
      return refuse(intents, row, 'ALREADY_REPOSTED', rules.onceOnly);
  }
  if (!conduct.selfRating && state.posts.author[at] === actor && verb !== verbs.repost && verb !== verbs.report) {
    return refuse(intents, row, 'SELF_RATING', rules.selfRating);
  }
  return ruleReaction(state, intents, row, first, origin);
}

/** Why a post cannot be acted on that is not in the window. */
export function missingPost(state: StateView, post: number): Reason {
  return post > 0 && post < state.now.nextPost ? 'POST_ARCHIVED' : 'POST_UNKNOWN';
}

/** Whether one of the two blocked the other. */
export function isBlocked(state: StateView, actor: AgentRow, other: number): boolean {
  if (state.agents.bondCount[actor] === 0) return false;
  return (pairValue(state.bonds, actor, other) & (bondBits.block | bondBits.blockedBy)) !== 0;
}

/** Whether the actor quoted a content, before or in this tick. Noted in compat runs only. */
function hasQuoted(state: StateView, intents: Intents, row: IntentRow, first: number, origin: number): boolean {
  if ((pairValue(state.reactions, intents.actor[row], origin) & reactionBits.quote) !== 0) return true;
  for (let at = first as IntentRow; at < row; at++) {
    const isQuote = intents.verb[at] === verbs.quote && intents.outcome[at] === outcomes.granted;
    if (isQuote && intents.subject[at] === origin) return true;
  }
  return false;
}

/** `content` is what is reacted to: what a row shows, or the row itself. */
function ruleReaction(state: StateView, intents: Intents, row: IntentRow, first: number, content: number): boolean {
  const verb = intents.verb[row];
  intents.subject[row] = content;
  let bits = pairValue(state.reactions, intents.actor[row], content);
  for (let at = first as IntentRow; at < row; at++) {
    if (intents.subject[at] === content && intents.outcome[at] === outcomes.granted) {
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
  return ruleMark(state, intents, row, shown) ?? grant(intents, row);
}

/** Refuses a label or a limit on a post that has it already. */
export function ruleMark({ posts }: StateView, intents: Intents, row: IntentRow, shown: PostRow): false | undefined {
  const verb = intents.verb[row];
  if (takesPostAway(verb) || standingAfter(verb, posts.standing[shown]) !== posts.standing[shown]) return undefined;
  return refuse(intents, row, verb === verbs.label ? 'ALREADY_LABELLED' : 'ALREADY_LIMITED', rules.onceOnly);
}
