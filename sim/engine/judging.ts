/**
 * The judge's desk, on the main thread: what was judged before is not asked again, and what a tick has no calls for waits.
 *
 * A verdict is known by its prompt, which holds version, rules, bucket and words and names neither agent nor tick; what is new in a tick
 * counts as known from the next tick on. Of the questions that are new the first `callsPerTick` are asked, in the order (put off most
 * often first, lottery, key, sequence); the rest is put off. So neither shards nor arrival decide who is heard.
 * After a resume the desk is filled from the log of answers. Oracle: `test/sim/engine/judging.test.ts`.
 */
import { messagesOf } from '../exchange/prompts.ts';
import { compareLots, lotOf } from '../game-master/arbitrate.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { JudgePlan } from '../exchange/judging.ts';
import type { ModelAnswer, ModelRequest } from '../exchange/ports.ts';
import type { State } from './state.ts';

/** What was judged so far. */
export interface JudgeDesk {
  readonly plan: JudgePlan;
  readonly verdicts: Map<string, ModelAnswer & { readonly status: 'answered' }>;
}

/** An empty desk. */
export function createDesk(plan: JudgePlan): JudgeDesk {
  return { plan, verdicts: new Map() };
}

/** The name of a question: all that the judge reads. */
export function questionKeyOf(messages: readonly { readonly text: string }[]): string {
  return messages.map(({ text }) => text).join('\u0000');
}

function questionKey({ prompt }: ModelRequest): string {
  return prompt === undefined ? '' : questionKeyOf(messagesOf(prompt));
}

/** What is known of a question. */
export function verdictBefore(desk: JudgeDesk | undefined, request: ModelRequest) {
  return request.purpose === 'judge' ? desk?.verdicts.get(questionKey(request)) : undefined;
}

/** Keeps what a judge said for later ticks. */
export function keepVerdict(desk: JudgeDesk | undefined, request: ModelRequest, answer: ModelAnswer): void {
  if (request.purpose !== 'judge' || answer.status !== 'answered') return;
  const key = questionKey(request);
  if (desk?.verdicts.has(key) === false) desk.verdicts.set(key, answer);
}

/** The new questions of a tick that a model is asked: all others of a judge wait. */
export function heard(state: State, desk: JudgeDesk | undefined, requests: readonly ModelRequest[]): Set<ModelRequest> {
  const others = requests.filter(({ purpose }) => purpose !== 'judge');
  const questions = requests.filter(({ purpose }) => purpose === 'judge');
  const ranked = questions
    .map((request) => ({ request, lot: lotOfRequest(state, request) }))
    .sort((x, y) => y.request.question[0] - x.request.question[0] || compareLots(x.lot, y.lot));
  return new Set([...others, ...ranked.slice(0, desk?.plan.callsPerTick ?? 0).map(({ request }) => request)]);
}

function lotOfRequest({ now, agents, rowOfOrdinal }: State, { agentOrdinal, sequence }: ModelRequest) {
  const row = rowOfOrdinal[agentOrdinal] as AgentRow;
  return lotOf(now, { keyHi: agents.keyHi[row], keyLo: agents.keyLo[row] }, sequence);
}
