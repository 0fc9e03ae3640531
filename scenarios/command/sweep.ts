/**
 * `sweep SCENARIO --vary path=values…`: worlds over the cells of a design, tables, figures, shares of variance; `sweep DIR` goes on with one.
 *
 * Reads a scenario, or the plan in a directory; writes plan, replicates, tables and figures below the directory. Order: all cells are
 * validated and the plan is on disk before the first world. Invariant: a sweep that was stopped at any moment ends in the same tables.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError, InvariantError, echo } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { engineVersion } from '../../sim/engine/version.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import { loadScenario, readModels } from '../load.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import { parseFactor, refuseTwice } from './factors.ts';
import { note, printResult } from './output.ts';
import { checkMeasures } from './replicate-measures.ts';
import { runBatch } from './replicate-batch.ts';
import { askedOfAll, askingOf, modelChoiceOf, modelsOfFlags, statusOfAsked } from './asking.ts';
import { capsOfFlags } from './model-caps.ts';
import { ModelsEnded } from './model-worlds.ts';
import { hashOnly, promptsOf, readParaphrases } from './paraphrases.ts';
import { ReplicateStore, inThreads } from './replicate-store.ts';
import { claimDirectory, holdsPlan, readPlan } from './sealed-plan.ts';
import { cellsOf, designNames, refuseChangedSource, refuseOtherModels, settingsOf } from './sweep-plan.ts';
import { sweepFigures } from './sweep-figures.ts';
import { submitArray } from './sweep-slurm.ts';
import {
  askedTable,
  cellRows,
  cellTable,
  sensitivityRows,
  sensitivityTable,
  worldTable,
  writeTable,
} from './sweep-tables.ts';
import { sweepWorlds, worldsOnDisk } from './sweep-worlds.ts';
import type { Document } from '../../sim/scenario/document.ts';
import type { ModelFlags } from './model-caps.ts';
import type { AskingOrder } from './model-worlds.ts';
import type { PromptRecord } from './paraphrases.ts';
import type { SweepPlan } from './sweep-plan.ts';
import type { CellRow, SensitivityRow } from './sweep-tables.ts';
import type { SweepWorlds } from './sweep-worlds.ts';

/** Flags of `sweep`. */
export interface SweepFlags extends ModelFlags {
  /** File of wordings that every cell is crossed with. */
  readonly paraphrases?: string;
  readonly vary: readonly string[];
  readonly design: string;
  readonly samples?: number;
  readonly replicates: number;
  readonly measure: readonly string[];
  readonly set: readonly string[];
  readonly seed: number;
  readonly untilWidth?: string;
  readonly replicatesMax?: number;
  readonly layer?: string;
  readonly engine: string;
  readonly tasks?: number;
  readonly task?: number;
  readonly of?: number;
  readonly collect?: boolean;
  readonly workers?: number;
  readonly figures: boolean;
  readonly out?: string;
  readonly allowCode?: boolean;
  readonly json?: boolean;
}

/** What is measured where nothing is named: cheap, and defined in most runs. */
export const usualMeasures = [
  'counts.posts',
  'counts.exposures',
  'cascades.meanSize',
  'cascades.meanDepth',
  'threads.activityGini',
] as const;

/** Runs the command. Returns its exit status. */
export async function sweepCommand(named: string, flags: SweepFlags): Promise<number> {
  const engine = engineOf(flags);
  refuseSharedCaps(flags);
  const begun = holdsPlan('sweep', named) ? await goOn(named, flags) : await begin(named, flags);
  const { plan, directory, asking } = begun;
  if (engine === 'slurm') return submit(plan, directory, flags);
  if (flags.collect === true) return collect(plan, directory, flags);
  const goOnWords = `go on with: mesocosm sweep ${directory}`;
  const batch = { label: 'sweep', directory, workers: flags.workers, goOn: goOnWords, asking };
  return runBatch(batch, async (store, bar) => {
    const { task, of } = flags;
    const part = task === undefined || of === undefined ? undefined : { task, of };
    const worlds = await sweepWorlds(plan, store, bar.update, part).catch((error: unknown) => {
      if (!(error instanceof ModelsEnded)) throw error;
      bar.stop();
      // What is whole is worth a table.
      if (part === undefined) collectFrom(store, plan, directory, flags);
      throw error;
    });
    bar.stop();
    if (part === undefined) return finish(plan, directory, worlds, flags);
    refuseFailures(plan, worlds);
    return done(flags, { sweep: directory, ...part, worlds: worlds.flat().length });
  });
}

/** An account is one process's: parts of a sweep in processes of their own would each spend the whole. */
function refuseSharedCaps(flags: SweepFlags): void {
  if (capsOfFlags(flags) === undefined || (flags.engine === 'local' && flags.task === undefined)) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: '--cap-calls' },
    found: 'tasks of an array do not share an account',
    next: 'Set models.caps, which are of each world, or sweep with --engine local.',
  });
}

function done(flags: SweepFlags, result: { sweep: string; worlds: number }): number {
  printResult(flags.json === true, result, () => `${result.worlds} worlds of this part in ${result.sweep}`);
  return 0;
}

function engineOf({ engine, task, of }: SweepFlags): 'local' | 'slurm' {
  if (engine !== 'local' && engine !== 'slurm') {
    const isBroker = engine.startsWith('nats:');
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      place: { file: '--engine' },
      found: isBroker ? 'this version cannot sweep over NATS' : `${echo(engine)} is not an engine`,
      next: 'Choose local, or slurm for a job array.',
    });
  }
  if ((task === undefined) !== (of === undefined) || (task !== undefined && of !== undefined && task >= of)) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--task' },
      found: 'a task is named by its number, from 0, and by how many there are',
      next: 'Write for example --task 0 --of 8.',
    });
  }
  return engine;
}

// ---- Plan ----

interface Begun {
  readonly plan: SweepPlan;
  readonly directory: string;
  readonly asking: AskingOrder | undefined;
}

async function begin(named: string, flags: SweepFlags): Promise<Begun> {
  const design = designNames.find((one) => one === flags.design);
  if (design === undefined) {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      place: { file: '--design' },
      found: `${echo(flags.design)} is not a design`,
      next: `Choose one of ${designNames.join(', ')}.`,
    });
  }
  if (flags.vary.length === 0) {
    throw new InputError({
      code: 'INPUT_USAGE',
      place: { file: '--vary' },
      found: 'nothing is varied',
      next: 'Name a field and its values: --vary feed.length=5,10,20.',
    });
  }
  const measures = [...new Set(flags.measure.length === 0 ? usualMeasures : flags.measure)];
  checkMeasures(measures);
  const allowCode = flags.allowCode === true;
  const models = modelsOfFlags(flags);
  const loaded = await loadScenario(named, { set: flags.set, allowCode, ...(models === undefined ? {} : { models }) });
  const asking = askingOf([loaded.data], flags, models);
  const choice = modelChoiceOf(loaded.data);
  const paraphrases = flags.paraphrases === undefined ? undefined : readParaphrases(flags.paraphrases);
  const factors = flags.vary.map((text) => parseFactor(text, '--vary', loaded.data));
  refuseTwice(factors, '--vary');
  const open: SweepPlan = {
    format: 1,
    engine: engineVersion,
    scenario: /^[a-z0-9-]+$/.test(named) ? named : resolve(named),
    source: loaded.source,
    set: flags.set,
    allowCode,
    ...(flags.layer === undefined ? {} : { layer: flags.layer }),
    ...(paraphrases === undefined ? {} : { paraphrases }),
    ...(flags.models === undefined ? {} : { modelsFile: resolve(flags.models) }),
    ...(choice === undefined ? {} : { models: choice }),
    design,
    factors,
    cells: cellsOf(design, factors, flags.samples, flags.seed),
    seed: flags.seed,
    replicates: flags.replicates,
    measures,
    ...untilOf(flags, measures),
  };
  const prompts = await checkCells(open, models);
  if (asking === undefined && prompts.length > 0) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--vary' },
      found: 'some cells ask language models, and the scenario itself does not',
      next: 'Name models in the scenario or with --models.',
    });
  }
  const plan = { ...open, ...(prompts.length === 0 ? {} : { prompts }) };
  const directory = flags.out ?? join('runs', `${loaded.data.name}-sweep`);
  claimDirectory('sweep', directory, plan);
  return { plan, directory, asking };
}

function untilOf(flags: SweepFlags, measures: readonly string[]): Pick<SweepPlan, 'until'> {
  const { untilWidth, replicatesMax, replicates } = flags;
  if (untilWidth === undefined && replicatesMax === undefined) return {};
  const [, measure, width] = /^(.+)=(\d+(?:\.\d+)?(?:[eE]-?\d+)?)$/.exec(untilWidth ?? '') ?? [];
  const isWhole = measure !== undefined && measures.includes(measure) && Number(width) > 0;
  if (!isWhole || replicatesMax === undefined || replicatesMax < replicates || replicates < 2) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--until-width' },
      found: isWhole
        ? 'the numbers of worlds do not fit'
        : `${echo(untilWidth)} is not measure=width of a measure of the sweep`,
      next: 'Write --until-width MEASURE=WIDTH --replicates 5 --replicates-max 50, with at least 2 to begin with.',
    });
  }
  return { until: { measure, width: Number(width), replicatesMax } };
}

/** Reads every cell as a scenario, so that a value which no scenario may have is told before the first world. Gives the prompts of the first, and those that differ. */
async function checkCells(plan: SweepPlan, models: Document | undefined): Promise<NonNullable<SweepPlan['prompts']>> {
  const { scenario, allowCode, paraphrases } = plan;
  const arms = plan.cells.map((_, cell) => ({
    name: `cell ${cell}`,
    scenario,
    set: settingsOf(plan, cell),
    allowCode,
  }));
  const records = await promptsOf(arms, paraphrases, models);
  const placeOf = ({ paraphrase, asker, part, sha256 }: PromptRecord): string =>
    JSON.stringify([paraphrase, asker, part, sha256]);
  const known = new Set(records.filter(({ arm }) => arm === 'cell 0').map(placeOf));
  return records.filter((one) => one.arm === 'cell 0' || !known.has(placeOf(one))).map(hashOnly);
}

/** The plan of a directory, where flags may say how to go on, but not what the sweep is. */
async function goOn(directory: string, flags: SweepFlags): Promise<Begun> {
  const isOther = flags.vary.length > 0 || flags.set.length > 0 || flags.measure.length > 0;
  if (isOther || flags.out !== undefined || flags.paraphrases !== undefined) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: directory },
      found: 'a sweep that has begun keeps its cells, settings and measures',
      next: 'Name the directory alone to go on, or a scenario and --out for a new sweep.',
    });
  }
  const plan = readPlan<SweepPlan>('sweep', directory);
  const file = flags.models ?? plan.modelsFile;
  const models = file === undefined ? undefined : readModels(file);
  const changes = { set: plan.set, allowCode: plan.allowCode, ...(models === undefined ? {} : { models }) };
  const { source, data } = await loadScenario(plan.scenario, changes);
  refuseChangedSource(plan, source.sha256, directory);
  refuseOtherModels(plan, modelChoiceOf(data), directory);
  return { plan, directory, asking: askingOf([data], flags, models) };
}

// ---- Slurm ----

function submit(plan: SweepPlan, directory: string, flags: SweepFlags): number {
  const units = plan.until === undefined ? plan.cells.length * plan.replicates : plan.cells.length;
  const tasks = Math.min(flags.tasks ?? 100, units);
  const { script, job } = submitArray(directory, tasks, flags.workers ?? 1);
  const next = `collect with: mesocosm sweep ${directory} --collect`;
  printResult(flags.json === true, { sweep: directory, script, tasks, job: job ?? null }, () =>
    job === undefined
      ? `no sbatch here; submit with: sbatch ${script}\n${next}`
      : `job ${job}, ${tasks} tasks\n${next}`,
  );
  return 0;
}

function collect(plan: SweepPlan, directory: string, flags: SweepFlags): number {
  return collectFrom(new ReplicateStore(directory, inThreads(1)), plan, directory, flags);
}

function collectFrom(store: ReplicateStore, plan: SweepPlan, directory: string, flags: SweepFlags): number {
  const { worlds, missing } = worldsOnDisk(plan, store);
  if (missing > 0) note(`${missing} worlds are not done yet; mesocosm sweep ${directory} simulates them here`);
  return finish(plan, directory, worlds, flags, missing);
}

// ---- Result ----

function refuseFailures(plan: SweepPlan, worlds: SweepWorlds): void {
  const failed = worlds.flatMap((replicates, cell) =>
    replicates.flatMap((world, at) => (world?.failure === undefined ? [] : [{ cell, at, failure: world.failure }])),
  );
  if (failed.length === 0) return;
  const [{ cell, at, failure }] = failed;
  const settings = settingsOf(plan, cell).join(' ');
  throw new InvariantError(`${failed.length} worlds broke, the first with ${settings}: ${failure}`, {
    seed: plan.seed + at,
  });
}

function finish(plan: SweepPlan, directory: string, worlds: SweepWorlds, flags: SweepFlags, missing = 0): number {
  const rows = cellRows(plan, worlds);
  const sensitivity = sensitivityRows(plan, worlds);
  const asked = askedOfAll(worlds.flat());
  const files = [
    ...(asked === undefined ? [] : writeTable(directory, 'models', askedTable(plan, worlds))),
    ...writeTable(directory, 'worlds', worldTable(plan, worlds)),
    ...writeTable(directory, 'cells', cellTable(plan, rows)),
    ...(sensitivity.length === 0 ? [] : writeTable(directory, 'sensitivity', sensitivityTable(sensitivity))),
    ...(flags.figures ? writeFigures(directory, plan, rows, sensitivity) : []),
  ];
  refuseFailures(plan, worlds);
  const result = {
    ...{ sweep: directory, scenario: plan.scenario, design: plan.design, seed: plan.seed, unit: 'world' },
    factors: plan.factors.map(({ path }) => path),
    worlds: worlds.flat().filter((world) => world !== undefined).length,
    missing,
    cells: plan.cells.map((values, cell) => ({
      settings: Object.fromEntries(plan.factors.map(({ path }, at) => [path, values[at]])),
      measures: Object.fromEntries(rows.filter((row) => row.cell === cell).map((row) => [row.measure, row])),
    })),
    ...(sensitivity.length === 0 ? {} : { sensitivity }),
    ...(asked === undefined ? {} : { models: asked }),
    method: methodOf(plan),
    files,
  };
  const status = statusOfAsked(asked);
  printResult(flags.json === true, result, () => describe(plan, rows, sensitivity, files));
  return status;
}

function methodOf({ design, until, paraphrases }: SweepPlan): string {
  return [
    ...(paraphrases === undefined
      ? []
      : [
          `${paraphrases.length} wordings crossed with seeds: means and differences over both as random factors (components of the analysis of variance, Satterthwaite’s degrees of freedom); n counts seeds`,
        ]),
    'means over worlds with Student’s intervals; seeds are common to all cells, so differences from the first cell are paired by seed, with the paired t ' +
      'test and Benjamini-Hochberg’s q over all cells and measures',
    ...(until === undefined
      ? []
      : [
          'cells took worlds until the interval was narrow enough: such an interval covers a little less than 95 % where n is small',
        ]),
    ...(design === 'saltelli'
      ? ['shares of variance of cell means: Saltelli 2010 (first order), Jansen 1999 (total), bootstrap over base rows']
      : []),
  ].join('; ');
}

function writeFigures(
  directory: string,
  plan: SweepPlan,
  rows: readonly CellRow[],
  sensitivity: readonly SensitivityRow[],
): string[] {
  const folder = join(directory, 'figures');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return sweepFigures(plan, rows, sensitivity).map(({ name, figure }) => {
    const file = join(folder, `${name}.svg`);
    writeWhole(file, figure.svg);
    writeWhole(join(folder, `${name}.csv`), [...writeTableCsv(figure.data)].join(''));
    return file;
  });
}

const linesMax = 60;

function describe(
  plan: SweepPlan,
  rows: readonly CellRow[],
  sensitivity: readonly SensitivityRow[],
  files: readonly string[],
): string {
  const head = [
    ...plan.factors.map(({ path }) => path),
    'measure',
    'n',
    'mean',
    '95 % interval',
    'from the first cell',
  ];
  const body = rows
    .slice(0, linesMax)
    .map(({ cell, measure, n, mean, interval, difference }) => [
      ...plan.cells[cell],
      ...[measure, String(n), shown(mean), interval === null ? '–' : shownInterval(interval)],
      difference === null
        ? '–'
        : `${shown(difference.value)} ${difference.interval === null ? '' : shownInterval(difference.interval)}`,
    ]);
  const left = rows.length > linesMax ? [`… ${rows.length - linesMax} further rows in cells.csv`] : [];
  const shares = sensitivity.map(({ measure, factor, order, value, interval }) => [
    ...[measure, factor, order, shown(value), interval === null ? '–' : shownInterval(interval)],
  ]);
  const shareHead = ['measure', 'factor', 'order', 'share of variance', '95 % interval'];
  return [
    alignedTable([head, ...body]),
    ...left,
    ...(shares.length === 0 ? [] : ['', alignedTable([shareHead, ...shares])]),
    '',
    ...files,
  ].join('\n');
}
