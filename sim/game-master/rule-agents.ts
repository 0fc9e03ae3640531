/**
 * Rulings on verbs that act on agents: follow, mute, block, ban and their undoing.
 *
 * Reads the state at the start of the tick and the actor's own earlier intents of the tick, which stand in [first, row).
 */
import { bondBits, pairValue } from '../world/pairs.ts';
import { follows } from '../social-graph/ties.ts';
import { outcomes, rules } from '../exchange/reasons.ts';
import { familyOf, verbs } from '../exchange/verbs.ts';
import { grant, refuse } from './rulings.ts';
import { isBlocked } from './rule-posts.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, Intents } from '../exchange/tables.ts';
import type { Reason } from '../exchange/reasons.ts';
import type { StateView } from '../exchange/view.ts';
import type { Conduct } from './conduct.ts';

/** Longest ban that an amount of hours may ask for. */
const banHoursMax = 87_600;

/** Rules on one intent whose target is an agent. */
export function ruleOnAgent(
  state: StateView,
  conduct: Conduct,
  intents: Intents,
  row: IntentRow,
  first: number,
): boolean {
  const actor = intents.actor[row] as AgentRow;
  const target = intents.target[row];
  if (target < 0 || target >= state.sizes.agentCount) return refuse(intents, row, 'AGENT_UNKNOWN', rules.targetExists);
  const verb = intents.verb[row];
  const mayBeSelf =
    conduct.compat === 'oasis' && (familyOf(verb) === 'tie' || verb === verbs.mute || verb === verbs.unmute);
  if (target === actor && !mayBeSelf) return refuse(intents, row, 'SELF_TARGET', rules.ownRelation);
  intents.subject[row] = target;
  if (verb === verbs.ban || verb === verbs.unban) return ruleBan(state, conduct, intents, row);
  const toggle = toggles[verb];
  if (verb === verbs.follow && isBlocked(state, actor, target)) return refuse(intents, row, 'BLOCKED', rules.visible);
  const has = standsNow(state, intents, row, first, actor, target);
  if (has === toggle.wanted) return refuse(intents, row, toggle.refusal, rules.ownRelation);
  return grant(intents, row);
}

interface Toggle {
  /** What the relation is after the verb. */
  readonly wanted: boolean;
  readonly refusal: Reason;
  /** The verb that undoes this one. */
  readonly undoing: number;
  /** The bit in the actor's bond; 0: the follow graph. */
  readonly bit: number;
}

function pairOf(does: number, undoes: number, bit: number, has: Reason, lacks: Reason): [number, Toggle][] {
  return [
    [does, { wanted: true, refusal: has, undoing: undoes, bit }],
    [undoes, { wanted: false, refusal: lacks, undoing: does, bit }],
  ];
}

const toggles: Readonly<Record<number, Toggle>> = Object.fromEntries([
  ...pairOf(verbs.follow, verbs.unfollow, 0, 'ALREADY_FOLLOWING', 'NOT_FOLLOWING'),
  ...pairOf(verbs.mute, verbs.unmute, bondBits.mute, 'ALREADY_MUTED', 'NOT_MUTED'),
  ...pairOf(verbs.block, verbs.unblock, bondBits.block, 'ALREADY_BLOCKED', 'NOT_BLOCKED'),
]);

/** The relation as it stands after the actor's earlier intents of this tick. */
function standsNow(
  state: StateView,
  intents: Intents,
  row: IntentRow,
  first: number,
  actor: AgentRow,
  target: number,
): boolean {
  const verb = intents.verb[row];
  const { undoing, bit, wanted } = toggles[verb];
  for (let at = (row - 1) as IntentRow; at >= first; at--) {
    const one = intents.verb[at];
    if ((one !== verb && one !== undoing) || intents.subject[at] !== target) continue;
    if (intents.outcome[at] === outcomes.granted) return one === verb ? wanted : !wanted;
  }
  if (bit !== 0) return (pairValue(state.bonds, actor, target) & bit) !== 0;
  const log = state.ties.logs[state.owner.shard];
  return follows(state.ties, log, state.agents.pendingTie[actor], actor, target);
}

/**
 * Rules again on the actor's later acts of one kind towards an agent after one of them was taken out of the tick: each now meets the
 * relation as it stood before that. Those refused already stay so.
 */
export function ruleTogglesAgain(intents: Intents, out: IntentRow, end: number): void {
  const taken = (toggles as Readonly<Record<number, Toggle | undefined>>)[intents.verb[out]];
  if (taken === undefined) return;
  let has = !taken.wanted;
  for (let row = (out + 1) as IntentRow; row < end && intents.actor[row] === intents.actor[out]; row++) {
    const verb = intents.verb[row];
    if (verb !== intents.verb[out] && verb !== taken.undoing) continue;
    if (intents.subject[row] !== intents.subject[out] || intents.outcome[row] !== outcomes.granted) continue;
    const { wanted, refusal } = toggles[verb];
    if (has === wanted) refuse(intents, row, refusal, rules.ownRelation);
    else has = wanted;
  }
}

/** A ban of `amount` hours, and its lifting. Only who moderates may; a moderator cannot be banned. */
function ruleBan(state: StateView, conduct: Conduct, intents: Intents, row: IntentRow): boolean {
  const target = intents.target[row] as AgentRow;
  if (!conduct.isModerator(intents.actor[row])) return refuse(intents, row, 'NOT_MODERATOR', rules.role);
  if (conduct.isModerator(target)) return refuse(intents, row, 'NOT_MODERATOR', rules.role);
  const stands = state.agents.bannedUntil[target] > state.now.tick;
  if (intents.verb[row] === verbs.unban) {
    return stands ? grant(intents, row) : refuse(intents, row, 'NOT_BANNED', rules.standing);
  }
  if (stands) return refuse(intents, row, 'ALREADY_BANNED', rules.standing);
  const hours = intents.amount[row];
  if (hours < 1 || hours > banHoursMax) return refuse(intents, row, 'AMOUNT_RANGE', rules.amount);
  intents.result[row] = state.now.tick + 1 + Math.ceil((hours * 3600) / state.now.tickSeconds);
  return grant(intents, row);
}
