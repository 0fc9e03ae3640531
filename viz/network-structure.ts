/**
 * Attributes of agents that follow from the structure of a layer, or say what they think: `community`, `role`, `k_core`, `stance`.
 *
 * `community`: Leiden at resolution 1, one start, on the layer without direction, numbered by size (0 is the largest). `role`: core or periphery
 * (Borgatti and Everett), `isolate` without a tie. `k_core`: the largest k whose k-core holds the agent. `stance`: the attribute
 * `opinion` of the population. Reads the whole layer, whichever agents are written, so that a sample has the communities of the whole.
 */
import { InputError, echo } from '../sim/ground/errors.ts';
import { randomStream, streamPurposes } from '../sim/ground/philox.ts';
import { findCommunities } from '../analysis/estimators/communities.ts';
import { coreNumbers } from '../analysis/estimators/cores.ts';
import { corePeriphery } from '../analysis/estimators/core-periphery.ts';
import type { Graph } from '../analysis/estimators/graph.ts';
import type { Records } from '../sim/record/reader.ts';
import type { AttributeType, AttributeValue } from './network-file.ts';

/** Names that can be asked for. */
export const structureNames = ['community', 'role', 'k_core', 'stance'] as const;
export type StructureName = (typeof structureNames)[number];

/** One attribute, by ordinal. */
export interface StructureColumn {
  readonly name: StructureName;
  readonly type: AttributeType;
  valueOf(agent: number): AttributeValue;
}

/** Reads a list of names such as `community,role`. */
export function parseStructure(text: string): StructureName[] {
  return text.split(',').map((part) => {
    const found = structureNames.find((name) => name === part);
    if (found !== undefined) return found;
    throw new InputError({
      code: 'INPUT_UNKNOWN_NAME',
      place: { file: '--attributes' },
      found: `${echo(part)} is not an attribute that can be computed`,
      next: `Choose among ${structureNames.join(', ')}, with commas between them.`,
    });
  });
}

/** The columns that were asked for, in that order, each once. */
export function structureColumns(
  records: Records,
  symmetric: Graph,
  names: readonly StructureName[],
): StructureColumn[] {
  return [...new Set(names)].map((name) => columnOf(records, symmetric, name));
}

function columnOf(records: Records, symmetric: Graph, name: StructureName): StructureColumn {
  if (name === 'community') {
    const community = communitiesBySize(symmetric);
    return { name, type: 'integer', valueOf: (agent) => community[agent] };
  }
  if (name === 'k_core') {
    const core = coreNumbers(symmetric);
    return { name, type: 'integer', valueOf: (agent) => core[agent] };
  }
  if (name === 'role') {
    const { isCore } = corePeriphery(symmetric);
    const { offsets } = symmetric;
    const roleOf = (agent: number): string => (isCore[agent] === 1 ? 'core' : 'periphery');
    return { name, type: 'string', valueOf: (one) => (offsets[one] === offsets[one + 1] ? 'isolate' : roleOf(one)) };
  }
  const opinion = records.population.traits?.find((trait) => trait.name === 'opinion');
  if (opinion === undefined) {
    throw new InputError({
      code: 'INPUT_DANGLING_REF',
      place: { file: '--attributes' },
      found: 'agents of this population have no attribute opinion, so no stance',
      next: 'Leave stance out, or declare opinion under population.attributes of the scenario.',
    });
  }
  const { labels, value } = opinion;
  if (labels === undefined) return { name, type: 'integer', valueOf: (agent) => value[agent] };
  return { name, type: 'string', valueOf: (agent) => labels[value[agent]] };
}

/** The community of each node, the largest first; equal ones in the order of their first nodes. */
export function communitiesBySize(symmetric: Graph): Int32Array {
  const { community, communityCount } = findCommunities(symmetric, randomStream(1, streamPurposes.layout));
  const sizes = new Int32Array(communityCount);
  for (const one of community) sizes[one]++;
  const order = Array.from(sizes.keys()).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const rank = new Int32Array(communityCount);
  order.forEach((one, place) => (rank[one] = place));
  return Int32Array.from(community, (one) => rank[one]);
}
