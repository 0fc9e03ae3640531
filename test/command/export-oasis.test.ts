/** `export --format oasis`: on runs and on data sets, what it prints and what it refuses. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { beforeAll, expect, test } from 'vitest';
import { smallRun } from '../sim/record/small-run.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

interface Exported {
  readonly format: string;
  readonly rows: Readonly<Record<string, number>>;
  readonly files: readonly string[];
  readonly warnings: readonly string[];
}

function rowsOf(file: string, sql: string): Promise<Record<string, unknown>[]> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(join(folder, file), sqlite3.OPEN_READONLY);
    database.all<Record<string, unknown>>(sql, (error, rows) => {
      database.close(() => {
        if (error === null) resolve(rows);
        else reject(error);
      });
    });
  });
}

beforeAll(() => smallRun(join(folder, 'run'), { agents: 200, ticks: 20, seed: 4 }));

test('export: oasis writes one database beside the network files, with progress on standard error and rows on standard output', async () => {
  const { rows, files, format } = await objectOf<Exported>(['export', 'run', '--format', 'oasis'], folder);
  expect([format, files]).toEqual(['oasis', ['run/exports/oasis.db']]);
  expect(rows['user']).toBe(200);
  const [counted] = await rowsOf('run/exports/oasis.db', 'SELECT count(*) AS rows FROM trace');
  expect(counted).toEqual({ rows: rows['trace'] });
  const shown = await mesocosm(['export', 'run', '--format', 'oasis', '--out', 'elsewhere'], folder);
  expect(shown.stderr).toMatch(/export: 20 of 20 ticks/);
  expect(shown.stdout).toMatch(/^user: 200 rows\npost: \d+ rows\n/);
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['oasis.db']);
});

test('export: oasis has no layers, and says so before anything is written', async () => {
  const order = ['export', 'run', '--format', 'oasis', '--layer', 'reply', '--out', 'layered'];
  const { status, stderr } = await mesocosm(order, folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^INPUT_USAGE --layer/m);
  expect(existsSync(join(folder, 'layered'))).toBe(false);
});

test('export: profiles of OASIS that were imported go back as users with their names and follows', async () => {
  const header = 'user_id,name,username,description,following_agentid_list,previous_tweets';
  const lines = [
    '77,Ann Lee,ann,"likes ""quotes""","[1, 2]",[]',
    "78,Bob Roe,bob,'; DROP TABLE user,[0],[]",
    '79,,cy,,[],[]',
  ];
  writeFileSync(join(folder, 'people.csv'), [header, ...lines].join('\n') + '\n');
  await objectOf(['import', 'oasis', 'people.csv', '--out', 'people'], folder);
  const { rows, warnings } = await objectOf<Exported>(['export', 'people', '--format', 'oasis'], folder);
  expect(rows).toMatchObject({ user: 3, follow: 3, post: 0, trace: 6 });
  expect(warnings).toEqual([]);
  const users = await rowsOf(
    'people/exports/oasis.db',
    'SELECT user_name, name, bio, num_followers FROM user ORDER BY user_name',
  );
  expect(users).toEqual([
    { user_name: 'ann', name: 'Ann Lee', bio: 'likes "quotes"', num_followers: 1 },
    { user_name: 'bob', name: 'Bob Roe', bio: "'; DROP TABLE user", num_followers: 1 },
    // Without a name of its own a profile is called by its id.
    { user_name: 'cy', name: '2', bio: '', num_followers: 1 },
  ]);
});

test('export: a data set whose posts have texts has them with their own dates; one without texts is refused', async () => {
  for (const [name, title, text] of [
    ['told', ',title,content', ',Hello,"all, of you"'],
    ['silent', '', ''],
  ] as const) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(
      join(folder, name, 'posts.csv'),
      `post,author,created_at${title}\n1,ann,2026-01-27T18:01:00.250Z${text}\n`,
    );
    writeFileSync(
      join(folder, name, 'comments.csv'),
      `comment,post,parent,author,created_at\n7,1,,bob,2026-01-27T18:02:00Z\n8,1,7,ann,2026-01-27T18:03:00Z\n`,
    );
    await objectOf(['import', 'moltbook', name, '--out', `${name}-set`], folder);
  }
  const { warnings } = await objectOf<Exported>(['export', 'told-set', '--format', 'oasis'], folder);
  expect(warnings.join()).toMatch(/^oasis: 1 replies to replies/);
  const file = 'told-set/exports/oasis.db';
  expect(await rowsOf(file, 'SELECT content, created_at FROM post')).toEqual([
    { content: 'Hello\n\nall, of you', created_at: '2026-01-27 18:01:00.250000' },
  ]);
  expect(await rowsOf(file, 'SELECT comment_id, post_id, created_at FROM comment')).toEqual([
    { comment_id: 1, post_id: 1, created_at: '2026-01-27 18:02:00' },
    { comment_id: 2, post_id: 1, created_at: '2026-01-27 18:03:00' },
  ]);
  const { status, stderr } = await mesocosm(['export', 'silent-set', '--format', 'oasis'], folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^INPUT_COMBINATION silent-set .*no texts/m);
  expect(existsSync(join(folder, 'silent-set/exports'))).toBe(false);
});
