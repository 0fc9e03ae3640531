/**
 * Whose turn it is under an own policy: the halves of deciding (prepare, settle) and interviews, over the tables of one shard.
 *
 * A policy that asks a model is called before the answers and once for each of them; its agent's attempts stand together, first what it
 * says in an interview. Where the call failed, or its reply cannot be used, that is on record as an attempt with MODEL_FAILED, and the
 * agent decides by the policy's fallback.
 * Order: percepts, then requests as they were made. Writes attempts, requests and notes. Oracle: `test/sim/policy/own.test.ts`.
 */
import { callPurposes, encodePrompt, purposeName } from '../exchange/prompts.ts';
import { openRequest, replyTo, writePrompt } from '../exchange/requests.ts';
import { counts, requestWords } from '../exchange/tables.ts';
import { attemptWithoutAnswer } from './act.ts';
import { answerSequence, failAnswer, giveAnswer, hasOpenQuestions, questionNow } from './answering.ts';
import { decideOneByRules } from './rules.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { PerceptRow, RequestRow, ShardTables } from '../exchange/tables.ts';
import type { StateView } from '../exchange/view.ts';
import type { AgentPurpose, OwnPolicy, OwnTurn } from './own.ts';

/** Which percepts are looked at, and the agents of which policy among them; those whose turn is later are left out. */
export interface OwnRange {
  readonly from: number;
  readonly to: number;
  readonly policy: number;
  readonly isLater?: (agent: AgentRow) => boolean;
}

/** Lets the agents of one own policy decide: the prepare half. */
export function decideByOwn(
  policy: OwnPolicy,
  own: OwnTurn,
  state: StateView,
  tables: ShardTables,
  range: OwnRange,
): void {
  const isAsked = hasOpenQuestions(state);
  for (let percept = range.from as PerceptRow; percept < range.to; percept++) {
    const agent = tables.percepts.agent[percept] as AgentRow;
    if (state.agents.policy[agent] !== range.policy || range.isLater?.(agent) === true) continue;
    const question = isAsked ? questionNow(state, agent) : undefined;
    if (question !== undefined) answerOwn(policy, own, tables, { agent, question, percept });
    own.begin(percept, policy.ask === undefined ? 'act' : 'ask');
    if (policy.ask === undefined) {
      policy.decide?.(own.hand);
      continue;
    }
    const asked = tables.count[counts.requests];
    policy.ask(own.hand);
    if (policy.decide === undefined || tables.count[counts.requests] !== asked) continue;
    own.begin(percept, 'act');
    policy.decide(own.hand);
  }
}

/** Stands in a request's `percept` for who is asleep. */
const asleep = -1;
/** Stands in a request's first word for an interview. */
const interviewWord = 1;

/** Lets an agent under an own policy answer an interview, or ask for an answer; without a percept it is asleep. */
export function answerOwn(
  policy: OwnPolicy,
  own: OwnTurn,
  tables: ShardTables,
  asked: { readonly agent: AgentRow; readonly question: string; readonly percept?: PerceptRow },
): void {
  if (policy.answer === undefined && policy.interview === undefined) return;
  if (asked.percept === undefined) own.beginAsleep(asked.agent);
  else own.begin(asked.percept, 'answer');
  if (policy.interview === undefined) {
    giveAnswer(tables, asked.agent, policy.answer?.(own.hand, asked.question) ?? '');
    return;
  }
  const prompt = encodePrompt(policy.interview(own.hand, asked.question));
  const asking = {
    agent: asked.agent,
    at: asked.percept ?? asleep,
    sequence: answerSequence,
    question: [interviewWord],
  };
  writePrompt(tables, openRequest(tables, asking), callPurposes.agent, prompt);
}

/**
 * Hands each answer to the policy that asked: the settle half. Interviews of awake agents for whom `isLater` says so are left to
 * whoever settles their acts, so that what they say stands beside what they do.
 */
export function settleOwn(
  policies: readonly (OwnPolicy | undefined)[],
  own: OwnTurn,
  state: StateView,
  tables: ShardTables,
  isLater: (agent: AgentRow) => boolean = () => false,
): void {
  const { requests, count } = tables;
  let previous = -1;
  for (let row = 0 as RequestRow; row < count[counts.requests]; row++) {
    const purpose = purposeOf(requests.purpose[row]);
    if (purpose === undefined) continue;
    const policy = policies[state.agents.policy[requests.agent[row] as AgentRow]] ?? {};
    if (isInterview(tables, row)) {
      const isAsleep = requests.percept[row] === asleep;
      if (isAsleep || !isLater(requests.agent[row] as AgentRow)) settleInterview(policy, own, state, tables, row);
      continue;
    }
    const percept = requests.percept[row] as PerceptRow;
    const sequence = own.turn.sequence;
    own.begin(percept, 'act');
    own.turn.sequence = percept === previous ? sequence : 0;
    previous = percept;
    settleRequest(policy, own, state, tables, row, purpose);
  }
}

function isInterview({ requests }: ShardTables, row: RequestRow): boolean {
  const isOwn = requests.purpose[row] === callPurposes.agent && requests.prompt[row] !== 0;
  return isOwn && requests.question[row * requestWords] === interviewWord;
}

/** Rows of interviews of awake agents of one policy, by agent. */
export function interviewsOf(state: StateView, tables: ShardTables, policy: number): Map<AgentRow, RequestRow> {
  const rows = new Map<AgentRow, RequestRow>();
  if (!hasOpenQuestions(state)) return rows;
  const { requests, count } = tables;
  for (let row = 0 as RequestRow; row < count[counts.requests]; row++) {
    const agent = requests.agent[row] as AgentRow;
    if (isInterview(tables, row) && requests.percept[row] !== asleep && state.agents.policy[agent] === policy) {
      rows.set(agent, row);
    }
  }
  return rows;
}

/** What an agent's own request is for; undefined for others'. */
function purposeOf(number: number): AgentPurpose | undefined {
  const name = purposeName(number);
  if (name === 'own') return 'agent';
  return name === 'agent' || name === 'reflection' ? name : undefined;
}

function settleRequest(
  policy: OwnPolicy,
  own: OwnTurn,
  state: StateView,
  tables: ShardTables,
  row: RequestRow,
  purpose: AgentPurpose,
): void {
  const { requests } = tables;
  const start = row * requestWords;
  const reply = requests.prompt[row] === 0 ? undefined : replyTo(tables, row);
  const isUsable = reply?.status !== 'answered' || (policy.isUsable?.(reply.text, purpose) ?? true);
  if (requests.status[row] === 1 && isUsable) {
    policy.settle?.(own.hand, Array.from(requests.answer.subarray(start, start + requestWords)), reply, purpose);
    return;
  }
  attemptWithoutAnswer(tables, own.turn);
  policy.settle?.(own.hand, undefined, isUsable ? reply : { status: 'failed', failure: 'INVALID' }, purpose);
  if (policy.fallback === undefined || purpose !== 'agent') return;
  decideOneByRules(state, policy.fallback, tables, requests.percept[row] as PerceptRow, own.turn);
}

/** Lets an agent say what its interview came to. */
export function settleInterview(
  policy: OwnPolicy,
  own: OwnTurn,
  state: StateView,
  tables: ShardTables,
  row: RequestRow,
): void {
  const { requests } = tables;
  const agent = requests.agent[row] as AgentRow;
  if (requests.percept[row] === asleep) own.beginAsleep(agent);
  else own.begin(requests.percept[row] as PerceptRow, 'answer');
  const reply = replyTo(tables, row);
  const question = questionNow(state, agent);
  if (question === undefined) return;
  const text = reply.status === 'answered' ? policy.answerBy?.(own.hand, question, reply.text) : undefined;
  if (text === undefined) failAnswer(tables, agent);
  else giveAnswer(tables, agent, text);
}
