/**
 * Tests of `sim/record/oasis-tables.ts` and what belongs to it: what scripts of OASIS read out of the file is what the log says.
 *
 * Three accounts of one run: the file, a replay of its own trace on objects, and run.db. A Python script that knows OASIS's schema
 * stands for the scripts.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenario } from '../../fixtures/oasis-code.ts';
import { scenario as everyVerb } from '../../fixtures/every-verb.ts';
import { scenario as golden } from '../../fixtures/golden-code.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { recordRun } from '../../../sim/engine/run.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { rebuildDatabase } from '../../../sim/record/database-sqlite.ts';
import { parseIntentName } from '../../../sim/record/intent-reader.ts';
import { readManifest, writeManifest } from '../../../sim/record/manifest.ts';
import { dateText } from '../../../sim/record/oasis-clock.ts';
import { writeOasisFile } from '../../../sim/record/oasis-file.ts';
import { oasisTables } from '../../../sim/record/oasis-schema.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { persona } from '../../../sim/world/persona.ts';
import { externalId } from '../../../sim/world/population.ts';
import { replay, replayedTables } from './oasis-replay.ts';
import { replaceLog, smallRun } from './small-run.ts';
import type { DefinedScenario } from '../../../sim/engine/define.ts';
import type { OasisSummary } from '../../../sim/record/oasis-file.ts';
import type { TraceRow } from './oasis-replay.ts';
import type { HandTick } from './small-run.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-oasis-'));
afterAll(() => rmSync(folder, { recursive: true }));

const python = '/usr/bin/python3';
const hasPython = spawnSync(python, ['-c', 'import sqlite3']).status === 0;
const skipped = hasPython ? '' : ' (skipped: no /usr/bin/python3 with sqlite3)';

type Row = Record<string, number | string | null>;

function query(file: string, sql: string): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(file, sqlite3.OPEN_READONLY, (failure) => {
      if (failure !== null) reject(failure);
      database.all<Row>(sql, (error, rows) => {
        database.close(() => {
          if (error === null) resolve(rows);
          else reject(error);
        });
      });
    });
  });
}

async function traceOf(file: string): Promise<TraceRow[]> {
  const rows = await query(file, 'SELECT user_id, created_at, action, info FROM trace ORDER BY rowid');
  return rows.map((row) => ({
    ...{ user: row['user_id'] as number, time: row['created_at'], action: String(row['action']) },
    info: JSON.parse(String(row['info'])) as Record<string, unknown>,
  }));
}

async function recorded(name: string, study: DefinedScenario, workers = 1): Promise<string> {
  const { data, module } = study;
  const directory = join(folder, name);
  await recordRun({
    compiled: compileScenario(data, (path) => path, module),
    placement: { workers, layout: 'scrambled', mergeTicks: 7 },
    directory,
    source: { name: 'test.ts', sha256: '' },
    exposureSampleShare: data.exposureSampleShare,
    code: study,
  });
  return directory;
}

const run = join(folder, 'run');
const file = join(run, 'oasis.db');
let summary: OasisSummary;
beforeAll(async () => {
  await recorded('run', scenario);
  summary = await writeOasisFile(openRecords(run), file);
}, 60_000);

function sortedBy(key: string, rows: readonly Record<string, unknown>[]): unknown[] {
  return rows.toSorted((x, y) => Number(x[key]) - Number(y[key]));
}

/** What each table is sorted by: where not by its first column, the replay makes rows in another order. */
const keys: Readonly<Record<string, string>> = {
  ...{ like: 'like_id', dislike: 'dislike_id', comment_like: 'comment_like_id', comment_dislike: 'comment_dislike_id' },
  ...{ follow: 'follow_id', mute: 'mute_id', group_messages: 'message_id' },
};

async function expectReplayed(database: string): Promise<Record<string, number>> {
  const { tables, misfits } = replay(await traceOf(database));
  expect(misfits).toEqual([]);
  const counts: Record<string, number> = {};
  for (const name of replayedTables) {
    const written = await query(database, `SELECT * FROM "${name}"`);
    const replayed = tables[name] ?? [];
    counts[name] = written.length;
    const key = keys[name];
    if (name === 'group_members') {
      const order = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
      expect([name, order(replayed)]).toEqual([name, order(written)]);
    } else expect([name, key === undefined ? replayed : sortedBy(key, replayed)]).toEqual([name, written]);
  }
  return counts;
}

describe('the tables of OASIS', () => {
  it.skipIf(!hasPython)(
    `writeOasisFile: Python finds OASIS's sixteen tables, whole, with counters that equal the rows${skipped}`,
    () => {
      const script = join(import.meta.dirname, '../../fixtures/read-oasis.py');
      const { stdout, stderr } = spawnSync(python, [script, file], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual({ rows: summary.rows, wrong: [] });
      expect(Object.keys(summary.rows).length).toBe(16);
    },
  );

  it('writeOasisFile: replaying the trace from an empty platform gives the rows of all tables (OASIS-04, OASIS-54, OASIS-55)', async () => {
    const counts = await expectReplayed(file);
    const empty = Object.keys(counts).filter((name) => counts[name] === 0);
    expect(empty).toEqual(['rec']);
  });

  it.each([
    ['a run with every platform verb', 'every-verb', everyVerb],
    ['the golden run of own code, with 3 workers', 'golden', golden],
  ])(
    'writeOasisFile: the trace of %s replays to its tables, too',
    async (_, name, other) => {
      const directory = await recorded(name, other, name === 'golden' ? 3 : 1);
      const database = join(directory, 'oasis.db');
      await writeOasisFile(openRecords(directory), database);
      const counts = await expectReplayed(database);
      expect(counts['post']).toBeGreaterThan(100);
    },
    60_000,
  );

  it('writeOasisFile: each granted intent is one row of the trace that `why` can name, and no two rows are equal (54)', async () => {
    const records = openRecords(run);
    const granted: string[] = [];
    for (const { tick, intentCount, outcome, actor, sequence } of records.ticks()) {
      for (let i = 0; i < intentCount; i++) {
        if (outcome[i] === outcomes.granted) granted.push(`${tick}:#${actor[i]}:${sequence[i]}`);
      }
    }
    const trace = await traceOf(file);
    const named = trace.flatMap(({ info }) => ('intent' in info ? [String(info['intent'])] : []));
    expect(named.toSorted()).toEqual(granted.toSorted());
    for (const name of named.slice(0, 300)) {
      const { tick, ordinal, sequence } = parseIntentName(records, name);
      expect(`${tick}:#${ordinal}:${sequence}`).toBe(name);
    }
    const { population } = records;
    const started = population.count + population.followee.length + 2 + 3;
    expect(trace.length).toBe(granted.length + started);
    const twice = 'SELECT 1 FROM trace GROUP BY user_id, created_at, action, info HAVING count(*) > 1';
    expect(await query(file, twice)).toEqual([]);
    const idle = trace.filter(({ action }) => action === 'do_nothing');
    expect(idle.length).toBeGreaterThan(20);
  });

  it('writeOasisFile: rows of the trace have the keys that OASIS gives them', async () => {
    const keysOf: Readonly<Record<string, readonly string[]>> = {
      ...{
        sign_up: ['name', 'user_name', 'bio'],
        create_post: ['content', 'post_id'],
        repost: ['reposted_id', 'new_post_id'],
      },
      ...{
        quote_post: ['quoted_id', 'new_post_id'],
        like_post: ['post_id', 'like_id'],
        unlike_post: ['post_id', 'like_id'],
      },
      ...{ dislike_post: ['post_id', 'dislike_id'], undo_dislike_post: ['post_id', 'dislike_id'] },
      ...{ create_comment: ['content', 'comment_id'], like_comment: ['comment_id', 'comment_like_id'] },
      ...{ dislike_comment: ['comment_id', 'comment_dislike_id'], follow: ['follow_id'], unfollow: ['followee_id'] },
      ...{ mute: ['mutee_id'], unmute: ['mutee_id'], report_post: ['post_id', 'report_id'], do_nothing: [] },
      ...{ purchase_product: ['product_name', 'purchase_num'], create_group: ['group_id', 'group_name'] },
      ...{ search_posts: ['query'], search_user: ['query'], trend: ['posts'], refresh: ['posts'] },
      ...{ interview: ['prompt', 'interview_id'] },
      ...{ join_group: ['group_id'], leave_group: ['group_id'], send_to_group: ['group_id', 'message_id', 'content'] },
    };
    const trace = await traceOf(file);
    for (const [action, needed] of Object.entries(keysOf)) {
      const rows = trace.filter((row) => row.action === action);
      expect([action, rows.length > 0]).toEqual([action, true]);
      for (const { info } of rows)
        expect([action, Object.keys(info)]).toEqual([action, expect.arrayContaining([...needed])]);
    }
  });

  it('writeOasisFile: counters and ties are those of run.db', async () => {
    await rebuildDatabase(run, 'full');
    const database = join(run, 'run.db');
    const isComment = "kind = 'reply'";
    const counters = 'likes, dislikes, reports';
    const posts = await query(database, `SELECT ${counters}, author FROM posts WHERE NOT ${isComment} ORDER BY id`);
    const comments = await query(database, `SELECT likes, dislikes, author FROM posts WHERE ${isComment} ORDER BY id`);
    const rates = 'num_likes AS likes, num_dislikes AS dislikes';
    expect(await query(file, `SELECT ${rates}, user_id AS author FROM comment ORDER BY comment_id`)).toEqual(comments);
    expect(
      await query(file, `SELECT ${rates}, num_reports AS reports, user_id AS author FROM post ORDER BY post_id`),
    ).toEqual(posts.map((row) => row));
    const shares = await query(database, 'SELECT sum(shares) AS shares FROM posts');
    expect(await query(file, 'SELECT sum(num_shares) AS shares FROM post')).toEqual(shares);
    const held = 'SELECT follower, followee FROM ties WHERE removed_tick IS NULL ORDER BY follower, followee';
    const written = 'SELECT follower_id AS follower, followee_id AS followee FROM follow ORDER BY 1, 2';
    expect(await query(file, written)).toEqual(await query(database, held));
  });

  it('writeOasisFile: what OASIS has no place for is counted, and its acts stand in the trace under names of their own', async () => {
    const { losses } = summary;
    expect(losses).toMatchObject({ partialActs: 0 });
    for (const name of ['nestedReplies', 'commentShares', 'commentReports', 'otherActs'] as const)
      expect([name, losses[name] > 0]).toEqual([name, true]);
    const trace = await traceOf(file);
    const others = ['message', 'block', 'unblock', 'delete', 'remove', 'label', 'claim_handle'];
    expect(trace.filter(({ action }) => others.includes(action)).length).toBe(losses.otherActs);
    expect(trace.filter(({ action }) => action === 'report_comment').length).toBe(losses.commentReports);
    // The platform labels by a rule of its own and is no user.
    expect(trace.some(({ action, user }) => action === 'label' && user === null)).toBe(true);
    const nested = trace.filter(({ info }) => 'parent_comment_id' in info);
    expect(nested.length).toBe(losses.nestedReplies);
  });

  it('writeOasisFile: hostile words come back as they were said', async () => {
    const said = [...openRecords(run).ticks()].flatMap((record) =>
      Array.from(record.details.row, (row, k) => ({ row, k, record })).filter(
        ({ row }) => record.verb[row] === verbs.post && record.outcome[row] === outcomes.granted,
      ),
    );
    expect(said.length).toBeGreaterThan(50);
    const contents = (await query(file, 'SELECT DISTINCT content FROM post')).map(({ content }) => content);
    for (const words of [
      "it's",
      '"quoted" \\ text',
      "'); DROP TABLE post; --",
      'nul \u0000 within',
      '日本 😀',
      '100 % _',
    ])
      expect(contents).toContain(words);
  });

  it('writeOasisFile: a refresh lists what the feed showed in that tick, and interviews their answers, whoever gave them', async () => {
    const trace = await traceOf(file);
    const shown = trace.filter(({ action }) => action === 'refresh').map(({ info }) => info['posts']);
    expect(shown.filter((posts) => Array.isArray(posts) && posts.length > 0).length).toBeGreaterThan(10);
    const interviews = trace.filter(({ action }) => action === 'interview');
    const answers = trace.filter(({ action }) => action === 'answer');
    expect(interviews.length).toBe(3);
    expect(answers.length).toBeGreaterThan(0);
    for (const { info } of answers) {
      const asked = interviews.find((one) => one.info['interview_id'] === info['interview_id']);
      expect(asked?.info['response']).toBe(info['response']);
    }
    const claimed = trace.filter(({ action }) => action === 'claim_handle');
    expect(claimed.length).toBeGreaterThan(2);
  });

  it('writeOasisFile: users are called by their ids and say who they are', async () => {
    const { population } = openRecords(run);
    const users = await query(file, 'SELECT user_id, agent_id, name, bio FROM user');
    const expected = Array.from({ length: population.count }, (_, agent) => ({
      ...{ user_id: agent, agent_id: agent, name: externalId(population.ids, agent), bio: persona(population, agent) },
    }));
    expect(users).toEqual(expected);
  });

  it('writeOasisFile: twice the same rows, and no other file beside it', async () => {
    const below = join(run, 'manifest.json', 'oasis.db');
    await expect(writeOasisFile(openRecords(run), below)).rejects.toThrow('INPUT_DISK');
    const second = join(run, 'second.db');
    await writeOasisFile(openRecords(run), second);
    await writeOasisFile(openRecords(run), second);
    for (const name of oasisTables) {
      const sql = `SELECT rowid AS place, * FROM "${name}" ORDER BY rowid`;
      expect(await query(second, sql)).toEqual(await query(file, sql));
    }
    expect(readdirSync(run).filter((name) => name.startsWith('second'))).toEqual(['second.db']);
  });
});

describe('what the engine’s rules do not bring about here', () => {
  const directory = join(folder, 'hand');
  const database = join(directory, 'oasis.db');
  const { post, interview, answer, search, searchAgents, trend, refresh, listen, claimHandle, buy, upvote, dislike } =
    verbs;
  const log: readonly HandTick[] = [
    {
      intents: [
        { actor: 0, verb: post, result: 1, detail: { text: 'first', argument: -1 } },
        { actor: 1, sequence: 200, verb: interview, detail: { text: 'how are you?' } },
        { actor: 2, sequence: 200, verb: interview, detail: { text: 'and you?' } },
      ],
    },
    {
      intents: [
        { actor: 0, verb: claimHandle, detail: { text: 'ann' } },
        { actor: 0, sequence: 1, verb: search, detail: { text: '100%' } },
        { actor: 0, sequence: 2, verb: searchAgents, detail: { text: 'bob' } },
        { actor: 1, verb: answer, detail: { text: 'well, "thanks"' } },
        { actor: 1, sequence: 1, verb: trend },
        { actor: 1, sequence: 2, verb: refresh },
        { actor: 1, sequence: 3, verb: listen },
        { actor: 2, verb: dislike, target: 1 },
        { actor: 2, sequence: 1, verb: buy, target: 0, amount: 4 },
        { actor: 2, sequence: 2, verb: buy, target: 0, amount: 3, outcome: outcomes.partial },
      ],
    },
    { intents: [{ actor: 2, verb: upvote, target: 1 }] },
  ];
  beforeAll(async () => {
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 1 });
    await replaceLog(directory, log);
    const manifest = readManifest<object>(directory);
    const grounds = { products: [{ name: 'cup' }], groups: [] };
    writeManifest(directory, { ...manifest, plan: { ...manifest.plan, grounds } });
    await writeOasisFile(openRecords(directory), database);
  });

  it('writeOasisFile: an interview keeps question and answer in its own row, under an id of its own (52)', async () => {
    const rows = (await traceOf(database)).filter(({ action }) => action === 'interview' || action === 'answer');
    expect(rows.map(({ user, action, info }) => [user, action, info])).toEqual([
      [
        1,
        'interview',
        { prompt: 'how are you?', interview_id: '0:#1:200', intent: '0:#1:200', response: 'well, "thanks"' },
      ],
      [2, 'interview', { prompt: 'and you?', interview_id: '0:#2:200', intent: '0:#2:200' }],
      [1, 'answer', { response: 'well, "thanks"', interview_id: '0:#1:200', intent: '1:#1:0' }],
    ]);
  });

  it('writeOasisFile: searches, trends and refreshes are traced; a claimed handle is the user’s name; purchases add up', async () => {
    const trace = await traceOf(database);
    const infoOf = (name: string): unknown[] => trace.filter(({ action }) => action === name).map(({ info }) => info);
    expect(infoOf('search_posts')).toEqual([{ query: '100%', intent: '1:#0:1' }]);
    expect(infoOf('search_user')).toEqual([{ query: 'bob', intent: '1:#0:2' }]);
    expect(infoOf('trend')).toEqual([{ posts: null, intent: '1:#1:1' }]);
    expect(infoOf('refresh')).toEqual([{ posts: null, intent: '1:#1:2' }]);
    expect(infoOf('listen_from_group')).toEqual([{ intent: '1:#1:3' }]);
    const { ids } = openRecords(directory).population;
    expect(await query(database, 'SELECT user_name, name FROM user ORDER BY user_id LIMIT 2')).toEqual([
      { user_name: 'ann', name: externalId(ids, 0) },
      { user_name: externalId(ids, 1), name: externalId(ids, 1) },
    ]);
    expect(await query(database, 'SELECT * FROM product')).toEqual([{ product_id: 0, product_name: 'cup', sales: 4 }]);
    await expectReplayed(database);
  });

  it('writeOasisFile: a vote that turns a dislike round is one row of the trace and moves one row between tables', async () => {
    const votes = (await traceOf(database)).filter(({ info }) => 'like_id' in info);
    expect(votes.map(({ action, info }) => [action, info])).toEqual([
      ['like_post', { post_id: 1, like_id: 1, undone_dislike_id: 1, intent: '2:#2:0' }],
    ]);
    expect(await query(database, 'SELECT num_likes, num_dislikes FROM post')).toEqual([
      { num_likes: 1, num_dislikes: 0 },
    ]);
    expect(await query(database, 'SELECT * FROM dislike')).toEqual([]);
  });
});

describe('what hangs on what, as OASIS has it', () => {
  it('writeOasisFile: shares go to the root, a repost of a quote to the quote, reactions on a repost to its content (7, 9, 10, 12, 13, 18)', async () => {
    const directory = join(folder, 'roots');
    const database = join(directory, 'oasis.db');
    const { reply, repost, quote, like, report } = verbs;
    const words = (text: string): { detail: { text: string } } => ({ detail: { text } });
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 1 });
    await replaceLog(directory, [
      { intents: [{ actor: 0, verb: verbs.post, result: 1, ...words('root') }] },
      {
        intents: [
          { actor: 1, verb: repost, target: 1, result: 2 },
          { actor: 2, verb: quote, target: 1, result: 3, ...words('quote') },
        ],
      },
      {
        intents: [
          { actor: 0, verb: repost, target: 2, result: 4 },
          { actor: 1, verb: quote, target: 3, result: 5, ...words('of a quote') },
          { actor: 2, verb: repost, target: 3, result: 6 },
          { actor: 2, sequence: 1, verb: reply, target: 2, result: 7, ...words('below the repost') },
        ],
      },
      {
        intents: [
          { actor: 0, verb: quote, target: 6, result: 8, ...words('of a repost of a quote') },
          { actor: 0, sequence: 1, verb: reply, target: 7, result: 9, ...words('below the reply') },
          { actor: 0, sequence: 2, verb: reply, target: 3, result: 10, ...words('below the quote') },
          { actor: 1, verb: like, target: 4 },
          { actor: 1, sequence: 1, verb: like, target: 3 },
          { actor: 1, sequence: 2, verb: report, target: 2 },
          { actor: 2, verb: quote, target: 7, result: 11, ...words('of a reply') },
        ],
      },
    ]);
    await writeOasisFile(openRecords(directory), database);
    const columns = 'post_id AS id, original_post_id AS of, content, quote_content AS quote, num_shares AS shares';
    const row = (id: number, of: number | null, content: string, said: string | null, shares: number): Row => ({
      ...{ id, of, content, quote: said, shares },
    });
    expect(await query(database, `SELECT ${columns} FROM post`)).toEqual([
      row(1, null, 'root', null, 5),
      row(2, 1, '', null, 0),
      row(3, 1, 'root', 'quote', 2),
      row(4, 1, '', null, 0),
      row(5, 1, 'root', 'of a quote', 0),
      row(6, 3, '', null, 0),
      row(7, 3, 'root', 'of a repost of a quote', 0),
      row(8, 1, 'root', 'of a reply', 0),
    ]);
    expect(await query(database, 'SELECT comment_id AS id, post_id AS post, content FROM comment')).toEqual([
      { id: 1, post: 1, content: 'below the repost' },
      { id: 2, post: 1, content: 'below the reply' },
      { id: 3, post: 3, content: 'below the quote' },
    ]);
    expect(await query(database, 'SELECT post_id FROM "like"')).toEqual([{ post_id: 1 }, { post_id: 3 }]);
    expect(await query(database, 'SELECT post_id FROM report')).toEqual([{ post_id: 1 }]);
    const quotes = (await traceOf(database)).filter(({ action }) => action === 'quote_post');
    // What was quoted stays to be read: the trace names the row, the table its root.
    expect(quotes.map(({ info }) => [info['quoted_id'], info['original_post_id']])).toEqual([
      [1, 1],
      [3, 1],
      [6, 3],
      [1, 1],
    ]);
    await expectReplayed(database);
  });
});

describe('clocks and refusals', () => {
  it('oasisClock: steps are minutes since tick 0, and on the platform reddit dates from the hour at which the scenario begins', async () => {
    const steps = await query(file, 'SELECT DISTINCT created_at FROM trace ORDER BY 1');
    expect(steps.map((row) => row['created_at'])).toEqual(Array.from({ length: 24 }, (_, tick) => tick * 3));
    const directory = join(folder, 'dated');
    await smallRun(directory, { agents: 3, ticks: 1, seed: 5, followsMean: 1 });
    await replaceLog(directory, [{ intents: [] }, { intents: [{ actor: 0, verb: verbs.nothing }] }]);
    const manifest = readManifest<object>(directory);
    const plan = { ...manifest.plan, startHour: 8.5 };
    writeManifest(directory, { ...manifest, plan, data: { platform: 'reddit' }, tickSeconds: 7200 });
    await writeOasisFile(openRecords(directory), join(directory, 'oasis.db'));
    const [idle] = (await traceOf(join(directory, 'oasis.db'))).filter(({ action }) => action === 'do_nothing');
    expect(idle?.time).toBe('2024-08-06 10:30:00');
  });

  it('dateText: dates are those of the calendar, leap years and years before 1970 among them', () => {
    for (let k = -3000; k < 3000; k++) {
      const ms = k * 86_400_000 * 37 + k * 7919;
      const text = new Date(ms).toISOString().replace('T', ' ').slice(0, 23).replace('.000', '');
      expect(dateText(ms)).toBe(text.includes('.') ? `${text}000` : text);
    }
  });

  it('writeOasisFile: a database that another process writes is refused as busy, and a damaged log leaves the old file', async () => {
    const directory = join(folder, 'damaged');
    await smallRun(directory, { agents: 20, ticks: 3, seed: 5 });
    const target = join(directory, 'oasis.db');
    const [one, two] = await Promise.allSettled([
      writeOasisFile(openRecords(directory), target),
      writeOasisFile(openRecords(directory), target),
    ]);
    const lost = [one, two].flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
    expect(lost.length).toBeLessThan(2);
    for (const reason of lost) expect(reason).toContain('INPUT_RUN_BUSY');
    const before = await query(target, 'SELECT count(*) AS rows FROM trace');
    writeFileSync(join(directory, 'events.log'), Buffer.alloc(100));
    await expect(writeOasisFile(openRecords(directory), target)).rejects.toThrow('INPUT_STORE_DAMAGED');
    expect(await query(target, 'SELECT count(*) AS rows FROM trace')).toEqual(before);
    expect(readdirSync(directory).filter((name) => name.includes('.new'))).toEqual([]);
  });
});
