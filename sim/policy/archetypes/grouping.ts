/**
 * Who is of which archetype: agents grouped by the attributes that a prompt says of them.
 *
 * Groups form a forest. Those of level 0 share the attributes of `by`; each further level adds one of `splitBy`. Every combination that occurs
 * is a node, whether or not it is used: which nodes stand for their members is state (`sim/world/archetypes.ts`), the forest is not.
 * Order: nodes are numbered level by level in the order of their members' first ordinal, so that neither layout nor shards show.
 * Pure. Oracle: a map of joined values (`test/sim/policy/archetypes/grouping.test.ts`).
 */
import { topicCount } from '../../world/agents.ts';
import { topicOf } from '../../world/posts.ts';
import { boardName } from '../../world/wording.ts';
import type { Population } from '../../world/population.ts';
import type { ArchetypePlan, AttributePlan } from './settings.ts';

/** The attribute that every agent has: the strongest of its interests. */
export const topicAttribute = 'topic';

/** A group that may be an archetype. */
export interface ArchetypeNode {
  readonly level: number;
  /** Its group one level up; -1 for level 0. */
  readonly parent: number;
  /** Attribute and value, in the order of the plan. */
  readonly values: readonly (readonly [attribute: string, value: string])[];
  readonly members: number;
}

/** The groups of one policy. */
export interface Grouping {
  readonly policy: number;
  readonly nodes: readonly ArchetypeNode[];
  /** Node of the agent with an ordinal at a level, at `level * agentCount + ordinal`; -1 for agents of other policies. Shared. */
  readonly nodeOf: Int32Array;
  readonly levelCount: number;
}

type Columns = Pick<Population, 'count' | 'interest' | 'traits' | 'policy'>;

/** Groups the agents of one policy. */
export function groupAgents(population: Columns, policy: number, plan: ArchetypePlan): Grouping {
  const { count } = population;
  const levelCount = 1 + plan.splitBy.length;
  const nodeOf = new Int32Array(new SharedArrayBuffer(Math.max(1, levelCount * count) * 4)).fill(-1);
  const nodes: { level: number; parent: number; values: ArchetypeNode['values']; members: number }[] = [];
  for (let level = 0; level < levelCount; level++) {
    const added = level === 0 ? plan.by : [plan.splitBy[level - 1]];
    const columns = added.map((one) => codesOf(population, one));
    const known = new Map<number, number>();
    for (let ordinal = 0; ordinal < count; ordinal++) {
      if (population.policy[ordinal] !== policy) continue;
      const parent = level === 0 ? -1 : nodeOf[(level - 1) * count + ordinal];
      // A key of mixed radix: exact as long as the product of the counts stays below 2^53.
      const key = columns.reduce((sum, { code, codeCount }) => sum * codeCount + code(ordinal), parent + 1);
      let node = known.get(key);
      if (node === undefined) {
        known.set(key, (node = nodes.length));
        const own = columns.map(({ attribute, word, code }): [string, string] => [attribute, word(code(ordinal))]);
        nodes.push({ level, parent, values: [...(nodes[parent]?.values ?? []), ...own], members: 0 });
      }
      nodes[node].members++;
      nodeOf[level * count + ordinal] = node;
    }
  }
  return { policy, nodes, nodeOf, levelCount };
}

/** An attribute as small whole numbers. */
interface Codes {
  readonly attribute: string;
  readonly codeCount: number;
  readonly code: (ordinal: number) => number;
  readonly word: (code: number) => string;
}

function codesOf({ interest, traits = [] }: Columns, { trait: attribute, width }: AttributePlan): Codes {
  if (attribute === topicAttribute) {
    return {
      attribute,
      codeCount: topicCount * 2,
      code: (ordinal) => topicOf(interest, ordinal * topicCount),
      word: boardName,
    };
  }
  const column = traits.find(({ name }) => name === attribute);
  const { labels, value = new Int32Array(0) } = column ?? {};
  if (labels !== undefined) {
    return { attribute, codeCount: labels.length, code: (ordinal) => value[ordinal], word: (code) => labels[code] };
  }
  let least = 0;
  let most = 0;
  for (let i = 0; i < value.length; i++) {
    if (i === 0 || value[i] < least) least = value[i];
    if (i === 0 || value[i] > most) most = value[i];
  }
  const step = width ?? 1;
  const first = Math.floor(least / step);
  return {
    attribute,
    codeCount: Math.floor(most / step) - first + 1,
    code: (ordinal) => Math.floor(value[ordinal] / step) - first,
    word: (code) =>
      step === 1 ? String(code + first) : `${(code + first) * step} to ${(code + first + 1) * step - 1}`,
  };
}

/** The node that stands for an agent: down from level 0 while the node is split, which stands in `split` from `first` on. */
export function standingNode(
  { nodeOf, levelCount }: Grouping,
  agentCount: number,
  ordinal: number,
  split: ArrayLike<number>,
  first: number,
): number {
  let node = nodeOf[ordinal];
  for (let level = 1; level < levelCount && node >= 0 && split[first + node] !== 0; level++) {
    node = nodeOf[level * agentCount + ordinal];
  }
  return node;
}
