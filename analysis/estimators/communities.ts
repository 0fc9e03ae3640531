/**
 * Communities by maximising modularity: Louvain and Leiden, on columns, deterministic given the stream.
 *
 * Louvain (Blondel et al. 2008, J. Stat. Mech. P10008) moves nodes while that raises modularity and then merges each community
 * into one node. Leiden (Traag, Waltman and van Eck 2019, Sci. Rep. 9) refines each community before it merges, so that none
 * falls apart; it is the default. Both move nodes from a queue: after the first pass only neighbours of moved nodes are
 * looked at again. Weights are counts of edges, hence exact integers; a move must gain more than rounding could feign.
 * Invariant: every accepted move raises modularity, so both end. Oracle: `modularityOf` on the result, and the karate club:
 * Leiden reaches the optimum 0.419790, Louvain lands in [0.392, 0.4198].
 */
import { shuffle } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Graph } from './graph.ts';
import { modularityOf } from './modularity.ts';
import type { Partition } from './modularity.ts';

/** How to look for communities. */
export interface CommunityOptions {
  readonly algorithm?: 'leiden' | 'louvain';
  /** Resolution γ: above 1 gives more and smaller communities. */
  readonly resolution?: number;
  /** Independent starts, of which the one with the highest modularity is kept, the first among equals. */
  readonly restartCount?: number;
  /** Leiden rounds of one start, each from the last one's result; it ends earlier when a round gains nothing. */
  readonly roundCountMax?: number;
}

/** A partition and its modularity. Labels ascend in the order in which nodes first carry them. */
export interface Communities extends Partition {
  readonly modularity: number;
}

/** A graph of merged nodes. `strength` counts edge ends, those inside the merged node included. */
interface Level {
  readonly nodeCount: number;
  readonly offsets: Uint32Array | Int32Array;
  readonly targets: Int32Array;
  readonly weights: Int32Array;
  readonly strength: Float64Array;
}

interface Search {
  readonly resolution: number;
  readonly endCount: number;
  readonly stream: RandomStream;
}

/** Spread of Leiden's random choice in units of one edge: near 0, so that all but nearly equal gains are decided by the larger. */
const refinementSpread = 0.01;

/** The best partition of a symmetric graph that the chosen algorithm finds in `restartCount` starts. */
export function findCommunities(symmetric: Graph, stream: RandomStream, options: CommunityOptions = {}): Communities {
  const { algorithm = 'leiden', resolution = 1, restartCount = 1, roundCountMax = 10 } = options;
  const roundCount = algorithm === 'leiden' ? roundCountMax : 1;
  const search = { resolution, endCount: symmetric.targets.length, stream };
  let best: Communities | undefined;
  for (let restart = 0; restart < restartCount; restart++) {
    const found = iterate(symmetric, search, algorithm === 'leiden', roundCount);
    if (best === undefined || found.modularity > best.modularity) best = found;
  }
  return best ?? { ...renumbered(range(symmetric.nodeCount)), modularity: 0 };
}

/** Louvain stops after one round, as its paper has it; Leiden starts again from what it found until a round gains nothing. */
function iterate(symmetric: Graph, search: Search, refine: boolean, roundCount: number): Communities {
  let best = judged(symmetric, partitionOnce(symmetric, search, refine, range(symmetric.nodeCount)), search.resolution);
  for (let round = 1; round < roundCount; round++) {
    const next = judged(symmetric, partitionOnce(symmetric, search, refine, best.community.slice()), search.resolution);
    if (next.modularity <= best.modularity + 1e-12) break;
    best = next;
  }
  return best;
}

function judged(symmetric: Graph, community: Int32Array, resolution: number): Communities {
  const partition = renumbered(community);
  return { ...partition, modularity: modularityOf(symmetric, partition, resolution) };
}

/** One round of moving, refining and merging, from the given communities; `start` is written. */
function partitionOnce(symmetric: Graph, search: Search, refine: boolean, start: Int32Array): Int32Array {
  let level = firstLevel(symmetric);
  const place = range(symmetric.nodeCount);
  let community = start;
  for (;;) {
    moveNodes(level, community, search);
    const coarse = renumbered(community);
    const merged = refine ? renumbered(refinePartition(level, coarse, search)) : coarse;
    // Leiden may find nothing to merge while communities of several nodes remain: then the coarse labels are the answer.
    if (merged.communityCount === level.nodeCount) {
      return place.map((node) => coarse.community[node]);
    }
    const next = new Int32Array(merged.communityCount);
    for (let node = 0; node < level.nodeCount; node++) {
      const part = merged.community[node];
      next[part] = refine ? coarse.community[node] : part;
    }
    for (let node = 0; node < place.length; node++) place[node] = merged.community[place[node]];
    level = mergeNodes(level, merged);
    community = next;
  }
}

function firstLevel(symmetric: Graph): Level {
  const { nodeCount, offsets, targets } = symmetric;
  const strength = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) strength[node] = offsets[node + 1] - offsets[node];
  return { nodeCount, offsets, targets, weights: new Int32Array(targets.length).fill(1), strength };
}

/** Local moving: each node in turn goes to the neighbouring community where modularity gains most. Writes `community`. */
function moveNodes(level: Level, community: Int32Array, search: Search): void {
  const { nodeCount, offsets, targets, strength } = level;
  const communityStrength = sumBy(community, strength, nodeCount);
  const queue = shuffled(nodeCount, search.stream);
  const queued = new Uint8Array(nodeCount).fill(1);
  const joined = new Float64Array(nodeCount);
  const touched = new Int32Array(nodeCount);
  let waiting = nodeCount;
  for (let head = 0; waiting > 0; head = head + 1 === nodeCount ? 0 : head + 1) {
    const node = queue[head];
    queued[node] = 0;
    waiting--;
    const own = community[node];
    communityStrength[own] -= strength[node];
    const best = bestCommunity(level, node, community, communityStrength, search, joined, touched);
    communityStrength[best] += strength[node];
    if (best === own) continue;
    community[node] = best;
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      const neighbour = targets[edge];
      if (queued[neighbour] !== 0 || community[neighbour] === best) continue;
      queued[neighbour] = 1;
      const slot = head + 1 + waiting++;
      queue[slot < nodeCount ? slot : slot - nodeCount] = neighbour;
    }
  }
}

/** The own community unless another gains more than rounding; among equals the first met in the node's row. `joined` is zero before and after. */
function bestCommunity(
  level: Level,
  node: number,
  community: Int32Array,
  communityStrength: Float64Array,
  search: Search,
  joined: Float64Array,
  touched: Int32Array,
): number {
  const { offsets, targets, weights, strength } = level;
  const own = community[node];
  const pull = (search.resolution * strength[node]) / search.endCount;
  let touchedCount = 0;
  for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
    const other = community[targets[edge]];
    if (joined[other] === 0) touched[touchedCount++] = other;
    joined[other] += weights[edge];
  }
  let best = own;
  let bestGain = joined[own] - pull * communityStrength[own] + 1e-10 * strength[node];
  for (let index = 0; index < touchedCount; index++) {
    const other = touched[index];
    const gain = joined[other] - pull * communityStrength[other];
    joined[other] = 0;
    if (gain <= bestGain) continue;
    best = other;
    bestGain = gain;
  }
  return best;
}

interface Refinement {
  readonly part: Int32Array;
  readonly partStrength: Float64Array;
  /** Weight from each part to the rest of its community. */
  readonly partCut: Float64Array;
  readonly partSize: Int32Array;
  readonly joined: Float64Array;
  readonly touched: Int32Array;
  readonly weight: Float64Array;
}

/** Leiden's refinement: parts of communities, grown from single nodes, each well connected to the rest of its community. */
function refinePartition(level: Level, coarse: Partition, search: Search): Int32Array {
  const { nodeCount, strength } = level;
  const communityStrength = sumBy(coarse.community, strength, coarse.communityCount);
  const refinement: Refinement = {
    part: range(nodeCount),
    partStrength: strength.slice(),
    partCut: cutsWithin(level, coarse.community),
    partSize: new Int32Array(nodeCount).fill(1),
    joined: new Float64Array(nodeCount),
    touched: new Int32Array(nodeCount),
    weight: new Float64Array(nodeCount),
  };
  const order = shuffled(nodeCount, search.stream);
  for (let index = 0; index < nodeCount; index++) {
    const node = order[index];
    const whole = communityStrength[coarse.community[node]];
    if (refinement.partSize[refinement.part[node]] === 1)
      joinPart(level, coarse.community, node, whole, refinement, search);
  }
  return refinement.part;
}

function cutsWithin(level: Level, community: Int32Array): Float64Array {
  const { nodeCount, offsets, targets, weights } = level;
  const cut = new Float64Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
      if (community[targets[edge]] === community[node]) cut[node] += weights[edge];
    }
  }
  return cut;
}

/** Moves a node that stands alone into a part of its community, drawn by gain among those that are well connected. */
function joinPart(
  level: Level,
  community: Int32Array,
  node: number,
  whole: number,
  refinement: Refinement,
  search: Search,
): void {
  const { offsets, targets, weights, strength } = level;
  const { part, partStrength, partCut, partSize, joined, touched } = refinement;
  const pull = search.resolution / search.endCount;
  const own = part[node];
  if (partCut[own] < pull * strength[node] * (whole - strength[node])) return;
  let touchedCount = 0;
  for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
    if (community[targets[edge]] !== community[node]) continue;
    const other = part[targets[edge]];
    if (joined[other] === 0) touched[touchedCount++] = other;
    joined[other] += weights[edge];
  }
  const chosen = drawPart(refinement, touchedCount, strength[node], whole, pull, search.stream);
  if (chosen >= 0) {
    const toChosen = joined[chosen];
    part[node] = chosen;
    partCut[chosen] += partCut[own] - 2 * toChosen;
    partStrength[chosen] += strength[node];
    partSize[chosen]++;
    partSize[own] = 0;
  }
  for (let index = 0; index < touchedCount; index++) joined[touched[index]] = 0;
}

/** One of the touched parts, with probability ∝ exp(gain / spread) among those that do not lose; -1 when none qualifies. */
function drawPart(
  refinement: Refinement,
  touchedCount: number,
  nodeStrength: number,
  whole: number,
  pull: number,
  stream: RandomStream,
): number {
  const { partStrength, partCut, joined, touched, weight } = refinement;
  let bestGain = -1;
  for (let index = 0; index < touchedCount; index++) {
    const other = touched[index];
    const connected = partCut[other] >= pull * partStrength[other] * (whole - partStrength[other]);
    weight[index] = connected ? joined[other] - pull * nodeStrength * partStrength[other] : -1;
    if (weight[index] > bestGain) bestGain = weight[index];
  }
  if (bestGain < 0) return -1;
  let total = 0;
  for (let index = 0; index < touchedCount; index++) {
    weight[index] = weight[index] < 0 ? 0 : Math.exp((weight[index] - bestGain) / refinementSpread);
    total += weight[index];
  }
  let left = stream.uniform() * total;
  let chosen = -1;
  for (let index = 0; index < touchedCount && left >= 0; index++) {
    if (weight[index] === 0) continue;
    chosen = touched[index];
    left -= weight[index];
  }
  return chosen;
}

/** One node a part; parallel edges become one weight, edges inside a part vanish into its strength. */
function mergeNodes(level: Level, merged: Partition): Level {
  const { nodeCount, offsets, targets, weights, strength } = level;
  const { community, communityCount } = merged;
  const { starts, members } = membersOf(community, communityCount);
  const newOffsets = new Int32Array(communityCount + 1);
  const newTargets = new Int32Array(targets.length);
  const newWeights = new Int32Array(targets.length);
  const slot = new Int32Array(communityCount).fill(-1);
  let end = 0;
  for (let part = 0; part < communityCount; part++) {
    const rowStart = end;
    for (let index = starts[part]; index < starts[part + 1]; index++) {
      const node = members[index];
      for (let edge = offsets[node]; edge < offsets[node + 1]; edge++) {
        const other = community[targets[edge]];
        if (other === part) continue;
        if (slot[other] < rowStart) {
          slot[other] = end;
          newTargets[end++] = other;
        }
        newWeights[slot[other]] += weights[edge];
      }
    }
    newOffsets[part + 1] = end;
  }
  return {
    nodeCount: communityCount,
    offsets: newOffsets,
    targets: newTargets.slice(0, end),
    weights: newWeights.slice(0, end),
    strength: sumBy(community, strength, communityCount, nodeCount),
  };
}

function membersOf(community: Int32Array, communityCount: number): { starts: Int32Array; members: Int32Array } {
  const starts = new Int32Array(communityCount + 1);
  for (let node = 0; node < community.length; node++) starts[community[node] + 1]++;
  for (let label = 1; label < starts.length; label++) starts[label] += starts[label - 1];
  const cursor = starts.slice();
  const members = new Int32Array(community.length);
  for (let node = 0; node < community.length; node++) members[cursor[community[node]]++] = node;
  return { starts, members };
}

function sumBy(label: Int32Array, value: Float64Array, labelCount: number, rowCount = label.length): Float64Array {
  const sums = new Float64Array(labelCount);
  for (let row = 0; row < rowCount; row++) sums[label[row]] += value[row];
  return sums;
}

function renumbered(label: Int32Array): Partition {
  const number = new Int32Array(label.length).fill(-1);
  const community = new Int32Array(label.length);
  let communityCount = 0;
  for (let node = 0; node < label.length; node++) {
    const old = label[node];
    if (number[old] === -1) number[old] = communityCount++;
    community[node] = number[old];
  }
  return { community, communityCount };
}

function range(length: number): Int32Array {
  const column = new Int32Array(length);
  for (let index = 0; index < length; index++) column[index] = index;
  return column;
}

/** 0 .. length - 1 in random order. */
function shuffled(length: number, stream: RandomStream): Int32Array {
  const order = range(length);
  shuffle(order, stream);
  return order;
}
