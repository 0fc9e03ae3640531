/**
 * `resume RUN`: goes on with a run that ended early, with any number of shards.
 */
import { resumeRun } from '../../sim/engine/run.ts';
import { readManifest } from '../../sim/record/manifest.ts';
import { defaultWorkers, summaryOf, stopOnSignals } from './run.ts';
import { note, printResult, progressBar } from './output.ts';
import type { Plan } from '../../sim/engine/plan.ts';

/** Flags of `resume`. */
export interface ResumeFlags {
  readonly workers?: number;
  readonly checkpointTicks: number;
  readonly fromTick?: number;
  readonly json?: boolean;
}

/** Runs the command. Returns its exit status. */
export async function resumeCommand(run: string, flags: ResumeFlags): Promise<number> {
  const before = readManifest<Plan>(run);
  if (before.outcome === 'running')
    note('the previous process ended without saying so; going on from what is acknowledged');
  const bar = progressBar(before.scenario, before.plan.ticks);
  const stopper = stopOnSignals();
  try {
    const manifest = await resumeRun({
      directory: run,
      placement: {
        workers: flags.workers ?? defaultWorkers(before.agents),
        layout: 'degree',
        mergeTicks: 24,
        checkpointTicks: flags.checkpointTicks,
      },
      ...(flags.fromTick === undefined ? {} : { fromTick: flags.fromTick }),
      observer: bar,
      signal: stopper.signal,
    });
    bar.stop();
    printResult(
      flags.json === true,
      { run, ...summaryOf(manifest) },
      () => `${manifest.outcome}: ${manifest.ticks} ticks, digest ${manifest.digest}`,
    );
    return manifest.outcome === 'stopped' ? stopper.status() : 0;
  } finally {
    bar.stop();
    stopper.release();
  }
}
