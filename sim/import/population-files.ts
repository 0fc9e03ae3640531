/**
 * A gathered population as the files that a scenario reads (`population: {kind: files}`): agents with the acts of each hour, and follows,
 * as CSV; and, if somebody wrote before, those posts as JSON, which the scenario has written anew at tick 0.
 *
 * Agents are numbers here, and what they are (age, gender and the like) is written where every agent has a plain word for it, so no cell can
 * be taken for a formula; texts stand in JSON, which nothing computes.
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

function agentLines({ ids, hourActs, tables }: OasisPeople): string[] {
  const hours =
    hourActs === undefined ? [] : Array.from({ length: 24 }, (_, hour) => `h${String(hour).padStart(2, '0')}`);
  const about = attributesOf(tables.find(({ name }) => name === 'agents')?.columns ?? {});
  const lineOf = (id: string, agent: number): string =>
    [
      id,
      ...(hourActs?.subarray(agent * 24, agent * 24 + hours.length) ?? []),
      ...about.map(({ cells }) => quoted(cells[agent])),
    ].join(',');
  return [['agent', ...hours, ...about.map(({ name }) => name)].join(','), ...ids.map(lineOf)];
}

/** What a profile says of an agent. */
const attributeNames = ['age', 'gender', 'mbti', 'country', 'profession'];
/** A word, or a number from 0 on: nothing that a spreadsheet computes. */
const plainWord = /^[\p{L}\p{N}][^"\p{C}]{0,63}$/u;

/** Columns in which every agent has a plain word. */
function attributesOf(columns: Readonly<Record<string, ArrayLike<unknown>>>): { name: string; cells: string[] }[] {
  return attributeNames
    .filter((name) => Object.hasOwn(columns, name))
    .map((name) => ({ name, cells: Array.from(columns[name], String) }))
    .filter(({ cells }) => cells.every((cell) => plainWord.test(cell)));
}

function quoted(cell: string): string {
  return cell.includes(',') ? `"${cell}"` : cell;
}

function followLines(ids: readonly string[], { from, to }: OasisPeople['ties']): string[] {
  return ['follower,followee', ...Array.from(from, (agent, tie) => `${ids[agent]},${ids[to[tie]]}`)];
}
