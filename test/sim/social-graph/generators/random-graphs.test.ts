/** Erdős-Rényi, block model and small world against exact distributions of few agents, the bare ring, and sets of ties. */
import { describe, expect, test } from 'vitest';
import { erdosRenyiGraph } from '../../../../sim/social-graph/generators/erdos-renyi.ts';
import { homophilyDensity, stochasticBlockGraph } from '../../../../sim/social-graph/generators/stochastic-block.ts';
import { graphDraws, graphStream } from '../../../../sim/social-graph/generators/streams.ts';
import { wattsStrogatzGraph } from '../../../../sim/social-graph/generators/watts-strogatz.ts';
import { excessOf, expectSound, independentTies, reciprocatedTies, spelled, spelledPairs } from './graph-checks.ts';

/** Chi-squares may lie this many standard deviations above their mean. */
const excessMost = 4;

describe('erdosRenyiGraph', () => {
  test('erdosRenyiGraph: each of the 64 graphs of three agents comes as often as independent ties have it', () => {
    const share = 0.35;
    const outcome = (seed: number) => spelled(erdosRenyiGraph(seed, 3, { followsMean: 2 * share }));
    expect(
      excessOf(
        independentTies(3, () => share),
        20_000,
        outcome,
      ),
    ).toBeLessThan(excessMost);
  });

  test('erdosRenyiGraph: with reciprocated ties, as often as tied pairs that run both ways or one way have it', () => {
    const parameters = { followsMean: 0.91, reciprocatedShare: 0.3 };
    const exact = reciprocatedTies(3, () => 0.7, 0.3);
    expect(excessOf(exact, 20_000, (seed) => spelled(erdosRenyiGraph(seed, 3, parameters)))).toBeLessThan(excessMost);
  });

  test('erdosRenyiGraph: the number of ties has the mean and the variance of a binomial', () => {
    const counts = Array.from(
      { length: 400 },
      (_, seed) => erdosRenyiGraph(seed, 200, { followsMean: 5 }).followee.length,
    );
    const variance = 200 * 5 * (1 - 5 / 199);
    const mean = counts.reduce((a, b) => a + b, 0) / 400;
    const squares = counts.reduce((sum, one) => sum + (one - 1000) ** 2, 0);
    expect(Math.abs(mean - 1000)).toBeLessThan(4 * Math.sqrt(variance / 400));
    // The sum of squares over the variance is chi-square with 400 degrees of freedom.
    expect(Math.abs(squares / variance - 400)).toBeLessThan(4 * Math.sqrt(800));
  });

  test('erdosRenyiGraph: nobody to follow, no ties; a mean of n - 1 or more, all ties', () => {
    for (const count of [0, 1, 2, 9]) {
      const most = Math.max(0, count * (count - 1));
      for (const reciprocatedShare of [undefined, 1]) {
        expect(erdosRenyiGraph(1, count, { followsMean: 0, reciprocatedShare }).followee.length).toBe(0);
        expect(erdosRenyiGraph(1, count, { followsMean: 100, reciprocatedShare }).followee.length).toBe(most);
      }
    }
  });
});

describe('stochasticBlockGraph', () => {
  const blockOf = Uint8Array.of(0, 1, 0);

  test('stochasticBlockGraph: each graph of three agents in two blocks comes as often as its densities have it', () => {
    const density = Float64Array.of(0.5, 0.2, 0.7, 0.9);
    const exact = independentTies(3, (a, b) => density[blockOf[a] * 2 + blockOf[b]]);
    const outcome = (seed: number) => spelled(stochasticBlockGraph(seed, blockOf, { density }));
    expect(excessOf(exact, 20_000, outcome)).toBeLessThan(excessMost);
  });

  test('stochasticBlockGraph: with reciprocated ties densities of follows stay, and ties run both ways as often as asked', () => {
    const density = Float64Array.of(0.5, 0.2, 0.2, 0.9);
    const exact = reciprocatedTies(3, (a, b) => (2 * density[blockOf[a] * 2 + blockOf[b]]) / 1.25, 0.25);
    const outcome = (seed: number) =>
      spelled(stochasticBlockGraph(seed, blockOf, { density, reciprocatedShare: 0.25 }));
    expect(excessOf(exact, 20_000, outcome)).toBeLessThan(excessMost);
  });

  test('stochasticBlockGraph: densities that differ between directions are refused where ties are reciprocated', () => {
    const density = Float64Array.of(0.5, 0.2, 0.3, 0.9);
    expect(() => stochasticBlockGraph(1, blockOf, { density, reciprocatedShare: 0.1 })).toThrow(/^INPUT_COMBINATION /);
  });

  test('homophilyDensity: everybody follows the mean, and the share asked for, beyond chance, in the own block', () => {
    const count = 6000;
    const sizes = [3000, 2000, 1000];
    const block = Uint8Array.from({ length: count }, (_, agent) => (agent % 6 < 3 ? 0 : agent % 6 < 5 ? 1 : 2));
    const density = homophilyDensity(block, 3, { followsMean: 12, homophilyShare: 0.4 });
    const { followOffset, followee } = stochasticBlockGraph(8, block, { density });
    const near = [0, 0, 0];
    const all = [0, 0, 0];
    for (let agent = 0; agent < count; agent++) {
      for (let i = followOffset[agent]; i < followOffset[agent + 1]; i++) {
        all[block[agent]]++;
        if (block[followee[i]] === block[agent]) near[block[agent]]++;
      }
    }
    sizes.forEach((size, a) => {
      const nearShare = 0.4 + 0.6 * ((size - 1) / (count - 1));
      expect(Math.abs(all[a] - 12 * size)).toBeLessThan(4 * Math.sqrt(12 * size));
      expect(Math.abs(near[a] - nearShare * all[a])).toBeLessThan(4 * Math.sqrt(all[a] * nearShare * (1 - nearShare)));
    });
  });

  test('homophilyDensity: who is alone in a block follows others, and a block too small for its share is tied throughout', () => {
    const block = Uint8Array.from({ length: 200 }, (_, agent) => (agent === 0 ? 0 : agent < 4 ? 1 : 2));
    const density = homophilyDensity(block, 3, { followsMean: 20, homophilyShare: 0.5 });
    const graph = stochasticBlockGraph(2, block, { density });
    expectSound(graph, 200);
    expect(graph.followOffset[1]).toBeGreaterThan(0);
    expect([...graph.followee.subarray(graph.followOffset[1], graph.followOffset[1] + 3)]).toContain(2);
    expect(density[4]).toBe(1);
  });
});

/** The algorithm of the paper over sets, with the same draws. */
function smallWorldOfSets(seed: number, count: number, half: number, rewiredShare: number): string {
  const stream = graphStream(seed, graphDraws.rewiring);
  const tied = Array.from({ length: count }, () => new Set<number>());
  const kept = new Map<string, number>();
  const tie = (a: number, b: number): void => void (tied[a].add(b), tied[b].add(a));
  for (let agent = 0; agent < count; agent++) {
    for (let step = 1; step <= half; step++) tie(agent, (agent + step) % count);
  }
  for (let step = 1; step <= half; step++) {
    for (let agent = 0; agent < count; agent++) {
      const old = (agent + step) % count;
      kept.set(`${agent} ${step}`, old);
      if (stream.uniform() >= rewiredShare || tied[agent].size >= count - 1) continue;
      let other = stream.below(count);
      while (other === agent || tied[agent].has(other)) other = stream.below(count);
      tied[agent].delete(old);
      tied[old].delete(agent);
      tie(agent, other);
      kept.set(`${agent} ${step}`, other);
    }
  }
  const both = [...kept].flatMap(([key, other]): [number, number][] => {
    const agent = Number(key.split(' ')[0]);
    return [
      [agent, other],
      [other, agent],
    ];
  });
  return spelledPairs(both);
}

describe('wattsStrogatzGraph', () => {
  test('wattsStrogatzGraph: with nothing rewired it is the ring', () => {
    for (const [count, neighbourCount] of [
      [10, 4],
      [11, 10],
      [12, 10],
      [50, 6],
    ] as const) {
      const graph = wattsStrogatzGraph(3, count, { neighbourCount, rewiredShare: 0, reciprocatedShare: 1 });
      const ring: [number, number][] = [];
      for (let a = 0; a < count; a++) {
        for (let b = 0; b < count; b++) {
          const gap = Math.min((a - b + count) % count, (b - a + count) % count);
          if (a !== b && gap <= neighbourCount / 2) ring.push([a, b]);
        }
      }
      expect(spelled(graph)).toBe(spelledPairs(ring));
    }
  });

  test('wattsStrogatzGraph: rewires as sets of ties do with the same draws, sparse, dense and complete', () => {
    for (let seed = 0; seed < 40; seed++) {
      for (const [count, half, rewiredShare] of [
        [30, 3, 0.2],
        [9, 3, 1],
        [8, 3, 0.7],
        [7, 3, 1],
      ] as const) {
        const parameters = { neighbourCount: 2 * half, rewiredShare, reciprocatedShare: 1 };
        const graph = wattsStrogatzGraph(seed, count, parameters);
        expect(spelled(graph)).toBe(smallWorldOfSets(seed, count, half, rewiredShare));
      }
    }
  });

  test('wattsStrogatzGraph: populations too small for their neighbours get the densest ring that fits', () => {
    const tieCounts = [0, 1, 2, 3, 4, 5].map((count) => {
      const graph = wattsStrogatzGraph(1, count, { neighbourCount: 20, rewiredShare: 0.5, reciprocatedShare: 1 });
      expectSound(graph, count);
      return graph.followee.length;
    });
    expect(tieCounts).toEqual([0, 0, 0, 6, 8, 20]);
  });
});
