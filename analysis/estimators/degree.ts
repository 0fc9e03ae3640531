/**
 * What can be read off degrees and edges alone: density, reciprocity, degree assortativity.
 *
 * Each is one pass over the edges. Definitions differ between tools, so each docstring gives its formula.
 * Oracles: networkx 2.8.8 (`density`, `overall_reciprocity` by its directed-edge definition,
 * `degree_assortativity_coefficient`), on the karate club, the genesis reply graph and seeded graphs.
 */
import { hasEdge, outDegrees } from './graph.ts';
import type { Graph } from './graph.ts';

/** Share of the ordered pairs of distinct nodes that an edge joins: m / (n (n - 1)); a symmetric graph gives 2 m / (n (n - 1)). 0 below two nodes. */
export function density(graph: Graph): number {
  const { nodeCount, targets } = graph;
  return nodeCount < 2 ? 0 : targets.length / nodeCount / (nodeCount - 1);
}

/** Share of directed edges whose reverse edge exists too (each mutual pair counts two edges). 0 without edges. */
export function reciprocity(graph: Graph): number {
  const { nodeCount, offsets, targets } = graph;
  let mutualCount = 0;
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const target = targets[edge];
      if (target > node && hasEdge(graph, target, node)) mutualCount += 2;
    }
  }
  return targets.length === 0 ? 0 : mutualCount / targets.length;
}

/**
 * Degree assortativity (Newman, Phys. Rev. Lett. 89, 2002): Pearson correlation of the degrees at the two ends of an edge,
 * every edge of the symmetric graph counted in both directions. In [-1, 1]; NaN when all ends have one degree.
 */
export function degreeAssortativity(symmetric: Graph): number {
  const { nodeCount, offsets, targets } = symmetric;
  const degree = outDegrees(symmetric);
  const mean = endDegreeMean(degree, targets.length);
  let covariance = 0;
  let variance = 0;
  for (let node = 0; node < nodeCount; node++) {
    const deviation = degree[node] - mean;
    let neighbours = 0;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) neighbours += degree[targets[edge]] - mean;
    covariance += deviation * neighbours;
    variance += degree[node] * deviation * deviation;
  }
  return variance === 0 ? Number.NaN : covariance / variance;
}

/**
 * Degree assortativity along the direction of edges: Pearson correlation of the out-degree of the source and the in-degree of the target, over
 * directed edges. NaN when either does not vary. Source: networkx `degree_assortativity_coefficient` of a DiGraph.
 */
export function directedDegreeAssortativity(graph: Graph): number {
  const { nodeCount, offsets, targets } = graph;
  const out = outDegrees(graph);
  const into = inDegrees(graph);
  const count = targets.length;
  let outSum = 0;
  let inSum = 0;
  for (let node = 0; node < nodeCount; node++) {
    outSum += out[node] * out[node];
    inSum += into[node] * into[node];
  }
  const [outMean, inMean] = [outSum / count, inSum / count];
  let [covariance, outVariance, inVariance] = [0, 0, 0];
  for (let node = 0; node < nodeCount; node++) {
    const deviation = out[node] - outMean;
    outVariance += out[node] * deviation * deviation;
    inVariance += into[node] * (into[node] - inMean) * (into[node] - inMean);
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++)
      covariance += deviation * (into[targets[edge]] - inMean);
  }
  const scale = Math.sqrt(outVariance) * Math.sqrt(inVariance);
  return scale === 0 ? Number.NaN : covariance / scale;
}

function endDegreeMean(degree: Int32Array, endCount: number): number {
  let squares = 0;
  for (let node = 0; node < degree.length; node++) squares += degree[node] * degree[node];
  return endCount === 0 ? 0 : squares / endCount;
}

/** In-degree plus out-degree of each node of a directed graph: a mutual pair counts two at each end. */
export function totalDegrees(graph: Graph): Int32Array {
  const degree = outDegrees(graph);
  const { targets } = graph;
  for (let edge = 0; edge < targets.length; edge++) degree[targets[edge]]++;
  return degree;
}

/** Number of predecessors of each node. */
export function inDegrees(graph: Graph): Int32Array {
  const degree = new Int32Array(graph.nodeCount);
  const { targets } = graph;
  for (let edge = 0; edge < targets.length; edge++) degree[targets[edge]]++;
  return degree;
}
