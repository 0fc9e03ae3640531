/**
 * The triad census of a directed graph: how many of all triples of nodes are of each of the sixteen types, exact or sampled.
 *
 * Source of census and names: Batagelj and Mrvar (2001), Social Networks 23; Holland and Leinhardt (1976). They walk over the union of two
 * neighbourhoods for each edge, Σ degree² steps, which one hub of 240,000 followers makes unaffordable. Here open triads follow from the
 * degrees of their centres, and closed ones are the triangles of the undirected graph (as in Ortmann and Brandes 2017, Appl.
 * Netw. Sci. 2), hence as many steps as triangles take. Above a bound the share of wedges that each closed type closes is sampled instead.
 * Order: closed types, then open ones (wedges less those that are closed), then triads of one tie, then those of none.
 * Invariant: the sixteen counts sum to n (n - 1)(n - 2) / 6, up to rounding above 2^53.
 * Oracles: all triples on small graphs, and networkx `triadic_census`, in `test/data/triads.json`.
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { wilsonInterval } from './interval.ts';
import type { Estimate } from './interval.ts';
import type { Graph } from './graph.ts';
import {
  closedTypes,
  codeTypes,
  dyadsOfType,
  expectedTriads,
  openTypes,
  triadTypes,
  wedgesOfClosed,
} from './triad-types.ts';
import type { DyadCounts, TriadType } from './triad-types.ts';
import { forwardGraph } from './triangles.ts';
import type { ForwardGraph } from './triangles.ts';

/** Ties of each node, both ways: `directions[edge]` is 1 where the row points at the target, 2 where it is pointed at, 3 for both. */
export interface Dyads {
  readonly nodeCount: number;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  readonly directions: Uint8Array;
}

/** Counts of the sixteen types; an interval where closed triads were sampled. */
export interface TriadCensus {
  readonly counts: Readonly<Record<TriadType, number>>;
  readonly intervals?: Readonly<Record<TriadType, [number, number]>>;
  /** Expected counts in a graph with as many mutual, asymmetric and null pairs, all such graphs equally likely. */
  readonly expected: Readonly<Record<TriadType, number>>;
  readonly dyads: DyadCounts;
}

/** Neighbourhoods with directions, from a graph and its reverse: one merge of two ascending rows a node. */
export function dyadsOf(graph: Graph, reversed: Graph): Dyads {
  const { nodeCount } = graph;
  const offsets = new Int32Array(nodeCount + 1);
  const targets = new Int32Array(2 * graph.targets.length);
  const directions = new Uint8Array(targets.length);
  let end = 0;
  for (let node = 0; node < nodeCount; node++) {
    let out = graph.offsets[node];
    let into = reversed.offsets[node];
    const outEnd = graph.offsets[node + 1];
    const inEnd = reversed.offsets[node + 1];
    while (out < outEnd || into < inEnd) {
      const after = out < outEnd ? graph.targets[out] : nodeCount;
      const before = into < inEnd ? reversed.targets[into] : nodeCount;
      targets[end] = after < before ? after : before;
      directions[end++] = (after <= before ? 1 : 0) + (before <= after ? 2 : 0);
      if (after <= before) out++;
      if (before <= after) into++;
    }
    offsets[node + 1] = end;
  }
  return { nodeCount, offsets, targets: targets.slice(0, end), directions: directions.slice(0, end) };
}

/** The exact census, in `triangleWork(forward)` steps; `forward` may be passed when it is at hand. */
export function triadCensus(dyads: Dyads, forward: ForwardGraph = forwardGraph(dyads)): TriadCensus {
  const byCode = countTriangles(dyads, forward);
  const closed = new Float64Array(closedTypes.length);
  byCode.forEach((count, code) => {
    const type = closedTypes.indexOf(codeTypes[code]);
    if (count > 0) closed[type] += count;
  });
  const pairs = countDyads(dyads);
  const counts = countsFrom(baseCounts(dyads, pairs), closed);
  return { counts, expected: expectedTriads(dyads.nodeCount, pairs), dyads: pairs };
}

/**
 * The census from `drawCount` wedges drawn with replacement, all equally likely. The share that each closed type closes has Wilson's
 * interval, and every count is linear in these shares.
 */
export function sampledTriadCensus(dyads: Dyads, drawCount: number, stream: RandomStream): TriadCensus {
  const pairs = countDyads(dyads);
  const { hits, wedgeCount } = drawWedges(dyads, drawCount, stream);
  // A closed triad holds three wedges.
  const scale = wedgeCount / 3;
  const base = baseCounts(dyads, pairs);
  const counts = countsFrom(
    base,
    hits.map((hit) => (hit / drawCount) * scale),
  );
  const ends = Array.from(hits, (hit) => wilsonInterval(hit, drawCount));
  const intervals = countsOf((type) => intervalOf(type, ends, scale, counts[type]));
  return { counts, intervals, expected: expectedTriads(dyads.nodeCount, pairs), dyads: pairs };
}

/** Each share's Wilson interval, combined by MOVER (Zou and Donner 2008, Stat. Med. 27): zero hits do not make an interval of no width. */
function intervalOf(type: TriadType, ends: readonly Estimate[], scale: number, count: number): [number, number] {
  let below = 0;
  let above = 0;
  ends.forEach(({ value, interval }, one) => {
    const weight = slopes[type][one] * scale;
    const [low, high] = weight < 0 ? [interval[1], interval[0]] : interval;
    below += (weight * (value - low)) ** 2;
    above += (weight * (high - value)) ** 2;
  });
  return [Math.max(0, count - Math.sqrt(below)), count + Math.sqrt(above)];
}

/** What each count would be if no wedge were closed; some are negative before the closed ones are taken into account. */
function baseCounts(dyads: Dyads, pairs: DyadCounts): Readonly<Record<TriadType, number>> {
  const base = countsOf(() => 0);
  const { nodeCount, offsets, directions } = dyads;
  for (let node = 0; node < nodeCount; node++) {
    let [out, into, both] = [0, 0, 0];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (directions[edge] === 1) out++;
      else if (directions[edge] === 2) into++;
      else both++;
    }
    base['021D'] += (out * (out - 1)) / 2;
    base['021U'] += (into * (into - 1)) / 2;
    base['021C'] += out * into;
    base['111U'] += both * out;
    base['111D'] += both * into;
    base['201'] += (both * (both - 1)) / 2;
  }
  let asymmetric = pairs.asymmetric * (nodeCount - 2);
  let mutual = pairs.mutual * (nodeCount - 2);
  for (const type of openTypes) {
    asymmetric -= base[type] * dyadsOfType[type].asymmetric;
    mutual -= base[type] * dyadsOfType[type].mutual;
  }
  base['012'] = nodeCount < 3 ? 0 : asymmetric;
  base['102'] = nodeCount < 3 ? 0 : mutual;
  const all = nodeCount < 3 ? 0 : ((nodeCount * (nodeCount - 1)) / 2) * ((nodeCount - 2) / 3);
  base['003'] = triadTypes.reduce((rest, type) => rest - (type === '003' ? 0 : base[type]), all);
  return base;
}

/** By how much one closed triad of each type moves each count. */
const slopes: Readonly<Record<TriadType, readonly number[]>> = slopesOf();

function slopesOf(): Record<TriadType, number[]> {
  const found = countsOf(() => closedTypes.map(() => 0));
  closedTypes.forEach((type, one) => {
    found[type][one] = 1;
    let [asymmetric, mutual] = [-dyadsOfType[type].asymmetric, -dyadsOfType[type].mutual];
    for (const open of openTypes) {
      const taken = wedgesOfClosed[type][open];
      found[open][one] = taken === 0 ? 0 : -taken;
      asymmetric += taken * dyadsOfType[open].asymmetric;
      mutual += taken * dyadsOfType[open].mutual;
    }
    found['012'][one] = asymmetric;
    found['102'][one] = mutual;
    const moved = triadTypes.reduce((sum, other) => sum + (other === '003' ? 0 : found[other][one]), 0);
    found['003'][one] = moved === 0 ? 0 : -moved;
  });
  return found;
}

function countsFrom(base: Readonly<Record<TriadType, number>>, closed: Float64Array): Record<TriadType, number> {
  return countsOf((type) => slopes[type].reduce((sum, slope, one) => sum + slope * closed[one], base[type]));
}

function countsOf<Value>(make: (type: TriadType) => Value): Record<TriadType, Value> {
  return Object.fromEntries(triadTypes.map((type) => [type, make(type)])) as Record<TriadType, Value>;
}

function countDyads({ nodeCount, directions }: Dyads): DyadCounts {
  let mutualEnds = 0;
  for (let edge = 0; edge < directions.length; edge++) if (directions[edge] === 3) mutualEnds++;
  const mutual = mutualEnds / 2;
  const asymmetric = directions.length / 2 - mutual;
  return { mutual, asymmetric, none: Math.max(0, (nodeCount * (nodeCount - 1)) / 2 - mutual - asymmetric) };
}

/** Triangles by code: pair (low, middle) + 4 × pair (low, high) + 16 × pair (middle, high). Each is met once, from its node of least degree. */
function countTriangles(dyads: Dyads, forward: ForwardGraph): Float64Array {
  const { offsets, targets } = forward;
  const pairs = forwardDirections(dyads, forward.order, targets);
  const mark = new Uint8Array(dyads.nodeCount);
  const byCode = new Float64Array(64);
  for (let low = 0; low < dyads.nodeCount; low++) {
    const end = offsets[low + 1];
    for (let edge = offsets[low]; edge < end; edge++) mark[targets[edge]] = pairs[edge];
    for (let edge = offsets[low]; edge < end; edge++) {
      const middle = targets[edge];
      for (let next = offsets[middle]; next < offsets[middle + 1]; next++) {
        const far = mark[targets[next]];
        if (far !== 0) byCode[pairs[edge] + 4 * far + 16 * pairs[next]]++;
      }
    }
    for (let edge = offsets[low]; edge < end; edge++) mark[targets[edge]] = 0;
  }
  return byCode;
}

/** Directions of the forward edges, filled in the order in which `forwardGraph` fills its targets. */
function forwardDirections(dyads: Dyads, order: Int32Array, forwardTargets: Int32Array): Uint8Array {
  const { nodeCount, offsets, targets, directions } = dyads;
  const rank = new Int32Array(nodeCount);
  order.forEach((node, place) => (rank[node] = place));
  const cursor = new Int32Array(nodeCount + 1);
  for (let place = 0; place < nodeCount; place++) {
    const node = order[place];
    let higher = 0;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) if (rank[targets[edge]] > place) higher++;
    cursor[place + 1] = cursor[place] + higher;
  }
  const found = new Uint8Array(forwardTargets.length);
  for (let place = 0; place < nodeCount; place++) {
    const node = order[place];
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const lower = rank[targets[edge]];
      // Seen from the lower rank, in and out change places.
      if (lower < place) found[cursor[lower]++] = turned(directions[edge]);
    }
  }
  return found;
}

function turned(direction: number): number {
  return direction === 3 ? 3 : 3 - direction;
}

function drawWedges(dyads: Dyads, drawCount: number, stream: RandomStream): { hits: Float64Array; wedgeCount: number } {
  const { nodeCount, offsets, targets, directions } = dyads;
  const cumulative = new Float64Array(nodeCount);
  let wedgeCount = 0;
  for (let node = 0; node < nodeCount; node++) {
    const degree = offsets[node + 1] - offsets[node];
    wedgeCount += (degree * (degree - 1)) / 2;
    cumulative[node] = wedgeCount;
  }
  const hits = new Float64Array(closedTypes.length);
  for (let draw = 0; draw < drawCount && wedgeCount > 0; draw++) {
    const centre = firstAbove(cumulative, stream.uniform() * wedgeCount);
    const start = offsets[centre];
    const degree = offsets[centre + 1] - start;
    const first = stream.below(degree);
    let second = stream.below(degree - 1);
    if (second >= first) second++;
    const far = directionOf(dyads, targets[start + first], targets[start + second]);
    if (far === 0) continue;
    const code = directions[start + first] + 4 * directions[start + second] + 16 * far;
    hits[closedTypes.indexOf(codeTypes[code])]++;
  }
  return { hits, wedgeCount };
}

/** How `node` and `other` are tied, seen from `node`; 0 where they are not. */
function directionOf({ offsets, targets, directions }: Dyads, node: number, other: number): number {
  let low = offsets[node];
  let high = offsets[node + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (targets[middle] < other) low = middle + 1;
    else high = middle;
  }
  return low < offsets[node + 1] && targets[low] === other ? directions[low] : 0;
}

/** First index whose cumulative value exceeds `value`. */
function firstAbove(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cumulative[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
