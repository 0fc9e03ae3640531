/**
 * Which agents of a layer go into a file: those around one agent, those of a core, a sample; all where nothing is asked.
 *
 * Order: ego, then core, then sample, each within what the one before it left, so that `core` is a k-core of the neighbourhood and a
 * sample is one of the core. Ties count in both directions. A sample draws ordinals, which stand in the order of keys: neither row layout
 * nor the number of shards can be seen in it. Memory: some 24 bytes a tie while it chooses.
 * Oracle: sets of neighbours (`test/viz/network-selection.test.ts`).
 */
import { randomStream, streamPurposes } from '../sim/ground/philox.ts';
import { coreNumbers } from '../analysis/estimators/cores.ts';
import { graphFromEdges, inducedSubgraph, undirected } from '../analysis/estimators/graph.ts';
import type { Graph } from '../analysis/estimators/graph.ts';
import type { Ties } from '../sim/record/tie-reader.ts';

/** What is chosen. `core`: agents with that many neighbours among themselves. `radius`: ties from `ego` at most, 1 by default. */
export interface Selection {
  readonly core?: number;
  /** Ordinal of an agent. */
  readonly ego?: number;
  readonly radius?: number;
  /** How many agents are drawn. */
  readonly sample?: number;
  readonly seed?: number;
}

/** The layer as a graph without direction. */
export function symmetricOf(nodeCount: number, ties: Ties): Graph {
  let count = 0;
  const counting = ties.walk();
  while (counting.next().done !== true) count++;
  const sources = new Int32Array(count);
  const targets = new Int32Array(count);
  let at = 0;
  for (const { source, target } of ties.walk()) {
    sources[at] = source;
    targets[at++] = target;
  }
  return undirected(graphFromEdges(nodeCount, sources, targets).graph);
}

/** 1 for each agent that is chosen. */
export function selectAgents(symmetric: Graph, selection: Selection): Uint8Array {
  let kept = new Uint8Array(symmetric.nodeCount).fill(1);
  const { ego, radius = 1, core, sample, seed = 1 } = selection;
  if (ego !== undefined) kept = around(symmetric, ego, radius);
  if (core !== undefined) kept = coreWithin(symmetric, kept, core);
  if (sample !== undefined) kept = sampleOf(kept, sample, seed);
  return kept;
}

/** Breadth first, one ring of neighbours a step. */
function around({ nodeCount, offsets, targets }: Graph, ego: number, radius: number): Uint8Array<ArrayBuffer> {
  const kept = new Uint8Array(nodeCount);
  kept[ego] = 1;
  let ring = [ego];
  for (let step = 0; step < radius && ring.length > 0; step++) {
    const next: number[] = [];
    for (const node of ring) {
      for (let tie = offsets[node]; tie < offsets[node + 1]; tie++) {
        if (kept[targets[tie]] === 1) continue;
        kept[targets[tie]] = 1;
        next.push(targets[tie]);
      }
    }
    ring = next;
  }
  return kept;
}

function coreWithin(symmetric: Graph, among: Uint8Array<ArrayBuffer>, core: number): Uint8Array<ArrayBuffer> {
  const { graph, originalNode } = inducedSubgraph(symmetric, among);
  const numbers = coreNumbers(graph);
  const kept = new Uint8Array(symmetric.nodeCount);
  for (let node = 0; node < graph.nodeCount; node++) if (numbers[node] >= core) kept[originalNode[node]] = 1;
  return kept;
}

function sampleOf(among: Uint8Array<ArrayBuffer>, count: number, seed: number): Uint8Array<ArrayBuffer> {
  const agents: number[] = [];
  for (let agent = 0; agent < among.length; agent++) if (among[agent] === 1) agents.push(agent);
  const stream = randomStream(seed, streamPurposes.sample);
  const kept = new Uint8Array(among.length);
  // The first `count` places of a shuffle.
  for (let place = 0; place < Math.min(count, agents.length); place++) {
    const from = place + stream.below(agents.length - place);
    [agents[place], agents[from]] = [agents[from], agents[place]];
    kept[agents[place]] = 1;
  }
  return kept;
}
