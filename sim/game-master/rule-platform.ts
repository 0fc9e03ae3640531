/**
 * Rulings on what the platform does by its own rules: labels, removals, bans.
 *
 * The platform needs no leave, but what it acts on must still be there and not be so already. A granted act names the rule of
 * moderation that asked for it; `result` of a ban is the tick at which it ends.
 */
import { postRow, isLive, standings } from '../world/posts.ts';
import { outcomes, rules } from '../exchange/reasons.ts';
import { firstModerationRule } from '../exchange/moderation.ts';
import { verbs } from '../exchange/verbs.ts';
import { missingPost, ruleMark } from './rule-posts.ts';
import { refuse } from './rulings.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, Intents } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { Conduct } from './conduct.ts';

/** Rules on one act of the platform. `amount` is the place of the rule in the scenario's list. */
export function ruleOnPlatform(state: StateView, conduct: Conduct, intents: Intents, row: IntentRow): false {
  const rule = intents.amount[row];
  const { hours } = conduct.moderation[rule];
  if (intents.verb[row] === verbs.ban) {
    const author = intents.target[row] as AgentRow;
    intents.subject[row] = author;
    if (state.agents.bannedUntil[author] > state.now.tick)
      return refuse(intents, row, 'ALREADY_BANNED', rules.standing);
    return grantBy(intents, row, rule, state.now.tick + 1 + Math.ceil((hours * 3600) / state.now.tickSeconds));
  }
  const post = intents.target[row];
  intents.subject[row] = post;
  if (!isLive(state.now, post)) return refuse(intents, row, missingPost(state, post), rules.targetExists);
  const standing = state.posts.standing[postRow(state.posts, post)];
  if (standing >= standings.deleted) return refuse(intents, row, 'POST_REMOVED', rules.visible);
  return ruleMark(state, intents, row, postRow(state.posts, post)) ?? grantBy(intents, row, rule, 0);
}

function grantBy(intents: Intents, row: IntentRow, rule: number, result: number): false {
  intents.outcome[row] = outcomes.granted;
  intents.reason[row] = 0;
  intents.rule[row] = firstModerationRule + rule;
  intents.result[row] = result;
  return false;
}
