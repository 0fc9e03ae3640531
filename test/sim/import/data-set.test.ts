/** Data sets on disk: what was gathered, read back through the reader of runs; one digest for equal sources; damage is seen. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { edgesOf, sharingOf } from '../../../analysis/measures/from-records.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { writeDataSet } from '../../../sim/import/data-set.ts';
import { gatherEdges } from '../../../sim/import/edges.ts';
import { readEdgeList } from '../../../sim/import/edge-list.ts';
import { gatherMoltbook } from '../../../sim/import/moltbook.ts';
import { readMoltbookTables } from '../../../sim/import/moltbook-tables.ts';
import { dataSetOf, readDataTable, verifyDataSet } from '../../../sim/record/data-set-reader.ts';
import { readFollows, readPosts } from '../../../sim/record/post-reader.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { externalId } from '../../../sim/world/population.ts';
import { problemsOf } from './folder.ts';
import { writeDiscussion, writeEdges } from './sources.ts';
import type { AboutImport } from '../../../sim/import/data-set.ts';
import type { Gathered } from '../../../sim/import/gathered.ts';

const root = mkdtempSync(join(tmpdir(), 'mesocosm-data-set-'));
const about: AboutImport = {
  engine: 'test',
  startedAt: '',
  cost: () => ({ seconds: { setup: 0, ticks: 0, record: 0 }, cpuSeconds: 0, peakRssBytes: 0 }),
};
let discussion: Gathered;
let timed: Gathered;

beforeAll(() => {
  writeDiscussion(join(root, 'source'), { agents: 60, posts: 200, comments: 1500 });
  discussion = gatherMoltbook(readMoltbookTables(join(root, 'source')));
  writeDataSet(join(root, 'discussion'), discussion, about);
  writeEdges(join(root, 'edges.csv'), 3000, 100);
  timed = gatherEdges(join(root, 'edges.csv'), readEdgeList(join(root, 'edges.csv')));
  writeDataSet(join(root, 'edges'), timed, about);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

test('posts are read back as they were gathered: author, parent, text and time to the millisecond', () => {
  const records = openRecords(join(root, 'discussion'));
  const posts = readPosts(records);
  const table = readDataTable(records, 'posts');
  const startMs = dataSetOf(records.manifest)?.startMs ?? 0;
  const read = Array.from({ length: posts.count }, (_, row) => [
    externalId(records.population.ids, posts.author[row]),
    posts.parent[row] < 0 ? '' : table?.texts('id')?.at(posts.parent[row]),
    table?.texts('content')?.at(row),
    startMs + posts.tick[row] * records.manifest.tickSeconds * 1000 + posts.amount[row],
  ]);
  const { acts, ids, tables } = discussion;
  const [names, contents] = ['id', 'content'].map((name) => tables[1].columns[name] as readonly string[]);
  const given = Array.from(acts.actor, (actor, act) => [
    ids[actor],
    acts.target[act] < 0 ? '' : names[acts.target[act]],
    contents[act],
    acts.timeMs[act],
  ]);
  const sorted = (rows: unknown[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();
  expect(sorted(read)).toEqual(sorted(given));
});

test('a parent precedes what answers it, and the rows of the log stand in the order of time', () => {
  const records = openRecords(join(root, 'discussion'));
  const posts = readPosts(records);
  for (let row = 0; row < posts.count; row++) expect(posts.parent[row]).toBeLessThan(row);
  const ticks = [...records.ticks()];
  expect(ticks.reduce((sum, { intentCount }) => sum + intentCount, 0)).toBe(discussion.acts.count);
  expect(ticks.reduce((sum, { totals }) => sum + totals.awake, 0)).toBe(records.manifest.counts.awake);
});

test('hours of sharing are those of the source', () => {
  const records = openRecords(join(root, 'discussion'));
  const { columns } = sharingOf(records);
  const startMs = dataSetOf(records.manifest)?.startMs ?? 0;
  const given = Array.from(discussion.acts.timeMs.subarray(0, 200), (ms) => (ms - startMs) / 3_600_000);
  columns.timeHours.forEach((hours, row) => {
    expect(hours).toBeCloseTo(given[row], 9);
  });
});

test('ties with times are follows of the log; without times they are there from the start; both give one follow layer', () => {
  const { timeMs, ...rows } = readEdgeList(join(root, 'edges.csv'));
  expect(timeMs).toHaveLength(3000);
  const still = gatherEdges(join(root, 'edges.csv'), rows);
  writeDataSet(join(root, 'still'), still, about);
  const pairsOf = (name: string): string[] => {
    const { source, target } = readFollows(openRecords(join(root, name)));
    return Array.from(source, (from, i) => `${from}>${target[i]}`);
  };
  expect(openRecords(join(root, 'edges')).manifest.ties).toBe(0);
  expect(openRecords(join(root, 'still')).manifest.ties).toBe(timed.acts.count);
  expect(pairsOf('edges')).toEqual(pairsOf('still'));
  expect(edgesOf(openRecords(join(root, 'edges')), 'follow').sources).toHaveLength(timed.acts.count);
});

test('weights stand beside the ties they belong to', () => {
  const records = openRecords(join(root, 'edges'));
  const table = readDataTable(records, 'ties');
  const [follower, rows, weight] = [table?.integers('follower'), table?.integers('rows'), table?.numbers('weight')];
  expect(follower).toHaveLength(timed.acts.count);
  expect(weight?.every((value, tie) => value === 0.5 * (rows?.[tie] ?? 0))).toBe(true);
  expect(table?.integers('weight')).toBeUndefined();
});

test('equal sources give one digest, whatever the clock and the folder; another source another', () => {
  const once = openRecords(join(root, 'discussion')).manifest;
  const again = writeDataSet(join(root, 'again'), discussion, { ...about, startedAt: 'later' });
  expect(again.digest).toBe(once.digest);
  const fewer = { ...discussion, ids: [...discussion.ids, 'one more'] };
  const tables = discussion.tables.filter(({ rows }) => rows !== 'agents');
  expect(writeDataSet(join(root, 'other'), { ...fewer, tables }, about).digest).not.toBe(once.digest);
});

test('verifyDataSet: a flipped byte of any file is seen, and named', () => {
  const directory = join(root, 'damaged');
  writeDataSet(directory, discussion, about);
  expect(verifyDataSet(directory)).toMatchObject({ tables: 3, ticks: openRecords(directory).manifest.ticks });
  for (const name of [
    'genesis/population.bin',
    'tables/posts.bin',
    'tables/agents.bin',
    'events.log',
    'manifest.json',
  ]) {
    const file = join(directory, name);
    const bytes = readFileSync(file);
    const damagedBytes = Buffer.from(bytes);
    const at = name === 'manifest.json' ? bytes.indexOf('"agents": ') + 10 : bytes.length >> 1;
    damagedBytes[at] ^= 1;
    writeFileSync(file, damagedBytes);
    const [problem] = problemsOf(() => verifyDataSet(directory));
    expect([problem.code, problem.place?.file]).toEqual(['INPUT_STORE_DAMAGED', file]);
    writeFileSync(file, bytes);
  }
  expect(verifyDataSet(directory).tables).toBe(3);
});

test('a directory that holds a data set is not written over', () => {
  const [problem] = problemsOf(() => writeDataSet(join(root, 'discussion'), discussion, about));
  expect(problem.code).toBe('INPUT_EXISTS');
});

test('negative times, and a reply whose clock is years behind, are stored and said', () => {
  const year = 365 * 86_400_000;
  const acts = {
    count: 3,
    verb: Uint8Array.of(verbs.post, verbs.reply, verbs.reply),
    actor: Int32Array.of(0, 1, 0),
    target: Int32Array.of(-1, 0, 1),
    timeMs: Float64Array.of(-5000, -9000, -5000 - year),
  };
  const manifest = writeDataSet(
    join(root, 'negative'),
    { ...discussion, ids: ['a', 'b'], acts, tables: [], noted: [] },
    about,
  );
  expect(manifest.dataSet.startMs).toBe(-5000);
  expect(manifest.dataSet.noted.map(({ reason, count }) => [reason, count])).toEqual([
    ['reply earlier than what it answers', 2],
    ['reply more than 24 days earlier than what it answers', 1],
  ]);
  expect(Array.from(readPosts(openRecords(join(root, 'negative'))).amount)).toEqual([0, -4000, -0x7fffffff]);
});

test('times that lie centuries apart are refused: their unit is wrong', () => {
  const acts = {
    ...timed.acts,
    count: 2,
    actor: Int32Array.of(0, 1),
    target: Int32Array.of(1, 0),
    verb: Uint8Array.of(6, 6),
  };
  const far = { ...timed, acts: { ...acts, timeMs: Float64Array.of(0, 1e14) }, tables: [] };
  expect(problemsOf(() => writeDataSet(join(root, 'far'), far, about))[0].code).toBe('INPUT_FIELD_RANGE');
});
