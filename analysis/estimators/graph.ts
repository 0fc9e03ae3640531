/**
 * Directed graphs as compressed sparse rows, and the builders that every network estimator starts from.
 *
 * Reads edge columns, writes typed arrays only: 4 bytes an edge and 4 bytes a node, so 10^6 nodes and 2·10^7 edges take 84 MB
 * a direction. Order: each row's targets ascend, so that two rows can be merged and a neighbour found by bisection.
 * Invariant: no self-loop, no edge twice; `offsets[0]` is 0, `offsets[nodeCount]` the number of edges.
 * A symmetric `Graph` (from `undirected`) holds every edge in both rows and stands for a simple undirected graph.
 * Oracle: sets of pairs, in `test/analysis/estimators/graph.test.ts`.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';

/** Directed simple graph in compressed sparse rows: `targets[offsets[node] .. offsets[node + 1])` ascend. */
export interface Graph {
  readonly nodeCount: number;
  /** Row starts, length `nodeCount + 1`. */
  readonly offsets: Uint32Array | Int32Array;
  /** Successors, ascending within a row, without self-loops and without duplicates. */
  readonly targets: Int32Array;
}

/** A graph and what was left out to make it simple. */
export interface BuiltGraph {
  readonly graph: Graph;
  /** Edges from a node to itself. */
  readonly selfLoopCount: number;
  /** Edges that repeated an earlier one (self-loops not counted among them). */
  readonly duplicateCount: number;
}

/** A graph without its isolates, and the row in the old graph of each row of the new. */
export interface CompactedGraph {
  readonly graph: Graph;
  readonly originalNode: Int32Array;
}

/** A column of node numbers. */
export type NodeColumn = Int32Array | Uint32Array;

/**
 * A simple directed graph from two columns of equal length: edge `i` goes from `sources[i]` to `targets[i]`, both in
 * [0, nodeCount). Two counting sorts, by target and then by source, leave every row ascending in linear time.
 */
export function graphFromEdges(nodeCount: number, sources: NodeColumn, targets: NodeColumn): BuiltGraph {
  assertInvariant(sources.length === targets.length, 'edge columns differ in length');
  const inStarts = countTargets(nodeCount, sources, targets);
  const edgeCount = inStarts[nodeCount];
  const sourceByTarget = new Int32Array(edgeCount);
  scatterSources(sources, targets, inStarts.slice(), sourceByTarget);
  const { graph, duplicateCount } = rowsOf(nodeCount, inStarts, sourceByTarget);
  return { graph, selfLoopCount: sources.length - edgeCount, duplicateCount };
}

function countTargets(nodeCount: number, sources: NodeColumn, targets: NodeColumn): Int32Array {
  const starts = new Int32Array(nodeCount + 1);
  for (let edge = 0; edge < sources.length; edge++) {
    const source = sources[edge];
    const target = targets[edge];
    assertInvariant(
      source >= 0 && source < nodeCount && target >= 0 && target < nodeCount,
      'an edge leaves the node table',
    );
    if (source !== target) starts[target + 1]++;
  }
  accumulate(starts);
  return starts;
}

function scatterSources(
  sources: NodeColumn,
  targets: NodeColumn,
  cursor: Int32Array,
  sourceByTarget: Int32Array,
): void {
  for (let edge = 0; edge < sources.length; edge++) {
    const source = sources[edge];
    const target = targets[edge];
    if (source !== target) sourceByTarget[cursor[target]++] = source;
  }
}

/** Second sort: targets arrive in ascending order, so a duplicate equals the last entry of its row. */
function rowsOf(
  nodeCount: number,
  inStarts: Int32Array,
  sourceByTarget: Int32Array,
): { graph: Graph; duplicateCount: number } {
  const edgeCount = sourceByTarget.length;
  const starts = new Int32Array(nodeCount + 1);
  for (let edge = 0; edge < edgeCount; edge++) starts[sourceByTarget[edge] + 1]++;
  accumulate(starts);
  const rowEnds = starts.slice(0, nodeCount);
  const targets = new Int32Array(edgeCount);
  for (let target = 0; target < nodeCount; target++) {
    for (let entry = inStarts[target]; entry < inStarts[target + 1]; entry++) {
      const source = sourceByTarget[entry];
      const end = rowEnds[source];
      if (end > starts[source] && targets[end - 1] === target) continue;
      targets[end] = target;
      rowEnds[source] = end + 1;
    }
  }
  const graph = closeGaps(nodeCount, starts, rowEnds, targets);
  return { graph, duplicateCount: edgeCount - graph.targets.length };
}

function closeGaps(nodeCount: number, starts: Int32Array, rowEnds: Int32Array, targets: Int32Array): Graph {
  const offsets = new Int32Array(nodeCount + 1);
  let end = 0;
  for (let node = 0; node < nodeCount; node++) {
    const rowStart = starts[node];
    const rowLength = rowEnds[node] - rowStart;
    if (end !== rowStart) targets.copyWithin(end, rowStart, rowStart + rowLength);
    end += rowLength;
    offsets[node + 1] = end;
  }
  return { nodeCount, offsets, targets: end === targets.length ? targets : targets.slice(0, end) };
}

function accumulate(counts: Int32Array): void {
  for (let index = 1; index < counts.length; index++) counts[index] += counts[index - 1];
}

/** The same edges the other way round: row `node` lists who points at it. */
export function transpose(graph: Graph): Graph {
  const { nodeCount, offsets, targets } = graph;
  const reversed = new Int32Array(nodeCount + 1);
  for (let edge = 0; edge < targets.length; edge++) reversed[targets[edge] + 1]++;
  accumulate(reversed);
  const cursor = reversed.slice(0, nodeCount);
  const sources = new Int32Array(targets.length);
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) sources[cursor[targets[edge]]++] = node;
  }
  return { nodeCount, offsets: reversed, targets: sources };
}

/**
 * The simple undirected graph: two nodes are neighbours when an edge runs either way. Each neighbourhood is the union of a
 * successor and a predecessor row, both ascending, so one merge a node. `reversed` may be passed when it is at hand.
 */
export function undirected(graph: Graph, reversed: Graph = transpose(graph)): Graph {
  const { nodeCount } = graph;
  const offsets = new Int32Array(nodeCount + 1);
  const union = new Int32Array(2 * graph.targets.length);
  let end = 0;
  for (let node = 0; node < nodeCount; node++) {
    end = mergeRows(graph, reversed, node, union, end);
    offsets[node + 1] = end;
  }
  return { nodeCount, offsets, targets: union.slice(0, end) };
}

function mergeRows(graph: Graph, reversed: Graph, node: number, union: Int32Array, start: number): number {
  const out = graph.targets;
  const into = reversed.targets;
  let end = start;
  let i = graph.offsets[node];
  let j = reversed.offsets[node];
  const outEnd = graph.offsets[node + 1];
  const inEnd = reversed.offsets[node + 1];
  while (i < outEnd && j < inEnd) {
    const a = out[i];
    const b = into[j];
    union[end++] = a < b ? a : b;
    if (a <= b) i++;
    if (b <= a) j++;
  }
  while (i < outEnd) union[end++] = out[i++];
  while (j < inEnd) union[end++] = into[j++];
  return end;
}

/** The graph on those nodes alone that have an edge, renumbered in the same order. */
export function withoutIsolates(graph: Graph): CompactedGraph {
  const { nodeCount, offsets, targets } = graph;
  const touched = new Uint8Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) if (offsets[node + 1] > offsets[node]) touched[node] = 1;
  for (let edge = 0; edge < targets.length; edge++) touched[targets[edge]] = 1;
  return inducedSubgraph(graph, touched);
}

/** The graph on the nodes with `kept[node] !== 0` and the edges between them, renumbered in the same order. */
export function inducedSubgraph(graph: Graph, kept: Uint8Array): CompactedGraph {
  const { nodeCount, offsets, targets } = graph;
  const newNode = new Int32Array(nodeCount).fill(-1);
  let keptCount = 0;
  for (let node = 0; node < nodeCount; node++) if (kept[node] !== 0) newNode[node] = keptCount++;
  const originalNode = new Int32Array(keptCount);
  const newOffsets = new Int32Array(keptCount + 1);
  const newTargets = new Int32Array(targets.length);
  let end = 0;
  for (let node = 0; node < nodeCount; node++) {
    const row = newNode[node];
    if (row < 0) continue;
    originalNode[row] = node;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const target = newNode[targets[edge]];
      if (target >= 0) newTargets[end++] = target;
    }
    newOffsets[row + 1] = end;
  }
  return { graph: { nodeCount: keptCount, offsets: newOffsets, targets: newTargets.slice(0, end) }, originalNode };
}

/** Whether the edge from `source` to `target` exists: bisection in the source's row. */
export function hasEdge(graph: Graph, source: number, target: number): boolean {
  const { offsets, targets } = graph;
  let low = offsets[source];
  let high = offsets[source + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (targets[middle] < target) low = middle + 1;
    else high = middle;
  }
  return low < offsets[source + 1] && targets[low] === target;
}

/** Number of successors of each node; of neighbours, for a symmetric graph. */
export function outDegrees(graph: Graph): Int32Array {
  const { nodeCount, offsets } = graph;
  const degree = new Int32Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) degree[node] = offsets[node + 1] - offsets[node];
  return degree;
}
