/**
 * `fork RUN --at TICK`: branches from a recorded run, with changes of the scenario from that tick on.
 */
import { documentOf } from '../../sim/scenario/document.ts';
import { scenarioOf } from '../../sim/scenario/platforms.ts';
import { forkRun } from '../../sim/engine/fork.ts';
import { refuseDataSet } from '../../sim/record/data-set-reader.ts';
import { readSealed } from '../../sim/record/manifest.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { externalId } from '../../sim/world/population.ts';
import { changed } from '../load.ts';
import { interveneOf } from './fork-forms.ts';
import { defaultWorkers, statusOf, stopOnSignals, summaryOf } from './run.ts';
import { printResult } from './output.ts';
import { progressView } from './progress.ts';
import { assign, writeAssignments } from './treatment.ts';
import type { Dealing } from './treatment.ts';

/** Flags of `fork`. */
export interface ForkFlags {
  readonly at: number;
  readonly set: readonly string[];
  readonly intervene: readonly string[];
  readonly out?: string;
  readonly workers?: number;
  readonly checkpointTicks: number;
  readonly json?: boolean;
}

/** Runs the command. Returns its exit status. */
export async function forkCommand(run: string, flags: ForkFlags): Promise<number> {
  const before = readSealed(run);
  refuseDataSet(before, run);
  if (before.data === undefined) {
    throw new InputError({
      code: 'INPUT_NOT_A_RUN',
      place: { file: run },
      found: 'the records hold no scenario',
      next: 'Name a directory that mesocosm run wrote.',
    });
  }
  const records = openRecords(run);
  const { population } = records;
  const context = {
    ...{ at: flags.at, seed: before.seed, agents: population.count },
    idOf: (agent: number) => externalId(population.ids, agent),
    assign: (dealing: Dealing) => assign(records, dealing),
  };
  const forms = flags.intervene.map((text, place) => interveneOf(text, context, place));
  const set = [...flags.set, ...forms.flatMap((form) => form.set)];
  const { interventions: had = [], ...kept } = before.data as { interventions?: object[] };
  const interventions = [...had, ...forms.flatMap((form) => form.interventions)];
  const data = scenarioOf(changed(documentOf({ ...kept, interventions }, run), set));
  const directory = flags.out ?? `${run}-fork-${flags.at}`;
  const bar = progressView(`fork of ${before.scenario}`, data.ticks);
  const stopper = stopOnSignals();
  try {
    const manifest = await forkRun({
      parent: run,
      at: flags.at,
      data,
      directory,
      placement: {
        workers: flags.workers ?? defaultWorkers(before.agents),
        layout: 'degree',
        mergeTicks: 24,
        checkpointTicks: flags.checkpointTicks,
      },
      observer: bar,
      signal: stopper.signal,
    });
    bar.stop();
    writeAssignments(
      directory,
      forms.flatMap(({ assignment }) => assignment ?? []),
    );
    printResult(
      flags.json === true,
      { run: directory, ...summaryOf(manifest), drawn: forms.map(({ drawn }) => drawn) },
      () => `${manifest.outcome}: ${manifest.ticks} ticks, digest ${manifest.digest}, recorded in ${directory}`,
    );
    return statusOf(manifest, manifest.outcome === 'stopped' ? stopper.status() : 0);
  } finally {
    bar.stop();
    stopper.release();
  }
}
