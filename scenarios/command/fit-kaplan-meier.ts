/**
 * `fit kaplan-meier`: survival curves of anyone's CSV, of all rows and by group, with the log-rank test.
 *
 * Reads the file; prints medians, survival at chosen times and the test, as a table or as one object with the whole curves. Rows
 * with a missing cell are dropped and counted. What the numbers are compared with: test/data/survival.json.
 */
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { kaplanMeier, survivalAt, survivalQuantile } from '../../analysis/estimators/kaplan-meier.ts';
import type { SurvivalCurve, SurvivalEstimate, SurvivalScale } from '../../analysis/estimators/kaplan-meier.ts';
import { logRankTest } from '../../analysis/estimators/log-rank.ts';
import { echo } from '../../sim/ground/errors.ts';
import { alignedTable, shown, shownInterval } from './aligned.ts';
import { refuseNoEvent, survivalCells } from './fit-survival.ts';
import { FitTable, completeRows, droppedText, groupColumn, refuseSharedColumns, usedOf } from './fit-table.ts';
import type { CompleteRows, FitFlags } from './fit-table.ts';
import { note, printResult } from './output.ts';

/** Flags of `fit kaplan-meier`. */
export interface FitKaplanMeierFlags extends FitFlags {
  readonly time: string;
  readonly event: string;
  readonly by?: string;
  readonly at: readonly number[];
  readonly rho: number;
  readonly scale: SurvivalScale;
}

type JsonInterval = [number | null, number | null];

interface CurveResult {
  readonly n: number;
  readonly events: number;
  readonly median: number | null;
  readonly interval: JsonInterval;
  readonly survival: readonly {
    readonly time: number;
    readonly survival: number | null;
    readonly interval: JsonInterval;
    readonly atRisk: number;
  }[];
  readonly curve: Readonly<Record<string, (number | null)[]>>;
}

interface GroupResult extends CurveResult {
  readonly name: string;
}

interface LogRankResult {
  readonly rho: number;
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number | null;
  readonly groups: readonly { readonly name: string; readonly observed: number; readonly expected: number }[];
  readonly nullModel: string;
}

/** Runs the command. */
export function fitKaplanMeierCommand(flags: FitKaplanMeierFlags): void {
  const names = [flags.time, flags.event, ...(flags.by === undefined ? [] : [flags.by])];
  const byRole = flags.by === undefined ? [] : [{ flag: '--by', name: flags.by }];
  refuseSharedColumns([{ flag: '--time', name: flags.time }, { flag: '--event', name: flags.event }, ...byRole]);
  const table = new FitTable(flags, names);
  const cells = survivalCells(table, { time: flags.time, event: flags.event });
  table.throwIfRefused();
  const rows = completeRows(table, names);
  const stop = usedOf(cells.stop, rows.isUsed);
  const event = usedOf(cells.event, rows.isUsed);
  refuseNoEvent(table, flags.event, event);
  const grouped = flags.by === undefined ? undefined : groupsOf(table, flags, { stop, event }, rows);
  const result = {
    source: table.file,
    method: `product limit with Greenwood's error; 95 % intervals symmetric in ${scaleNames[flags.scale]}`,
    definition:
      'median is the first time at which survival is at most one half; interval is that of the median; null where the curve never comes down so far',
    unit: 'row',
    ...curveResult(kaplanMeier({ stop, event }, { scale: flags.scale }), flags.at),
    eventCoding: cells.eventCoding,
    rows: { read: table.rowCount, used: rows.usedCount, dropped: rows.droppedCount, missing: rows.missing },
    ...(grouped ?? {}),
    warnings: cells.warnings,
  };
  for (const warning of cells.warnings) note(`warning: ${warning}`);
  printResult(flags.json === true, result, () => describe(result, grouped, rows, flags));
}

const scaleNames: Readonly<Record<SurvivalScale, string>> = {
  log: 'the log of survival',
  'log-log': 'the log of minus the log of survival',
  plain: 'survival itself',
};

/** More groups than this are a column of names. */
const groupCountMax = 100;

interface Grouped {
  readonly groups: readonly GroupResult[];
  readonly logRank: LogRankResult;
}

function groupsOf(
  table: FitTable,
  { by = '', scale, at, rho }: FitKaplanMeierFlags,
  { stop, event }: { stop: Float64Array; event: Float64Array },
  { isUsed }: CompleteRows,
): Grouped {
  const { group: all, names } = groupColumn(table, by, isUsed);
  if (names.length < 2 || names.length > groupCountMax) {
    const isOne = names.length < 2;
    const found = isOne ? `${echo(by)} is ${echo(names[0])} in every row` : `${echo(by)} has ${names.length} values`;
    const next = isOne ? 'Leave out --by.' : `Join groups: at most ${groupCountMax} are compared.`;
    throw table.columnError(by, { code: isOne ? 'INPUT_COMBINATION' : 'INPUT_TOO_LARGE', found, next });
  }
  const group = usedOf(all, isUsed);
  const test = logRankTest({ stop, event, group, groupCount: names.length }, rho);
  return {
    groups: names.map((name, index) => {
      const isOwn = (_: number, row: number): boolean => group[row] === index;
      const columns = { stop: stop.filter(isOwn), event: event.filter(isOwn) };
      return { name, ...curveResult(kaplanMeier(columns, { scale }), at) };
    }),
    logRank: {
      rho,
      statistic: test.statistic,
      degreesOfFreedom: test.degreesOfFreedom,
      pValue: finiteOrNull(test.pValue),
      groups: names.map((name, index) => ({
        name,
        observed: test.observed[index],
        expected: test.expected[index],
      })),
      nullModel:
        'all groups have one hazard at every time; who is at risk, and how many have the event at each time, stay as they are',
    },
  };
}

function intervalOf({ interval: [low, high] }: SurvivalEstimate): JsonInterval {
  return [finiteOrNull(low), finiteOrNull(high)];
}

function curveResult(curve: SurvivalCurve, at: readonly number[]): CurveResult {
  const median = survivalQuantile(curve);
  const column = (values: ArrayLike<number>): (number | null)[] => Array.from(values, finiteOrNull);
  return {
    n: curve.n,
    events: curve.events,
    median: finiteOrNull(median.value),
    interval: intervalOf(median),
    survival: at.map((time) => {
      const estimate = survivalAt(curve, time);
      const survival = finiteOrNull(estimate.value);
      return { time, survival, interval: intervalOf(estimate), atRisk: estimate.atRisk };
    }),
    curve: {
      time: column(curve.time),
      atRisk: column(curve.atRisk),
      events: column(curve.eventCount),
      censored: column(curve.censoredCount),
      survival: column(curve.survival),
      standardError: column(curve.standardError),
      lower: column(curve.lower),
      upper: column(curve.upper),
    },
  };
}

function describe(
  result: CurveResult & { readonly source: string; readonly eventCoding: string },
  grouped: Grouped | undefined,
  rows: CompleteRows,
  flags: FitKaplanMeierFlags,
): string {
  const withNaN = ([low, high]: JsonInterval): [number, number] => [low ?? Number.NaN, high ?? Number.NaN];
  const rowOf = (name: string, one: CurveResult): string[] => [
    name,
    String(one.n),
    String(one.events),
    shown(one.median),
    shownInterval(withNaN(one.interval)),
    ...one.survival.flatMap(({ survival, interval }) => [shown(survival, 6), shownInterval(withNaN(interval), 4)]),
  ];
  const heads = flags.at.flatMap((time) => [`S(${time})`, '95 % interval']);
  const lines = [
    `Kaplan–Meier curves of ${result.source} (${result.eventCoding})`,
    `${result.n} rows, ${result.events} events${droppedText(rows)}`,
    '',
    alignedTable([
      ['', 'rows', 'events', 'median', '95 % interval', ...heads],
      rowOf('all', result),
      ...(grouped?.groups ?? []).map((group) => rowOf(`${flags.by ?? ''}=${group.name}`, group)),
    ]),
  ];
  if (grouped === undefined) return lines.join('\n');
  const { statistic, degreesOfFreedom, pValue, groups, rho } = grouped.logRank;
  const title = rho === 0 ? 'log-rank test' : `log-rank test weighted by survival to the power ${rho}`;
  return [
    ...lines,
    '',
    `${title}: chi-squared ${shown(statistic, 6)} on ${degreesOfFreedom}, p ${shown(pValue, 4)}`,
    alignedTable([
      ['', 'observed', 'expected'],
      ...groups.map((group) => [`${flags.by ?? ''}=${group.name}`, shown(group.observed), shown(group.expected)]),
    ]),
  ].join('\n');
}
