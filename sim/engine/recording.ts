/**
 * Who records a run: the thread that drives it, or a thread of its own that the shards meet only at the hand-over of their tables.
 *
 * Oracle: both write the same bytes (`test/sim/engine/recording.test.ts`).
 */
import { Piscina } from 'piscina';
import { InputError, InvariantError } from '../ground/errors.ts';
import { control, stopAll } from './barrier.ts';
import { openLogRecorder } from './log-recorder.ts';
import { takingOrderOf } from './simulate.ts';
import { takeHere } from './take.ts';
import type { LogOrder } from './log-recorder.ts';
import type { RecordingOrder, RecordingReport } from './recording-worker.ts';
import type { Simulation } from './simulate.ts';
import type { Taker } from './take.ts';

/**
 * Below so many agents a run in one thread records in that thread: another would take longer to start, some 150 ms, than it could
 * save, and runs are often so small where there are many of them.
 */
const agentsApartMin = 20_000;

/** Opens the log of a run and says who takes its ticks. `finish` closes the log. */
export async function startRecording(
  simulation: Simulation,
  log: LogOrder,
  isApart = isWorthAThread(simulation),
): Promise<Taker> {
  if (isApart) return recordApart(simulation, log);
  const recorder = await openLogRecorder(log);
  const taker = takeHere(takingOrderOf(simulation), simulation.result.counts, recorder);
  return { ...taker, finish: () => recorder.close().then(() => taker.finish()) };
}

function isWorthAThread({ placement, population }: Simulation): boolean {
  return placement.workers > 1 || population.count >= agentsApartMin;
}

const workerFile = new URL(`./recording-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

function recordApart(simulation: Simulation, log: LogOrder): Taker {
  const { main, result } = simulation;
  const words = main.attached.control;
  const pool = new Piscina({
    filename: workerFile.href,
    name: 'recordTicks',
    ...{ minThreads: 1, maxThreads: 1, atomics: 'disabled' },
  });
  const order: RecordingOrder = {
    ...{ taking: takingOrderOf(simulation), log, firstTick: result.ticks, counts: { ...result.counts } },
  };
  const wake = (): void => {
    Atomics.add(words, control.recordSignal, 1);
    Atomics.notify(words, control.recordSignal);
  };
  let seconds = 0;
  const ended = ending(pool, order, words);
  // Whoever drives the run hears of a failure through `finish`, and through the stop word before that.
  ended.catch(() => undefined);
  return {
    take(number) {
      Atomics.store(words, control.ticksTold, number + 1);
      wake();
      return undefined;
    },
    async finish() {
      Atomics.store(words, control.recordEnd, 1);
      wake();
      const report = await ended;
      ({ seconds } = report);
      return report.link;
    },
    seconds: () => seconds,
  };
}

/** The whole life of the recorder's thread. */
async function ending(pool: Piscina, order: RecordingOrder, words: Int32Array): Promise<RecordingReport> {
  try {
    const report = (await pool.run(order)) as RecordingReport;
    const { fault } = report;
    if (fault === undefined) return report;
    if (fault.kind === 'input') throw new InputError(fault.problems);
    const error = new InvariantError(fault.message);
    error.stack = `${error.message}\n${fault.stack}`;
    throw error;
  } catch (error) {
    // Shards that wait for a table would wait for ever.
    stopAll(words, -1, -1, -1);
    if (error instanceof InputError || error instanceof InvariantError) throw error;
    throw new InvariantError(`the recorder ended: ${String(error)}`, {}, error);
  } finally {
    await pool.destroy();
  }
}
