/**
 * MoltBook as flat tables: `agents.csv`, `posts.csv`, `comments.csv` in one folder, each plain or gzipped.
 *
 * Two vocabularies are read: that of anonymised row numbers (`agent`, `post`, `comment`, `parent`, classes of equal text) and that of the
 * platform's own tables (`id`, `agent_id`, `post_id`, `parent_id`, `title`, `content`, `score`). Columns that are not known are ignored.
 * A row that is no row (a quote left open, a time that is none) is refused with its line; a row that names something that is not there
 * is left out and counted (`discussion.ts`). Agents may be missing: authors are agents enough.
 */
import { InputError, escapeControls } from '../ground/errors.ts';
import { readHeaderNames, readTable } from '../scenario/table.ts';
import { RowTally } from './gathered.ts';
import { codePointCount } from './text-length.ts';
import { findTable, nameOfSource } from './source-file.ts';
import type { Table } from '../scenario/table.ts';
import type { TableColumn, TableColumns } from '../scenario/table-columns.ts';
import type { DataColumn } from '../record/data-table.ts';
import type { Comments, Entries } from './discussion.ts';
import type { EntryColumns, MoltbookSource } from './moltbook.ts';

/** Names by which a column may go in a file, the first one preferred, and how it is read. */
interface Wanted {
  readonly names: readonly string[];
  readonly column: TableColumn;
}

const id: TableColumn = { type: 'text' };
const name: TableColumn = { type: 'text', empty: '' };
const whole: TableColumn = { type: 'integer', empty: 0, optional: true };
const text: TableColumn = { type: 'text', empty: '', optional: true };

const entryColumns: Readonly<Record<string, Wanted>> = {
  author: { names: ['author', 'agent_id', 'author_id', 'agent'], column: name },
  time: { names: ['created_at'], column: { type: 'time' } },
  upvotes: { names: ['upvotes'], column: whole },
  downvotes: { names: ['downvotes'], column: whole },
  score: { names: ['score'], column: whole },
  chars: { names: ['chars'], column: whole },
  words: { names: ['words'], column: whole },
  contentClass: { names: ['content_class'], column: whole },
  content: { names: ['content'], column: text },
};

const postColumns: Readonly<Record<string, Wanted>> = {
  id: { names: ['post', 'id'], column: id },
  ...entryColumns,
  community: { names: ['submolt', 'submolt_name'], column: text },
  title: { names: ['title'], column: text },
  url: { names: ['url'], column: text },
};

const commentColumns: Readonly<Record<string, Wanted>> = {
  id: { names: ['comment', 'id'], column: id },
  post: { names: ['post', 'post_id'], column: name },
  parent: { names: ['parent', 'parent_id'], column: name },
  ...entryColumns,
};

const agentColumns: Readonly<Record<string, Wanted>> = {
  id: { names: ['agent', 'id'], column: name },
  name: { names: ['name'], column: text },
  description: { names: ['description'], column: text },
  karma: { names: ['karma'], column: whole },
  followerCount: { names: ['follower_count'], column: whole },
  followingCount: { names: ['following_count'], column: whole },
};

/** 40,000 code points are the longest post, four bytes each the most they take. */
const fieldByteCountMax = 256 * 1024;

/** Whether a folder holds the tables. */
export function hasTables(folder: string): boolean {
  return findTable(folder, 'posts.csv') !== undefined && findTable(folder, 'comments.csv') !== undefined;
}

/** Reads the tables of a folder. All problems of one file come together. */
export function readMoltbookTables(folder: string): MoltbookSource {
  const [agents, posts, comments] = ['agents.csv', 'posts.csv', 'comments.csv'].map((file) => findTable(folder, file));
  if (posts === undefined || comments === undefined)
    throw missing(folder, posts === undefined ? 'posts.csv' : 'comments.csv');
  const noted = new RowTally();
  if (agents === undefined) {
    noted.add(
      'table of agents that is not there',
      () => ({ file: escapeControls(folder) }),
      () => 'authors are the agents',
    );
  }
  return {
    name: nameOfSource(folder),
    files: [agents, posts, comments].filter((file) => file !== undefined),
    agents: agents === undefined ? { id: [], columns: {}, placeOf: () => ({ file: folder }) } : readAgents(agents),
    posts: readEntries(posts, postColumns),
    comments: readEntries(comments, commentColumns) as Comments & { columns: EntryColumns },
    noted,
  };
}

function missing(folder: string, file: string): InputError {
  return new InputError({
    code: 'INPUT_NOT_FOUND',
    place: { file: escapeControls(folder) },
    found: `${file} is not there, neither plain nor as ${file}.gz`,
    next: 'Name a folder with posts.csv and comments.csv, or with dumps of the API as .json.',
  });
}

/** Columns under their own names, and the values that the file has. */
class NamedTable {
  readonly table: Table;
  readonly #nameIn: ReadonlyMap<string, string>;

  constructor(file: string, wanted: Readonly<Record<string, Wanted>>) {
    const header = new Set(readHeaderNames(file));
    const chosen = Object.entries(wanted).map(([role, { names, column }]) => {
      const found = names.find((one) => header.has(one)) ?? names[0];
      return { role, found, column };
    });
    const columns: TableColumns = Object.fromEntries(chosen.map(({ found, column }) => [found, column]));
    this.table = readTable(file, columns, { undeclared: 'ignore', fieldByteCountMax, rowCountMin: 0 });
    this.#nameIn = new Map(chosen.map(({ role, found }) => [role, found]));
  }

  /** The values of a column; undefined where the file lacks it. */
  values(role: string): DataColumn | undefined {
    const found = this.#nameIn.get(role) ?? role;
    return this.table.present.has(found) ? this.table.columns[found] : undefined;
  }

  texts(role: string): readonly string[] {
    return (this.values(role) ?? []) as readonly string[];
  }
}

function readAgents(file: string): MoltbookSource['agents'] {
  const named = new NamedTable(file, agentColumns);
  const { table } = named;
  const columns: Record<string, DataColumn> = {};
  for (const role of Object.keys(agentColumns)) {
    const values = role === 'id' ? undefined : named.values(role);
    if (values !== undefined) columns[role] = values;
  }
  return { id: named.texts('id'), columns, placeOf: (row) => ({ file: table.file, line: table.line[row] }) };
}

function readEntries(file: string, wanted: Readonly<Record<string, Wanted>>): Entries & { columns: EntryColumns } {
  const named = new NamedTable(file, wanted);
  const { table } = named;
  const columns: Record<string, DataColumn> = {};
  for (const role of Object.keys(wanted)) {
    const values = ['id', 'post', 'parent', 'author', 'time'].includes(role) ? undefined : named.values(role);
    if (values !== undefined) columns[role] = values;
  }
  const content = columns['content'] as readonly string[] | undefined;
  if (content !== undefined && columns['chars'] === undefined)
    columns['chars'] = Int32Array.from(content, codePointCount);
  return {
    count: table.rowCount,
    id: named.texts('id'),
    author: named.texts('author'),
    timeMs: named.values('time') as Float64Array,
    placeOf: (row) => ({ file: table.file, line: table.line[row] }),
    columns,
    ...('parent' in wanted ? { post: named.texts('post'), parent: named.texts('parent') } : {}),
  };
}
