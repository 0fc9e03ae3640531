/**
 * Places for the agents of an export: the layout of the part that is written, on a square of 2,000 by 2,000.
 *
 * Order and start places as in `graph-layout.ts`: equal input, equal places. A layout takes some 400 steps over the whole, so there is a
 * bound; above it the error says how to choose a part.
 */
import { InputError } from '../sim/ground/errors.ts';
import { inducedSubgraph } from '../analysis/estimators/graph.ts';
import { layoutNetwork } from './graph-layout.ts';
import type { Graph } from '../analysis/estimators/graph.ts';

const nodesMax = 20_000;
const tiesMax = 200_000;
const side = 2000;

/** Places by ordinal; of agents that are not written they mean nothing. */
export function placesOf(symmetric: Graph, kept: Uint8Array | undefined): { x: Float64Array; y: Float64Array } {
  const all = kept ?? new Uint8Array(symmetric.nodeCount).fill(1);
  const { graph, originalNode } = inducedSubgraph(symmetric, all);
  const tieCount = graph.targets.length / 2;
  if (graph.nodeCount > nodesMax || tieCount > tiesMax) {
    throw new InputError({
      code: 'INPUT_TOO_LARGE',
      place: { file: '--positions' },
      found: `a layout of ${graph.nodeCount} agents and ${tieCount} ties was asked for; the bound is ${nodesMax} and ${tiesMax}`,
      next: 'Export a part: --core K, --ego AGENT or --sample N.',
    });
  }
  const source = new Int32Array(tieCount);
  const target = new Int32Array(tieCount);
  let at = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    for (let tie = graph.offsets[node]; tie < graph.offsets[node + 1]; tie++) {
      if (graph.targets[tie] < node) continue;
      source[at] = node;
      target[at++] = graph.targets[tie];
    }
  }
  const bounds = { left: -side / 2, top: -side / 2, width: side, height: side };
  const laid = layoutNetwork(graph.nodeCount, { source, target }, bounds);
  const x = new Float64Array(symmetric.nodeCount);
  const y = new Float64Array(symmetric.nodeCount);
  originalNode.forEach((agent, node) => {
    [x[agent], y[agent]] = [laid.x[node], laid.y[node]];
  });
  return { x, y };
}
