/**
 * What comes of a request: exactly one outcome, failures included, with a reason from a closed list.
 *
 * `hashedPart` is what the chain of digests may see of it: place, kind, reason and text. Endpoint, latency, attempts and usage stand outside, since
 * they differ from one live run to the next.
 */
import type { CallKey } from './request.ts';

/** How a request can end. */
export const outcomeKinds = [
  'ANSWERED',
  'TIMEOUT',
  'RATE_LIMITED',
  'REFUSED',
  'INVALID',
  'BUDGET',
  'UNAVAILABLE',
] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

/** Why, beside the kind; each reason belongs to one kind. */
export const outcomeReasons = {
  DEADLINE: 'TIMEOUT',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
  MODEL_REFUSED: 'REFUSED',
  CONTENT_FILTER: 'REFUSED',
  BODY_TOO_LARGE: 'INVALID',
  BODY_NOT_UTF8: 'INVALID',
  BODY_NOT_JSON: 'INVALID',
  BODY_SHAPE: 'INVALID',
  NO_CHOICES: 'INVALID',
  NO_CONTENT: 'INVALID',
  ONLY_REASONING: 'INVALID',
  ONLY_TOOL_CALLS: 'INVALID',
  ANSWER_NOT_JSON: 'INVALID',
  ANSWER_SCHEMA: 'INVALID',
  EMBEDDING_COUNT: 'INVALID',
  EMBEDDING_ORDER: 'INVALID',
  EMBEDDING_DIMENSIONS: 'INVALID',
  EMBEDDING_NUMBERS: 'INVALID',
  CONTEXT_TOO_LONG: 'INVALID',
  BAD_REQUEST: 'INVALID',
  CAP_CALLS: 'BUDGET',
  CAP_TOKENS: 'BUDGET',
  CAP_MONEY: 'BUDGET',
  NOT_CONNECTED: 'UNAVAILABLE',
  CONNECTION_LOST: 'UNAVAILABLE',
  SERVER_ERROR: 'UNAVAILABLE',
  REDIRECTED: 'UNAVAILABLE',
  KEY_REFUSED: 'UNAVAILABLE',
  QUOTA_EXHAUSTED: 'UNAVAILABLE',
  MODEL_UNKNOWN: 'UNAVAILABLE',
  ENDPOINT_DOWN: 'UNAVAILABLE',
  BATCH_FAILED: 'UNAVAILABLE',
} as const satisfies Record<string, OutcomeKind>;
export type OutcomeReason = keyof typeof outcomeReasons;

/** Tokens that a request used over all its attempts, and what they cost. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Prompt tokens that the server says it had in its cache; 0 where it says nothing. */
  readonly cachedTokens: number;
  /** In 10^-9 of the price table's currency. */
  readonly costNanos: number;
  /** At least one attempt is booked at its reservation, because no usable figure came. */
  readonly isEstimated: boolean;
}

/** The outcome of one request. */
export interface Outcome {
  readonly key: CallKey;
  readonly kind: OutcomeKind;
  /** Absent when answered. */
  readonly reason?: OutcomeReason;
  /** The answer's text; empty unless answered. */
  readonly text: string;
  /** The answer as its form reads it; absent without a form. */
  readonly value?: unknown;
  readonly usage: Usage;
  /** Requests sent over HTTP for it; 0 for outcomes that cost none. */
  readonly attempts: number;
  /** From the first dispatch to the last byte, waiting between attempts included. */
  readonly latencyMs: number;
  readonly model: string;
  /** The model that the server says it was. */
  readonly servedModel?: string;
  /** Name of the endpoint in the settings. */
  readonly endpoint?: string;
  /** At most 200 characters of what the server said, without secrets. For people only. */
  readonly detail?: string;
  /** Another request of the tick with the same canonical text made the call. */
  readonly isShared: boolean;
  /** An answer of an earlier tick, from the cache. */
  readonly isCached: boolean;
}

/** No tokens, no money. */
export const noUsage: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  costNanos: 0,
  isEstimated: false,
};

/** Sum of two usages. */
export function addUsage(a: Usage, b: Usage): Usage {
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    costNanos: a.costNanos + b.costNanos,
    isEstimated: a.isEstimated || b.isEstimated,
  };
}

/** What the chain of digests may see of an outcome, as text. */
export function hashedPart({ key, kind, reason, text }: Outcome): string {
  return JSON.stringify([key.tick, key.agent, key.purpose, key.attempt, kind, reason ?? '', text]);
}
