/** Bad CSV files as tables of MoltBook: each is refused with its code and its line, none becomes a data set. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readMoltbookTables } from '../../../sim/import/moltbook-tables.ts';
import { problemsOf } from './folder.ts';

const root = mkdtempSync(join(tmpdir(), 'mesocosm-bad-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('sixteen bad tables and two more: the code and the line', () => {
  const header = 'post,author,created_at\n';
  const good = `${header}1,a,2026-01-28\n`;
  const long = 'x'.repeat(300 * 1024);
  const bad: [string, string | Buffer, string, number | undefined][] = [
    ['empty', '', 'INPUT_EMPTY', undefined],
    ['semicolons', 'post;author;created_at\n1;a;2026-01-28\n', 'INPUT_HEADER', 1],
    ['column missing', 'post,author\n1,a\n', 'INPUT_HEADER', 1],
    ['column twice', 'post,author,created_at,author\n1,a,2026-01-28,b\n', 'INPUT_HEADER', 1],
    ['row too short', `${good}2,b\n`, 'INPUT_ROW', 3],
    ['row too long', `${good}2,b,2026-01-28,x\n`, 'INPUT_ROW', 3],
    ['quote never closed', `${good}2,"b,2026-01-28\n3,c,2026-01-28\n`, 'INPUT_SYNTAX', 3],
    ['quote inside', `${good}2,b"b",2026-01-28\n`, 'INPUT_SYNTAX', 3],
    ['text after a quote', `${good}2,"b"b,2026-01-28\n`, 'INPUT_SYNTAX', 3],
    [
      'Latin-1',
      Buffer.concat([Buffer.from(`${good}2,Jos`), Buffer.from([0xe9]), Buffer.from(',2026-01-28\n')]),
      'INPUT_ENCODING',
      3,
    ],
    ['UTF-16', Buffer.from(`\uFEFF${good}`, 'utf16le'), 'INPUT_ENCODING', 1],
    ['NUL', `${good}2,b\u0000,2026-01-28\n`, 'INPUT_SYNTAX', 3],
    ['a time that is none', `${good}2,b,28.01.2026\n`, 'INPUT_TYPE', 3],
    ['no time', `${good}2,b,\n`, 'INPUT_REQUIRED', 3],
    ['no id', `${good},b,2026-01-28\n`, 'INPUT_REQUIRED', 3],
    ['a field too long', `${good}2,${long},2026-01-28\n`, 'INPUT_TOO_LARGE', 3],
    ['votes that are no numbers', 'post,author,created_at,upvotes\n1,a,2026-01-28,1e\n', 'INPUT_NUMBER', 2],
    ['votes with a comma', 'post,author,created_at,upvotes\n1,a,2026-01-28,"1,5"\n', 'INPUT_NUMBER', 2],
  ];
  test.each(bad)('%s', (name, content, code, line) => {
    const source = join(root, name.replaceAll(' ', '-'));
    mkdirSync(source);
    writeFileSync(join(source, 'posts.csv'), content);
    writeFileSync(join(source, 'comments.csv'), 'comment,post,parent,author,created_at\n');
    const [first] = problemsOf(() => readMoltbookTables(source));
    expect([first.code, first.place?.line]).toEqual([code, line]);
    expect(first.next.length).toBeGreaterThan(3);
  });
});
