/**
 * A batch of replicates under a progress line, for sweeps, calibrations and studies alike: what is done stays on disk, a signal ends it
 * at the next world with the words of how to go on, and threads and signals are let go of in every case.
 */
import { availableParallelism } from 'node:os';
import { SingleBar } from 'cli-progress';
import { note } from './output.ts';
import { ReplicateStore, Stopped } from './replicate-store.ts';
import { stopOnSignals } from './run.ts';
import type { ReplicateTask, StoreProgress } from './replicate-store.ts';

/** A progress line over replicates. */
export interface ReplicateBar {
  readonly update: (progress: StoreProgress) => void;
  readonly stop: () => void;
}

/** Where a batch lives, and what is said of it. */
export interface BatchOrder {
  readonly label: string;
  readonly directory: string;
  /** Worlds at a time; one a core, at most 32, where it is left out. */
  readonly workers: number | undefined;
  /** How to go on with one that was stopped. */
  readonly goOn: string;
  /** What simulates a replicate, where it is not measures by their names. */
  readonly task?: ReplicateTask;
}

/** Does the work of a command and gives its exit status, or that of the signal that stopped it. */
export async function runBatch(
  { label, directory, workers, goOn, task }: BatchOrder,
  work: (store: ReplicateStore, bar: ReplicateBar) => Promise<number>,
): Promise<number> {
  const stopper = stopOnSignals();
  const store = new ReplicateStore(directory, workers ?? Math.min(32, availableParallelism()), stopper.signal, task);
  const bar = replicateBar(label);
  try {
    return await work(store, bar);
  } catch (error) {
    bar.stop();
    if (!(error instanceof Stopped)) throw error;
    note(goOn);
    return stopper.status();
  } finally {
    await store.close();
    stopper.release();
  }
}

/** A progress line over replicates. */
function replicateBar(label: string): ReplicateBar {
  const bar = new SingleBar({
    format: `${label} {bar} {value}/{total} worlds · {eta_formatted} left`,
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 5000,
    linewrap: false,
  });
  let isOn = false;
  return {
    update({ done: value, all }) {
      if (!isOn) bar.start(all, value);
      isOn = true;
      bar.setTotal(all);
      bar.update(value);
    },
    stop: () => {
      if (isOn) bar.stop();
    },
  };
}
