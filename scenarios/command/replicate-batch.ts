/**
 * A batch of replicates under a progress line, for sweeps, calibrations and studies alike: what is done stays on disk, a signal ends it
 * at the next world with the words of how to go on, and threads and signals are let go of in every case.
 */
import { availableParallelism } from 'node:os';
import { SingleBar } from 'cli-progress';
import { note } from './output.ts';
import { ModelsEnded, recordedWorlds } from './model-worlds.ts';
import { ReplicateStore, Stopped, inThreads } from './replicate-store.ts';
import { stopOnSignals } from './run.ts';
import type { AskingOrder } from './model-worlds.ts';
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
  /** Where worlds ask models: how. Then each is a recorded run. */
  readonly asking?: AskingOrder | undefined;
}

/** Worlds that wait for servers at a time: they cost no core while they do. */
const waitingWorlds = 4;
const capStatus = 7;

/** Does the work of a command and gives its exit status, or that of the signal that stopped it. */
export async function runBatch(
  { label, directory, workers, goOn, task, asking }: BatchOrder,
  work: (store: ReplicateStore, bar: ReplicateBar) => Promise<number>,
): Promise<number> {
  const stopper = stopOnSignals();
  const simulator =
    asking === undefined
      ? inThreads(workers ?? Math.min(32, availableParallelism()), task)
      : recordedWorlds(directory, workers ?? waitingWorlds, asking);
  const store = new ReplicateStore(directory, simulator, stopper.signal);
  const bar = replicateBar(label);
  try {
    return await work(store, bar);
  } catch (error) {
    bar.stop();
    if (error instanceof ModelsEnded) {
      note(`${error.message}; nothing of the tick at hand counts`);
      note(error.status === capStatus ? `${goOn}, with higher caps` : goOn);
      return error.status;
    }
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
