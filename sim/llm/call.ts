/**
 * One request, from its first attempt to its outcome: the only loop that asks again.
 *
 * At most three attempts, repairs and shorter prompts included, and no more further attempts over all requests than the pool allows. Between two
 * attempts it waits, longer each time, at random within that (full jitter; the draw is a hash of the request, and what it decides is not hashed);
 * a wait that the server orders holds for the whole endpoint. A form is repaired once, a prompt shortened once. What an invalid answer said is
 * dropped: neither the repair nor any later prompt sees it.
 */
import { mix32, unitOf } from '../ground/random.ts';
import { addUsage, noUsage, outcomeReasons } from './outcome.ts';
import { chatBody, embeddingBody, messagesOf } from './connection.ts';
import { estimatePromptTokens, tokenBound } from './tokens.ts';
import { formInstruction, repairNoteBytesMax } from './answer-form.ts';
import { judgeEmbeddings } from './embedding-reply.ts';
import { judgeReply } from './reply.ts';
import { pause } from './clock.ts';
import type { AttemptShape } from './connection.ts';
import type { Answer, Fault, ReportedUsage, Verdict } from './reply.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './transport.ts';
import type { ModelPool, NoSlot, Slot } from './pool.ts';
import type { Outcome, OutcomeReason, Usage } from './outcome.ts';
import type { PlacedRequest } from './request.ts';
import type { PriceTable } from './prices.ts';
import type { Spend } from './budget.ts';

/** An outcome, and what only statistics want to know. */
export interface CallResult {
  readonly outcome: Outcome;
  readonly toolCallsDropped: number;
  /** What servers reported for the prompt as it was first sent, to calibrate the estimate by. */
  readonly reportedPromptTokens: number | undefined;
}

/** Most tokens that one attempt can use. */
export interface AttemptBound {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** The bound of one attempt of a request, whatever it says and however it is asked. */
export function attemptBound({ request }: PlacedRequest): AttemptBound {
  const { form, maxTokens } = request;
  // The form may go as a schema and, where that is not possible, in words.
  const formBytes = form === undefined ? 0 : Buffer.byteLength(formInstruction(form)) + repairNoteBytesMax(form) + 32;
  const long = tokenBound(request.messages, formBytes);
  const short = request.shorterMessages === undefined ? 0 : tokenBound(request.shorterMessages, formBytes);
  return { promptTokens: Math.max(long, short), completionTokens: maxTokens };
}

/** The worst that a request can cost: all attempts, each at its bound. */
export function worstCase(placed: PlacedRequest, attemptsMax: number, prices: PriceTable, isBatch: boolean): Spend {
  const { promptTokens, completionTokens } = attemptBound(placed);
  const costNanos = prices.costNanos(placed.model, { promptTokens, completionTokens, cachedTokens: 0, isBatch });
  return {
    calls: attemptsMax,
    tokens: attemptsMax * (promptTokens + completionTokens),
    costNanos: attemptsMax * costNanos,
  };
}

/** What one attempt is booked at: the server's figures, the bound if it may have charged, else nothing. */
export function bookedUsage(placed: PlacedRequest, verdict: Verdict, prices: PriceTable, isBatch: boolean): Usage {
  if (verdict.usage === undefined && !verdict.isCharged) return noUsage;
  const bound = attemptBound(placed);
  const isUsable =
    verdict.usage !== undefined && isPlausible(verdict.usage, verdict, placed.request.embedding !== undefined);
  const { promptTokens, completionTokens } = isUsable ? verdict.usage : bound;
  const cachedTokens = isUsable ? verdict.usage.cachedTokens : 0;
  const costNanos = prices.costNanos(placed.model, { promptTokens, completionTokens, cachedTokens, isBatch });
  return { promptTokens, completionTokens, cachedTokens, costNanos, isEstimated: !isUsable };
}

/** An answer with words in it is not made of no tokens. */
function isPlausible(usage: ReportedUsage, { result }: Verdict, isOfVectors: boolean): boolean {
  return result.kind !== 'answer' || isOfVectors || usage.completionTokens > 0;
}

/** What several attempts add up to. */
interface Progress {
  attempts: number;
  usage: Usage;
  toolCallsDropped: number;
  begunMs: number | undefined;
  servedModel: string | undefined;
  endpoint: string | undefined;
  reportedPromptTokens: number | undefined;
}

/**
 * Asks until there is an outcome, and records it by `commit` while the request still holds its place at the endpoint: so no more answers than
 * places can be lost, and paid for again, when the process dies.
 */
export async function makeCall(
  placed: PlacedRequest,
  pool: ModelPool,
  prices: PriceTable,
  commit: (result: CallResult) => Promise<void>,
): Promise<void> {
  const { limits } = pool.settings;
  const progress: Progress = { ...{ attempts: 0, usage: noUsage, toolCallsDropped: 0 }, ...nothingKnown };
  let shape: AttemptShape = { isShortened: false };
  for (;;) {
    const slot = await waitForTurn(placed, shape, progress, pool);
    if (slot.kind === 'none') {
      return commit(resultOf(placed, progress, pool, failure(slot.left.reason, slot.left.detail)));
    }
    const { result } = await attempt(placed, shape, progress, pool, prices, slot);
    const next = result.kind === 'answer' ? undefined : nextShape(shape, result, placed);
    const isLast = next === undefined || progress.attempts >= limits.attemptsMax || !pool.allowRetry();
    if (isLast) {
      const end = result.kind === 'answer' ? answered(result) : failure(result.reason, result.detail);
      return commit(resultOf(placed, progress, pool, end)).finally(() => slot.release());
    }
    slot.release();
    shape = next;
    if (result.kind === 'fault' && result.next === 'retry' && result.retryAfterMs === undefined) {
      await pause(pool.clock, backOffMs(placed.digest, progress.attempts, limits.backOffMs));
    }
  }
}

const nothingKnown = {
  begunMs: undefined,
  servedModel: undefined,
  endpoint: undefined,
  reportedPromptTokens: undefined,
} as const;

function waitForTurn(
  { request, model }: PlacedRequest,
  shape: AttemptShape,
  progress: Progress,
  pool: ModelPool,
): Promise<Slot | NoSlot> {
  const messages = messagesOf(request, shape.isShortened);
  const promptTokens = estimatePromptTokens(messages);
  return pool.acquire({
    model,
    // Servers keep no prefix of what they embed.
    messages: request.embedding === undefined ? messages : [],
    promptTokens: request.embedding === undefined ? promptTokens : 0,
    tokens: promptTokens + request.maxTokens,
    stepsToExecution: request.stepsToExecution ?? 0,
    isFirstAttempt: progress.attempts === 0,
  });
}

/** Asks once, when it is its turn. */
async function attempt(
  placed: PlacedRequest,
  shape: AttemptShape,
  progress: Progress,
  pool: ModelPool,
  prices: PriceTable,
  slot: Slot,
): Promise<Verdict> {
  const { endpoint } = slot;
  progress.begunMs ??= pool.clock.nowMs();
  progress.attempts++;
  const { exchange, verdict } = await ask(placed, shape, pool, endpoint);
  slot.returned(exchange, verdict);
  progress.endpoint = endpoint.settings.name;
  progress.usage = addUsage(progress.usage, bookedUsage(placed, verdict, prices, false));
  progress.toolCallsDropped += verdict.toolCallCount ?? 0;
  progress.servedModel = verdict.servedModel ?? progress.servedModel;
  const isPlain = shape.repair === undefined && !shape.isShortened;
  if (isPlain) progress.reportedPromptTokens ??= verdict.usage?.promptTokens;
  return verdict;
}

/** Sends one attempt and judges what comes back: an answer in words, or vectors. */
async function ask(
  { request, model }: PlacedRequest,
  shape: AttemptShape,
  { redact, settings: { limits } }: ModelPool,
  { connection, settings }: Endpoint,
): Promise<{ readonly exchange: Exchange; readonly verdict: Verdict }> {
  const { embedding, form, messages } = request;
  if (embedding === undefined) {
    const exchange = await connection.complete(chatBody(request, model, settings, shape));
    return { exchange, verdict: judgeReply(exchange, form, redact, limits.retryAfterMsMax) };
  }
  const exchange = await connection.embed(embeddingBody(request, embedding, settings));
  const { dimensions } = embedding;
  const wanted = { textCount: messages.length, ...(dimensions === undefined ? {} : { dimensions }) };
  const judge = (body: unknown): Verdict => judgeEmbeddings(body, wanted, redact);
  return { exchange, verdict: judgeReply(exchange, undefined, redact, limits.retryAfterMsMax, judge) };
}

function resultOf(placed: PlacedRequest, progress: Progress, pool: ModelPool, end: OutcomeEnd): CallResult {
  const { servedModel, endpoint, begunMs } = progress;
  return {
    toolCallsDropped: progress.toolCallsDropped,
    reportedPromptTokens: progress.reportedPromptTokens,
    outcome: {
      key: placed.request.key,
      ...end,
      usage: progress.usage,
      attempts: progress.attempts,
      latencyMs: begunMs === undefined ? 0 : pool.clock.nowMs() - begunMs,
      model: placed.model,
      ...(servedModel === undefined ? {} : { servedModel }),
      ...(endpoint === undefined ? {} : { endpoint }),
      isShared: false,
      isCached: false,
    },
  };
}

/** How an outcome ended, without what it took. */
export type OutcomeEnd = Pick<Outcome, 'kind' | 'text' | 'reason' | 'value' | 'detail'>;

/** The end of an outcome that is an answer. */
export function answered({ text, value }: Answer): OutcomeEnd {
  return { kind: 'ANSWERED', text, ...(value === undefined ? {} : { value }) };
}

/** The end of an outcome that is none. */
export function failure(reason: OutcomeReason, detail: string | undefined): OutcomeEnd {
  const said = detail === undefined || detail === '' ? {} : { detail };
  return { kind: outcomeReasons[reason], reason, text: '', ...said };
}

/** How to ask next, or `undefined` when asking again makes no sense. */
export function nextShape(shape: AttemptShape, fault: Fault, { request }: PlacedRequest): AttemptShape | undefined {
  if (fault.next === 'retry') return shape;
  if (fault.next === 'repair' && shape.repair === undefined) return { ...shape, repair: fault.note ?? fault.reason };
  if (fault.next === 'shorten' && !shape.isShortened && request.shorterMessages !== undefined) {
    return { ...shape, isShortened: true };
  }
  // Another endpoint may serve what this one will not.
  return fault.next === 'leave-endpoint' || fault.next === 'leave-model' ? shape : undefined;
}

/** Full jitter: between nothing and a bound that doubles. */
function backOffMs(digest: string, attempt: number, firstMs: number): number {
  const word = mix32(parseInt(digest.slice(0, 8), 16) ^ Math.imul(attempt, 0x9e3779b1));
  return firstMs * (1 << (attempt - 1)) * unitOf(word);
}
