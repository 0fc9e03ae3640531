/**
 * Many independent tasks, one a core: how replicates of a study are run. Results stand in the order of the inputs, whichever came
 * first.
 */
import { Piscina } from 'piscina';
import { InvariantError } from '../ground/errors.ts';

/** Runs the function `name` of a module once for each input, `workers` at a time. Inputs and results cross threads by copy. */
export async function runEnsemble<Input, Result>(
  module: URL,
  name: string,
  inputs: readonly Input[],
  workers: number,
  onDone: (done: number) => void = () => undefined,
): Promise<Result[]> {
  const pool = new Piscina({
    filename: module.href,
    name,
    minThreads: Math.min(workers, inputs.length),
    maxThreads: Math.max(1, Math.min(workers, inputs.length)),
    atomics: 'disabled',
  });
  let done = 0;
  try {
    return await Promise.all(
      inputs.map(async (input) => {
        const result = (await pool.run(input)) as Result;
        onDone(++done);
        return result;
      }),
    );
  } catch (error) {
    throw new InvariantError(error instanceof Error ? error.message : String(error), {}, error);
  } finally {
    await pool.destroy();
  }
}
