/**
 * `verify RUN`: every checksum and link of the log, then the run computed again, link by link; of a data set, every checksum.
 */
import { verifyRun } from '../../sim/engine/run.ts';
import { dataSetOf, verifyDataSet } from '../../sim/record/data-set-reader.ts';
import { readManifest } from '../../sim/record/manifest.ts';
import { printResult } from './output.ts';
import { progressView } from './progress.ts';

/** Flags of `verify`. */
export interface VerifyFlags {
  readonly workers: number;
  readonly json?: boolean;
}

const differs = 3;

/** Runs the command. Returns its exit status: 3 where the recomputed run differs. */
export async function verifyCommand(run: string, flags: VerifyFlags): Promise<number> {
  const manifest = readManifest(run);
  if (dataSetOf(manifest) !== undefined) return checkDataSet(run, flags);
  const bar = progressView('verify', manifest.ticks);
  try {
    const placement = { workers: flags.workers, layout: 'degree', mergeTicks: 24 } as const;
    const result = await verifyRun(run, placement, bar);
    bar.stop();
    printResult(flags.json === true, { run, ...result }, () =>
      result.same
        ? `same: ${result.ticks} ticks recomputed to digest ${result.recomputed}`
        : `differs: the first difference is in tick ${result.firstDifference}; recorded ${result.recorded}`,
    );
    return result.same ? 0 : differs;
  } finally {
    bar.stop();
  }
}

/** A data set has no plan to compute again: its checksums are all there is. */
function checkDataSet(run: string, flags: VerifyFlags): number {
  const result = verifyDataSet(run);
  printResult(
    flags.json === true,
    { run, ...result, same: true },
    () =>
      `whole: a data set, ${result.ticks} ticks and ${result.tables} tables with digest ${result.recorded}; nothing of it is computed`,
  );
  return 0;
}
