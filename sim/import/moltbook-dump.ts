/**
 * MoltBook as dumps of its API: JSON files of one post with its comments each, arrays of such, or one a line.
 *
 * Reads `{success, post, comments}`, the same inside `data`, a post that holds its own `comments`, and comments nested below one another as
 * `replies` or flat with `parent_id`. An answer of the API that says `success: false` is counted and left out. An agent is known by its
 * id, or by its name where there is none; its numbers are those of the last time it was met.
 * Order: files by name, then as they stand. A comment that a dump holds both flat and nested is one comment: equal ids of one post
 * with equal parents are counted as met again, not as two.
 */
import { InputError, echo, escapeControls } from '../ground/errors.ts';
import { RowTally } from './gathered.ts';
import { Fields, readJsonValues } from './json-source.ts';
import { filesLike, isFolder, nameOfSource } from './source-file.ts';
import { codePointCount } from './text-length.ts';
import type { Place } from '../ground/errors.ts';
import type { JsonValue } from './json-source.ts';
import type { MoltbookSource } from './moltbook.ts';

const dumpFiles = /\.(json|jsonl|ndjson)(\.gz)?$/i;

/** Rows of posts or comments while dumps are read. */
class EntryRows {
  readonly id: string[] = [];
  readonly author: string[] = [];
  readonly post: string[] = [];
  readonly parent: string[] = [];
  readonly timeMs: number[] = [];
  readonly places: Place[] = [];
  readonly numbers = {
    upvotes: [] as number[],
    downvotes: [] as number[],
    score: [] as number[],
    chars: [] as number[],
  };
  readonly texts = { title: [] as string[], content: [] as string[], url: [] as string[], community: [] as string[] };

  add(fields: Fields, author: string, place: Place): void {
    this.id.push(fields.text('id'));
    this.author.push(author);
    this.timeMs.push(fields.timeMs('created_at'));
    this.places.push(place);
    for (const name of ['upvotes', 'downvotes', 'score'] as const) this.numbers[name].push(fields.integer(name));
    for (const name of ['title', 'content', 'url'] as const) this.texts[name].push(fields.text(name));
    this.numbers.chars.push(codePointCount(fields.text('content')));
  }

  entries() {
    const integers = Object.fromEntries(
      Object.entries(this.numbers).map(([name, values]) => [name, Int32Array.from(values)]),
    ) as Record<keyof EntryRows['numbers'], Int32Array>;
    return {
      count: this.id.length,
      id: this.id,
      author: this.author,
      timeMs: Float64Array.from(this.timeMs),
      placeOf: (row: number) => this.places[row],
      columns: { ...integers, ...this.texts },
    };
  }
}

interface Reading {
  readonly posts: EntryRows;
  readonly comments: EntryRows;
  readonly agents: Map<string, AgentRow>;
  readonly noted: RowTally;
  /** Comments met so far: post, id and parent. */
  readonly met: Set<string>;
}

interface AgentRow {
  name: string;
  description: string;
  karma: number;
  followerCount: number;
  followingCount: number;
  readonly place: Place;
}

/** Reads a dump, or all dumps of a folder. */
export function readMoltbookDumps(path: string): MoltbookSource {
  const files = isFolder(path) ? filesLike(path, dumpFiles) : [path];
  const reading: Reading = {
    posts: new EntryRows(),
    comments: new EntryRows(),
    agents: new Map(),
    noted: new RowTally(),
    met: new Set(),
  };
  for (const file of files) for (const value of readJsonValues(file)) takeValue(value, reading);
  const { posts, comments, agents, noted } = reading;
  if (posts.id.length === 0) throw noPosts(path);
  return {
    name: nameOfSource(path),
    files,
    agents: agentsOf(agents),
    posts: posts.entries(),
    comments: { ...comments.entries(), post: comments.post, parent: comments.parent },
    noted,
  };
}

function noPosts(path: string): InputError {
  return new InputError({
    code: 'INPUT_EMPTY',
    place: { file: escapeControls(path) },
    found: 'no post was found',
    next: 'Name a folder with posts.csv and comments.csv, or dumps of the API: {"post": {…}, "comments": […]}.',
  });
}

function agentsOf(agents: ReadonlyMap<string, AgentRow>): MoltbookSource['agents'] {
  const rows = [...agents.values()];
  const integers = (name: 'karma' | 'followerCount' | 'followingCount'): Int32Array =>
    Int32Array.from(rows, (row) => row[name]);
  const columns = {
    name: rows.map((row) => row.name),
    description: rows.map((row) => row.description),
    karma: integers('karma'),
    followerCount: integers('followerCount'),
    followingCount: integers('followingCount'),
  };
  return { id: [...agents.keys()], columns, placeOf: (row) => rows[row].place };
}

/** One answer of the API. */
function takeValue(given: JsonValue, reading: Reading): void {
  const answer = new Fields(given);
  if (answer.has('success') && !answer.has('data') && !answer.has('post') && !answer.has('posts')) {
    reading.noted.add(
      'answer of the API without a post',
      () => given.place,
      () => 'success, and neither data nor post',
    );
    return;
  }
  const whole = answer.object('data') ?? answer;
  if (whole.has('posts')) {
    for (const post of whole.objects('posts')) takePost(post, post, given.place, reading);
    return;
  }
  takePost(whole.object('post') ?? whole, whole, given.place, reading);
}

function takePost(post: Fields, around: Fields, place: Place, reading: Reading): void {
  const { posts } = reading;
  posts.add(post, authorOf(post, place, reading), place);
  posts.texts.community.push(communityOf(post));
  const postId = post.text('id');
  const lists = around === post || !post.has('comments') ? [around] : [around, post];
  for (const holder of lists) takeComments(holder.objects('comments'), postId, place, reading);
}

function communityOf(post: Fields): string {
  return post.isObject('submolt') ? (post.object('submolt')?.text('name') ?? '') : post.text('submolt');
}

/** Comments and what is nested below them, without recursion: a thread may be as deep as it likes. */
function takeComments(comments: readonly Fields[], post: string, place: Place, reading: Reading): void {
  const waiting = comments.map((comment) => ({ comment, below: '' })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { comment, below } = next;
    const id = comment.text('id');
    const parent = comment.has('parent_id') ? comment.text('parent_id') : below;
    const key = JSON.stringify([post, id, parent]);
    if (reading.met.has(key))
      reading.noted.add(
        'comment met again',
        () => place,
        () => echo(id),
      );
    else {
      reading.met.add(key);
      reading.comments.add(comment, authorOf(comment, place, reading), place);
      reading.comments.post.push(post);
      reading.comments.parent.push(parent);
    }
    for (const reply of comment.objects('replies').reverse()) waiting.push({ comment: reply, below: id });
  }
}

/** The id of an author, '' for none. An author is an object, or a name or id of its own. */
function authorOf(entry: Fields, place: Place, { agents, noted }: Reading): string {
  if (!entry.has('author')) return entry.text('author_id') || entry.text('agent_id');
  const author = entry.isObject('author') ? entry.object('author') : undefined;
  if (author === undefined) return entry.text('author');
  const name = author.text('name');
  const id = author.text('id') || name;
  if (id === '') return '';
  if (!name.isWellFormed() || !id.isWellFormed()) {
    noted.add(
      'name with half a character (a lone surrogate)',
      () => place,
      () => echo(name),
    );
  }
  const row = agents.get(id) ?? { name, description: '', karma: 0, followerCount: 0, followingCount: 0, place };
  row.name = name;
  if (author.has('description')) row.description = author.text('description');
  if (author.has('karma')) row.karma = author.integer('karma');
  if (author.has('follower_count')) row.followerCount = author.integer('follower_count');
  if (author.has('following_count')) row.followingCount = author.integer('following_count');
  agents.set(id, row);
  return id;
}
