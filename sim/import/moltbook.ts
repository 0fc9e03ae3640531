/**
 * MoltBook data as a data set: posts and comments become acts, the rest becomes tables.
 *
 * Reads what `moltbook-tables.ts` or `moltbook-dump.ts` found; writes nothing. Votes have no voter and no time, so they are columns of the
 * table of posts and no acts; the platform tells numbers of followers and not who they are, so there are no ties.
 * Tables: `posts` (id, community, votes, length, class of equal texts, texts), `agents` (karma, followers, name), `communities`.
 */
import { gatherDiscussion } from './discussion.ts';
import { RowTally } from './gathered.ts';
import { echo } from '../ground/errors.ts';
import type { Place } from '../ground/errors.ts';
import type { DataColumn, DataTableParts } from '../record/data-table.ts';
import type { Comments, Discussion, Entries } from './discussion.ts';
import type { Gathered } from './gathered.ts';

/** Columns of a row beside its place in the discussion; what the source lacks is undefined. */
export interface EntryColumns {
  readonly upvotes?: Int32Array;
  readonly downvotes?: Int32Array;
  readonly score?: Int32Array;
  /** Length in code points, and in words. */
  readonly chars?: Int32Array;
  readonly words?: Int32Array;
  /** Equal numbers: equal texts. */
  readonly contentClass?: Int32Array;
  readonly title?: readonly string[];
  readonly content?: readonly string[];
  readonly url?: readonly string[];
  readonly community?: readonly string[];
}

/** What was found in a source. */
export interface MoltbookSource {
  readonly name: string;
  readonly files: readonly string[];
  readonly agents: {
    readonly id: readonly string[];
    readonly columns: Readonly<Record<string, DataColumn>>;
    readonly placeOf: (row: number) => Place;
  };
  readonly posts: Entries & { readonly columns: EntryColumns };
  readonly comments: Comments & { readonly columns: EntryColumns };
  readonly noted?: RowTally;
}

/** Brings a source into the form of a data set. */
export function gatherMoltbook(source: MoltbookSource): Gathered {
  const tallies = { dropped: new RowTally(), noted: source.noted ?? new RowTally() };
  const kept = keptAgents(source, tallies.dropped);
  const { posts, comments } = source;
  const discussion = gatherDiscussion(
    kept.map((row) => source.agents.id[row]),
    posts,
    comments,
    tallies,
  );
  const tables = [agentTable(source, kept, discussion), ...postTables(source, discussion)];
  return {
    ...{ importer: 'moltbook', name: source.name, layer: 'reply' },
    ids: discussion.ids,
    ties: { from: new Int32Array(0), to: new Int32Array(0) },
    acts: discussion.acts,
    tables,
    files: source.files,
    dropped: tallies.dropped.listed(),
    noted: tallies.noted.listed(),
  };
}

/** Rows of agents, the first of each id. */
function keptAgents({ agents }: MoltbookSource, dropped: RowTally): number[] {
  const seen = new Set<string>();
  const rows: number[] = [];
  agents.id.forEach((id, row) => {
    const place = (): Place => agents.placeOf(row);
    if (id === '') dropped.add('agent without an id', place, () => 'the id is empty');
    else if (seen.has(id)) dropped.add('agent whose id stands twice', place, () => echo(id));
    else rows.push(row);
    seen.add(id);
  });
  return rows;
}

/** Authors without a row of their own have -1, or no text. */
function agentTable({ agents }: MoltbookSource, kept: readonly number[], { ids }: Discussion): DataTableParts {
  const columns = Object.entries(agents.columns).map(([name, column]) => [name, padded(column, kept, ids.length)]);
  return {
    name: 'agents',
    rows: 'agents',
    rowCount: ids.length,
    columns: Object.fromEntries(columns) as DataTableParts['columns'],
  };
}

function padded(column: DataColumn, rows: readonly number[], count: number): DataColumn {
  const at = (i: number): number | undefined => rows[i];
  const numberAt = (values: Int32Array | Float64Array, i: number, none: number): number => {
    const row = at(i);
    return row === undefined ? none : values[row];
  };
  if (column instanceof Int32Array) return Int32Array.from({ length: count }, (_, i) => numberAt(column, i, -1));
  if (column instanceof Float64Array) return Float64Array.from({ length: count }, (_, i) => numberAt(column, i, NaN));
  return Array.from({ length: count }, (_, i) => column[at(i) ?? -1] ?? '');
}

function postTables(source: MoltbookSource, discussion: Discussion): DataTableParts[] {
  const { posts, comments } = source;
  const { rowOf, postCount, acts } = discussion;
  const rowCount = acts.count;
  const pick = <Value>(ofPost: (row: number) => Value, ofComment: (row: number) => Value): Value[] =>
    Array.from(rowOf, (row, act) => (act < postCount ? ofPost(row) : ofComment(row)));
  const integers = (name: 'upvotes' | 'downvotes' | 'score' | 'chars' | 'words'): Record<string, DataColumn> => {
    const [ofPosts, ofComments] = [posts.columns[name], comments.columns[name]];
    if (ofPosts === undefined && ofComments === undefined) return {};
    return {
      [name]: Int32Array.from(
        pick(
          (row) => ofPosts?.[row] ?? 0,
          (row) => ofComments?.[row] ?? 0,
        ),
      ),
    };
  };
  const texts = (name: 'title' | 'content' | 'url'): Record<string, DataColumn> => {
    const [ofPosts, ofComments] = [posts.columns[name], comments.columns[name]];
    if (ofPosts === undefined && ofComments === undefined) return {};
    return {
      [name]: pick(
        (row) => ofPosts?.[row] ?? '',
        (row) => ofComments?.[row] ?? '',
      ),
    };
  };
  const { names, community } = communitiesOf(source, discussion);
  const columns = {
    id: pick(
      (row) => posts.id[row],
      (row) => comments.id[row],
    ),
    community,
    ...integers('upvotes'),
    ...integers('downvotes'),
    ...integers('score'),
    ...integers('chars'),
    ...integers('words'),
    ...classes(source, discussion),
    ...texts('title'),
    ...texts('content'),
    ...texts('url'),
  };
  return [
    { name: 'posts', rows: 'posts', rowCount, columns },
    { name: 'communities', rows: 'communities', rowCount: names.length, columns: { name: names } },
  ];
}

/** Communities in the order in which posts name them; a comment is in its post's. */
function communitiesOf({ posts }: MoltbookSource, { acts, rowOf, postCount }: Discussion) {
  const numbers = new Map<string, number>();
  const community = new Int32Array(acts.count).fill(-1);
  const named = posts.columns.community;
  for (let act = 0; act < postCount; act++) {
    const name = named?.[rowOf[act]] ?? '';
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    community[act] = numbers.get(name) ?? -1;
  }
  for (let act = postCount; act < acts.count; act++) {
    let above = act;
    while (above >= postCount && community[above] < 0) above = acts.target[above];
    const found = community[above];
    for (let below = act; community[below] < 0; below = acts.target[below]) community[below] = found;
  }
  return { names: [...numbers.keys()], community };
}

/** The classes of the source, or numbers of the texts themselves in the order in which they are met; an empty text has none (-1). */
function classes({ posts, comments }: MoltbookSource, { rowOf, postCount }: Discussion): Record<string, DataColumn> {
  const [given, alsoGiven] = [posts.columns.contentClass, comments.columns.contentClass];
  if (given !== undefined && alsoGiven !== undefined) {
    return { contentClass: rowOf.map((row, act) => (act < postCount ? given[row] : alsoGiven[row])) };
  }
  if (posts.columns.content === undefined && comments.columns.content === undefined) return {};
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    if (text === '') return -1;
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, numbers.size);
    return numbers.size - 1;
  };
  const contentClass = rowOf.map((row, act) =>
    numberOf((act < postCount ? posts : comments).columns.content?.[row] ?? ''),
  );
  return { contentClass };
}
