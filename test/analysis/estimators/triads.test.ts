/** Triads, bow tie and betweenness from pivots: networkx and igraph, and the plain definitions on seeded graphs. */
import { describe, expect, test } from 'vitest';
import { bowTieOf } from '../../../analysis/estimators/bow-tie.ts';
import { betweenness, pageRank } from '../../../analysis/estimators/centrality.ts';
import { transpose } from '../../../analysis/estimators/graph.ts';
import type { Graph } from '../../../analysis/estimators/graph.ts';
import { bootstrapPivots, pivotBetweenness } from '../../../analysis/estimators/pivots.ts';
import { dyadsOf, sampledTriadCensus, triadCensus } from '../../../analysis/estimators/triads.ts';
import { codeTypes, expectedTriads, triadTypes } from '../../../analysis/estimators/triad-types.ts';
import type { TriadType } from '../../../analysis/estimators/triad-types.ts';
import { directedOf, matrixOf, randomGraph, readReference, testStream } from '../worlds.ts';

interface Reference {
  readonly types: string[];
  readonly graphs: {
    readonly nodeCount: number;
    readonly edges: [number, number][];
    readonly census: number[];
    readonly bowTie: Record<string, number>;
    readonly betweenness: number[];
    readonly pageRank: number[];
  }[];
}

const reference = readReference<Reference>('triads.json');
const allOf = (graph: Graph): Int32Array => Int32Array.from({ length: graph.nodeCount }, (_, node) => node);
const censusOf = (graph: Graph) => triadCensus(dyadsOf(graph, transpose(graph)));

/** Every triple of nodes, looked up. */
function censusByTriples(graph: Graph): Record<string, number> {
  const has = matrixOf(graph);
  const pair = (a: number, b: number): number => Number(has[a][b]) + 2 * Number(has[b][a]);
  const counts: Record<string, number> = Object.fromEntries(triadTypes.map((type) => [type, 0]));
  for (let a = 0; a < graph.nodeCount; a++)
    for (let b = a + 1; b < graph.nodeCount; b++)
      for (let c = b + 1; c < graph.nodeCount; c++) counts[codeTypes[pair(a, b) + 4 * pair(a, c) + 16 * pair(b, c)]]++;
  return counts;
}

describe('triadCensus', () => {
  test('every graph of the reference: the sixteen counts of networkx and igraph', () => {
    for (const { nodeCount, edges, census } of reference.graphs) {
      const { counts } = censusOf(directedOf(nodeCount, edges));
      expect(reference.types.map((type) => counts[type as TriadType])).toEqual(census);
    }
  });

  test('seeded graphs with hubs: as many of each type as a walk over all triples finds', () => {
    for (const seed of [1, 2, 3]) {
      const graph = randomGraph(60, 400, seed);
      expect(censusOf(graph).counts).toEqual(censusByTriples(graph));
    }
  });

  test('graphs of no, one and two nodes hold no triad', () => {
    for (const nodeCount of [0, 1, 2]) {
      const { counts, expected } = censusOf(randomGraph(nodeCount, nodeCount === 2 ? 2 : 0, 1));
      expect(Object.values(counts).every((count) => count === 0)).toBe(true);
      expect(Object.values(expected).every((count) => count === 0)).toBe(true);
    }
  });

  test('expected counts: those of all graphs with the same pairs, and they sum to all triples', () => {
    // Four nodes with two mutual, two asymmetric and two null pairs: all 90 × 4 graphs.
    const kinds = [3, 3, 1, 1, 0, 0];
    const pairs = [
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ];
    const sums: Record<string, number> = {};
    let graphCount = 0;
    for (const order of ordersOf(kinds)) {
      for (let flip = 0; flip < 4; flip++) {
        let arrow = 0;
        const edges: [number, number][] = [];
        order.forEach((kind, at) => {
          const [a, b] = pairs[at];
          const isTurned = kind === 1 && (flip & (1 << arrow++)) !== 0;
          if (kind !== 0) edges.push(isTurned ? [b, a] : [a, b]);
          if (kind === 3) edges.push([b, a]);
        });
        const { counts } = censusOf(directedOf(4, edges));
        for (const type of triadTypes) sums[type] = (sums[type] ?? 0) + counts[type];
        graphCount++;
      }
    }
    const expected = expectedTriads(4, { mutual: 2, asymmetric: 2, none: 2 });
    for (const type of triadTypes) expect(expected[type]).toBeCloseTo(sums[type] / graphCount, 12);
    expect(Object.values(expected).reduce((sum, one) => sum + one, 0)).toBeCloseTo(4, 12);
  });
});

/** All distinct orders of some values. */
function ordersOf(values: readonly number[]): number[][] {
  if (values.length === 0) return [[]];
  return [...new Set(values)].flatMap((first) => {
    const at = values.indexOf(first);
    return ordersOf([...values.slice(0, at), ...values.slice(at + 1)]).map((rest) => [first, ...rest]);
  });
}

describe('sampledTriadCensus', () => {
  const graph = randomGraph(300, 4000, 5);
  const dyads = dyadsOf(graph, transpose(graph));
  const exact = triadCensus(dyads).counts;

  test('95 % intervals cover the exact count of each type in at least 90 % of 200 draws', () => {
    const covered = new Map<TriadType, number>();
    for (let seed = 0; seed < 200; seed++) {
      const { intervals } = sampledTriadCensus(dyads, 2000, testStream(seed));
      for (const type of triadTypes) {
        const [low, high] = intervals?.[type] ?? [NaN, NaN];
        if (low <= exact[type] && exact[type] <= high) covered.set(type, (covered.get(type) ?? 0) + 1);
      }
    }
    for (const type of triadTypes) expect([type, (covered.get(type) ?? 0) >= 180]).toEqual([type, true]);
  });

  test('counts sum to all triples, sampled or not', () => {
    const sampled = sampledTriadCensus(dyads, 2000, testStream(1)).counts;
    for (const counts of [exact, sampled])
      expect(Object.values(counts).reduce((sum, one) => sum + one, 0)).toBeCloseTo((300 * 299 * 298) / 6, 3);
  });
});

test('bowTieOf: every part of the reference graphs has the size that reachability gives', () => {
  for (const { nodeCount, edges, bowTie } of reference.graphs) {
    expect(bowTieOf(directedOf(nodeCount, edges)).sizes).toEqual(bowTie);
  }
});

test('bowTieOf: a graph without nodes has no core', () => {
  expect(Object.values(bowTieOf(directedOf(0, [])).sizes).every((size) => size === 0)).toBe(true);
});

describe('pivotBetweenness', () => {
  test('all nodes as pivots: what networkx and igraph agree on, and what the plain accumulation gives', () => {
    for (const { nodeCount, edges, betweenness: expected, pageRank: ranks } of reference.graphs) {
      const graph = directedOf(nodeCount, edges);
      const { value } = pivotBetweenness(graph, allOf(graph), false);
      const plain = betweenness(graph);
      const rank = pageRank(graph);
      for (let node = 0; node < nodeCount; node++) {
        expect(value[node]).toBeCloseTo(expected[node], 12);
        expect(value[node]).toBeCloseTo(plain[node], 12);
        expect(rank[node]).toBeCloseTo(ranks[node], 9);
      }
    }
  });

  test('bootstrap over 40 of 400 pivots: intervals cover the exact mean and top values in at least 80 % of 100 draws', () => {
    const graph = randomGraph(400, 2400, 7);
    const exact = pivotBetweenness(graph, allOf(graph), false).value;
    const top = [...exact.keys()].sort((a, b) => exact[b] - exact[a]).slice(0, 3);
    const mean = exact.reduce((sum, one) => sum + one, 0) / 400;
    const truths = [...top.map((node) => exact[node]), mean];
    const covered = truths.map(() => 0);
    for (let seed = 0; seed < 100; seed++) {
      const stream = testStream(seed);
      const pool = allOf(graph);
      for (let at = 0; at < 40; at++) {
        const other = at + stream.below(400 - at);
        [pool[at], pool[other]] = [pool[other], pool[at]];
      }
      const sampled = pivotBetweenness(graph, pool.slice(0, 40), true);
      bootstrapPivots(sampled, top, stream, 200).forEach(([low, high], which) => {
        if (low <= truths[which] && truths[which] <= high) covered[which]++;
      });
    }
    for (const count of covered) expect(count).toBeGreaterThanOrEqual(80);
  });
});
