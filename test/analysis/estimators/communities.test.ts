/** Modularity against its double sum, and Louvain and Leiden on graphs whose answer is known. */
import { describe, expect, test } from 'vitest';
import { findCommunities } from '../../../analysis/estimators/communities.ts';
import { connectedComponents } from '../../../analysis/estimators/components.ts';
import { graphFromEdges, inducedSubgraph, outDegrees, undirected } from '../../../analysis/estimators/graph.ts';
import type { Graph } from '../../../analysis/estimators/graph.ts';
import {
  attributeAssortativity,
  externalInternalIndex,
  modularityOf,
} from '../../../analysis/estimators/modularity.ts';
import type { Partition } from '../../../analysis/estimators/modularity.ts';
import { genesis, karate, karateGraph, matrixOf, randomGraph, testStream, undirectedOf } from '../worlds.ts';

const factions: Partition = { community: Int32Array.from(karate.faction), communityCount: 2 };

function modularityByPairs(symmetric: Graph, { community }: Partition, resolution: number): number {
  const joined = matrixOf(symmetric);
  const degree = outDegrees(symmetric);
  const ends = symmetric.targets.length;
  let sum = 0;
  for (let a = 0; a < degree.length; a++) {
    for (let b = 0; b < degree.length; b++) {
      if (community[a] === community[b]) sum += Number(joined[a][b]) - (resolution * degree[a] * degree[b]) / ends;
    }
  }
  return sum / ends;
}

/** Eight cliques of six in a ring, joined by single edges: the cliques are the communities. */
function ringOfCliques(): Graph {
  const edges: [number, number][] = [];
  for (let clique = 0; clique < 8; clique++) {
    for (let a = 0; a < 6; a++) for (let b = 0; b < a; b++) edges.push([clique * 6 + a, clique * 6 + b]);
    edges.push([clique * 6, ((clique + 1) % 8) * 6 + 1]);
  }
  return undirectedOf(48, edges);
}

describe('modularityOf', () => {
  test.each([0.5, 1, 2])('equals the sum over all pairs of nodes (resolution %d)', (resolution) => {
    const symmetric = undirected(randomGraph(30, 90, 1));
    const partition = { community: Int32Array.from({ length: 30 }, (_, node) => (node * 7) % 4), communityCount: 4 };
    expect(modularityOf(symmetric, partition, resolution)).toBeCloseTo(
      modularityByPairs(symmetric, partition, resolution),
      12,
    );
  });

  test('karate by faction: modularity, E-I index and attribute assortativity as printed', () => {
    expect(modularityOf(karateGraph, factions)).toBeCloseTo(0.358235, 6);
    expect(externalInternalIndex(karateGraph, factions)).toBeCloseTo(-0.717949, 6);
    expect(attributeAssortativity(karateGraph, factions)).toBeCloseTo(0.717531, 6);
  });
});

describe('findCommunities', () => {
  test('Louvain: karate lands in [0.392, 0.4198] for every seed', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { modularity } = findCommunities(karateGraph, testStream(seed), { algorithm: 'louvain' });
      expect(modularity).toBeGreaterThanOrEqual(0.392);
      expect(modularity).toBeLessThan(0.41979003);
    }
  });

  test('Leiden: karate reaches the optimum 0.419790 with 4 communities within ten starts', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { modularity, communityCount } = findCommunities(karateGraph, testStream(seed), { restartCount: 10 });
      expect(modularity).toBeCloseTo(0.41979, 6);
      expect(communityCount).toBe(4);
    }
  });

  test('Leiden: the genesis reply graph scores above the best of ten Louvain runs of networkx', () => {
    const { graph } = graphFromEdges(
      genesis.nodeCount,
      Int32Array.from(genesis.sources),
      Int32Array.from(genesis.targets),
    );
    const found = findCommunities(undirected(graph), testStream(1), { restartCount: 10 });
    expect(found.modularity).toBeGreaterThan(genesis.expected['louvain_Q_unweighted_best_of_10']);
  });

  test.each(['louvain', 'leiden'] as const)(
    '%s: finds planted cliques, and says the modularity of what it returns',
    (algorithm) => {
      const graph = ringOfCliques();
      const found = findCommunities(graph, testStream(3), { algorithm });
      expect(found.communityCount).toBe(8);
      for (let node = 0; node < 48; node++) expect(found.community[node]).toBe(Math.floor(node / 6));
      expect(found.modularity).toBe(modularityOf(graph, found));
    },
  );

  test.each(['louvain', 'leiden'] as const)('%s: one stream gives one partition', (algorithm) => {
    const symmetric = undirected(randomGraph(500, 2500, 4));
    const once = findCommunities(symmetric, testStream(5), { algorithm, restartCount: 2 });
    expect(findCommunities(symmetric, testStream(5), { algorithm, restartCount: 2 })).toEqual(once);
  });

  test('Leiden: every community is connected', () => {
    for (let seed = 0; seed < 20; seed++) {
      const symmetric = undirected(randomGraph(200, 260, seed));
      const { community, communityCount } = findCommunities(symmetric, testStream(seed));
      for (let label = 0; label < communityCount; label++) {
        const kept = Uint8Array.from(community, (own) => (own === label ? 1 : 0));
        expect(connectedComponents(inducedSubgraph(symmetric, kept).graph).sizes).toHaveLength(1);
      }
    }
  });

  test('Leiden: is at least as good as Louvain on average', () => {
    let difference = 0;
    for (let seed = 0; seed < 20; seed++) {
      const symmetric = undirected(randomGraph(200, 600, seed));
      const [leiden, louvain] = (['leiden', 'louvain'] as const).map(
        (algorithm) => findCommunities(symmetric, testStream(seed), { algorithm }).modularity,
      );
      difference += leiden - louvain;
    }
    expect(difference).toBeGreaterThan(0);
  });

  test('a graph without edges is all communities of one, modularity 0', () => {
    const found = findCommunities(undirectedOf(3, []), testStream(1));
    expect(found.communityCount).toBe(3);
    expect(found.modularity).toBe(0);
    expect(findCommunities(undirectedOf(0, []), testStream(1)).communityCount).toBe(0);
  });
});
