/**
 * The role map: the core of the network by its ties, the periphery on a ring, coloured by role where the measure finds roles.
 *
 * Reads the main layer. Where no roles are found, core and periphery are the two groups, and the note says why there are no more.
 */
import { corePeriphery } from '../../analysis/estimators/core-periphery.ts';
import { placeRoles } from '../../analysis/measures/roles.ts';
import { coreFigure, type CoreFigureInput } from '../core-figure.ts';
import type { FigureKind, FigureSource } from './source.ts';

const nodesMax = 300_000;

export const roleMap: FigureKind = {
  name: 'roles',
  shows: 'the core of the network and its periphery, with roles',
  lacks(source) {
    const { nodeCount, targets } = source.layer.withoutIsolates.graph;
    if (targets.length === 0) return `the ${source.layerName} layer has no tie`;
    return nodeCount > nodesMax ? `the layer has ${nodeCount} agents, more than ${nodesMax}` : undefined;
  },
  draw(source) {
    const layer = source.layer.withoutIsolates;
    const { graph } = layer;
    const degree = new Int32Array(graph.nodeCount);
    for (const target of graph.targets) degree[target] += 1;
    return coreFigure({
      title: `Core and periphery of the ${source.layerName} network`,
      source: source.line,
      ...partsOf(source),
      nodeCount: graph.nodeCount,
      edges: { source: sourcesOf(graph), target: graph.targets },
      degree,
      degreeName: source.layerName === 'follow' ? 'followers' : 'ties received',
      names: (node) => source.agentName(layer.agentOf(node)),
    });
  },
  caption(source) {
    const { verdict, corePeriphery: core } = placed(source).measure;
    const tests =
      core?.pTies === null || core?.pTies === undefined
        ? 'not tested against random graphs'
        : `p ${core.pTies.toPrecision(2)} against graphs of as many ties, ${core.pDegrees === null ? 'not tested' : `p ${core.pDegrees.toPrecision(2)}`} against graphs of the same degrees`;
    return `${sentence(verdict)}. The core: ${tests}.`;
  },
};

function placed(source: FigureSource): ReturnType<typeof placeRoles> {
  return source.once('roles', () => placeRoles(source.layer.withoutIsolates, { seed: source.seed }));
}

/** Roles where there are some, else core and periphery. */
function partsOf(source: FigureSource): Pick<CoreFigureInput, 'isCore' | 'role' | 'roleNames' | 'note'> {
  const { measure, roleOf } = placed(source);
  const found = corePeriphery(source.layer.withoutIsolates.symmetric);
  if (measure.roles.length > 0) {
    return { isCore: found.isCore, role: roleOf, roleNames: measure.roles.map(({ name }) => name) };
  }
  const role = Int32Array.from(found.isCore, (isCore) => 1 - isCore);
  return { isCore: found.isCore, role, roleNames: ['core', 'periphery'], note: `${sentence(measure.verdict)}.` };
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The tail of each edge of a graph in rows. */
export function sourcesOf({
  nodeCount,
  offsets,
  targets,
}: {
  nodeCount: number;
  offsets: ArrayLike<number>;
  targets: ArrayLike<number>;
}): Int32Array {
  const sources = new Int32Array(targets.length);
  for (let node = 0; node < nodeCount; node++) sources.fill(node, offsets[node], offsets[node + 1]);
  return sources;
}
