/**
 * Who is who: an agent's row is found by its name whatever the rows' order, and no other name finds anybody. Against a map of all names.
 */
import { describe, expect, test } from 'vitest';
import { agentOf, nameOf, peopleOf } from '../../../sim/world/people.ts';
import { openWorld, smallPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';

describe('agentOf', () => {
  test.each(['key', 'degree', 'scrambled'] as const)(
    'agentOf: every name finds its own row, and a name like it none (layout %s)',
    (layout) => {
      const population = smallPopulation({ agents: 257 });
      const { state } = openWorld({ population, placement: { layout } });
      const people = peopleOf(population);
      const rows = Array.from({ length: 257 }, (_, row) => row as AgentRow);
      const rowOf = new Map(rows.map((row) => [nameOf(people, state, row), row]));
      expect(rowOf.size).toBe(257);
      for (const [name, row] of rowOf) {
        expect(agentOf(state, name)).toBe(row);
        for (const other of [`${name} `, name.toUpperCase(), name.slice(1), `${name}0000`])
          expect(agentOf(state, other)).toBe(rowOf.get(other));
      }
      expect(agentOf(state, '')).toBeUndefined();
    },
  );
});
