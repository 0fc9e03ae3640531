/**
 * Running a scenario from TypeScript: what `run` and `openRun` of the library do.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { InputError } from '../ground/errors.ts';
import { checkOwnNames } from './own-code.ts';
import { compileScenario } from './compile.ts';
import { recordRun } from './run.ts';
import { openRecords } from '../record/reader.ts';
import { resolveInside } from '../scenario/problems-paths.ts';
import type { Model, Observer } from '../exchange/ports.ts';
import type { DefinedScenario } from './define.ts';
import type { Placement } from './plan.ts';
import type { Manifest } from '../record/manifest.ts';
import type { Records } from '../record/reader.ts';

/** Choices of a run that do not decide its outcome, and where it goes. */
export interface RunOptions {
  /** Directory of the run; runs/<name>-<seed> by default. */
  readonly out?: string;
  /** Shards: 1 runs in this thread. */
  readonly workers?: number;
  readonly layout?: Placement['layout'];
  /** Ticks between merges of the log of ties. */
  readonly mergeTicks?: number;
  /** Answers the requests of policies that ask. */
  readonly model?: Model;
  /** A run's directory whose answers are used instead of asking. */
  readonly replay?: string;
  /** Ticks between checkpoints; 0, the default: none. */
  readonly checkpointTicks?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** A finished run. */
export interface FinishedRun {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly records: Records;
  /** The study's own measures over the records, by name. */
  readonly measures: Readonly<Record<string, unknown>>;
}

/** Runs a scenario and records it. Inside a worker it is refused: a study is imported by shards, which must not run it again. */
export async function run(scenario: DefinedScenario, options: RunOptions = {}): Promise<FinishedRun> {
  if (!isMainThread) {
    throw new InputError({
      code: 'INPUT_WORKER',
      found: 'run() was called while a shard imported the study',
      next: 'Call run() only when the module is the program: compare process.argv[1] with its path.',
    });
  }
  checkOwnNames(scenario);
  const { data, module } = scenario;
  const base = module === undefined ? join(process.cwd(), 'scenario') : fileURLToPath(module);
  const directory = options.out ?? join('runs', `${data.name}-${data.seed}`);
  const manifest = await recordRun({
    compiled: compileScenario(data, (relative) => resolveInside(base, relative), module),
    placement: {
      workers: options.workers ?? 1,
      layout: options.layout ?? 'degree',
      mergeTicks: options.mergeTicks ?? 24,
      checkpointTicks: options.checkpointTicks ?? 0,
    },
    directory,
    source: sourceOf(data, module),
    ...(module === undefined ? {} : { module: sourceOf(data, module) }),
    exposureSampleShare: data.exposureSampleShare,
    isPopulationSpent: true,
    code: scenario,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.replay === undefined ? {} : { replay: options.replay }),
    ...(options.observer === undefined ? {} : { observer: options.observer }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const records = openRun(directory);
  const measures = Object.fromEntries(
    Object.entries(scenario.measures).map(([name, measure]) => [name, measure(records)]),
  );
  return { directory, manifest, records, measures };
}

function sourceOf(data: DefinedScenario['data'], module: string | undefined): { name: string; sha256: string } {
  const bytes = module === undefined ? Buffer.from(JSON.stringify(data)) : readFileSync(fileURLToPath(module));
  const name = module === undefined ? data.name : basename(fileURLToPath(module));
  return { name, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Opens a recorded run, or an imported data set in the same form. */
export function openRun(directory: string): Records {
  return openRecords(directory);
}
