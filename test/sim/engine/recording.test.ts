/**
 * Recording in the calling thread and in one of its own: the same bytes, the same errors, and nobody is left waiting.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError, InvariantError } from '../../../sim/ground/errors.ts';
import { hexOf } from '../../../sim/ground/digest.ts';
import { counts } from '../../../sim/exchange/tables.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { newestCheckpoint, recordRun, resumeRun } from '../../../sim/engine/run.ts';
import { startRecording } from '../../../sim/engine/recording.ts';
import { prepare, simulate } from '../../../sim/engine/simulate.ts';
import { checkpointTicks } from '../../../sim/record/checkpoint.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { LogWriter } from '../../../sim/record/writer.ts';
import { scenario } from '../../fixtures/own-code.ts';
import { orderOf, smallPlan, smallPopulation } from '../worlds.ts';
import type { Observer, Progress } from '../../../sim/exchange/ports.ts';
import type { Placement } from '../../../sim/engine/plan.ts';
import type { Simulation } from '../../../sim/engine/simulate.ts';
import type { WorldOrder } from '../worlds.ts';

const root = mkdtempSync(join(tmpdir(), 'mesocosm-recording-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

let made = 0;

/** A run with a log of its own, in the calling thread or apart. */
async function recorded(
  order: WorldOrder,
  isApart: boolean,
  change: (simulation: Simulation) => Partial<Simulation> = () => ({}),
): Promise<{ directory: string; log: Buffer; head: string; seconds: number }> {
  const simulation = prepare(orderOf(order));
  const directory = join(root, `run-${made++}`);
  mkdirSync(directory);
  const link = simulation.result.link;
  await (await LogWriter.create(directory, link)).close();
  const log = { directory, head: { ticks: 0, bytes: 0, digest: hexOf(link) } };
  const taker = await startRecording(simulation, log, isApart);
  await simulate({ ...simulation, ...change(simulation), taker }).finally(() => taker.finish());
  const head = readFileSync(join(directory, 'head'), 'utf8');
  return { directory, log: readFileSync(join(directory, 'events.log')), head, seconds: taker.seconds() };
}

/** Threads that start while something is done. */
async function threadsOf(act: () => Promise<unknown>): Promise<number> {
  let started = 0;
  const count = (): void => {
    started++;
  };
  process.on('worker', count);
  await act().finally(() => process.off('worker', count));
  return started;
}

describe('startRecording', () => {
  test('startRecording: log and head are the same bytes in the calling thread and apart, for any shards', async () => {
    const population = smallPopulation({ agents: 400 });
    const plan = smallPlan({ ticks: 110 });
    const here = await recorded({ population, plan, sampleShare: 0.4 }, false);
    for (const workers of [1, 2, 3]) {
      const placement = { workers, checkpointTicks: 7 };
      const apart = await recorded({ population, plan, sampleShare: 0.4, placement }, true);
      expect([workers, apart.log.equals(here.log), apart.head]).toEqual([workers, true, here.head]);
      expect(apart.seconds).toBeGreaterThan(0);
    }
    expect(here.log.length).toBeGreaterThan(100_000);
  });

  test('startRecording: a run of several shards has one thread more than shards, a small one of one shard none', async () => {
    for (const [workers, threads] of [
      [1, 0],
      [2, 3],
    ]) {
      const order = { compiled: { plan: smallPlan(), population: smallPopulation() }, exposureSampleShare: 0 };
      const placement: Placement = { workers, layout: 'key', mergeTicks: 7 };
      const source = { name: '', sha256: '' };
      const run = { ...order, placement, source, directory: join(root, `threads-${workers}`) };
      expect(await threadsOf(() => recordRun(run))).toBe(threads);
    }
    const compiled = {
      plan: smallPlan({ ticks: 3, postCapacity: 1 << 19 }),
      population: smallPopulation({ agents: 20_000 }),
    };
    expect(await threadsOf(() => runInMemory(compiled))).toBe(0);
  });

  test('startRecording: an observer hears of each tick once, in order, while the tables still hold that tick', async () => {
    for (const workers of [1, 3]) {
      const heard: Progress[] = [];
      const watch = ({ main }: Simulation): { observer: Observer } => ({
        observer: {
          onTick(progress) {
            const tables = main.attached.tables[(progress.tick - 1) & 1];
            const sum = (place: number): number => tables.reduce((total, one) => total + one.count[place], 0);
            expect([sum(counts.percepts), sum(counts.intents)]).toEqual([progress.awake, progress.intents]);
            heard.push(progress);
          },
        },
      });
      const { directory } = await recorded({ plan: smallPlan({ ticks: 60 }), placement: { workers } }, true, watch);
      expect(heard.map(({ tick }) => tick)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
      expect(heard.at(-1)?.awake).toBeGreaterThan(0);
      expect(JSON.parse(readFileSync(join(directory, 'head'), 'utf8'))).toMatchObject({ ticks: 60 });
    }
  });

  test('startRecording: an exposure sample of 1 keeps what every agent saw, tick by tick', async () => {
    const compiled = { plan: smallPlan(), population: smallPopulation() };
    const placement = { workers: 2, layout: 'degree', mergeTicks: 7 } as const;
    const directory = join(root, 'exposures');
    await recordRun({
      ...{ compiled, placement, directory, source: { name: '', sha256: '' } },
      exposureSampleShare: 1,
    });
    const ticks = [...openRecords(directory).ticks()];
    const seen = ticks.map((tick) => tick.seen.agent.length);
    expect(seen).toEqual(ticks.map((tick) => tick.totals.exposures));
    expect(Math.max(...seen)).toBeGreaterThan(100);
  });
});

describe('a recorder apart that fails', () => {
  /** The error of a run whose log cannot be written, and how long it took. */
  async function failureOf(
    workers: number,
    spoil: (directory: string) => void,
    known?: string[],
  ): Promise<{ error: unknown; seconds: number }> {
    const order = { plan: smallPlan({ ticks: 20_000 }), placement: { workers, checkpointTicks: 5 } };
    const simulation = prepare(orderOf(order));
    const directory = join(root, `failing-${made++}`);
    mkdirSync(directory);
    spoil(directory);
    const head = { ticks: 0, bytes: 0, digest: hexOf(simulation.result.link) };
    const log = { directory, head, ...(known === undefined ? {} : { knownLinks: known }) };
    const taker = await startRecording(simulation, log, true);
    const begun = performance.now();
    const error: unknown = await simulate({ ...simulation, taker }).catch((cause: unknown) => cause);
    await expect(taker.finish()).rejects.toBe(error);
    return { error, seconds: (performance.now() - begun) / 1000 };
  }

  test.skipIf(!existsSync('/dev/full')).each([1, 2])(
    'startRecording: a full disk ends the run of %i shards long before its end, as an error of the disk',
    async (workers) => {
      const { error, seconds } = await failureOf(workers, (directory) => {
        symlinkSync('/dev/full', join(directory, 'events.log'));
      });
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).message).toMatch(/INPUT_DISK .*events\.log cannot write: the disk is full/);
      expect((error as InputError).exitCode).toBe(5);
      expect(seconds).toBeLessThan(10);
    },
  );

  test.each([1, 2])('startRecording: a log that cannot be opened ends the run of %i shards', async (workers) => {
    const { error } = await failureOf(workers, (directory) => {
      mkdirSync(join(directory, 'events.log'));
    });
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(/INPUT_DISK .*events\.log cannot open: EISDIR/);
  });

  test.each([1, 2])('startRecording: a tick that differs from the log ends the run of %i shards', async (workers) => {
    const { error } = await failureOf(workers, () => undefined, ['00'.repeat(32)]);
    expect((error as InputError).message).toMatch(/INPUT_STORE_DAMAGED .*tick 0, computed again, differs/);
  });
});

describe('a run whose recorder is apart', () => {
  const source = { name: 'own', sha256: '' };
  const placement = { workers: 2, layout: 'degree', mergeTicks: 7, checkpointTicks: 10 } as const;

  test('recordRun: own code that throws leaves every tick before it in the log', async () => {
    const attributes = ['goods', 'helped'].map((name) => ({ name, initial: 3 }));
    const { module = '' } = scenario;
    const plan = smallPlan({ ticks: 200, policies: [{ kind: 'own', name: 'throwing' }], module, attributes });
    const compiled = { plan, population: smallPopulation({ agents: 130, wakesPerDayMean: 100_000 }) };
    const directory = join(root, 'throwing');
    const order = { compiled, placement, directory, source, exposureSampleShare: 0, code: scenario };
    await expect(recordRun(order)).rejects.toBeInstanceOf(InvariantError);
    const { manifest, head, ticks } = openRecords(directory);
    expect([manifest.outcome, manifest.ticks, head.ticks, [...ticks()].length]).toEqual(['failed', 5, 5, 5]);
  });

  test('recordRun: stopped and taken up from its checkpoint it ends in the log of a run that was never stopped', async () => {
    const compiled = { plan: smallPlan({ ticks: 150 }), population: smallPopulation() };
    const order = { compiled, placement, source, exposureSampleShare: 0.2 };
    const whole = await recordRun({ ...order, directory: join(root, 'whole') });
    const stopper = new AbortController();
    const directory = join(root, 'stopped');
    const observer = {
      onTick({ tick }: Progress) {
        if (tick === 90) stopper.abort();
      },
    };
    const stopped = await recordRun({ ...order, directory, observer, signal: stopper.signal });
    expect([stopped.outcome, stopped.ticks < 150]).toEqual(['stopped', true]);
    const links = [...openRecords(directory).frames()].map((frame) => hexOf(frame.link));
    expect(checkpointTicks(directory).length).toBeGreaterThan(0);
    expect(newestCheckpoint(directory, links, undefined)?.counts.awake).toBeGreaterThan(0);
    const resumed = await resumeRun({ directory, placement: { ...placement, workers: 3 } });
    expect([resumed.digest, resumed.counts]).toEqual([whole.digest, whole.counts]);
    const logs = [directory, join(root, 'whole')].map((one) => readFileSync(join(one, 'events.log')));
    expect(logs[0].equals(logs[1])).toBe(true);
  });
});
