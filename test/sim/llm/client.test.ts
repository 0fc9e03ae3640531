/**
 * The client of a run against the stand-in: order, joining, record before use, caps, replay, batches, cache, models.
 *
 * Oracle of `answerAll`: the same requests one by one. Spend is compared with what the server counted, over a hundred random caps.
 */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { answerForm } from '../../../sim/llm/answer-form.ts';
import { createReplayClient } from '../../../sim/llm/replay.ts';
import { hashedPart } from '../../../sim/llm/outcome.ts';
import { InputError, InvariantError } from '../../../sim/ground/errors.ts';
import { modelOf } from '../../../sim/llm/models.ts';
import { planRequests } from '../../../sim/llm/plan.ts';
import { spentIn } from '../../../sim/llm/journal.ts';
import { startStandIn } from '../../../sim/llm/stand-in/server.ts';
import { standInModel } from '../../../sim/llm/stand-in/answers.ts';
import { checkModelSettings } from '../../../sim/llm/settings.ts';
import {
  actForm,
  agentName,
  createMemoryJournal,
  inLaboratory,
  openLaboratory,
  requestOf,
  requestsOf,
  settingsFor,
} from './laboratory.ts';
import { price, spendUnderCaps } from './random-caps.ts';
import type { ModelRequest } from '../../../sim/llm/request.ts';

describe('answerAll', () => {
  test('outcomes are those of single calls, in the order of the requests, whatever the latencies', async () => {
    const requests = requestsOf(40, { form: actForm });
    const single = await inLaboratory({}, async ({ client }) => {
      const outcomes: string[] = [];
      for (const request of requests) outcomes.push(hashedPart((await client.answerAll([request])).outcomes[0]));
      return outcomes;
    });
    await inLaboratory({ latencyMs: 4, latencySigma: 1 }, async ({ client, journal }) => {
      const { outcomes } = await client.answerAll(requests);
      expect(outcomes.map(hashedPart)).toEqual(single);
      const order = journal.events.slice(1);
      expect(order).not.toEqual([...order].sort());
    });
  });

  test('equal requests of a tick are one call, paid once; other samples of one prompt are calls of their own', async () => {
    const same = { messages: [{ role: 'user' as const, text: 'All alike.' }] };
    const requests = [
      ...requestsOf(5, same),
      requestOf(5, { ...same, sample: 1 }),
      requestOf(6, { ...same, sample: 2 }),
    ];
    await inLaboratory({}, async ({ client, server, journal }) => {
      const { outcomes } = await client.answerAll(requests);
      expect(server.counts.requests).toBe(3);
      expect(journal.records).toHaveLength(3);
      expect(outcomes.map(({ isShared }) => isShared)).toEqual([false, true, true, true, true, false, false]);
      expect(new Set(outcomes.map(({ text }) => text)).size).toBe(3);
      expect(outcomes.map(({ key }) => key.agent)).toEqual(requests.map(({ key }) => key.agent));
      const { promptTokens, completionTokens } = server.counts;
      expect(client.spent()).toMatchObject({ calls: 3, tokens: promptTokens + completionTokens });
      expect(client.statistics()).toMatchObject({ requests: 7, attempts: 3, shared: 4 });
    });
  });

  test('a reservation is on record before the first request leaves, and no outcome is used before its record', async () => {
    const journal = createMemoryJournal();
    let served = -1;
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const laboratory = await openLaboratory({
      run: {
        journal: {
          reserve: async (some) => {
            served = laboratory.server.counts.requests;
            await journal.reserve(some);
          },
          submitted: (batch) => journal.submitted(batch),
          commit: async (record) => {
            await held;
            await journal.commit(record);
          },
        },
      },
    });
    let isAnswered = false;
    const answers = laboratory.client.answerAll(requestsOf(3)).then((all) => {
      isAnswered = true;
      return all;
    });
    while (laboratory.server.counts.answers < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect({ served, isAnswered, reserved: journal.reservations.length }).toEqual({
      served: 0,
      isAnswered: false,
      reserved: 3,
    });
    release?.();
    expect((await answers).outcomes).toHaveLength(3);
    expect(journal.records).toHaveLength(3);
    await laboratory.close();
  });

  test('while answers wait to be recorded they hold their places, so that no more than those can be paid for twice', async () => {
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const journal = { reserve: () => Promise.resolve(), submitted: () => Promise.resolve(), commit: () => held };
    const endpoint = { concurrencyStart: 4, concurrencyMax: 4 };
    await inLaboratory({ endpoint, run: { journal } }, async ({ client, server }) => {
      const answers = client.answerAll(requestsOf(20));
      while (server.counts.answers < 4) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(server.counts.requests).toBe(4);
      release?.();
      expect((await answers).outcomes).toHaveLength(20);
    });
  });

  test('a journal that fails ends the tick with its error, after the others are recorded', async () => {
    const kept: string[] = [];
    const journal = {
      reserve: () => Promise.resolve(),
      submitted: () => Promise.resolve(),
      commit: ({ outcome }: { outcome: { key: { agent: string } } }) => {
        if (outcome.key.agent === agentName(1))
          return Promise.reject(new InputError({ code: 'INPUT_DISK', found: 'full', next: '' }));
        kept.push(outcome.key.agent);
        return Promise.resolve();
      },
    };
    await inLaboratory({ run: { journal } }, async ({ client }) => {
      await expect(client.answerAll(requestsOf(4))).rejects.toThrow('INPUT_DISK');
      expect(kept.sort()).toEqual([agentName(0), agentName(2), agentName(3)]);
    });
  });

  test('requests out of canonical order, or two at one place, are a bug of the caller', async () => {
    await inLaboratory({}, async ({ client }) => {
      await expect(client.answerAll([requestOf(2), requestOf(1)])).rejects.toThrow(InvariantError);
      await expect(client.answerAll([requestOf(1), requestOf(1)])).rejects.toThrow(InvariantError);
    });
  });

  test.each(['json_object', 'instruction'] as const)(
    'with %s the form is asked for in words, at the end',
    async (structuredOutput) => {
      const answer = (): string => '```json\n{"verb":"rest","target":null,"weight":3,"text":""}\n```';
      await inLaboratory({ endpoint: { structuredOutput }, answer }, async ({ client, server }) => {
        server.keepsPrompts = true;
        const { outcomes } = await client.answerAll([requestOf(1, { form: actForm })]);
        expect(outcomes[0].value).toEqual({ verb: 'rest', target: null, weight: 3, text: '' });
        const [{ messages, response_format: format }] = server.prompts;
        expect(messages.at(-1)?.content).toContain('JSON Schema');
        expect(format?.type).toBe(structuredOutput === 'json_object' ? 'json_object' : undefined);
      });
    },
  );

  test('answers of the cache are recorded outcomes that cost nothing, and there is none unless it is asked for', async () => {
    const timeless = { messages: [{ role: 'user' as const, text: 'The same each tick.' }] };
    for (const cacheEntries of [0, 5]) {
      await inLaboratory({ settings: { cacheEntries } }, async ({ client, server, journal }) => {
        const first = await client.answerAll([requestOf(1, timeless)]);
        const second = await client.answerAll([requestOf(2, timeless, 2)]);
        expect(server.counts.requests).toBe(cacheEntries === 0 ? 2 : 1);
        expect(second.outcomes[0]).toMatchObject({
          kind: 'ANSWERED',
          isCached: cacheEntries > 0,
          text: first.outcomes[0].text,
        });
        expect(journal.records.map(({ outcome }) => outcome.key.tick)).toEqual([1, 2]);
      });
    }
  });
});

describe('caps', () => {
  test('over a hundred random caps the server never counts more than the cap, under faults too', async () => {
    const { over, stopped } = await spendUnderCaps(100);
    expect(over).toBe(0);
    expect(stopped).toBeGreaterThan(50);
  });

  test('money without a price is told of: a model that has none beside one that has', async () => {
    const prices = [{ ...price, model: 'another' }];
    await inLaboratory({ settings: { prices } }, async ({ client, notes, pool }) => {
      expect(planRequests(pool.settings, 7, requestsOf(3))).toMatchObject({
        models: [standInModel],
        unpriced: [standInModel],
      });
      await client.answerAll(requestsOf(3));
      expect(notes).toEqual([`no price is given for ${standInModel}: money leaves it out`]);
    });
  });

  test('a reservation without an answer counts as spent when the run is resumed', async () => {
    await inLaboratory({}, async ({ client, journal }) => {
      await client.answerAll(requestsOf(4));
      const lost = journal.records.pop();
      const before = spentIn(journal.reservations, journal.records);
      const worst = journal.reservations.find(({ digest }) => digest === lost?.digest)?.worst;
      expect(before.calls).toBe(3 + 3);
      expect(before.tokens).toBeGreaterThan(client.spent().tokens);
      expect(before.tokens - (worst?.tokens ?? 0)).toBeLessThan(client.spent().tokens);
      // Asked again and answered this time: the lost one stays spent.
      const again = journal.reservations.filter(({ digest }) => digest === lost?.digest);
      const records = lost === undefined ? [] : [...journal.records, lost];
      expect(spentIn([...journal.reservations, ...again], records).calls).toBe(4 + 3);
    });
  });

  test('a plan sends nothing, and its worst case is what would be reserved', async () => {
    const requests = requestsOf(6, { form: actForm });
    await inLaboratory({ settings: { prices: [price] } }, async ({ client, journal, pool, server }) => {
      const plan = planRequests(pool.settings, 7, requests);
      expect(server.counts.requests).toBe(0);
      await client.answerAll(requests);
      expect(plan.worst).toEqual(spentIn(journal.reservations, []));
      expect(plan.calls).toBe(6);
      expect(plan.expected.costNanos).toBeGreaterThan(0);
      expect(client.spent().costNanos).toBeLessThanOrEqual(plan.worst.costNanos);
    });
  });
});

describe('replay', () => {
  const requests = [
    ...requestsOf(5, { form: actForm }),
    requestOf(9, { messages: requestOf(4).messages, form: actForm }),
  ];

  test('has the outcomes of the recorded run, failures included, and sends nothing', async () => {
    const misbehaves = [{ fault: 'wrong-shape', share: 0.5 }];
    await inLaboratory({ misbehaves }, async ({ client, journal, pool, server }) => {
      const { outcomes } = await client.answerAll(requests);
      const served = server.counts.requests;
      const replayed = await createReplayClient(pool.settings, 7, journal.find).answerAll(requests);
      expect(replayed.outcomes).toEqual(outcomes);
      expect(new Set(outcomes.map(({ kind }) => kind)).size).toBe(2);
      expect(server.counts.requests).toBe(served);
    });
  });

  test('a request that was not recorded is named with tick, agent and purpose', async () => {
    await inLaboratory({}, async ({ client, journal, pool }) => {
      await client.answerAll(requests);
      const replay = createReplayClient(pool.settings, 7, journal.find);
      await expect(replay.answerAll([requestOf(77)])).rejects.toThrow(
        /^INPUT_REPLAY_MISS .*tick=1 agent=agent-000077 purpose=act/,
      );
    });
  });

  test('a prompt that differs is named with tick, agent and the first character that differs', async () => {
    await inLaboratory({}, async ({ client, journal, pool }) => {
      await client.answerAll(requests);
      const replay = createReplayClient(pool.settings, 7, journal.find);
      const changed = requestOf(0, {
        form: actForm,
        messages: [{ role: 'system', text: 'You are an agent on a platfurm. Choose one act.' }],
      });
      const at = `{"model":"${standInModel}","messages":[["system","You are an agent on a platf`.length;
      await expect(replay.answerAll([changed])).rejects.toThrow(
        new RegExp(
          `^INPUT_REPLAY_DIVERGED tick=1 agent=agent-000000 purpose=act: .*first difference at character ${at}: "urm`,
        ),
      );
    });
  });

  test('a resumed run buys no recorded answer twice', async () => {
    const journal = createMemoryJournal();
    await inLaboratory({ run: { journal, findRecorded: journal.find } }, async ({ client, server }) => {
      const first = await client.answerAll(requestsOf(3));
      const again = await client.answerAll(requestsOf(5));
      expect(server.counts.requests).toBe(5);
      expect(again.outcomes.slice(0, 3)).toEqual(first.outcomes);
      expect(client.statistics().recorded).toBe(3);
    });
  });
});

describe('batches', () => {
  test('one tick is one batch with the outcomes of single calls, whatever the order of its results', async () => {
    const requests = requestsOf(20, { form: actForm });
    const single = await inLaboratory({}, async ({ client }) =>
      (await client.answerAll(requests)).outcomes.map(hashedPart),
    );
    await inLaboratory({ endpoint: { batch: true }, batchLooks: 3 }, async ({ client, server, clock, journal }) => {
      const { outcomes } = await client.answerAll(requests);
      expect(outcomes.map(hashedPart)).toEqual(single);
      expect(server.counts.requests).toBe(0);
      expect(server.counts.answers).toBe(20);
      expect(clock.leaptMs()).toBeGreaterThan(30_000);
      expect(client.spent().tokens).toBe(server.counts.promptTokens + server.counts.completionTokens);
      expect(journal.events[0]).toBe('reserve 20');
    });
  });

  test('answers of the wrong form go into a second batch, and into no third', async () => {
    let calls = 0;
    const answer = (): string => (++calls === 2 ? '{"verb":"rest","target":null,"weight":1,"text":""}' : 'no');
    await inLaboratory({ endpoint: { batch: true }, answer }, async ({ client }) => {
      expect((await client.answerAll([requestOf(1, { form: actForm })])).outcomes[0]).toMatchObject({
        kind: 'ANSWERED',
        attempts: 2,
      });
      const { outcomes } = await client.answerAll([requestOf(2, { form: actForm })]);
      expect(outcomes[0]).toMatchObject({ kind: 'INVALID', reason: 'ANSWER_NOT_JSON', attempts: 2 });
    });
  });

  test('repairs of a batch are bounded like those of calls: ten, and a tenth of the lines', async () => {
    await inLaboratory({ endpoint: { batch: true }, answer: () => 'no' }, async ({ client, server, pool }) => {
      await client.answerAll(requestsOf(100, { form: actForm }));
      expect(server.counts.answers).toBe(100 + 20);
      expect(pool.statistics()).toMatchObject({ firstAttempts: 100, retries: 20 });
    });
  });

  test('a batch costs its share of the price', async () => {
    const prices = [{ ...price, batchShare: 0.5 }];
    const costs = await Promise.all(
      [false, true].map((batch) =>
        inLaboratory({ endpoint: { batch }, settings: { prices } }, async ({ client }) => {
          await client.answerAll(requestsOf(4));
          return client.spent().costNanos;
        }),
      ),
    );
    expect(costs[1] / costs[0]).toBeCloseTo(0.5, 3);
  });

  test('a key that is refused ends the batch with that reason, and the run with it', async () => {
    await inLaboratory({ endpoint: { batch: true }, apiKey: 'right' }, async ({ client }) => {
      const { outcomes, stop } = await client.answerAll(requestsOf(2));
      expect(outcomes[0]).toMatchObject({ kind: 'UNAVAILABLE', reason: 'KEY_REFUSED' });
      expect(stop?.exitCode).toBe(6);
    });
  });
});

describe('models and endpoints', () => {
  const settings = checkModelSettings({
    endpoints: [{ name: 'one', url: 'http://127.0.0.1:1/v1', models: ['a', 'b'] }],
    classes: { mixed: [{ model: 'a', weight: 3 }, { model: 'b' }] },
  });

  test('modelOf: an agent keeps its model, and shares of agents follow the weights', () => {
    const models = Array.from({ length: 4000 }, (_, i) => modelOf(settings, 7, 'mixed', agentName(i)));
    expect(models.filter((model) => model === 'a').length / 4000).toBeCloseTo(0.75, 1);
    expect(Array.from({ length: 4000 }, (_, i) => modelOf(settings, 7, 'mixed', agentName(i)))).toEqual(models);
    expect(Array.from({ length: 4000 }, (_, i) => modelOf(settings, 8, 'mixed', agentName(i)))).not.toEqual(models);
    expect(() => modelOf(settings, 7, 'toString', 'x')).toThrow('INPUT_UNKNOWN_NAME');
  });

  test('two endpoints of one model share the load by weight, and the outcomes do not show which served', async () => {
    const [light, heavy] = [await startStandIn({ latencyMs: 3 }), await startStandIn({ latencyMs: 3 })];
    const endpoints = [
      { name: 'light', url: light.url, models: [standInModel], weight: 1, concurrencyStart: 64 },
      { name: 'heavy', url: heavy.url, models: [standInModel], weight: 3, concurrencyStart: 64 },
    ];
    const together = await inLaboratory({ settings: { endpoints } }, async ({ client }) => {
      return (await client.answerAll(requestsOf(64))).outcomes;
    });
    expect(heavy.counts.requests / light.counts.requests).toBeCloseTo(3, 0);
    const alone = await inLaboratory({}, async ({ client }) => (await client.answerAll(requestsOf(64))).outcomes);
    expect(together.map(hashedPart)).toEqual(alone.map(hashedPart));
    expect(new Set(together.map(({ endpoint }) => endpoint))).toEqual(new Set(['light', 'heavy']));
    await Promise.all([light.close(), heavy.close()]);
  });

  test('an endpoint whose key is refused is left, and the other of its model serves', async () => {
    const [strict, open] = [await startStandIn({ apiKey: 'right' }), await startStandIn()];
    const endpoints = [strict, open].map(({ url }, i) => ({ name: `number ${i}`, url, models: [standInModel] }));
    await inLaboratory({ settings: { endpoints } }, async ({ client }) => {
      const { outcomes, stop } = await client.answerAll(requestsOf(8));
      expect(outcomes.every(({ kind }) => kind === 'ANSWERED')).toBe(true);
      expect(stop).toBeUndefined();
    });
    await Promise.all([strict.close(), open.close()]);
  });

  test('calibration: the factor is what was reported over what was estimated', async () => {
    await inLaboratory({}, async ({ client, server }) => {
      await client.answerAll(requestsOf(10));
      expect(client.calibration(standInModel)).toBeGreaterThan(0.3);
      expect(client.calibration(standInModel)).toBeLessThan(3);
      expect(client.calibration('other')).toBe(1);
      expect(server.counts.requests).toBe(10);
    });
  });
});

test('a free text form and a structured one of one prompt are different requests', async () => {
  const form = answerForm('word', z.strictObject({ word: z.enum(['yes', 'no']) }));
  const requests: ModelRequest[] = [requestOf(1), { ...requestOf(1), key: { ...requestOf(1).key, attempt: 1 }, form }];
  await inLaboratory({}, async ({ client, server }) => {
    const { outcomes } = await client.answerAll(requests);
    expect(server.counts.requests).toBe(2);
    expect(outcomes[0].text).toContain('no language model');
    expect(['yes', 'no']).toContain((outcomes[1].value as { word: string }).word);
  });
  expect(settingsFor('http://127.0.0.1:1/v1').endpoints).toHaveLength(1);
});
