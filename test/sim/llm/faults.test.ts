/**
 * The 25 faults of endpoints, each against the stand-in over real HTTP: what comes of a request, how often it was sent, how long it took.
 *
 * L1 to L25 are the rows of the list that the client was built from. Exit codes, checkpoints and run directories are the engine's; here stands what it decides by:
 * outcomes, the reason to stop, the exit status that belongs to it. Waits are read from a clock that leaps over them; deadlines are real.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { checkEndpoints } from '../../../sim/llm/preflight.ts';
import { checkModelSettings } from '../../../sim/llm/settings.ts';
import { createModelPool } from '../../../sim/llm/pool.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { outcomeReasons } from '../../../sim/llm/outcome.ts';
import { pause } from '../../../sim/llm/clock.ts';
import { startStandIn } from '../../../sim/llm/stand-in/server.ts';
import { standInModel } from '../../../sim/llm/stand-in/answers.ts';
import {
  actForm,
  createMemoryJournal,
  inLaboratory,
  openLaboratory,
  outcomeUnder,
  requestOf,
  requestsOf,
  settingsFor,
} from './laboratory.ts';
import { createReplayClient } from '../../../sim/llm/replay.ts';
import { isReusable } from '../../../sim/llm/stop.ts';
import type { LaboratoryOptions } from './laboratory.ts';
import type { Misbehaviour } from '../../../sim/llm/stand-in/server.ts';
import type { ModelRequest } from '../../../sim/llm/request.ts';
import type { OutcomeReason } from '../../../sim/llm/outcome.ts';

const quick: LaboratoryOptions = { settings: { limits: { deadlineMs: 150 } } };
const structured: Partial<ModelRequest> = { form: actForm };

/** What one request comes to, as `REASON sent`. */
async function comesTo(
  misbehaves: readonly Misbehaviour[],
  parts: Partial<ModelRequest> = {},
  options: LaboratoryOptions = {},
): Promise<string> {
  const { outcome, served, laboratory } = await outcomeUnder(misbehaves, parts, options);
  if (outcome.reason !== undefined) expect(outcome.kind).toBe(outcomeReasons[outcome.reason]);
  expect(outcome.attempts).toBe(served);
  const replay = createReplayClient(laboratory.pool.settings, 7, laboratory.journal.find);
  expect((await replay.answerAll([requestOf(1, parts)])).outcomes).toEqual([outcome]);
  return `${outcome.reason ?? 'ANSWERED'} ${served}`;
}

async function errorOf(work: Promise<unknown>): Promise<InputError> {
  const error: unknown = await work.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof InputError)) throw new TypeError(`no InputError: ${String(error)}`);
  return error;
}

async function freePort(): Promise<number> {
  const server = await startStandIn();
  await server.close();
  return server.port;
}

describe('the endpoint cannot be reached or is slow', () => {
  test('L1: refused connections and unknown hosts fail the first look, with exit 6 and the host named', async () => {
    const port = await freePort();
    const pool = createModelPool(
      checkModelSettings({
        endpoints: [
          { name: 'closed', url: `http://127.0.0.1:${port}/v1`, models: [standInModel] },
          { name: 'nowhere', url: 'https://host.invalid/v1', models: [standInModel] },
        ],
        classes: { main: [{ model: standInModel }] },
      }),
    );
    const error = await errorOf(checkEndpoints(pool));
    expect(error.exitCode).toBe(6);
    expect(error.problems.map(({ code }) => code)).toEqual(['INPUT_ENDPOINT', 'INPUT_ENDPOINT']);
    expect(error.message).toContain(`127.0.0.1:${port}`);
    expect(error.message).toContain('host.invalid');
  });

  test('L1: a server that takes the connection and says nothing fails the first look at its deadline', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`;
    const pool = createModelPool(checkModelSettings(settingsFor(url, { settings: { limits: { preflightMs: 100 } } })));
    expect((await errorOf(checkEndpoints(pool))).message).toContain('does not answer within 0.1 s');
    pool.close();
    silent.close();
  });

  test('L2: no headers within the deadline, three times, is a TIMEOUT', async () => {
    const begun = performance.now();
    expect(await comesTo([{ fault: 'no-headers' }], {}, quick)).toBe('DEADLINE 3');
    expect(performance.now() - begun).toBeLessThan(3 * 150 + 500 + 1000);
  });

  test('L3: a body that drips is cut at the same deadline', async () => {
    const { outcome } = await outcomeUnder([{ fault: 'drip' }], {}, quick);
    expect(outcome).toMatchObject({ kind: 'TIMEOUT', reason: 'DEADLINE', attempts: 3 });
    // Real time of three attempts; 500 ms over each deadline is the promise.
    expect(outcome.latencyMs - 3 * 150).toBeLessThan(3 * 500 + 2000);
  });

  test.each([
    ['reset', 'CONNECTION_LOST 3'],
    ['reset-mid-body', 'CONNECTION_LOST 3'],
    ['length-too-long', 'CONNECTION_LOST 3'],
    // Whether the excess arrives with the rest or after it decides which of two faults it is.
    ['length-too-short', '(CONNECTION_LOST|BODY_NOT_JSON) 3'],
  ])('L4: %s comes to %s, and half an answer is never one', async (fault, expected) => {
    expect(await comesTo([{ fault }], structured)).toMatch(new RegExp(`^${expected}$`));
    expect(await comesTo([{ fault, times: 1 }], structured)).toBe('ANSWERED 2');
  });
});

describe('the endpoint refuses', () => {
  const date = 'Mon, 30 Nov 2026 10:00:00 GMT';
  test.each([
    ['2', 2000],
    ['0', 0],
    ['Mon, 30 Nov 2026 10:00:07 GMT', 7000],
    ['Mon, 30 Nov 2026 09:00:00 GMT', 0],
    ['99999', 60_000],
  ])('L5: Retry-After %s is a wait of %d ms', async (argument, ms) => {
    const options = { headers: () => ({ date }) };
    const { outcome, leaptMs } = await outcomeUnder([{ fault: 'rate-limit', argument, times: 1 }], {}, options);
    expect(outcome).toMatchObject({ kind: 'ANSWERED', attempts: 2 });
    expect(outcome.latencyMs).toBeGreaterThanOrEqual(ms);
    expect(leaptMs).toBeLessThanOrEqual(ms + 1);
  });

  test.each(['-5', 'soon', ''])(
    'L5: Retry-After "%s" orders nothing, and the own back-off stays below its bound',
    async (argument) => {
      const { outcome, leaptMs } = await outcomeUnder([{ fault: 'rate-limit', argument, times: 1 }]);
      expect(outcome).toMatchObject({ kind: 'ANSWERED', attempts: 2 });
      expect(leaptMs).toBeLessThanOrEqual(500);
    },
  );

  test('L5: being limited for ever is RATE_LIMITED after three attempts', async () => {
    expect(await comesTo([{ fault: 'rate-limit', argument: '1' }])).toBe('TOO_MANY_REQUESTS 3');
  });

  test('L6: an exhausted quota is asked once and is a reason to stop with exit 6', async () => {
    await inLaboratory({ misbehaves: [{ fault: 'quota' }] }, async ({ client, server }) => {
      const { stop } = await client.answerAll([requestOf(1)]);
      expect(stop).toMatchObject({ reason: 'QUOTA_EXHAUSTED', exitCode: 6 });
      expect(stop?.message).toContain('quota exhausted');
      expect(server.counts.requests).toBe(1);
    });
  });

  test.each(['500', '502', '503', '504', '529'])('L7: HTTP %s is asked three times', async (argument) => {
    expect(await comesTo([{ fault: 'status', argument }])).toBe('SERVER_ERROR 3');
    expect(await comesTo([{ fault: 'status', argument, times: 2 }])).toBe('ANSWERED 3');
  });

  test('L7: of an HTML error page at most 200 characters are kept', async () => {
    const { outcome } = await outcomeUnder([{ fault: 'html-error' }]);
    expect(outcome.reason).toBe('SERVER_ERROR');
    expect(outcome.detail?.length).toBeLessThanOrEqual('HTTP 502: '.length + 200);
  });

  test('L8: a prompt that is too long is shortened once, then INVALID', async () => {
    const shorterMessages = [{ role: 'user' as const, text: 'short' }];
    const once = [{ fault: 'context-too-long', times: 1 }];
    await inLaboratory({ misbehaves: once }, async ({ client, server }) => {
      server.keepsPrompts = true;
      const { outcomes } = await client.answerAll([requestOf(1, { shorterMessages })]);
      expect(outcomes[0]).toMatchObject({ kind: 'ANSWERED', attempts: 2 });
      expect(server.prompts[1].messages).toEqual([{ role: 'user', content: 'short' }]);
    });
    expect(await comesTo([{ fault: 'context-too-long' }], { shorterMessages })).toBe('CONTEXT_TOO_LONG 2');
    expect(await comesTo([{ fault: 'context-too-long' }])).toBe('CONTEXT_TOO_LONG 1');
  });

  test('L9: another 400 is not asked again, and the next request of that agent is sound', async () => {
    await inLaboratory({ misbehaves: [{ fault: 'bad-request', times: 1 }] }, async ({ client, server }) => {
      const first = await client.answerAll([requestOf(1)]);
      expect(first.outcomes[0]).toMatchObject({ kind: 'INVALID', reason: 'BAD_REQUEST', attempts: 1 });
      expect(first.stop).toBeUndefined();
      const second = await client.answerAll([requestOf(1, {}, 2)]);
      expect(second.outcomes[0].kind).toBe('ANSWERED');
      expect(server.counts.requests).toBe(2);
    });
  });

  test('L10: a key that is refused at the start fails the first look', async () => {
    await inLaboratory({ apiKey: 'right' }, async ({ pool }) => {
      const error = await errorOf(checkEndpoints(pool));
      expect(error.exitCode).toBe(6);
      expect(error.message).toContain('refuses the key');
    });
  });

  test.each(['key-refused', 'forbidden'])(
    'L10: %s in mid-run sends no more than were in flight, and stops',
    async (fault) => {
      const endpoint = { concurrencyStart: 8, concurrencyMax: 8 };
      await inLaboratory({ endpoint, latencyMs: 5 }, async ({ client, server }) => {
        await client.answerAll(requestsOf(20));
        server.misbehave([{ fault }]);
        const before = server.counts.requests;
        const { outcomes, stop } = await client.answerAll(requestsOf(100, {}, 2));
        expect(server.counts.requests - before).toBeLessThanOrEqual(8);
        expect(new Set(outcomes.map(({ reason }) => reason))).toEqual(new Set(['KEY_REFUSED']));
        expect(stop).toMatchObject({ reason: 'KEY_REFUSED', exitCode: 6, requests: 100 });
      });
    },
  );

  test('L11: a model that the endpoint does not know is named, at the first look and in mid-run', async () => {
    const settings = { classes: { main: [{ model: 'gone' }] } };
    await inLaboratory({ settings, endpoint: { models: ['gone'] } }, async ({ client, pool, server }) => {
      expect((await errorOf(checkEndpoints(pool))).message).toContain('"gone"');
      const { outcomes, stop } = await client.answerAll(requestsOf(3));
      expect(outcomes.map(({ reason }) => reason)).toEqual(Array(3).fill('MODEL_UNKNOWN'));
      expect(stop).toMatchObject({ exitCode: 6 });
      expect(stop?.message).toContain('gone');
      expect(server.counts.requests).toBeLessThanOrEqual(3);
    });
  });
});

describe('the answer is none', () => {
  test.each([
    ['bad-json', 'BODY_NOT_JSON'],
    ['html', 'BODY_NOT_JSON'],
    ['sse-unasked', 'BODY_NOT_JSON'],
    ['gzip-garbage', 'BODY_NOT_JSON'],
    ['bad-utf8', 'BODY_NOT_UTF8'],
  ])('L12: %s is INVALID after two more questions', async (fault, reason) => {
    expect(await comesTo([{ fault }])).toBe(`${reason} 3`);
  });

  test.each(['bom', 'gzip'])('L12: %s harms nothing: the answer is read', async (fault) => {
    expect(await comesTo([{ fault }], structured)).toBe('ANSWERED 1');
  });

  test.each([
    ['no-choices', 'NO_CHOICES'],
    ['choices-missing', 'BODY_SHAPE'],
    ['null-content', 'NO_CONTENT'],
    ['array-content', 'NO_CONTENT'],
    ['reasoning-only', 'ONLY_REASONING'],
  ])('L13: %s is INVALID with %s', async (fault, reason) => {
    expect(await comesTo([{ fault }], structured)).toBe(`${reason} 3`);
  });

  test.each([
    ['not-json', 'ANSWER_NOT_JSON'],
    ['wrong-shape', 'ANSWER_SCHEMA'],
    ['extra-fields', 'ANSWER_SCHEMA'],
    ['numbers-as-strings', 'ANSWER_SCHEMA'],
  ])('L14: %s is asked to be repaired once, then INVALID with %s', async (fault, reason) => {
    expect(await comesTo([{ fault }], structured)).toBe(`${reason} 2`);
    expect(await comesTo([{ fault, times: 1 }], structured)).toBe('ANSWERED 2');
  });

  test('L14: the repair says what was wrong and repeats no word of the invalid answer', async () => {
    const marked = [{ fault: 'content-is', argument: '{"verb":"ZEBRA-7","ZEBRA-8":1}', times: 1 }];
    await inLaboratory({ misbehaves: marked }, async ({ client, server }) => {
      server.keepsPrompts = true;
      await client.answerAll([requestOf(1, structured)]);
      await client.answerAll([requestOf(1, structured, 2)]);
      const [, repair, later] = server.prompts;
      expect(JSON.stringify([repair, later])).not.toContain('ZEBRA-7');
      expect(repair.messages.at(-1)?.content).toContain('verb: invalid_value');
      expect(later.messages).toHaveLength(2);
    });
  });

  test.each([
    ['truncated', 'ANSWER_NOT_JSON 2'],
    ['truncated-as-stop', 'ANSWER_NOT_JSON 2'],
    ['truncated-tool-calls', 'ONLY_TOOL_CALLS 3'],
  ])('L15: %s is no answer whatever the server calls it', async (fault, expected) => {
    expect(await comesTo([{ fault }], structured)).toBe(expected);
  });

  test.each([
    ['refusal', 'MODEL_REFUSED'],
    ['content-filter', 'CONTENT_FILTER'],
  ])('L16: %s is REFUSED, asked once', async (fault, reason) => {
    const { outcome, served, laboratory } = await outcomeUnder([{ fault }], structured);
    expect(outcome).toMatchObject({ kind: 'REFUSED', reason, text: '' });
    expect(served).toBe(1);
    expect(laboratory.client.statistics().outcomes).toMatchObject({ REFUSED: 1, INVALID: 0 });
  });

  test('L17: an answer of 50 MB is cut at the cap, and ten thousand tool calls are dropped and counted', async () => {
    expect(await comesTo([{ fault: 'huge' }])).toBe('BODY_TOO_LARGE 1');
    const { outcome, laboratory } = await outcomeUnder([{ fault: 'many-tool-calls' }], structured);
    expect(outcome.kind).toBe('ANSWERED');
    expect(laboratory.client.statistics().toolCallsDropped).toBe(10_000);
  });

  test.each(['post-3', '1e3', '007', '-1', '🙂', 'agent-000001'])(
    'L18: the target %s, which is not among those offered, is no answer',
    async (target) => {
      const argument = JSON.stringify({ verb: 'like', target, weight: 1, text: '' });
      expect(await comesTo([{ fault: 'content-is', argument }], structured)).toBe('ANSWER_SCHEMA 2');
    },
  );

  test('L18: an actor that an answer names for itself is no answer', async () => {
    const argument = JSON.stringify({ verb: 'rest', target: null, weight: 1, text: '', agent: 'agent-000002' });
    expect(await comesTo([{ fault: 'content-is', argument }], structured)).toBe('ANSWER_SCHEMA 2');
  });

  test('L19: an answer after the deadline is ignored, and booked at its bound', async () => {
    const { outcome } = await outcomeUnder([{ fault: 'late', argument: '200', times: 1 }], {}, quick);
    expect(outcome).toMatchObject({ kind: 'ANSWERED', attempts: 2 });
    expect(outcome.usage.isEstimated).toBe(true);
    expect(outcome.usage.promptTokens).toBeGreaterThan(100);
  });

  test.each(['usage-missing', 'usage-negative', 'usage-string', 'usage-zero'])(
    'L20: %s is booked at the bound and flagged',
    async (fault) => {
      const { outcome, laboratory } = await outcomeUnder([{ fault }]);
      const [{ worst }] = laboratory.journal.reservations;
      expect(outcome).toMatchObject({ kind: 'ANSWERED', usage: { isEstimated: true } });
      expect(3 * (outcome.usage.promptTokens + outcome.usage.completionTokens)).toBe(worst.tokens);
      expect(laboratory.client.statistics().estimatedUsages).toBe(1);
    },
  );
});

describe('the endpoint as a whole', () => {
  test('L21: at half errors for 30 s it is left alone, probed each 15 s, down after 5 min, and asked again when it answers', async () => {
    await inLaboratory(
      { misbehaves: [{ fault: 'status', argument: '500' }] },
      async ({ client, server, pool, clock }) => {
        let tick = 1;
        const ask = async (): Promise<OutcomeReason | undefined> => {
          await pause(clock, 1000);
          return (await client.answerAll([requestOf(1, {}, tick++)])).outcomes[0].reason;
        };
        while (!pool.statistics().endpoints[0].isLeftAlone) expect(await ask()).toBe('SERVER_ERROR');
        expect(tick).toBeGreaterThan(25);
        const [openedAt, servedBefore] = [clock.nowMs(), server.counts.requests];
        while ((await ask()) !== 'ENDPOINT_DOWN');
        expect(clock.nowMs() - openedAt).toBeGreaterThan(299_000);
        expect(clock.nowMs() - openedAt).toBeLessThan(320_000);
        expect(server.counts.requests - servedBefore).toBeLessThanOrEqual(21);
        expect(server.counts.requests - servedBefore).toBeGreaterThanOrEqual(18);
        expect((await client.answerAll([requestOf(1, {}, tick++)])).stop).toMatchObject({
          reason: 'ENDPOINT_DOWN',
          exitCode: 6,
        });
        const { retries, firstAttempts } = pool.statistics();
        expect(retries).toBeLessThanOrEqual(10 + 0.1 * firstAttempts);
        server.misbehave([]);
        await pause(clock, 15_000);
        expect(await ask()).toBeUndefined();
        expect(pool.statistics().endpoints[0].isLeftAlone).toBe(false);
      },
    );
  });

  test.each([
    ['calls', 20, 'CAP_CALLS'],
    ['tokens', 4000, 'CAP_TOKENS'],
    ['money', 0.004, 'CAP_MONEY'],
  ] as const)(
    'L22: with a cap of %s BUDGET goes by canonical order alone, and the stop says exit 7',
    async (cap, amount, reason) => {
      const price = {
        model: standInModel,
        inputPerMillion: 1,
        outputPerMillion: 1,
        currency: 'EUR',
        asOf: '2026-11-30',
        source: 'test',
      };
      const settings = { caps: { [cap]: amount }, prices: [price] };
      const seen = await Promise.all(
        [0, 8].map((latencyMs) =>
          inLaboratory({ settings, latencyMs, latencySigma: 1 }, async ({ client }) => {
            const { outcomes, stop } = await client.answerAll(requestsOf(30));
            expect(stop).toMatchObject({ reason, exitCode: 7 });
            return outcomes.map((outcome) => outcome.reason ?? 'ANSWERED');
          }),
        ),
      );
      expect(seen[0]).toEqual(seen[1]);
      const answered = seen[0].filter((one) => one === 'ANSWERED').length;
      expect(answered).toBeGreaterThan(0);
      expect(seen[0].slice(0, answered).every((one) => one === 'ANSWERED')).toBe(true);
      expect(new Set(seen[0].slice(answered))).toEqual(new Set([reason]));
    },
  );

  test('L22: a tick abandoned at a cap and run again with a higher one has the outcomes of a run without it', async () => {
    const free = await inLaboratory({}, async ({ client }) => (await client.answerAll(requestsOf(12))).outcomes);
    const journal = createMemoryJournal();
    const first = await openLaboratory({ settings: { caps: { calls: 15 } }, run: { journal } });
    expect((await first.client.answerAll(requestsOf(12))).stop?.exitCode).toBe(7);
    const spent = first.client.spent();
    await first.close();
    const findRecorded = (key: ModelRequest['key']): ReturnType<typeof journal.find> => {
      const found = journal.find(key);
      return found !== undefined && isReusable(found.record.outcome) ? found : undefined;
    };
    const run = { journal: createMemoryJournal(), findRecorded, spentBefore: spent };
    await inLaboratory({ settings: { caps: { calls: 100 } }, run }, async ({ client, server }) => {
      const { outcomes, stop } = await client.answerAll(requestsOf(12));
      expect(stop).toBeUndefined();
      expect(outcomes.map(({ text }) => text)).toEqual(free.map(({ text }) => text));
      expect(server.counts.requests).toBe(12 - 5);
      expect(client.spent().calls).toBe(12);
    });
  });

  test('L23: a redirect is not followed, and http:// to another machine is refused', async () => {
    const other = await startStandIn();
    const argument = `${other.url}/chat/completions`;
    expect(await comesTo([{ fault: 'redirect', argument }])).toBe('REDIRECTED 1');
    expect(other.counts.requests + other.counts.socketsPeak).toBe(0);
    await other.close();
    const settings = settingsFor('http://192.0.2.1/v1');
    expect(() => checkModelSettings(settings)).toThrow(/INPUT_COMBINATION.*192\.0\.2\.1/);
    const endpoints = [{ ...settings.endpoints[0], insecureHttp: true }];
    expect(checkModelSettings({ ...settings, endpoints }).endpoints[0].insecureHttp).toBe(true);
  });

  test('L24: a model that answers under another name is recorded with it and told of once', async () => {
    await inLaboratory({ misbehaves: [{ fault: 'other-model' }] }, async ({ client, notes, journal }) => {
      await client.answerAll(requestsOf(3));
      await client.answerAll(requestsOf(3, {}, 2));
      expect(notes).toEqual([`one answers as another-model when asked for ${standInModel}`]);
      expect(client.statistics().notes).toEqual(notes);
      expect(journal.records.every(({ outcome }) => outcome.servedModel === 'another-model')).toBe(true);
    });
  });

  test('L25: a thousand requests, 64 at a time, a fifth of them in faults: none is lost, retries and sockets stay in their bounds', async () => {
    const mixed = [
      'status',
      'reset',
      'bad-json',
      'wrong-shape',
      'reset-mid-body',
      'no-choices',
      'no-headers',
      'usage-missing',
    ];
    const misbehaves = mixed.map((fault) => ({ fault, share: 0.2 / mixed.length }));
    const options = { misbehaves, settings: { limits: { deadlineMs: 300 } }, endpoint: { concurrencyMax: 64 } };
    await inLaboratory(options, async ({ client, server, pool }) => {
      const { outcomes } = await client.answerAll(requestsOf(1000, structured));
      expect(outcomes).toHaveLength(1000);
      const statistics = client.statistics();
      expect(Object.values(statistics.outcomes).reduce((sum, one) => sum + one)).toBe(1000);
      expect(statistics.outcomes.ANSWERED).toBeGreaterThan(850);
      expect(statistics.attempts).toBe(server.counts.requests);
      expect(statistics.retries).toBeLessThanOrEqual(0.1 * server.counts.requests);
      expect(statistics.retries).toBe(pool.statistics().retries);
      expect(Math.max(...outcomes.map(({ attempts }) => attempts))).toBeLessThanOrEqual(3);
      expect(server.counts.socketsPeak).toBeLessThanOrEqual(64 + 8);
    });
  });
});
