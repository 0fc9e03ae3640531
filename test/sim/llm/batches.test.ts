/**
 * Batches outlive the process that sent them: it dies while it waits, between two rounds, or with results in hand, and the next one takes up the
 * same batches by the log of answers. Oracle: a process that lives, and what the stand-in counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createModelClient } from '../../../sim/llm/client.ts';
import { createModelPool } from '../../../sim/llm/pool.ts';
import { hashedPart } from '../../../sim/llm/outcome.ts';
import { checkModelSettings } from '../../../sim/llm/settings.ts';
import { systemClock } from '../../../sim/llm/clock.ts';
import { startStandIn } from '../../../sim/llm/stand-in/server.ts';
import { AnswersLog, readAnswers } from '../../../sim/record/answers.ts';
import { actForm, requestsOf, settingsFor } from './laboratory.ts';
import type { Answers, LiveClient } from '../../../sim/llm/client.ts';
import type { Clock } from '../../../sim/llm/clock.ts';
import type { Caps } from '../../../sim/llm/settings.ts';
import type { StandIn, StandInPrompt } from '../../../sim/llm/stand-in/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-batches-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const requests = requestsOf(12, { form: actForm });

/** Every third agent has to be asked again. */
function answer({ messages }: StandInPrompt): string {
  const isAgain = messages.length > 2;
  const agent = Number(/agent (\d+)/.exec(messages[1].content)?.[1]);
  return agent % 3 === 0 && !isAgain ? 'no' : `{"verb":"rest","target":null,"weight":${agent % 10},"text":""}`;
}

interface Life {
  readonly client: LiveClient;
  readonly log: AnswersLog;
  readonly answers: Promise<Answers>;
  end(): Promise<void>;
}

/** A process on a directory. It dies, that is to say stands still for ever, once so many batches are on record, or with its first results. */
function live(
  server: StandIn,
  directory: string,
  dies: { batches?: number; results?: boolean } = {},
  caps: Caps = {},
): Life {
  const recorded = readAnswers(directory);
  const log = AnswersLog.open(directory, recorded.bytes);
  let batches = 0;
  const clock: Clock = {
    nowMs: () => systemClock.nowMs(),
    timer(ms, purpose, fire) {
      if (purpose === 'deadline') return systemClock.timer(ms, purpose, fire);
      if (batches < (dies.batches ?? Infinity)) setImmediate(fire);
      return () => undefined;
    },
  };
  const pool = createModelPool(checkModelSettings(settingsFor(server.url, { endpoint: { batch: true } })), { clock });
  const journal = {
    reserve: log.reserve.bind(log),
    submitted: async (batch: Parameters<AnswersLog['submitted']>[0]) => {
      await log.submitted(batch);
      batches++;
    },
    commit: (record: Parameters<AnswersLog['commit']>[0]) =>
      dies.results === true ? new Promise<void>(() => undefined) : log.commit(record),
  };
  const { find: findRecorded, findBatchLines, spent: spentBefore } = recorded;
  const client = createModelClient(pool, { seed: 7, journal, findRecorded, findBatchLines, spentBefore, caps });
  const end = async (): Promise<void> => {
    pool.close();
    await log.close();
  };
  return { client, log, answers: client.answerAll(requests), end };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
  await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a process that waits for a batch', () => {
  test.each([
    ['dies while it waits for the first', { batches: 1, results: false }, 1],
    ['dies while it waits for the one that asks again', { batches: 2, results: false }, 2],
    ['dies with results in hand', { batches: Infinity, results: true }, 1],
  ])('%s: the next one takes up the same, asks nothing twice and stays within its caps', async (_, dies, before) => {
    const lone = await startStandIn({ answer, batchLooks: 2 });
    const unbroken = live(lone, mkdtempSync(join(folder, 'whole-')));
    const expected = await unbroken.answers;
    await unbroken.end();
    await lone.close();

    const server = await startStandIn({ answer, batchLooks: 2 });
    const directory = mkdtempSync(join(folder, 'broken-'));
    const first = live(server, directory, dies);
    await until(() => server.counts.batches === before && (!dies.results || server.counts.answers > 0));
    await first.end();
    // As many calls as were reserved: were the same reserved twice, the cap would refuse them.
    const second = live(server, directory, {}, { calls: 3 * requests.length });
    const { outcomes, stop } = await second.answers;
    await second.end();
    expect(stop).toBeUndefined();
    expect(outcomes.map(hashedPart)).toEqual(expected.outcomes.map(hashedPart));
    expect(outcomes.map(({ attempts }) => attempts)).toEqual(expected.outcomes.map(({ attempts }) => attempts));
    expect(server.counts).toMatchObject({ batches: 2, answers: 16 });
    const tokens = server.counts.promptTokens + server.counts.completionTokens;
    expect([second.client.spent().tokens, readAnswers(directory).spent.tokens]).toEqual([tokens, tokens]);
    await server.close();
  });

  test('a cap that refuses it leaves the batch under way, and with a raised one it is taken up', async () => {
    const server = await startStandIn({ answer, batchLooks: 2 });
    const directory = mkdtempSync(join(folder, 'capped-'));
    const first = live(server, directory, { batches: 1 });
    await until(() => server.counts.batches === 1);
    await first.end();
    const capped = live(server, directory, {}, { calls: 2 });
    expect((await capped.answers).stop).toMatchObject({ reason: 'CAP_CALLS', exitCode: 7 });
    await capped.end();
    const directoryAgain = readAnswers(directory, ({ kind }) => kind !== 'BUDGET');
    expect(directoryAgain.findBatchLines(requests[0].key)).toHaveLength(1);
    await server.close();
  });

  test('a batch that the endpoint no longer knows fails at once', async () => {
    const server = await startStandIn({ answer, batchLooks: 2 });
    const directory = mkdtempSync(join(folder, 'gone-'));
    const first = live(server, directory, { batches: 1 });
    await until(() => server.counts.batches === 1);
    await first.end();
    await server.close();
    const other = await startStandIn({ answer, port: server.port });
    const second = live(other, directory);
    const { outcomes } = await second.answers;
    expect(new Set(outcomes.map(({ reason }) => reason))).toEqual(new Set(['BATCH_FAILED']));
    await second.end();
    await other.close();
  });
});

test('readAnswers: a call that was lost and made again stays spent at its worst, beside what the second used', async () => {
  const directory = mkdtempSync(join(folder, 'lost-'));
  const [log, key] = [AnswersLog.open(directory, 0), requests[0].key];
  const worst = { calls: 3, tokens: 300, costNanos: 30 };
  const prompt = { messages: [], maxTokens: 1, temperature: 0, sample: 0, form: null };
  const reservation = { key, digest: 'd', model: 'm', worst, prompt };
  const usage = { promptTokens: 7, completionTokens: 2, cachedTokens: 0, costNanos: 1, isEstimated: false };
  const fixed = { key, text: '', latencyMs: 1, model: 'm', isShared: false };
  await log.reserve([reservation]);
  // What a cap or the cache says is no answer to the call that is lost.
  const free = { ...fixed, usage: { ...usage, promptTokens: 0, completionTokens: 0, costNanos: 0 }, attempts: 0 };
  await log.commit({ digest: 'd', outcome: { ...free, kind: 'BUDGET', reason: 'CAP_CALLS', isCached: false } });
  expect(readAnswers(directory).spent).toEqual(worst);
  await log.reserve([reservation]);
  await log.commit({ digest: 'd', outcome: { ...fixed, kind: 'ANSWERED', usage, attempts: 1, isCached: false } });
  await log.close();
  expect(readAnswers(directory).spent).toEqual({ calls: 4, tokens: 309, costNanos: 31 });
});
