/**
 * Takes measures of a recorded population in a thread of its own, which opens the records again and shares nothing with its parent.
 *
 * Oracle: the measures of one thread (`test/command/measures.test.ts`). Errors of input come back as such; any other ends the command.
 */
import { Worker } from 'node:worker_threads';
import { InputError, InvariantError } from '../../sim/ground/errors.ts';

const workerFile = new URL(`./analyze-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** What the thread is given. */
export interface BesideOrder {
  readonly directory: string;
  readonly names: readonly string[];
  readonly layer: string | undefined;
  readonly seed: number;
}

/** What it says at the end. */
export type BesideReport =
  | { readonly kind: 'measured'; readonly measures: Record<string, object> }
  | { readonly kind: 'input'; readonly problems: InputError['problems'] };

/** Measures that are being taken. */
export interface BesideThread {
  /** By name. */
  readonly measures: Promise<Record<string, object>>;
  /** Nobody waits for them any more. */
  stop(): Promise<void>;
}

/** Starts the thread. */
export function measureBeside(order: BesideOrder): BesideThread {
  const worker = new Worker(workerFile, { execArgv: [], workerData: order, name: 'measures' });
  const measured = new Promise<Record<string, object>>((resolve, reject) => {
    worker.on('message', (report: BesideReport) => {
      if (report.kind === 'measured') resolve(report.measures);
      else reject(new InputError(report.problems));
    });
    worker.on('error', reject);
    worker.on('exit', (status) => {
      reject(new InvariantError(`the thread that measures ended with ${status}`));
    });
  });
  // It may fail while its parent is still at work.
  measured.catch(() => undefined);
  return {
    measures: measured,
    stop: async () => {
      await worker.terminate();
    },
  };
}
