/**
 * Rulings on a study's own verbs: the target exists and was not removed, then the verb's own condition; exclusive ones stay pending.
 */
import { isLive, isTakenAway, postRow } from '../world/posts.ts';
import { outcomes, rules } from '../exchange/reasons.ts';
import { missingPost } from './rule-posts.ts';
import { grant, refuse } from './rulings.ts';
import type { AgentRow, PostId } from '../ground/ids.ts';
import type { IntentRow, Intents } from '../exchange/tables.ts';
import type { OwnVerb } from '../exchange/verbs.ts';
import type { StateView } from '../exchange/view.ts';

/** Rules on one intent of an own verb; true if it stays contested. */
export function ruleOwnVerb(state: StateView, verb: OwnVerb, intents: Intents, row: IntentRow): boolean {
  const actor = intents.actor[row] as AgentRow;
  const target = intents.target[row];
  let agent = actor;
  if (verb.target === 'post') {
    if (!isLive(state.now, target)) return refuse(intents, row, missingPost(state, target), rules.targetExists);
    if (isTakenAway(state.posts, state.now, postRow(state.posts, target)))
      return refuse(intents, row, 'POST_REMOVED', rules.visible);
    agent = state.posts.author[postRow(state.posts, target)] as AgentRow;
  } else if (verb.target === 'agent') {
    if (target < 0 || target >= state.sizes.agentCount)
      return refuse(intents, row, 'AGENT_UNKNOWN', rules.targetExists);
    agent = target as AgentRow;
  }
  intents.subject[row] = agent;
  const reason = verb.refuse?.(state, {
    actor,
    targetAgent: agent,
    targetPost: (verb.target === 'post' ? target : 0) as PostId,
    amount: intents.amount[row],
  });
  if (reason !== undefined) return refuse(intents, row, reason, rules.ownCondition);
  if (verb.conflict !== 'exclusive') return grant(intents, row);
  intents.outcome[row] = outcomes.pending;
  return true;
}
