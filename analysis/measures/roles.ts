/**
 * The `roles` measure: whether agents fall into structural roles, and how much of that is one large periphery.
 *
 * Reads the edges of one layer; gives the object of `analyze SOURCE roles --json`. Two clusterings stand side by side. The preset
 * `molt-dynamics` is the recipe of the Molt Dynamics study (arXiv 2603.03555, its public code): five structural features,
 * standardised, k-means for k = 3 to 8, the k of the greatest silhouette, over all agents. It reports a high silhouette wherever one
 * tight periphery holds nearly everyone. The robust variant first takes the periphery off, as a property of the graph (Borgatti
 * and Everett), and asks of the core alone, on log features, whether it has more structure than points without any.
 * Order: features, core, clusters of all, clusters of the core, verdict. Invariant: roles are named only when every test is passed.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import type { SilhouetteNull } from '../estimators/cluster-choice.ts';
import { coreNull, corePeriphery } from '../estimators/core-periphery.ts';
import type { CoreNull, CorePeriphery } from '../estimators/core-periphery.ts';
import { clusterSizes } from '../estimators/k-means.ts';
import type { Clustering } from '../estimators/k-means.ts';
import type { Graph } from '../estimators/graph.ts';
import { logarithms, sampleRows, standardised, takeRows } from '../estimators/points.ts';
import type { Points } from '../estimators/points.ts';
import { finiteOrNull } from './measured.ts';
import type { Measured } from './measured.ts';
import { LayerGraph } from './network-layer.ts';
import type { EdgeColumns } from './network-layer.ts';
import { reportClusters } from './role-clusters.ts';
import type { ClusterReport } from './role-clusters.ts';
import { roleFeatureNames, roleFeatures } from './role-features.ts';
import type { RoleFeatureName } from './role-features.ts';

/** How to measure. */
export interface RolesOptions {
  readonly seed: number;
  /** Whether agents without any edge are rows. Default `dropped`. */
  readonly isolates?: 'kept' | 'dropped';
  /** Structureless draws of each kind, and random graphs at most; 99 by default. With fewer no role can be named: p stays above 0.01. */
  readonly nullCount?: number;
}

/** A role: a cluster of the core, or the periphery, named by its profile. */
export interface Role {
  readonly name: string;
  readonly agentCount: number;
  readonly share: number;
  /** Mean of each feature in standard deviations of those who were clustered, on the log scale; null for the periphery. */
  readonly profile: Readonly<Record<RoleFeatureName, number>> | null;
}

/** Core and periphery of the graph, beside random graphs. */
export interface CoreReport {
  readonly coreShare: number;
  readonly peripheryShare: number;
  readonly correlation: number | null;
  readonly densities: Readonly<Record<'core' | 'between' | 'periphery', number | null>>;
  /** Against graphs with as many ties, and against graphs with the same degrees; null where the graph is too large to redraw. */
  readonly pTies: number | null;
  readonly pDegrees: number | null;
}

/** The object under `measures.roles`. The fields of the robust variant stand at the top. */
export interface RolesMeasure extends Measured {
  readonly verdict: string;
  /** Empty when the verdict is that there are none. */
  readonly roles: Role[];
  readonly features: readonly RoleFeatureName[];
  /** Share of the agents in the largest group: the periphery, or a cluster. */
  readonly largestClusterShare: number | null;
  readonly clustersBelowOnePercent: number | null;
  readonly k: number | null;
  readonly kRule: string | null;
  /** Of the core's clusters among themselves: the periphery is not in it. */
  readonly coreSilhouette: number | null;
  readonly corePeriphery: CoreReport | null;
  /** The clustering of those whom the robust variant clusters: the core where there is one, else everyone. */
  readonly core: ClusterReport | null;
  readonly moltDynamics: ClusterReport | null;
}

const nullCountDefault = 99;
/** Fewer are not clustered: eight clusters would hold fewer than four agents each. */
const clusteredMin = 30;
/** More are clustered by a sample: with a million the measure took some 250 s of CPU, with 50,000 of them 50; shares have standard errors below 0.0023. */
const clusteredMax = 50_000;
/**
 * What the tests ask for. p: at 0.05, 2 of 40 planted cores without structure were given roles, so it is the least that 99 draws can
 * show. 0.25: below it a silhouette is no structure (Kaufman and Rousseeuw 1990, table 4). The others are guesses.
 */
const bars = { pValue: 0.01, silhouette: 0.25, stability: 0.7, agreement: 0.5 };
/** Level of the tests for a core in the graph: 19 draws must be able to reach it. */
const coreLevel = 0.05;
const keys = { molt: 22, robust: 23, core: 24 };

const definition =
  'n: agents of the layer. Features: in-degree, out-degree, betweenness, local clustering (undirected), PageRank 0.85. moltDynamics: features ' +
  'standardised over all agents, k-means, k of the greatest silhouette of 3 to 8. Top level: the core (Borgatti and Everett, ' +
  'pattern 1, 1/2, 0) is clustered by itself on logarithms of the features, k of the greatest silhouette of 2 to 8; ' +
  'shares are of all agents, the periphery counted as one group; coreSilhouette keeps to the core; stability: adjusted Rand index ' +
  'over bootstrap resamples; agreement: adjusted Rand index with Ward and with a Gaussian mixture';

const nullModel =
  'silhouette of the clustered agents beside points of the same size without clusters: columns shuffled (keeps each feature’s values) and a ' +
  'Gaussian copula (keeps rank correlations too), k chosen again in each; p is the larger of the two';

/** Measures one layer. */
export function measureRoles(columns: EdgeColumns, options: RolesOptions): RolesMeasure {
  return measureRolesOf(LayerGraph.of(columns, options.isolates ?? 'dropped'), options);
}

/** Measures a layer whose graph is at hand; its isolates are as they are there. */
export function measureRolesOf(layer: LayerGraph, options: RolesOptions): RolesMeasure {
  return placeRoles(layer, options).measure;
}

/** The measure, and for each node of the layer its place in `measure.roles`: -1 for all where there are none, or who was not clustered. */
export function placeRoles(
  layer: LayerGraph,
  options: RolesOptions,
): { readonly measure: RolesMeasure; readonly roleOf: Int32Array } {
  const { built, graph, symmetric } = layer;
  const warnings = warningsOf(built.graph.nodeCount, graph, built.selfLoopCount);
  const nobody = new Int32Array(graph.nodeCount).fill(-1);
  if (graph.nodeCount < clusteredMin) return { measure: tooFew(graph, warnings), roleOf: nobody };
  const { seed, nullCount = nullCountDefault } = options;
  const { points, note } = roleFeatures(layer, seed);
  const drawn = clusteredRows(points.count, seed, keys.molt);
  const molt = reportClusters(standardised(takeRows(points, drawn)), {
    ...{ from: 3, to: 8, startCountMax: 100, seed, nullCount },
    ...{ key: keys.molt, hasCopula: false },
  });
  const found = corePeriphery(symmetric);
  const core = reportCore(symmetric, found, seed, nullCount);
  const { placed, ...robust } = clusterCore(points, found, core, seed, nullCount);
  const measure = {
    ...robust,
    features: roleFeatureNames,
    corePeriphery: core,
    moltDynamics: molt.report,
    method:
      `${note}; ${drawn.length < points.count ? `at most ${clusteredMax} sampled agents clustered, shares scaled up; ` : ''}k-means by k-means++ starts, Lloyd’s rounds and single moves; Ward and mixture on at most 1,500 rows, ` +
      `${nullCount} nulls of each kind on at most 300; seed ${seed}`,
    definition,
    n: graph.nodeCount,
    warnings: [...warnings, ...warningsOfCore(core), ...warningsOfPreset(molt.report)],
  };
  return { measure, roleOf: robust.roles.length === 0 ? nobody : placed };
}

/** Places of the agents that are clustered: all, or a uniform sample. */
function clusteredRows(count: number, seed: number, key: number): Int32Array {
  return sampleRows(count, clusteredMax, randomStream(seed, streamPurposes.sample, key, 1 + clusteredMax));
}

type RobustPart = Pick<
  RolesMeasure,
  'verdict' | 'roles' | 'largestClusterShare' | 'clustersBelowOnePercent' | 'k' | 'kRule' | 'coreSilhouette' | 'core'
> &
  Pick<Measured, 'pValue' | 'nullModel'> & {
    /** For each node its place in `roles`, -1 where it was not clustered. */
    readonly placed: Int32Array;
  };

/** Clusters the core where the graph has one, else everyone, and judges. */
function clusterCore(
  points: Points,
  found: CorePeriphery,
  core: CoreReport,
  seed: number,
  nullCount: number,
): RobustPart {
  const hasCore = core.coreShare > 0 && core.coreShare < 0.5 && (core.pTies ?? 0) <= coreLevel;
  const rows = Array.from({ length: points.count }, (_, row) => row).filter(
    (row) => !hasCore || found.isCore[row] === 1,
  );
  const periphery: Role[] = hasCore
    ? [{ name: 'periphery', agentCount: points.count - rows.length, share: core.peripheryShare, profile: null }]
    : [];
  const where = hasCore
    ? `the core of ${rows.length} agents (${percent(core.coreShare)})`
    : 'the population, which has no core';
  if (rows.length < clusteredMin) {
    return {
      verdict: `no roles: ${where} is too small to be clustered (fewer than ${clusteredMin})`,
      roles: [],
      ...sharesOf([core.peripheryShare, core.coreShare]),
      ...{ k: null, kRule: null, coreSilhouette: null, core: null },
      placed: new Int32Array(points.count).fill(-1),
    };
  }
  const drawn = clusteredRows(rows.length, seed, keys.robust);
  const clustered = standardised(
    logarithms(
      takeRows(
        points,
        Int32Array.from(drawn, (at) => rows[at]),
      ),
    ),
  );
  const { report, chosen } = reportClusters(clustered, {
    ...{ from: 2, to: 8, startCountMax: 50, seed, nullCount },
    ...{ key: keys.robust, hasCopula: true },
  });
  const failed = failings(report);
  const roles = [...periphery, ...rolesOf(clustered, chosen, rows.length / drawn.length, points.count)];
  const placed = new Int32Array(points.count).fill(hasCore ? 0 : -1);
  for (const row of rows) placed[row] = -1;
  drawn.forEach((at, k) => (placed[rows[at]] = periphery.length + chosen.label[k]));
  const summary = `${where} falls into ${report.k} clusters (silhouette ${shortly(report.silhouette)})`;
  return {
    verdict:
      failed.length === 0
        ? `roles: ${summary}, beyond chance, stable, and found by other clusterers too`
        : `no roles: ${summary}, but ${failed.join('; ')}`,
    roles: failed.length === 0 ? roles : [],
    ...sharesOf(roles.map(({ share }) => share)),
    k: report.k,
    kRule: report.kRule,
    coreSilhouette: report.silhouette,
    core: report,
    pValue: Math.max(report.nulls.columns.pValue, report.nulls.copula?.pValue ?? 0),
    nullModel,
    placed,
  };
}

/** What keeps a clustering from being called roles, in words; nothing when every test is passed. */
function failings({ silhouette, nulls, stability, agreement }: ClusterReport): string[] {
  const failed: string[] = [];
  const { columns, copula, observed } = nulls;
  const beside = ({ greatest, drawCount, pValue }: SilhouetteNull): string =>
    `(${shortly(observed)} beside up to ${shortly(greatest)} of ${drawCount} draws, p ${shortly(pValue)})`;
  if (columns.pValue > bars.pValue) failed.push(`shuffled features do as well ${beside(columns)}`);
  if (copula !== null && copula.pValue > bars.pValue) {
    failed.push(`a cloud with the same correlations does as well ${beside(copula)}`);
  }
  if (!(silhouette !== null && silhouette >= bars.silhouette))
    failed.push(`the silhouette is below ${bars.silhouette}`);
  if (stability.adjustedRand < bars.stability) {
    failed.push(`resampling does not find them again (adjusted Rand index ${shortly(stability.adjustedRand)})`);
  }
  const agreed = (agreement.ward.adjustedRand + agreement.mixture.adjustedRand) / 2;
  if (agreed < bars.agreement)
    failed.push(`Ward and a mixture find others (mean adjusted Rand index ${shortly(agreed)})`);
  return failed;
}

function sharesOf(shares: readonly number[]) {
  const groups = shares.filter((share) => share > 0);
  return {
    largestClusterShare: finiteOrNull(Math.max(...groups)),
    clustersBelowOnePercent: groups.filter((share) => share < 0.01).length,
  };
}

/** What a feature that stands out makes of an agent. */
const traits: Readonly<Record<RoleFeatureName, string>> = {
  inDegree: 'hub',
  outDegree: 'seeker',
  betweenness: 'broker',
  clustering: 'clique member',
  pageRank: 'hub',
};
/** A mean of half a standard deviation above that of all who were clustered stands out. */
const standsOut = 0.5;

/** `scale`: agents that a clustered one stands for. */
function rolesOf(points: Points, clustering: Clustering, scale: number, agentCount: number): Role[] {
  const sizes = clusterSizes(clustering);
  const taken = new Map<string, number>();
  return Array.from(sizes, (size, cluster) => {
    const profile = profileOf(points, clustering, cluster, size);
    const base = nameOf(profile);
    const before = taken.get(base) ?? 0;
    taken.set(base, before + 1);
    const name = before === 0 ? base : `${base} ${before + 1}`;
    return { name, agentCount: Math.round(size * scale), share: (size * scale) / agentCount, profile };
  });
}

function profileOf(
  points: Points,
  { label }: Clustering,
  cluster: number,
  size: number,
): Record<RoleFeatureName, number> {
  const profile = { inDegree: 0, outDegree: 0, betweenness: 0, clustering: 0, pageRank: 0 };
  for (let row = 0; row < points.count; row++) {
    if (label[row] !== cluster) continue;
    roleFeatureNames.forEach((name, dimension) => {
      profile[name] += points.values[row * points.dimensionCount + dimension] / size;
    });
  }
  return profile;
}

function nameOf(profile: Readonly<Record<RoleFeatureName, number>>): string {
  let best: RoleFeatureName = 'inDegree';
  for (const name of roleFeatureNames) if (profile[name] > profile[best]) best = name;
  return profile[best] >= standsOut ? traits[best] : 'background';
}

/** Edge ends that all random graphs of one kind together may have, and the most that a graph may have to be redrawn at all. */
const redrawn = {
  ties: { endsMax: 4_000_000, graphEndsMax: 2_000_000 },
  degrees: { endsMax: 600_000, graphEndsMax: 400_000 },
};
const drawCountMin = 19;

function reportCore(symmetric: Graph, found: CorePeriphery, seed: number, nullCount: number): CoreReport {
  const { densities, correlation, coreCount } = found;
  const pOf = (kept: CoreNull, keyHi: number): number | null => {
    const { endsMax, graphEndsMax } = redrawn[kept];
    const endCount = symmetric.targets.length;
    if (endCount === 0 || endCount > graphEndsMax || !Number.isFinite(correlation)) return null;
    const drawCount = Math.min(nullCount, Math.max(drawCountMin, Math.floor(endsMax / endCount)));
    const stream = randomStream(seed, streamPurposes.permutation, keys.core, keyHi);
    return coreNull(symmetric, kept, drawCount, stream).pValue;
  };
  const coreShare = coreCount / symmetric.nodeCount;
  return {
    coreShare,
    peripheryShare: 1 - coreShare,
    correlation: finiteOrNull(correlation),
    densities: {
      core: finiteOrNull(densities.core),
      between: finiteOrNull(densities.between),
      periphery: finiteOrNull(densities.periphery),
    },
    pTies: pOf('ties', 0),
    pDegrees: pOf('degrees', 1),
  };
}

function tooFew(graph: Graph, warnings: string[]): RolesMeasure {
  return {
    verdict: `no roles: ${graph.nodeCount} agents have an edge, fewer than ${clusteredMin}`,
    roles: [],
    features: roleFeatureNames,
    ...{ largestClusterShare: null, clustersBelowOnePercent: null, k: null, kRule: null, coreSilhouette: null },
    ...{ corePeriphery: null, core: null, moltDynamics: null },
    method: 'nothing was clustered',
    definition,
    n: graph.nodeCount,
    warnings,
  };
}

function warningsOf(agentCount: number, graph: Graph, selfLoopCount: number): string[] {
  const warnings: string[] = [];
  if (selfLoopCount > 0) warnings.push(`${selfLoopCount} edges from an agent to itself were left out`);
  const dropped = agentCount - graph.nodeCount;
  if (dropped > 0) warnings.push(`${dropped} agents without an edge were left out`);
  return warnings;
}

function warningsOfCore({ coreShare, pTies, pDegrees }: CoreReport): string[] {
  const warnings: string[] = [];
  if (coreShare > 0 && pTies === null) warnings.push('the graph is too large to redraw: its core was not tested');
  if (pDegrees !== null && pDegrees > coreLevel) {
    warnings.push('graphs with the same degrees have as strong a core: it is no more than unequal degrees');
  }
  return warnings;
}

function warningsOfPreset({ silhouette, coreSilhouette, largestClusterShare, nulls }: ClusterReport): string[] {
  const warnings: string[] = [];
  if (largestClusterShare > 0.5) {
    warnings.push(
      `moltDynamics: one cluster holds ${percent(largestClusterShare)}, so its silhouette of ${shortly(silhouette)} is that of ` +
        `one large group; without it ${coreSilhouette === null ? 'there is none' : `it is ${shortly(coreSilhouette)}`}`,
    );
  }
  if (nulls.columns.pValue > coreLevel) warnings.push('moltDynamics: shuffled features reach the same silhouette');
  return warnings;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function shortly(value: number | null): string {
  return value === null ? 'undefined' : value.toFixed(3);
}
