/**
 * Answers to interviews: who is asked by a scenario answers before it decides, and does nothing else by it.
 *
 * An answer has a sequence number of its own, after those of attempts and before those of a scenario's acts, so that an interview moves
 * no other act's number. Who is banned, busy or gone is not asked again until it can answer. Reads the state at the start of the tick;
 * writes attempts. Invariant: without an open question nobody is looked at.
 */
import { topicCount } from '../world/agents.ts';
import { itemKinds, ledgerOf } from '../world/ledger.ts';
import { postKinds, topicOf } from '../world/posts.ts';
import { ruleText, stances } from '../world/wording.ts';
import { counts, intentsPerAgentMax } from '../exchange/tables.ts';
import { reasonNumber } from '../exchange/reasons.ts';
import { surveyOf } from '../exchange/surveys.ts';
import { verbs } from '../exchange/verbs.ts';
import { attempt } from './act.ts';
import { questionOf } from './reading.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { IntentRow, PerceptRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';

/** Sequence number of an answer: an agent has at most one open question. */
export const answerSequence = intentsPerAgentMax;

/** Whether anybody has a question to answer. */
export function hasOpenQuestions({ ledger }: StateView): boolean {
  return ledgerOf(ledger).get('itemCount', itemKinds.openQuestion) > 0;
}

/** The question that an agent can answer now, if there is one. */
export function questionNow(state: StateView, agent: AgentRow): string | undefined {
  const question = questionOf(state, agent);
  if (question === undefined) return undefined;
  const { tick } = state.now;
  const ledger = ledgerOf(state.ledger);
  const isHeld = state.agents.bannedUntil[agent] > tick || ledger.get('busyUntil', agent) > tick;
  return isHeld || ledger.get('leftAt', agent) > 0 ? undefined : question;
}

/** Attempts to answer. Who says nothing attempts nothing, and the question stays. */
export function giveAnswer(tables: ShardTables, agent: AgentRow, text: string): void {
  if (text === '') return;
  const row = tables.count[counts.intents] as IntentRow;
  attempt(tables, { actor: agent, sequence: 0 }, verbs.answer, 0, 0, { text });
  tables.intents.sequence[row] = answerSequence;
}

/** Puts on record that an agent was asked and no usable answer came: the question stays open. */
export function failAnswer(tables: ShardTables, agent: AgentRow): void {
  const row = tables.count[counts.intents] as IntentRow;
  attempt(tables, { actor: agent, sequence: 0 }, verbs.answer, 0);
  tables.intents.sequence[row] = answerSequence;
  tables.intents.reason[row] = reasonNumber.MODEL_FAILED;
}

/**
 * What an agent under rules says, whatever it is asked: a sentence about what it is interested in most. It has no opinion that would fit
 * one of several options or a number, so it leaves such questions open.
 */
export function ruleAnswer({ agents, now }: StateView, agent: AgentRow, question: string): string {
  if (surveyOf(question) !== undefined) return '';
  return ruleText({
    ...{ authorKeyLo: agents.keyLo[agent], authorKeyHi: agents.keyHi[agent], tick: now.tick, sequence: answerSequence },
    ...{ kind: postKinds.post, appeal: 0, stance: stances.neutral },
    topicBoard: topicOf(agents.interest, agent * topicCount),
  });
}

/** Lets those agents of percepts [from, to) answer who decide by this policy, one of rules. */
export function answerByRules(
  state: StateView,
  tables: ShardTables,
  { from, to, policy }: { readonly from: number; readonly to: number; readonly policy: number },
): void {
  if (!hasOpenQuestions(state)) return;
  for (let percept = from as PerceptRow; percept < to; percept++) {
    const agent = tables.percepts.agent[percept] as AgentRow;
    const question = state.agents.policy[agent] === policy ? questionNow(state, agent) : undefined;
    if (question !== undefined) giveAnswer(tables, agent, ruleAnswer(state, agent, question));
  }
}
