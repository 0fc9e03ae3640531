/**
 * One clustering of agents with everything that has to stand beside it: what was tried, sizes, stability, other clusterers, nulls.
 *
 * Reads points, one row an agent. How much is computed follows from the number of rows alone, never from a clock: starts of k-means
 * from `startWorkMax`, other clusterers on at most `agreementRowsMax` sampled rows, nulls on at most `nullRowsMax`.
 * Each part draws from a stream of its own key, so that leaving one out moves no other.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { adjustedRand, normalisedMutualInformation } from '../estimators/agreement.ts';
import { chooseClusters, clusterStability, silhouetteNull } from '../estimators/cluster-choice.ts';
import type { ChosenClusters, ClusterRange, SilhouetteNull, Stability } from '../estimators/cluster-choice.ts';
import { calinskiHarabasz, daviesBouldin, sizeShares } from '../estimators/cluster-indices.ts';
import { gaussianMixture } from '../estimators/gaussian-mixture.ts';
import { sampleRows, takeRows } from '../estimators/points.ts';
import type { Points } from '../estimators/points.ts';
import { silhouette } from '../estimators/silhouette.ts';
import { wardClusters } from '../estimators/ward.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';

/** Agreement of another clusterer with the same number of clusters. */
export interface OtherClusterer {
  readonly adjustedRand: number;
  readonly mutualInformation: number;
}

/** A clustering and what stands beside it. Shares descend. */
export interface ClusterReport {
  readonly k: number;
  readonly kRule: string;
  readonly tried: {
    readonly k: number;
    readonly silhouette: number | null;
    readonly withinSquares: number;
    readonly calinskiHarabasz: number | null;
    readonly daviesBouldin: number | null;
  }[];
  readonly silhouette: number | null;
  /** Of sampling rows; null when every row was computed. */
  readonly silhouetteInterval: [number, number] | null;
  readonly silhouetteByCluster: (number | null)[];
  /** Labels kept, rows and candidates restricted to all clusters but the largest; null when only one is left. */
  readonly coreSilhouette: number | null;
  readonly clusterShares: number[];
  readonly largestClusterShare: number;
  readonly clustersBelowOnePercent: number;
  readonly stability: Stability;
  readonly agreement: { readonly ward: OtherClusterer; readonly mixture: OtherClusterer; readonly rowCount: number };
  /** The silhouette of at most `nullRowsMax` sampled rows beside structureless points of the same size. */
  readonly nulls: {
    readonly rowCount: number;
    readonly observed: number;
    readonly columns: SilhouetteNull;
    /** Not for the preset, whose recipe has none. */
    readonly copula: SilhouetteNull | null;
  };
}

/** How to cluster. */
export interface ClusterPlan {
  readonly from: number;
  readonly to: number;
  readonly startCountMax: number;
  readonly seed: number;
  /** Tells the streams of two clusterings of one measure apart. */
  readonly key: number;
  readonly nullCount: number;
  /** Whether a Gaussian copula stands beside the shuffled columns. */
  readonly hasCopula: boolean;
}

/** Distances that all starts for all k together may compute: about a second. */
const startWorkMax = 50_000_000;
/** Rounds of a start, as a rule. */
const roundsExpected = 25;
const startCountMin = 3;
const stabilityWorkMax = 25_000_000;
const agreementRowsMax = 1500;
const nullRowsMax = 300;
const nullStartCount = 3;
const exactSilhouetteRowsMax = 5000;
const drawnSilhouetteRows = 1000;

/** Clusters points of more than `to` rows. */
export function reportClusters(points: Points, plan: ClusterPlan): { report: ClusterReport; chosen: ChosenClusters } {
  const { from, to, seed, key } = plan;
  const stream = randomStream(seed, streamPurposes.sample, key);
  const startCount = affordableStarts(points.count, plan);
  const options = { exactRowsMax: exactSilhouetteRowsMax, drawnRows: drawnSilhouetteRows };
  const { tried, chosen } = required(chooseClusters(points, { from, to, startCount }, stream, options));
  const core = Array.from({ length: chosen.clusterCount - 1 }, (_, cluster) => cluster + 1);
  const inside = silhouette(points, chosen, { ...options, among: core, stream });
  const { shares, largestShare, belowOnePercentCount } = sizeShares(chosen);
  const report: ClusterReport = {
    k: chosen.clusterCount,
    kRule: `greatest mean silhouette of k = ${from} to ${tried[tried.length - 1].clusterCount}, best of ${startCount} starts each`,
    tried: tried.map((one) => ({
      k: one.clusterCount,
      silhouette: finiteOrNull(one.silhouette.mean),
      withinSquares: one.withinSquares,
      calinskiHarabasz: finiteOrNull(calinskiHarabasz(points, one)),
      daviesBouldin: finiteOrNull(daviesBouldin(points, one)),
    })),
    silhouette: finiteOrNull(chosen.silhouette.mean),
    silhouetteInterval:
      chosen.silhouette.standardError > 0 ? (finiteInterval(chosen.silhouette.interval) ?? null) : null,
    silhouetteByCluster: chosen.silhouette.clusterMeans.map(finiteOrNull),
    coreSilhouette: finiteOrNull(inside.mean),
    clusterShares: shares,
    largestClusterShare: largestShare,
    clustersBelowOnePercent: belowOnePercentCount,
    stability: stabilityOf(points, chosen, plan),
    agreement: agreementOf(points, chosen, plan),
    nulls: nullsOf(points, plan),
  };
  return { report, chosen };
}

function affordableStarts(rowCount: number, { from, to, startCountMax }: ClusterPlan): number {
  let distances = 0;
  for (let k = from; k <= to; k++) distances += rowCount * k * roundsExpected;
  return Math.max(startCountMin, Math.min(startCountMax, Math.floor(startWorkMax / distances)));
}

function required<Value>(value: Value | undefined): Value {
  assertInvariant(value !== undefined, 'there are more rows than clusters to try');
  return value;
}

function stabilityOf(points: Points, chosen: ChosenClusters, { seed, key }: ClusterPlan): Stability {
  const perReplicate = points.count * chosen.clusterCount * roundsExpected * 5;
  const replicateCount = Math.max(20, Math.min(100, Math.floor(stabilityWorkMax / perReplicate)));
  const stream = randomStream(seed, streamPurposes.bootstrap, key);
  return clusterStability(points, chosen, stream, { replicateCount, startCount: 5 });
}

function agreementOf(points: Points, chosen: ChosenClusters, { seed, key }: ClusterPlan): ClusterReport['agreement'] {
  const stream = randomStream(seed, streamPurposes.sample, key, 1);
  const rows = sampleRows(points.count, agreementRowsMax, stream);
  const sample = takeRows(points, rows);
  const label = Int32Array.from(rows, (row) => chosen.label[row]);
  const compared = (other: Int32Array): OtherClusterer => ({
    adjustedRand: adjustedRand(label, other),
    mutualInformation: normalisedMutualInformation(label, other),
  });
  const mixture = gaussianMixture(sample, chosen.clusterCount, stream, { startCount: 3 });
  return {
    ward: compared(wardClusters(sample, chosen.clusterCount).label),
    mixture: compared(mixture.clustering.label),
    rowCount: rows.length,
  };
}

function nullsOf(points: Points, { seed, key, from, to, nullCount, hasCopula }: ClusterPlan): ClusterReport['nulls'] {
  const stream = randomStream(seed, streamPurposes.permutation, key);
  const sample = takeRows(points, sampleRows(points.count, nullRowsMax, stream));
  const range: ClusterRange = { from, to, startCount: nullStartCount };
  const observed = required(chooseClusters(sample, range, stream)).chosen.silhouette.mean;
  return {
    rowCount: sample.count,
    observed,
    columns: silhouetteNull(sample, observed, 'columns', range, nullCount, stream),
    copula: hasCopula ? silhouetteNull(sample, observed, 'copula', range, nullCount, stream) : null,
  };
}
