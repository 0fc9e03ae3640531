/**
 * Communities of the main layer by modularity (Leiden), each a disc, with the ties between them.
 *
 * Reads the layer; draws from a stream of its own. The caption sets the modularity beside that of a graph with the same degrees, since a random
 * graph has communities too (Guimera, Sales-Pardo and Amaral 2004).
 */
import { findCommunities } from '../../analysis/estimators/communities.ts';
import { graphFromEdges, undirected, transpose } from '../../analysis/estimators/graph.ts';
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { communityFigure } from '../community-figure.ts';
import { sourcesOf } from './roles.ts';
import type { FigureKind, FigureSource } from './source.ts';

const [edgesMax, streamKey] = [5_000_000, 91];

export const communityNetwork: FigureKind = {
  name: 'communities',
  shows: 'communities of the network and the ties between them',
  lacks(source) {
    const { targets } = source.layer.withoutIsolates.graph;
    if (targets.length === 0) return `the ${source.layerName} layer has no tie`;
    return targets.length > edgesMax ? `the layer has ${targets.length} ties, more than ${edgesMax}` : undefined;
  },
  draw(source) {
    const layer = source.layer.withoutIsolates;
    const { graph } = layer;
    const { community } = found(source).observed;
    const followers = new Int32Array(graph.nodeCount);
    for (const target of graph.targets) followers[target] += 1;
    return communityFigure({
      title: `Communities of the ${source.layerName} network`,
      source: source.line,
      nodeCount: graph.nodeCount,
      edges: { source: sourcesOf(graph), target: graph.targets },
      community,
      nameOf: (members) => {
        const hub = members.reduce((best, node) => (followers[node] > followers[best] ? node : best), members[0]);
        return source.agentName(layer.agentOf(hub));
      },
      note: modularityWords(source),
    });
  },
  caption: (source) => `Leiden, resolution 1. ${modularityWords(source)}`,
};

function found(source: FigureSource) {
  return source.once('communities', () => {
    const { graph, symmetric } = source.layer.withoutIsolates;
    const observed = findCommunities(symmetric, randomStream(source.seed, streamPurposes.sample, streamKey));
    const stream = randomStream(source.seed, streamPurposes.permutation, streamKey);
    const targets = Int32Array.from(graph.targets);
    shuffle(targets, stream);
    const dealt = graphFromEdges(graph.nodeCount, sourcesOf(graph), targets).graph;
    const chance = findCommunities(undirected(dealt, transpose(dealt)), stream);
    return { observed, chance: chance.modularity };
  });
}

function modularityWords(source: FigureSource): string {
  const { observed, chance } = found(source);
  return `Modularity ${observed.modularity.toFixed(3)}; with the same numbers of ties dealt out anew, one draw: ${chance.toFixed(3)}.`;
}
