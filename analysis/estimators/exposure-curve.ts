/**
 * P(adopt at the k-th exposure), level by level, with intervals that take trials for independent and intervals over clusters.
 *
 * A row is a stretch in which a person stands at one level of exposure (`exposure-response.ts`). Clusters, agents as a rule, are drawn with
 * replacement; what a cluster adds at each level is summed once, so that a sample costs clusters and not rows.
 * Invariant: order of rows changes nothing. Oracle: the loop over rows in `test/analysis/estimators/exposure-response.test.ts`.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { quantileSorted } from './distribution.ts';
import { wilsonInterval } from './interval.ts';

/** Rows of exposure: see the header. */
export interface ExposureRows {
  readonly count: number;
  /** Exposures so far, this one included; at least 1. */
  readonly level: ArrayLike<number>;
  /** Independent chances of one trial. */
  readonly chances: ArrayLike<number>;
  readonly trials: ArrayLike<number>;
  /** 1 if the last trial ended in adoption. */
  readonly adopted: ArrayLike<number>;
  /** What is compared with itself only: a content and a kind of person. */
  readonly group: ArrayLike<number>;
  /** What is resampled: agents or contents. */
  readonly cluster: ArrayLike<number>;
}

/** P(k): adopters among the trials at a level. */
export interface ResponsePoint {
  readonly level: number;
  /** The last point holds all levels from its own on. */
  readonly isLast: boolean;
  readonly trials: number;
  readonly adopted: number;
  readonly share: number;
  /** Wilson's: takes trials for independent. */
  readonly interval: [number, number];
  /** Percentile bootstrap over clusters; ends are NaN without replicates. */
  readonly clusteredInterval: [number, number];
}

/** Levels from here on are one point of the curve. */
const levelMax = 12;

/** The curve. Without replicates the clustered intervals are NaN. */
export function exposureCurve(rows: ExposureRows, stream: RandomStream, replicateCount: number): ResponsePoint[] {
  const { count, level, trials, adopted } = rows;
  const trialsAt = new Float64Array(levelMax + 1);
  const adoptedAt = new Float64Array(levelMax + 1);
  for (let row = 0; row < count; row++) {
    const at = Math.min(levelMax, level[row]);
    trialsAt[at] += trials[row];
    adoptedAt[at] += adopted[row];
  }
  const shares = resampledShares(rows, stream, replicateCount);
  const points: ResponsePoint[] = [];
  for (let at = 1; at <= levelMax; at++) {
    if (trialsAt[at] === 0) continue;
    const { value, interval } = wilsonInterval(adoptedAt[at], trialsAt[at]);
    points.push({
      ...{ level: at, isLast: at === levelMax, trials: trialsAt[at], adopted: adoptedAt[at], share: value, interval },
      clusteredInterval: percentiles(shares[at]),
    });
  }
  return points;
}

/** P(k) of samples of clusters drawn with replacement, by level; samples without a trial there are left out. */
function resampledShares(rows: ExposureRows, stream: RandomStream, replicateCount: number): number[][] {
  const shares = Array.from({ length: levelMax + 1 }, (): number[] => []);
  if (replicateCount === 0) return shares;
  const { start, level, trials, adopted } = clusterSums(rows);
  const clusterCount = start.length - 1;
  const [trialsAt, adoptedAt] = [new Float64Array(levelMax + 1), new Float64Array(levelMax + 1)];
  for (let replicate = 0; replicate < replicateCount && clusterCount > 1; replicate++) {
    trialsAt.fill(0);
    adoptedAt.fill(0);
    for (let draw = 0; draw < clusterCount; draw++) {
      const cluster = stream.below(clusterCount);
      for (let entry = start[cluster]; entry < start[cluster + 1]; entry++) {
        trialsAt[level[entry]] += trials[entry];
        adoptedAt[level[entry]] += adopted[entry];
      }
    }
    for (let at = 1; at <= levelMax; at++) if (trialsAt[at] > 0) shares[at].push(adoptedAt[at] / trialsAt[at]);
  }
  return shares;
}

/** Trials and adoptions of each cluster at each level of the curve: what a sample of clusters adds up, instead of rows. */
interface ClusterSums {
  /** First entry of each cluster, and the end of the last; clusters ascend. */
  readonly start: Int32Array;
  readonly level: Uint8Array;
  readonly trials: Float64Array;
  readonly adopted: Float64Array;
}

function clusterSums({ count, cluster, level, trials, adopted }: ExposureRows): ClusterSums {
  const width = levelMax + 1;
  const keyOf = (row: number): number => cluster[row] * width + Math.min(levelMax, level[row]);
  const keys = Float64Array.from({ length: count }, (_, row) => keyOf(row)).sort();
  const entries = keys.filter((key, place) => place === 0 || key !== keys[place - 1]);
  const clusterAt = (entry: number): number => Math.floor(entries[entry] / width);
  const start: number[] = [];
  for (let entry = 0; entry < entries.length; entry++) {
    if (entry === 0 || clusterAt(entry) !== clusterAt(entry - 1)) start.push(entry);
  }
  start.push(entries.length);
  const sums = { trials: new Float64Array(entries.length), adopted: new Float64Array(entries.length) };
  for (let row = 0; row < count; row++) {
    const entry = placeOf(entries, keyOf(row));
    sums.trials[entry] += trials[row];
    sums.adopted[entry] += adopted[row];
  }
  return { start: Int32Array.from(start), level: Uint8Array.from(entries, (key) => key % width), ...sums };
}

/** Place of a value that stands in an ascending column. */
function placeOf(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function percentiles(values: number[]): [number, number] {
  if (values.length === 0) return [Number.NaN, Number.NaN];
  const sorted = Float64Array.from(values).sort();
  return [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)];
}
