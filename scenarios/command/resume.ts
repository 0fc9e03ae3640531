/**
 * `resume RUN`: goes on with a run that ended early, with any number of shards, and with its run.db, if it has one.
 */
import { resumeRun } from '../../sim/engine/run.ts';
import { refuseDataSet } from '../../sim/record/data-set-reader.ts';
import { readSealed } from '../../sim/record/manifest.ts';
import { databaseLevel } from '../../sim/record/database-sqlite.ts';
import { databaseBehind } from './behind.ts';
import { defaultWorkers, sayHowToGoOn, summaryOf, stopOnSignals } from './run.ts';
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
  const before = readSealed<Plan>(run);
  refuseDataSet(before, run);
  if (before.outcome === 'running')
    note('the previous process ended without saying so; going on from what is acknowledged');
  const level = (await databaseLevel(run)) ?? 'none';
  const bar = progressBar(before.scenario, before.plan.ticks);
  const database = databaseBehind(run, level, bar);
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
      onPassedOver: (name) => note(`${name} is damaged or of another run: going on without it`),
      observer: database,
      signal: stopper.signal,
    });
    bar.stop();
    const left = await database.finish(stopper.signal);
    printResult(
      flags.json === true,
      { run, ...summaryOf(manifest) },
      () => `${manifest.outcome}: ${manifest.ticks} ticks, digest ${manifest.digest}`,
    );
    return sayHowToGoOn(run, manifest, left) ? stopper.status() : 0;
  } finally {
    bar.stop();
    await database.leave();
    stopper.release();
  }
}
