/**
 * In which order requests leave, what their prompts share, and how many are on the wire: against what the stand-in received.
 */
import { describe, expect, test } from 'vitest';
import { comparePrompts, createPromptQueue, sharedPrefixTokens } from '../../../sim/llm/prompt-order.ts';
import { createModelClient } from '../../../sim/llm/client.ts';
import { createStepCache } from '../../../sim/llm/step-cache.ts';
import { estimateTokens } from '../../../sim/llm/tokens.ts';
import { createMemoryJournal, inLaboratory, requestOf, requestsOf } from './laboratory.ts';
import { smallPopulation } from '../worlds.ts';
import { comparedOrders } from './tick-prompts.ts';
import type { Message } from '../../../sim/llm/request.ts';

const population = smallPopulation({ agents: 400, seed: 11 });

describe('prefix order', () => {
  test('over a recorded tick it shares at least twice the tokens of a random order, and the statistics print what left', async () => {
    const { shared, random, printed } = await comparedOrders(population, 20);
    expect(shared).toBeGreaterThanOrEqual(2 * Math.max(...random));
    expect(printed.sharedPrefixTokens).toBe(shared);
    expect(printed.sharedPrefixShare).toBeGreaterThan(0.3);
  });

  test('sharedPrefixTokens: is the estimate of the common beginning of the joined texts', () => {
    const prompt = (...texts: string[]): Message[] => texts.map((text) => ({ role: 'user', text }));
    expect(sharedPrefixTokens(prompt('one two three'), prompt('one two four'))).toBe(estimateTokens('one two '));
    expect(sharedPrefixTokens(prompt('same', 'abc'), prompt('same', 'abd'))).toBe(
      estimateTokens('same') + estimateTokens('ab'),
    );
    expect(sharedPrefixTokens(prompt('x'), [{ role: 'system', text: 'x' }])).toBe(0);
  });

  test('comparePrompts: orders as the joined texts do', () => {
    const texts = ['a', 'ab', 'abc', 'b', 'ba', ''];
    const prompts = texts.flatMap((one) =>
      texts.map((two): Message[] => [
        { role: 'user', text: one },
        { role: 'user', text: two },
      ]),
    );
    const joined = (messages: readonly Message[]): string => messages.map(({ text }) => text).join('\u0000');
    const expected = prompts.map(joined).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(prompts.sort(comparePrompts).map(joined)).toEqual(expected);
  });

  test('createPromptQueue: hands out in the order of a sort', () => {
    const queue = createPromptQueue();
    const items = Array.from({ length: 300 }, (_, i) => {
      const word = (i * 7919) % 97;
      return { messages: [{ role: 'user' as const, text: `t${word % 13}` }], stepsToExecution: word % 5, arrival: i };
    });
    for (const item of items) queue.push(item);
    const sorted = items.toSorted(
      (a, b) =>
        a.stepsToExecution - b.stepsToExecution || comparePrompts(a.messages, b.messages) || a.arrival - b.arrival,
    );
    expect(Array.from({ length: 300 }, () => queue.pop())).toEqual(sorted);
    expect(queue.pop()).toBeUndefined();
  });

  test('what is needed first leaves first, whatever its prompt and however late it came', async () => {
    await inLaboratory(
      { endpoint: { concurrencyStart: 1, concurrencyMax: 1 }, latencyMs: 10 },
      async ({ pool, server }) => {
        server.keepsPrompts = true;
        const runs = [3, 2, 1, 0].map((stepsToExecution, i) => {
          const client = createModelClient(pool, { seed: 7, journal: createMemoryJournal() });
          return client.answerAll([requestOf(i, { stepsToExecution })]);
        });
        await Promise.all(runs);
        expect(server.prompts.map(({ messages }) => messages[1].content.slice(14, 15))).toEqual(['3', '2', '1', '0']);
      },
    );
  });
});

describe('runs that share a pool', () => {
  test('a slow answer holds up its own run alone', async () => {
    await inLaboratory({}, async ({ pool, server }) => {
      server.misbehave([{ fault: 'late', argument: '300', times: 1 }]);
      const events: string[] = [];
      const episode = async (name: string, steps: number): Promise<void> => {
        const client = createModelClient(pool, { seed: 7, journal: createMemoryJournal() });
        for (let tick = 1; tick <= steps; tick++) await client.answerAll([requestOf(1, {}, tick)]);
        events.push(name);
      };
      await Promise.all([episode('slow', 1), episode('quick', 8)]);
      expect(events).toEqual(['quick', 'slow']);
    });
  });

  test('200 are in flight and 1,000 runs queued, none is lost, and sockets stay below the limit', async () => {
    const endpoint = { concurrencyStart: 200, concurrencyMax: 200 };
    await inLaboratory({ endpoint, latencyMs: 40 }, async ({ pool, server }) => {
      const runs = Array.from({ length: 1000 }, async (_, i) => {
        const client = createModelClient(pool, { seed: i, journal: createMemoryJournal() });
        return (await client.answerAll([requestOf(i)])).outcomes[0];
      });
      const outcomes = await Promise.all(runs);
      expect(outcomes.every(({ kind }) => kind === 'ANSWERED')).toBe(true);
      expect(new Set(outcomes.map(({ text }) => text)).size).toBeGreaterThan(950);
      expect(pool.statistics()).toMatchObject({ inFlight: 0, inFlightPeak: 200, queued: 0, queuedPeak: 1000 });
      expect(server.counts.socketsPeak).toBeLessThanOrEqual(200 + 8);
      expect(server.counts.requests).toBe(1000);
    });
  });

  test('being limited halves what is in flight, and success brings it back one by one', async () => {
    const endpoint = { concurrencyStart: 32, concurrencyMax: 40 };
    await inLaboratory({ endpoint, latencyMs: 2 }, async ({ client, server, pool }) => {
      server.misbehave([{ fault: 'rate-limit', argument: '1', times: 1 }]);
      await client.answerAll(requestsOf(40));
      const cut = pool.statistics().endpoints[0].concurrencyLimit;
      expect(cut).toBeGreaterThanOrEqual(16);
      expect(cut).toBeLessThan(32);
      server.misbehave([]);
      for (let tick = 2; tick < 12; tick++) await client.answerAll(requestsOf(100, {}, tick));
      expect(pool.statistics().endpoints[0].concurrencyLimit).toBeGreaterThan(cut);
    });
  });
});

describe('createStepCache', () => {
  /** Least recently used, as the workload would meet it elsewhere. */
  function leastRecent(capacity: number): { visit(key: string): boolean } {
    const entries = new Map<string, true>();
    return {
      visit(key) {
        const isHit = entries.delete(key);
        if (!isHit && entries.size >= capacity) entries.delete(entries.keys().next().value ?? '');
        entries.set(key, true);
        return isHit;
      },
    };
  }

  test.each([
    [8, 6],
    [10, 3],
    [50, 49],
  ])(
    '%d agents in turn with room for %d: hits (C-1)/(N-1) of the time, where least recently used has none',
    (agents, capacity) => {
      const cache = createStepCache<number>(capacity);
      const recent = leastRecent(capacity);
      const rounds = 400;
      let [hits, recentHits, counted] = [0, 0, 0];
      for (let step = 0; step < agents * rounds; step++) {
        const key = `agent ${step % agents}`;
        const isHit = cache.get(key) !== undefined;
        cache.set(key, step, step + agents);
        const isRecentHit = recent.visit(key);
        if (step < agents * 20) continue;
        counted++;
        hits += isHit ? 1 : 0;
        recentHits += isRecentHit ? 1 : 0;
      }
      expect(hits / counted).toBeCloseTo((capacity - 1) / (agents - 1), 2);
      expect(recentHits).toBe(0);
      expect(cache.size).toBe(capacity);
    },
  );

  test('throws out what a scan says is wanted last, and nothing with no room at all', () => {
    const cache = createStepCache<string>(2);
    cache.set('soon', 'a', 5);
    cache.set('late', 'b', 90);
    cache.set('later', 'c', 100);
    expect([cache.get('soon'), cache.get('late'), cache.get('later')]).toEqual(['a', undefined, 'c']);
    expect(cache.counts).toEqual({ hits: 2, misses: 1 });
    const none = createStepCache<string>(0);
    none.set('x', 'y', 1);
    expect(none.get('x')).toBeUndefined();
  });
});
