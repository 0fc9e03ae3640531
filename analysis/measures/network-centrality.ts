/**
 * The `centrality` measure: who stands between whom, whom a random walker meets most, and how unequal both are.
 *
 * Reads a layer's graph; gives the object of `analyze SOURCE centrality --json`. PageRank is exact at any size; betweenness as
 * `network-layer.ts` says, with intervals by resampling its pivots where they were sampled. Agents are row numbers here; the command
 * puts their external ids in place. Order: values descend, equals by row.
 * Oracles: networkx and igraph, in `test/data/triads.json`.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { inDegrees, totalDegrees } from '../estimators/degree.ts';
import { gini, topHeldShare } from '../estimators/inequality.ts';
import { outDegrees } from '../estimators/graph.ts';
import { bootstrapPivots } from '../estimators/pivots.ts';
import { finiteInterval, finiteOrNull } from './measured.ts';
import type { Measured } from './measured.ts';
import type { LayerGraph } from './network-layer.ts';

/** An agent and its value; `interval` where it was estimated from a sample. */
export interface Ranked {
  readonly agent: number;
  readonly value: number;
  readonly interval?: [number, number];
}

/** How a centrality is spread over agents. */
export interface Spread {
  readonly gini: number | null;
  /** Share of the sum that the highest hundredth of the agents hold. */
  readonly topPercentShare: number | null;
  readonly max: number;
  readonly top: Ranked[];
}

/** The object under `measures.centrality`. */
export interface CentralityMeasure extends Measured {
  readonly nodes: number;
  readonly pageRank: Spread & { readonly dampingShare: number };
  /** `gini` and `topPercentShare` are null where pivots were sampled: agents that no sampled path passed would count as 0. */
  readonly betweenness: Spread & {
    readonly isExact: boolean;
    readonly pivots: number;
    readonly mean: number | null;
    readonly meanInterval?: [number, number];
  };
  readonly degreeGini: Readonly<Record<'in' | 'out' | 'total', number | null>>;
}

const topCount = 10;
const replicateCount = 1000;
const bootstrapKey = 32;

const definition =
  'n: agents of the layer. PageRank: stationary share of visits of a walker along ties, damping 0.85, jumps uniform, also from agents without ' +
  'a tie of their own; betweenness: share of directed shortest paths between two others that pass an agent, over all (n - 1)(n - 2) ordered ' +
  'pairs; gini: of the values over agents; topPercentShare: share of their sum that the highest hundredth of the agents hold';

/** Measures a layer. */
export function measureCentrality(layer: LayerGraph, seed: number): CentralityMeasure {
  const { graph, pageRank } = layer;
  const between = layer.betweenness(seed);
  const { value, isExact, pivotCount } = between;
  const highest = highestOf(value);
  const stream = randomStream(seed, streamPurposes.bootstrap, bootstrapKey);
  const intervals = isExact ? [] : bootstrapPivots(between, highest, stream, replicateCount);
  const meanInterval = isExact ? undefined : finiteInterval(intervals[highest.length]);
  return {
    nodes: graph.nodeCount,
    pageRank: { dampingShare: 0.85, ...spreadOf(layer, pageRank, highestOf(pageRank), []) },
    betweenness: {
      ...{ isExact, pivots: pivotCount, mean: finiteOrNull(sumOf(value) / graph.nodeCount) },
      ...(meanInterval === undefined ? {} : { meanInterval }),
      ...spreadOf(layer, value, highest, intervals),
      ...(isExact ? {} : { gini: null, topPercentShare: null }),
    },
    degreeGini: {
      in: finiteOrNull(gini(inDegrees(graph))),
      out: finiteOrNull(gini(outDegrees(graph))),
      total: finiteOrNull(gini(totalDegrees(graph))),
    },
    method:
      'PageRank by power iteration to a summed change below 10^-12; ' +
      (isExact
        ? 'betweenness exact (Brandes)'
        : `betweenness from ${pivotCount} of ${graph.nodeCount} agents as pivots (Brandes and Pich), seed ${seed}; intervals: 95 %, ` +
          `bootstrap-t of ${replicateCount} resamples of the pivots`),
    definition,
    n: graph.nodeCount,
    warnings: isExact
      ? []
      : [
          'betweenness: the ten are those with the highest estimates, so that the first ones lie above their true value on average',
          ...(pivotCount < 100
            ? [`betweenness: with ${pivotCount} pivots intervals of single agents cover less than 95 %, some 85`]
            : []),
        ],
  };
}

function highestOf(values: Float64Array): number[] {
  // The floor leaves few agents to sort: a full sort of 10^6 takes a second.
  const sorted = values.slice().sort();
  const floor = sorted[Math.max(0, sorted.length - topCount)];
  const found: number[] = [];
  for (let node = 0; node < values.length; node++) if (values[node] >= floor && values[node] > 0) found.push(node);
  return found.sort((a, b) => values[b] - values[a] || a - b).slice(0, topCount);
}

function spreadOf(
  layer: LayerGraph,
  values: Float64Array,
  highest: readonly number[],
  intervals: readonly [number, number][],
): Spread {
  return {
    gini: finiteOrNull(gini(values)),
    topPercentShare: finiteOrNull(topHeldShare(values, 0.01)),
    max: highest.length === 0 ? 0 : values[highest[0]],
    top: highest.map((node, place) => ({
      agent: layer.agentOf(node),
      value: values[node],
      ...(place < intervals.length ? { interval: intervals[place] } : {}),
    })),
  };
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
