/**
 * `fit clusters`: k-means, Ward or Gaussian mixtures on anyone's CSV, with the numbers that say how good each number of clusters is.
 *
 * Reads the file; prints a line for each k, the chosen k and why, and the agreement with a column of labels if one is named. Rows with
 * a missing cell are dropped and counted; rows without a label are clustered, but not compared. Each k draws from a stream of its own, of
 * `--seed`, so that k alone and k within a range give the same. Oracle: scikit-learn on iris, test/data/clusters.json.
 */
import { adjustedRand, normalisedMutualInformation } from '../../analysis/estimators/agreement.ts';
import {
  calinskiHarabasz,
  centresOf,
  daviesBouldin,
  withinSquares,
} from '../../analysis/estimators/cluster-indices.ts';
import { gaussianMixture } from '../../analysis/estimators/gaussian-mixture.ts';
import { clusterSizes, kMeans } from '../../analysis/estimators/k-means.ts';
import { pointsOfColumns, standardised } from '../../analysis/estimators/points.ts';
import { silhouette } from '../../analysis/estimators/silhouette.ts';
import { cutJoins, wardJoins } from '../../analysis/estimators/ward.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { InputError, echo, escapeControls } from '../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { alignedTable, shown } from './aligned.ts';
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
import type { Clustering } from '../../analysis/estimators/k-means.ts';
import type { Join } from '../../analysis/estimators/ward.ts';
import type { Points } from '../../analysis/estimators/points.ts';
import type { FitFlags } from './fit-table.ts';

/** Flags of `fit clusters`. */
export interface FitClustersFlags extends FitFlags {
  readonly columns: readonly string[];
  /** Numbers of clusters to try, both ends included. */
  readonly k: readonly [number, number];
  readonly method: 'k-means' | 'ward' | 'mixture';
  readonly label?: string;
  readonly scale: 'none' | 'z';
  readonly starts: number;
  readonly seed: number;
}

/** Ward compares every row with every other. */
const wardRowsMax = 20_000;

/** Labels of the rows that were clustered; -1 for a row without one. */
type Labels = Int32Array | undefined;

interface Found {
  readonly k: number;
  readonly clustering: Clustering;
  readonly bic?: number;
  readonly warnings: readonly string[];
}

/** One number of clusters with its indices; null where one does not exist. */
interface Tried {
  readonly k: number;
  readonly sizes: number[];
  readonly largestShare: number;
  readonly withinSquares: number;
  readonly silhouette: number | null;
  readonly silhouetteError: number | null;
  readonly clusterSilhouettes: (number | null)[];
  readonly calinskiHarabasz: number | null;
  readonly daviesBouldin: number | null;
  readonly bic?: number;
  readonly agreement?: { readonly n: number; readonly adjustedRand: number; readonly mutualInformation: number };
}

/** Runs the command. */
export function fitClustersCommand(flags: FitClustersFlags): void {
  const { columns, label } = flags;
  refuseSharedColumns([
    ...columns.map((name) => ({ flag: '--columns', name })),
    ...(label === undefined ? [] : [{ flag: '--label', name: label }]),
  ]);
  const table = new FitTable(flags, label === undefined ? columns : [...columns, label]);
  const values = columns.map((name) => numberColumn(table, name));
  table.throwIfRefused();
  const rows = completeRows(table, columns);
  const raw = pointsOfColumns(values.map((column) => usedOf(column, rows.isUsed)));
  refuseTooMany(raw, flags);
  const points = flags.scale === 'z' ? standardised(raw, 1) : raw;
  const labels = label === undefined ? undefined : usedOf(groupColumn(table, label).group, rows.isUsed);
  if (label !== undefined && labels?.some((one) => one >= 0) !== true) throw noLabel(table, label);
  const found = searchAll(points, flags);
  const tried = found.map((one) => triedOf(points, one, flags.seed, labels));
  const chosen = chosenOf(tried, flags);
  const { clustering } = found[tried.indexOf(chosen)];
  const warnings = found.flatMap((one) => one.warnings);
  const centres = centresOf(raw, clustering);
  let used = 0;
  const result = {
    source: table.file,
    method: methodOf(flags),
    definition: definitionOf(flags),
    unit: 'row',
    n: raw.count,
    k: chosen.k,
    rule: ruleOf(flags),
    tried,
    clusters: chosen.sizes.map((size, cluster) => ({
      size,
      share: size / raw.count,
      means: Object.fromEntries(columns.map((name, at) => [name, centres[cluster * columns.length + at]])),
    })),
    // A row of the file each; null for one that was dropped.
    clusterOfRow: Array.from(rows.isUsed, (isUsed) => (isUsed === 1 ? clustering.label[used++] : null)),
    rows: { read: table.rowCount, used: rows.usedCount, dropped: rows.droppedCount, missing: rows.missing },
    warnings,
  };
  for (const warning of warnings) note(`warning: ${warning}`);
  printResult(flags.json === true, result, () =>
    [
      `n = ${raw.count}${droppedText(rows)}; ${methodOf(flags)}`,
      tableOf(tried, flags),
      `chosen: k = ${chosen.k}, ${ruleOf(flags)}`,
      `silhouettes of its clusters: ${chosen.clusterSilhouettes.map((value) => shown(value, 4)).join(', ')}`,
    ].join('\n'),
  );
}

function noLabel(table: FitTable, name: string): InputError {
  const found = `no row that is clustered has a value in ${echo(name)}`;
  return table.columnError(name, {
    code: 'INPUT_EMPTY',
    found,
    next: 'Name a column of labels, or leave --label out.',
  });
}

/** Refuses more clusters than there are distinct rows, or as many as rows, and Ward's search over too many. */
function refuseTooMany(points: Points, { k, method, csv }: FitClustersFlags): void {
  const { count, dimensionCount, values } = points;
  const rowText = (row: number): string => values.subarray(row * dimensionCount, (row + 1) * dimensionCount).join();
  const distinct = new Set<string>();
  for (let row = 0; row < count && distinct.size <= k[1]; row++) distinct.add(rowText(row));
  const kMax = Math.min(distinct.size, count - 1);
  if (k[1] > kMax) {
    const found = `${k[1]} clusters are wanted of ${count} rows, ${distinct.size} of them distinct`;
    const next = kMax < 2 ? 'Clusters need three rows or more that differ.' : `Give a --k of ${kMax} or less.`;
    throw new InputError({ code: 'INPUT_FIELD_RANGE', place: { file: '--k' }, found, next });
  }
  if (method === 'ward' && count > wardRowsMax) {
    const found = `Ward’s method compares all rows with one another: at most ${wardRowsMax}, got ${count} in ${escapeControls(csv)}`;
    const next = 'Take --method k-means, or a sample of the rows.';
    throw new InputError({ code: 'INPUT_TOO_LARGE', place: { file: '--method' }, found, next });
  }
}

function searchAll(points: Points, flags: FitClustersFlags): Found[] {
  const [from, to] = flags.k;
  const joins = flags.method === 'ward' ? wardJoins(points) : undefined;
  return Array.from({ length: to - from + 1 }, (_, step) => search(points, from + step, flags, joins));
}

function triedOf(points: Points, found: Found, seed: number, labels: Labels): Tried {
  const { k, clustering, bic } = found;
  const sizes = Array.from(clusterSizes(clustering));
  // A key of two words: the search and the silhouette of one k draw from streams of their own.
  const stream = randomStream(seed, streamPurposes.sample, k, 1);
  const { mean, standardError, clusterMeans } = silhouette(points, clustering, { stream });
  return {
    k,
    sizes,
    largestShare: Math.max(...sizes) / points.count,
    withinSquares: withinSquares(points, clustering),
    silhouette: finiteOrNull(mean),
    silhouetteError: finiteOrNull(standardError),
    clusterSilhouettes: clusterMeans.map(finiteOrNull),
    calinskiHarabasz: finiteOrNull(calinskiHarabasz(points, clustering)),
    daviesBouldin: finiteOrNull(daviesBouldin(points, clustering)),
    ...(bic === undefined ? {} : { bic }),
    ...(labels === undefined ? {} : { agreement: agreementWith(labels, clustering) }),
  };
}

function search(points: Points, k: number, flags: FitClustersFlags, joins: readonly Join[] | undefined): Found {
  if (joins !== undefined) return { k, clustering: cutJoins(joins, points.count, k), warnings: [] };
  const stream = randomStream(flags.seed, streamPurposes.sample, k);
  const options = { startCount: flags.starts };
  if (flags.method === 'k-means') return { k, clustering: kMeans(points, k, stream, options), warnings: [] };
  const { clustering, bic, isConverged } = gaussianMixture(points, k, stream, options);
  const occupied = clusterSizes(clustering).filter((size) => size > 0).length;
  const warnings = [
    ...(isConverged ? [] : [`the mixture of ${k} had not come to rest after the last round`]),
    ...(occupied === k ? [] : [`of ${k} components, ${k - occupied} are the likeliest of no row`]),
  ];
  // Labels ascend from the largest cluster, so that those without rows come last.
  return { k, clustering: { label: clustering.label, clusterCount: occupied }, bic, warnings };
}

function agreementWith(labels: Int32Array, { label }: Clustering): NonNullable<Tried['agreement']> {
  const isLabelled = (_: number, row: number): boolean => labels[row] >= 0;
  const known = labels.filter(isLabelled);
  const found = label.filter(isLabelled);
  return {
    n: known.length,
    adjustedRand: adjustedRand(known, found),
    mutualInformation: normalisedMutualInformation(known, found),
  };
}

function chosenOf(tried: readonly Tried[], { method }: FitClustersFlags): Tried {
  const merit = ({ bic = 0, silhouette: mean }: Tried): number =>
    method === 'mixture' ? -bic : (mean ?? Number.NEGATIVE_INFINITY);
  return tried.reduce((best, one) => (merit(one) > merit(best) ? one : best));
}

function ruleOf({ k, method }: FitClustersFlags): string {
  if (k[0] === k[1]) return 'the only one asked for';
  const best = method === 'mixture' ? 'the lowest BIC' : 'the greatest mean silhouette';
  return `${best} of k = ${k[0]} to ${k[1]}, the fewest clusters among equals`;
}

function methodOf({ method, scale, starts, seed }: FitClustersFlags): string {
  const scaling =
    scale === 'z' ? 'columns less their mean, over their standard deviation (n - 1)' : 'columns as they stand';
  if (method === 'ward') return `Ward’s joins; ${scaling}`;
  const name = method === 'k-means' ? 'k-means' : 'Gaussian mixture with full covariances, each row to its likeliest';
  return `${name}, best of ${starts} starts, seed ${seed}; ${scaling}`;
}

function definitionOf({ scale }: FitClustersFlags): string {
  const unit = scale === 'z' ? ' of the scaled columns' : '';
  return (
    `Euclidean distances${unit}; withinSquares: sum of squared distances from the means of the clusters; silhouette: mean over rows, above ` +
    '20,000 rows of a sample with silhouetteError its standard error; agreement: with the column of labels, over the rows that have one. ' +
    'Any rows have a best k: none of these numbers tests whether there are clusters. clusterOfRow and clusters are those of the chosen k, the largest first'
  );
}

function tableOf(tried: readonly Tried[], { label, method }: FitClustersFlags): string {
  const header = [
    ...['k', 'within SS', 'silhouette', 'Calinski-Harabasz', 'Davies-Bouldin', 'largest'],
    ...(method === 'mixture' ? ['BIC'] : []),
    ...(label === undefined ? [] : ['ARI', 'NMI']),
    'sizes',
  ];
  const lines = tried.map((one) => [
    ...[String(one.k), shown(one.withinSquares, 7), shown(one.silhouette, 4), shown(one.calinskiHarabasz, 6)],
    ...[shown(one.daviesBouldin), `${shown(100 * one.largestShare, 3)} %`],
    ...(one.bic === undefined ? [] : [shown(one.bic, 7)]),
    ...(one.agreement === undefined
      ? []
      : [shown(one.agreement.adjustedRand, 4), shown(one.agreement.mutualInformation, 4)]),
    one.sizes.join(' '),
  ]);
  return alignedTable([header, ...lines]);
}
