/**
 * The bow tie of a directed graph: its strongly connected core, what leads into it, what it leads to, and what hangs on those.
 *
 * Source: Broder et al. (2000), Computer Networks 33, with the finer names of Yang, Medema and Haas-Heger (2011, FUSION). The core is
 * the largest strong component, the first closed among equals. Order: core, reach forwards and backwards from it, then tubes and tendrils
 * (reach forwards from IN and backwards from OUT, core left out), then weak connection. Linear in nodes and edges, no recursion.
 * Invariant: every node lies in one part. Oracle: reachability of all pairs; networkx `descendants` and `ancestors` in `test/data/triads.json`.
 */
import { connectedComponents, largestComponent, stronglyConnectedComponents } from './components.ts';
import type { Graph } from './graph.ts';
import { transpose, undirected } from './graph.ts';

/**
 * Parts in the order of their codes. `tubes` lead from IN to OUT past the core; `inTendrils` are reached from IN and lead to neither core nor
 * OUT; `outTendrils` lead to OUT and are reached from neither; `others` are joined to the core by changes of direction alone;
 * `disconnected` are not joined to it at all.
 */
export const bowTieParts = [
  'core',
  'in',
  'out',
  'tubes',
  'inTendrils',
  'outTendrils',
  'others',
  'disconnected',
] as const;
export type BowTiePart = (typeof bowTieParts)[number];

/** Where each node lies. */
export interface BowTie {
  /** Place in `bowTieParts` of each node. */
  readonly part: Uint8Array;
  /** Nodes of each part. */
  readonly sizes: Readonly<Record<BowTiePart, number>>;
}

/** Takes a directed graph apart; `reversed` and `symmetric` may be passed when they are at hand. Without nodes every part is empty. */
export function bowTieOf(
  graph: Graph,
  reversed: Graph = transpose(graph),
  symmetric: Graph = undirected(graph, reversed),
): BowTie {
  const { nodeCount } = graph;
  const strong = stronglyConnectedComponents(graph);
  const largest = largestComponent(strong);
  const isCore = Uint8Array.from(strong.component, (component) => (component === largest ? 1 : 0));
  const after = reachedFrom(graph, isCore);
  const before = reachedFrom(reversed, isCore);
  const isIn = before.map((reached, node) => (reached === 1 && isCore[node] === 0 ? 1 : 0));
  const isOut = after.map((reached, node) => (reached === 1 && isCore[node] === 0 ? 1 : 0));
  // What IN reaches through the core is OUT, which is named first: neither search needs a wall round the core.
  const fromIn = reachedFrom(graph, isIn);
  const toOut = reachedFrom(reversed, isOut);
  const weak = connectedComponents(symmetric).component;
  const home = weak[isCore.indexOf(1)];
  const part = new Uint8Array(nodeCount);
  const counts = new Float64Array(bowTieParts.length);
  for (let node = 0; node < nodeCount; node++) {
    part[node] = bowTieParts.indexOf(
      partOf({
        ...{ isCore: isCore[node], isIn: isIn[node], isOut: isOut[node] },
        ...{ fromIn: fromIn[node], toOut: toOut[node], isJoined: weak[node] === home ? 1 : 0 },
      }),
    );
    counts[part[node]]++;
  }
  const sizes = Object.fromEntries(bowTieParts.map((name, code) => [name, counts[code]])) as BowTie['sizes'];
  return { part, sizes };
}

type Marks = Readonly<Record<'isCore' | 'isIn' | 'isOut' | 'fromIn' | 'toOut' | 'isJoined', number>>;

function partOf({ isCore, isIn, isOut, fromIn, toOut, isJoined }: Marks): BowTiePart {
  if (isCore === 1) return 'core';
  if (isIn === 1) return 'in';
  if (isOut === 1) return 'out';
  if (fromIn === 1) return toOut === 1 ? 'tubes' : 'inTendrils';
  if (toOut === 1) return 'outTendrils';
  return isJoined === 1 ? 'others' : 'disconnected';
}

/** 1 for the nodes with `isStart` 1 and for all that edges lead to from them. */
function reachedFrom(graph: Graph, isStart: Uint8Array): Uint8Array {
  const { nodeCount, offsets, targets } = graph;
  const isReached = isStart.slice();
  const queue = new Int32Array(nodeCount);
  let tail = 0;
  for (let node = 0; node < nodeCount; node++) if (isStart[node] === 1) queue[tail++] = node;
  for (let head = 0; head < tail; head++) {
    const node = queue[head];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const target = targets[edge];
      if (isReached[target] === 1) continue;
      isReached[target] = 1;
      queue[tail++] = target;
    }
  }
  return isReached;
}
