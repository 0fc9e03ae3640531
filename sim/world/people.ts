/**
 * Who is who, for those who work with words: names of agents, the agent that a name stands for, traits and personas.
 *
 * Reads columns of the population in canonical order, which a shard gets only where somebody asks for names; finds names by their keys.
 * Pure. Oracle: a map of all names (`test/sim/world/people.test.ts`).
 */
import { compareKeys, keyOfText } from '../ground/keys.ts';
import { externalId, profileOf } from './population.ts';
import { persona } from './persona.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { AgentsView } from './agents.ts';
import type { PersonaColumns } from './persona.ts';
import type { ExternalIds, Population } from './population.ts';

/** What of a population is needed to name and to describe its agents. It can be posted to another thread. */
export type People = PersonaColumns & { readonly ids: ExternalIds };

/** The part of a population that names and describes. */
export function peopleOf(population: Population): People {
  const { ids, keyLo, keyHi, interest, wakesPerDay, profile, profileShares, traits } = population;
  const columns = { ids, keyLo, keyHi, interest, wakesPerDay, profile, profileShares };
  return traits === undefined ? columns : { ...columns, traits };
}

/** What is read of the state. */
interface Rows {
  readonly agents: Pick<AgentsView, 'ordinal' | 'keyLo' | 'keyHi'>;
  readonly rowOfOrdinal: ArrayLike<number>;
  readonly sizes: { readonly agentCount: number };
}

/** The external id of an agent. */
export function nameOf(people: People, { agents }: Pick<Rows, 'agents'>, agent: AgentRow): string {
  return externalId(people.ids, agents.ordinal[agent]);
}

/** The agent with an external id, or undefined: a binary search, since ordinals stand in the order of keys. */
export function agentOf(state: Rows, name: string): AgentRow | undefined {
  const key = keyOfText(name);
  let from = 0;
  let to = state.sizes.agentCount;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const row = state.rowOfOrdinal[middle] as AgentRow;
    const order = compareKeys(state.agents.keyHi[row], state.agents.keyLo[row], key.hi, key.lo);
    if (order === 0) return row;
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return undefined;
}

/** What an agent is by one of its traits: a word, a whole number, or undefined if the population has no such trait. */
export function traitOf(people: People, { agents }: Pick<Rows, 'agents'>, agent: AgentRow, trait: string) {
  return profileOf(people, agents.ordinal[agent], trait);
}

/** An agent in words: see `persona.ts`. */
export function personaOf(people: People, { agents }: Pick<Rows, 'agents'>, agent: AgentRow): string {
  return persona(people, agents.ordinal[agent]);
}
