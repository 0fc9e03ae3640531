/**
 * Tables of a sweep: a row a world, a row a cell and measure, and what each factor accounts for.
 *
 * Pure, but for `writeTable`, which writes CSV and Parquet. Takes the plan and the worlds. A cell's interval is Student's over its worlds; its difference
 * from the first cell is paired by seed, since cells share their draws, with the p of the paired t test and Benjamini-Hochberg's q over all
 * differences of the sweep. Sensitivity rests on the mean of each cell's worlds: what differs between seeds of one cell is told apart as noise.
 * Order: cells as in the plan, measures as in the plan. Invariant: nothing of the machine, no clock: one plan, the same bytes.
 */
import { join } from 'node:path';
import { benjaminiHochberg } from '../../analysis/estimators/multiplicity.ts';
import { saltelliRows, varianceShares } from '../../analysis/estimators/variance-shares.ts';
import { momentsOf } from '../../analysis/estimators/effect-size.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { writeParquet } from '../../sim/record/parquet-file.ts';
import { writePieces } from '../../sim/record/store.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import { differenceOf, estimateOf } from './sweep-estimates.ts';
import { wordingsOf } from './sweep-plan.ts';
import type { ParquetColumn } from '../../sim/record/parquet-file.ts';
import type { SweepPlan } from './sweep-plan.ts';
import type { Asked } from './replicate.ts';
import type { SweepWorlds } from './sweep-worlds.ts';

type Value = string | number | null;

/** A table with what its columns hold. */
export interface Table {
  readonly columns: readonly ParquetColumn[];
  readonly rows: readonly (readonly Value[])[];
}

/** One measure of one cell. */
export interface CellRow {
  readonly cell: number;
  readonly measure: string;
  readonly n: number;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly interval: [number, number] | null;
  /** From the first cell, by pairs of worlds of one seed. */
  readonly difference: {
    readonly value: number;
    readonly interval: [number, number] | null;
    readonly n: number;
  } | null;
  readonly pValue: number | null;
  readonly qValue: number | null;
  /** Of the mean's variance components and, for other cells than the first, of the difference's; null where nothing is paraphrased. */
  readonly wording: { readonly variance: number | null; readonly ofDifference: number | null } | null;
}

/** Shares of variance of a measure. */
export interface SensitivityRow {
  readonly measure: string;
  readonly factor: string;
  readonly order: 'first' | 'total';
  readonly value: number | null;
  readonly interval: [number, number] | null;
  /** Base rows. */
  readonly n: number;
  /** Share of the variance of cell means that is between seeds; null with one world a cell. */
  readonly noiseShare: number | null;
}

/** Values of a cell in one measure, a place a replicate. */
export function valuesOf(worlds: SweepWorlds, cell: number, measure: number): (number | null)[] {
  return worlds[cell].map((world) => world?.values[measure] ?? null);
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** Every cell in every measure. */
export function cellRows(plan: SweepPlan, worlds: SweepWorlds): CellRow[] {
  const rows = plan.cells.flatMap((_, cell) =>
    plan.measures.map((measure, at) => {
      const mine = valuesOf(worlds, cell, at);
      const values = known(mine);
      const wordings = wordingsOf(plan);
      const { value, interval, n, wordingVariance } = estimateOf(mine, wordings);
      const paired = cell === 0 ? undefined : differenceOf(mine, valuesOf(worlds, 0, at), wordings);
      return {
        ...{ cell, measure, n, mean: finiteOrNull(value), sd: finiteOrNull(Math.sqrt(momentsOf(values).variance)) },
        interval: bounded(interval),
        difference:
          paired === undefined ? null : { value: paired.value, interval: bounded(paired.interval), n: paired.n },
        pValue: paired === undefined ? null : finiteOrNull(paired.pValue),
        wording: wordings === 1 ? null : { variance: wordingVariance, ofDifference: paired?.wordingVariance ?? null },
      };
    }),
  );
  const q = benjaminiHochberg(rows.map(({ pValue }) => pValue ?? Number.NaN));
  return rows.map((row, at) => ({ ...row, qValue: finiteOrNull(q[at]) }));
}

function bounded(interval: readonly [number, number]): [number, number] | null {
  return interval.every(Number.isFinite) ? [interval[0], interval[1]] : null;
}

/** Shares of variance of every measure, where the design is Saltelli's. */
export function sensitivityRows(plan: SweepPlan, worlds: SweepWorlds): SensitivityRow[] {
  if (plan.design !== 'saltelli') return [];
  return plan.measures.flatMap((measure, at) => {
    const cells = plan.cells.map((_, cell) => momentsOf(known(valuesOf(worlds, cell, at))));
    const means = cells.map(({ mean }) => mean);
    const stream = randomStream(plan.seed, streamPurposes.bootstrap, at);
    const shares = varianceShares(saltelliRows(means, plan.factors.length), stream);
    const spread = momentsOf(means.filter(Number.isFinite)).variance;
    const errors = cells.map(({ variance, count }) => variance / count);
    const noise = errors.reduce((sum, one) => sum + one, 0) / errors.length / spread;
    return plan.factors.flatMap(({ path: factor }, which) =>
      (['first', 'total'] as const).map((order) => {
        const { value, interval, n } = shares[which][order];
        const noiseShare = finiteOrNull(noise);
        return { measure, factor, order, value: finiteOrNull(value), interval: bounded(interval), n, noiseShare };
      }),
    );
  });
}

// ---- As tables ----

/** A row a world. */
export function worldTable(plan: SweepPlan, worlds: SweepWorlds): Table {
  const columns: ParquetColumn[] = [
    ...(['cell', 'replicate', 'seed'] as const).map((name) => ({ name, type: 'integer' as const })),
    ...(plan.paraphrases === undefined ? [] : [{ name: 'paraphrase', type: 'text' as const }]),
    ...factorColumns(plan),
    ...plan.measures.map((name) => ({ name, type: 'number' as const })),
  ];
  const rows = worlds.flatMap((all, cell) =>
    all.flatMap((world, at) =>
      world === undefined ? [] : [[...placeOf(plan, cell, at), ...factorValues(plan, cell), ...world.values]],
    ),
  );
  return { columns, rows };
}

/** Cell, replicate, seed and, where prompts are paraphrased, wording of a world. */
function placeOf({ seed, paraphrases }: SweepPlan, cell: number, at: number): Value[] {
  if (paraphrases === undefined) return [cell, at, seed + at];
  const replicate = Math.floor(at / paraphrases.length);
  return [cell, replicate, seed + replicate, paraphrases[at % paraphrases.length].name];
}

/** A row a world whose models were asked: the digest of its run, calls, tokens, money, and what servers said they were. */
export function askedTable(plan: SweepPlan, worlds: SweepWorlds): Table {
  const columns: ParquetColumn[] = [
    ...(['cell', 'replicate', 'seed'] as const).map((name) => ({ name, type: 'integer' as const })),
    ...(plan.paraphrases === undefined ? [] : [{ name: 'paraphrase', type: 'text' as const }]),
    ...askedColumns,
  ];
  const rows = worlds.flatMap((all, cell) =>
    all.flatMap((world, at) =>
      world?.asked === undefined ? [] : [[...placeOf(plan, cell, at), ...askedCells(world.asked)]],
    ),
  );
  return { columns, rows };
}

/** Columns of what models were asked in a world. */
export const askedColumns: readonly ParquetColumn[] = [
  { name: 'digest', type: 'text' },
  ...(['asked', 'unanswered', 'calls', 'tokens'] as const).map((name) => ({ name, type: 'integer' as const })),
  { name: 'cost', type: 'number' },
  { name: 'currency', type: 'text' },
  { name: 'served', type: 'text' },
];

/** What models were asked in a world, in the order of `askedColumns`. */
export function askedCells(one: Asked): Value[] {
  const { digest, asked, unanswered, calls, tokens, costNanos, currency = null, served } = one;
  return [digest, asked, unanswered, calls, tokens, costNanos / 1e9, currency, served.join(' ')];
}

/** A row a cell and measure. */
export function cellTable(plan: SweepPlan, rows: readonly CellRow[]): Table {
  const wording = plan.paraphrases === undefined ? [] : ['wordingVariance', 'differenceWordingVariance'];
  const ends = ['low', 'high', 'difference', 'differenceLow', 'differenceHigh', 'pValue', 'qValue'];
  const numbers = ['mean', 'sd', ...ends, ...wording];
  return {
    columns: [
      { name: 'cell', type: 'integer' },
      ...factorColumns(plan),
      { name: 'measure', type: 'text' },
      { name: 'n', type: 'integer' },
      ...numbers.map((name) => ({ name, type: 'number' as const })),
    ],
    rows: rows.map(({ cell, measure, n, mean, sd, interval, difference, pValue, qValue, wording: parts }) => [
      ...[cell, ...factorValues(plan, cell), measure, n, mean, sd],
      ...(interval ?? [null, null]),
      difference?.value ?? null,
      ...(difference?.interval ?? [null, null]),
      ...[pValue, qValue],
      ...(parts === null ? [] : [parts.variance, parts.ofDifference]),
    ]),
  };
}

/** A row a measure, factor and order. */
export function sensitivityTable(rows: readonly SensitivityRow[]): Table {
  return {
    columns: [
      ...(['measure', 'factor', 'order'] as const).map((name) => ({ name, type: 'text' as const })),
      ...(['value', 'low', 'high'] as const).map((name) => ({ name, type: 'number' as const })),
      { name: 'n', type: 'integer' },
      { name: 'noiseShare', type: 'number' },
    ],
    rows: rows.map(({ measure, factor, order, value, interval, n, noiseShare }) => [
      ...[measure, factor, order, value],
      ...(interval ?? [null, null]),
      ...[n, noiseShare],
    ]),
  };
}

/** Whether all values of a factor are numbers. */
export function isNumeric(plan: SweepPlan, factor: number): boolean {
  return plan.cells.every((cell) => cell[factor].trim() !== '' && Number.isFinite(Number(cell[factor])));
}

function factorColumns(plan: SweepPlan): ParquetColumn[] {
  return plan.factors.map(({ path }, at) => ({ name: path, type: isNumeric(plan, at) ? 'number' : 'text' }));
}

function factorValues(plan: SweepPlan, cell: number): Value[] {
  return plan.factors.map((_, at) => (isNumeric(plan, at) ? Number(plan.cells[cell][at]) : plan.cells[cell][at]));
}

/** Writes `NAME.csv` and `NAME.parquet`. Returns their paths. */
export function writeTable(directory: string, name: string, { columns, rows }: Table): string[] {
  const csv = join(directory, `${name}.csv`);
  const parquet = join(directory, `${name}.parquet`);
  const text = writeTableCsv({ columns: columns.map((column) => column.name), rows });
  writePieces(csv, encoded(text));
  writeParquet(parquet, columns, rows);
  return [csv, parquet];
}

function* encoded(chunks: Iterable<string>): Iterable<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
