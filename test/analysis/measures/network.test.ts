/** The network measure: the contract's fields, exact and sampled paths of the same graph, and what it warns of. */
import { describe, expect, test } from 'vitest';
import { measureNetwork } from '../../../analysis/measures/network.ts';
import { genesis, karate, randomEdges } from '../worlds.ts';

const contract = [
  'nodes',
  'edges',
  'density',
  'reciprocity',
  'transitivity',
  'meanLocalClustering',
  'assortativity',
  'meanPathLength',
  'modularity',
  'communities',
  'giantComponentShare',
  'maxCore',
  'degreeGini',
  'method',
  'definition',
  'n',
  'warnings',
];

const replies = {
  nodeCount: genesis.nodeCount,
  sources: Int32Array.from(genesis.sources),
  targets: Int32Array.from(genesis.targets),
};

describe('measureNetwork', () => {
  test('the genesis reply graph: every number of the reference, self-replies left out and counted', () => {
    const measured = measureNetwork(replies, { seed: 1, isolates: 'dropped' });
    const { expected } = genesis;
    expect(measured).toMatchObject({
      nodes: 224,
      edges: 1323,
      largestStrongComponent: 144,
      maxCore: 11,
      diameter: 6,
      giantComponentShare: 1,
    });
    expect(measured.selfLoopsDropped).toBe(expected['self_replies']);
    expect(measured.duplicatesDropped).toBe(expected['interactions'] - expected['edges']);
    expect(measured.density).toBeCloseTo(expected['density'], 12);
    expect(measured.reciprocity).toBeCloseTo(expected['reciprocity_edges'], 12);
    expect(measured.transitivity).toBeCloseTo(expected['transitivity_global'], 12);
    expect(measured.transitivity).toBeCloseTo(0.183393, 6);
    expect(measured.meanLocalClustering).toBeCloseTo(expected['clustering_local_mean_deg2+'], 12);
    expect(measured.assortativity).toBeCloseTo(expected['degree_assortativity_undirected'], 12);
    expect(measured.meanPathLength).toBeCloseTo(expected['avg_path_len_giant'], 12);
    expect(measured.degreeGini).toBeCloseTo(expected['gini_total_degree'], 12);
    expect(measured.degrees.in).toMatchObject({ median: expected['in_median'], max: expected['max_in'] });
    expect(measured.degrees.out.gini).toBeCloseTo(expected['out_gini'], 12);
    expect(measured.modularity).toBeGreaterThan(expected['louvain_Q_unweighted_best_of_10']);
  });

  test('holds every field of the contract, and survives JSON without a hole', () => {
    for (const columns of [replies, { nodeCount: 0, sources: new Int32Array(0), targets: new Int32Array(0) }]) {
      const measured = measureNetwork(columns, { seed: 1 });
      for (const field of contract) expect(measured).toHaveProperty(field);
      expect(JSON.parse(JSON.stringify(measured))).toEqual(measured);
    }
  });

  test('karate reaches the optimal modularity', () => {
    const sources = Int32Array.from(karate.edges, ([source]) => source);
    const targets = Int32Array.from(karate.edges, ([, target]) => target);
    const measured = measureNetwork({ nodeCount: 34, sources, targets }, { seed: 2 });
    expect(measured.modularity).toBeCloseTo(0.41979, 6);
    expect(measured.communities).toBe(4);
  });

  test('sampled paths and wedges: say so, and their intervals cover the exact values', () => {
    const columns = { nodeCount: 1500, ...randomEdges(1500, 9000, 1) };
    const exact = measureNetwork(columns, { seed: 3 });
    const sampled = measureNetwork(columns, { seed: 3, exactPathNodesMax: 100, triangleWorkMax: 0 });
    expect(exact.method).toContain('path lengths exact');
    expect(exact.intervals).toEqual({});
    expect(sampled.method).toContain('512 sampled sources');
    expect(sampled.method).toContain('sampled wedges');
    expect(sampled.diameter).toBeNull();
    for (const field of ['meanPathLength', 'transitivity', 'meanLocalClustering'] as const) {
      const [low, high] = sampled.intervals[field];
      expect(exact[field]).toBeGreaterThan(low);
      expect(exact[field]).toBeLessThan(high);
    }
  });

  test('one seed gives one object; another seed moves only what is sampled', () => {
    const columns = { nodeCount: 400, ...randomEdges(400, 1500, 2) };
    const once = measureNetwork(columns, { seed: 4 });
    expect(measureNetwork(columns, { seed: 4 })).toEqual(once);
    const other = measureNetwork(columns, { seed: 5 });
    expect({ ...other, method: '', modularity: 0, communities: 0 }).toEqual({
      ...once,
      method: '',
      modularity: 0,
      communities: 0,
    });
  });

  test('agents without an edge are nodes unless they are dropped', () => {
    const columns = { nodeCount: 10, sources: Int32Array.of(0), targets: Int32Array.of(1) };
    expect(measureNetwork(columns, { seed: 1 })).toMatchObject({ nodes: 10, giantComponentShare: 0.2 });
    const dropped = measureNetwork(columns, { seed: 1, isolates: 'dropped' });
    expect(dropped).toMatchObject({ nodes: 2, giantComponentShare: 1 });
    expect(dropped.warnings).toContain('8 agents without an edge were left out');
  });
});
