/** Power laws of degrees against their distribution function, and matched stubs against all ways to match them. */
import { describe, expect, test } from 'vitest';
import { configurationGraph, graphOfDegrees } from '../../../../sim/social-graph/generators/configuration.ts';
import {
  leastOf,
  matchTotals,
  powerLawDegrees,
  shuffled,
  totalOf,
} from '../../../../sim/social-graph/generators/degrees.ts';
import { inDegrees } from '../../../../analysis/estimators/degree.ts';
import { outDegrees } from '../../../../analysis/estimators/graph.ts';
import { testStream } from '../../../analysis/worlds.ts';
import { addChance, excessOf, expectSound, graphOf, spelled, spelledPairs } from './graph-checks.ts';

/** All orders of the values 0 .. count - 1. */
function orders(count: number): number[][] {
  if (count === 0) return [[]];
  return orders(count - 1).flatMap((rest) =>
    Array.from({ length: count }, (_, at) => [...rest.slice(0, at), count - 1, ...rest.slice(at)]),
  );
}

describe('graphOfDegrees', () => {
  test('graphOfDegrees: each erased graph comes as often as among all ways to match its stubs', () => {
    const followers = [0, 0, 1, 2, 2];
    const followees = [0, 1, 1, 2, 3];
    const exact = new Map<string, number>();
    const all = orders(5);
    for (const order of all) {
      const pairs = order.map((stub, i) => [followers[i], followees[stub]] as const).filter(([a, b]) => a !== b);
      const single = new Map(pairs.map((pair) => [pair.join('>'), pair]));
      addChance(exact, spelledPairs([...single.values()]), 1 / all.length);
    }
    const degrees = { outDegree: Int32Array.of(2, 1, 2, 0), inDegree: Int32Array.of(1, 2, 1, 1) };
    expect(excessOf(exact, 20_000, (seed) => spelled(graphOfDegrees(seed, degrees)))).toBeLessThan(4);
  });

  test('graphOfDegrees: ties and erased ties add up to the stubs, and no degree exceeds what was asked', () => {
    const outDegree = Int32Array.from({ length: 500 }, (_, i) => (i * 7) % 13);
    const inDegree = Int32Array.from({ length: 500 }, (_, i) => (i < 5 ? 300 : i % 4 === 0 ? 0 : 4));
    const graph = graphOfDegrees(3, { outDegree, inDegree });
    expectSound(graph, 500);
    const { selfTieCount, doubleTieCount, surplusCount } = graph;
    expect(surplusCount).toBe(Math.abs(totalOf(outDegree) - totalOf(inDegree)));
    expect(graph.followee.length + selfTieCount + doubleTieCount).toBe(Math.min(totalOf(outDegree), totalOf(inDegree)));
    expect(inDegrees(graphOf(graph)).every((degree, agent) => degree <= inDegree[agent])).toBe(true);
    expect(outDegrees(graphOf(graph)).every((degree, agent) => degree <= outDegree[agent])).toBe(true);
  });

  test('graphOfDegrees: where nothing can be erased, degrees are exact', () => {
    // Agents 0 .. 99 follow one of agents 100 .. 199 each.
    const outDegree = Int32Array.from({ length: 200 }, (_, i) => (i < 100 ? 1 : 0));
    const inDegree = Int32Array.from({ length: 200 }, (_, i) => (i < 100 ? 0 : i < 110 ? 10 : 0));
    const graph = graphOf(graphOfDegrees(9, { outDegree, inDegree }));
    expect([...outDegrees(graph)]).toEqual([...outDegree]);
    expect([...inDegrees(graph)]).toEqual([...inDegree]);
  });
});

describe('matchTotals', () => {
  test('matchTotals: takes the difference from the larger sequence, drawn evenly over its ties', () => {
    const tally = [0, 0, 0];
    for (let seed = 0; seed < 3000; seed++) {
      const inDegree = Int32Array.of(1, 3, 6);
      expect(matchTotals(seed, Int32Array.of(4, 2, 0), inDegree)).toBe(4);
      expect(totalOf(inDegree)).toBe(6);
      [1, 3, 6].forEach((degree, agent) => (tally[agent] += degree - inDegree[agent]));
    }
    // 4 of 10 ties are taken: of the last agent's 6, 2.4 a time, with a hypergeometric variance of 0.64.
    expect(Math.abs(tally[2] - 3000 * 2.4)).toBeLessThan(4 * Math.sqrt(3000 * 0.64));
    expect(Math.abs(tally[0] - 3000 * 0.4)).toBeLessThan(4 * Math.sqrt(3000 * 0.24));
  });
});

describe('shuffled', () => {
  test('shuffled: a permutation, in which where a value goes says nothing about where it was, nor its neighbours about it', () => {
    const count = 160_000;
    const order = shuffled(
      Int32Array.from({ length: count }, (_, i) => i),
      testStream(8),
    );
    expect([...order.toSorted()]).toEqual(Array.from({ length: count }, (_, i) => i));
    const placed = new Int32Array(400);
    const beside = new Int32Array(400);
    order.forEach((value, i) => {
      const from = Math.floor(value / 8000);
      placed[from * 20 + Math.floor(i / 8000)]++;
      if (i > 0) beside[from * 20 + Math.floor(order[i - 1] / 8000)]++;
    });
    // Both margins are fixed: 19 x 19 degrees of freedom, standard deviation 26.9.
    for (const table of [placed, beside]) {
      const chi2 = table.reduce((sum, cell) => sum + (cell - 400) ** 2 / 400, 0);
      expect(Math.abs(chi2 - 361)).toBeLessThan(4 * 26.9);
    }
  });

  test('shuffled: ends of a long array change places as often as chance has it', () => {
    const values = Int32Array.from({ length: 40_000 }, (_, i) => i);
    const isBefore = (seed: number) => {
      const order = shuffled(values.slice(), testStream(seed));
      return order.indexOf(0) < order.indexOf(39_999) ? 1 : 0;
    };
    const count = Array.from({ length: 200 }, (_, seed) => isBefore(seed)).reduce((a: number, b) => a + b, 0);
    expect(Math.abs(count - 100)).toBeLessThan(4 * Math.sqrt(50));
  });
});

describe('powerLawDegrees', () => {
  const count = 200_000;

  test.each([
    [12, 2.276, 4000],
    [3, 2, 500],
    [0.4, 1.5, 100],
    [20, 3.5, 1000],
  ])(
    'powerLawDegrees: mean %d, exponent %d, most %d: shares of agents with k or more are those of the law',
    (mean, exponent, most) => {
      const degrees = powerLawDegrees(count, { mean, exponent, most }, testStream(31));
      const least = leastOf({ mean, exponent, most });
      // P(floor or next >= k) is the mean over [k - 1, k] of P(x >= y), by the rule of 1000 rectangles.
      const upper = (y: number): number => {
        const at = Math.min(most, Math.max(least, y));
        return (at ** (1 - exponent) - most ** (1 - exponent)) / (least ** (1 - exponent) - most ** (1 - exponent));
      };
      for (const k of [1, 2, 5, 20, 80]) {
        const share =
          Array.from({ length: 1000 }, (_, i) => upper(k - 1 + (i + 0.5) / 1000)).reduce((a, b) => a + b) / 1000;
        const found = degrees.reduce((sum, one) => sum + (one >= k ? 1 : 0), 0);
        expect(Math.abs(found - share * count)).toBeLessThan(4.5 * Math.sqrt(share * (1 - share) * count) + 1);
      }
      const average = totalOf(degrees) / count;
      const variance = degrees.reduce((sum, one) => sum + (one - average) ** 2, 0) / count;
      expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(variance / count));
      expect(Math.max(...degrees.slice(0, 50_000))).toBeLessThanOrEqual(most);
    },
  );

  test('powerLawDegrees: no mean, nobody tied; a mean at the bound, everybody at the bound; nobody above n - 1', () => {
    const degreesOf = (n: number, mean: number, most: number) =>
      powerLawDegrees(n, { mean, exponent: 2.5, most }, testStream(1));
    expect([...degreesOf(4, 0, 3)]).toEqual([0, 0, 0, 0]);
    expect([...degreesOf(4, 9, 9)]).toEqual([3, 3, 3, 3]);
    expect(Math.max(...degreesOf(50, 20, 10_000))).toBeLessThanOrEqual(49);
    expect(degreesOf(0, 3, 9).length).toBe(0);
  });
});

describe('configurationGraph', () => {
  test('configurationGraph: sound from one agent up, and the mean is kept but for what is counted as left out', () => {
    for (const count of [0, 1, 2, 5, 3000]) {
      const parameters = { followsMean: 6, outExponent: 3, outMost: 200, inExponent: 2.276, inMost: 1000 };
      const graph = configurationGraph(2, count, parameters);
      expectSound(graph, count);
      if (count < 3000) continue;
      const { selfTieCount, doubleTieCount, surplusCount } = graph;
      const drawn = (2 * (graph.followee.length + selfTieCount + doubleTieCount) + surplusCount) / 2 / count;
      expect(Math.abs(drawn - 6)).toBeLessThan(0.8);
    }
  });
});
