/**
 * The `network` measure: the shape of a directed graph of agents, follows, replies, reposts or co-actions.
 *
 * Reads two edge columns; gives the object of `analyze SOURCE network --json`. Field names are a contract (`design.md`, section 8).
 * Exact where that is affordable, otherwise sampled with a 95 % interval, and `method` says which. What is affordable follows
 * from counts of the graph alone, never from a clock, so that the same graph gives the same numbers on every machine.
 * Each sampled quantity draws from a stream of its own: leaving one out moves no other.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { findCommunities } from '../estimators/communities.ts';
import {
  connectedComponents,
  giantComponentShare,
  largestComponent,
  stronglyConnectedComponents,
} from '../estimators/components.ts';
import type { Components } from '../estimators/components.ts';
import { maxCore } from '../estimators/cores.ts';
import {
  degreeAssortativity,
  density,
  directedDegreeAssortativity,
  inDegrees,
  totalDegrees,
} from '../estimators/degree.ts';
import { quantiles } from '../estimators/distribution.ts';
import { outDegrees } from '../estimators/graph.ts';
import type { BuiltGraph, Graph } from '../estimators/graph.ts';
import { gini } from '../estimators/inequality.ts';
import { meanInterval, wilsonInterval } from '../estimators/interval.ts';
import { distancesFrom, sampleOfComponent } from '../estimators/paths.ts';
import type { DyadCounts } from '../estimators/triad-types.ts';
import {
  meanLocalClustering,
  sampledLocalClustering,
  sampledTransitivity,
  transitivity,
} from '../estimators/triangles.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import { LayerGraph } from './network-layer.ts';
import type { EdgeColumns, Isolates } from './network-layer.ts';
import { summaryOfTail } from './tail-summary.ts';
import type { Measured } from './measured.ts';
import type { TailSummary } from './tail-summary.ts';

/** How to measure. */
export interface NetworkOptions {
  readonly seed: number;
  /** Whether agents without any edge are nodes: yes for follows of a population, no for a reply graph. Default `kept`. */
  readonly isolates?: Isolates;
  /** Steps of exact triangle counting above which wedges are sampled. */
  readonly triangleWorkMax?: number;
  /** Nodes of the giant component above which path lengths are sampled. */
  readonly exactPathNodesMax?: number;
}

/** Spread of a degree over nodes. */
export interface DegreeSummary {
  readonly mean: number | null;
  readonly median: number | null;
  readonly max: number;
  readonly gini: number | null;
}

/** The object under `measures.network`. */
export interface NetworkMeasure extends Measured {
  readonly nodes: number;
  readonly edges: number;
  /** Pairs of nodes that are tied both ways, one way, and not at all. */
  readonly dyads: DyadCounts;
  readonly density: number;
  readonly reciprocity: number;
  readonly transitivity: number | null;
  readonly meanLocalClustering: number | null;
  /** The same over all nodes, those of degree 0 and 1 as 0: what igraph and networkx call average clustering. */
  readonly meanLocalClusteringZeroed: number | null;
  readonly assortativity: number | null;
  readonly meanPathLength: number | null;
  /** Greatest distance in the giant component; null when paths were sampled. */
  readonly diameter: number | null;
  readonly modularity: number;
  readonly communities: number;
  readonly giantComponentShare: number;
  /** Nodes of the largest strongly connected component. */
  readonly largestStrongComponent: number;
  readonly maxCore: number;
  /** Gini coefficient of the total degree, in plus out. */
  readonly degreeGini: number | null;
  readonly degrees: { readonly in: DegreeSummary; readonly out: DegreeSummary; readonly total: DegreeSummary };
  readonly inDegreeTail: TailSummary | null;
  readonly outDegreeTail: TailSummary | null;
  /** Edges of the undirected simple graph. */
  readonly undirectedEdges: number;
  /** Rows behind the edges: repeated ones counted as often as they stand, those of a node to itself left out. */
  readonly interactions: number;
  /** Weakly connected components. */
  readonly components: number;
  /** Correlation of the source's out-degree with the target's in-degree, over directed edges. */
  readonly directedAssortativity: number | null;
  /** Share of nodes whose total degree is at most 1. */
  readonly peripheryShare: number | null;
  /** 95 % intervals of what was sampled, by field. */
  readonly intervals: Readonly<Record<string, [number, number]>>;
  readonly selfLoopsDropped: number;
  readonly duplicatesDropped: number;
}

/** A stream each, so that a sampled quantity moves no other. */
const streamKeys = { paths: 1, transitivity: 2, clustering: 3, communities: 4 };

const wedgeDrawCount = 200_000;
const triangleWorkMaxDefault = 2_000_000_000;
const exactPathNodesMaxDefault = 2000;
/** Edges that all starts together go through: 100 starts up to 3,000 edges, 30 at 10,000, one from 150,001 on; about a second. */
const restartEdgesMax = 300_000;
const restartCountMax = 100;

const definition =
  'n: nodes. Density, reciprocity (share of directed edges whose reverse exists) and degrees on the directed graph without self-loops and ' +
  'repeated edges; transitivity (3 triangles / wedges), mean local clustering (nodes of degree >= 2; zeroed: over all), degree assortativity, ' +
  'mean path length (giant component), modularity and cores on the undirected simple graph; giant component is weakly connected; ' +
  'degreeGini is of in-degree plus out-degree, periphery of at most 1 of it; directed assortativity: out-degree of sources with in-degree of targets';

interface Part {
  readonly notes: string[];
  readonly intervals: Record<string, [number, number]>;
}

/** Measures one layer. */
export function measureNetwork(columns: EdgeColumns, options: NetworkOptions): NetworkMeasure {
  return measureNetworkOf(LayerGraph.of(columns, options.isolates), options);
}

/** Measures a layer whose graph is at hand; its isolates are as they are there. */
export function measureNetworkOf(layer: LayerGraph, options: NetworkOptions): NetworkMeasure {
  const { built, graph, symmetric } = layer;
  // Two edges of opposite directions are one of the undirected graph: no edge need be looked for.
  const mutual = graph.targets.length - symmetric.targets.length / 2;
  const components = connectedComponents(symmetric);
  const part: Part = { notes: [], intervals: {} };
  const clustering = measureClustering(layer, options, part);
  const paths = measurePaths(symmetric, components, options, part);
  const communities = measureCommunities(symmetric, options, part);
  const degrees = measureDegrees(graph);
  return {
    nodes: graph.nodeCount,
    edges: graph.targets.length,
    dyads: dyadsOf(graph, mutual),
    density: density(graph),
    reciprocity: graph.targets.length === 0 ? 0 : (2 * mutual) / graph.targets.length,
    ...clustering,
    meanLocalClusteringZeroed: zeroed(clustering.meanLocalClustering, symmetric),
    assortativity: finiteOrNull(degreeAssortativity(symmetric)),
    ...paths,
    ...communities,
    giantComponentShare: giantComponentShare(components),
    largestStrongComponent: Math.max(0, sizeOfLargest(stronglyConnectedComponents(graph))),
    maxCore: maxCore(symmetric),
    degreeGini: degrees.total.gini,
    degrees,
    inDegreeTail: summaryOfTail(inDegrees(graph), options.seed),
    outDegreeTail: summaryOfTail(outDegrees(graph), options.seed),
    undirectedEdges: symmetric.targets.length / 2,
    interactions: graph.targets.length + built.duplicateCount,
    components: components.sizes.length,
    directedAssortativity: finiteOrNull(directedDegreeAssortativity(graph)),
    peripheryShare: finiteOrNull(totalDegrees(graph).filter((degree) => degree <= 1).length / graph.nodeCount),
    intervals: part.intervals,
    selfLoopsDropped: built.selfLoopCount,
    duplicatesDropped: built.duplicateCount,
    method: part.notes.join('; '),
    definition,
    n: graph.nodeCount,
    warnings: warningsOf(built, graph),
  };
}

function dyadsOf({ nodeCount, targets }: Graph, mutual: number): DyadCounts {
  const asymmetric = targets.length - 2 * mutual;
  return { mutual, asymmetric, none: Math.max(0, (nodeCount * (nodeCount - 1)) / 2 - mutual - asymmetric) };
}

function streamOf(options: NetworkOptions, key: number): RandomStream {
  return randomStream(options.seed, streamPurposes.sample, key);
}

function sizeOfLargest(components: Components): number {
  return components.sizes[largestComponent(components)] ?? 0;
}

function measureClustering(
  layer: LayerGraph,
  options: NetworkOptions,
  part: Part,
): Pick<NetworkMeasure, 'transitivity' | 'meanLocalClustering'> {
  const { symmetric } = layer;
  if (layer.triangleWork <= (options.triangleWorkMax ?? triangleWorkMaxDefault)) {
    part.notes.push('triangles exact (forward algorithm)');
    const { triangles } = layer;
    return {
      transitivity: finiteOrNull(transitivity(symmetric, triangles)),
      meanLocalClustering: finiteOrNull(meanLocalClustering(symmetric, triangles)),
    };
  }
  part.notes.push(`transitivity and clustering from ${wedgeDrawCount} sampled wedges each, seed ${options.seed}`);
  const global = sampledTransitivity(symmetric, wedgeDrawCount, streamOf(options, streamKeys.transitivity));
  const local = sampledLocalClustering(symmetric, wedgeDrawCount, streamOf(options, streamKeys.clustering));
  return {
    transitivity: withInterval('transitivity', wilsonInterval(global.hitCount, global.drawCount), part),
    meanLocalClustering: withInterval('meanLocalClustering', wilsonInterval(local.hitCount, local.drawCount), part),
  };
}

/** The mean over nodes of degree >= 2, made one over all. */
function zeroed(mean: number | null, symmetric: Graph): number | null {
  const counted = outDegrees(symmetric).reduce((count, degree) => count + (degree >= 2 ? 1 : 0), 0);
  if (symmetric.nodeCount === 0) return null;
  return mean === null ? 0 : (mean * counted) / symmetric.nodeCount;
}

function withInterval(
  field: string,
  estimate: { value: number; interval: [number, number] },
  part: Part,
): number | null {
  const interval = finiteInterval(estimate.interval);
  if (interval !== undefined) part.intervals[field] = interval;
  return finiteOrNull(estimate.value);
}

function measurePaths(
  symmetric: Graph,
  components: Components,
  options: NetworkOptions,
  part: Part,
): Pick<NetworkMeasure, 'meanPathLength' | 'diameter'> {
  const giant = largestComponent(components);
  const giantSize = components.sizes[giant] ?? 0;
  if (giantSize < 2) return { meanPathLength: null, diameter: null };
  const exact = giantSize <= (options.exactPathNodesMax ?? exactPathNodesMaxDefault);
  const sourceCount = exact ? giantSize : Math.min(giantSize, pathSourceCount(symmetric));
  const sources = sampleOfComponent(components.component, giant, sourceCount, streamOf(options, streamKeys.paths));
  const { distanceSum, greatest } = distancesFrom(symmetric, sources);
  const estimate = meanInterval(distanceSum.map((sum) => sum / (giantSize - 1)));
  if (sourceCount === giantSize) {
    part.notes.push('path lengths exact (all pairs of the giant component)');
    return { meanPathLength: estimate.value, diameter: greatest };
  }
  part.notes.push(
    `path lengths from ${sourceCount} sampled sources to the whole giant component, seed ${options.seed}`,
  );
  return { meanPathLength: withInterval('meanPathLength', estimate, part), diameter: null };
}

/** Between 32 and 512 sources, in whole batches of 32: about 6 reads of every edge a batch, some 10^9 reads in all. */
function pathSourceCount(symmetric: Graph): number {
  const batchCount = Math.floor(200_000_000 / (symmetric.targets.length + symmetric.nodeCount));
  return 32 * Math.min(16, Math.max(1, batchCount));
}

function measureCommunities(
  symmetric: Graph,
  options: NetworkOptions,
  part: Part,
): Pick<NetworkMeasure, 'modularity' | 'communities'> {
  const affordable = Math.floor(restartEdgesMax / Math.max(1, symmetric.targets.length / 2));
  const restartCount = Math.max(1, Math.min(restartCountMax, affordable));
  // At 2 million edges ten rounds took 6.7 s instead of 1.4 and gained 4·10^-4; small graphs go on until nothing is gained.
  const roundCountMax = restartCount > 1 ? 10 : 2;
  const found = findCommunities(symmetric, streamOf(options, streamKeys.communities), { restartCount, roundCountMax });
  part.notes.push(
    `modularity: best of ${restartCount} Leiden start${restartCount === 1 ? '' : 's'}, resolution 1, seed ${options.seed}`,
  );
  return { modularity: found.modularity, communities: found.communityCount };
}

function measureDegrees(graph: Graph): NetworkMeasure['degrees'] {
  return { in: summaryOf(inDegrees(graph)), out: summaryOf(outDegrees(graph)), total: summaryOf(totalDegrees(graph)) };
}

function summaryOf(degree: Int32Array): DegreeSummary {
  const [median, max] = quantiles(degree, [0.5, 1]);
  let sum = 0;
  for (let node = 0; node < degree.length; node++) sum += degree[node];
  return {
    mean: finiteOrNull(sum / degree.length),
    median: finiteOrNull(median),
    max: degree.length === 0 ? 0 : max,
    gini: finiteOrNull(gini(degree)),
  };
}

function warningsOf(built: BuiltGraph, graph: Graph): string[] {
  const warnings: string[] = [];
  if (built.selfLoopCount > 0) warnings.push(`${built.selfLoopCount} edges from a node to itself were left out`);
  if (built.duplicateCount > 0) warnings.push(`${built.duplicateCount} repeated edges were counted once`);
  const dropped = built.graph.nodeCount - graph.nodeCount;
  if (dropped > 0) warnings.push(`${dropped} agents without an edge were left out`);
  if (graph.targets.length === 0) warnings.push('the graph has no edges');
  return warnings;
}
