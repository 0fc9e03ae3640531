/**
 * `export RUN --format moltbook`: a population as MoltBook's archive has it: flat tables, and a dump of the API, one post a line with its comments nested.
 *
 * Reads a run or a data set: posts, texts, votes, follows, communities; writes `moltbook-tables/` (agents, posts, comments, submolts as CSV) and
 * `moltbook-dump/posts.jsonl` below a directory. Both are read by `import moltbook`. Ids are `post-7` and `comment-9`, numbers of the log; agents go by their
 * external ids. Times: a run begins on the day on which the platform did, and an act within its tick has the moment that measures give it.
 * Votes: those that stand at the end. Karma: votes on what one wrote. What the platform does not have (reposts, quotes) is written as posts and counted.
 * Order: posts and comments by their numbers. Invariant: what is imported from either has the same threads as the run (`test/command/export-moltbook.test.ts`).
 * Source of the columns: the MoltBook Observatory archive and the published API, v1.0.0 (2026).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { actTimes } from '../../analysis/measures/from-records.ts';
import { readVotes } from '../../analysis/measures/votes.ts';
import { outcomes } from '../../sim/exchange/reasons.ts';
import { makesPost, verbs } from '../../sim/exchange/verbs.ts';
import { dataSetOf, readDataTable } from '../../sim/record/data-set-reader.ts';
import { createDetailCursor } from '../../sim/record/detail-cursor.ts';
import { readFollows, readPosts } from '../../sim/record/post-reader.ts';
import { PostTexts } from '../../sim/record/post-texts.ts';
import { writePieces } from '../../sim/record/store.ts';
import { externalId } from '../../sim/world/population.ts';
import { postKinds } from '../../sim/world/posts.ts';
import { writeTableCsv } from '../../viz/csv.ts';
import type { PostColumns } from '../../sim/record/post-reader.ts';
import type { Records } from '../../sim/record/reader.ts';

/** What was written. `shares`: reposts and quotes that stand as posts. */
export interface MoltbookExport {
  readonly files: string[];
  readonly rows: Readonly<Record<'agents' | 'posts' | 'comments' | 'submolts', number>>;
  readonly shares: number;
}

/** The day on which the platform opened. */
const firstDayMs = Date.UTC(2026, 0, 28);
const hourMs = 3_600_000;
const titleLengthMax = 300;

/** Everything that either form is written from. */
interface Archive {
  readonly records: Records;
  readonly posts: PostColumns;
  readonly text: readonly string[];
  /** Row of the post at the head of each row's thread, and steps below it: 0 right below. */
  readonly head: Int32Array;
  readonly depth: Int32Array;
  readonly comments: Int32Array;
  readonly up: Int32Array;
  readonly down: Int32Array;
  readonly community: Int32Array;
  readonly communities: readonly string[];
  readonly members: Int32Array;
  readonly agents: Readonly<Record<'karma' | 'followers' | 'following' | 'firstMs' | 'lastMs', Float64Array>>;
  readonly ms: Float64Array;
  readonly startMs: number;
  readonly endMs: number;
}

/** Writes both forms below `directory`. `raw`: CSV cells as they are, formulas included. */
export function exportMoltbook(records: Records, directory: string, raw: boolean): MoltbookExport {
  const archive = archiveOf(records);
  const [tables, dump] = [join(directory, 'moltbook-tables'), join(directory, 'moltbook-dump')];
  for (const folder of [tables, dump]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files: string[] = [];
  const rows: Record<string, number> = {};
  for (const { name, columns, rows: given } of tablesOf(archive)) {
    rows[name] = 0;
    const counted = (function* () {
      for (const row of given) {
        rows[name]++;
        yield row;
      }
    })();
    const file = join(tables, `${name}.csv`);
    writePieces(file, bytesOf(writeTableCsv({ columns, rows: counted }, { raw })));
    files.push(file);
  }
  const file = join(dump, 'posts.jsonl');
  writePieces(file, bytesOf(dumpLines(archive)));
  const shares = archive.posts.kind.reduce(
    (sum, kind) => sum + (kind === postKinds.repost || kind === postKinds.quote ? 1 : 0),
    0,
  );
  return { files: [...files, file], rows: rows as MoltbookExport['rows'], shares };
}

function* bytesOf(pieces: Iterable<string>): Generator<Uint8Array, void, undefined> {
  for (const piece of pieces) yield Buffer.from(piece);
}

// ---- Gathering ----

function archiveOf(records: Records): Archive {
  const posts = readPosts(records);
  const isComment = (row: number): boolean => posts.kind[row] === postKinds.reply;
  const [head, depth, comments] = [0, 1, 2].map(() => new Int32Array(posts.count));
  for (let row = 0; row < posts.count; row++) {
    const above = posts.parent[row];
    head[row] = isComment(row) ? head[above] : row;
    depth[row] = isComment(row) ? depth[above] + (isComment(above) ? 1 : 0) : 0;
    if (isComment(row)) comments[head[row]]++;
  }
  const facts = dataSetOf(records.manifest);
  const startMs = facts === undefined ? firstDayMs + startHourOf(records) * hourMs : (facts.startMs ?? firstDayMs);
  const hours = actTimes(records, posts);
  const ms = Float64Array.from({ length: posts.count }, (_, row) => startMs + Math.round(hours(row) * hourMs));
  const endMs = startMs + Math.round(records.head.ticks * records.manifest.tickSeconds * 1000);
  const votes = votesOf(records, posts.count);
  const places = placesOf(records, posts, head);
  const agents = agentsOf(records, posts, votes, { ms, endMs });
  return { records, posts, head, depth, comments, ...votes, ...places, agents, ms, startMs, endMs };
}

function startHourOf({ manifest }: Records): number {
  return (manifest.plan as { readonly startHour: number }).startHour;
}

/** Votes that stand at the end; of a data set, those that the source counted. */
function votesOf(records: Records, count: number): Pick<Archive, 'up' | 'down'> {
  const table = readDataTable(records, 'posts');
  const [given, against] = [table?.integers('upvotes'), table?.integers('downvotes')];
  const [up, down] = [given ?? new Int32Array(count), against ?? new Int32Array(count)];
  if (table !== undefined) return { up, down };
  const { votes } = readVotes(records);
  for (let i = 0; i < votes.count; i++) {
    const [before, after, row] = [votes.before[i], votes.after[i], votes.content[i]];
    up[row] += Math.max(0, after) - Math.max(0, before);
    down[row] += Math.max(0, -after) - Math.max(0, -before);
  }
  return { up, down };
}

interface CirclesPlan {
  readonly grounds?: {
    readonly communities: readonly { readonly name: string; readonly members: readonly string[] }[];
  };
}

/** Words and communities, in one walk over the log. */
function placesOf(
  records: Records,
  posts: PostColumns,
  head: Int32Array,
): Pick<Archive, 'text' | 'community' | 'communities' | 'members'> {
  const table = readDataTable(records, 'posts');
  const names = readDataTable(records, 'communities')?.texts('name');
  const planned = (records.manifest.plan as CirclesPlan).grounds?.communities ?? [];
  const communities =
    names === undefined ? planned.map(({ name }) => name) : Array.from({ length: names.length }, (_, i) => names.at(i));
  const members = planned.map((one) => one.members.length + 1);
  const stored = table?.integers('community');
  const contents = table?.texts('content');
  const community = new Int32Array(posts.count).fill(-1);
  const text: string[] = new Array<string>(posts.count).fill('');
  const words = new PostTexts(records);
  for (const record of records.ticks()) {
    const said = createDetailCursor(record);
    for (let i = 0; i < record.intentCount; i++) {
      if (record.outcome[i] !== outcomes.granted) continue;
      const verb = record.verb[i];
      if (verb === verbs.createCommunity) {
        communities[record.result[i]] = said(i).text;
        members[record.result[i]] = 1;
      } else if (verb === verbs.subscribe) members[record.target[i]]++;
      else if (verb === verbs.unsubscribe) members[record.target[i]]--;
      if (!makesPost(verb)) continue;
      const row = record.result[i] - 1;
      const detail = said(i);
      const origin = verb === verbs.post ? 0 : posts.origin[posts.parent[row]] + 1;
      text[row] = contents?.at(row) ?? words.take(record, i, origin, detail.text);
      if (verb === verbs.post) community[row] = stored?.[row] ?? detail.argument;
    }
  }
  for (let row = 0; row < posts.count; row++) community[row] = community[head[row]];
  return { text, community, communities, members: Int32Array.from(communities, (_, i) => members[i] ?? 0) };
}

function agentsOf(
  records: Records,
  { author, count }: PostColumns,
  { up, down }: Pick<Archive, 'up' | 'down'>,
  { ms, endMs }: Pick<Archive, 'ms' | 'endMs'>,
): Archive['agents'] {
  const length = records.population.count;
  const [karma, followers, following] = [0, 1, 2].map(() => new Float64Array(length));
  const [firstMs, lastMs] = [new Float64Array(length).fill(endMs), new Float64Array(length).fill(-1)];
  for (let row = 0; row < count; row++) {
    const agent = author[row];
    karma[agent] += up[row] - down[row];
    firstMs[agent] = Math.min(firstMs[agent], ms[row]);
    lastMs[agent] = Math.max(lastMs[agent], ms[row]);
  }
  const { source, target } = readFollows(records);
  source.forEach((one, tie) => {
    following[one]++;
    followers[target[tie]]++;
  });
  const table = readDataTable(records, 'agents');
  const known = (name: string, ours: Float64Array): Float64Array => {
    const given = table?.integers(name);
    return given === undefined ? ours : Float64Array.from(given);
  };
  return {
    karma: known('karma', karma),
    followers: known('followerCount', followers),
    following: known('followingCount', following),
    ...{ firstMs, lastMs },
  };
}

// ---- Tables ----

interface FlatTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: Iterable<(string | number | null)[]>;
}

function tablesOf(archive: Archive): FlatTable[] {
  const { records, agents, communities, members, posts, community, startMs } = archive;
  const { ids } = records.population;
  const inCommunity = new Int32Array(communities.length);
  for (let row = 0; row < posts.count; row++) {
    if (posts.kind[row] !== postKinds.reply && community[row] >= 0) inCommunity[community[row]]++;
  }
  const first = iso(startMs);
  return [
    {
      name: 'agents',
      columns: [
        ...['id', 'name', 'description', 'karma', 'follower_count', 'following_count', 'is_claimed', 'created_at'],
        ...['first_seen_at', 'last_seen_at'],
      ],
      rows: each(records.population.count, (agent) => [
        ...[externalId(ids, agent), externalId(ids, agent), ''],
        ...[agents.karma[agent], agents.followers[agent], agents.following[agent], 1, first],
        ...(agents.lastMs[agent] < 0 ? ['', ''] : [iso(agents.firstMs[agent]), iso(agents.lastMs[agent])]),
      ]),
    },
    entriesOf(archive, 'posts'),
    entriesOf(archive, 'comments'),
    {
      name: 'submolts',
      columns: ['name', 'display_name', 'description', 'subscriber_count', 'post_count', 'created_at'],
      rows: each(communities.length, (place) => [
        ...[communities[place], communities[place], '', members[place], inCommunity[place], first],
      ]),
    },
  ];
}

function entriesOf(archive: Archive, name: 'posts' | 'comments'): FlatTable {
  const { posts, endMs } = archive;
  const isWanted = (row: number): boolean => (posts.kind[row] === postKinds.reply) === (name === 'comments');
  const fetched = iso(endMs);
  const first = name === 'posts' ? ['submolt', 'title', 'url', 'comment_count'] : ['post_id', 'parent_id', 'depth'];
  const columns = [
    'id',
    'agent_id',
    ...first,
    'content',
    'score',
    'upvotes',
    'downvotes',
    'created_at',
    'fetched_at',
    'dump_date',
  ];
  const cells = (row: number): (string | number)[] => {
    const { up, down, text, ms } = archive;
    const own =
      name === 'posts'
        ? [submoltOf(archive, row), titleOf(text[row]), '', archive.comments[row]]
        : [idOf(posts, archive.head[row]), parentOf(posts, row), archive.depth[row]];
    return [
      ...[idOf(posts, row), authorOf(archive, row), ...own, text[row]],
      ...[up[row] - down[row], up[row], down[row], iso(ms[row]), fetched, fetched.slice(0, 10)],
    ];
  };
  const rows = (function* () {
    for (let row = 0; row < posts.count; row++) if (isWanted(row)) yield cells(row);
  })();
  return { name, columns, rows };
}

function* each<Row>(count: number, make: (i: number) => Row): Generator<Row, void, undefined> {
  for (let i = 0; i < count; i++) yield make(i);
}

function idOf({ kind }: PostColumns, row: number): string {
  return `${kind[row] === postKinds.reply ? 'comment' : 'post'}-${row + 1}`;
}

/** The comment that a comment answers; nothing where it answers the post. */
function parentOf(posts: PostColumns, row: number): string {
  const above = posts.parent[row];
  return above >= 0 && posts.kind[above] === postKinds.reply ? idOf(posts, above) : '';
}

function authorOf({ records, posts }: Archive, row: number): string {
  return externalId(records.population.ids, posts.author[row]);
}

function submoltOf({ community, communities }: Archive, row: number): string {
  return communities[community[row]] ?? '';
}

/** The first line, as far as a title goes: the platform wants one, and our posts have none. */
function titleOf(text: string): string {
  return Array.from(text.split('\n', 1)[0]).slice(0, titleLengthMax).join('');
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

// ---- Dump ----

type Dumped = Record<string, unknown> & { readonly replies: Dumped[] };

/** One answer of the API a line: a post, and its comments below one another. */
function* dumpLines(archive: Archive): Generator<string, void, undefined> {
  const { posts, head, text, up, down, ms } = archive;
  const below = new Map<number, number[]>();
  for (let row = 0; row < posts.count; row++) {
    if (posts.kind[row] !== postKinds.reply) below.set(row, []);
    else below.get(head[row])?.push(row);
  }
  const common = (row: number) => ({
    ...{ id: idOf(posts, row), content: text[row], upvotes: up[row], downvotes: down[row] },
    created_at: iso(ms[row]),
    author: authorCard(archive, posts.author[row]),
  });
  for (const [row, rows] of below) {
    const made = new Map<number, Dumped>();
    const top: Dumped[] = [];
    for (const comment of rows) {
      const parent = parentOf(posts, comment);
      const one: Dumped = { ...common(comment), parent_id: parent === '' ? null : parent, replies: [] };
      made.set(comment, one);
      (made.get(posts.parent[comment])?.replies ?? top).push(one);
    }
    const submolt = submoltOf(archive, row);
    const post = {
      ...common(row),
      ...{ title: titleOf(text[row]), url: null, comment_count: rows.length },
      submolt:
        submolt === '' ? null : { id: `submolt-${archive.community[row] + 1}`, name: submolt, display_name: submolt },
    };
    yield `${JSON.stringify({ success: true, post, comments: top })}\n`;
  }
}

function authorCard({ records, agents }: Archive, agent: number) {
  const id = externalId(records.population.ids, agent);
  return {
    ...{ id, name: id, description: '', karma: agents.karma[agent] },
    ...{ follower_count: agents.followers[agent], following_count: agents.following[agent] },
  };
}
