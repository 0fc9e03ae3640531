/**
 * The judge's desk, on the main thread: what was judged before is not asked again, and what a tick has no calls for waits.
 *
 * A verdict is known by its prompt, which holds version, rules, bucket and words and names neither agent nor tick; what is new in a tick
 * counts as known from the next tick on. Of the questions that are new the first `callsPerTick` are asked, in the order (put off most
 * often first, lottery, key, sequence); the rest is put off. So neither shards nor arrival decide who is heard.
 * After a resume the desk is filled from the log of answers. Oracles: `test/sim/game-master/judge/route.test.ts`, `test/sim/engine/judge-archetypes.test.ts`.
 */
import { messagesOf } from '../exchange/prompts.ts';
import { compareLots, lotOf } from '../game-master/arbitrate.ts';
import { createBook, endTick, learn, questionFor } from './judge-archetypes.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { JudgePlan } from '../exchange/judging.ts';
import type { ModelAnswer, ModelRequest } from '../exchange/ports.ts';
import type { Prompt } from '../exchange/prompts.ts';
import type { ArchetypeBook } from './judge-archetypes.ts';
import type { Plan } from './plan.ts';
import type { State } from './state.ts';

/** A verdict, and the tick in which it came. */
export type KeptVerdict = ModelAnswer & { readonly status: 'answered'; readonly tick: number };

/** What was judged so far. */
export interface JudgeDesk {
  readonly plan: JudgePlan;
  readonly verdicts: Map<string, KeptVerdict>;
  /** Where verdicts are drawn from several. */
  readonly book: ArchetypeBook | undefined;
}

/** A desk that knows what was judged before, tick by tick. */
export function createDesk(plan: JudgePlan, before: Iterable<readonly [string, KeptVerdict]> = []): JudgeDesk {
  const book = plan.archetypes === undefined ? undefined : createBook(plan.archetypes);
  const verdicts = new Map([...before].sort(([, x], [, y]) => x.tick - y.tick));
  if (book !== undefined) learnAll(book, verdicts);
  return { plan, verdicts, book };
}

/** The desk of a run, if anybody judges in it. */
export function deskOf({ judge }: Pick<Plan, 'judge'>, before?: JudgeDesk['verdicts']): JudgeDesk | undefined {
  return judge === undefined ? undefined : createDesk(judge, before);
}

function learnAll(book: ArchetypeBook, verdicts: JudgeDesk['verdicts']): void {
  let tick = 0;
  for (const [key, verdict] of verdicts) {
    if (verdict.tick > tick) endTick(book, tick);
    ({ tick } = verdict);
    learn(book, messagesOfKey(key), verdict.text ?? '');
  }
  endTick(book, tick);
}

/** The name of a question: all that the judge reads, and which of several verdicts on it is meant. */
export function questionKeyOf(messages: readonly { readonly text: string }[], sample = 0): string {
  return [...messages.map(({ text }) => text), String(sample)].join('\u0000');
}

function messagesOfKey(key: string): { readonly text: string }[] {
  return key
    .split('\u0000')
    .slice(0, -1)
    .map((text) => ({ text }));
}

function keyOfPrompt(prompt: Prompt): string {
  return questionKeyOf(messagesOf(prompt), prompt.sample);
}

/** What is known of a prompt, none where no judge is asked. */
function verdictOn(desk: JudgeDesk, prompt: Prompt | undefined): KeptVerdict | undefined {
  return prompt === undefined ? undefined : desk.verdicts.get(keyOfPrompt(prompt));
}

/** What is known of a question. */
export function verdictBefore(desk: JudgeDesk | undefined, request: ModelRequest): KeptVerdict | undefined {
  return desk === undefined || request.purpose !== 'judge' ? undefined : verdictOn(desk, request.prompt);
}

/** A judge's question as the desk asks it, and what is known where it is an audit that is not heard. Others stay as they are. */
export function laidBefore(
  desk: JudgeDesk | undefined,
  state: State,
  request: ModelRequest,
): { readonly request: ModelRequest; readonly instead?: KeptVerdict } {
  const { prompt } = request;
  if (desk?.book === undefined || request.purpose !== 'judge' || prompt === undefined) return { request };
  const question = questionFor(desk.book, state, request, prompt, (one) => verdictOn(desk, one) !== undefined);
  const instead = verdictOn(desk, question.instead);
  const asked = { request: { ...request, prompt: question.prompt } };
  return instead === undefined ? asked : { ...asked, instead };
}

/** Keeps what a judge said for later ticks. */
export function keepVerdict(desk: JudgeDesk | undefined, request: ModelRequest, answer: ModelAnswer): void {
  const { prompt, tick } = request;
  if (desk === undefined || request.purpose !== 'judge' || prompt === undefined || answer.status !== 'answered') return;
  const key = keyOfPrompt(prompt);
  if (desk.verdicts.has(key)) return;
  desk.verdicts.set(key, { ...answer, tick });
  if (desk.book !== undefined) learn(desk.book, messagesOf(prompt), answer.text ?? '');
}

/** The new questions of a tick that a model is asked: all others of a judge wait. Audits come after all others: those whose `isAudit` says so. */
export function heard(
  state: State,
  desk: JudgeDesk | undefined,
  requests: readonly ModelRequest[],
  isAudit: (request: ModelRequest) => boolean,
): Set<ModelRequest> {
  const others = requests.filter(({ purpose }) => purpose !== 'judge');
  const questions = requests.filter(({ purpose }) => purpose === 'judge');
  const ranked = questions
    .map((request) => ({ request, lot: lotOfRequest(state, request) }))
    .sort(
      (x, y) =>
        Number(isAudit(x.request)) - Number(isAudit(y.request)) ||
        y.request.question[0] - x.request.question[0] ||
        compareLots(x.lot, y.lot),
    );
  return new Set([...others, ...ranked.slice(0, desk?.plan.callsPerTick ?? 0).map(({ request }) => request)]);
}

function lotOfRequest({ now, agents, rowOfOrdinal }: State, { agentOrdinal, sequence }: ModelRequest) {
  const row = rowOfOrdinal[agentOrdinal] as AgentRow;
  return lotOf(now, { keyHi: agents.keyHi[row], keyLo: agents.keyLo[row] }, sequence);
}
