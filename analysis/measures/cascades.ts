/**
 * The `cascades` measure: how large, deep, broad and viral the cascades of a run or a data set are, and what their sizes' tail is.
 *
 * Reads the columns of all posts and reposts; gives the object of `analyze SOURCE cascades --json`. Field names are a contract
 * (`design.md`, section 8). Order: lists descend, each by itself, so that entry i of two lists need not be one cascade.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { measureCascades } from '../estimators/cascade.ts';
import type { CascadeTable, SharingColumns } from '../estimators/cascade.ts';
import { quantiles } from '../estimators/distribution.ts';
import { bootstrapExponent, countValues } from '../estimators/power-law.ts';
import { reportTail } from '../estimators/tail-verdict.ts';
import type { TailReport } from '../estimators/tail-verdict.ts';
import { measureSpread, spreadDefinition } from './cascade-spread.ts';
import type { CascadeSpread } from './cascade-spread.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import type { Measured } from './measured.ts';

/** How to measure. */
export interface CascadeOptions {
  readonly seed: number;
  /** Synthetic samples of the goodness of fit. By default 200, fewer where there are above 10^5 cascades, 0 to leave it out. */
  readonly replicateCount?: number;
}

/** Structural virality over the cascades of at least `sizeMin` users. */
export interface ViralityDistribution {
  readonly sizeMin: number;
  readonly count: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly p90: number | null;
  readonly max: number | null;
}

/** The tail of the sizes; numbers are null when there are fewer than two distinct sizes. */
export interface SizeTail {
  readonly alpha: number | null;
  readonly xmin: number | null;
  readonly se: number | null;
  readonly ks: number | null;
  readonly pValue: number | null;
  readonly verdict: string;
  /** What the verdict joins: of the law by itself, and beside others; null when nothing was fitted. */
  readonly fit: TailReport['fit'] | null;
  readonly comparison: TailReport['comparison'] | null;
  readonly tailCount: number;
  /** Basic bootstrap in which xmin is chosen again; null where it was not run. */
  readonly alphaInterval: [number, number] | null;
  readonly comparisons: TailReport['comparisons'] | null;
}

/** The object under `measures.cascades`. */
export interface CascadesMeasure extends Measured, CascadeSpread {
  readonly count: number;
  readonly sizes: number[];
  readonly depths: number[];
  readonly breadths: number[];
  /** Mean over the cascades of at least two rows; null without any. */
  readonly structuralVirality: number | null;
  readonly structuralViralityBySize: ViralityDistribution[];
  /** Over the cascades that were shared: quartiles of the hours to the median and to the last share. */
  readonly medianHours: (number | null)[];
  readonly lastHours: (number | null)[];
  readonly powerLaw: SizeTail;
}

const listLengthMax = 100_000;
const replicatesDefault = 200;
/** Values drawn over all replicates of a bootstrap: some seconds. */
const drawsMax = 20_000_000;
const viralitySizes = [2, 10, 100, 1000];

const definition =
  'n: cascades, one a root post. Size: distinct users, the root’s author included; depth: hops from the root (0); breadth: most users on one ' +
  'level, each user counted at his first share; structural virality: mean distance between all pairs of shares of a tree, ' +
  `averaged over cascades of at least two shares; lists descend, each by itself; ${spreadDefinition}`;

/** Measures all cascades. */
export function measureCascadesOf(columns: SharingColumns, options: CascadeOptions): CascadesMeasure {
  const table = measureCascades(columns);
  const count = table.root.length;
  const replicateCount =
    options.replicateCount ?? Math.min(replicatesDefault, Math.floor(drawsMax / Math.max(1, count)));
  const powerLaw = measureSizeTail(table.size, options.seed, replicateCount);
  const virality = viralityAtLeast(table, 1);
  return {
    count,
    sizes: descending(table.size),
    depths: descending(table.depth),
    breadths: descending(table.maxBreadth),
    structuralVirality: virality.mean,
    structuralViralityBySize: viralitySizes.map((sizeMin) => viralityAtLeast(table, sizeMin)),
    medianHours: quartilesOf(table.medianHours),
    lastHours: quartilesOf(table.lastHours),
    powerLaw,
    ...measureSpread(columns, table),
    method:
      'exact sizes, depths, breadths, structural virality, R and curves; tail of the sizes: zeta maximum likelihood, xmin by the smallest KS distance, ' +
      (replicateCount > 0 ? `${replicateCount} bootstrap replicates, seed ${options.seed}` : 'no bootstrap'),
    definition,
    n: count,
    warnings: warningsOf(table),
    ...(powerLaw.pValue === null
      ? {}
      : {
          pValue: powerLaw.pValue,
          nullModel:
            'sizes below xmin drawn from the data, those above from the fitted law; xmin chosen again in each replicate',
        }),
  };
}

function measureSizeTail(size: Int32Array, seed: number, replicateCount: number): SizeTail {
  const report = reportTail(size, replicateCount, randomStream(seed, streamPurposes.bootstrap, 1));
  if (report === undefined) {
    const verdict = 'undecided: fewer than two distinct sizes';
    return {
      alpha: null,
      xmin: null,
      se: null,
      ks: null,
      pValue: null,
      verdict,
      fit: null,
      comparison: null,
      tailCount: 0,
      alphaInterval: null,
      comparisons: null,
    };
  }
  const { alpha, xmin, se, ks, pValue, verdict, fit, comparison, tailCount, comparisons } = report;
  const stream = randomStream(seed, streamPurposes.bootstrap, 2);
  const interval = replicateCount > 0 ? bootstrapExponent(countValues(size), replicateCount, stream) : undefined;
  const alphaInterval = interval === undefined ? null : (finiteInterval(interval) ?? null);
  return { alpha, xmin, se, ks, pValue, verdict, fit, comparison, tailCount, alphaInterval, comparisons };
}

function viralityAtLeast(table: CascadeTable, sizeMin: number): ViralityDistribution {
  const kept = table.structuralVirality.filter((value, c) => !Number.isNaN(value) && table.size[c] >= sizeMin);
  const [median, p90, max] = quantiles(kept, [0.5, 0.9, 1]).map(finiteOrNull);
  let sum = 0;
  for (let c = 0; c < kept.length; c++) sum += kept[c];
  return { sizeMin, count: kept.length, mean: finiteOrNull(sum / kept.length), median, p90, max };
}

function quartilesOf(values: Float64Array): (number | null)[] {
  return quantiles(
    values.filter((value) => !Number.isNaN(value)),
    [0.25, 0.5, 0.75],
  ).map(finiteOrNull);
}

function descending(values: Int32Array): number[] {
  return Array.from(values.slice().sort().reverse().subarray(0, listLengthMax));
}

function warningsOf(table: CascadeTable): string[] {
  const warnings: string[] = [];
  const count = table.root.length;
  if (count === 0) warnings.push('there are no posts');
  if (count > listLengthMax) warnings.push(`the lists hold the largest ${listLengthMax} of ${count} values`);
  if (table.negativeTimeCount > 0)
    warnings.push(`${table.negativeTimeCount} shares are older than the post they share`);
  let alone = 0;
  for (let c = 0; c < count; c++) if (table.rowCount[c] === 1) alone++;
  if (alone > 0) warnings.push(`${alone} of ${count} posts were never shared: they count as cascades of size 1`);
  return warnings;
}
