/**
 * `fit mixed-logit`: logistic regression with a random intercept for each group, on anyone's CSV.
 *
 * Reads the file; prints coefficients with intervals and the groups' deviation, as a table or as one object. Rows with a missing cell are
 * dropped and counted. What the numbers are compared with: R lme4, test/data/groups-r.json.
 */
import { mixedLogit } from '../../analysis/estimators/mixed-logit.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { echo, escapeControls } from '../../sim/ground/errors.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import {
  FitTable,
  completeRows,
  droppedText,
  groupColumn,
  numberColumn,
  refuseSharedColumns,
  usedOf,
} from './fit-table.ts';
import { note, printResult } from './output.ts';
import type { Problem } from '../../sim/ground/errors.ts';
import type { MixedLogit } from '../../analysis/estimators/mixed-logit.ts';
import type { CompleteRows, FitFlags } from './fit-table.ts';

/** Flags of `fit mixed-logit`. */
export interface FitMixedLogitFlags extends FitFlags {
  readonly outcome: string;
  readonly covariates: readonly string[];
  readonly group: string;
  /** Quadrature nodes a group. */
  readonly nodes: number;
}

/** Runs the command. */
export function fitMixedLogitCommand(flags: FitMixedLogitFlags): void {
  const { outcome, covariates, group } = flags;
  const names = [outcome, group, ...covariates];
  refuseSharedColumns([
    { flag: '--outcome', name: outcome },
    { flag: '--group', name: group },
    ...covariates.map((name) => ({ flag: '--covariates', name })),
  ]);
  const table = new FitTable(flags, names);
  const columns = covariates.map((name) => ({ name, values: numberColumn(table, name) }));
  const outcomes = numberColumn(table, outcome);
  outcomes.forEach((value, row) => {
    if (value !== 0 && value !== 1 && !Number.isNaN(value)) table.refuse(outcome, row, () => notBinary(outcome, value));
  });
  table.throwIfRefused();
  const rows = completeRows(table, names);
  const y = usedOf(outcomes, rows.isUsed);
  refuseConstant(table, outcome, y);
  const groups = groupColumn(table, group, rows.isUsed);
  const fitted = mixedLogit(
    {
      group: usedOf(groups.group, rows.isUsed),
      outcome: y,
      covariates: columns.map(({ name, values }) => ({ name, values: usedOf(values, rows.isUsed) })),
    },
    flags.nodes,
  );
  const result = {
    source: table.file,
    method: `maximum likelihood, adaptive Gauss-Hermite quadrature, ${flags.nodes} nodes a group; errors from the information`,
    definition:
      'logit P(outcome = 1) = covariates · coefficients + an intercept of each group, normal with standard deviation groupDeviation; ' +
      'coefficients and odds ratios hold within a group; interval: 95 %, of the odds ratio',
    unit: 'row; groups are independent, rows of one are not',
    coefficients: fitted.coefficients.map(({ coef, se, interval, ...rest }) => ({
      ...rest,
      ...{ coef, se, coefInterval: interval, interval: interval.map((end) => finiteOrNull(Math.exp(end))) },
      oddsRatio: finiteOrNull(rest.oddsRatio),
      pValue: finiteOrNull(rest.pValue),
    })),
    groupDeviation: fitted.groupDeviation,
    logLikelihood: fitted.logLikelihood,
    n: fitted.n,
    groups: fitted.groupCount,
    isConverged: fitted.isConverged,
    rows: { read: table.rowCount, used: rows.usedCount, dropped: rows.droppedCount, missing: rows.missing },
    warnings: fitted.warnings,
  };
  for (const warning of fitted.warnings) note(`warning: ${warning}`);
  printResult(flags.json === true, result, () => describe(fitted, rows, flags));
}

function notBinary(name: string, value: number): Omit<Problem, 'place'> {
  const found = `${escapeControls(name)} must be 0 or 1, got ${value}`;
  return { code: 'INPUT_FIELD_RANGE', found, next: 'Code the outcome as 0 and 1. An empty cell or NA means unknown.' };
}

/** An outcome that is the same in every row has no model. */
function refuseConstant(table: FitTable, name: string, outcome: Float64Array): void {
  if (outcome.some((value) => value !== outcome[0])) return;
  throw table.columnError(name, {
    code: 'INPUT_EMPTY',
    found: outcome.length === 0 ? 'no row is complete' : `${echo(name)} is ${outcome[0]} in every row`,
    next: 'Name a column in which both outcomes occur.',
  });
}

function describe(fitted: MixedLogit, rows: CompleteRows, { group }: FitMixedLogitFlags): string {
  const header = ['', 'coef', 'odds ratio', '95 % interval', 'se', 'z', 'p'];
  const lines = fitted.coefficients.map(({ name, coef, oddsRatio, interval, se, z, pValue }) => [
    ...[name, shown(coef), shown(oddsRatio), shownInterval([Math.exp(interval[0]), Math.exp(interval[1])], 4)],
    ...[shown(se, 4), shown(z, 4), shown(pValue, 3)],
  ]);
  return [
    `n = ${fitted.n} in ${fitted.groupCount} groups${droppedText(rows)}`,
    alignedTable([header, ...lines]),
    `standard deviation between the intercepts of ${group}: ${shown(fitted.groupDeviation)}; log-likelihood ${shown(fitted.logLikelihood, 8)}`,
  ].join('\n');
}
