/**
 * A gathered population as the two CSV files that a scenario reads (`population: {kind: files}`): agents with the acts of each hour, and
 * follows.
 *
 * Agents are numbers here, so no cell can be taken for a formula. Without hours there is the column of agents alone.
 */
import { join } from 'node:path';
import { writePieces } from '../record/data-table.ts';
import type { OasisPeople } from './oasis.ts';

/** Most agents that a scenario reads from files (`sim/engine/people.ts`). */
export const filesAgentsMax = 65_536;

/** Writes `population/agents.csv` and `population/follows.csv`; returns their names. */
export function writePopulationFiles(directory: string, people: OasisPeople): string[] {
  const { ids, ties } = people;
  const files = { 'population/agents.csv': agentLines(people), 'population/follows.csv': followLines(ids, ties) };
  for (const [name, lines] of Object.entries(files))
    writePieces(join(directory, name), [Buffer.from(lines.join('\n') + '\n')]);
  return Object.keys(files);
}

function agentLines({ ids, hourActs }: OasisPeople): string[] {
  if (hourActs === undefined) return ['agent', ...ids];
  const hours = Array.from({ length: 24 }, (_, hour) => `h${String(hour).padStart(2, '0')}`);
  return [
    ['agent', ...hours].join(','),
    ...ids.map((id, agent) => [id, ...hourActs.subarray(agent * 24, agent * 24 + 24)].join(',')),
  ];
}

function followLines(ids: readonly string[], { from, to }: OasisPeople['ties']): string[] {
  return ['follower,followee', ...Array.from(from, (agent, tie) => `${ids[agent]},${ids[to[tie]]}`)];
}
