/**
 * `fit power-law`: the tail of a column of anyone's CSV, with its tests and the sentence that they allow.
 *
 * Reads the file; prints exponent, start of the tail, goodness of fit, comparisons with other laws and the verdict. Integers under the
 * zeta distribution, or measurements under Pareto's with `--continuous`. Values that no power law has (below 1, or not above 0) are left
 * out and counted. Draws come from streams of `--seed`: one for the goodness of fit, one for the interval.
 */
import { bootstrapExponent, countValues } from '../../analysis/estimators/power-law.ts';
import { reportTail } from '../../analysis/estimators/tail-verdict.ts';
import type { TailReport } from '../../analysis/estimators/tail-verdict.ts';
import { finiteInterval } from '../../analysis/measures/measured.ts';
import { InputError, echo, escapeControls } from '../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import { FitTable, completeRows, droppedText, numberColumn, usedOf } from './fit-table.ts';
import type { CompleteRows, FitFlags } from './fit-table.ts';
import { note, printResult } from './output.ts';

/** Flags of `fit power-law`. */
export interface FitPowerLawFlags extends FitFlags {
  readonly column: string;
  readonly continuous?: boolean;
  readonly xmin?: number;
  readonly bootstrap: number;
  readonly seed: number;
}

/** Runs the command. */
export function fitPowerLawCommand(flags: FitPowerLawFlags): void {
  const { column, bootstrap, seed, xmin } = flags;
  const discrete = flags.continuous !== true;
  if (discrete && xmin !== undefined && !Number.isInteger(xmin)) {
    const found = `the tail of counts starts at a whole number, got ${xmin}`;
    const next = 'Write one, or pass --continuous.';
    throw new InputError({ code: 'INPUT_USAGE', place: { file: '--xmin' }, found, next });
  }
  const table = new FitTable(flags, [column]);
  const all = numberColumn(table, column);
  if (discrete) refuseFractions(table, column, all);
  table.throwIfRefused();
  const rows = completeRows(table, [column]);
  const given = usedOf(all, rows.isUsed);
  const values = given.filter((value) => value >= (discrete ? 1 : Number.MIN_VALUE));
  const options = { discrete, ...(xmin === undefined ? {} : { xmin }) };
  const report = reportTail(values, bootstrap, randomStream(seed, streamPurposes.bootstrap), options);
  if (report === undefined) {
    const from = xmin === undefined ? '' : ` from ${xmin} on`;
    const found = `${echo(column)} has fewer than two distinct positive values${from}`;
    throw table.columnError(column, { code: 'INPUT_EMPTY', found, next: 'A tail needs at least two.' });
  }
  const interval = intervalOf(values, report, flags, options);
  const leftOut = given.length - values.length;
  const warnings = warningsOf(report, flags, leftOut);
  const result = {
    source: table.file,
    column,
    method: methodOf(flags),
    definition:
      'alpha is the exponent of p(x) ~ x^-alpha from xmin on; se holds for the given xmin; interval is the 95 % interval of alpha; pValue is that of the goodness of fit: small values speak against a power law',
    unit: 'value',
    ...report,
    ...(interval === undefined ? {} : { interval }),
    nullModel:
      'synthetic samples: values below xmin drawn from the data, the others from the fitted law; xmin chosen again in each',
    leftOut,
    rows: { read: table.rowCount, used: rows.usedCount, dropped: rows.droppedCount, missing: rows.missing },
    seed,
    warnings,
  };
  for (const warning of warnings) note(`warning: ${warning}`);
  printResult(flags.json === true, result, () => describe(result, rows));
}

function refuseFractions(table: FitTable, column: string, values: Float64Array): void {
  values.forEach((value, row) => {
    if (Number.isNaN(value) || Number.isInteger(value)) return;
    table.refuse(column, row, () => ({
      code: 'INPUT_TYPE',
      found: `${escapeControls(column)} must be a whole number, got ${value}`,
      next: 'Pass --continuous if the column holds measurements.',
    }));
  });
}

const normal95 = 1.959963984540054;

/** With a bootstrap the interval chooses xmin again in each resample; without one it is ± 1.96 standard errors. */
function intervalOf(
  values: Float64Array,
  { alpha, se }: TailReport,
  { bootstrap, seed }: FitPowerLawFlags,
  options: { readonly discrete: boolean; readonly xmin?: number },
): [number, number] | undefined {
  if (bootstrap === 0) return [alpha - normal95 * se, alpha + normal95 * se];
  const stream = randomStream(seed, streamPurposes.bootstrap, 1);
  return finiteInterval(bootstrapExponent(countValues(values), bootstrap, stream, options));
}

/** Fewer synthetic samples than this cannot place a p value against 0.1. */
const replicateCountMin = 50;

function warningsOf(report: TailReport, { bootstrap, continuous }: FitPowerLawFlags, leftOut: number): string[] {
  const warnings: string[] = [];
  if (leftOut > 0) {
    const bound = continuous === true ? 'not above 0' : 'below 1';
    warnings.push(`${leftOut} ${leftOut === 1 ? 'value' : 'values'} ${bound} left out`);
  }
  if (bootstrap === 0) {
    warnings.push('the interval takes xmin for given and covers too seldom; --bootstrap 100 chooses it again');
  } else if (bootstrap < replicateCountMin) {
    warnings.push(`${bootstrap} replicates: the p value is coarse, its smallest is ${shown(1 / (1 + bootstrap), 2)}`);
  }
  if (report.candidateCount < report.distinctCount - 1 && report.candidateCount > 1) {
    warnings.push(`${report.candidateCount} of ${report.distinctCount - 1} starts of the tail were tried`);
  }
  return warnings;
}

function methodOf({ continuous, bootstrap, seed, xmin }: FitPowerLawFlags): string {
  const law = continuous === true ? 'Pareto distribution' : 'zeta distribution';
  const start = xmin === undefined ? 'xmin with the smallest Kolmogorov-Smirnov distance' : 'xmin as given';
  const tests =
    bootstrap === 0 ? 'no bootstrap' : `${bootstrap} synthetic samples and ${bootstrap} resamples, seed ${seed}`;
  return `maximum likelihood of the ${law}, ${start}; ${tests}; Vuong's test against lognormal and exponential`;
}

interface Described extends TailReport {
  readonly source: string;
  readonly column: string;
  readonly interval?: [number, number];
}

function describe(result: Described, rows: CompleteRows): string {
  const { comparisons, pValue, replicateCount } = result;
  const against = (name: string, { statistic, pValue: p }: TailReport['comparisons']['lognormal']): string[] => [
    name,
    shown(statistic, 4),
    shown(p, 3),
  ];
  const fit = pValue === null ? 'not tested' : `p ${shown(pValue, 3)} (${replicateCount} synthetic samples)`;
  return [
    `Power law in ${escapeControls(result.column)} of ${result.source}: ${result.verdict}`,
    `${result.n} positive values, ${result.tailCount} of them from xmin ${shown(result.xmin)} on${droppedText(rows)}`,
    '',
    `alpha ${shown(result.alpha)} (se ${shown(result.se, 3)})${result.interval === undefined ? '' : `, 95 % interval ${shownInterval(result.interval)}`}`,
    `goodness of fit: Kolmogorov-Smirnov distance ${shown(result.ks, 4)}, ${fit}`,
    '',
    'against other laws (positive: the power law is closer)',
    alignedTable([
      ['', 'statistic', 'p'],
      against('lognormal', comparisons.lognormal),
      against('exponential', comparisons.exponential),
      against('with a cut-off', comparisons.truncated),
    ]),
  ].join('\n');
}
