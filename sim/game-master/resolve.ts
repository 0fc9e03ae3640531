/**
 * The Game Master: every intent gets exactly one final ruling, with a reason and the rule that decided.
 *
 * Gates in order: acts left, well formed, verb allowed, the actor's standing, its quotas, scene, availability and text (`gates.ts`), then
 * what the verb's family asks of its target (`rule-posts.ts`, `rule-agents.ts`, `rule-own.ts`). Each gate reads facts that belong to the actor, or the state at the start of
 * the tick, so they run on the actor's shard in the order of its intents. Then removals take effect on the acts of the same tick
 * (`settlePrecedence`), ranked verbs are settled one after another (`ranked/settle.ts`), and own verbs of the `exclusive` class compete for
 * places (`arbitrate.ts`), never by arrival.
 * Invariant: after both no outcome is pending. Oracle: `test/sim/game-master/resolve.test.ts` replays it on objects.
 */
import { postRow } from '../world/posts.ts';
import { isReaction } from '../exchange/reactions.ts';
import { outcomes, reasonName, rules } from '../exchange/reasons.ts';
import { changesStanding, firstOwnVerb, isRanked, takesPostAway, verbs } from '../exchange/verbs.ts';
import { counts, firstInterventionSequence, intentsPerAgentMax } from '../exchange/tables.ts';
import { retryTick } from './conduct.ts';
import { hindranceOf } from './gates.ts';
import { ruleOfReader } from './judge/route.ts';
import { ruleOnAgent } from './rule-agents.ts';
import { ruleOnPost, ruleReactionsAgain } from './rule-posts.ts';
import { ruleOwnVerb } from './rule-own.ts';
import { ruleOnPlatform } from './rule-platform.ts';
import { grant, refuse } from './rulings.ts';
import { sceneAt } from './scenes.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { DetailRow, IntentRow, Intents, ShardTables } from '../exchange/tables.ts';
import type { Reason } from '../exchange/reasons.ts';
import type { OwnVerb } from '../exchange/verbs.ts';
import type { StateView } from '../exchange/view.ts';
import type { RuleBook } from './rule-book.ts';
import type { Scene } from './scenes.ts';

/** Rules on the shard's own intents; those of exclusive verbs that pass every gate stay pending. */
export function ruleOwn(state: StateView, book: RuleBook, tables: ShardTables): void {
  const { intents, count } = tables;
  const end = count[counts.intents];
  let first = 0;
  let contested = 0;
  let removals = 0;
  let ranked = 0;
  const scene = sceneAt(book.scenes, state.now.tick);
  for (let row = 0 as IntentRow; row < end; row++) {
    if (intents.actor[row] !== intents.actor[first as IntentRow]) first = row;
    if (rule(state, book, tables, row, first, scene)) {
      if (isRanked(intents.verb[row])) ranked++;
      else contested++;
    }
    if (book.hasPrecedence && isRemoval(intents, row)) removals++;
  }
  count[counts.contested] = contested;
  count[counts.ranked] = ranked;
  count[counts.removals] = removals;
}

function rule(
  state: StateView,
  book: RuleBook,
  tables: ShardTables,
  row: IntentRow,
  first: number,
  scene: Scene | undefined,
): boolean {
  const { intents } = tables;
  const verb = intents.verb[row];
  const actor = intents.actor[row] as AgentRow;
  if (actor === (state.sizes.agentCount as AgentRow)) return ruleOnPlatform(state, book.conduct, intents, row);
  if (intents.sequence[row] === intentsPerAgentMax - 1) return refuse(intents, row, 'LIMIT_REACHED', rules.limit);
  if (intents.reason[row] !== 0 || book.verbs[verb] === undefined) {
    const flaw = flawIn(book, intents, row);
    if (flaw !== undefined) {
      return refuse(intents, row, flaw, flaw === 'MODEL_FAILED' ? rules.modelAnswer : rules.wellFormed);
    }
  }
  if (book.allowed[verb] === 0) return refuse(intents, row, 'VERB_NOT_ALLOWED', rules.allowedVerb);
  if (state.agents.bannedUntil[actor] > state.now.tick && verb !== verbs.nothing) {
    return refuse(intents, row, 'BANNED', rules.standing, state.agents.bannedUntil[actor]);
  }
  if (book.conduct.limits.length > 0) {
    const retry = retryTick(state, book.conduct.limits, intents, row, first);
    if (retry > 0) return refuse(intents, row, 'QUOTA_REACHED', rules.quota, retry);
  }
  const hindrance = hindranceOf(state, book, tables, row, scene);
  if (hindrance !== undefined) return refuse(intents, row, hindrance.reason, hindrance.rule, hindrance.result);
  if (isRanked(verb)) {
    intents.outcome[row] = outcomes.pending;
    return true;
  }
  if (verb === verbs.try) return ruleTry(tables, row, state.now.tick);
  if (verb === verbs.lean || verb === verbs.reassign) return ruleOnSelf(state, book, intents, row);
  if (verb >= firstOwnVerb) return ruleOwnVerb(state, book.verbs[verb]?.own as OwnVerb, intents, row);
  switch (book.verbs[verb]?.target) {
    case 'post':
      return ruleOnPost(state, book.conduct, intents, row, first);
    case 'agent':
      return ruleOnAgent(state, book.conduct, intents, row, first);
    default:
      return grant(intents, row);
  }
}

/** The attribute must be declared, the policy one of the scenario's, and only the scenario reassigns. */
function ruleOnSelf(state: StateView, book: RuleBook, intents: Intents, row: IntentRow): boolean {
  if (intents.verb[row] === verbs.lean) {
    const isDeclared = intents.target[row] >= 0 && intents.target[row] < state.sizes.attributeNames.length;
    return isDeclared ? grant(intents, row) : refuse(intents, row, 'TARGET_UNKNOWN', rules.targetExists);
  }
  if (intents.sequence[row] < firstInterventionSequence) return refuse(intents, row, 'SCENARIO_ONLY', rules.role);
  const isKnown = intents.amount[row] >= 0 && intents.amount[row] < book.policyCount;
  return isKnown ? grant(intents, row) : refuse(intents, row, 'AMOUNT_RANGE', rules.wellFormed);
}

/** An attempt in free words that is no verb: what was judged of it stands in its detail. */
function ruleTry({ intents, details }: ShardTables, row: IntentRow, tick: number): boolean {
  if (intents.detail[row] === 0) return refuse(intents, row, 'TEXT_MISSING', rules.wellFormed);
  const detail = (intents.detail[row] - 1) as DetailRow;
  const rule = ruleOfReader(details.readBy[detail]);
  const reason = reasonName(details.judgement[detail]);
  if (reason === 'OK') {
    grant(intents, row);
    intents.rule[row] = rule;
    return false;
  }
  refuse(intents, row, reason, rule);
  if (reason !== 'JUDGE_BUSY') return false;
  intents.outcome[row] = outcomes.deferred;
  intents.result[row] = tick + 1;
  return false;
}

/** Why an attempt is not well formed. Who names no target for a verb that acts on none is right. */
function flawIn(book: RuleBook, intents: Intents, row: IntentRow): Reason | undefined {
  const verb = intents.verb[row];
  if (book.verbs[verb] === undefined) return 'VERB_UNKNOWN';
  const flaw = reasonName(intents.reason[row]);
  if (flaw !== 'TARGET_MISSING' || book.verbs[verb].target !== 'none') return flaw;
  intents.target[row] = 0;
  return undefined;
}

/** Whether an intent takes a post away with this tick. */
function isRemoval(intents: Intents, row: IntentRow): boolean {
  return takesPostAway(intents.verb[row]) && intents.outcome[row] === outcomes.granted;
}

/**
 * Removal goes first: safety before the owner before all others. Acts on a post that is taken away in this tick, or whose content is,
 * are refused, on the shard of whoever acts; of several removals of one post each stands, since they say the same.
 */
export function settlePrecedence(
  state: StateView,
  book: RuleBook,
  tables: ShardTables,
  all: readonly ShardTables[],
): void {
  const removed = removedPosts(all);
  if (removed.size === 0) return;
  const { intents, count } = tables;
  const end = count[counts.intents];
  for (let row = 0 as IntentRow; row < end; row++) {
    if (intents.outcome[row] === outcomes.refused || !actsOnPost(book, intents.verb[row])) continue;
    const post = intents.target[row];
    if (!removed.has(post) && !removed.has(state.posts.origin[postRow(state.posts, post)])) continue;
    refuse(intents, row, 'PARENT_REMOVED', rules.precedence);
  }
  for (let row = 0 as IntentRow; row < end; row++) {
    if (intents.rule[row] === rules.precedence && isReaction(intents.verb[row])) ruleReactionsAgain(intents, row, end);
  }
}

/** Whether a verb does something to a post that it cannot do to one that is gone. */
function actsOnPost(book: RuleBook, verb: number): boolean {
  return book.verbs[verb]?.target === 'post' && !changesStanding(verb) && verb !== verbs.appeal;
}

function removedPosts(all: readonly ShardTables[]): Set<number> {
  const removed = new Set<number>();
  for (const { intents, count } of all) {
    if (count[counts.removals] === 0) continue;
    for (let row = 0 as IntentRow; row < count[counts.intents]; row++) {
      if (isRemoval(intents, row)) removed.add(intents.target[row]);
    }
  }
  return removed;
}
