/**
 * `index RUN`: run.db out of the log. It is a view: it can be deleted and built anew. One that was left unfinished is gone on with.
 */
import { InputError, echo } from '../../sim/ground/errors.ts';
import { indexRun } from '../../sim/record/database-sqlite.ts';
import { leftNote } from './behind.ts';
import { note, printResult } from './output.ts';
import { stopOnSignals } from './run.ts';

/** Runs the command. Returns its exit status. */
export async function indexCommand(run: string, flags: { level: string; json?: boolean }): Promise<number> {
  const { level } = flags;
  if (level !== 'core' && level !== 'full') {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      place: { file: '--level' },
      found: `${echo(level)} is not a level`,
      next: 'Choose core or full.',
    });
  }
  const stopper = stopOnSignals();
  try {
    const { syncedTick, tables } = await indexRun({ directory: run, level, signal: stopper.signal });
    if (tables === undefined) {
      note(leftNote(run, syncedTick));
      return stopper.status();
    }
    printResult(flags.json === true, { run, level, tables }, () =>
      Object.entries(tables)
        .map(([name, rows]) => `${name}: ${rows} rows`)
        .join('\n'),
    );
    return 0;
  } finally {
    stopper.release();
  }
}
