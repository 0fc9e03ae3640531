/** Rate limits, breaker and concurrency on a clock that the test moves, and what headers of servers mean. */
import { describe, expect, test } from 'vitest';
import { createBreaker } from '../../../sim/llm/breaker.ts';
import { createConcurrency } from '../../../sim/llm/concurrency.ts';
import { createRateLimit, retryAfterMs } from '../../../sim/llm/rate-limit.ts';
import { inLaboratory, requestsOf } from './laboratory.ts';
import { mix32, unitOf } from '../../../sim/ground/random.ts';
import type { Clock } from '../../../sim/llm/clock.ts';

function handClock(): Clock & { move(ms: number): void } {
  let now = 1000;
  return { nowMs: () => now, timer: () => () => undefined, move: (ms) => (now += ms) };
}

describe('createRateLimit', () => {
  test('60 requests a minute: one minute of them at once, then one a second', () => {
    const clock = handClock();
    const limit = createRateLimit(clock, { requestsPerMinute: 60 });
    for (let i = 0; i < 60; i++) {
      expect(limit.waitMs(1)).toBe(0);
      limit.take(1);
    }
    expect(limit.waitMs(1)).toBe(1000);
    clock.move(999);
    expect(limit.waitMs(1)).toBeGreaterThan(0);
    clock.move(1);
    expect(limit.waitMs(1)).toBe(0);
  });

  test('tokens a minute bind too, and what is larger than a minute of them goes when it is full', () => {
    const clock = handClock();
    const limit = createRateLimit(clock, { tokensPerMinute: 6000 });
    expect(limit.waitMs(50_000)).toBe(0);
    limit.take(6000);
    expect(limit.waitMs(600)).toBe(6000);
    expect(limit.waitMs(50_000)).toBe(60_000);
  });

  test.each([
    ['1s', 1000],
    ['6m0s', 60_000],
    ['350ms', 350],
    ['12', 12_000],
  ])('what the endpoint tells goes before the settings: nothing remains, reset %s is a wait of %d ms', (reset, ms) => {
    const clock = handClock();
    const limit = createRateLimit(clock, {});
    limit.learn({ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': reset });
    expect(limit.waitMs(1)).toBe(ms);
  });

  test('a limit in the headers sets the rate, garbage sets nothing', () => {
    const clock = handClock();
    const limit = createRateLimit(clock, {});
    limit.learn({
      'x-ratelimit-limit-requests': 'lots',
      'x-ratelimit-remaining-requests': '-3',
      'x-ratelimit-reset-tokens': 'soon',
    });
    expect(limit.waitMs(1e9)).toBe(0);
    limit.learn({ 'x-ratelimit-limit-tokens': '600', 'x-ratelimit-remaining-tokens': '100' });
    expect(limit.waitMs(110)).toBe(1000);
  });

  test('requests over real HTTP keep to the rate that the headers tell', async () => {
    let left = 21;
    const headers = (): Record<string, string> => ({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': String(Math.max(0, --left)),
    });
    const endpoint = { concurrencyStart: 1, concurrencyMax: 1 };
    await inLaboratory({ headers, endpoint }, async ({ client, clock }) => {
      await client.answerAll(requestsOf(30));
      // 21 are there; the other nine come one a second, less what real time has refilled.
      expect(clock.leaptMs()).toBeGreaterThan(6000);
      expect(clock.leaptMs()).toBeLessThan(9100);
    });
  });
});

describe('retryAfterMs', () => {
  const date = 'Mon, 30 Nov 2026 10:00:00 GMT';
  test.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '61' }, 60_000],
    [{ 'retry-after': 'Mon, 30 Nov 2026 10:00:30 GMT', date }, 30_000],
    [{ 'retry-after': 'Tue, 01 Dec 2026 10:00:30 GMT', date }, 60_000],
    [{ 'retry-after': 'Mon, 30 Nov 2026 10:00:30 GMT' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': '1.5e3' }, undefined],
    [{ 'retry-after': 'soon', date }, undefined],
    [{}, undefined],
  ])('%j is %s', (headers, expected) => {
    expect(retryAfterMs(headers, 60_000)).toBe(expected);
  });
});

describe('createBreaker', () => {
  const limits = { breakerAfterMs: 30_000, breakerProbeMs: 15_000, downAfterMs: 300_000 };

  test('opens after 30 s at half errors and not before, nor at fewer', () => {
    const clock = handClock();
    const [half, third] = [createBreaker(clock, limits), createBreaker(clock, limits)];
    for (let second = 0; second < 40; second++) {
      half.note(second % 2 === 0 ? 'error' : 'fine', false, 0);
      third.note(second % 3 === 0 ? 'error' : 'fine', false, 0);
      if (second < 30) expect(half.isOpen()).toBe(false);
      clock.move(1000);
    }
    expect([half.isOpen(), third.isOpen()]).toEqual([true, false]);
  });

  test('while open one probe goes each 15 s; the first success closes it', () => {
    const clock = handClock();
    const breaker = createBreaker(clock, limits);
    while (!breaker.isOpen()) {
      breaker.note('error', false, 0);
      clock.move(1000);
    }
    expect(breaker.waitMs()).toBe(14_000);
    clock.move(14_000);
    expect(breaker.waitMs()).toBe(0);
    expect(breaker.sent()).toBe(true);
    expect(breaker.waitMs()).toBe(Infinity);
    // One that was on the wire when the breaker opened is no probe.
    breaker.note('fine', false, 0);
    expect(breaker.isOpen()).toBe(true);
    breaker.note('error', true, 0);
    expect(breaker.waitMs()).toBe(15_000);
    clock.move(300_000);
    expect(breaker.isDown()).toBe(true);
    breaker.sent();
    breaker.note('fine', true, 0);
    expect([breaker.isOpen(), breaker.isDown(), breaker.waitMs()]).toEqual([false, false, 0]);
  });
});

describe('createConcurrency', () => {
  test('one more for each full round of successes, half at an overload, once for what was on the wire together', () => {
    const clock = handClock();
    const concurrency = createConcurrency(clock, 10, 12, 2);
    for (let i = 0; i < 11; i++) concurrency.note(false, clock.nowMs(), concurrency.limit());
    expect(concurrency.limit()).toBe(11);
    for (let i = 0; i < 100; i++) concurrency.note(false, clock.nowMs(), 1);
    expect(concurrency.limit()).toBe(11);
    const sent = clock.nowMs();
    clock.move(10);
    for (let i = 0; i < 5; i++) concurrency.note(true, sent, 11);
    expect(concurrency.limit()).toBe(5);
    for (let i = 0; i < 500; i++) concurrency.note(false, clock.nowMs(), concurrency.limit());
    expect(concurrency.limit()).toBe(12);
    for (let i = 0; i < 50; i++) {
      clock.move(1);
      concurrency.note(true, clock.nowMs(), 1);
    }
    expect(concurrency.limit()).toBe(1);
  });

  test.each([
    ['a server that works at 20 together: no more than twice as many, the rest would only queue', 20, 2, 2 * 20],
    ['the same without heed of latencies: up to the most that may go', 20, 1e6, 80],
    ['a server that works at all together: up to the most that may go', 80, 2, 80],
  ])('%s', (_, slots, latencyRatioMax, expected) => {
    const { peak, last } = queueing({ slots, latencyRatioMax, answers: 5000, meanMs: () => 100 });
    expect(Math.max(peak, last)).toBeLessThanOrEqual(expected * 1.5);
    expect(last).toBeGreaterThan(expected * 0.6);
  });

  test('answers that take ever longer for reasons of their own hold the limit down for a while only', () => {
    const grow = (answer: number): number => (answer < 2500 ? 100 : 500);
    const { least, last } = queueing({ slots: 80, latencyRatioMax: 2, answers: 10_000, meanMs: grow });
    expect(least).toBe(8);
    expect(last).toBeGreaterThan(50);
  });

  test('over real HTTP an endpoint that only queues is given fewer at once where latencies are heeded', async () => {
    const peaks: number[] = [];
    for (const latencyRatioMax of [2, 1e6]) {
      const endpoint = { concurrencyStart: 4, latencyRatioMax };
      await inLaboratory({ endpoint, slots: 4, latencyMs: 10 }, async ({ client, pool, server }) => {
        const { outcomes } = await client.answerAll(requestsOf(400));
        expect(outcomes.every(({ kind }) => kind === 'ANSWERED')).toBe(true);
        expect(server.counts.inFlightPeak).toBeLessThanOrEqual(pool.statistics().inFlightPeak);
        peaks.push(pool.statistics().inFlightPeak);
      });
    }
    // One more a round without heed: the root of twice the answers.
    expect(peaks[1]).toBeGreaterThan(22);
    expect(peaks[0]).toBeLessThan(0.9 * peaks[1]);
  });
});

interface Queueing {
  readonly slots: number;
  readonly latencyRatioMax: number;
  readonly answers: number;
  /** Time of work on an answer, by its number. */
  readonly meanMs: (answer: number) => number;
}

/** A client with 8 to 80 in flight and a server that works at so many together, in simulated time; times of work vary by half. */
function queueing({ slots, latencyRatioMax, answers, meanMs }: Queueing): {
  peak: number;
  least: number;
  last: number;
} {
  const clock = handClock();
  const concurrency = createConcurrency(clock, 8, 80, latencyRatioMax);
  const free = Array.from({ length: slots }, () => clock.nowMs());
  const onWire: { sentMs: number; endMs: number }[] = [];
  const limits: number[] = [];
  for (let answer = 0; answer < answers; answer++) {
    while (onWire.length < concurrency.limit()) {
      const place = free.indexOf(Math.min(...free));
      const noise = 0.5 + unitOf(mix32(answer * 1000 + onWire.length));
      free[place] = Math.max(free[place], clock.nowMs()) + meanMs(answer) * noise;
      onWire.push({ sentMs: clock.nowMs(), endMs: free[place] });
    }
    onWire.sort((a, b) => b.endMs - a.endMs);
    const [{ sentMs, endMs }] = onWire.slice(-1);
    clock.move(endMs - clock.nowMs());
    concurrency.note(false, sentMs, onWire.length, { model: 'm', latencyMs: endMs - sentMs, completionTokens: 50 });
    onWire.pop();
    limits.push(concurrency.limit());
  }
  const late = limits.slice(answers / 2);
  return {
    peak: Math.max(...limits),
    least: Math.min(...limits.slice(answers / 4)),
    last: late.reduce((a, b) => a + b) / late.length,
  };
}
