/**
 * Sources to import, made from a seed: a discussion of any size as flat tables, and edge lists of any length.
 *
 * Written in pieces, so that ten million rows need no memory here either. Nothing in them was taken from anybody.
 */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';

const piece = 1 << 20;

/** Writes lines to a file, in pieces. */
export function writeLines(file: string, lines: Iterable<string>): void {
  const handle = openSync(file, 'w');
  let text = '';
  for (const line of lines) {
    text += line + '\n';
    if (text.length < piece) continue;
    writeSync(handle, text);
    text = '';
  }
  writeSync(handle, text);
  closeSync(handle);
}

/** How large a discussion is. */
export interface DiscussionSize {
  readonly agents: number;
  readonly posts: number;
  readonly comments: number;
}

/** Writes `agents.csv`, `posts.csv` and `comments.csv`: a comment answers a post, or one of the last hundred comments of it. */
export function writeDiscussion(folder: string, { agents, posts, comments }: DiscussionSize, seed = 1): void {
  mkdirSync(folder, { recursive: true });
  const stream = randomStream(seed, streamPurposes.sample);
  const below = (bound: number): number => Math.floor(stream.uniform() * bound);
  // Squared, so that some write and are answered much more than others.
  const skewed = (bound: number): number => Math.floor(stream.uniform() * stream.uniform() * bound);
  const timeOf = (second: number): string =>
    `2026-02-${text2(1 + Math.floor(second / 86_400))}T${clockOf(second % 86_400)}Z`;
  writeLines(
    join(folder, 'agents.csv'),
    rowsOf('agent,karma', agents, (row) => `${row},${below(100)}`),
  );
  const postHeader = 'post,author,submolt,created_at,upvotes,downvotes,title,content';
  writeLines(
    join(folder, 'posts.csv'),
    rowsOf(
      postHeader,
      posts,
      (row) => `${row},${skewed(agents)},s${skewed(50)},${timeOf(row * 20)},${below(9)},0,Title,"Text, ${row}"`,
    ),
  );
  const latest = new Map<number, number[]>();
  const commentRow = (row: number): string => {
    const post = skewed(posts);
    const known = latest.get(post) ?? [];
    const parent = known.length > 0 && stream.uniform() < 0.2 ? known[below(known.length)] : '';
    latest.set(post, [...known.slice(-99), row]);
    return `${row},${post},${parent},${skewed(agents)},${timeOf(posts * 20 + row * 5)},0,0,Answer ${below(comments)} with some words`;
  };
  writeLines(
    join(folder, 'comments.csv'),
    rowsOf('comment,post,parent,author,created_at,upvotes,downvotes,content', comments, commentRow),
  );
}

function* rowsOf(header: string, count: number, rowAt: (row: number) => string): Generator<string, void, undefined> {
  yield header;
  for (let row = 0; row < count; row++) yield rowAt(row);
}

function text2(value: number): string {
  return String(value).padStart(2, '0');
}

function clockOf(second: number): string {
  return `${text2(Math.floor(second / 3600))}:${text2(Math.floor(second / 60) % 60)}:${text2(second % 60)}`;
}

/** Writes an edge list with times and weights: `rows` edges among `nodes` nodes, times ascending by a second. */
export function writeEdges(file: string, rows: number, nodes: number, seed = 1): void {
  const stream = randomStream(seed, streamPurposes.sample, 1);
  const node = (): number => Math.floor(stream.uniform() * nodes);
  writeLines(
    file,
    rowsOf('source,target,time,weight', rows, (row) => `${node()},${node()},${1_700_000_000 + row},0.5`),
  );
}
