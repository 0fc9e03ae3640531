/**
 * References and planted samples that the tests of clusterings and group comparisons share.
 *
 * Reads test/data/clusters.json, groups.json, groups-r.json (sources: `test/data/README.md`).
 */
import { pointsOfColumns } from '../../analysis/estimators/points.ts';
import type { Points } from '../../analysis/estimators/points.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { readReference } from './worlds.ts';

export interface ClusterReference {
  readonly k: number;
  readonly label: number[];
  readonly withinSquares: number;
  readonly silhouette: number;
  readonly rowSilhouettes: number[];
  readonly calinskiHarabasz: number;
  readonly daviesBouldin: number;
}

export const clusters = readReference<{
  iris: number[][];
  species: number[];
  raw: ClusterReference[];
  scaled: ClusterReference[];
  ward: { label: number[]; silhouette: number; heights: number[] };
  mixtures: { k: number; logLikelihood: number; bic: number; aic: number; label: number[]; weights: number[] }[];
  agreement: { first: number[]; second: number[]; adjustedRand: number; mutualInformation: number }[];
  cohen: { table: number[][]; kappa: number };
  fleiss: { table: number[][]; kappa: number };
}>('clusters.json');

interface GroupReference {
  readonly first: number[];
  readonly second: number[];
  readonly t: number;
  readonly welchP: number;
  readonly cohenD: number;
}

export const groups = readReference<{
  small: GroupReference & { permutationP: number };
  middle: GroupReference & { bca: [number, number] };
}>('groups.json');

export const groupsOfR = readReference<{
  rankSums: { first: number[]; second: number[]; u: number; pValue: number; isExact: boolean }[];
  noncentral: { t: number; degreesOfFreedom: number; noncentrality: number; below: number }[];
  intervals: { d: number; first: number; second: number; interval: [number, number] }[];
  adjusted: { p: number[]; holm: number[]; bh: number[] };
  mixed: {
    group: number[];
    x: number[];
    exposure: number[];
    y: number[];
    coef: number[];
    se: number[];
    sigma: number;
    nodes: number;
  }[];
}>('groups-r.json');

/** Points from rows. */
export function pointsOfRows(rows: readonly (readonly number[])[]): Points {
  return pointsOfColumns((rows[0] ?? []).map((_, dimension) => rows.map((row) => row[dimension])));
}

export const iris = pointsOfRows(clusters.iris);

/** Normal rows around each centre, `perCentre` in a row. */
export function blobs(
  centres: readonly (readonly number[])[],
  perCentre: number,
  spread: number,
  stream: RandomStream,
): Points {
  const rows = centres.flatMap((centre) =>
    Array.from({ length: perCentre }, () => centre.map((value) => value + spread * stream.normal())),
  );
  return pointsOfRows(rows);
}

/** Normal values. */
export function normals(count: number, mean: number, spread: number, stream: RandomStream): Float64Array {
  return Float64Array.from({ length: count }, () => mean + spread * stream.normal());
}
