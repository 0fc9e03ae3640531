/**
 * A gathered population as the files that a scenario reads (`population: {kind: files}`): agents with the acts of each hour, and follows,
 * as CSV; and, if somebody wrote before, those posts as JSON, which the scenario has written anew at tick 0.
 *
 * Agents are numbers here, so no cell can be taken for a formula; texts stand in JSON, which nothing computes. Without hours there is the
 * column of agents alone.
 */
import { join } from 'node:path';
import { writePieces } from '../record/store.ts';
import { parsePythonList } from './python-list.ts';
import type { OasisPeople } from './oasis.ts';

/** Most agents that a scenario reads from files (`sim/engine/people.ts`). */
export const filesAgentsMax = 65_536;

/** Writes `population/agents.csv`, `population/follows.csv` and, if there are posts, `population/posts.json`; returns their names. */
export function writePopulationFiles(directory: string, people: OasisPeople): string[] {
  const { ids, ties } = people;
  const posts = postLines(people);
  const files = {
    'population/agents.csv': agentLines(people),
    'population/follows.csv': followLines(ids, ties),
    ...(posts.length > 2 ? { 'population/posts.json': posts } : {}),
  };
  for (const [name, lines] of Object.entries(files))
    writePieces(join(directory, name), [Buffer.from(lines.join('\n') + '\n')]);
  return Object.keys(files);
}

/** A list of who wrote what, a line each: agents in order, the posts of each as they stand in its list. */
function postLines({ ids, tables }: OasisPeople): string[] {
  const lists = tables.find(({ name }) => name === 'agents')?.columns['previous_tweets'] ?? [];
  const posts = ids.flatMap((agent, row) =>
    (parsePythonList(String(lists[row] ?? '')) ?? [])
      .map((text) => ({ agent, text: String(text) }))
      .filter(({ text }) => text !== ''),
  );
  return ['[', ...posts.map((post, i) => JSON.stringify(post) + (i < posts.length - 1 ? ',' : '')), ']'];
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
