/**
 * `resume RUN`: goes on with a run that ended early, with any number of shards, with its run.db, if it has one, and watched, if asked.
 */
import { modelsOrderOf } from '../../sim/engine/models.ts';
import { resumeRun } from '../../sim/engine/run.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { documentOf } from '../../sim/scenario/document.ts';
import { scenarioOf } from '../../sim/scenario/platforms.ts';
import { changed } from '../load.ts';
import { refuseDataSet } from '../../sim/record/data-set-reader.ts';
import { readHead } from '../../sim/record/reader.ts';
import { readSealed } from '../../sim/record/manifest.ts';
import { databaseLevel } from '../../sim/record/database-sqlite.ts';
import { databaseBehind } from './behind.ts';
import { defaultWorkers, degradedLine, sayHowToGoOn, statusOf, summaryOf, stopOnSignals } from './run.ts';
import { watched } from './watched.ts';
import { note, printResult } from './output.ts';
import { progressView } from './progress.ts';
import type { Plan } from '../../sim/engine/plan.ts';
import type { ResumeOrder } from '../../sim/engine/run.ts';
import type { Manifest } from '../../sim/record/manifest.ts';

/** Flags of `resume`. */
export interface ResumeFlags {
  readonly workers?: number;
  readonly checkpointTicks: number;
  readonly fromTick?: number;
  readonly set: readonly string[];
  readonly serve?: boolean;
  readonly port?: number;
  readonly json?: boolean;
}

/** Runs the command. Returns its exit status. */
export async function resumeCommand(run: string, flags: ResumeFlags): Promise<number> {
  const before = readSealed<Plan>(run);
  refuseDataSet(before, run);
  if (before.outcome === 'running')
    note('the previous process ended without saying so; going on from what is acknowledged');
  const level = (await databaseLevel(run)) ?? 'none';
  const bar = progressView(before.scenario, before.plan.ticks);
  const database = databaseBehind(run, level, bar);
  const stopper = stopOnSignals();
  const watch =
    flags.serve === true ? watched(run, flags.port ?? 0, stopper.signal, database, readHead(run).ticks) : undefined;
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
      ...changedModels(before, run, flags.set),
      onPassedOver: (name) => note(`${name} is damaged or of another run: going on without it`),
      observer: watch ?? database,
      ...(watch === undefined ? {} : { gate: watch.gate }),
      signal: stopper.signal,
    });
    watch?.ended();
    bar.stop();
    const left = await database.finish(stopper.signal);
    printResult(flags.json === true, { run, ...summaryOf(manifest) }, () =>
      [...degradedLine(manifest), `${manifest.outcome}: ${manifest.ticks} ticks, digest ${manifest.digest}`].join('\n'),
    );
    await watch?.lookedAt(stopper.signal);
    return statusOf(manifest, sayHowToGoOn(run, manifest, left) ? stopper.status() : 0);
  } finally {
    bar.stop();
    watch?.close();
    await database.leave();
    stopper.release();
  }
}

/** Models with other caps, endpoints or limits. Nothing else of a run can change while it goes on: that is a fork. */
function changedModels(before: Manifest<Plan>, run: string, set: readonly string[]): Pick<ResumeOrder, 'models'> {
  if (set.length === 0) return {};
  const other = set.find((setting) => !/^models\.(caps|endpoints|limits|prices|whenDown)\b/.test(setting));
  if (other !== undefined) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--set' },
      found: `${echo(other)} would change what the run is`,
      next: 'Change models.caps, models.endpoints, models.limits, models.prices or models.whenDown, or use fork.',
    });
  }
  const models = modelsOrderOf(scenarioOf(changed(documentOf(before.data, run), set)));
  return models === undefined ? {} : { models };
}
