/**
 * Core decomposition: the k-core is the largest subgraph in which every node has at least k neighbours.
 *
 * Batagelj and Zaversnik (2003), arXiv cs/0310049: nodes in buckets by current degree, the lowest removed first, each
 * neighbour moved down one bucket; linear in edges. Oracle: repeated pruning of the whole graph, in the test.
 */
import { outDegrees } from './graph.ts';
import type { Graph } from './graph.ts';

/** Core number of each node of a symmetric graph: the largest k whose k-core holds it. */
export function coreNumbers(symmetric: Graph): Int32Array {
  const { nodeCount, offsets, targets } = symmetric;
  const core = outDegrees(symmetric);
  const { order, position, bucketStart } = bucketsOf(core);
  for (let rank = 0; rank < nodeCount; rank++) {
    const node = order[rank];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const neighbour = targets[edge];
      if (core[neighbour] <= core[node]) continue;
      // The neighbour trades places with the first node of its bucket, and the bucket's start moves past it.
      const start = bucketStart[core[neighbour]]++;
      const first = order[start];
      const place = position[neighbour];
      order[place] = first;
      position[first] = place;
      order[start] = neighbour;
      position[neighbour] = start;
      core[neighbour]--;
    }
  }
  return core;
}

/** The largest k for which a k-core exists; 0 without edges. */
export function maxCore(symmetric: Graph): number {
  const core = coreNumbers(symmetric);
  let largest = 0;
  for (let node = 0; node < core.length; node++) if (core[node] > largest) largest = core[node];
  return largest;
}

/** Nodes in ascending degree (counting sort), where each stands, and where each degree's bucket starts. */
function bucketsOf(degree: Int32Array): { order: Int32Array; position: Int32Array; bucketStart: Int32Array } {
  let maxDegree = 0;
  for (let node = 0; node < degree.length; node++) if (degree[node] > maxDegree) maxDegree = degree[node];
  const bucketStart = new Int32Array(maxDegree + 2);
  for (let node = 0; node < degree.length; node++) bucketStart[degree[node] + 1]++;
  for (let value = 1; value < bucketStart.length; value++) bucketStart[value] += bucketStart[value - 1];
  const cursor = bucketStart.slice();
  const order = new Int32Array(degree.length);
  const position = new Int32Array(degree.length);
  for (let node = 0; node < degree.length; node++) {
    position[node] = cursor[degree[node]]++;
    order[position[node]] = node;
  }
  return { order, position, bucketStart };
}
