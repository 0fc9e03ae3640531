/**
 * Models in recorded runs, over real HTTP against the stand-in server: what is on record, what a replay asks, what caps and a server that is
 * gone do to a run (statements GM-41 and GM-42; faults L1, L21, L22).
 */
import { readFileSync, existsSync, writeFileSync, appendFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scenario } from '../../fixtures/talking-code.ts';
import { modelsOrderOf } from '../../../sim/engine/models.ts';
import { Replay } from '../../../sim/engine/replay.ts';
import { resumeRun, verifyRun } from '../../../sim/engine/run.ts';
import { run } from '../../../sim/engine/run-scenario.ts';
import { standInModel } from '../../../sim/llm/stand-in/answers.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { serveRuns } from './serving.ts';
import type { DefinedScenario } from '../../../sim/engine/define.ts';

const serving = serveRuns('models', 'sk-canary-7f3a');
const { folder, canary } = serving;

function withModels(changes: object = {}, url = serving.server.url): DefinedScenario {
  const models = serving.models({ classes: { default: [{ model: standInModel }] }, ...changes }, url);
  return { ...scenario, data: { ...scenario.data, models } as unknown as DefinedScenario['data'] };
}

const placement = { workers: 1, layout: 'degree', mergeTicks: 24, checkpointTicks: 4 } as const;

describe('models in runs', () => {
  it('GM-42: a run with models is verified, replayed and computed again with no request, on any number of workers', async () => {
    const live = join(folder, 'live');
    const { manifest } = await run(withModels(), { out: live });
    expect(manifest.outcome).toBe('complete');
    expect(manifest.counts.asked).toBeGreaterThan(50);
    expect(manifest.degraded).toBe(false);
    // Equal questions of one tick are one request.
    expect(manifest.models?.requests).toBeLessThanOrEqual(manifest.counts.asked ?? 0);
    const { requests } = serving.server.counts;
    expect(await verifyRun(live, { ...placement, workers: 2 })).toMatchObject({ same: true });
    const replayed = await run(withModels(), { out: join(folder, 'replayed'), replay: live, workers: 3 });
    expect(replayed.manifest.digest).toBe(manifest.digest);
    expect(await verifyRun(join(folder, 'replayed'), placement)).toMatchObject({ same: true });
    const replay = await Replay.open(openRecords(live), 12);
    expect(replay.firstDifference).toBeUndefined();
    expect(serving.server.counts.requests).toBe(requests);
  });

  it('a replay under another seed stops at the first prompt that differs, and says where', async () => {
    const other = { ...withModels(), data: { ...withModels().data, seed: 4 } };
    const replayed = run(other, { out: join(folder, 'astray'), replay: join(folder, 'live') });
    await expect(replayed).rejects.toThrow(/INPUT_REPLAY_(MISS|DIVERGED).*tick=0/);
  });

  it('notes and verdicts survive a checkpoint: a run that goes on from any checkpoint ends in the same digest and asks nothing twice', async () => {
    const { digest } = openRecords(join(folder, 'live')).manifest;
    for (const last of [4, 8]) {
      const directory = join(folder, `early-${last}`);
      const stopper = new AbortController();
      const observer = { onTick: ({ tick }: { tick: number }) => (tick === last ? stopper.abort() : undefined) };
      const early = await run(withModels(), { out: directory, observer, signal: stopper.signal, checkpointTicks: 4 });
      expect(early.manifest.outcome).toBe('stopped');
      const before = serving.server.counts.requests;
      const resumed = await resumeRun({ directory, placement: { ...placement, workers: 2 } });
      expect(resumed.digest).toBe(digest);
      expect(resumed.counts).toEqual(openRecords(join(folder, 'live')).manifest.counts);
      expect(serving.server.counts.requests - before).toBeLessThan((resumed.counts.asked ?? 0) * (1 - last / 20));
    }
  });

  it('L22: a cap stops the run before the tick that it cannot pay; with a raised cap it ends as if there had been none', async () => {
    const capped = join(folder, 'capped');
    const before = serving.server.counts.requests;
    const first = await run(withModels({ caps: { calls: 40 } }), { out: capped });
    expect(first.manifest).toMatchObject({ outcome: 'stopped', stop: { exitCode: 7, reason: 'CAP_CALLS' } });
    expect(serving.server.counts.requests - before).toBeLessThanOrEqual(40);
    const models = modelsOrderOf(withModels({ caps: { calls: 5000 } }).data)!;
    const resumed = await resumeRun({ directory: capped, placement, models });
    expect(resumed.digest).toBe(openRecords(join(folder, 'live')).manifest.digest);
    expect(resumed.stop).toBeUndefined();
  });

  it('L1: an endpoint that is not there is named before anything is written', async () => {
    const out = join(folder, 'nowhere');
    await expect(run(withModels({}, 'http://127.0.0.1:9/v1'), { out })).rejects.toThrow(
      /INPUT_ENDPOINT .*127\.0\.0\.1:9/,
    );
    expect(existsSync(out)).toBe(false);
  });

  it('GM-41: with the model down for the whole run, rules go on, all calls are on record as failed, and the run says that it is degraded', async () => {
    const out = join(folder, 'down');
    const down = withModels({ whenDown: 'rules' }, 'http://127.0.0.1:9/v1');
    const { manifest } = await run(down, { out });
    expect(manifest).toMatchObject({ outcome: 'complete', degraded: true });
    expect(manifest.counts.unanswered).toBe(manifest.counts.asked);
    expect(await verifyRun(out, placement)).toMatchObject({ same: true });
  });

  it('a study’s own model that answers in words is recorded and replayed too', async () => {
    const out = join(folder, 'own');
    let asked = 0;
    const model = {
      ask: (requests: readonly unknown[]) => {
        asked += requests.length;
        return Promise.resolve(
          requests.map((_, i) => ({ status: 'answered' as const, answer: [], text: `word ${i}` })),
        );
      },
    };
    const { manifest } = await run(scenario, { out, model });
    const before = asked;
    expect(before).toBeGreaterThan(20);
    expect(await verifyRun(out, placement)).toMatchObject({ same: true });
    expect(asked).toBe(before);
    expect(manifest.counts.asked).toBeGreaterThanOrEqual(before);
  });

  it('a torn last line of answers.log is cut off, a damaged line before it is refused', async () => {
    const directory = join(folder, 'capped');
    const file = join(directory, 'answers.log');
    const whole = readFileSync(file);
    appendFileSync(file, '0badbeef {"kind":"answ');
    expect(await verifyRun(directory, placement)).toMatchObject({ same: true });
    const flipped = Buffer.from(whole);
    flipped[200] ^= 1;
    writeFileSync(file, flipped);
    await expect(verifyRun(directory, placement)).rejects.toThrow('INPUT_STORE_DAMAGED');
  });

  it('the key stands in no byte of any run directory', () => {
    const files = (at: string): string[] =>
      readdirSync(at).flatMap((name) =>
        statSync(join(at, name)).isDirectory() ? files(join(at, name)) : [join(at, name)],
      );
    for (const file of files(folder)) expect(readFileSync(file).includes(canary)).toBe(false);
  });
});
