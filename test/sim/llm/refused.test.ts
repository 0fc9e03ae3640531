/**
 * Endpoints at which nobody listens: what the calls of a tick do then, with patience and without, and how an endpoint that comes back is found.
 */
import { describe, expect, test } from 'vitest';
import { createBreaker } from '../../../sim/llm/breaker.ts';
import { createModelClient } from '../../../sim/llm/client.ts';
import { createModelPool } from '../../../sim/llm/pool.ts';
import { checkModelSettings } from '../../../sim/llm/settings.ts';
import { standInModel } from '../../../sim/llm/stand-in/answers.ts';
import { startStandIn } from '../../../sim/llm/stand-in/server.ts';
import { createMemoryJournal, requestsOf, settingsFor } from './laboratory.ts';
import { createLeapingClock } from './leaping-clock.ts';
import type { LiveClient } from '../../../sim/llm/client.ts';
import type { ModelPool } from '../../../sim/llm/pool.ts';

async function freePort(): Promise<number> {
  const server = await startStandIn();
  await server.close();
  return server.port;
}

interface Nowhere {
  readonly port: number;
  readonly pool: ModelPool;
  readonly client: LiveClient;
  readonly clock: ReturnType<typeof createLeapingClock>;
}

/** A client whose only endpoint is a port at which nobody listens yet. */
async function nowhere(whenRefused: 'wait' | 'fail', batch = false): Promise<Nowhere> {
  const port = await freePort();
  const clock = createLeapingClock();
  const pool = createModelPool(
    checkModelSettings(settingsFor(`http://127.0.0.1:${port}/v1`, { endpoint: { batch } })),
    { clock },
  );
  const client = createModelClient(pool, { seed: 7, journal: createMemoryJournal(), whenRefused });
  return { port, pool, client, clock };
}

describe('nobody listens', () => {
  test('without patience a tick fails at once, the next one with a single probe, and a server that comes back is used by all', async () => {
    const { port, pool, client, clock } = await nowhere('fail');
    const first = await client.answerAll(requestsOf(200));
    expect(new Set(first.outcomes.map(({ kind }) => kind))).toEqual(new Set(['UNAVAILABLE']));
    // What was on the wire together: the places of the endpoint, and what took a place that came free before the third refusal.
    expect(client.statistics().attempts).toBeLessThan(2 * 64);
    expect(clock.leaptMs()).toBeLessThan(2000);
    const { attempts } = client.statistics();
    const second = await client.answerAll(requestsOf(200, {}, 2));
    expect(client.statistics().attempts - attempts).toBe(1);
    expect(second.outcomes.filter(({ reason }) => reason === 'NOT_CONNECTED')).toHaveLength(1);
    expect(second.outcomes.filter(({ reason }) => reason === 'ENDPOINT_DOWN')).toHaveLength(199);
    const server = await startStandIn({ port });
    const third = await client.answerAll(requestsOf(200, {}, 3));
    expect(third.outcomes.every(({ kind }) => kind === 'ANSWERED')).toBe(true);
    expect(pool.statistics().endpoints[0].isLeftAlone).toBe(false);
    pool.close();
    await server.close();
  });

  test('with patience calls wait for the probes, so that a server that starts again loses few', async () => {
    const { port, pool, client } = await nowhere('wait');
    const answers = client.answerAll(requestsOf(200));
    while (!pool.statistics().endpoints[0].isLeftAlone) await new Promise((resolve) => setTimeout(resolve, 1));
    const server = await startStandIn({ port });
    const { outcomes } = await answers;
    expect(outcomes.filter(({ kind }) => kind !== 'ANSWERED').length).toBeLessThanOrEqual(64);
    pool.close();
    await server.close();
  });

  test('batches: without patience a tick fails at once; with it they wait for a server that starts again, or for the end of the run', async () => {
    const hasty = await nowhere('fail', true);
    const { outcomes } = await hasty.client.answerAll(requestsOf(20));
    expect(new Set(outcomes.map(({ reason }) => reason))).toEqual(new Set(['ENDPOINT_DOWN']));
    expect(hasty.clock.leaptMs()).toBe(0);
    const patient = await nowhere('wait', true);
    const first = await patient.client.answerAll(requestsOf(20));
    expect(first.stop).toMatchObject({ reason: 'ENDPOINT_DOWN', exitCode: 6 });
    expect(patient.clock.leaptMs()).toBeGreaterThan(270_000);
    const answers = patient.client.answerAll(requestsOf(20, {}, 2));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const server = await startStandIn({ port: patient.port });
    expect((await answers).outcomes.every(({ kind }) => kind === 'ANSWERED')).toBe(true);
    for (const { pool } of [hasty, patient]) pool.close();
    await server.close();
  });

  test('an endpoint at which nobody listens draws no load away from another of its model', async () => {
    const server = await startStandIn();
    const endpoints = [`http://127.0.0.1:${await freePort()}/v1`, server.url].map((url, i) => {
      return { name: `number ${i}`, url, models: [standInModel], concurrencyStart: 4 };
    });
    const pool = createModelPool(checkModelSettings({ ...settingsFor(server.url), endpoints }));
    const client = createModelClient(pool, { seed: 7, journal: createMemoryJournal() });
    const { outcomes } = await client.answerAll(requestsOf(300));
    expect(outcomes.every(({ kind }) => kind === 'ANSWERED')).toBe(true);
    expect(pool.statistics().endpoints[0].attempts).toBeLessThanOrEqual(8);
    pool.close();
    await server.close();
  });
});

test('createBreaker: three refusals in a row open it, other errors between them do not', () => {
  const limits = { breakerAfterMs: 30_000, breakerProbeMs: 15_000, downAfterMs: 300_000 };
  const clock = { nowMs: () => 1000, timer: () => () => undefined };
  const breaker = createBreaker(clock, limits);
  for (const result of ['refused', 'refused', 'error', 'refused', 'refused'] as const) breaker.note(result, false, 990);
  expect([breaker.isOpen(), breaker.refusedMs()]).toEqual([false, undefined]);
  breaker.note('refused', false, 995);
  expect([breaker.isOpen(), breaker.refusedMs(), breaker.waitMs()]).toEqual([true, 995, 15_000]);
  breaker.note('error', breaker.sent(), 998);
  expect([breaker.isOpen(), breaker.refusedMs()]).toEqual([true, undefined]);
});
