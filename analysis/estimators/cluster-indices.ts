/**
 * Numbers that say how good a clustering of points is: Calinski and Harabasz's, Davies and Bouldin's, sums of squares, sizes.
 *
 * Calinski-Harabasz (1974): between over within mean squares, higher is better. Davies-Bouldin (1979): the mean over clusters
 * of the worst ratio of spreads to the distance of centres, lower is better. The silhouette has a file of its own.
 * Oracle: scikit-learn on iris with k = 3: 561.628 and 0.66197.
 */
import { clusterSizes } from './k-means.ts';
import type { Clustering } from './k-means.ts';
import { squaredDistance } from './points.ts';
import type { Points } from './points.ts';

/** Means of the clusters, row-major; NaN for a cluster without rows. */
export function centresOf(points: Points, clustering: Clustering): Float64Array {
  const { count, dimensionCount, values } = points;
  const size = clusterSizes(clustering);
  const centres = new Float64Array(clustering.clusterCount * dimensionCount);
  for (let row = 0; row < count; row++) {
    const to = clustering.label[row] * dimensionCount;
    for (let dimension = 0; dimension < dimensionCount; dimension++) {
      centres[to + dimension] += values[row * dimensionCount + dimension];
    }
  }
  return centres.map((sum, place) => sum / size[Math.floor(place / dimensionCount)]);
}

/** Sum of the squared distances of all rows from the mean of their cluster. */
export function withinSquares(points: Points, clustering: Clustering): number {
  const centres = centresOf(points, clustering);
  let sum = 0;
  for (let row = 0; row < points.count; row++) {
    sum += squaredDistance(points.values, row, centres, clustering.label[row], points.dimensionCount);
  }
  return sum;
}

/** (between / (k - 1)) / (within / (n - k)). NaN for fewer than two clusters or fewer rows than clusters; Infinity when nothing is within. */
export function calinskiHarabasz(points: Points, clustering: Clustering): number {
  const { count, dimensionCount } = points;
  const { clusterCount } = clustering;
  if (clusterCount < 2 || count <= clusterCount) return Number.NaN;
  const all = centresOf(points, { label: new Int32Array(count), clusterCount: 1 });
  const centres = centresOf(points, clustering);
  const size = clusterSizes(clustering);
  let between = 0;
  for (let cluster = 0; cluster < clusterCount; cluster++) {
    if (size[cluster] > 0) between += size[cluster] * squaredDistance(centres, cluster, all, 0, dimensionCount);
  }
  return between / (clusterCount - 1) / (withinSquares(points, clustering) / (count - clusterCount));
}

/** Mean over clusters of max over others (s_i + s_j) / d_ij, with s the mean distance from the centre. NaN for fewer than two clusters. */
export function daviesBouldin(points: Points, clustering: Clustering): number {
  const { count, dimensionCount, values } = points;
  const { clusterCount, label } = clustering;
  if (clusterCount < 2) return Number.NaN;
  const centres = centresOf(points, clustering);
  const size = clusterSizes(clustering);
  const spread = new Float64Array(clusterCount);
  for (let row = 0; row < count; row++) {
    spread[label[row]] += Math.sqrt(squaredDistance(values, row, centres, label[row], dimensionCount));
  }
  let sum = 0;
  for (let one = 0; one < clusterCount; one++) {
    let worst = 0;
    for (let other = 0; other < clusterCount; other++) {
      if (other === one) continue;
      const apart = Math.sqrt(squaredDistance(centres, one, centres, other, dimensionCount));
      worst = Math.max(worst, (spread[one] / size[one] + spread[other] / size[other]) / apart);
    }
    sum += worst;
  }
  return sum / clusterCount;
}

/** Sizes as shares: what any report of clusters has to print. */
export interface SizeShares {
  /** Largest first. */
  readonly shares: number[];
  readonly largestShare: number;
  /** Clusters that hold fewer than 1 % of the rows. */
  readonly belowOnePercentCount: number;
}

/** How the rows fall to the clusters. */
export function sizeShares(clustering: Clustering): SizeShares {
  const rowCount = clustering.label.length;
  const shares = Array.from(clusterSizes(clustering), (size) => size / rowCount).sort((a, b) => b - a);
  return {
    shares,
    largestShare: shares[0] ?? Number.NaN,
    belowOnePercentCount: shares.filter((share) => share < 0.01).length,
  };
}
