/** MoltBook sources: tables and dumps of one discussion give one data set, in every shape that dumps have. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { gatherMoltbook } from '../../../sim/import/moltbook.ts';
import { readMoltbookDumps } from '../../../sim/import/moltbook-dump.ts';
import { hasTables, readMoltbookTables } from '../../../sim/import/moltbook-tables.ts';
import { problemsOf } from './folder.ts';
import type { Gathered } from '../../../sim/import/gathered.ts';

const root = mkdtempSync(join(tmpdir(), 'mesocosm-moltbook-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(root, name);
  mkdirSync(path);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
  return path;
}

const at = (minute: number): string => `2026-01-28T10:${String(minute).padStart(2, '0')}:00Z`;
const ann = { id: 'A', name: 'ann', karma: 7, follower_count: 2 };
const bob = { id: 'B', name: '<b>bob</b>' };
const post = {
  id: 'p1',
  title: '=HYPERLINK(1)',
  content: 'Hello 😀',
  upvotes: 3,
  created_at: at(0),
  submolt: { name: 'general' },
  author: ann,
};
const c1 = { id: 'c1', content: 'a', created_at: at(1), author: bob };
const c2 = { id: 'c2', content: 'a', created_at: at(2), author: ann };

/** Who answered whom, with texts: what two sources of one discussion must have in common. */
function essence({ ids, acts, tables }: Gathered) {
  const posts = tables.find(({ name }) => name === 'posts');
  const texts = posts?.columns['content'] as readonly string[];
  return Array.from(acts.actor, (actor, act) => [
    ids[actor],
    texts[act],
    texts[acts.target[act]] ?? '',
    acts.timeMs[act],
  ]);
}

const nested = { success: true, post, comments: [{ ...c1, replies: [c2] }] };
const flat = { success: true, data: { post, comments: [c1, { ...c2, parent_id: 'c1' }] } };
const inPost = { post: { ...post, comments: [c1, { ...c2, parent_id: 'c1' }] } };
const wanted = [
  ['A', 'Hello 😀', '', Date.UTC(2026, 0, 28, 10, 0)],
  ['B', 'a', 'Hello 😀', Date.UTC(2026, 0, 28, 10, 1)],
  ['A', 'a', 'a', Date.UTC(2026, 0, 28, 10, 2)],
];

describe('dumps of the API', () => {
  const shapes: [string, Record<string, string | Uint8Array>][] = [
    ['nested replies', { 'p1.json': JSON.stringify(nested) }],
    ['flat with parents', { 'p1.json': JSON.stringify(flat) }],
    ['comments inside the post', { 'p1.json': JSON.stringify(inPost) }],
    ['an array', { 'all.json': JSON.stringify([nested]) }],
    ['a list of posts', { 'all.json': JSON.stringify({ posts: [inPost.post] }) }],
    ['one a line', { 'all.jsonl': `${JSON.stringify(nested)}\n\n` }],
    ['packed', { 'p1.json.gz': gzipSync(JSON.stringify(nested)) }],
  ];
  test.each(shapes)('%s', (name, files) => {
    const gathered = gatherMoltbook(readMoltbookDumps(folder(name, files)));
    expect(essence(gathered)).toEqual(wanted);
    expect(gathered.dropped).toEqual([]);
    const [agents, posts] = gathered.tables;
    expect(agents.columns['name']).toEqual(['ann', '<b>bob</b>']);
    expect(Array.from(agents.columns['karma'] as Int32Array)).toEqual([7, 0]);
    expect(Array.from(posts.columns['contentClass'] as Int32Array)).toEqual([0, 1, 1]);
    expect(Array.from(posts.columns['chars'] as Int32Array)).toEqual([7, 1, 1]);
  });

  test('a comment that stands both flat and nested is one; an answer without a post is counted', () => {
    const both = {
      post,
      comments: [
        { ...c1, replies: [{ ...c2, parent_id: 'c1' }] },
        { ...c2, parent_id: 'c1' },
      ],
    };
    const files = { 'a.json': JSON.stringify(both), 'b.json': '{"success":false,"error":"gone"}' };
    const gathered = gatherMoltbook(readMoltbookDumps(folder('both', files)));
    expect(essence(gathered)).toEqual(wanted);
    expect(gathered.noted.map(({ reason, count }) => [reason, count])).toContainEqual(['comment met again', 1]);
    expect(gathered.noted.map(({ reason, count }) => [reason, count])).toContainEqual([
      'answer of the API without a post',
      1,
    ]);
  });

  test('a thread of two thousand nested replies is read without running out of stack', () => {
    const opened = Array.from(
      { length: 2000 },
      (_, i) => `{"id":"n${i}","created_at":${1_769_000_000 + i},"author":"B","replies":[`,
    ).join('');
    const text = `{"post":${JSON.stringify(post)},"comments":[${opened}${']}'.repeat(2000)}]}`;
    expect(gatherMoltbook(readMoltbookDumps(folder('deep', { 'deep.json': text }))).acts.count).toBe(2001);
  });

  test('what is no post is refused, with file and field', () => {
    const [time] = problemsOf(() =>
      readMoltbookDumps(folder('time', { 'x.json': JSON.stringify({ post: { ...post, created_at: 'soon' } }) })),
    );
    expect(time).toMatchObject({
      code: 'INPUT_TYPE',
      found: expect.stringContaining('created_at must be a time') as string,
    });
    expect(problemsOf(() => readMoltbookDumps(folder('none', {})))[0].code).toBe('INPUT_EMPTY');
    const [line] = problemsOf(() =>
      readMoltbookDumps(folder('line', { 'x.jsonl': `${JSON.stringify(nested)}\n{"post":\n` })),
    );
    expect(line).toMatchObject({ code: 'INPUT_SYNTAX', place: { line: 2 } });
  });
});

describe('flat tables', () => {
  const agents = 'id,name,karma\nA,ann,7\nB,<b>bob</b>,0\n';
  const posts = `id,agent_id,submolt,title,content,score,created_at\np1,A,general,=HYPERLINK(1),Hello 😀,3,${at(0)}\n`;
  const comments = `id,post_id,agent_id,parent_id,content,created_at\nc1,p1,B,,a,${at(1)}\nc2,p1,A,c1,a,${at(2)}\n`;

  test('in the platform’s own words, plain and gzipped: the discussion of the dumps', () => {
    const plain = folder('plain', { 'agents.csv': agents, 'posts.csv': posts, 'comments.csv': comments });
    const packed = folder('gzipped', {
      'posts.csv.gz': gzipSync(posts),
      'comments.csv.gz': gzipSync(comments),
      'agents.csv': agents,
    });
    for (const path of [plain, packed]) {
      expect(hasTables(path)).toBe(true);
      const gathered = gatherMoltbook(readMoltbookTables(path));
      expect(essence(gathered)).toEqual(wanted);
      expect(gathered.dropped).toEqual([]);
    }
  });

  test('a table both plain and packed, or none, is refused', () => {
    const both = folder('twice', { 'posts.csv': posts, 'posts.csv.gz': gzipSync(posts), 'comments.csv': comments });
    expect(problemsOf(() => readMoltbookTables(both))[0].code).toBe('INPUT_COMBINATION');
    expect(problemsOf(() => readMoltbookTables(folder('half', { 'posts.csv': posts })))[0].code).toBe(
      'INPUT_NOT_FOUND',
    );
  });
});
