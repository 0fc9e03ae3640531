/**
 * The `motifs` measure: the triad census of a layer beside what its pairs alone would give.
 *
 * Reads a layer's graph; gives the object of `analyze SOURCE motifs --json`. Exact up to `triadWorkMax` steps of the triangle count, from sampled wedges with
 * intervals beyond. The null model keeps the numbers of mutual, asymmetric and null pairs and nothing else: unequal degrees alone
 * move the ratios, so a ratio off 1 is no evidence of closure by choice, and `warnings` says so.
 * Oracles: networkx and igraph, in `test/data/triads.json`.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { dyadsOf, sampledTriadCensus, triadCensus } from '../estimators/triads.ts';
import type { TriadCensus } from '../estimators/triads.ts';
import { triadTypes } from '../estimators/triad-types.ts';
import type { DyadCounts, TriadType } from '../estimators/triad-types.ts';
import { finiteOrNull } from './measured.ts';
import type { Measured } from './measured.ts';
import type { LayerGraph } from './network-layer.ts';

/** One type of three agents. */
export interface TriadCount {
  readonly count: number;
  /** Expected by the null model. */
  readonly expected: number;
  /** count / expected; null where none is expected. */
  readonly ratio: number | null;
  /** 95 % interval of the count, where closed triads were sampled. */
  readonly interval?: [number, number];
}

/** The object under `measures.motifs`. */
export interface MotifsMeasure extends Measured {
  readonly nodes: number;
  readonly dyads: DyadCounts;
  readonly triads: Readonly<Record<TriadType, TriadCount>>;
  /** Share of the paths a -> b -> c, a and c different, with a -> c too. */
  readonly transitiveShare: number | null;
}

/** Steps of an exact census: some ten seconds. */
const triadWorkMaxDefault = 2_000_000_000;
const wedgeDrawCount = 1_000_000;
const wedgeKey = 33;

const definition =
  'n: agents of the layer. Triads: all triples of agents by type (mutual, asymmetric, null pairs; D down, U up, C cyclic, T transitive; Holland ' +
  'and Leinhardt 1976); expected: mean over all graphs with as many pairs of each kind; transitiveShare: paths of two ties whose ' +
  'first agent is tied to the last';

const nullModel =
  'U|MAN: all graphs with the same numbers of mutual, asymmetric and null pairs are equally likely; degrees are not kept';

/** Measures a layer. `triadWorkMax`: steps of counting above which closed triads are sampled. */
export function measureMotifs(layer: LayerGraph, seed: number, triadWorkMax = triadWorkMaxDefault): MotifsMeasure {
  const { graph } = layer;
  const dyads = dyadsOf(graph, layer.reversed);
  const isExact = layer.triangleWork <= triadWorkMax;
  const stream = randomStream(seed, streamPurposes.sample, wedgeKey);
  const census = isExact ? triadCensus(dyads, layer.forward) : sampledTriadCensus(dyads, wedgeDrawCount, stream);
  return {
    nodes: graph.nodeCount,
    dyads: census.dyads,
    triads: triadsOf(census),
    transitiveShare: finiteOrNull(transitiveShareOf(census.counts)),
    method: isExact
      ? 'exact census (triangles by direction, open triads from degrees)'
      : `census from ${wedgeDrawCount} of the undirected graph’s wedges, drawn with replacement, seed ${seed}; 95 % intervals: Wilson for ` +
        'closed types, combined by MOVER for the others',
    definition,
    n: graph.nodeCount,
    nullModel,
    warnings: ['expected counts keep no degrees: hubs alone move the ratios away from 1, so they test nothing'],
  };
}

function triadsOf({ counts, expected, intervals }: TriadCensus): MotifsMeasure['triads'] {
  const entries = triadTypes.map((type): [TriadType, TriadCount] => {
    const interval = intervals?.[type];
    const ratio = finiteOrNull(counts[type] / expected[type]);
    return [
      type,
      { count: counts[type], expected: expected[type], ratio, ...(interval === undefined ? {} : { interval }) },
    ];
  });
  return Object.fromEntries(entries) as Record<TriadType, TriadCount>;
}

/** Paths a -> b -> c in a triad of each type, and how many of them have a -> c. */
const paths: Readonly<Partial<Record<TriadType, readonly [number, number]>>> = {
  '021C': [1, 0],
  '111D': [1, 0],
  '111U': [1, 0],
  '201': [2, 0],
  '030T': [1, 1],
  '030C': [3, 0],
  '120D': [2, 2],
  '120U': [2, 2],
  '120C': [3, 1],
  '210': [4, 3],
  '300': [6, 6],
};

function transitiveShareOf(counts: Readonly<Record<TriadType, number>>): number {
  let all = 0;
  let closed = 0;
  for (const type of triadTypes) {
    const [pathCount, closedCount] = paths[type] ?? [0, 0];
    all += pathCount * counts[type];
    closed += closedCount * counts[type];
  }
  return closed / all;
}
