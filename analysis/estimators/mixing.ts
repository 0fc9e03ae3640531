/**
 * Who is beside whom, and who hears whom: neighbour correlation, Freeman's segregation, entropy of the stances that an agent is exposed to.
 *
 * Everything is over directed edges or exposures as they stand. Oracles: sums over lists in `test/analysis/estimators/diversity.test.ts`.
 * Sources: Freeman, Sociol. Methods Res. 6, 1978 (segregation, here not cut off at 0); Shannon 1948; Cinelli et al., PNAS 118(9), 2021 (leaning of
 * neighbours against one's own).
 */
import { log } from '../../sim/ground/detmath.ts';
import { entropyBits } from './entropy.ts';
import type { Graph } from './graph.ts';

/** Mean value of each node's successors; NaN for those without any. */
export function neighbourMeans({ nodeCount, offsets, targets }: Graph, value: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: nodeCount }, (_, node) => {
    let sum = 0;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) sum += value[targets[edge]];
    return sum / (offsets[node + 1] - offsets[node]);
  });
}

/** Pearson correlation of a node's value with the mean of its successors', over nodes that have any; NaN where either does not vary. */
export function neighbourCorrelation(graph: Graph, value: ArrayLike<number>): number {
  const means = neighbourMeans(graph, value);
  let [n, sumX, sumY] = [0, 0, 0];
  for (let node = 0; node < means.length; node++) {
    if (Number.isNaN(means[node])) continue;
    n++;
    sumX += value[node];
    sumY += means[node];
  }
  let [xx, yy, xy] = [0, 0, 0];
  for (let node = 0; node < means.length; node++) {
    if (Number.isNaN(means[node])) continue;
    const [x, y] = [value[node] - sumX / n, means[node] - sumY / n];
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  return xx === 0 || yy === 0 ? Number.NaN : xy / Math.sqrt(xx * yy);
}

/**
 * Freeman's segregation: 1 - edges between groups / those expected if ties were dealt out among all pairs. 1: none crosses; 0: as by chance; below 0: more than by
 * chance. `group` from 0 to `groupCount` - 1, below 0 for none, whose edges do not count. NaN without edges or with one group.
 */
export function freemanSegregation(graph: Graph, group: ArrayLike<number>, groupCount: number): number {
  const { nodeCount, offsets, targets } = graph;
  const sizes = new Float64Array(groupCount);
  let [edges, crossing, members] = [0, 0, 0];
  for (let node = 0; node < nodeCount; node++) {
    if (group[node] < 0) continue;
    sizes[group[node]]++;
    members++;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (group[targets[edge]] < 0) continue;
      edges++;
      if (group[targets[edge]] !== group[node]) crossing++;
    }
  }
  const within = sizes.reduce((sum, size) => sum + size * (size - 1), 0) / (members * (members - 1));
  return edges === 0 || within === 1 ? Number.NaN : 1 - crossing / edges / (1 - within);
}

/**
 * Entropy of an agent's sources over `stanceCount` stances as a share of the greatest, log2 of that number: 0 in an echo chamber, 1 where all stances are heard as
 * often. `counts` holds `stanceCount` numbers an agent; NaN for who heard fewer than `leastHeard`, since few sources cannot be diverse.
 */
export function exposureDiversity(counts: ArrayLike<number>, stanceCount: number, leastHeard: number): Float64Array {
  const scale = Math.LN2 / log(stanceCount);
  return Float64Array.from({ length: Math.floor(counts.length / stanceCount) }, (_, agent) => {
    const own = Float64Array.from({ length: stanceCount }, (_2, k) => counts[agent * stanceCount + k]);
    const heard = own.reduce((sum, one) => sum + one, 0);
    return heard < leastHeard ? Number.NaN : entropyBits(own) * scale;
  });
}
