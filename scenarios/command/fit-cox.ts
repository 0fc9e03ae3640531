/**
 * `fit cox`: Cox regression on anyone's CSV.
 *
 * Reads the file; prints coefficients, concordance, tests, and the test of proportional hazards, as a table or as one object. A column
 * of texts becomes treatment contrasts named `column=level` against its first level; a column of numbers does so when
 * `--factors` names it. Rows with a missing cell are dropped and counted. What the numbers are compared with: test/data/survival.json.
 */
import { concordanceOf } from '../../analysis/estimators/concordance.ts';
import type { Ties } from '../../analysis/estimators/cox-likelihood.ts';
import { fitCox } from '../../analysis/estimators/cox.ts';
import type { Covariate, CoxCoefficient, CoxFit } from '../../analysis/estimators/cox.ts';
import { testProportionalHazards } from '../../analysis/estimators/proportional-hazards.ts';
import type {
  ProportionalHazardsTest,
  TestedTerm,
  TimeTransform,
} from '../../analysis/estimators/proportional-hazards.ts';
import type { SurvivalColumns } from '../../analysis/estimators/risk-sets.ts';
import { InputError, echo, escapeControls } from '../../sim/ground/errors.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import { refuseNoEvent, survivalCells } from './fit-survival.ts';
import type { SurvivalCells } from './fit-survival.ts';
import {
  FitTable,
  completeRows,
  droppedText,
  groupColumn,
  isMissing,
  notNumber,
  numberColumn,
  numberIn,
  refuseSharedColumns,
  usedOf,
} from './fit-table.ts';
import type { CompleteRows, FitFlags } from './fit-table.ts';
import { note, printResult } from './output.ts';

/** Flags of `fit cox`. */
export interface FitCoxFlags extends FitFlags {
  readonly time: string;
  readonly event: string;
  readonly covariates: readonly string[];
  readonly factors: readonly string[];
  readonly start?: string;
  readonly cluster?: string;
  readonly strata?: string;
  readonly ties: Ties;
  readonly transform: TimeTransform;
}

/** Runs the command. */
export function fitCoxCommand(flags: FitCoxFlags): void {
  const names = namesOf(flags);
  const table = new FitTable(flags, names);
  const cells = survivalCells(table, flags);
  const isFactor = flags.covariates.map((name) => flags.factors.includes(name) || holdsTexts(table, name));
  for (const [index, name] of flags.covariates.entries()) if (!isFactor[index]) numberColumn(table, name);
  table.throwIfRefused();
  const rows = completeRows(table, names);
  const columns = columnsOf(table, flags, cells, rows);
  refuseNoEvent(table, flags.event, Float64Array.from(columns.event));
  const model = modelOf(table, flags.covariates, isFactor, rows.isUsed);
  const cluster =
    flags.cluster === undefined ? undefined : usedOf(groupColumn(table, flags.cluster).group, rows.isUsed);
  const fit = placed(table.file, () =>
    fitCox(columns, model.covariates, { ties: flags.ties, ...(cluster === undefined ? {} : { cluster }) }),
  );
  const concordance = concordanceOf(columns, fit.linearPredictor, {
    sets: fit.design.sets,
    ...(cluster === undefined ? {} : { cluster }),
  });
  const zph = testProportionalHazards(fit.design, fit.scaledBeta, model.terms, flags.transform);
  const warnings = [...cells.warnings, ...fit.warnings, ...fewEvents(fit)];
  const result = {
    source: table.file,
    method: methodOf(fit, flags),
    definition:
      'coef is the log of the hazard ratio per unit of the covariate; interval is the 95 % interval of the hazard ratio, coefInterval that of coef',
    unit: flags.cluster === undefined ? 'row' : `cluster of rows with one ${flags.cluster}`,
    nullModel: 'p values of coefficients: this coefficient is zero, the others are what they are',
    n: fit.n,
    events: fit.events,
    strata: fit.strata,
    ...(fit.clusters === undefined ? {} : { clusters: fit.clusters }),
    ties: fit.ties,
    eventCoding: cells.eventCoding,
    rows: { read: table.rowCount, used: rows.usedCount, dropped: rows.droppedCount, missing: rows.missing },
    factors: model.factors,
    coefficients: fit.coefficients,
    concordance: concordance.value,
    concordanceSe: concordance.se,
    concordanceInterval: concordance.interval,
    logLikelihood: fit.logLikelihood,
    tests: fit.tests,
    proportionalHazards: zph,
    iterations: fit.iterations,
    converged: fit.converged,
    warnings,
  };
  for (const warning of warnings) note(`warning: ${warning}`);
  printResult(flags.json === true, result, () => describe(fit, result, zph, rows));
}

/** All columns that the model reads, each once. */
function namesOf(flags: FitCoxFlags): string[] {
  const roles = [
    { flag: '--time', name: flags.time },
    { flag: '--event', name: flags.event },
    ...(flags.start === undefined ? [] : [{ flag: '--start', name: flags.start }]),
    ...flags.covariates.map((name) => ({ flag: '--covariates', name })),
  ];
  refuseSharedColumns(roles);
  const stray = flags.factors.filter((name) => !flags.covariates.includes(name));
  if (stray.length > 0) {
    const found = `${stray.map((name) => echo(name)).join(', ')} is not among the covariates`;
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: '--factors' },
      found,
      next: 'Add it to --covariates.',
    });
  }
  const extra = [flags.cluster, flags.strata].filter((name) => name !== undefined);
  return [...new Set([...roles.map(({ name }) => name), ...extra])];
}

/** A column without a single number is a factor; one with some of both is refused cell by cell, since it may hold a slip. */
function holdsTexts(table: FitTable, name: string): boolean {
  const cells = table.cells(name);
  const isText = cells.map((cell) => !isMissing(cell) && Number.isNaN(numberIn(cell)));
  const textCount = isText.filter((one) => one).length;
  const valueCount = cells.filter((cell) => !isMissing(cell)).length;
  if (textCount === 0 || textCount === valueCount) return textCount > 0;
  isText.forEach((one, row) => {
    if (!one) return;
    table.refuse(name, row, () => {
      const { next, ...problem } = notNumber(name, cells[row]);
      return { ...problem, next: `${next} If its values are names, pass --factors ${escapeControls(name)}.` };
    });
  });
  return true;
}

function columnsOf(
  table: FitTable,
  flags: FitCoxFlags,
  cells: SurvivalCells,
  { isUsed }: CompleteRows,
): SurvivalColumns {
  const stratum = flags.strata === undefined ? undefined : usedOf(groupColumn(table, flags.strata).group, isUsed);
  return {
    stop: usedOf(cells.stop, isUsed),
    event: usedOf(cells.event, isUsed),
    ...(cells.start === undefined ? {} : { start: usedOf(cells.start, isUsed) }),
    ...(stratum === undefined ? {} : { stratum }),
  };
}

interface Model {
  readonly covariates: readonly Covariate[];
  readonly terms: readonly TestedTerm[];
  readonly factors: readonly {
    readonly column: string;
    readonly reference: string;
    readonly levels: readonly string[];
  }[];
}

/** More levels than this are a column of names, not a factor. */
const levelCountMax = 100;

function modelOf(table: FitTable, names: readonly string[], isFactor: readonly boolean[], isUsed: Uint8Array): Model {
  const covariates: Covariate[] = [];
  const terms: TestedTerm[] = [];
  const factors: Model['factors'][number][] = [];
  names.forEach((name, index) => {
    const first = covariates.length;
    if (!isFactor[index]) covariates.push({ name, values: usedOf(numberColumn(table, name), isUsed) });
    else {
      const { group, names: levels } = groupColumn(table, name, isUsed);
      refuseLevels(table, name, levels);
      const used = usedOf(group, isUsed);
      levels.slice(1).forEach((level, place) => {
        covariates.push({ name: `${name}=${level}`, values: used.map((one) => (one === place + 1 ? 1 : 0)) });
      });
      factors.push({ column: name, reference: levels[0], levels });
    }
    terms.push({ name, covariates: covariates.slice(first).map((_, place) => first + place) });
  });
  return { covariates, terms, factors };
}

function refuseLevels(table: FitTable, name: string, levels: readonly string[]): void {
  if (levels.length > levelCountMax) {
    const found = `${echo(name)} has ${levels.length} distinct values, more than the ${levelCountMax} of a factor`;
    throw table.columnError(name, { code: 'INPUT_TOO_LARGE', found, next: 'Join levels, or leave it out.' });
  }
  if (levels.length < 2) {
    const found = `${echo(name)} is ${echo(levels[0])} in every row`;
    throw table.columnError(name, { code: 'INPUT_COMBINATION', found, next: 'Leave it out.' });
  }
}

/** Problems of the whole model are the file's. */
function placed<Result>(file: string, compute: () => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((problem) => ({ place: { file }, ...problem })));
  }
}

/** Below this many events a coefficient the normal intervals are not to be trusted (Peduzzi et al. 1995). */
const eventsPerCoefficientMin = 10;

function fewEvents({ events, coefficients }: CoxFit): string[] {
  if (events >= eventsPerCoefficientMin * coefficients.length) return [];
  return [
    `${events} events for ${coefficients.length} coefficients: intervals want at least ${eventsPerCoefficientMin} each`,
  ];
}

function methodOf(fit: CoxFit, { start, cluster }: FitCoxFlags): string {
  const rows = start === undefined ? 'right-censored rows' : 'rows from start to stop';
  const errors =
    cluster === undefined
      ? 'errors from the information, rows independent'
      : 'robust errors from residuals summed by cluster; likelihood-ratio and score test take rows for independent';
  return `partial likelihood by Newton and Raphson, ${fit.ties === 'efron' ? 'Efron' : 'Breslow'}'s ties, ${rows}; ${errors}`;
}

interface Described {
  readonly source: string;
  readonly n: number;
  readonly events: number;
  readonly eventCoding: string;
  readonly concordance: number;
  readonly concordanceSe: number;
  readonly factors: Model['factors'];
}

function describe(fit: CoxFit, result: Described, zph: ProportionalHazardsTest, rows: CompleteRows): string {
  const { logLikelihood, tests } = fit;
  const testText = (name: string, { statistic, degreesOfFreedom, pValue }: (typeof tests)['wald']): string =>
    `${name} ${shown(statistic)} on ${degreesOfFreedom}, p ${shown(pValue, 3)}`;
  const groups = [
    ...(fit.strata > 1 ? [`${fit.strata} strata`] : []),
    ...(fit.clusters === undefined ? [] : [`${fit.clusters} clusters`]),
  ];
  const zphRows = [...zph.terms, { name: 'all', ...zph.global }].map((term) => [
    term.name,
    shown(term.statistic, 4),
    String(term.degreesOfFreedom),
    shown(term.pValue, 3),
  ]);
  return [
    `Cox regression of ${result.source} (${fit.ties === 'efron' ? 'Efron' : 'Breslow'}'s ties; ${result.eventCoding})`,
    `${[`${result.n} rows`, `${result.events} events`, ...groups].join(', ')}${droppedText(rows)}`,
    ...result.factors.map(({ column, reference }) => `${escapeControls(column)}: against ${echo(reference)}`),
    '',
    coefficientTable(fit.coefficients),
    '',
    `concordance ${shown(result.concordance)} (se ${shown(result.concordanceSe, 3)})`,
    `log-likelihood ${shown(logLikelihood.null, 7)} -> ${shown(logLikelihood.model, 7)}`,
    [
      testText('likelihood ratio', tests.likelihoodRatio),
      testText('Wald', tests.wald),
      testText('score', tests.score),
    ].join('; '),
    '',
    `proportional hazards (${zph.transform}; a small p speaks against them)`,
    alignedTable([['', 'chi-squared', 'df', 'p'], ...zphRows]),
  ].join('\n');
}

function coefficientTable(coefficients: readonly CoxCoefficient[]): string {
  const isRobust = coefficients.some((one) => one.robustSe !== undefined);
  const head = ['', 'coef', 'hazard ratio', '95 % interval', 'se', ...(isRobust ? ['robust se'] : []), 'z', 'p'];
  const body = coefficients.map((one) => [
    one.name,
    shown(one.coef),
    shown(one.hazardRatio),
    shownInterval(one.interval, 4),
    shown(one.se, 4),
    ...(one.robustSe === undefined ? [] : [shown(one.robustSe, 4)]),
    shown(one.z, 4),
    shown(one.pValue, 3),
  ]);
  return alignedTable([head, ...body]);
}
