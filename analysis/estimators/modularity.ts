/**
 * Modularity of a given partition of an undirected graph, and how groups mix across edges.
 *
 * Q = Σ_c [ L_c / m - γ (D_c / 2m)² ] with L_c the edges inside c and D_c the degrees of its members (Newman and Girvan 2004,
 * Phys. Rev. E 69; γ after Reichardt and Bornholdt 2006). Oracle: the double sum over all pairs of nodes, in the test; the two
 * factions of the karate club give 0.358235, an E-I index of -0.717949 and an attribute assortativity of 0.717531.
 */
import type { Graph } from './graph.ts';

/** A label for each node, in [0, communityCount). */
export interface Partition {
  readonly community: Int32Array;
  readonly communityCount: number;
}

/** Edges inside and across groups: both ends of each undirected edge are counted. */
interface Mixing {
  /** Edge ends of each group whose other end is in the same group. */
  readonly insideEnds: Float64Array;
  /** Edge ends of each group. */
  readonly ends: Float64Array;
  readonly endCount: number;
}

function mixingOf(symmetric: Graph, partition: Partition): Mixing {
  const { nodeCount, offsets, targets } = symmetric;
  const { community, communityCount } = partition;
  const insideEnds = new Float64Array(communityCount);
  const ends = new Float64Array(communityCount);
  for (let node = 0; node < nodeCount; node++) {
    const own = community[node];
    let inside = 0;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) if (community[targets[edge]] === own) inside++;
    insideEnds[own] += inside;
    ends[own] += offsets[node + 1] - offsets[node];
  }
  return { insideEnds, ends, endCount: targets.length };
}

/** Modularity of the partition at the given resolution γ (1 is Newman and Girvan's). In [-1/2, 1); 0 without edges. */
export function modularityOf(symmetric: Graph, partition: Partition, resolution = 1): number {
  const { insideEnds, ends, endCount } = mixingOf(symmetric, partition);
  let modularity = 0;
  for (let group = 0; group < ends.length; group++) {
    modularity += insideEnds[group] / endCount - resolution * (ends[group] / endCount) ** 2;
  }
  return endCount === 0 ? 0 : modularity;
}

/** E-I index (Krackhardt and Stern 1988): (edges across groups - edges within) / all edges. In [-1, 1]; -1 is complete segregation. NaN without edges. */
export function externalInternalIndex(symmetric: Graph, partition: Partition): number {
  const { insideEnds, endCount } = mixingOf(symmetric, partition);
  let inside = 0;
  for (let group = 0; group < insideEnds.length; group++) inside += insideEnds[group];
  return endCount === 0 ? Number.NaN : (endCount - 2 * inside) / endCount;
}

/** Attribute assortativity (Newman 2003, Phys. Rev. E 67, equation 2): (Σ e_gg - Σ a_g²) / (1 - Σ a_g²). NaN when all edge ends lie in one group. */
export function attributeAssortativity(symmetric: Graph, partition: Partition): number {
  const { insideEnds, ends, endCount } = mixingOf(symmetric, partition);
  let inside = 0;
  let expected = 0;
  for (let group = 0; group < ends.length; group++) {
    inside += insideEnds[group] / endCount;
    expected += (ends[group] / endCount) ** 2;
  }
  return endCount === 0 || expected === 1 ? Number.NaN : (inside - expected) / (1 - expected);
}
