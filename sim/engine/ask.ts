/**
 * The `ask` step between two barriers: the main thread hands the open requests of all shards to a model, in canonical order, and writes
 * the outcomes back. Equal requests of a tick are one call. Answers may come late and in any order: they are written by place.
 *
 * Reads prompts out of the shards' texts of the tick and appends replies there, while every shard waits. Of a reply to a prompt the
 * four words of the answer are the first 16 bytes of its SHA-256, and of one that failed the first says why, so that the chain covers both.
 * Order: (ordinal, sequence, row); what concerns no agent is asked for by the first shard alone, so that no number of shards shows.
 */
import { counts, requestWords } from '../exchange/tables.ts';
import { InvariantError } from '../ground/errors.ts';
import { appendText, encodeText, textOf } from '../world/texts.ts';
import { callFailures, callPurposes, decodePrompt, encodePrompt, purposeName } from '../exchange/prompts.ts';
import { sha256 } from '../record/genesis.ts';
import { endTick } from './judge-archetypes.ts';
import { heard, keepVerdict, laidBefore, verdictBefore } from './judging.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { RequestRow, ShardTables } from '../exchange/tables.ts';
import type { Model, ModelAnswer, ModelRequest } from '../exchange/ports.ts';
import type { Prompt } from '../exchange/prompts.ts';
import type { JudgeDesk, KeptVerdict } from './judging.ts';
import type { State } from './state.ts';

interface Asked {
  readonly request: ModelRequest;
  readonly tables: ShardTables;
  readonly row: RequestRow;
  /** Equal requests have equal ones. */
  readonly content: string;
  /** Of an audit of a judge: the verdict that stands where the audit is not heard. */
  readonly instead?: KeptVerdict;
}

/** How many requests wait, over all shards. */
export function requestCount(all: readonly ShardTables[]): number {
  return all.reduce((sum, tables) => sum + openRows(tables).length, 0);
}

/** Rows of requests that nobody has answered yet. */
function openRows({ requests, count }: ShardTables): RequestRow[] {
  const rows: RequestRow[] = [];
  for (let row = 0 as RequestRow; row < count[counts.requests]; row++) if (requests.status[row] === 0) rows.push(row);
  return rows;
}

/** Asks the model everything that waits and writes the answers into the shards' tables. */
export async function answerRequests(
  state: State,
  all: readonly ShardTables[],
  tick: number,
  model: Model,
  desk?: JudgeDesk,
): Promise<void> {
  const asked = inCanonicalOrder(state, all, tick, desk);
  const firstOf = new Map<string, number>();
  const distinct: Asked[] = [];
  const callOf = asked.map((one) => {
    const known = firstOf.get(one.content);
    if (known !== undefined) return known;
    firstOf.set(one.content, distinct.length);
    return distinct.push(one) - 1;
  });
  const before = distinct.map(({ request }) => verdictBefore(desk, request));
  const fresh = distinct.filter((_, i) => before[i] === undefined);
  const audits = new Set(fresh.filter(({ instead }) => instead !== undefined).map(({ request }) => request));
  const open = fresh.map(({ request }) => request);
  const called = heard(state, desk, open, (request) => audits.has(request));
  const calls = open.filter((request) => called.has(request));
  const answers = calls.length === 0 ? [] : await model.ask(calls);
  if (answers.length !== calls.length) {
    throw new InvariantError(`the model gave ${answers.length} answers to ${calls.length} requests`, { tick });
  }
  const answerTo = new Map(calls.map((request, i) => [request, answers[i]]));
  asked.forEach((one, i) => {
    const given = answerTo.get(distinct[callOf[i]].request);
    const isHeard = given !== undefined && (given.status === 'answered' || one.instead === undefined);
    const known = before[callOf[i]] ?? (isHeard ? undefined : one.instead);
    writeAnswer(one, known ?? given ?? putOff, known !== undefined);
  });
  for (const [request, answer] of answerTo) keepVerdict(desk, request, answer);
  if (desk?.book !== undefined) endTick(desk.book, tick);
}

/** What a judge has no call left for in this tick. */
const putOff: ModelAnswer = { status: 'failed', failure: 'DEFERRED' };

function inCanonicalOrder(
  state: State,
  all: readonly ShardTables[],
  tick: number,
  desk: JudgeDesk | undefined,
): Asked[] {
  const asked = all.flatMap((tables) => openRows(tables).map((row) => askedAt(state, tables, row, tick, desk)));
  return asked.sort(
    (x, y) => x.request.agentOrdinal - y.request.agentOrdinal || x.request.sequence - y.request.sequence,
  );
}

function askedAt(state: State, tables: ShardTables, row: RequestRow, tick: number, desk: JudgeDesk | undefined): Asked {
  const { requests } = tables;
  const question = Array.from(requests.question.subarray(row * requestWords, (row + 1) * requestWords));
  const prompt = textOf(tables.texts, requests.prompt[row]);
  const request: ModelRequest = {
    tick,
    agentOrdinal: state.agents.ordinal[requests.agent[row] as AgentRow],
    sequence: requests.sequence[row],
    purpose: purposeName(requests.purpose[row]),
    question,
    ...(prompt === '' ? {} : { prompt: decodePrompt(prompt) }),
  };
  if (requests.purpose[row] !== callPurposes.judge)
    return { request, tables, row, content: `${requests.purpose[row]} ${question.join(',')} ${prompt}` };
  const laid = laidBefore(desk, state, request);
  const content = laid.request === request ? prompt : encodePrompt(laid.request.prompt as Prompt);
  // How long a question has waited is no part of it.
  return { ...laid, tables, row, content: `${requests.purpose[row]}  ${content}` };
}

/** Statuses of requests: answered, failed, answered in an earlier tick. */
const statuses = { answered: 1, failed: 2, before: 3 } as const;

function writeAnswer({ tables, row }: Asked, answer: ModelAnswer, isKnown: boolean): void {
  const { requests } = tables;
  const isAnswered = answer.status === 'answered';
  requests.status[row] = isKnown ? statuses.before : isAnswered ? statuses.answered : statuses.failed;
  requests.failure[row] = isAnswered ? 0 : callFailures[answer.failure ?? 'UNAVAILABLE'];
  const words = isAnswered ? wordsOf(answer) : requests.prompt[row] === 0 ? [] : [requests.failure[row]];
  for (let k = 0; k < requestWords; k++) requests.answer[row * requestWords + k] = words[k] ?? 0;
  if (!isAnswered || answer.text === undefined || requests.prompt[row] === 0) return;
  requests.reply[row] = appendText(tables.texts, encodeText(answer.text));
}

function wordsOf({ answer, text }: ModelAnswer & { readonly status: 'answered' }): readonly number[] {
  if (text === undefined) return answer;
  const { buffer, byteOffset } = sha256(encodeText(text));
  const view = new DataView(buffer, byteOffset);
  return Array.from({ length: requestWords }, (_, k) => view.getInt32(k * 4, true));
}
