/**
 * The archetypes of one policy in a run: their groups, choices and places in the run's table, and what stands for an agent now.
 *
 * Made once and handed to every shard; what changes is state. Reads only.
 */
import { InputError } from '../../ground/errors.ts';
import { choiceBook } from './contexts.ts';
import { groupAgents, standingNode } from './grouping.ts';
import type { Archetypes, ArchetypeCellRow, ArchetypeNodeRow } from '../../world/archetypes.ts';
import type { Population } from '../../world/population.ts';
import type { ChoiceBook } from './contexts.ts';
import type { Grouping } from './grouping.ts';
import type { ArchetypePlan } from './settings.ts';

/** The archetypes of one policy. It can be posted to another thread. */
export interface ArchetypeSet {
  readonly plan: ArchetypePlan;
  readonly grouping: Grouping;
  readonly book: ChoiceBook;
  readonly firstNode: number;
  readonly firstCell: number;
}

/** Most calls of one asking. */
const callsMost = 100_000;

/** The sets of a run. `plans` holds the policies of a plan; those without archetypes are undefined. */
export function archetypeSets(
  population: Pick<Population, 'count' | 'interest' | 'traits' | 'policy'>,
  plans: readonly (ArchetypePlan | undefined)[],
): ArchetypeSet[] {
  const sets: ArchetypeSet[] = [];
  let [firstNode, firstCell] = [0, 0];
  plans.forEach((plan, policy) => {
    if (plan === undefined) return;
    const grouping = groupAgents(population, policy, plan);
    const book = choiceBook(plan);
    refuseMany(plan, grouping, book, policy);
    sets.push({ plan, grouping, book, firstNode, firstCell });
    firstNode += grouping.nodes.length;
    firstCell += grouping.nodes.length * book.contexts.length;
  });
  return sets;
}

function refuseMany(plan: ArchetypePlan, { nodes, levelCount }: Grouping, book: ChoiceBook, policy: number): void {
  const asked = nodes.filter((node) => node.level === levelCount - 1 && node.members > plan.tailMembersMax).length;
  const calls = asked * book.contexts.length * plan.samples;
  if (calls <= callsMost) return;
  throw new InputError({
    code: 'INPUT_TOO_LARGE',
    found: `policies[${policy}].archetypes: ${asked} archetypes in ${book.contexts.length} contexts with ${plan.samples} answers each are ${calls} calls at once`,
    next: 'Group by fewer attributes or wider bins, or ask for fewer samples.',
  });
}

/** The run's row of a group. */
export function nodeRow(set: ArchetypeSet, node: number): ArchetypeNodeRow {
  return (set.firstNode + node) as ArchetypeNodeRow;
}

/** The run's row of a group in a context. */
export function cellRow(set: ArchetypeSet, node: number, context: number): ArchetypeCellRow {
  return (set.firstCell + node * set.book.contexts.length + context) as ArchetypeCellRow;
}

/** Whether each group of a set is split. */
function splitsOf(set: ArchetypeSet, { nodes }: Archetypes): Uint8Array {
  return (nodes.isSplit as unknown as Uint8Array).subarray(set.firstNode, set.firstNode + set.grouping.nodes.length);
}

/** The group that stands for an agent. */
export function archetypeOf(set: ArchetypeSet, archetypes: Archetypes, agentCount: number, ordinal: number): number {
  const { isSplit } = archetypes.nodes;
  return standingNode(set.grouping, agentCount, ordinal, isSplit, set.firstNode);
}

/** Whether members of a group are asked one by one. */
export function isTail({ plan, grouping }: ArchetypeSet, node: number): boolean {
  return grouping.nodes[node].members <= plan.tailMembersMax;
}

/** Groups that are asked as archetypes now: those that stand for somebody and are no tail, in their order. */
export function standingArchetypes(set: ArchetypeSet, archetypes: Archetypes): number[] {
  const splits = splitsOf(set, archetypes);
  const { nodes, levelCount } = set.grouping;
  const stands = (node: number): boolean => {
    const { parent, level } = nodes[node];
    const isOwn = splits[node] === 0 || level === levelCount - 1;
    return isOwn && (parent < 0 || isSplitAbove(parent));
  };
  const isSplitAbove = (node: number): boolean =>
    splits[node] !== 0 && (nodes[node].parent < 0 || isSplitAbove(nodes[node].parent));
  return nodes.map((_, node) => node).filter((node) => stands(node) && !isTail(set, node));
}
