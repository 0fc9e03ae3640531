/**
 * The structural features that roles are read from: in-degree, out-degree, betweenness, local clustering, PageRank, one row an agent.
 *
 * Reads a directed graph without self-loops and repeated edges; clustering is of the undirected graph, as in the Molt Dynamics recipe.
 * Betweenness takes all sources where that is affordable and otherwise a uniform sample of them, scaled up.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { betweenness, pageRank } from '../estimators/centrality.ts';
import { inDegrees } from '../estimators/degree.ts';
import { outDegrees, transpose, undirected } from '../estimators/graph.ts';
import type { Graph } from '../estimators/graph.ts';
import { pointsOfColumns, sampleRows } from '../estimators/points.ts';
import type { Points } from '../estimators/points.ts';
import { forwardGraph, localClustering, triangleCounts, triangleWork } from '../estimators/triangles.ts';

/** Names of the features, in the order of the columns. */
export const roleFeatureNames = ['inDegree', 'outDegree', 'betweenness', 'clustering', 'pageRank'] as const;
export type RoleFeatureName = (typeof roleFeatureNames)[number];

/** Features of every node, with the undirected graph they came from and how betweenness was computed. */
export interface RoleFeatures {
  readonly points: Points;
  readonly symmetric: Graph;
  readonly note: string;
}

/** Edges that all searches for betweenness together may go through: about two seconds. */
const betweennessWorkMax = 100_000_000;
const sourceCountMin = 100;
/** Steps of exact triangle counting, some ten seconds; above it clustering is left out. */
const triangleWorkMax = 4_000_000_000;

/** Computes them. Clustering of a node with fewer than two neighbours is 0. */
export function roleFeatures(graph: Graph, stream: RandomStream): RoleFeatures {
  const symmetric = undirected(graph, transpose(graph));
  const affordable = Math.floor(betweennessWorkMax / (graph.targets.length + graph.nodeCount));
  const sources = sampleRows(graph.nodeCount, Math.max(sourceCountMin, affordable), stream);
  const isExact = sources.length === graph.nodeCount;
  const forward = forwardGraph(symmetric);
  const isCountable = triangleWork(forward) <= triangleWorkMax;
  const clustering = isCountable
    ? localClustering(symmetric, triangleCounts(forward))
    : new Float64Array(graph.nodeCount);
  const points = pointsOfColumns([
    inDegrees(graph),
    outDegrees(graph),
    betweenness(graph, sources),
    clustering,
    pageRank(graph),
  ]);
  const notes = [isExact ? 'betweenness exact' : `betweenness from ${sources.length} sampled sources`];
  if (!isCountable) notes.push('local clustering left out: too many triangles to count');
  return { points, symmetric, note: notes.join(', ') };
}
