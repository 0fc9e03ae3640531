/**
 * Shortest paths in hops: mean distance from all nodes of the giant component, or from sampled ones.
 *
 * Breadth-first search from 32 sources at once, one bit a source (MS-BFS: Then et al., PVLDB 8(4), 2014). A node's row is read
 * once for all sources that reach it at the same distance, which on graphs of small diameter is an order of magnitude cheaper
 * than 32 searches. The frontier is a list, so that a long chain costs its length and not levels × nodes.
 * Invariant: a bit is set in `seen` exactly when its source has been counted at that node.
 * Oracle: Floyd and Warshall on small seeded graphs; networkx on karate (2.408200, diameter 5) and genesis (2.350216).
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Graph } from './graph.ts';

/** Distances from a set of sources to all nodes that they reach. */
export interface SourceDistances {
  /** Per source: sum of the distances to the nodes it reaches. */
  readonly distanceSum: Float64Array;
  /** Per source: number of other nodes it reaches. */
  readonly reachedCount: Int32Array;
  /** Greatest distance seen from any of the sources. */
  readonly greatest: number;
}

interface SearchColumns {
  readonly seen: Int32Array;
  readonly arrived: Int32Array;
  readonly pending: Int32Array;
  frontier: Int32Array;
  nextFrontier: Int32Array;
}

const sourcesAtOnce = 32;

/** Breadth-first distances from each of `sources` (distinct nodes); for an undirected graph pass the symmetric one. */
export function distancesFrom(graph: Graph, sources: Int32Array): SourceDistances {
  const { nodeCount } = graph;
  const distanceSum = new Float64Array(sources.length);
  const reachedCount = new Int32Array(sources.length);
  const columns: SearchColumns = {
    seen: new Int32Array(nodeCount),
    arrived: new Int32Array(nodeCount),
    pending: new Int32Array(nodeCount),
    frontier: new Int32Array(nodeCount),
    nextFrontier: new Int32Array(nodeCount),
  };
  let greatest = 0;
  for (let first = 0; first < sources.length; first += sourcesAtOnce) {
    const batch = sources.subarray(first, first + sourcesAtOnce);
    const last = searchBatch(graph, batch, columns, distanceSum.subarray(first), reachedCount.subarray(first));
    if (last > greatest) greatest = last;
  }
  return { distanceSum, reachedCount, greatest };
}

function searchBatch(
  graph: Graph,
  batch: Int32Array,
  columns: SearchColumns,
  distanceSum: Float64Array,
  reachedCount: Int32Array,
): number {
  const { seen, arrived } = columns;
  seen.fill(0);
  for (let bit = 0; bit < batch.length; bit++) {
    columns.frontier[bit] = batch[bit];
    seen[batch[bit]] = 1 << bit;
    arrived[batch[bit]] = 1 << bit;
  }
  let frontierLength = batch.length;
  let distance = 0;
  while (frontierLength > 0) {
    const nextLength = expand(graph, columns, frontierLength);
    if (nextLength > 0) distance++;
    settle(columns, nextLength, distance, distanceSum, reachedCount);
    const spent = columns.frontier;
    columns.frontier = columns.nextFrontier;
    columns.nextFrontier = spent;
    frontierLength = nextLength;
  }
  return distance;
}

/** Hands each frontier node's arrivals to its neighbours; returns how many nodes have something pending. */
function expand(graph: Graph, columns: SearchColumns, frontierLength: number): number {
  const { offsets, targets } = graph;
  const { seen, arrived, pending, frontier, nextFrontier } = columns;
  let nextLength = 0;
  for (let index = 0; index < frontierLength; index++) {
    const node = frontier[index];
    const bits = arrived[node];
    const end = offsets[node + 1];
    for (let edge = offsets[node]; edge < end; edge++) {
      const neighbour = targets[edge];
      const fresh = bits & ~seen[neighbour];
      if (fresh === 0) continue;
      if (pending[neighbour] === 0) nextFrontier[nextLength++] = neighbour;
      pending[neighbour] |= fresh;
    }
  }
  return nextLength;
}

/** Makes what is pending seen, and counts one node at `distance` for each source whose bit arrived. */
function settle(
  columns: SearchColumns,
  length: number,
  distance: number,
  distanceSum: Float64Array,
  reachedCount: Int32Array,
): void {
  const { seen, arrived, pending, nextFrontier } = columns;
  for (let index = 0; index < length; index++) {
    const node = nextFrontier[index];
    let bits = pending[node];
    seen[node] |= bits;
    arrived[node] = bits;
    pending[node] = 0;
    while (bits !== 0) {
      const bit = 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      distanceSum[bit] += distance;
      reachedCount[bit]++;
    }
  }
}

/** `drawCount` distinct nodes of those with `component[node] === which`, ascending; all of them when there are no more. */
export function sampleOfComponent(
  component: Int32Array,
  which: number,
  drawCount: number,
  stream: RandomStream,
): Int32Array {
  const members: Int32Array = new Int32Array(component.length);
  let memberCount = 0;
  for (let node = 0; node < component.length; node++) if (component[node] === which) members[memberCount++] = node;
  if (memberCount <= drawCount) return members.slice(0, memberCount);
  for (let drawn = 0; drawn < drawCount; drawn++) {
    const other = drawn + stream.below(memberCount - drawn);
    const node = members[drawn];
    members[drawn] = members[other];
    members[other] = node;
  }
  return members.slice(0, drawCount).sort();
}
