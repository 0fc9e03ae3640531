/**
 * Writing requests to a model, and reading the replies: the one way in which anybody asks.
 *
 * A request carries four words, or a prompt, which stands among the texts of the tick. Invariant: rows are appended only, by the shard
 * whose table it is, while no shard waits.
 */
import { InvariantError } from '../ground/errors.ts';
import { appendText, encodeText, textOf } from '../world/texts.ts';
import { failureName } from './prompts.ts';
import { counts, requestWords } from './tables.ts';
import type { Reply } from './prompts.ts';
import type { RequestRow, ShardTables } from './tables.ts';

/** Who asks, where its turn stands (a percept, or the intent that is judged), and its words. */
export interface OpenRequest {
  readonly agent: number;
  readonly at: number;
  readonly sequence: number;
  readonly question: readonly number[];
}

/** Appends a request and returns its row. */
export function openRequest(tables: ShardTables, { agent, at, sequence, question }: OpenRequest): RequestRow {
  const { requests, count } = tables;
  const row = count[counts.requests] as RequestRow;
  if (row >= requests.rowCapacity) throw new InvariantError(`the table of requests is full: ${row} in one tick`);
  requests.agent[row] = agent;
  requests.percept[row] = at;
  requests.sequence[row] = sequence;
  for (const column of [requests.status, requests.purpose, requests.failure]) column[row] = 0;
  for (const column of [requests.prompt, requests.reply]) column[row] = 0;
  for (let k = 0; k < requestWords; k++) requests.question[row * requestWords + k] = question[k] ?? 0;
  count[counts.requests] = row + 1;
  return row;
}

/** Puts a request into words. `prompt` is an encoded one. */
export function writePrompt(tables: ShardTables, row: RequestRow, purpose: number, prompt: string): void {
  tables.requests.purpose[row] = purpose;
  tables.requests.prompt[row] = appendText(tables.texts, encodeText(prompt));
}

/** The reply to a request in words that is no longer open. */
export function replyTo({ requests, texts }: ShardTables, row: RequestRow): Reply {
  if (requests.status[row] !== 1) return { status: 'failed', failure: failureName(requests.failure[row]) };
  return { status: 'answered', text: textOf(texts, requests.reply[row]) };
}
