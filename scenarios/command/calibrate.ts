/**
 * `calibrate SCENARIO --to FIGURES --fit path=low..high…`: parameters fitted to target statistics by evolutionary search on the worker pool.
 *
 * Reads a scenario and a file of figures (form: `data/published/README.md`); writes the plan, replicates, the table of all evaluations, figures and
 * `calibration.json` below the directory. Order: the list of targets, with the digest of its file, is on disk before the first world.
 * Generations are synchronous and every evaluation has a slot, so the result depends neither on the number of workers nor on which came first; the same
 * command goes on where it was stopped.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { coldCount, evolve, searchAtRandom } from '../../analysis/estimators/evolutionary-search.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { InputError, echo } from '../../sim/ground/errors.ts';
import { writeWhole } from '../../sim/record/store.ts';
import { engineVersion } from '../../sim/engine/version.ts';
import { lineFigure } from '../../viz/line-figure.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import { dataFile, loadScenario } from '../load.ts';
import { askingOf, modelChoiceOf, modelsOfFlags } from './asking.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import { identify } from './calibrate-profile.ts';
import { Problem, meanOf, settingsAt } from './calibrate-problem.ts';
import { numberAt, parseFactor, refuseTwice } from './factors.ts';
import { printResult } from './output.ts';
import { checkMeasures } from './replicate-measures.ts';
import { runBatch } from './replicate-batch.ts';
import { publishedNames, readFigures } from './scorecard.ts';
import { claimDirectory } from './sealed-plan.ts';
import { writeTable } from './sweep-tables.ts';
import type { Search } from '../../analysis/estimators/evolutionary-search.ts';
import type { CalibrationPlan, Target } from './calibrate-problem.ts';
import type { Identification } from './calibrate-profile.ts';
import type { Range } from './factors.ts';
import type { ModelFlags } from './model-caps.ts';
import type { AskingOrder } from './model-worlds.ts';
import type { ReplicateStore } from './replicate-store.ts';

/** Flags of `calibrate`. */
export interface CalibrateFlags extends ModelFlags {
  readonly to: string;
  readonly fit: readonly string[];
  readonly evaluations: number;
  readonly replicates: number;
  readonly search: string;
  readonly set: readonly string[];
  readonly seed: number;
  readonly workers?: number;
  readonly out?: string;
  readonly allowCode?: boolean;
  readonly json?: boolean;
}

/** Runs the command. Returns its exit status. */
export async function calibrateCommand(named: string, flags: CalibrateFlags): Promise<number> {
  const { plan, notTargets, name, asking } = await planOf(named, flags);
  const directory = flags.out ?? join('runs', `${name}-calibration`);
  const seal = claimDirectory('calibrate', directory, plan);
  const goOn = 'go on with the same command';
  const batch = { label: 'calibration', directory, workers: flags.workers, goOn, asking };
  return runBatch(batch, async (store, bar) => {
    const { problem, search, identification } = await calibrate(plan, store, bar.update);
    bar.stop();
    const files = writeResults(directory, plan, problem, search, identification);
    const result = { ...resultOf(directory, seal, plan, problem, search, identification), notTargets, files };
    writeWhole(join(directory, 'calibration.json'), JSON.stringify(result, null, 2) + '\n');
    printResult(flags.json === true, result, () => describe(plan, search, identification, files, notTargets));
    return 0;
  });
}

/** Searches, and looks at the best position on seeds that the search has not seen. */
export async function calibrate(
  plan: CalibrationPlan,
  store: ReplicateStore,
  onProgress: (progress: { done: number; all: number }) => void,
): Promise<{ problem: Problem; search: Search; identification: Identification }> {
  const { problem, search } = await searchParameters(plan, store, onProgress);
  return { problem, search, identification: await identify(problem, search.answer) };
}

/** Searches alone. */
export async function searchParameters(
  plan: CalibrationPlan,
  store: ReplicateStore,
  onProgress: (progress: { done: number; all: number }) => void,
): Promise<{ problem: Problem; search: Search }> {
  const problem = new Problem(plan, store, onProgress);
  const { evaluations, seed, parameters } = plan;
  const searching = plan.search === 'random' ? searchAtRandom : evolve;
  const residualsOf = (slot: number): number[] => problem.residualsOf(problem.statistics[slot]);
  const search = await searching(problem.evaluate, { dimension: parameters.length, evaluations, seed, residualsOf });
  if (!Number.isFinite(search.best.loss)) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--to' },
      found: 'no candidate has all of the targets’ statistics',
      next: 'Leave out targets that the scenario cannot have, or widen the ranges of --fit.',
    });
  }
  return { problem, search };
}

// ---- Plan ----

async function planOf(
  named: string,
  flags: CalibrateFlags,
): Promise<{
  plan: CalibrationPlan;
  notTargets: { id: string; why: string }[];
  name: string;
  asking: AskingOrder | undefined;
}> {
  const allowCode = flags.allowCode === true;
  const models = modelsOfFlags(flags);
  const changes = { allowCode, ...(models === undefined ? {} : { models }) };
  const loaded = await loadScenario(named, { set: flags.set, ...changes });
  const asking = askingOf([loaded.data], flags, models);
  const choice = models === undefined ? undefined : modelChoiceOf(loaded.data);
  const parameters = flags.fit.map((text): Range => {
    const factor = parseFactor(text, '--fit', loaded.data);
    if (factor.kind === 'range') return factor;
    throw new InputError({
      code: 'INPUT_USAGE',
      place: { file: '--fit' },
      found: `${factor.path} has no range`,
      next: `Write ${factor.path}=low..high, or low..high:log.`,
    });
  });
  refuseTwice(parameters, '--fit');
  const { targets, notTargets } = targetsOf(flags.to);
  refuseUnidentified(parameters.length, targets.length);
  if (flags.search !== 'evolution' && flags.search !== 'random') {
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      place: { file: '--search' },
      found: `${echo(flags.search)} is not a search`,
      next: 'Choose evolution or random.',
    });
  }
  if (flags.replicates < 2 || coldCount(flags) < 4 || flags.evaluations < 20) {
    throw new InputError({
      code: 'INPUT_FIELD_RANGE',
      place: { file: flags.replicates < 2 ? '--replicates' : '--evaluations' },
      found: 'the search needs 2 worlds an evaluation, of which it learns the noise, and 20 evaluations',
      next: 'Write for example --replicates 3 --evaluations 300.',
    });
  }
  const { evaluations, replicates, seed, search, set } = flags;
  // Both ends of every range are scenarios, or the search would end in an error half way.
  for (const unit of [0, 1]) {
    const ends = settingsAt(
      { parameters },
      parameters.map(() => unit),
    );
    await loadScenario(named, { set: [...set, ...ends], ...changes });
  }
  const file = publishedNames.some((one) => one === flags.to) ? dataFile(`published/${flags.to}.json`) : flags.to;
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const scenario = /^[a-z0-9-]+$/.test(named) && !existsSync(named) ? named : resolve(named);
  return {
    plan: {
      ...{ format: 1, engine: engineVersion, scenario, source: loaded.source, figures: { name: flags.to, sha256 } },
      ...{ set, allowCode, parameters, targets, search, evaluations, replicates, seed },
      ...(choice === undefined ? {} : { models: choice }),
    },
    notTargets,
    name: loaded.data.name,
    asking,
  };
}

/** Figures that have a value and a measure. */
function targetsOf(to: string): { targets: Target[]; notTargets: { id: string; why: string }[] } {
  const targets: Target[] = [];
  const notTargets: { id: string; why: string }[] = [];
  for (const { id, quantity, value, interval, layer, why } of readFigures(to, isMeasure).figures) {
    if (quantity === null || value === null) notTargets.push({ id, why: why ?? 'nothing here computes it' });
    else {
      const measure = layer === undefined ? quantity : `${quantity}@${layer}`;
      targets.push({ id, measure, value, ...(interval === undefined ? {} : { interval }) });
    }
  }
  return { targets, notTargets };
}

function isMeasure(name: string): boolean {
  try {
    checkMeasures([name]);
    return true;
  } catch {
    return false;
  }
}

function refuseUnidentified(parameters: number, targets: number): void {
  if (parameters === 0) {
    throw new InputError({
      code: 'INPUT_USAGE',
      place: { file: '--fit' },
      found: 'no parameter is named',
      next: 'Write --fit path=low..high.',
    });
  }
  if (parameters <= targets) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: '--fit' },
    found: `${parameters} parameters for ${targets} targets: no data can tell them apart`,
    next: 'Fit fewer parameters, or name figures that have more values.',
  });
}

// ---- Result ----

function resultOf(
  directory: string,
  seal: string,
  plan: CalibrationPlan,
  problem: Problem,
  { best, answer }: Search,
  identification: Identification,
) {
  return {
    ...{ calibration: directory, seal, scenario: plan.scenario, figures: plan.figures, search: plan.search },
    ...{ evaluations: plan.evaluations, worldsAnEvaluation: plan.replicates, seed: plan.seed, unit: 'world' },
    settings: settingsAt(plan, answer),
    loss: finiteOrNull(best.loss),
    foundAt: best.slot,
    scales: problem.scales,
    ...identification,
    method:
      'loss: sum over targets of ((mean over worlds - target) / scale)²; fresh loss, intervals and profiles are of seeds that the search has not seen; ' +
      'figures that parameters were fitted to are no evidence for the scenario',
  };
}

function writeResults(
  directory: string,
  plan: CalibrationPlan,
  problem: Problem,
  search: Search,
  { parameters }: Identification,
): string[] {
  const number = (name: string) => ({ name, type: 'number' as const });
  const rows = search.candidates.map(({ slot, island, position, loss }) => [
    ...[slot, island, ...plan.parameters.map((parameter, at) => numberAt(parameter, position[at]))],
    ...plan.targets.map((_, at) => finiteOrNull(meanOf(problem.statistics[slot], at))),
    finiteOrNull(loss),
  ]);
  const columns = [
    ...['slot', 'island'].map((name) => ({ name, type: 'integer' as const })),
    ...[...plan.parameters.map(({ path }) => path), ...plan.targets.map(({ measure }) => measure), 'loss'].map(number),
  ];
  const profile = parameters.flatMap(({ path, profile: points }) =>
    points.map(({ value, loss }) => [path, value, loss]),
  );
  const folder = join(directory, 'figures');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const figure = lineFigure({
    title: 'Least loss so far',
    note: `${plan.source.name}, ${plan.search}, ${plan.replicates} worlds an evaluation, seed ${plan.seed}`,
    x: { label: 'evaluation' },
    y: { label: 'loss', scale: 'log' },
    curve: 'step',
    series: [{ name: plan.search, kind: 'simulated', points: leastSoFar(search) }],
  });
  writeWhole(join(folder, 'loss.svg'), figure.svg);
  writeWhole(join(folder, 'loss.csv'), [...writeTableCsv(figure.data)].join(''));
  return [
    ...writeTable(directory, 'evaluations', { columns, rows }),
    ...writeTable(directory, 'profiles', {
      columns: [{ name: 'parameter', type: 'text' }, number('value'), number('loss')],
      rows: profile,
    }),
    join(folder, 'loss.svg'),
  ];
}

function leastSoFar({ candidates }: Search): [number, number][] {
  let least = Infinity;
  return candidates.map(({ slot, loss }) => [slot + 1, (least = Math.min(least, loss))]);
}

function describe(
  plan: CalibrationPlan,
  { best }: Search,
  { parameters, targets, freshLoss, freshWorlds, confounded, correlatedTargets }: Identification,
  files: readonly string[],
  notTargets: readonly { id: string; why: string }[],
): string {
  const rows = parameters.map(({ path, value, interval, verdict }) => [
    ...[path, shown(value), interval === null ? '–' : shownInterval(interval), verdict],
  ]);
  const fits = targets.map(({ id, target, mean, residual }) => [id, shown(target), shown(mean), shown(residual, 3)]);
  return [
    `least loss ${shown(best.loss)} at evaluation ${best.slot + 1} of ${plan.evaluations}; ${shown(freshLoss)} on ${freshWorlds} fresh worlds`,
    alignedTable([['parameter', 'value', '95 % interval', 'profile'], ...rows]),
    '',
    alignedTable([['target', 'value', 'ours', 'residual'], ...fits]),
    ...confounded.map(
      ({ paths, correlation }) => `hard to tell apart: ${paths.join(' and ')} (${shown(correlation, 3)})`,
    ),
    ...correlatedLines(correlatedTargets),
    ...notTargets.map(({ id, why }) => `not a target: ${id}: ${why}`),
    '',
    ...files,
  ].join('\n');
}

/** Pairs shown as text; the rest are counted, and stand in `calibration.json`. */
const pairsShown = 5;

function correlatedLines(pairs: Identification['correlatedTargets']): string[] {
  const sorted = [...pairs].sort((one, other) => Math.abs(other.correlation) - Math.abs(one.correlation));
  const lines = sorted
    .slice(0, pairsShown)
    .map(
      ({ ids, correlation }) =>
        `not independent: ${ids.join(' and ')} (correlation over worlds ${shown(correlation, 3)})`,
    );
  const more = sorted.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more pairs of targets, in calibration.json`] : lines;
}
