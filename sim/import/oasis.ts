/**
 * Populations of OASIS: the CSV of X users and the JSON of Reddit users, as a data set with ties and texts.
 *
 * X: a row an agent, known by its number from 0; `following_agentid_list` names such numbers, `activity_level_frequency` has the acts in each
 * hour of a day, `previous_tweets` are earlier posts without times. Both shapes that are in use are read: with a nameless first column, and
 * with `following_count`, `following_list` and activities. Reddit: a list of profiles without ties.
 * A cell that is no list is refused with its line. A follow of somebody who is not there, of oneself, or twice is left out and counted.
 * Earlier posts become no acts: they have no time, and a time that is made up would look like one that was measured. They are a table.
 */
import { InputError, echo } from '../ground/errors.ts';
import { ProblemList } from '../scenario/problems-list.ts';
import { readTable } from '../scenario/table.ts';
import { noActs, RowTally } from './gathered.ts';
import { Fields, readJsonValues } from './json-source.ts';
import { parsePythonList } from './python-list.ts';
import { nameOfSource } from './source-file.ts';
import type { Table } from '../scenario/table.ts';
import type { TableColumns, TextColumn } from '../scenario/table-columns.ts';
import type { Gathered } from './gathered.ts';

/** A population of OASIS. */
export interface OasisPeople extends Gathered {
  /** Acts in each hour of a day, 24 an agent; undefined where the file does not say. */
  readonly hourActs: Float64Array | undefined;
}

/** Reads a population by its ending: .json is Reddit's, anything else X's. */
export function gatherOasis(path: string): OasisPeople {
  return /\.json(\.gz)?$/i.test(path) ? gatherReddit(path) : gatherX(path);
}

const optional: TextColumn = { type: 'text', empty: '', optional: true };
const texts = ['user_id', 'name', 'username', 'description', 'user_char', 'created_at', 'previous_tweets'] as const;
const lists = ['following_agentid_list', 'activity_level_frequency'] as const;
const fieldByteCountMax = 1024 * 1024;

function gatherX(path: string): OasisPeople {
  const columns: TableColumns = Object.fromEntries([...texts, ...lists].map((name) => [name, optional]));
  const table = readTable(
    path,
    { ...columns, username: { type: 'text', empty: '' } },
    {
      undeclared: 'ignore',
      fieldByteCountMax,
    },
  );
  const problems = new ProblemList(table.file);
  const count = table.rowCount;
  const dropped = new RowTally();
  const ties = tiesOf(table, problems, dropped);
  const hourActs = hoursOf(table, problems);
  refuseNoLists(table, problems);
  problems.throwIfAny();
  const present = texts.filter((name) => table.present.has(name));
  const values: Readonly<Record<string, readonly string[]>> = table.columns;
  return {
    ...{ importer: 'oasis', name: nameOfSource(path), layer: 'follow' },
    ids: Array.from({ length: count }, (_, agent) => String(agent)),
    ties,
    acts: noActs,
    tables: [
      {
        name: 'agents',
        rows: 'agents',
        rowCount: count,
        columns: Object.fromEntries(present.map((name) => [name, values[name]])),
      },
    ],
    files: [path],
    dropped: dropped.listed(),
    noted: [],
    hourActs,
  };
}

function listAt(table: Table, name: string, row: number, problems: ProblemList): (number | string)[] {
  const cell = (table.columns[name] as readonly string[])[row];
  const list = parsePythonList(cell);
  if (list !== undefined) return list;
  problems.add(() => {
    const found = `${name} must be a list, got ${echo(cell)}`;
    return {
      code: 'INPUT_TYPE',
      place: { file: table.file, line: table.line[row] },
      found,
      next: 'Write [1, 2] or [].',
    };
  });
  return [];
}

/** Earlier posts are stored as they stand; here only their form is checked. */
function refuseNoLists(table: Table, problems: ProblemList): void {
  if (!table.present.has('previous_tweets')) return;
  for (let row = 0; row < table.rowCount; row++) listAt(table, 'previous_tweets', row, problems);
}

function tiesOf(table: Table, problems: ProblemList, dropped: RowTally): Gathered['ties'] {
  const from: number[] = [];
  const to: number[] = [];
  const latest = new Int32Array(table.rowCount).fill(-1);
  for (let agent = 0; agent < table.rowCount; agent++) {
    for (const followee of listAt(table, 'following_agentid_list', agent, problems)) {
      const reason = flawOf(agent, followee, latest);
      if (reason === undefined) {
        latest[followee as number] = agent;
        from.push(agent);
        to.push(followee as number);
        continue;
      }
      const place = { file: table.file, line: table.line[agent] };
      dropped.add(
        reason,
        () => place,
        () => `agent ${agent} follows ${echo(followee)}`,
      );
    }
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to) };
}

function flawOf(agent: number, followee: number | string, latest: Int32Array): string | undefined {
  const isAgent =
    typeof followee === 'number' && Number.isInteger(followee) && followee >= 0 && followee < latest.length;
  if (!isAgent) return 'follow of an agent that is not there';
  if (followee === agent) return 'follow of oneself';
  return latest[followee] === agent ? 'follow that stands twice' : undefined;
}

function hoursOf(table: Table, problems: ProblemList): Float64Array | undefined {
  const name = 'activity_level_frequency';
  if (!table.present.has(name)) return undefined;
  const acts = new Float64Array(table.rowCount * 24);
  for (let agent = 0; agent < table.rowCount; agent++) {
    const list = listAt(table, name, agent, problems);
    if (list.length === 0) continue;
    if (list.length === 24 && list.every((one) => typeof one === 'number' && one >= 0)) {
      acts.set(list as number[], agent * 24);
      continue;
    }
    problems.add(() => {
      const place = { file: table.file, line: table.line[agent] };
      const found = `${name} must have 24 numbers from 0 on, one an hour; it has ${list.length} entries`;
      return { code: 'INPUT_FIELD_RANGE', place, found, next: 'Write the acts of each hour of the day.' };
    });
  }
  return acts;
}

const redditTexts = ['realname', 'username', 'bio', 'persona', 'gender', 'mbti', 'country', 'profession'] as const;

function gatherReddit(path: string): OasisPeople {
  const columns: Record<string, string[]> = Object.fromEntries(redditTexts.map((name) => [name, []]));
  const ages: number[] = [];
  for (const value of readJsonValues(path)) {
    const profile = new Fields(value);
    for (const name of redditTexts) columns[name].push(profile.text(name));
    ages.push(profile.has('age') ? profile.integer('age') : -1);
    if (columns['username'].at(-1) !== '') continue;
    const found = `profile ${ages.length - 1} has no username`;
    throw new InputError({
      code: 'INPUT_REQUIRED',
      place: value.place,
      found,
      next: 'Add "username" to each profile.',
    });
  }
  if (ages.length === 0) {
    const next = 'Write a list of profiles.';
    throw new InputError({ code: 'INPUT_EMPTY', place: { file: path }, found: 'holds no profile', next });
  }
  const table = { ...columns, age: Int32Array.from(ages) };
  return {
    ...{ importer: 'oasis', name: nameOfSource(path), layer: 'follow' },
    ids: ages.map((_, agent) => String(agent)),
    ties: { from: new Int32Array(0), to: new Int32Array(0) },
    acts: noActs,
    tables: [{ name: 'agents', rows: 'agents', rowCount: ages.length, columns: table }],
    files: [path],
    dropped: [],
    noted: [],
    hourActs: undefined,
  };
}
