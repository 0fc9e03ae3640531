/**
 * The `ask` step between two barriers: the main thread hands the requests of all shards to a model, in canonical order, and writes
 * the outcomes back. Equal requests of a tick are one call. Answers may come late and in any order: they are written by place.
 */
import { counts, requestWords } from '../exchange/tables.ts';
import { InvariantError } from '../ground/errors.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { RequestRow, Requests, ShardTables } from '../exchange/tables.ts';
import type { Model, ModelAnswer, ModelRequest } from '../exchange/ports.ts';
import type { State } from './state.ts';

interface Asked {
  readonly request: ModelRequest;
  readonly requests: Requests;
  readonly row: RequestRow;
}

/** How many requests wait, over all shards. */
export function requestCount(all: readonly ShardTables[]): number {
  return all.reduce((sum, tables) => sum + tables.count[counts.requests], 0);
}

/** Asks the model everything that waits and writes the answers into the shards' tables. */
export async function answerRequests(
  state: State,
  all: readonly ShardTables[],
  tick: number,
  model: Model,
): Promise<void> {
  const asked = inCanonicalOrder(state, all, tick);
  const firstOf = new Map<string, number>();
  const distinct: ModelRequest[] = [];
  const callOf = asked.map(({ request }) => {
    const question = request.question.join(',');
    const known = firstOf.get(question);
    if (known !== undefined) return known;
    firstOf.set(question, distinct.length);
    return distinct.push(request) - 1;
  });
  const answers = await model.ask(distinct);
  if (answers.length !== distinct.length) {
    throw new InvariantError(`the model gave ${answers.length} answers to ${distinct.length} requests`, { tick });
  }
  asked.forEach((one, i) => writeAnswer(one, answers[callOf[i]]));
}

function inCanonicalOrder(state: State, all: readonly ShardTables[], tick: number): Asked[] {
  const asked: Asked[] = [];
  for (const { requests, count } of all) {
    for (let row = 0 as RequestRow; row < count[counts.requests]; row++) {
      const agentOrdinal = state.agents.ordinal[requests.agent[row] as AgentRow];
      const question = Array.from(requests.question.subarray(row * requestWords, (row + 1) * requestWords));
      asked.push({ request: { tick, agentOrdinal, sequence: requests.sequence[row], question }, requests, row });
    }
  }
  return asked.sort(
    (x, y) => x.request.agentOrdinal - y.request.agentOrdinal || x.request.sequence - y.request.sequence,
  );
}

function writeAnswer({ requests, row }: Asked, answer: ModelAnswer): void {
  requests.status[row] = answer.status === 'answered' ? 1 : 2;
  for (let k = 0; k < requestWords; k++) {
    requests.answer[row * requestWords + k] = answer.status === 'answered' ? (answer.answer[k] ?? 0) : 0;
  }
}
