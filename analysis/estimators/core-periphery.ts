/**
 * Core and periphery of an undirected graph: a set of nodes bound among themselves, and the rest, bound to it and not to one another.
 *
 * Borgatti and Everett (1999, Soc. Networks 21): the partition whose ideal pattern correlates most with the graph. The pattern
 * here is 1 within the core, 1/2 between core and periphery, 0 within the periphery. Of five criteria tried on nine planted graphs
 * (600 to 5,000 nodes, 6.5 % core) only this one and a block model's likelihood found the core within a node or two in all: with
 * 1 between them the core shrinks where few ties run there (54 of 65), with 0 or nothing between them it grows (189 and 227 of 130).
 * Search: the best prefix of the nodes by degree, then single nodes while that helps. `coreness` is the continuous form.
 * A correlation alone says little: any graph has a best partition. Beside it stand random graphs of the same number of ties (is
 * there a core?) and of the same degrees (is it more than unequal degrees? Kojaku and Masuda 2018, New J. Phys. 20).
 * Oracles: all partitions of small graphs, in the test.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { eigenvectorCentrality } from './centrality.ts';
import { graphFromEdges, outDegrees, undirected } from './graph.ts';
import type { Graph } from './graph.ts';

/** A partition into core and periphery. */
export interface CorePeriphery {
  /** 1 for nodes of the core. */
  readonly isCore: Uint8Array;
  readonly coreCount: number;
  /** Correlation of graph and pattern over all pairs; NaN for graphs without ties or with all of them. */
  readonly correlation: number;
  /** Shares of the pairs that are tied: within the core, between, within the periphery; NaN where there are no pairs. */
  readonly densities: { readonly core: number; readonly between: number; readonly periphery: number };
}

/** Ties within the core, between and in all, with the sizes they belong to. */
interface Tally {
  readonly nodeCount: number;
  readonly tieCount: number;
  coreCount: number;
  insideCount: number;
  betweenCount: number;
}

/** The partition of a symmetric graph. Needs three nodes and a tie, otherwise every node is periphery. */
export function corePeriphery(symmetric: Graph): CorePeriphery {
  const { nodeCount, targets } = symmetric;
  const order = byDegree(symmetric);
  const isCore = new Uint8Array(nodeCount);
  const tally = { nodeCount, tieCount: targets.length / 2, coreCount: 0, insideCount: 0, betweenCount: 0 };
  const count = bestPrefix(symmetric, order, tally);
  const coreTies = new Int32Array(nodeCount);
  for (let rank = 0; rank < count; rank++) move(symmetric, order[rank], isCore, coreTies, tally);
  improve(symmetric, order, isCore, coreTies, tally);
  const { coreCount, insideCount, betweenCount, tieCount } = tally;
  const outerCount = nodeCount - coreCount;
  return {
    isCore,
    coreCount,
    correlation: correlationOf(tally),
    densities: {
      core: insideCount / ((coreCount * (coreCount - 1)) / 2),
      between: betweenCount / (coreCount * outerCount),
      periphery: (tieCount - insideCount - betweenCount) / ((outerCount * (outerCount - 1)) / 2),
    },
  };
}

function byDegree(symmetric: Graph): Int32Array {
  const degree = outDegrees(symmetric);
  return Int32Array.from(degree.keys()).sort((a, b) => degree[b] - degree[a] || a - b);
}

/** Pearson's coefficient of the 0/1 of a tie with the pattern's 1, 1/2, 0, over all pairs of nodes, from the counts alone. */
function correlationOf({ nodeCount, tieCount, coreCount, insideCount, betweenCount }: Tally): number {
  const pairs = (nodeCount * (nodeCount - 1)) / 2;
  const inside = (coreCount * (coreCount - 1)) / 2;
  const between = coreCount * (nodeCount - coreCount);
  const patternSum = inside + between / 2;
  const patternSquares = inside + between / 4;
  const spread = (pairs * patternSquares - patternSum * patternSum) * tieCount * (pairs - tieCount);
  if (!(spread > 0)) return Number.NaN;
  return (pairs * (insideCount + betweenCount / 2) - patternSum * tieCount) / Math.sqrt(spread);
}

/** How many nodes of the highest degrees make the best core. Leaves the tally as it was. */
function bestPrefix(symmetric: Graph, order: Int32Array, tally: Tally): number {
  const { nodeCount, tieCount } = tally;
  const isCore = new Uint8Array(nodeCount);
  const coreTies = new Int32Array(nodeCount);
  const trial: Tally = { nodeCount, tieCount, coreCount: 0, insideCount: 0, betweenCount: 0 };
  let best = 0;
  let most = 0;
  for (let rank = 0; rank < nodeCount - 1; rank++) {
    move(symmetric, order[rank], isCore, coreTies, trial);
    const value = correlationOf(trial);
    if (value > most) {
      most = value;
      best = rank + 1;
    }
  }
  return best;
}

/** Moves a node to the other side. `coreTies`: ties of each node to the core. */
function move(symmetric: Graph, node: number, isCore: Uint8Array, coreTies: Int32Array, tally: Tally): void {
  const { offsets, targets } = symmetric;
  const sign = isCore[node] === 1 ? -1 : 1;
  const degree = offsets[node + 1] - offsets[node];
  tally.coreCount += sign;
  tally.insideCount += sign * coreTies[node];
  tally.betweenCount += sign * (degree - 2 * coreTies[node]);
  isCore[node] ^= 1;
  for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) coreTies[targets[edge]] += sign;
}

const passCountMax = 50;

function improve(symmetric: Graph, order: Int32Array, isCore: Uint8Array, coreTies: Int32Array, tally: Tally): void {
  const { offsets } = symmetric;
  let best = correlationOf(tally);
  for (let pass = 0; pass < passCountMax; pass++) {
    let movedCount = 0;
    for (const node of order) {
      const sign = isCore[node] === 1 ? -1 : 1;
      const value = correlationOf({
        nodeCount: tally.nodeCount,
        tieCount: tally.tieCount,
        coreCount: tally.coreCount + sign,
        insideCount: tally.insideCount + sign * coreTies[node],
        betweenCount: tally.betweenCount + sign * (offsets[node + 1] - offsets[node] - 2 * coreTies[node]),
      });
      if (!(value > best + 1e-12)) continue;
      move(symmetric, node, isCore, coreTies, tally);
      best = value;
      movedCount++;
    }
    if (movedCount === 0) return;
  }
}

/** What random graphs keep: only how many ties there are, or each node's degree too. */
export type CoreNull = 'ties' | 'degrees';

/** The correlations of `drawCount` random graphs, each with its own best partition; p is (1 + those not below) / (1 + draws). */
export function coreNull(symmetric: Graph, kept: CoreNull, drawCount: number, stream: RandomStream) {
  const observed = corePeriphery(symmetric).correlation;
  const correlations = new Float64Array(drawCount);
  let hitCount = 0;
  for (let draw = 0; draw < drawCount; draw++) {
    const random = kept === 'ties' ? withTies(symmetric, stream) : withDegrees(symmetric, stream);
    correlations[draw] = corePeriphery(random).correlation;
    if (correlations[draw] >= observed) hitCount++;
  }
  return { correlations, pValue: (1 + hitCount) / (1 + drawCount) };
}

/** Unordered pairs of distinct nodes: a bit each where that fits into 32 MiB (seven times as fast at 2,000 nodes), else a set of numbers. */
class PairSet {
  private readonly nodeCount: number;
  private readonly bits: Uint8Array | undefined;
  private readonly keys = new Set<number>();

  constructor(nodeCount: number) {
    this.nodeCount = nodeCount;
    if (nodeCount <= 16_384) this.bits = new Uint8Array(Math.ceil((nodeCount * nodeCount) / 8));
  }

  has(one: number, other: number): boolean {
    const key = this.keyOf(one, other);
    return this.bits === undefined ? this.keys.has(key) : (this.bits[key >>> 3] & (1 << (key & 7))) !== 0;
  }

  add(one: number, other: number): void {
    const key = this.keyOf(one, other);
    if (this.bits === undefined) this.keys.add(key);
    else this.bits[key >>> 3] |= 1 << (key & 7);
  }

  delete(one: number, other: number): void {
    const key = this.keyOf(one, other);
    if (this.bits === undefined) this.keys.delete(key);
    else this.bits[key >>> 3] &= ~(1 << (key & 7));
  }

  private keyOf(one: number, other: number): number {
    return one < other ? one * this.nodeCount + other : other * this.nodeCount + one;
  }
}

/** As many ties between uniformly random pairs; a pair drawn again is drawn anew. */
function withTies({ nodeCount, targets }: Graph, stream: RandomStream): Graph {
  const tieCount = targets.length / 2;
  const drawn = new PairSet(nodeCount);
  const sources = new Int32Array(tieCount);
  const ends = new Int32Array(tieCount);
  for (let tie = 0; tie < tieCount;) {
    const one = stream.below(nodeCount);
    const other = stream.below(nodeCount);
    if (one === other || drawn.has(one, other)) continue;
    drawn.add(one, other);
    sources[tie] = one;
    ends[tie++] = other;
  }
  return undirected(graphFromEdges(nodeCount, sources, ends).graph);
}

/** The same degrees, by swapping the ends of pairs of ties: five accepted or refused swaps a tie (Maslov and Sneppen 2002). */
function withDegrees({ nodeCount, offsets, targets }: Graph, stream: RandomStream): Graph {
  const tieCount = targets.length / 2;
  const sources = new Int32Array(tieCount);
  const ends = new Int32Array(tieCount);
  const tied = new PairSet(nodeCount);
  let filled = 0;
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (targets[edge] < node) continue;
      sources[filled] = node;
      ends[filled++] = targets[edge];
      tied.add(node, targets[edge]);
    }
  }
  for (let swap = 0; swap < 5 * tieCount; swap++) {
    const first = stream.below(tieCount);
    const second = stream.below(tieCount);
    // A tie has no direction: which of the second's ends is taken is drawn too.
    const isTurned = stream.below(2) === 1;
    const near = isTurned ? ends[second] : sources[second];
    const far = isTurned ? sources[second] : ends[second];
    const from = sources[first];
    const to = ends[first];
    if (from === far || near === to || tied.has(from, far) || tied.has(near, to)) continue;
    tied.delete(from, to);
    tied.delete(near, far);
    tied.add(from, far);
    tied.add(near, to);
    sources[second] = near;
    ends[second] = to;
    ends[first] = far;
  }
  return undirected(graphFromEdges(nodeCount, sources, ends).graph);
}

/** Each node's coreness c >= 0, of length 1, such that c_i c_j correlates most with the ties; and that correlation. */
export interface Coreness {
  readonly coreness: Float64Array;
  readonly correlation: number;
}

/** Borgatti and Everett's continuous model: projected gradient from the leading eigenvector, with steps that halve until they help. */
export function coreness(symmetric: Graph): Coreness {
  let value = eigenvectorCentrality(symmetric);
  let { correlation, gradient } = productCorrelation(symmetric, value);
  let width = 1;
  for (let round = 0; round < 500 && width > 1e-12; round++) {
    const length = lengthOf(gradient);
    if (!(length > 0)) break;
    const moved = unit(value.map((one, node) => Math.max(0, one + (width * gradient[node]) / length)));
    const next = productCorrelation(symmetric, moved);
    if (!(next.correlation > correlation)) {
      width /= 2;
      continue;
    }
    const gained = next.correlation - correlation;
    value = moved;
    ({ correlation, gradient } = next);
    width *= 1.5;
    if (gained < 1e-13) break;
  }
  return { coreness: value, correlation };
}

/** Correlation of ties with c_i c_j over pairs, and its gradient by c, both in time linear in nodes and ties. */
function productCorrelation({ nodeCount, offsets, targets }: Graph, c: Float64Array) {
  const pairs = (nodeCount * (nodeCount - 1)) / 2;
  const tieCount = targets.length / 2;
  let sum = 0;
  let squares = 0;
  let fourths = 0;
  let tied = 0;
  const around = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) around[node] += c[targets[edge]];
    sum += c[node];
    squares += c[node] * c[node];
    fourths += c[node] * c[node] * c[node] * c[node];
    tied += (c[node] * around[node]) / 2;
  }
  const products = (sum * sum - squares) / 2;
  const productSquares = (squares * squares - fourths) / 2;
  const spread = pairs * productSquares - products * products;
  const scale = Math.sqrt(spread * tieCount * (pairs - tieCount));
  const correlation = (pairs * tied - tieCount * products) / scale;
  const gradient = c.map((value, node) => {
    const byProducts = sum - value;
    const bySpread = pairs * 2 * value * (squares - value * value) - 2 * products * byProducts;
    return (pairs * around[node] - tieCount * byProducts) / scale - (correlation * bySpread) / (2 * spread);
  });
  return { correlation, gradient };
}

function lengthOf(values: Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

function unit(values: Float64Array): Float64Array {
  const length = lengthOf(values);
  return values.map((value) => value / length);
}
