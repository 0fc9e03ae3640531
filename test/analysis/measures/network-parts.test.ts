/** Centrality, motifs and bow tie as measures: exact and sampled, their intervals, and what they warn of. */
import { describe, expect, test } from 'vitest';
import { measureBowTie } from '../../../analysis/measures/network-bow-tie.ts';
import { measureCentrality } from '../../../analysis/measures/network-centrality.ts';
import { LayerGraph } from '../../../analysis/measures/network-layer.ts';
import { measureMotifs } from '../../../analysis/measures/network-motifs.ts';
import { triadTypes } from '../../../analysis/estimators/triad-types.ts';
import { genesis, matrixOf, randomEdges } from '../worlds.ts';

const replies = {
  nodeCount: genesis.nodeCount,
  sources: Int32Array.from(genesis.sources),
  targets: Int32Array.from(genesis.targets),
};
const layer = LayerGraph.of({ nodeCount: 300, ...randomEdges(300, 4000, 5) });

describe('measureMotifs', () => {
  test('sampled: says so, and the transitive share and closed counts lie near the exact ones', () => {
    const exact = measureMotifs(layer, 1);
    const sampled = measureMotifs(layer, 1, 0);
    expect(exact.method).toContain('exact');
    expect(sampled.method).toContain('1000000 of the undirected graph’s wedges');
    for (const type of triadTypes) {
      const [low, high] = sampled.triads[type].interval ?? [NaN, NaN];
      expect(high - low).toBeLessThan(0.2 * exact.triads[type].count + 1000);
      expect(exact.triads[type].interval).toBeUndefined();
    }
    expect(sampled.transitiveShare).toBeCloseTo(exact.transitiveShare ?? NaN, 2);
  });

  test('transitive share: what a walk over all paths of two ties counts', () => {
    const has = matrixOf(layer.graph);
    let [paths, closed] = [0, 0];
    for (let a = 0; a < 300; a++)
      for (let b = 0; b < 300; b++)
        for (let c = 0; has[a][b] && c < 300; c++) {
          if (!has[b][c] || a === c) continue;
          paths++;
          if (has[a][c]) closed++;
        }
    expect(measureMotifs(layer, 1).transitiveShare).toBeCloseTo(closed / paths, 12);
  });
});

test('measureBowTie: the core of the genesis replies holds the 144 agents of the reference', () => {
  const { sizes, shares, nodes } = measureBowTie(LayerGraph.of(replies, 'dropped'));
  expect(sizes.core).toBe(144);
  expect(Object.values(sizes).reduce((sum, size) => sum + size, 0)).toBe(nodes);
  expect(shares.core).toBeCloseTo(144 / 224, 12);
});

describe('measureCentrality', () => {
  test('small layers are exact, without an interval, and name agents by their old rows', () => {
    const kept = measureCentrality(LayerGraph.of(replies, 'kept'), 1);
    const dropped = measureCentrality(LayerGraph.of(replies, 'dropped'), 1);
    expect(kept.betweenness).toMatchObject({ isExact: true, pivots: 233 });
    expect(kept.betweenness.meanInterval).toBeUndefined();
    expect(dropped.betweenness.top.map(({ agent }) => agent)).toEqual(kept.betweenness.top.map(({ agent }) => agent));
  });

  test('many agents: pivots are sampled, and the mean lies in its interval; no Gini is given', () => {
    const big = LayerGraph.of({ nodeCount: 40_000, ...randomEdges(40_000, 200_000, 9) });
    const { betweenness, pageRank, method, warnings } = measureCentrality(big, 3);
    expect(betweenness.isExact).toBe(false);
    expect(betweenness.pivots).toBeLessThan(40_000);
    const [low, high] = betweenness.meanInterval ?? [NaN, NaN];
    expect(betweenness.mean).toBeGreaterThan(low);
    expect(betweenness.mean).toBeLessThan(high);
    expect(betweenness.gini).toBeNull();
    expect(pageRank.gini).toBeGreaterThan(0);
    expect(method).toContain('pivots');
    expect(warnings.join()).toContain('highest estimates');
    for (const { value, interval } of betweenness.top) {
      expect(value).toBeGreaterThanOrEqual(interval?.[0] ?? NaN);
      expect(value).toBeLessThanOrEqual(interval?.[1] ?? NaN);
    }
  });

  test('a layer without ties has measures and no hole in its JSON', () => {
    const empty = LayerGraph.of({ nodeCount: 0, sources: new Int32Array(0), targets: new Int32Array(0) });
    for (const measured of [measureCentrality(empty, 1), measureMotifs(empty, 1), measureBowTie(empty)])
      expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
  });
});
