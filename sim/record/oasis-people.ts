/**
 * What users are called in OASIS's tables, and what they say of themselves.
 *
 * Agents of a run are called by their ids, and who they are in words is what they say of themselves. A data set may have a table of
 * agents with names and descriptions: those of OASIS's own profiles go back to where they came from.
 */
import { persona } from '../world/persona.ts';
import { externalId } from '../world/population.ts';
import { dataSetOf, readDataTable } from './data-set-reader.ts';
import type { Records } from './reader.ts';

/** One user, before it claims another name. */
export interface OasisUser {
  readonly user_name: string;
  readonly name: string;
  readonly bio: string;
}

/** Users by ordinal. */
export function oasisUsers(records: Records): (agent: number) => OasisUser {
  const { population, manifest } = records;
  if (dataSetOf(manifest) === undefined) {
    return (agent) => {
      const id = externalId(population.ids, agent);
      return { user_name: id, name: id, bio: persona(population, agent) };
    };
  }
  const table = readDataTable(records, 'agents');
  const firstOf = (...names: readonly string[]) => {
    const columns = names.map((name) => table?.texts(name)).filter((column) => column !== undefined);
    return (agent: number): string => columns.map((column) => column.at(agent)).find((text) => text !== '') ?? '';
  };
  const [userName, name, bio] = [firstOf('username'), firstOf('name', 'realname'), firstOf('description', 'bio')];
  return (agent) => {
    const id = externalId(population.ids, agent);
    return { user_name: userName(agent) || id, name: name(agent) || id, bio: bio(agent) };
  };
}
