/**
 * How many clusters, and whether there are any: k by the silhouette, stability under resampling, and structureless nulls.
 *
 * Any points have a best partition, and its silhouette is high whenever features are skewed or bound to one another. So the silhouette
 * is compared with points that have the same features and no clusters: each column shuffled by itself (keeps how each feature is
 * distributed), and a Gaussian copula (keeps that, and the rank correlations too: k-means cuts a stretched cloud in two as
 * gladly as two clouds). Every null goes through the same choice of k, so that p allows for the choosing.
 * Order: all draws come from one stream, in the order of k, of replicates and of nulls.
 * Sources: Rousseeuw (1987); Hennig (2007), Comput. Stat. Data Anal. 52, for the bootstrap.
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { adjustedRand, clusterOverlaps } from './agreement.ts';
import { ranks } from './correlation.ts';
import { quantileSorted } from './distribution.ts';
import { choleskyInPlace } from './gaussian-mixture.ts';
import { kMeans } from './k-means.ts';
import type { KMeans } from './k-means.ts';
import { columnOf, columnsShuffled, pointsOfColumns, squaredDistance, takeRows } from './points.ts';
import type { Points } from './points.ts';
import { silhouette } from './silhouette.ts';
import type { Silhouette, SilhouetteOptions } from './silhouette.ts';

/** Numbers of clusters to try, both ends included, and starts of k-means each. */
export interface ClusterRange {
  readonly from: number;
  readonly to: number;
  readonly startCount: number;
}

/** A clustering with its silhouette. */
export interface ChosenClusters extends KMeans {
  readonly silhouette: Silhouette;
}

/** What was tried, and what was chosen: the greatest mean silhouette, the fewest clusters among equals. */
export interface ClusterChoice {
  readonly tried: ChosenClusters[];
  readonly chosen: ChosenClusters;
}

/** Tries each k that is below the number of rows; undefined when none is. */
export function chooseClusters(
  points: Points,
  range: ClusterRange,
  stream: RandomStream,
  options: SilhouetteOptions = {},
): ClusterChoice | undefined {
  const tried: ChosenClusters[] = [];
  for (let k = range.from; k <= range.to && k < points.count; k++) {
    const found = kMeans(points, k, stream, { startCount: range.startCount });
    tried.push({ ...found, silhouette: silhouette(points, found, { ...options, stream }) });
  }
  let chosen = tried.at(0);
  for (const one of tried) if (chosen !== undefined && one.silhouette.mean > chosen.silhouette.mean) chosen = one;
  return chosen === undefined ? undefined : { tried, chosen };
}

/** How a clustering fares when its rows are resampled. */
export interface Stability {
  /** Mean adjusted Rand index of the resampled clustering with the reference, over all rows, and its 2.5 and 97.5 % quantiles. */
  readonly adjustedRand: number;
  readonly adjustedRandInterval: [number, number];
  /** For each cluster, the mean over replicates of its best Jaccard overlap: below 0.6 it dissolves, from 0.75 on it is stable. */
  readonly overlaps: number[];
  readonly replicateCount: number;
}

/** Rows drawn with replacement are clustered anew; every row then goes to the nearest of the new centres, and is compared. */
export function clusterStability(
  points: Points,
  reference: KMeans,
  stream: RandomStream,
  options: { readonly replicateCount: number; readonly startCount: number },
): Stability {
  const { replicateCount, startCount } = options;
  const agreements = new Float64Array(replicateCount);
  const overlaps = new Float64Array(reference.clusterCount);
  const rows = new Int32Array(points.count);
  for (let replicate = 0; replicate < replicateCount; replicate++) {
    for (let at = 0; at < rows.length; at++) rows[at] = stream.below(points.count);
    const again = kMeans(takeRows(points, rows), reference.clusterCount, stream, { startCount });
    const label = nearestCentres(points, again);
    agreements[replicate] = adjustedRand(reference.label, label);
    clusterOverlaps(reference.label, label, reference.clusterCount).forEach((overlap, cluster) => {
      overlaps[cluster] += overlap / replicateCount;
    });
  }
  agreements.sort();
  return {
    adjustedRand: agreements.reduce((sum, value) => sum + value, 0) / replicateCount,
    adjustedRandInterval: [quantileSorted(agreements, 0.025), quantileSorted(agreements, 0.975)],
    overlaps: Array.from(overlaps),
    replicateCount,
  };
}

/** The nearest centre of each row, the first among equals. */
export function nearestCentres(points: Points, { centres, clusterCount }: KMeans): Int32Array {
  const label = new Int32Array(points.count);
  for (let row = 0; row < points.count; row++) {
    let least = Number.POSITIVE_INFINITY;
    for (let cluster = 0; cluster < clusterCount; cluster++) {
      const distance = squaredDistance(points.values, row, centres, cluster, points.dimensionCount);
      if (distance < least) {
        least = distance;
        label[row] = cluster;
      }
    }
  }
  return label;
}

/** An observed silhouette beside those of structureless points. */
export interface SilhouetteNull {
  readonly pValue: number;
  readonly mean: number;
  /** The 95 % quantile: what chance reaches in one case of twenty. */
  readonly upper: number;
  readonly greatest: number;
  readonly drawCount: number;
}

/** What structureless points keep: each column's values, or the rank correlations between columns too. */
export type StructurelessKind = 'columns' | 'copula';

/** p = (1 + nulls whose silhouette is not below) / (1 + draws), each null with a k of its own from the same range. */
export function silhouetteNull(
  points: Points,
  observed: number,
  kind: StructurelessKind,
  range: ClusterRange,
  drawCount: number,
  stream: RandomStream,
): SilhouetteNull {
  const reached = new Float64Array(drawCount);
  const factor = kind === 'copula' ? rankFactor(points) : undefined;
  for (let draw = 0; draw < drawCount; draw++) {
    const structureless = factor === undefined ? columnsShuffled(points, stream) : copulaDraw(points, factor, stream);
    reached[draw] = chooseClusters(structureless, range, stream)?.chosen.silhouette.mean ?? 0;
  }
  reached.sort();
  const hitCount = reached.filter((value) => value >= observed).length;
  return {
    pValue: (1 + hitCount) / (1 + drawCount),
    mean: reached.reduce((sum, value) => sum + value, 0) / drawCount,
    upper: quantileSorted(reached, 0.95),
    greatest: reached[drawCount - 1] ?? Number.NaN,
    drawCount,
  };
}

/** Cholesky factor of the correlations of the columns' normal scores. */
function rankFactor(points: Points): Float64Array {
  const { count, dimensionCount } = points;
  const scores = Array.from({ length: dimensionCount }, (_, dimension) =>
    ranks(columnOf(points, dimension)).map((rank) => normalQuantile((rank - 0.5) / count)),
  );
  const matrix = new Float64Array(dimensionCount * dimensionCount);
  scores.forEach((one, i) => {
    scores.forEach((other, j) => {
      const product = dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
      matrix[i * dimensionCount + j] = i === j ? 1 : Number.isFinite(product) ? product : 0;
    });
  });
  choleskyInPlace(matrix, dimensionCount);
  return matrix;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < one.length; row++) sum += one[row] * other[row];
  return sum;
}

/** Correlated normal rows, each column then replaced by the observed values in the same order: exactly the observed values, newly bound. */
function copulaDraw(points: Points, factor: Float64Array, stream: RandomStream): Points {
  const { count, dimensionCount } = points;
  const drawn = new Float64Array(count * dimensionCount);
  const normal = new Float64Array(dimensionCount);
  for (let row = 0; row < count; row++) {
    for (let dimension = 0; dimension < dimensionCount; dimension++) normal[dimension] = stream.normal();
    for (let i = 0; i < dimensionCount; i++) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += factor[i * dimensionCount + j] * normal[j];
      drawn[row * dimensionCount + i] = sum;
    }
  }
  const columns = Array.from({ length: dimensionCount }, (_, dimension) => {
    const scores = columnOf({ count, dimensionCount, values: drawn }, dimension);
    const order = Int32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
    const observed = columnOf(points, dimension).sort();
    const column = new Float64Array(count);
    order.forEach((row, rank) => (column[row] = observed[rank]));
    return column;
  });
  return pointsOfColumns(columns);
}
