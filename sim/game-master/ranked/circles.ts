/**
 * Groups and letters: who is a member, and what is said among members and from agent to agent.
 *
 * Reads the draft of the ledger; drafts entries, texts and messages. Joining and leaving are the agent's own data; messages are appended
 * in the order of settlement. Source of the verbs: OASIS (arXiv 2411.11581, package 0.2.5), whose listening returns all messages ever
 * sent; here a reader gets the latest.
 * Invariant: `groupSize` is how many are members; the messages of a thread are a chain from the latest to the first.
 * Oracle: `test/sim/game-master/ranked/circles.test.ts` replays the rules on objects.
 */
import { itemKinds } from '../../world/ledger.ts';
import { isName } from '../../world/naming.ts';
import { rules } from '../../exchange/reasons.ts';
import { grant, refuse } from '../rulings.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { RankedAct, RankedRules, Settlement } from './settlement.ts';

export const circleRules: RankedRules = {
  /** `result` is the group's number. Several groups may have one name. */
  createGroup(settlement, act) {
    const { ledger } = settlement;
    if (!isName(act.text)) {
      refuse(act.intents, act.row, 'TEXT_INVALID', rules.wellFormed);
      return;
    }
    const group = ledger.get('itemCount', itemKinds.group);
    ledger.set('itemCount', itemKinds.group, 0, group + 1);
    ledger.set('groupName', group, 0, settlement.keep(act.text));
    ledger.set('groupOwner', group, 0, act.actor + 1);
    setMember(settlement, act, group, 1);
    grant(act.intents, act.row, group);
  },
  joinGroup(settlement, act) {
    if (!isGroup(settlement, act)) return;
    if (isMember(settlement, act)) refuse(act.intents, act.row, 'ALREADY_MEMBER', rules.membership);
    else {
      setMember(settlement, act, act.target, 1);
      grant(act.intents, act.row, 0);
    }
  },
  /** An owner that leaves stays the owner; the name of a group without members stands. */
  leaveGroup(settlement, act) {
    if (!isGroup(settlement, act)) return;
    if (!isMember(settlement, act)) refuse(act.intents, act.row, 'NOT_MEMBER', rules.membership);
    else {
      setMember(settlement, act, act.target, 0);
      grant(act.intents, act.row, 0);
    }
  },
  sendToGroup(settlement, act) {
    if (!isGroup(settlement, act)) return;
    if (!isMember(settlement, act)) refuse(act.intents, act.row, 'NOT_MEMBER', rules.membership);
    else say(settlement, act, 'groupLatest');
  },
  /** Whether one blocked the other is a gate: the bonds of an agent are its shard's. Who is muted is delivered, and not listed by readers. */
  message(settlement, act) {
    say(settlement, act, 'letterLatest');
  },
};

function isGroup({ ledger }: Settlement, { intents, row, target }: RankedAct): boolean {
  if (target >= 0 && target < ledger.get('itemCount', itemKinds.group)) return true;
  return refuse(intents, row, 'TARGET_UNKNOWN', rules.targetExists);
}

function isMember({ ledger }: Settlement, { actor, target }: RankedAct): boolean {
  return ledger.get('groupMember', actor, target) !== 0;
}

function setMember({ ledger }: Settlement, { actor }: RankedAct, group: number, value: 0 | 1): void {
  ledger.set('groupMember', actor, group, value);
  ledger.add('groupSize', group, 0, value === 1 ? 1 : -1);
}

/** Appends a message to a thread and grants the act; `result` is the message's id. */
function say(
  settlement: Settlement,
  { intents, row, actor, target, text }: RankedAct,
  thread: 'groupLatest' | 'letterLatest',
): void {
  const { ledger, messages } = settlement;
  ledger.add('itemCount', itemKinds.message, 0, 1);
  const id = ledger.get('itemCount', itemKinds.message);
  const isLetter = thread === 'letterLatest';
  messages.push({
    ...{ id, sender: actor, receiver: (isLetter ? target : actor) as AgentRow, group: isLetter ? 0 : target + 1 },
    ...{ text: settlement.keep(text), previous: ledger.get(thread, target) },
  });
  ledger.set(thread, target, 0, id);
  grant(intents, row, id);
}
