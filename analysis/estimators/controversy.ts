/**
 * Random-walk controversy: do walks on a network end on the side on which they began?
 *
 * A walk begins at a random node of side X or Y, each side as often, and ends at the first node that many know: the k nodes of most neighbours of
 * either side. With a the share of walks from X that end in X, and b of those from Y that end in Y, the sides being as often begun at,
 *
 *     RWC = P_XX P_YY - P_XY P_YX = (a + b - 1) / (1 - (a - b)^2),
 *
 * P_AB the share begun in A of the walks that end in B. 1: nobody crosses; 0: where a walk begins says nothing of where it ends.
 * The graph is undirected. Nodes of no side are walked through and end nothing. What cannot reach an end is left out and counted.
 * Exact by the reduced Laplacian on small graphs; walks otherwise, with an interval by linearisation of the two shares.
 * Oracle: stepwise distributions of walks in `test/analysis/estimators/controversy.test.ts`.
 * Source: Garimella, De Francisci Morales, Gionis and Mathioudakis, ACM Trans. Soc. Comput. 1(1) 3, 2018, section 4.1.
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { factorOf, solve } from './symmetric-matrix.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Graph } from './graph.ts';

/** Sides of nodes: 0 and 1, or anything else for none. */
export type Sides = ArrayLike<number>;

/** Controversy of two sides. */
export interface Controversy {
  readonly value: number;
  /** Undefined where it is exact. */
  readonly interval: [number, number] | undefined;
  readonly isExact: boolean;
  /** Walks, or nodes that walks begin at where it is exact. */
  readonly n: number;
  /** Nodes of each side at which walks end. */
  readonly endCount: number;
  /** Shares of each side's walks that end on it. */
  readonly stays: readonly [number, number];
  /** Nodes of a side from which no end can be reached, or walks that met none. */
  readonly lost: number;
}

/** The nodes of most neighbours of a side, `count` of them; among equals by lot. */
export function endsOf(graph: Graph, side: Sides, of: 0 | 1, count: number, stream: RandomStream): number[] {
  const own = Array.from({ length: graph.nodeCount }, (_, node) => node).filter((node) => side[node] === of);
  const lot = Float64Array.from({ length: graph.nodeCount }, () => stream.uniform());
  own.sort((x, y) => degreeOf(graph, y) - degreeOf(graph, x) || lot[x] - lot[y]);
  return own.slice(0, count);
}

/** Exactly, by one linear system of as many unknowns as nodes that end nothing: for some hundred nodes. */
export function exactControversy(graph: Graph, side: Sides, ends: readonly [number[], number[]]): Controversy {
  const endSide = new Map([...ends[0].map((node) => [node, 0] as const), ...ends[1].map((node) => [node, 1] as const)]);
  const reached = reachedFrom(graph, [...endSide.keys()]);
  const free = Array.from({ length: graph.nodeCount }, (_, node) => node).filter(
    (node) => reached[node] === 1 && !endSide.has(node),
  );
  const row = new Int32Array(graph.nodeCount).fill(-1);
  free.forEach((node, at) => (row[node] = at));
  const laplacian = new Float64Array(free.length * free.length);
  const known = new Float64Array(free.length);
  free.forEach((node, at) => {
    laplacian[at * free.length + at] = degreeOf(graph, node);
    for (let edge = graph.offsets[node]; edge < graph.offsets[node + 1]; edge++) {
      const other = graph.targets[edge];
      if (row[other] >= 0) laplacian[at * free.length + row[other]] = -1;
      else if (endSide.get(other) === 0) known[at]++;
    }
  });
  // Chance to end on side 0, of each free node.
  const chance = solve(factorOf(laplacian, free.length), known);
  const sums = [0, 0];
  const counts = [0, 0];
  let lost = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    const own = side[node];
    if (own !== 0 && own !== 1) continue;
    if (reached[node] === 0) lost++;
    else {
      counts[own]++;
      const toFirst = row[node] >= 0 ? chance[row[node]] : endSide.get(node) === 0 ? 1 : 0;
      sums[own] += own === 0 ? toFirst : 1 - toFirst;
    }
  }
  const stays = [sums[0] / counts[0], sums[1] / counts[1]] as const;
  const n = counts[0] + counts[1];
  return {
    ...{ value: fromStays(stays), interval: undefined, isExact: true, n },
    ...{ endCount: ends[0].length, stays, lost },
  };
}

/** By `walkCount` walks of each side, none longer than `stepsMax`; NaN where a side has no node with a neighbour. */
export function sampledControversy(
  graph: Graph,
  side: Sides,
  ends: readonly [number[], number[]],
  options: { readonly walkCount: number; readonly stepsMax?: number; readonly confidenceShare?: number },
  stream: RandomStream,
): Controversy {
  const { walkCount, stepsMax = 100_000, confidenceShare = 0.95 } = options;
  const endSide = new Uint8Array(graph.nodeCount);
  ends.forEach((nodes, k) => {
    for (const node of nodes) endSide[node] = k + 1;
  });
  let lost = 0;
  const part = ([0, 1] as const).map((own) => {
    const starts: number[] = [];
    for (let node = 0; node < graph.nodeCount; node++)
      if (side[node] === own && degreeOf(graph, node) > 0) starts.push(node);
    let [met, stayed] = [0, 0];
    for (let walk = 0; walk < walkCount && starts.length > 0; walk++) {
      const end = endOf(graph, starts[stream.below(starts.length)], endSide, stepsMax, stream);
      if (end === 0) lost++;
      else {
        met++;
        if (end === own + 1) stayed++;
      }
    }
    return { met, stays: stayed / met };
  });
  const stays = [part[0].stays, part[1].stays] as const;
  const half = normalQuantile((1 + confidenceShare) / 2) * errorOf(part);
  const value = fromStays(stays);
  return {
    ...{ value, interval: [Math.max(-1, value - half), Math.min(1, value + half)], isExact: false },
    ...{ n: part[0].met + part[1].met, endCount: ends[0].length, stays, lost },
  };
}

/** 1 or 2 for the side that a walk ends on, 0 for none within the steps. */
function endOf(graph: Graph, start: number, endSide: Uint8Array, stepsMax: number, stream: RandomStream): number {
  let node = start;
  for (let step = 0; step < stepsMax; step++) {
    if (endSide[node] !== 0) return endSide[node];
    node = graph.targets[graph.offsets[node] + stream.below(degreeOf(graph, node))];
  }
  return 0;
}

function fromStays([a, b]: readonly [number, number]): number {
  return (a + b - 1) / (1 - (a - b) * (a - b));
}

/** Standard error by the two slopes of the formula; shares are pulled towards one half as Agresti and Coull do, so that 0 of n has one. */
function errorOf(part: readonly { readonly met: number; readonly stays: number }[]): number {
  const [a, b] = part.map(({ met, stays }) => (met * stays + 2) / (met + 4));
  const base = 1 - (a - b) * (a - b);
  const twist = (2 * (a + b - 1) * (a - b)) / (base * base);
  const slopes = [1 / base + twist, 1 / base - twist];
  const squares = [a, b].map((share, k) => (slopes[k] * slopes[k] * share * (1 - share)) / (part[k].met + 4));
  return Math.sqrt(squares[0] + squares[1]);
}

function reachedFrom({ nodeCount, offsets, targets }: Graph, starts: readonly number[]): Uint8Array {
  const reached = new Uint8Array(nodeCount);
  const open = [...starts];
  for (const node of starts) reached[node] = 1;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (reached[targets[edge]] === 1) continue;
      reached[targets[edge]] = 1;
      open.push(targets[edge]);
    }
  }
  return reached;
}

function degreeOf({ offsets }: Graph, node: number): number {
  return offsets[node + 1] - offsets[node];
}
