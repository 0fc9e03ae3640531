/**
 * The state of one endpoint: its wire, its limits, its breaker, and whether it is still asked at all.
 *
 * `readiness` says for a model whether a request may go now, in how long, when something comes back, or never; the pool decides by it. An endpoint
 * that refuses the key or has no quota left is out for good; a model that it does not know is out there for good. Being down is not for good: probes go on.
 */
import { createBreaker } from './breaker.ts';
import { createConcurrency } from './concurrency.ts';
import { createRateLimit } from './rate-limit.ts';
import { sharedPrefixTokens } from './prompt-order.ts';
import { estimateTokens } from './tokens.ts';
import type { Breaker } from './breaker.ts';
import type { Concurrency, TimedAnswer } from './concurrency.ts';
import type { Clock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { EndpointSettings, Limits } from './settings.ts';
import type { EndpointStatistics } from './statistics.ts';
import type { Exchange } from './transport.ts';
import type { Message } from './request.ts';
import type { OutcomeReason } from './outcome.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Verdict } from './reply.ts';

/** Why an endpoint is not asked any more. */
export interface Left {
  readonly reason: OutcomeReason;
  readonly detail: string;
}

/** Whether a request may go. `busy`: when another comes back; `down`: nobody should wait. */
export type Readiness =
  | { readonly kind: 'now' }
  | { readonly kind: 'in'; readonly ms: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'down' }
  | { readonly kind: 'never'; readonly left: Left };

/** A request on the wire. */
export interface Sent {
  readonly atMs: number;
  readonly isProbe: boolean;
  /** Estimated tokens that it shares with the one before it. */
  readonly sharedTokens: number;
}

/** One endpoint as the pool sees it. */
export interface Endpoint {
  readonly settings: EndpointSettings;
  readonly connection: Connection;
  /** Where `failsFromMs` is given, an endpoint that has refused a connection since then is down, and one that did before is probed at once. */
  readiness(model: string, tokens: number, failsFromMs?: number): Readiness;
  /** Requests in flight for each unit of weight: the least loaded goes first. */
  load(): number;
  /** A request goes. */
  sent(model: string, messages: readonly Message[], tokens: number): Sent;
  /** It came back, and this is what it meant. It still holds its place. */
  returned(model: string, sent: Sent, exchange: Exchange, verdict: Verdict): void;
  /** Its place is free. */
  freed(): void;
  statistics(): EndpointStatistics;
}

/** An endpoint of which nothing is known yet. */
export function createEndpoint(
  settings: EndpointSettings,
  connection: Connection,
  clock: Clock,
  limits: Limits,
): Endpoint {
  const breaker = createBreaker(clock, limits);
  const { concurrencyStart, concurrencyMax, latencyRatioMax } = settings;
  const concurrency = createConcurrency(clock, concurrencyStart, concurrencyMax, latencyRatioMax);
  const rate = createRateLimit(clock, settings);
  const missing = new Map<string, Left>();
  const lastPrompt = new Map<string, readonly Message[]>();
  const counts = { attempts: 0, errors: 0, inFlight: 0 };
  let out: Left | undefined;
  return {
    settings,
    connection,
    readiness(model, tokens, failsFromMs) {
      const left = out ?? missing.get(model);
      if (left !== undefined) return { kind: 'never', left };
      const refusedMs = failsFromMs === undefined ? undefined : breaker.refusedMs();
      if (failsFromMs !== undefined && refusedMs !== undefined) {
        if (refusedMs >= failsFromMs) return { kind: 'down' };
        return { kind: breaker.waitMs() === Infinity ? 'busy' : 'now' };
      }
      return readinessOf(breaker, concurrency, rate, counts.inFlight, tokens);
    },
    load: () => (counts.inFlight + 1) / settings.weight,
    sent(model, messages, tokens) {
      const isProbe = breaker.sent();
      rate.take(tokens);
      counts.attempts++;
      counts.inFlight++;
      const before = lastPrompt.get(model);
      lastPrompt.set(model, messages);
      const sharedTokens = before === undefined ? 0 : sharedPrefixTokens(before, messages);
      return { atMs: clock.nowMs(), isProbe, sharedTokens };
    },
    returned(model, sent, exchange, verdict) {
      const { sign, result } = verdict;
      const isOverloaded = sign === 'limited' || sign === 'overloaded';
      concurrency.note(isOverloaded, sent.atMs, counts.inFlight, timed(model, exchange, verdict));
      const outcome = sign === 'refused' ? sign : sign === 'error' || sign === 'overloaded' ? 'error' : 'fine';
      if (outcome !== 'fine') counts.errors++;
      breaker.note(outcome, sent.isProbe, sent.atMs);
      rate.learn(exchange.headers);
      if (result.kind !== 'fault') return;
      if (result.retryAfterMs !== undefined) rate.pauseFor(result.retryAfterMs);
      const left = { reason: result.reason, detail: result.detail ?? '' };
      if (result.next === 'leave-endpoint') out ??= left;
      if (result.next === 'leave-model') missing.set(model, left);
    },
    freed() {
      counts.inFlight--;
    },
    statistics: () => ({
      name: settings.name,
      host: new URL(settings.url).host,
      ...counts,
      concurrencyLimit: concurrency.limit(),
      isLeftAlone: breaker.isOpen(),
      left: out?.reason ?? [...missing.values()][0]?.reason,
    }),
  };
}

/** What an answer says of the endpoint's speed; faults say nothing. */
function timed(model: string, { latencyMs }: Exchange, { usage, result }: Verdict): TimedAnswer | undefined {
  if (result.kind !== 'answer') return undefined;
  return { model, latencyMs, completionTokens: usage?.completionTokens ?? estimateTokens(result.text) };
}

function readinessOf(
  breaker: Breaker,
  concurrency: Concurrency,
  rate: RateLimit,
  inFlight: number,
  tokens: number,
): Readiness {
  const probe = breaker.waitMs();
  const isWaiting = probe > 0;
  if (isWaiting && breaker.isDown()) return { kind: 'down' };
  if (probe === Infinity || inFlight >= concurrency.limit()) return { kind: 'busy' };
  const ms = Math.max(probe, rate.waitMs(tokens));
  return ms > 0 ? { kind: 'in', ms } : { kind: 'now' };
}
