/**
 * One measurement of graph building: draws a follow graph and lays it into the state in both directions; or the naive way, the same
 * ties into a graphology graph.
 *
 * `laid` times everything between a drawn graph and the first tick: tables of agents, ties both ways, first wakings.
 */
import { createHash } from 'node:crypto';
import { DirectedGraph } from 'graphology';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { prepare } from '../../sim/engine/simulate.ts';
import { canonicalPopulation } from '../../sim/world/population.ts';
import { Stopwatch } from './stopwatch.ts';
import { attributesOf, drawGraph, planOf } from './world.ts';
import type { Sample } from './interleave.ts';
import type { FollowGraph, WorldOrder } from './world.ts';

export interface GraphOrder extends WorldOrder {
  readonly kind: 'graph';
  readonly into: 'state' | 'graphology';
}

export function measureGraph(order: GraphOrder): Sample {
  const attributes = attributesOf(order);
  const stopwatch = new Stopwatch();
  stopwatch.start();
  const graph = drawGraph(attributes, order);
  const drawn = stopwatch.timesPer(1);
  const population = canonicalPopulation({ ...attributes, ...graph });
  stopwatch.start();
  if (order.into === 'graphology') fillGraphology(graph);
  else {
    const placement = { workers: 1, layout: 'degree', mergeTicks: 24 } as const;
    prepare({ plan: planOf(order), population, placement, code: noOwnCode, sampleShare: 0, unchained: true });
  }
  const laid = stopwatch.timesPer(1);
  return {
    cpuMs: (order.into === 'state' ? drawn.cpuMs : 0) + laid.cpuMs,
    digest: createHash('sha256').update(graph.followee).digest('hex'),
    ...{ drawnMs: drawn.cpuMs, laidMs: laid.cpuMs, ties: graph.followee.length },
  };
}

function fillGraphology({ followOffset, followee }: FollowGraph): DirectedGraph {
  const graph = new DirectedGraph();
  for (let i = 0; i < followOffset.length - 1; i++) graph.addNode(`agent-${i}`);
  for (let i = 0; i < followOffset.length - 1; i++) {
    for (let k = followOffset[i]; k < followOffset[i + 1]; k++) {
      graph.addDirectedEdge(`agent-${i}`, `agent-${followee[k]}`);
    }
  }
  return graph;
}
