/**
 * The structural features that roles are read from: in-degree, out-degree, betweenness, local clustering, PageRank, one row an agent.
 *
 * Reads a directed graph without self-loops and repeated edges; clustering is of the undirected graph, as in the Molt Dynamics recipe.
 * Betweenness takes all sources where that is affordable and otherwise a uniform sample of them, scaled up (`network-layer.ts`).
 */
import { inDegrees } from '../estimators/degree.ts';
import { outDegrees } from '../estimators/graph.ts';
import { pointsOfColumns } from '../estimators/points.ts';
import type { Points } from '../estimators/points.ts';
import { localClustering } from '../estimators/triangles.ts';
import type { LayerGraph } from './network-layer.ts';

/** Names of the features, in the order of the columns. */
export const roleFeatureNames = ['inDegree', 'outDegree', 'betweenness', 'clustering', 'pageRank'] as const;
export type RoleFeatureName = (typeof roleFeatureNames)[number];

/** Features of every node, and how betweenness was computed. */
export interface RoleFeatures {
  readonly points: Points;
  readonly note: string;
}

/** Steps of exact triangle counting, some ten seconds; above it clustering is left out. */
const triangleWorkMax = 4_000_000_000;

/** Computes them. Clustering of a node with fewer than two neighbours is 0. */
export function roleFeatures(layer: LayerGraph, seed: number): RoleFeatures {
  const { graph, symmetric, pageRank } = layer;
  const isCountable = layer.triangleWork <= triangleWorkMax;
  const clustering = isCountable ? localClustering(symmetric, layer.triangles) : new Float64Array(graph.nodeCount);
  const { value, isExact, pivotCount } = layer.betweenness(seed);
  const points = pointsOfColumns([inDegrees(graph), outDegrees(graph), value, clustering, pageRank]);
  const notes = [isExact ? 'betweenness exact' : `betweenness from ${pivotCount} sampled sources`];
  if (!isCountable) notes.push('local clustering left out: too many triangles to count');
  return { points, note: notes.join(', ') };
}
