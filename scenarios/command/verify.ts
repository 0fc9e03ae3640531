/**
 * `verify RUN`: every checksum and link of the log, then the run computed again, link by link.
 */
import { verifyRun } from '../../sim/engine/run.ts';
import { readManifest } from '../../sim/record/manifest.ts';
import { printResult, progressBar } from './output.ts';

/** Flags of `verify`. */
export interface VerifyFlags {
  readonly workers: number;
  readonly json?: boolean;
}

const differs = 3;

/** Runs the command. Returns its exit status: 3 where the recomputed run differs. */
export async function verifyCommand(run: string, flags: VerifyFlags): Promise<number> {
  const manifest = readManifest(run);
  const bar = progressBar('verify', manifest.ticks);
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
