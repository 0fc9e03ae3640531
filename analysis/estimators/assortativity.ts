/**
 * Assortativity by an attribute of nodes: do edges join those who are alike in it?
 *
 * Everything is over directed edges as they stand (a symmetric graph counts each edge both ways). One pass over the edges; a column of
 * values, one a node. Oracles: networkx 2.8.8 `numeric_assortativity_coefficient` and `attribute_assortativity_coefficient`
 * (`test/data/assortativity.json`), a jackknife that leaves nodes out one by one, and coverage over seeded graphs.
 * Sources: Newman, "Mixing patterns in networks", Phys. Rev. E 67, 2003, eqs. 2 and 21; Snijders and Borgatti, "Non-parametric standard
 * errors and tests for network statistics", Connections 22(2), 1999 (the jackknife over nodes); Krackhardt and Stern 1988 (E-I).
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { shuffle } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Graph } from './graph.ts';
import type { Estimate } from './interval.ts';

/** Sums over edges from x to y: their number, of x, of y, of squares and of products. */
interface EdgeSums {
  count: number;
  x: number;
  y: number;
  xx: number;
  yy: number;
  xy: number;
}

/** Pearson correlation of the source's value with the target's, over edges, in [-1, 1]. NaN where either does not vary. */
export function scalarAssortativity(graph: Graph, value: ArrayLike<number>): number {
  return correlationOf(sumsOf(graph, centred(value)));
}

/**
 * The same with an interval by the jackknife over nodes: each node is left out in turn with all its edges, and the variance is
 * (n - 2) / (2 n) times the sum of squares, since an edge goes with either of its two ends. What varies is who is in the network; of
 * claims between worlds the unit is the world. NaN ends where a coefficient without one node does not exist.
 */
export function scalarAssortativityInterval(graph: Graph, value: ArrayLike<number>, confidenceShare = 0.95): Estimate {
  const { nodeCount } = graph;
  const shifted = centred(value);
  const all = sumsOf(graph, shifted);
  const estimate = correlationOf(all);
  const without = sumsOfNodes(graph, shifted).map((own) => correlationOf(less(all, own)));
  const mean = without.reduce((sum, one) => sum + one, 0) / nodeCount;
  const squares = without.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  const half = normalQuantile((1 + confidenceShare) / 2) * Math.sqrt(((nodeCount - 2) / (2 * nodeCount)) * squares);
  return { value: estimate, interval: [estimate - half, estimate + half], n: nodeCount };
}

/** How often a coefficient lies as far from its mean under the null as the one found, and what that null gives. */
export interface AssortativityTest {
  readonly pValue: number;
  readonly nullMean: number;
  readonly nullSd: number;
  readonly permutationCount: number;
}

/** Values dealt out anew to the nodes: keeps the graph and the values, breaks who has which. Two-sided, at least 1 / (permutations + 1). */
export function permuteAssortativity(
  graph: Graph,
  value: ArrayLike<number>,
  permutationCount: number,
  stream: RandomStream,
): AssortativityTest {
  const found = scalarAssortativity(graph, value);
  const place = Int32Array.from({ length: graph.nodeCount }, (_, node) => node);
  const drawn = Float64Array.from({ length: permutationCount }, () => {
    shuffle(place, stream);
    return scalarAssortativity(
      graph,
      Float64Array.from(place, (from) => value[from]),
    );
  });
  const nullMean = drawn.reduce((sum, one) => sum + one, 0) / permutationCount;
  const squares = drawn.reduce((sum, one) => sum + (one - nullMean) ** 2, 0);
  const asFar = drawn.filter((one) => Math.abs(one - nullMean) >= Math.abs(found - nullMean)).length;
  return {
    pValue: (asFar + 1) / (permutationCount + 1),
    ...{ nullMean, nullSd: Math.sqrt(squares / (permutationCount - 1)), permutationCount },
  };
}

/**
 * The coefficient for groups: (trace of the mixing matrix - what chance gives) / (1 - what chance gives), `group` from 0 to `groupCount` - 1.
 * At most 1; NaN where all edges lie within one group.
 */
export function groupAssortativity(graph: Graph, group: ArrayLike<number>, groupCount: number): number {
  const from = new Float64Array(groupCount);
  const to = new Float64Array(groupCount);
  const { offsets, targets, nodeCount } = graph;
  let within = 0;
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      from[group[node]]++;
      to[group[targets[edge]]]++;
      if (group[node] === group[targets[edge]]) within++;
    }
  }
  const count = targets.length;
  const chance = from.reduce((sum, one, k) => sum + (one / count) * (to[k] / count), 0);
  return chance === 1 ? Number.NaN : (within / count - chance) / (1 - chance);
}

/** (external - internal) / all edges, in [-1, 1]: -1 where all edges join members of one group. NaN without edges. */
export function externalInternalIndex(graph: Graph, group: ArrayLike<number>): number {
  const { offsets, targets, nodeCount } = graph;
  let internal = 0;
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (group[node] === group[targets[edge]]) internal++;
    }
  }
  return targets.length === 0 ? Number.NaN : (targets.length - 2 * internal) / targets.length;
}

/** Values less their mean over nodes: a correlation does not change by it, and sums of squares lose no digits. */
function centred(value: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(value);
  const mean = all.reduce((sum, one) => sum + one, 0) / Math.max(1, all.length);
  return all.map((one) => one - mean);
}

function sumsOf({ nodeCount, offsets, targets }: Graph, value: Float64Array): EdgeSums {
  const sums = { count: targets.length, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };
  for (let node = 0; node < nodeCount; node++) {
    const x = value[node];
    const degree = offsets[node + 1] - offsets[node];
    let neighbours = 0;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const y = value[targets[edge]];
      neighbours += y;
      sums.yy += y * y;
    }
    sums.x += degree * x;
    sums.xx += degree * x * x;
    sums.y += neighbours;
    sums.xy += x * neighbours;
  }
  return sums;
}

/** Of each node the sums over all edges that it is an end of. */
function sumsOfNodes({ nodeCount, offsets, targets }: Graph, value: Float64Array): EdgeSums[] {
  const all = Array.from({ length: nodeCount }, () => ({ count: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 }));
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const target = targets[edge];
      addEdge(all[node], value[node], value[target]);
      if (target !== node) addEdge(all[target], value[node], value[target]);
    }
  }
  return all;
}

function addEdge(sums: EdgeSums, x: number, y: number): void {
  sums.count++;
  sums.x += x;
  sums.y += y;
  sums.xx += x * x;
  sums.yy += y * y;
  sums.xy += x * y;
}

function less(all: EdgeSums, own: EdgeSums): EdgeSums {
  return {
    ...{ count: all.count - own.count, x: all.x - own.x, y: all.y - own.y },
    ...{ xx: all.xx - own.xx, yy: all.yy - own.yy, xy: all.xy - own.xy },
  };
}

function correlationOf({ count, x, y, xx, yy, xy }: EdgeSums): number {
  const [xVariance, yVariance] = [xx - (x * x) / count, yy - (y * y) / count];
  if (!(xVariance > 0) || !(yVariance > 0)) return Number.NaN;
  return (xy - (x * y) / count) / Math.sqrt(xVariance * yVariance);
}
