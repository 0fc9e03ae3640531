/**
 * A layer as a graph, with what several measures ask of it: reverse, undirected graph, triangles, ranks, betweenness, each made once and kept.
 *
 * Reads edge columns. `analyze` of a run of 10^6 agents and 3·10^7 ties spends half its time on these, so measures share them.
 * Order: nothing is made before it is asked for. Invariant: what is kept is a function of the columns, the seed and whether isolates stay.
 * Betweenness is exact up to `betweennessWorkMax` steps, n (n + m), and from sampled pivots beyond; what is affordable follows from
 * counts of the graph, never from a clock.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { pageRank } from '../estimators/centrality.ts';
import { graphFromEdges, transpose, undirected, withoutIsolates } from '../estimators/graph.ts';
import type { BuiltGraph, Graph, NodeColumn } from '../estimators/graph.ts';
import { pivotBetweenness } from '../estimators/pivots.ts';
import type { PivotBetweenness } from '../estimators/pivots.ts';
import { sampleRows } from '../estimators/points.ts';
import { forwardGraph, triangleCounts, triangleWork } from '../estimators/triangles.ts';
import type { ForwardGraph } from '../estimators/triangles.ts';

/** Edges of one layer: row i runs from agent `sources[i]` to agent `targets[i]`. Repeated edges and self-loops are left out and counted. */
export interface EdgeColumns {
  readonly nodeCount: number;
  readonly sources: NodeColumn;
  readonly targets: NodeColumn;
}

/** Whether agents without any edge are nodes. */
export type Isolates = 'kept' | 'dropped';

/** Steps of all pivots together: about a second where the graph is in the cache, and `pivotCountMin` pivots where it is not. */
export const betweennessWorkMax = 100_000_000;
const pivotCountMin = 32;
/** Kept values of all pivots together: 256 MB. */
const keptValuesMax = 64_000_000;
const dampingShare = 0.85;
const pivotKey = 31;

/** Betweenness of every node of a layer; `isExact`: every node was a pivot, and nothing of single pivots is kept. */
export interface LayerBetweenness extends PivotBetweenness {
  readonly isExact: boolean;
}

/** A layer of agents as a graph. */
export class LayerGraph {
  readonly built: BuiltGraph;
  readonly graph: Graph;
  /** Agent of each node. */
  readonly agentOf: (node: number) => number;
  private readonly known = new Map<string, unknown>();

  private constructor(built: BuiltGraph, graph: Graph, originalNode?: Int32Array) {
    this.built = built;
    this.graph = graph;
    this.agentOf = originalNode === undefined ? (node) => node : (node) => originalNode[node];
  }

  static of(columns: EdgeColumns, isolates: Isolates = 'kept'): LayerGraph {
    const built = graphFromEdges(columns.nodeCount, columns.sources, columns.targets);
    const whole = new LayerGraph(built, built.graph);
    return isolates === 'kept' ? whole : whole.withoutIsolates;
  }

  /** The same layer on the agents that have an edge; itself where all have. */
  get withoutIsolates(): LayerGraph {
    return this.once('withoutIsolates', () => {
      const { graph, originalNode } = withoutIsolates(this.graph);
      if (graph.nodeCount === this.graph.nodeCount) return this;
      return new LayerGraph(this.built, graph, originalNode);
    });
  }

  get reversed(): Graph {
    return this.once('reversed', () => transpose(this.graph));
  }

  get symmetric(): Graph {
    return this.once('symmetric', () => undirected(this.graph, this.reversed));
  }

  get forward(): ForwardGraph {
    return this.once('forward', () => forwardGraph(this.symmetric));
  }

  /** Steps that `triangles` takes: ask before it. */
  get triangleWork(): number {
    return this.once('triangleWork', () => triangleWork(this.forward));
  }

  /** Triangles through each node, exactly. */
  get triangles(): Float64Array {
    return this.once('triangles', () => triangleCounts(this.forward));
  }

  /** PageRank with damping 0.85. */
  get pageRank(): Float64Array {
    return this.once('pageRank', () => pageRank(this.graph, dampingShare));
  }

  /** Betweenness, of pivots drawn by this seed where there are too many nodes for all. */
  betweenness(seed: number): LayerBetweenness {
    return this.once(`betweenness ${seed}`, () => {
      const { nodeCount, targets } = this.graph;
      const affordable = Math.max(pivotCountMin, Math.floor(betweennessWorkMax / (targets.length + nodeCount)));
      const isExact = affordable >= nodeCount;
      const kept = Math.max(pivotCountMin, Math.floor(keptValuesMax / nodeCount));
      const wanted = isExact ? nodeCount : Math.min(affordable, kept);
      const stream = randomStream(seed, streamPurposes.sample, pivotKey);
      const pivots = sampleRows(nodeCount, wanted, stream);
      return { ...pivotBetweenness(this.graph, pivots, !isExact), isExact };
    });
  }

  private once<Value>(name: string, make: () => Value): Value {
    if (!this.known.has(name)) this.known.set(name, make());
    return this.known.get(name) as Value;
  }
}
