/**
 * Small graphs that the tests of the estimators share: reference graphs of `test/data`, and seeded random ones.
 *
 * Reads `test/data/*.json` (sources: `test/data/README.md`). Invariant: every graph is a function of its arguments.
 */
import { readFileSync } from 'node:fs';
import { graphFromEdges, undirected } from '../../analysis/estimators/graph.ts';
import type { Graph } from '../../analysis/estimators/graph.ts';
import { randomStream } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

/** A file of `test/data`, parsed. The caller states its type. */
export function readReference<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(`../data/${name}`, import.meta.url), 'utf8')) as Shape;
}

/** A stream for a test: purpose 999 belongs to no part of the program. */
export function testStream(seed: number): RandomStream {
  return randomStream(seed, 999);
}

export type EdgeList = readonly (readonly [number, number])[];

export function directedOf(nodeCount: number, edges: EdgeList): Graph {
  const sources = Int32Array.from(edges, ([source]) => source);
  const targets = Int32Array.from(edges, ([, target]) => target);
  return graphFromEdges(nodeCount, sources, targets).graph;
}

export function undirectedOf(nodeCount: number, edges: EdgeList): Graph {
  return undirected(directedOf(nodeCount, edges));
}

/** Edge columns with repeats and self-loops, `edgeCount` draws of two nodes; low numbers are drawn more often. */
export function randomEdges(
  nodeCount: number,
  edgeCount: number,
  seed: number,
): { sources: Int32Array; targets: Int32Array } {
  const stream = testStream(seed);
  const node = (): number => Math.floor(nodeCount * stream.uniform() * stream.uniform());
  const sources = new Int32Array(edgeCount);
  const targets = new Int32Array(edgeCount);
  for (let edge = 0; edge < edgeCount; edge++) {
    sources[edge] = node();
    targets[edge] = stream.below(nodeCount);
  }
  return { sources, targets };
}

export function randomGraph(nodeCount: number, edgeCount: number, seed: number): Graph {
  const { sources, targets } = randomEdges(nodeCount, edgeCount, seed);
  return graphFromEdges(nodeCount, sources, targets).graph;
}

/** Adjacency as a matrix of booleans: what the slow oracles work on. */
export function matrixOf(graph: Graph): boolean[][] {
  const matrix = Array.from({ length: graph.nodeCount }, () => Array<boolean>(graph.nodeCount).fill(false));
  for (let node = 0; node < graph.nodeCount; node++) {
    for (const target of rowOf(graph, node)) matrix[node][target] = true;
  }
  return matrix;
}

export function rowOf(graph: Graph, node: number): number[] {
  return Array.from(graph.targets.subarray(graph.offsets[node], graph.offsets[node + 1]));
}

export interface UndirectedReference {
  readonly transitivity: number;
  readonly meanLocalClustering: number;
  readonly assortativity: number;
  readonly meanPathLength: number;
  readonly diameter: number;
  readonly giantComponentShare: number;
  readonly maxCore: number;
  readonly triangles: number[];
  readonly betweenness: number[];
  readonly closeness: number[];
}

export interface KarateReference extends UndirectedReference {
  readonly nodeCount: number;
  readonly edges: [number, number][];
  readonly faction: number[];
  readonly density: number;
  readonly pageRank: number[];
  readonly eigenvector: number[];
}

export interface RandomGraphReference {
  readonly nodeCount: number;
  readonly edges: [number, number][];
  readonly density: number;
  readonly reciprocity: number;
  readonly largestStrongComponent: number;
  readonly pageRank: number[];
  readonly betweenness: number[];
  readonly undirected: UndirectedReference;
}

export const karate = readReference<KarateReference>('karate.json');
export const karateGraph = undirectedOf(karate.nodeCount, karate.edges);
export const randomReferences = readReference<RandomGraphReference[]>('random-graphs.json');

export interface GenesisReference {
  readonly nodeCount: number;
  readonly postCount: number;
  readonly sources: number[];
  readonly targets: number[];
  readonly parent: number[];
  readonly commentPost: number[];
  readonly commentDelaySeconds: number[];
  readonly expected: Record<string, number> &
    Record<`${string}_pl`, { alpha: number; xmin: number; KS: number; n_tail: number }>;
}

/** Replies of the MoltBook genesis data: commenter to the author of the parent comment, else of the post; self-replies still in. */
export const genesis = readReference<GenesisReference>('genesis-replies.json');
