/**
 * Runs whose posts take topics from a model's vectors, over real HTTP against the stand-in: what is asked, what is on record, what a replay asks.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineScenario } from '../../../sim/engine/define.ts';
import { modelsOrderOf } from '../../../sim/engine/models.ts';
import { Replay } from '../../../sim/engine/replay.ts';
import { resumeRun, verifyRun } from '../../../sim/engine/run.ts';
import { run } from '../../../sim/engine/run-scenario.ts';
import { standInModel } from '../../../sim/llm/stand-in/answers.ts';
import { readAnswers } from '../../../sim/record/answers.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { readPosts } from '../../../sim/record/post-reader.ts';
import { sideTexts } from '../../../sim/world/meaning.ts';
import { serveRuns } from './serving.ts';
import type { Manifest } from '../../../sim/record/manifest.ts';
import type { DefinedScenario } from '../../../sim/engine/define.ts';

const serving = serveRuns('embeddings', 'sk-canary-5e5e');
const { folder, canary } = serving;

/** Texts of planted posts: two of sides, one of neither, each three times. */
const texts = [`${sideTexts()[10]} Indeed.`, `${sideTexts()[8]} Indeed.`, 'zzz qqq'];

/** Posts at ticks 1 to 9, by which no text is new from the fourth on. */
function world(changes: object = {}, embedding: object = {}, url = serving.server.url): DefinedScenario {
  const interventions = Array.from({ length: 9 }, (_, i) => {
    return { tick: i + 1, agent: `a-${i}`, verb: 'post' as const, text: texts[i % texts.length] };
  });
  return defineScenario({
    ...{ name: 'embedded', seed: 3, ticks: 12, tickSeconds: 1800 },
    population: { kind: 'generated', agents: 60, idPrefix: 'a-', followsMean: 5 },
    feed: { recommender: 'interest', embedding: { model: standInModel, ...embedding } },
    policies: [{ share: 1, rules: { intercept: -2, interestWeight: 2, postShare: 0 } }],
    verbs: ['post', 'repost', 'like'],
    interventions,
    models: serving.models(changes, url),
  } as unknown as Parameters<typeof defineScenario>[0]);
}

const placement = { workers: 1, layout: 'degree', mergeTicks: 24, checkpointTicks: 3 } as const;
const live = join(folder, 'live');
let manifest: Manifest;

describe('feed.embedding: a model', () => {
  it('each distinct text is asked for once, the sixteen sides with the first, and topics are those of the texts', async () => {
    ({ manifest } = await run(world(), { out: live, checkpointTicks: 3 }));
    expect(manifest.models?.embeddings).toEqual({ model: standInModel, texts: 16 + texts.length, requests: 3 });
    expect(serving.server.counts).toMatchObject({ embeddings: 3, embeddedTexts: 16 + texts.length });
    expect(manifest.counts).toMatchObject({ asked: 9, unanswered: 0 });
    const { topic, parent } = readPosts(openRecords(live));
    const boards = [...topic].filter((_, row) => parent[row] < 0);
    // Transport, its first side, and housing, its first side.
    expect([boards[0], boards[3], boards[6]]).toEqual([10, 10, 10]);
    expect([boards[1], boards[4], boards[7]]).toEqual([8, 8, 8]);
    const spent = manifest.models?.promptTokens;
    expect(spent).toBe(serving.server.counts.promptTokens);
  });

  it('verify, replay and reading the run make no request and end in the same digest, on one, two and three workers', async () => {
    const { requests } = serving.server.counts;
    for (const workers of [1, 3]) {
      expect(await verifyRun(live, { ...placement, workers })).toMatchObject({ same: true });
    }
    const replayed = await run(world(), { out: join(folder, 'replayed'), replay: live, workers: 2 });
    expect(replayed.manifest.digest).toBe(manifest.digest);
    expect((await Replay.open(openRecords(live), 12)).firstDifference).toBeUndefined();
    expect(serving.server.counts.requests).toBe(requests);
  });

  it('a run that is resumed asks for no text again and ends in the same digest', async () => {
    const out = join(folder, 'early');
    const stopper = new AbortController();
    const observer = { onTick: ({ tick }: { tick: number }) => (tick === 5 ? stopper.abort() : undefined) };
    await run(world(), { out, observer, signal: stopper.signal, checkpointTicks: 3 });
    const { requests } = serving.server.counts;
    const resumed = await resumeRun({ directory: out, placement: { ...placement, workers: 2 } });
    expect(resumed.digest).toBe(manifest.digest);
    expect(serving.server.counts.requests).toBe(requests);
  });

  it('a cap that cannot pay for a text stops the run before its tick; with a raised one it ends as if there had been none', async () => {
    const out = join(folder, 'capped');
    const first = await run(world({ caps: { calls: 3 } }), { out });
    expect(first.manifest.stop).toMatchObject({ exitCode: 7, reason: 'CAP_CALLS' });
    const models = modelsOrderOf(world().data)!;
    expect((await resumeRun({ directory: out, placement, models })).digest).toBe(manifest.digest);
  });

  it.each([
    ['vectors-missing', 'EMBEDDING_COUNT'],
    ['vectors-extra', 'EMBEDDING_COUNT'],
    ['vector-indices-equal', 'EMBEDDING_ORDER'],
    ['vector-indices-shifted', 'EMBEDDING_ORDER'],
    ['vector-shorter', 'EMBEDDING_DIMENSIONS'],
    ['vector-null', 'EMBEDDING_NUMBERS'],
    ['echo-key', 'SERVER_ERROR'],
  ])(
    'the fault %s is on record as %s, words decide instead, and the run says that it is degraded',
    async (fault, reason) => {
      const out = join(folder, fault);
      serving.server.misbehave([{ fault }]);
      const one = await run(world(), { out });
      serving.server.misbehave([]);
      expect(one.manifest).toMatchObject({ outcome: 'complete', degraded: true });
      expect(one.manifest.counts.unanswered).toBe(9);
      expect(new Set(readAnswers(out).outcomes.map((outcome) => outcome.reason))).toEqual(new Set([reason]));
      expect(await verifyRun(out, placement)).toMatchObject({ same: true });
    },
  );

  it('vectors in another order count by their indices', async () => {
    serving.server.misbehave([{ fault: 'vectors-reversed' }]);
    const reversed = await run(world(), { out: join(folder, 'reversed') });
    serving.server.misbehave([]);
    expect(reversed.manifest.digest).toBe(manifest.digest);
  });

  it('a number of dimensions that is asked for is what must come', async () => {
    const { manifest: short } = await run(world({}, { dimensions: 64 }), { out: join(folder, 'short') });
    expect(short.degraded).toBe(false);
    serving.server.misbehave([{ fault: 'vectors-shorter' }]);
    const wrong = await run(world({}, { dimensions: 64 }), { out: join(folder, 'wrong') });
    serving.server.misbehave([]);
    expect(wrong.manifest.counts.unanswered).toBe(9);
  });

  it('with the endpoint gone rules go on where the scenario says so, and a model that nobody serves is refused', async () => {
    const gone = world({ whenDown: 'rules' }, {}, 'http://127.0.0.1:9/v1');
    const { manifest: down } = await run(gone, { out: join(folder, 'gone') });
    expect(down).toMatchObject({ outcome: 'complete', degraded: true });
    const unknown = run(world({}, { model: 'other' }), { out: join(folder, 'unknown') });
    await expect(unknown).rejects.toThrow(/INPUT_DANGLING_REF.*"other"/);
  });

  it('the key stands in no log of answers, whatever the server says back', () => {
    for (const name of ['live', 'echo-key']) {
      expect(readFileSync(join(folder, name, 'answers.log')).includes(canary)).toBe(false);
      expect(readFileSync(join(folder, name, 'manifest.json')).includes(canary)).toBe(false);
    }
  });
});
