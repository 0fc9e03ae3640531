/**
 * `index RUN`: run.db out of the log. It is a view: it can be deleted and built anew.
 */
import { InputError, echo } from '../../sim/ground/errors.ts';
import { rebuildDatabase } from '../../sim/record/database-sqlite.ts';
import { printResult } from './output.ts';

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
  const { tables } = await rebuildDatabase(run, level);
  printResult(flags.json === true, { run, level, tables }, () =>
    Object.entries(tables)
      .map(([name, rows]) => `${name}: ${rows} rows`)
      .join('\n'),
  );
  return 0;
}
