/**
 * What an agent is told in one prompt, and so what its answer can mean: items by number, agents and things by name.
 *
 * Filled while the prompt is laid out, from what fits into it and nothing else. Names are told cleaned, without line ends and square
 * brackets, so that none can look like a line of ours; of two agents whose names then are the same, neither can be meant.
 * Order: that of the prompt. Invariant: nothing that stands in no prompt can be a target.
 */
import { agentText } from '../../llm/fence.ts';
import type { AgentRow } from '../../ground/ids.ts';
import type { SeenItem } from '../own.ts';
import type { Things } from './things.ts';

/** What can be meant. */
export interface Seen {
  readonly items: readonly SeenItem[];
  readonly names: ReadonlyMap<string, AgentRow>;
  readonly things: Things;
}

/** Collects names that stand in a prompt. */
export interface SeenNames {
  /** The name under which an agent is told; it counts as told from `tell` on. */
  tell(agents: Iterable<AgentRow>): void;
  readonly names: ReadonlyMap<string, AgentRow>;
}

const nameLengthMax = 64;

/** A name as it is told. */
export function nameTold(name: string): string {
  return agentText(name, nameLengthMax).replaceAll('\n', ' ').replaceAll('[', '⟦').replaceAll(']', '⟧').trim();
}

/** Nobody is told of yet. `nameOf` gives an agent's external id; `self` cannot be meant. */
export function createSeenNames(nameOf: (agent: AgentRow) => string, self: AgentRow): SeenNames {
  const names = new Map<string, AgentRow>();
  const ambiguous = new Set<string>();
  return {
    names,
    tell(agents) {
      for (const agent of agents) {
        const name = nameTold(nameOf(agent));
        if (agent === self || name === '' || ambiguous.has(name) || names.get(name) === agent) continue;
        if (names.has(name)) {
          names.delete(name);
          ambiguous.add(name);
        } else names.set(name, agent);
      }
    },
  };
}
