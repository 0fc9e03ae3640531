/**
 * Many independent tasks, one a core: how replicates of a study are run. Results stand in the order of the inputs, whichever came
 * first.
 */
import { Piscina } from 'piscina';
import { InputError, InvariantError } from '../ground/errors.ts';

/** Threads that stay, for batches of tasks one after another. */
export interface Ensemble<Input, Result> {
  /**
   * Runs one batch. Inputs and results cross threads by copy. `onDone` is told of each result as it comes; what it throws ends the batch. A
   * signal ends the threads at once: results that are not in yet are lost.
   */
  run(inputs: readonly Input[], onDone?: OnDone<Result>, signal?: AbortSignal): Promise<Result[]>;
  close(): Promise<void>;
}

/** Told how many results are in, and the newest of them with the place of its input. */
export type OnDone<Result> = (done: number, index: number, result: Result) => void;

/** Threads that run the function `name` of a module, `workers` at a time. */
export function openEnsemble<Input, Result>(module: URL, name: string, workers: number): Ensemble<Input, Result> {
  const pool = new Piscina({
    filename: module.href,
    name,
    minThreads: workers,
    maxThreads: workers,
    atomics: 'disabled',
  });
  return {
    async run(inputs, onDone = () => undefined, signal) {
      let done = 0;
      try {
        return await Promise.all(
          inputs.map(async (input, index) => {
            const result = (await pool.run(input, signal === undefined ? {} : { signal })) as Result;
            onDone(++done, index, result);
            return result;
          }),
        );
      } catch (error) {
        if (error instanceof InputError) throw error;
        throw new InvariantError(error instanceof Error ? error.message : String(error), {}, error);
      }
    },
    close: () => pool.destroy(),
  };
}

/** Runs the function `name` of a module once for each input, `workers` at a time, in threads that end with it. */
export async function runEnsemble<Input, Result>(
  module: URL,
  name: string,
  inputs: readonly Input[],
  workers: number,
  onDone?: OnDone<Result>,
): Promise<Result[]> {
  const ensemble = openEnsemble<Input, Result>(module, name, Math.max(1, Math.min(workers, inputs.length)));
  try {
    return await ensemble.run(inputs, onDone);
  } finally {
    await ensemble.close();
  }
}
