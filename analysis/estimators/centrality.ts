/**
 * Centralities of nodes: betweenness, PageRank, closeness, eigenvector.
 *
 * Each states its normalisation, since tools differ. Betweenness is Brandes' accumulation (2001, J. Math. Sociol. 25), one
 * breadth-first search a source: O(n m) in full, or from sampled sources, scaled up (Brandes and Pich 2007).
 * Oracles: networkx on karate (betweenness of node 0 0.437635, PageRank of node 33 0.100919, closeness 0.568966, eigenvector
 * 0.373363) and on the Florentine families (Medici 0.521978).
 */
import type { Graph } from './graph.ts';
import { distancesFrom } from './paths.ts';

/**
 * Betweenness: share of shortest paths between two other nodes that pass through a node, over all (n - 1)(n - 2) ordered pairs;
 * for a symmetric graph the same number as networkx gives for an undirected one. `sources` are the distinct nodes to start
 * from (all by default; a uniform sample gives an unbiased estimate).
 */
export function betweenness(graph: Graph, sources: Int32Array = allNodes(graph)): Float64Array {
  const { nodeCount } = graph;
  const total = new Float64Array(nodeCount);
  const columns = {
    pathCount: new Float64Array(nodeCount),
    dependency: new Float64Array(nodeCount),
    distance: new Int32Array(nodeCount),
    order: new Int32Array(nodeCount),
  };
  for (let index = 0; index < sources.length; index++) addDependencies(graph, sources[index], columns, total);
  const scale = nodeCount > 2 ? nodeCount / sources.length / (nodeCount - 1) / (nodeCount - 2) : 0;
  return total.map((value) => value * scale);
}

interface BrandesColumns {
  readonly pathCount: Float64Array;
  readonly dependency: Float64Array;
  readonly distance: Int32Array;
  readonly order: Int32Array;
}

function addDependencies(graph: Graph, source: number, columns: BrandesColumns, total: Float64Array): void {
  const { offsets, targets } = graph;
  const { pathCount, dependency, distance, order } = columns;
  const reached = countPaths(graph, source, columns);
  // Backwards through the search order: a node's successors in the path graph are one step further from the source.
  for (let index = reached - 1; index >= 0; index--) {
    const node = order[index];
    let sum = 0;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const next = targets[edge];
      if (distance[next] === distance[node] + 1) sum += (1 + dependency[next]) / pathCount[next];
    }
    dependency[node] = sum * pathCount[node];
    if (node !== source) total[node] += dependency[node];
  }
}

function countPaths(graph: Graph, source: number, columns: BrandesColumns): number {
  const { offsets, targets } = graph;
  const { pathCount, distance, order } = columns;
  pathCount.fill(0);
  distance.fill(-1);
  pathCount[source] = 1;
  distance[source] = 0;
  order[0] = source;
  let reached = 1;
  for (let head = 0; head < reached; head++) {
    const node = order[head];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const next = targets[edge];
      if (distance[next] === -1) {
        distance[next] = distance[node] + 1;
        order[reached++] = next;
      }
      if (distance[next] === distance[node] + 1) pathCount[next] += pathCount[node];
    }
  }
  return reached;
}

/**
 * PageRank (Brin and Page 1998): the stationary share of visits of a walker that follows a random edge with probability
 * `dampingShare` and else jumps to a random node, as it does from a node without edges. Sums to 1. Power iteration until the
 * summed change is below 10^-12, at most 1,000 rounds.
 */
export function pageRank(graph: Graph, dampingShare = 0.85): Float64Array {
  const { nodeCount, offsets, targets } = graph;
  let rank = new Float64Array(nodeCount).fill(1 / nodeCount);
  let next = new Float64Array(nodeCount);
  for (let round = 0; round < 1000; round++) {
    let stranded = 0;
    next.fill(0);
    for (let node = 0; node < nodeCount; node++) {
      const degree = offsets[node + 1] - offsets[node];
      if (degree === 0) stranded += rank[node];
      const share = rank[node] / degree;
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) next[targets[edge]] += share;
    }
    const jump = (1 - dampingShare + dampingShare * stranded) / nodeCount;
    let change = 0;
    for (let node = 0; node < nodeCount; node++) {
      next[node] = dampingShare * next[node] + jump;
      change += Math.abs(next[node] - rank[node]);
    }
    [rank, next] = [next, rank];
    if (change < 1e-12) break;
  }
  return rank;
}

/**
 * Closeness on a symmetric graph (Wasserman and Faust 1994): r / Σd × r / (n - 1), with r the number of other nodes reached; on a
 * connected graph (n - 1) / Σd. 0 for a node that reaches none.
 */
export function closeness(symmetric: Graph): Float64Array {
  const { nodeCount } = symmetric;
  const { distanceSum, reachedCount } = distancesFrom(symmetric, allNodes(symmetric));
  return distanceSum.map((sum, node) =>
    sum === 0 ? 0 : (reachedCount[node] / sum) * (reachedCount[node] / (nodeCount - 1)),
  );
}

/**
 * Eigenvector centrality of a symmetric graph (Bonacich 1972), of Euclidean length 1. Iterates A + I, which has the same
 * leading vector and converges on bipartite graphs too, until the summed change is below n × 10^-12, at most 10,000 rounds.
 */
export function eigenvectorCentrality(symmetric: Graph): Float64Array {
  const { nodeCount, offsets, targets } = symmetric;
  let vector = new Float64Array(nodeCount).fill(1 / Math.sqrt(nodeCount));
  let next = new Float64Array(nodeCount);
  for (let round = 0; round < 10_000; round++) {
    let squares = 0;
    for (let node = 0; node < nodeCount; node++) {
      let sum = vector[node];
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) sum += vector[targets[edge]];
      next[node] = sum;
      squares += sum * sum;
    }
    const scale = 1 / Math.sqrt(squares);
    let change = 0;
    for (let node = 0; node < nodeCount; node++) {
      next[node] *= scale;
      change += Math.abs(next[node] - vector[node]);
    }
    [vector, next] = [next, vector];
    if (change < nodeCount * 1e-12) break;
  }
  return vector;
}

function allNodes(graph: Graph): Int32Array {
  return Int32Array.from({ length: graph.nodeCount }, (_, node) => node);
}
