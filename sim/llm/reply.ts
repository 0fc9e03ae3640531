/**
 * What an exchange means: the answer, or which fault it is, and what follows from it. Pure: bytes in, verdict out.
 *
 * Order of the questions: did it arrive, what does the status say, is the body UTF-8 and JSON, has it the protocol's shape, is there an answer
 * in it, does the answer fit its form. Nothing of a body is used before the question about it is settled, so half an answer is never taken for one. `finish_reason`
 * decides nothing but to call a missing answer a filter's. Tool calls are never asked for and never carried out.
 * Invariant: text from the server leaves this file redacted.
 */
import { z } from 'zod';
import { parseAnswer } from './answer-form.ts';
import { excerpt } from './redaction.ts';
import { retryAfterMs } from './rate-limit.ts';
import type { AnswerForm } from './answer-form.ts';
import type { Exchange } from './transport.ts';
import type { OutcomeReason } from './outcome.ts';
import type { Redact } from './redaction.ts';

/** What follows from a reply that is no answer, if attempts are left. */
export type NextStep =
  /** Ask the same again. */
  | 'retry'
  /** Ask again and say what was wrong with the answer's form. */
  | 'repair'
  /** Ask the shorter prompt. */
  | 'shorten'
  /** Leave this request. */
  | 'give-up'
  /** Leave this request, and this endpoint with it. */
  | 'leave-endpoint'
  /** Leave this request, and this model at this endpoint. */
  | 'leave-model';

/** What an exchange says about the endpoint. `limited` is alive but full, `error` may be down, at `refused` nobody listens. */
export type EndpointSign = 'alive' | 'limited' | 'overloaded' | 'error' | 'refused';

/** Tokens as the server counted them, or `undefined` where its figures are missing or impossible. */
export interface ReportedUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

/** The meaning of one exchange. */
export interface Verdict {
  readonly sign: EndpointSign;
  /** Whether the server may have charged for it. */
  readonly isCharged: boolean;
  readonly usage?: ReportedUsage;
  readonly servedModel?: string;
  readonly toolCallCount?: number;
  readonly result: Answer | Fault;
}

export interface Answer {
  readonly kind: 'answer';
  readonly text: string;
  readonly value?: unknown;
}

export interface Fault {
  readonly kind: 'fault';
  readonly reason: OutcomeReason;
  readonly next: NextStep;
  /** A wait that the server ordered. */
  readonly retryAfterMs?: number;
  /** For `repair`. */
  readonly note?: string;
  readonly detail?: string;
}

/** Judges an exchange. `judgeBody` judges the JSON of one that came through: a completion by default. */
export function judgeReply(
  exchange: Exchange,
  form: AnswerForm | undefined,
  redact: Redact,
  retryAfterMsMax: number,
  judgeBody = (body: unknown): Verdict => judgeCompletion(body, form, redact),
): Verdict {
  if (exchange.failure !== undefined) return failed(exchange);
  const text = textOf(exchange.body);
  const said = excerpt(redact, text ?? `${exchange.body.length} bytes that are not UTF-8`);
  if (exchange.status < 200 || exchange.status > 299) return refused(exchange, text ?? '', said, retryAfterMsMax);
  const fault = (reason: OutcomeReason): Verdict => {
    return { sign: 'alive', isCharged: true, result: { kind: 'fault', reason, next: 'retry', detail: said } };
  };
  if (text === undefined) return fault('BODY_NOT_UTF8');
  const body = jsonOf(redact(text));
  return body === undefined ? fault('BODY_NOT_JSON') : judgeBody(body);
}

const failureReasons = {
  DEADLINE: { reason: 'DEADLINE', next: 'retry', sign: 'overloaded', isCharged: true },
  NOT_CONNECTED: { reason: 'NOT_CONNECTED', next: 'retry', sign: 'error', isCharged: false },
  CONNECTION_LOST: { reason: 'CONNECTION_LOST', next: 'retry', sign: 'error', isCharged: true },
  BODY_TOO_LARGE: { reason: 'BODY_TOO_LARGE', next: 'give-up', sign: 'alive', isCharged: true },
} as const;

/** Codes that say of a host that nobody listens, or that there is none. Others (no file handles left, say) may be our own trouble. */
const refusalCodes = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

function failed({ failure, failureCode, body }: Exchange): Verdict {
  const { reason, next, sign: plainSign, isCharged } = failureReasons[failure ?? 'CONNECTION_LOST'];
  const sign = failure === 'NOT_CONNECTED' && refusalCodes.test(failureCode ?? '') ? 'refused' : plainSign;
  const detail = failure === 'BODY_TOO_LARGE' ? `cut after ${body.length} bytes` : (failureCode ?? failure);
  return { sign, isCharged, result: { kind: 'fault', reason, next, ...(detail === undefined ? {} : { detail }) } };
}

/** Codes in error bodies that say more than the status. */
const contextCodes = /context_length_exceeded|maximum context length|context window|prompt is too long/i;
/** Codes, not sentences: some providers say of a limit a minute that a quota is exceeded. */
const quotaCodes = /insufficient_quota|billing_hard_limit|credit[_ ]exhausted/i;
const filterCodes = /content_filter|content_policy_violation/i;

function refused(exchange: Exchange, text: string, said: string, retryAfterMsMax: number): Verdict {
  const { status } = exchange;
  const detail = said === '' ? `HTTP ${status}` : `HTTP ${status}: ${said}`;
  const verdict = (reason: OutcomeReason, next: NextStep, sign: EndpointSign, isCharged = false): Verdict => {
    const wait = sign === 'alive' ? undefined : retryAfterMs(exchange.headers, retryAfterMsMax);
    const ordered = wait === undefined ? {} : { retryAfterMs: wait };
    return { sign, isCharged, result: { kind: 'fault', reason, next, detail, ...ordered } };
  };
  if (status < 200 || (status >= 300 && status < 400)) return verdict('REDIRECTED', 'leave-endpoint', 'alive');
  if (status === 429 || status === 402) {
    if (status === 402 || quotaCodes.test(text)) return verdict('QUOTA_EXHAUSTED', 'leave-endpoint', 'alive');
    return verdict('TOO_MANY_REQUESTS', 'retry', 'limited');
  }
  if (status === 401 || status === 403) return verdict('KEY_REFUSED', 'leave-endpoint', 'alive');
  if (status === 404) return verdict('MODEL_UNKNOWN', 'leave-model', 'alive');
  if (status === 413 || (status === 400 && contextCodes.test(text)))
    return verdict('CONTEXT_TOO_LONG', 'shorten', 'alive');
  if (status === 400 && filterCodes.test(text)) return verdict('CONTENT_FILTER', 'give-up', 'alive', true);
  if (status === 408) return verdict('DEADLINE', 'retry', 'overloaded', true);
  if (status < 500) return verdict('BAD_REQUEST', 'give-up', 'alive');
  const isFull = status === 503 || status === 529;
  return verdict('SERVER_ERROR', 'retry', isFull ? 'overloaded' : 'error', true);
}

function textOf(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The protocol's answer, as far as it is read. Further fields are not looked at. */
const completionSchema = z.object({
  model: z.string().max(500).optional().catch(undefined),
  choices: z.array(z.unknown()),
  usage: z.unknown().optional(),
});
const messageSchema = z.object({
  content: z.unknown().optional(),
  refusal: z.unknown().optional(),
  tool_calls: z.unknown().optional(),
  reasoning_content: z.unknown().optional(),
  reasoning: z.unknown().optional(),
});
const choiceSchema = z.object({ message: messageSchema, finish_reason: z.unknown().optional() });

/** Judges the JSON of an answer; batches hand theirs in here too. */
export function judgeCompletion(body: unknown, form: AnswerForm | undefined, redact: Redact): Verdict {
  const read = completionSchema.safeParse(body);
  const usage = usageOf((body as { usage?: unknown } | null)?.usage);
  const common = { sign: 'alive', isCharged: true, ...(usage === undefined ? {} : { usage }) } as const;
  const fault = (reason: OutcomeReason, next: NextStep, note?: string): Verdict => {
    return { ...common, ...told, result: { kind: 'fault', reason, next, ...(note === undefined ? {} : { note }) } };
  };
  let told: Pick<Verdict, 'servedModel' | 'toolCallCount'> = {};
  if (!read.success) return fault('BODY_SHAPE', 'retry');
  if (read.data.model !== undefined) told = { servedModel: excerpt(redact, read.data.model) };
  if (read.data.choices.length === 0) return fault('NO_CHOICES', 'retry');
  const choice = choiceSchema.safeParse(read.data.choices[0]);
  if (!choice.success) return fault('BODY_SHAPE', 'retry');
  const { message, finish_reason: finish } = choice.data;
  if (Array.isArray(message.tool_calls)) told = { ...told, toolCallCount: message.tool_calls.length };
  if (typeof message.refusal === 'string' && message.refusal !== '') return fault('MODEL_REFUSED', 'give-up');
  if (finish === 'content_filter') return fault('CONTENT_FILTER', 'give-up');
  const text = redact(contentOf(message.content)).trim();
  if (text === '') return fault(reasonOfNothing(message), 'retry');
  if (form === undefined) return { ...common, ...told, result: { kind: 'answer', text } };
  const parsed = parseAnswer(form, text);
  if (!parsed.isValid) return fault(parsed.reason, 'repair', parsed.note);
  return { ...common, ...told, result: { kind: 'answer', text, value: parsed.value } };
}

/** Content is text, or a list of parts of which the text parts count. */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => {
      const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
      return type === 'text' && typeof text === 'string' ? text : '';
    })
    .join('');
}

function reasonOfNothing(message: z.output<typeof messageSchema>): OutcomeReason {
  if (Array.isArray(message.tool_calls) && message.tool_calls.length > 0) return 'ONLY_TOOL_CALLS';
  const isReasoning = [message.reasoning, message.reasoning_content].some(
    (one) => typeof one === 'string' && one !== '',
  );
  return isReasoning ? 'ONLY_REASONING' : 'NO_CONTENT';
}

const tokenCount = z.int().nonnegative().max(1e9);
const usageSchema = z.object({
  prompt_tokens: tokenCount.positive(),
  completion_tokens: tokenCount,
  prompt_tokens_details: z
    .object({ cached_tokens: tokenCount.optional().catch(undefined) })
    .nullish()
    .catch(undefined),
});

/** A server's figures, if they can be true: no prompt has no tokens. */
export function usageOf(usage: unknown): ReportedUsage | undefined {
  const read = usageSchema.safeParse(usage);
  if (!read.success) return undefined;
  return {
    promptTokens: read.data.prompt_tokens,
    completionTokens: read.data.completion_tokens,
    cachedTokens: read.data.prompt_tokens_details?.cached_tokens ?? 0,
  };
}
