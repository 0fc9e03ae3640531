/**
 * Components: weakly connected ones by flooding the symmetric graph, strongly connected ones by Tarjan's algorithm without recursion.
 *
 * Linear in nodes and edges; no call stack, since a chain of 10^6 nodes would overflow it. Labels ascend in the order in
 * which components are first met (weak) or closed (strong). Sources: Tarjan (1972), SIAM J. Comput. 1(2).
 * Oracle: reachability by Floyd and Warshall on small seeded graphs.
 */
import type { Graph } from './graph.ts';

/** A partition of the nodes into components. */
export interface Components {
  /** Component of each node, in [0, sizes.length). */
  readonly component: Int32Array;
  readonly sizes: Int32Array;
}

/** Connected components of a symmetric graph; for a directed graph, pass `undirected(graph)` to get the weak ones. */
export function connectedComponents(symmetric: Graph): Components {
  const { nodeCount, offsets, targets } = symmetric;
  const component = new Int32Array(nodeCount).fill(-1);
  const queue = new Int32Array(nodeCount);
  const sizes = new Int32Array(nodeCount);
  let componentCount = 0;
  let tail = 0;
  for (let root = 0; root < nodeCount; root++) {
    if (component[root] !== -1) continue;
    const first = tail;
    component[root] = componentCount;
    queue[tail++] = root;
    for (let head = first; head < tail; head++) {
      const node = queue[head];
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
        const neighbour = targets[edge];
        if (component[neighbour] !== -1) continue;
        component[neighbour] = componentCount;
        queue[tail++] = neighbour;
      }
    }
    sizes[componentCount++] = tail - first;
  }
  return { component, sizes: sizes.slice(0, componentCount) };
}

/** Number of the largest component, the first met among equals; -1 when there is none. */
export function largestComponent(components: Components): number {
  const { sizes } = components;
  let largest = -1;
  for (let index = 0; index < sizes.length; index++) {
    if (largest < 0 || sizes[index] > sizes[largest]) largest = index;
  }
  return largest;
}

/** Share of all nodes that lie in the largest component; 0 for an empty graph. */
export function giantComponentShare(components: Components): number {
  const largest = largestComponent(components);
  return largest < 0 ? 0 : components.sizes[largest] / components.component.length;
}

interface TarjanState {
  readonly visitOrder: Int32Array;
  readonly lowLink: Int32Array;
  readonly component: Int32Array;
  readonly cursor: Int32Array;
  readonly path: Int32Array;
  readonly open: Int32Array;
  readonly sizes: Int32Array;
  openCount: number;
  visitCount: number;
  componentCount: number;
}

/** Strongly connected components of a directed graph (Tarjan 1972). */
export function stronglyConnectedComponents(graph: Graph): Components {
  const { nodeCount, offsets } = graph;
  const state: TarjanState = {
    visitOrder: new Int32Array(nodeCount).fill(-1),
    lowLink: new Int32Array(nodeCount),
    component: new Int32Array(nodeCount).fill(-1),
    cursor: Int32Array.from(offsets.subarray(0, nodeCount)),
    path: new Int32Array(nodeCount),
    open: new Int32Array(nodeCount),
    sizes: new Int32Array(nodeCount),
    openCount: 0,
    visitCount: 0,
    componentCount: 0,
  };
  for (let root = 0; root < nodeCount; root++) if (state.visitOrder[root] === -1) walkFrom(graph, root, state);
  return { component: state.component, sizes: state.sizes.slice(0, state.componentCount) };
}

function walkFrom(graph: Graph, root: number, state: TarjanState): void {
  const { offsets, targets } = graph;
  const { visitOrder, lowLink, component, cursor, path } = state;
  let depth = 0;
  path[0] = root;
  enter(root, state);
  while (depth >= 0) {
    const node = path[depth];
    if (cursor[node] < offsets[node + 1]) {
      const target = targets[cursor[node]++];
      if (visitOrder[target] === -1) {
        path[++depth] = target;
        enter(target, state);
      } else if (component[target] === -1) {
        lowLink[node] = Math.min(lowLink[node], visitOrder[target]);
      }
      continue;
    }
    if (lowLink[node] === visitOrder[node]) close(node, state);
    depth--;
    if (depth >= 0) lowLink[path[depth]] = Math.min(lowLink[path[depth]], lowLink[node]);
  }
}

function enter(node: number, state: TarjanState): void {
  state.visitOrder[node] = state.visitCount;
  state.lowLink[node] = state.visitCount++;
  state.open[state.openCount++] = node;
}

function close(root: number, state: TarjanState): void {
  const before = state.openCount;
  let node: number;
  do {
    node = state.open[--state.openCount];
    state.component[node] = state.componentCount;
  } while (node !== root);
  state.sizes[state.componentCount++] = before - state.openCount;
}
