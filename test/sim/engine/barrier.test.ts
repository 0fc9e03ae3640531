/**
 * The barrier: nobody leaves before everybody came, the last one’s work is done once, and a stop frees everybody within a second.
 */
import { Worker } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { control, meet, stopAll } from '../../../sim/engine/barrier.ts';

/** What one thread came to: rounds it passed, the round it saw broken (or -1), and how it left. */
interface Report {
  readonly passed: number;
  readonly broken: number;
  readonly left: 'done' | 'Stopped';
}

const lastRuns = 40;

/**
 * A thread that meets the others `rounds` times after delays of random length. Before a meet it notes its round; after it, it
 * looks whether all have come that far. The last of each round counts it at word `lastRuns`.
 */
const program = `
  import { parentPort, workerData } from 'node:worker_threads';
  import { meet } from '${new URL('../../../sim/engine/barrier.ts', import.meta.url).href}';
  const { buffer, thread, threads, rounds, longest, stays } = workerData;
  const words = new Int32Array(buffer);
  let word = thread + 1;
  let broken = -1;
  let passed = 0;
  let left = 'done';
  try {
    for (; passed < rounds; passed++) {
      word = (Math.imul(word, 1664525) + 1013904223) | 0;
      for (let i = (word >>> 8) % longest; i > 0; i--) Atomics.load(words, 63);
      if (passed === stays) { Atomics.wait(words, 62, 0, 20); while (Atomics.load(words, 0) === 0) Atomics.wait(words, 62, 0, 5); break; }
      Atomics.store(words, 48 + thread, passed + 1);
      meet(words, threads, () => Atomics.add(words, ${lastRuns}, 1));
      for (let t = 0; t < threads; t++) if (Atomics.load(words, 48 + t) < passed + 1 && broken < 0) broken = passed;
    }
  } catch (error) {
    left = error.name;
  }
  parentPort.postMessage({ passed, broken, left });`;
const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);

function startThreads(
  words: Int32Array,
  order: { threads: number; rounds: number; longest: number; stays?: number },
): Promise<Report[]> {
  return Promise.all(
    Array.from({ length: order.threads }, (_, thread) => {
      const stays = thread === 0 ? (order.stays ?? -1) : -1;
      const worker = new Worker(url, { workerData: { ...order, buffer: words.buffer, thread, stays } });
      return new Promise<Report>((resolve, reject) => {
        worker.once('error', reject);
        worker.once('message', (report: Report) => {
          worker.terminate().then(() => {
            resolve(report);
          }, reject);
        });
      });
    }),
  );
}

function newWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(256));
}

describe('meet', () => {
  test.each([2, 3, 4])(
    'meet: %i threads that come at random moments leave each round together, one of them last',
    async (threads) => {
      const words = newWords();
      const reports = await startThreads(words, { threads, rounds: 2000, longest: 400 });
      expect(reports).toEqual(new Array(threads).fill({ passed: 2000, broken: -1, left: 'done' }));
      expect(words[lastRuns]).toBe(2000);
      expect([words[control.arrived], words[control.generation]]).toEqual([0, 2000]);
    },
  );

  test('meet: one shard alone never waits, and does the last one’s work itself', () => {
    let runs = 0;
    meet(newWords(), 1, () => runs++);
    meet(newWords(), 1);
    expect(runs).toBe(1);
  });

  test('meet: no thread passes a round that not all have reached when the run is stopped meanwhile', async () => {
    for (let trial = 0; trial < 4; trial++) {
      const words = newWords();
      const running = startThreads(words, { threads: 3, rounds: 1e9, longest: 3000 });
      while (Atomics.load(words, control.generation) < 50 + trial * 13) await sleep(1);
      stopAll(words, 1, 7, -1);
      const reports = await running;
      expect(reports.map(({ broken, left }) => ({ broken, left }))).toEqual(
        new Array(3).fill({ broken: -1, left: 'Stopped' }),
      );
      const rounds = reports.map(({ passed }) => passed);
      expect(Math.max(...rounds) - Math.min(...rounds)).toBeLessThanOrEqual(1);
    }
  });

  test('meet: whoever spins while another stops the run leaves as stopped, though the generation has moved', async () => {
    const words = newWords();
    const trials = 300;
    // The other thread stops the run as soon as this one has come to the barrier, which is still spinning then.
    const stopper = `
      import { workerData, parentPort } from 'node:worker_threads';
      import { stopAll } from '${new URL('../../../sim/engine/barrier.ts', import.meta.url).href}';
      const words = new Int32Array(workerData);
      parentPort.postMessage('ready');
      for (let trial = 1; trial <= ${trials}; trial++) {
        while (Atomics.load(words, ${control.arrived}) === 0);
        stopAll(words, 1, trial, -1);
        Atomics.store(words, 60, trial);
        while (Atomics.load(words, 61) !== trial);
      }`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(stopper)}`), {
      workerData: words.buffer,
    });
    await new Promise((resolve) => worker.once('message', resolve));
    const passed: number[] = [];
    for (let trial = 1; trial <= trials; trial++) {
      try {
        meet(words, 2);
        passed.push(trial);
      } catch (error) {
        expect((error as Error).name).toBe('Stopped');
      }
      while (Atomics.load(words, 60) !== trial);
      for (const word of [control.stop, control.arrived]) Atomics.store(words, word, 0);
      Atomics.store(words, 61, trial);
    }
    await worker.terminate();
    expect(passed).toEqual([]);
  });

  test('stopAll: frees threads that sleep at the barrier within a second, and names the first who stopped', async () => {
    const words = newWords();
    const running = startThreads(words, { threads: 3, rounds: 100, longest: 10, stays: 30 });
    while (Atomics.load(words, control.arrived) < 2 || Atomics.load(words, control.generation) < 30) await sleep(2);
    await sleep(50);
    const before = performance.now();
    stopAll(words, 2, 30, 11);
    stopAll(words, 1, 29, 10);
    const [, ...waiters] = await running;
    expect(performance.now() - before).toBeLessThan(1000);
    expect(waiters).toEqual(new Array(2).fill({ passed: 30, broken: -1, left: 'Stopped' }));
    expect([words[control.stopShard], words[control.stopTick], words[control.stopAgent]]).toEqual([2, 30, 11]);
    expect(words[control.signal]).toBeGreaterThan(0);
  });

  test('meet: a thread that comes after the stop leaves at once', () => {
    const words = newWords();
    stopAll(words, 0, 0, 0);
    expect(() => {
      meet(words, 2);
    }).toThrow(expect.objectContaining({ name: 'Stopped' }));
    expect(words[control.arrived]).toBe(0);
  });
});
