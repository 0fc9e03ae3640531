/**
 * How fast an endpoint may be asked: buckets of requests and tokens a minute, fed by its own headers, and pauses that it orders.
 *
 * A bucket refills steadily and holds one minute's worth. What the endpoint tells (`x-ratelimit-limit-*`, `-remaining-*`, `-reset-*`) goes before what the
 * settings say: its limit sets the rate, what it says remains is an upper bound of the level, and at 0 nothing is sent before its reset.
 * `Retry-After` in seconds or as an HTTP date is obeyed up to a cap; a date counts from the answer's own `Date`, so that no clock of ours is
 * compared with theirs. What cannot be read there orders nothing: the caller backs off by its own rule.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from './clock.ts';
import type { EndpointSettings } from './settings.ts';

/** Limits of one endpoint. */
export interface RateLimit {
  /** Milliseconds until a request of so many tokens may go; 0: now. */
  waitMs(tokens: number): number;
  /** Takes a request of so many tokens. */
  take(tokens: number): void;
  /** Learns from an answer's headers. */
  learn(headers: IncomingHttpHeaders): void;
  /** Sends nothing for so long. */
  pauseFor(ms: number): void;
}

interface Bucket {
  perMinute: number;
  level: number;
  filledMs: number;
  closedUntilMs: number;
}

/** Limits as the settings give them; unlimited where they say nothing. */
export function createRateLimit(
  clock: Clock,
  { requestsPerMinute, tokensPerMinute }: Pick<EndpointSettings, 'requestsPerMinute' | 'tokensPerMinute'>,
): RateLimit {
  const bucketOf = (perMinute = Infinity): Bucket => {
    return { perMinute, level: perMinute, filledMs: clock.nowMs(), closedUntilMs: 0 };
  };
  const requests = bucketOf(requestsPerMinute);
  const tokens = bucketOf(tokensPerMinute);
  let pausedUntilMs = 0;
  return {
    waitMs(wanted) {
      const now = clock.nowMs();
      return Math.max(0, pausedUntilMs - now, waitOf(requests, 1, now), waitOf(tokens, wanted, now));
    },
    take(wanted) {
      requests.level -= 1;
      tokens.level -= wanted;
    },
    learn(headers) {
      learnBucket(requests, 'requests', headers, clock.nowMs());
      learnBucket(tokens, 'tokens', headers, clock.nowMs());
    },
    pauseFor(ms) {
      pausedUntilMs = Math.max(pausedUntilMs, clock.nowMs() + ms);
    },
  };
}

/** What is larger than the bucket goes when the bucket is full. */
function waitOf(bucket: Bucket, wanted: number, now: number): number {
  if (bucket.perMinute === Infinity) return Math.max(0, bucket.closedUntilMs - now);
  const perMs = bucket.perMinute / 60_000;
  bucket.level = Math.min(bucket.perMinute, bucket.level + (now - bucket.filledMs) * perMs);
  bucket.filledMs = now;
  const missing = Math.min(wanted, bucket.perMinute) - bucket.level;
  // A thousandth: refilling by rounded milliseconds must not ask for one more wait of nothing.
  return Math.max(0, bucket.closedUntilMs - now, missing > 1e-3 ? Math.ceil(missing / perMs) : 0);
}

function learnBucket(bucket: Bucket, name: string, headers: IncomingHttpHeaders, now: number): void {
  const limit = countIn(headers[`x-ratelimit-limit-${name}`]);
  const remaining = countIn(headers[`x-ratelimit-remaining-${name}`]);
  if (limit !== undefined && limit > 0) {
    if (bucket.perMinute === Infinity) {
      bucket.level = limit;
      bucket.filledMs = now;
    }
    bucket.perMinute = limit;
  }
  if (remaining === undefined) return;
  bucket.level = Math.min(bucket.level, remaining);
  const reset = durationIn(headers[`x-ratelimit-reset-${name}`]);
  if (remaining === 0 && reset !== undefined) bucket.closedUntilMs = now + Math.min(reset, 60_000);
}

function countIn(header: string | readonly string[] | undefined): number | undefined {
  const text = typeof header === 'string' ? header.trim() : '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `20ms`, `1.5s`, `6m0s`, `1h2m`, or plain seconds. */
function durationIn(header: string | readonly string[] | undefined): number | undefined {
  const text = typeof header === 'string' ? header.trim() : '';
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text) * 1000;
  if (!/^(\d{1,9}(\.\d{1,9})?(ms|s|m|h))+$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    ms += Number(count) * unitsMs[unit];
  return ms;
}

const httpDate =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/;

/** The wait that an answer orders, in milliseconds and at most `msMax`; undefined when it orders none that can be read. */
export function retryAfterMs(headers: IncomingHttpHeaders, msMax: number): number | undefined {
  const given = headers['retry-after'];
  const text = typeof given === 'string' ? given.trim() : '';
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text) * 1000, msMax);
  const date = headers.date ?? '';
  if (!httpDate.test(text) || !httpDate.test(date)) return undefined;
  const ms = Date.parse(text) - Date.parse(date);
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), msMax);
}
