/** Assortativity by attributes against networkx, a jackknife done naively, planted homophily and the tests of equivalence against scipy. */
import { describe, expect, test } from 'vitest';
import {
  externalInternalIndex,
  groupAssortativity,
  permuteAssortativity,
  scalarAssortativity,
  scalarAssortativityInterval,
} from '../../../analysis/estimators/assortativity.ts';
import { equivalenceToZero } from '../../../analysis/estimators/equivalence.ts';
import { directedOf, readReference, testStream, undirectedOf } from '../worlds.ts';
import type { EdgeList } from '../worlds.ts';

const reference = readReference<{
  readonly graphs: readonly {
    readonly value: number[];
    readonly edges: EdgeList;
    readonly scalar: number;
    readonly group: number;
  }[];
  readonly karate: { readonly edges: EdgeList; readonly group: number[]; readonly assortativity: number };
  readonly equivalence: readonly {
    readonly values: number[];
    readonly margin: number;
    readonly pValue: number;
    readonly interval: [number, number];
  }[];
}>('assortativity.json');

describe('assortativity', () => {
  test.each(reference.graphs)('scalarAssortativity, groupAssortativity: as networkx has them ($scalar)', (graph) => {
    const { value, edges, scalar, group } = graph;
    const directed = directedOf(value.length, edges);
    expect(scalarAssortativity(directed, value)).toBeCloseTo(scalar, 12);
    // A shift or a stretch of the scale changes nothing.
    const moved = value.map((one) => 1e6 + 3 * one);
    expect(scalarAssortativity(directed, moved)).toBeCloseTo(scalar, 9);
    const groups = value.map((one) => Math.floor((one + 100) / 51));
    expect(groupAssortativity(directed, groups, 4)).toBeCloseTo(group, 12);
  });

  test('groupAssortativity, externalInternalIndex: the karate club by faction, 0.717531 and -0.717949', () => {
    const { edges, group, assortativity } = reference.karate;
    const karate = undirectedOf(34, edges);
    expect(groupAssortativity(karate, group, 2)).toBeCloseTo(assortativity, 12);
    expect(groupAssortativity(karate, group, 2).toFixed(6)).toBe('0.717531');
    expect(externalInternalIndex(karate, group).toFixed(6)).toBe('-0.717949');
    // Two values on a scale are two groups, where both ends have the same margins.
    expect(scalarAssortativity(karate, group)).toBeCloseTo(assortativity, 12);
  });

  test('assortativity: where ends do not vary, and without edges, there is no coefficient', () => {
    const star = directedOf(3, [[0, 1], [0, 2]]); // prettier-ignore
    expect(scalarAssortativity(star, [1, 2, 3])).toBeNaN();
    expect(scalarAssortativity(directedOf(3, []), [1, 2, 3])).toBeNaN();
    expect(groupAssortativity(star, [0, 0, 0], 1)).toBeNaN();
    expect(externalInternalIndex(directedOf(3, []), [0, 0, 0])).toBeNaN();
  });
});

describe('scalarAssortativityInterval', () => {
  test('scalarAssortativityInterval: the half width is that of nodes left out one by one', () => {
    const { value, edges } = reference.graphs[2];
    const without = value.map((_, left) => {
      const kept = edges.filter(([from, to]) => from !== left && to !== left);
      return scalarAssortativity(directedOf(value.length, kept), value);
    });
    const mean = without.reduce((sum, one) => sum + one, 0) / value.length;
    const variance = (78 / 160) * without.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    const { value: found, interval, n } = scalarAssortativityInterval(directedOf(value.length, edges), value);
    expect((interval[1] - interval[0]) / 2).toBeCloseTo(1.959964 * Math.sqrt(variance), 6);
    expect([(interval[0] + interval[1]) / 2 - found, n]).toEqual([expect.closeTo(0, 12), 80]);
  });

  test('scalarAssortativityInterval: covers the coefficient of many agents in 90 to 99 of 100 graphs of 300', () => {
    // Two camps, ties twice as likely within: over all pairs (2 - 1) / (2 + 1), weakened by what is drawn within camps.
    const planted = (seed: number, count: number) => {
      const stream = testStream(seed);
      const value = Array.from({ length: count }, () => (stream.uniform() < 0.5 ? -1 : 1) * (1 + stream.below(100)));
      const edges: [number, number][] = [];
      for (let a = 0; a < count; a++) {
        for (let k = 0; k < 16; k++) {
          const b = stream.below(count);
          if (a !== b && stream.uniform() < (value[a] * value[b] > 0 ? 0.8 : 0.4)) edges.push([a, b]);
        }
      }
      return { value, graph: directedOf(count, edges) };
    };
    const large = planted(0, 30_000);
    const truth = scalarAssortativity(large.graph, large.value);
    expect(truth).toBeGreaterThan(0.2);
    let covered = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const { graph, value } = planted(seed, 300);
      const [low, high] = scalarAssortativityInterval(graph, value).interval;
      if (low <= truth && truth <= high) covered++;
    }
    expect(covered / 150).toBeGreaterThan(0.9);
    expect(covered / 150).toBeLessThan(0.99);
  });
});

describe('permuteAssortativity', () => {
  test('permuteAssortativity: p is even where values say nothing of ties, and least where they do', () => {
    const { value, edges } = reference.graphs[2];
    const planted = permuteAssortativity(directedOf(80, edges), value, 99, testStream(1));
    expect(planted.pValue).toBe(0.01);
    expect(Math.abs(planted.nullMean)).toBeLessThan(0.1);
    const graph = directedOf(80, reference.graphs[0].edges);
    const small = Array.from({ length: 200 }, (_, seed) => {
      const stream = testStream(100 + seed);
      const drawn = Array.from({ length: 80 }, () => stream.normal());
      return permuteAssortativity(graph, drawn, 39, stream).pValue;
    }).filter((p) => p <= 0.1).length;
    // Binomial (200, 0.1): standard deviation 4.2.
    expect(Math.abs(small - 20)).toBeLessThan(4 * 4.3);
  });
});

describe('equivalenceToZero', () => {
  test.each(reference.equivalence)('equivalenceToZero: p and interval of scipy ($pValue)', (sample) => {
    const found = equivalenceToZero(sample.values, sample.margin);
    expect(Math.abs(found.pValue / sample.pValue - 1)).toBeLessThan(1e-6);
    expect(found.interval[0]).toBeCloseTo(sample.interval[0], 10);
    expect(found.interval[1]).toBeCloseTo(sample.interval[1], 10);
    const isInside = found.interval.every((end) => Math.abs(end) < sample.margin);
    expect(found.isEquivalent).toBe(isInside);
  });

  test('equivalenceToZero: one unit shows nothing, and without spread the mean alone decides', () => {
    expect(equivalenceToZero([0], 0.02)).toMatchObject({ pValue: 1, isEquivalent: false });
    expect(equivalenceToZero([0.01, 0.01, 0.01], 0.02)).toMatchObject({ pValue: 0, isEquivalent: true });
    expect(equivalenceToZero([0.03, 0.03, 0.03], 0.02)).toMatchObject({ pValue: 1, isEquivalent: false });
  });
});
