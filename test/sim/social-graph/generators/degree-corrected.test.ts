/** The degree-corrected generator: what it must keep exactly, all ways to match its stubs, and a real graph at other sizes. */
import { describe, expect, test } from 'vitest';
import { findCommunities } from '../../../../analysis/estimators/communities.ts';
import { inDegrees } from '../../../../analysis/estimators/degree.ts';
import { outDegrees, undirected } from '../../../../analysis/estimators/graph.ts';
import { roundedToMargins } from '../../../../sim/social-graph/generators/block-ties.ts';
import { degreeCorrectedGraph, fitDegreeCorrected } from '../../../../sim/social-graph/generators/degree-corrected.ts';
import { stochasticBlockGraph } from '../../../../sim/social-graph/generators/stochastic-block.ts';
import { directedOf, genesis, testStream } from '../../../analysis/worlds.ts';
import { addChance, deviations, excessOf, expectSound, graphOf, reference, statisticsOf } from './graph-checks.ts';
import type { DegreeCorrectedFit } from '../../../../sim/social-graph/generators/degree-corrected.ts';

const erasing = { exchangeTriesMost: 0 };
const exchanging = { exchangeTriesMost: 200 };

/** All orders of some values, repeats counted apart. */
function ordersOf(values: readonly number[]): number[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, i) => ordersOf(values.toSpliced(i, 1)).map((rest) => [value, ...rest]));
}

describe('degreeCorrectedGraph', () => {
  test('degreeCorrectedGraph: erased ties come as often as among all ways to match stubs that keep the ties of blocks', () => {
    const fit: DegreeCorrectedFit = {
      blockCount: 2,
      blockOf: Int32Array.of(0, 0, 1, 1),
      outDegree: Int32Array.of(2, 2, 1, 1),
      inDegree: Int32Array.of(2, 2, 1, 1),
      tieCount: Float64Array.of(3, 1, 1, 1),
    };
    const stubs = [0, 0, 1, 1, 2, 3];
    const legal = ordersOf(stubs).filter((order) => {
      const tieCount = [0, 0, 0, 0];
      order.forEach((to, i) => tieCount[2 * fit.blockOf[stubs[i]] + fit.blockOf[to]]++);
      return tieCount.join() === '3,1,1,1';
    });
    const exact = new Map<string, number>();
    for (const order of legal) {
      const ties = order.map((to, i) => [stubs[i], to]);
      const single = new Set(ties.filter(([a, b]) => a !== b).map((tie) => tie.join('>')));
      const selfTies = ties.filter(([a, b]) => a === b).length;
      addChance(exact, `${selfTies} ${ties.length - selfTies - single.size}`, 1 / legal.length);
    }
    expect(exact.size).toBeGreaterThan(5);
    const outcome = (seed: number) => {
      const { selfTieCount, doubleTieCount } = degreeCorrectedGraph(seed, 4, fit, erasing);
      return `${selfTieCount} ${doubleTieCount}`;
    };
    expect(excessOf(exact, 20_000, outcome)).toBeLessThan(4);
  });

  const density = Float64Array.of(0.03, 0.004, 0.001, 0.006, 0.02, 0.002, 0.003, 0, 0.05);
  const blockOf = Uint8Array.from({ length: 900 }, (_, agent) => (agent % 9 < 4 ? 0 : agent % 9 < 7 ? 1 : 2));
  const observed = stochasticBlockGraph(5, blockOf, { density });
  const fit = fitDegreeCorrected(observed, blockOf);

  test('fitDegreeCorrected: degrees and ties between blocks are those of a count over pairs', () => {
    const tieCount = new Float64Array(9);
    for (let agent = 0; agent < 900; agent++) {
      for (const other of observed.followee.subarray(observed.followOffset[agent], observed.followOffset[agent + 1])) {
        tieCount[blockOf[agent] * 3 + blockOf[other]]++;
      }
    }
    expect([...fit.tieCount]).toEqual([...tieCount]);
    expect([...fit.inDegree]).toEqual([...inDegrees(graphOf(observed))]);
    expect([...fit.outDegree]).toEqual([...outDegrees(graphOf(observed))]);
  });

  test('degreeCorrectedGraph: of as many agents it has the degrees and the ties of blocks observed, less what it says it erased', () => {
    const graph = degreeCorrectedGraph(12, 900, fit, erasing);
    expectSound(graph, 900);
    const made = fitDegreeCorrected(graph, graph.blockOf);
    const erased = graph.selfTieCount + graph.doubleTieCount;
    expect(graph.surplusCount).toBe(0);
    expect(graph.followee.length + erased).toBe(observed.followee.length);
    for (const [before, after] of [
      [fit.inDegree.toSorted(), made.inDegree.toSorted()],
      [fit.outDegree.toSorted(), made.outDegree.toSorted()],
      [fit.tieCount, made.tieCount],
    ] as const) {
      const lost = Array.from(before, (value, i) => value - after[i]);
      expect(Math.min(...lost)).toBe(0);
      expect(lost.reduce((a, b) => a + b)).toBe(erased);
    }
    expect([...made.blockOf.toSorted()]).toEqual([...fit.blockOf.toSorted()]);
  });

  test('degreeCorrectedGraph: where ties find others to exchange with, degrees and ties of blocks are exactly those observed', () => {
    const graph = degreeCorrectedGraph(12, 900, fit, exchanging);
    expectSound(graph, 900);
    expect(graph.exchangedCount).toBeGreaterThan(50);
    expect(graph.selfTieCount + graph.doubleTieCount).toBe(0);
    const made = fitDegreeCorrected(graph, graph.blockOf);
    expect([...made.tieCount]).toEqual([...fit.tieCount]);
    const triples = (of: DegreeCorrectedFit): string[] =>
      Array.from(of.blockOf, (block, i) => [block, of.inDegree[i], of.outDegree[i]].join()).sort();
    expect(triples(made)).toEqual(triples(fit));
  });

  test('degreeCorrectedGraph: where an agent stands says nothing about its block', () => {
    const graph = degreeCorrectedGraph(3, 9000, fit, erasing);
    const firstHalf = graph.blockOf.subarray(0, 4500).filter((block) => block === 0).length;
    // 4,000 of 9,000 are of block 0, so that half of them in the first half is hypergeometric with a variance of 556.
    expect(Math.abs(firstHalf - 2000)).toBeLessThan(4 * Math.sqrt(556));
  });

  test('degreeCorrectedGraph: with one block it is the configuration model, within 4.5 standard errors of networkx', () => {
    const model = reference.models['configuration'];
    const { inDegree, outDegree } = model.parameters as { inDegree: number[]; outDegree: number[] };
    const one: DegreeCorrectedFit = {
      blockCount: 1,
      blockOf: new Int32Array(reference.count),
      outDegree: Int32Array.from(outDegree),
      inDegree: Int32Array.from(inDegree),
      tieCount: Float64Array.of(inDegree.reduce((a, b) => a + b)),
    };
    const rows = Array.from({ length: 24 }, (_, seed) => {
      const graph = degreeCorrectedGraph(seed, reference.count, one, erasing);
      const { selfTieCount, doubleTieCount } = graph;
      return { ...statisticsOf(graph), selfTieCount, doubleTieCount };
    });
    expect(deviations(rows, model)[0][1]).toBeLessThan(4.5);
  });

  test('degreeCorrectedGraph: small, empty and tieless cases are sound', () => {
    for (const count of [0, 1, 2, 3, 17, 450]) expectSound(degreeCorrectedGraph(1, count, fit, exchanging), count);
    const bare = fitDegreeCorrected(
      { followOffset: new Int32Array(4), followee: new Int32Array(0) },
      new Uint8Array(3),
    );
    expect(degreeCorrectedGraph(1, 10, bare, exchanging).followee.length).toBe(0);
  });
});

describe('degreeCorrectedGraph of a real graph: who replied to whom on MoltBook, with its communities', () => {
  const real = directedOf(
    genesis.nodeCount,
    genesis.sources.map((source, i) => [source, genesis.targets[i]] as const),
  );
  const rows = { followOffset: Int32Array.from(real.offsets), followee: real.targets };
  const { community } = findCommunities(undirected(real), testStream(1));
  const fit = fitDegreeCorrected(rows, Int32Array.from(community));

  /** The greatest difference of two distribution functions. */
  function distance(x: Int32Array, y: Int32Array): number {
    const most = Math.max(...x, ...y);
    const shareUpTo = (values: Int32Array, k: number) => values.filter((one) => one <= k).length / values.length;
    return Math.max(...Array.from({ length: most + 1 }, (_, k) => Math.abs(shareUpTo(x, k) - shareUpTo(y, k))));
  }

  test.each([100, 233, 1000, 10_000])(
    'degreeCorrectedGraph: at %i agents degrees and blocks are distributed as observed, but for ties that are counted as lost',
    (count) => {
      const graph = degreeCorrectedGraph(7, count, fit, exchanging);
      const made = fitDegreeCorrected(graph, graph.blockOf);
      const lostCount = graph.selfTieCount + graph.doubleTieCount + graph.surplusCount;
      expectSound(graph, count);
      // An agent more or less at each degree, and each lost tie moves one agent by one degree.
      const slack = 2 / Math.min(count, genesis.nodeCount) + lostCount / count;
      expect(distance(made.inDegree, fit.inDegree)).toBeLessThan(slack);
      expect(distance(made.outDegree, fit.outDegree)).toBeLessThan(slack);
      for (let block = 0; block < fit.blockCount; block++) {
        const size = (of: Int32Array) => of.filter((one) => one === block).length;
        const expected = (size(fit.blockOf) * count) / genesis.nodeCount;
        expect(Math.abs(size(graph.blockOf) - expected)).toBeLessThanOrEqual(1);
      }
    },
  );

  test('degreeCorrectedGraph: from 1,000 agents on nothing is erased, and few of the ties are between other blocks than observed', () => {
    for (const [count, movedMost] of [
      [1000, 0.03],
      [10_000, 0.003],
    ] as const) {
      const graph = degreeCorrectedGraph(7, count, fit, exchanging);
      expect(graph.selfTieCount + graph.doubleTieCount).toBe(0);
      const { tieCount } = fitDegreeCorrected(graph, graph.blockOf);
      const share = (cells: Float64Array, cell: number) => cells[cell] / cells.reduce((a, b) => a + b);
      const moved = fit.tieCount.reduce(
        (sum, _, i) => sum + Math.abs(share(tieCount, i) - share(fit.tieCount, i)) / 2,
        0,
      );
      expect(moved).toBeLessThan(movedMost);
    }
  });

  test('degreeCorrectedGraph: of the 233 agents themselves a fifth of the ties is lost by erasing and a tenth after exchanges', () => {
    const lostShare = (parameters: typeof erasing): number => {
      const graph = degreeCorrectedGraph(7, genesis.nodeCount, fit, parameters);
      return (graph.selfTieCount + graph.doubleTieCount) / rows.followee.length;
    };
    expect(lostShare(erasing)).toBeGreaterThan(0.15);
    expect(lostShare(exchanging)).toBeLessThan(0.1);
  });
});

describe('roundedToMargins', () => {
  const sumsOf = (cells: Float64Array, count: number) => ({
    row: Float64Array.from({ length: count }, (_, a) =>
      cells.subarray(a * count, (a + 1) * count).reduce((x, y) => x + y, 0),
    ),
    column: Float64Array.from({ length: count }, (_, b) =>
      cells.filter((_, i) => i % count === b).reduce((x, y) => x + y, 0),
    ),
  });

  test('roundedToMargins: whole numbers that have the sums come back unchanged', () => {
    const cells = Float64Array.from({ length: 400 }, (_, i) => (i * i) % 37);
    expect([...roundedToMargins(cells, sumsOf(cells, 20), testStream(1))]).toEqual([...cells]);
  });

  test('roundedToMargins: sums are exact and cells are whole, for any matrix and for sums that it cannot have', () => {
    for (let seed = 0; seed < 200; seed++) {
      const stream = testStream(seed);
      const weight = Float64Array.from({ length: 36 }, () => Math.max(0, stream.below(9) - 5) * stream.uniform());
      const target = sumsOf(
        Float64Array.from({ length: 36 }, () => stream.below(7)),
        6,
      );
      const whole = roundedToMargins(weight, target, stream);
      expect(whole.every((ties) => ties >= 0 && Number.isInteger(ties))).toBe(true);
      expect(sumsOf(whole, 6)).toEqual(target);
    }
  });

  test('roundedToMargins: small cells of a sparse matrix are kept on average and not rounded away', () => {
    const count = 12;
    const weight = Float64Array.from({ length: count * count }, (_, i) =>
      i % count === Math.floor(i / count) ? 3.4 : 0.2,
    );
    const margins = { row: new Float64Array(count).fill(6), column: new Float64Array(count).fill(6) };
    const mean = new Float64Array(count * count);
    for (let seed = 0; seed < 400; seed++) {
      roundedToMargins(weight, margins, testStream(seed)).forEach((ties, cell) => (mean[cell] += ties / 400));
    }
    const off = mean.filter((_, i) => i % count !== Math.floor(i / count));
    const expected = (6 * 0.2) / 5.6;
    expect(Math.abs(off.reduce((a, b) => a + b) / off.length - expected)).toBeLessThan(0.1 * expected);
    // Nor do first or last columns get what others should: 0.0205 is the standard error of a cell.
    expect(Math.max(...off) - expected).toBeLessThan(5 * 0.0205);
    expect(expected - Math.min(...off)).toBeLessThan(5 * 0.0205);
  });
});
