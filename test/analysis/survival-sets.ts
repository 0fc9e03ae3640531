/**
 * Survival data that the tests share: the sets of `test/data`, reference values of R, and planted worlds.
 *
 * Reads `test/data/lung.csv`, `rossi.csv` and `survival.json` (sources: `test/data/README.md`). Missing cells are NaN.
 * Invariant: a planted world is a function of its seed.
 */
import { fileURLToPath } from 'node:url';
import type { Covariate } from '../../analysis/estimators/cox.ts';
import type { Ties } from '../../analysis/estimators/cox-likelihood.ts';
import type { SurvivalColumns } from '../../analysis/estimators/risk-sets.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { readTable } from '../../sim/scenario/table.ts';
import { readReference } from './worlds.ts';

/** Columns by name. */
export type Columns = Readonly<Record<string, readonly number[]>>;

interface ZphReference {
  readonly chisq: number[];
  readonly p: number[];
}

export interface FitReference {
  readonly name: string;
  readonly data: string;
  readonly covariates: string[];
  readonly ties: Ties;
  readonly start: string | null;
  readonly strata: string | null;
  readonly cluster: string | null;
  readonly n: number;
  readonly events: number;
  readonly coef: number[];
  readonly se: number[];
  readonly robustSe: number[] | null;
  readonly logLikelihood: [number, number];
  readonly score: number;
  readonly wald: number;
  readonly concordance: number;
  readonly concordanceSe: number;
  readonly pairs: number[];
  readonly schoenfeldSquares: number[];
  readonly dfbetaSquares: number[];
  readonly zph: Readonly<Record<'km' | 'rank' | 'identity' | 'log', ZphReference | null>>;
}

export interface CurveReference {
  readonly name: string;
  readonly data: string;
  readonly scale: 'log' | 'log-log' | 'plain';
  readonly start: string | null;
  readonly rows: number[];
  readonly time: number[];
  readonly atRisk: number[];
  readonly survival: (number | null)[];
  readonly standardError: (number | null)[];
  readonly lower: (number | null)[];
  readonly upper: (number | null)[];
  readonly median: (number | null)[];
  readonly quartile: (number | null)[];
}

export interface LogRankReference {
  readonly name: string;
  readonly data: string;
  readonly by: string;
  readonly rho: number;
  readonly chisq: number;
  readonly p: number;
  readonly observed: number[];
  readonly expected: number[];
}

interface SurvivalReference {
  readonly sets: Readonly<Record<string, Columns>>;
  readonly fits: FitReference[];
  readonly factors: {
    readonly coef: number[];
    readonly logLikelihood: number;
    readonly n: number;
    readonly zph: ZphReference & { readonly df: number[] };
  };
  readonly curves: CurveReference[];
  readonly tests: LogRankReference[];
}

/** What R survival printed. */
export const survivalReference = readReference<SurvivalReference>('survival.json');

/** Path of a file of `test/data`. */
export function dataFile(name: string): string {
  return fileURLToPath(new URL(`../data/${name}`, import.meta.url));
}

function numbersOf(file: string, names: readonly string[]): Columns {
  const declared = Object.fromEntries(names.map((name) => [name, { type: 'text' as const, empty: '' }]));
  const { columns } = readTable(dataFile(file), declared, { undeclared: 'ignore' });
  return Object.fromEntries(
    names.map((name) => [name, columns[name].map((cell) => (cell === 'NA' ? Number.NaN : Number(cell)))]),
  );
}

function withNames(columns: Columns, time: string, event: string, eventValue: number): Columns {
  return { ...columns, time: columns[time], event: columns[event].map((value) => (value === eventValue ? 1 : 0)) };
}

const lungNames = ['inst', 'time', 'status', 'age', 'sex', 'ph.ecog', 'wt.loss'];
const rossiNames = ['week', 'arrest', 'fin', 'age', 'race', 'wexp', 'mar', 'paro', 'prio'];

/** All sets by name. */
export const survivalSets: Readonly<Record<string, Columns>> = {
  ...survivalReference.sets,
  lung: withNames(numbersOf('lung.csv', lungNames), 'time', 'status', 2),
  rossi: withNames(numbersOf('rossi.csv', rossiNames), 'week', 'arrest', 1),
};

/** A model's data without the rows that lack a value. */
export interface ModelData {
  readonly columns: SurvivalColumns;
  readonly covariates: Covariate[];
  readonly cluster?: number[];
}

type ModelNames = Pick<FitReference, 'data' | 'covariates' | 'start' | 'strata' | 'cluster'>;

/** The data of a reference fit. */
export function modelData({ data, covariates, start, strata, cluster }: ModelNames): ModelData {
  const set = survivalSets[data];
  const extra = [start, strata, cluster].filter((name) => name !== null);
  const needed = ['time', 'event', ...covariates, ...extra];
  const rows = set['time'].flatMap((_, row) => (needed.every((name) => !Number.isNaN(set[name][row])) ? [row] : []));
  const take = (name: string): number[] => rows.map((row) => set[name][row]);
  return {
    columns: {
      stop: take('time'),
      event: take('event'),
      ...(start === null ? {} : { start: take(start) }),
      ...(strata === null ? {} : { stratum: take(strata) }),
    },
    covariates: covariates.map((name) => ({ name, values: take(name) })),
    ...(cluster === null ? {} : { cluster: take(cluster) }),
  };
}

/** What a planted world is made with. */
export interface PlantedHazards {
  readonly rowCount: number;
  /** Log hazard ratios of a standard normal covariate and of a coin. */
  readonly normalEffect: number;
  readonly coinEffect: number;
  /** Rows share a cluster in groups of this size; a cluster shares its coin and a normal frailty on the log hazard. */
  readonly clusterSize?: number;
  readonly frailtyDeviation?: number;
}

/** Exponential event times with independent exponential censoring; about three in ten rows are censored. */
export function plantedWorld(planted: PlantedHazards, stream: RandomStream): Required<ModelData> {
  const { rowCount, normalEffect, coinEffect, clusterSize = 1, frailtyDeviation = 0 } = planted;
  const stop: number[] = [];
  const event: number[] = [];
  const normal: number[] = [];
  const coin: number[] = [];
  const cluster: number[] = [];
  let frailty = 0;
  let shared = 0;
  for (let row = 0; row < rowCount; row++) {
    if (row % clusterSize === 0) {
      frailty = frailtyDeviation * stream.normal();
      shared = stream.below(2);
    }
    normal.push(stream.normal());
    coin.push(shared);
    cluster.push(Math.floor(row / clusterSize));
    const time = stream.exponential() / Math.exp(normalEffect * normal[row] + coinEffect * shared + frailty);
    const censoring = stream.exponential() / 0.45;
    stop.push(Math.min(time, censoring));
    event.push(time <= censoring ? 1 : 0);
  }
  const covariates = [
    { name: 'normal', values: normal },
    { name: 'coin', values: coin },
  ];
  return { columns: { stop, event }, covariates, cluster };
}
