/** `export --format moltbook`: tables and dump of a run, read back, hold the same discussion. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { measureThreads } from '../../analysis/measures/threads.ts';
import { discussionOfGathered, discussionOfRun } from '../../scenarios/moltbook/discussion.ts';
import { discussionStatistics } from '../../scenarios/moltbook/statistics.ts';
import { gatherMoltbook } from '../../sim/import/moltbook.ts';
import { readMoltbookDumps } from '../../sim/import/moltbook-dump.ts';
import { readMoltbookTables } from '../../sim/import/moltbook-tables.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();
const changes = [
  'population.agents=150',
  'ticks=1200',
  'population.wakesPerDayMean=200',
  'policies[0].share=1',
  'policies[1].share=0',
];
const small = changes.flatMap((change) => ['--set', change]);

interface Exported {
  readonly rows: Readonly<Record<string, number>>;
  readonly files: readonly string[];
}

beforeAll(async () => {
  await objectOf(['run', 'moltbook', '--allow-code', ...small, '--out', 'run', '--index', 'none'], folder);
  await objectOf<Exported>(['export', 'run', '--format', 'moltbook'], folder);
});

test('export: what is read back from the tables, or from the dump, has the statistics of the run', () => {
  const records = openRecords(join(folder, 'run'));
  const wanted = discussionStatistics(discussionOfRun(records), 1);
  expect(wanted['messages']).toBeGreaterThan(100);
  for (const source of [
    readMoltbookTables(join(folder, 'run/exports/moltbook-tables')),
    readMoltbookDumps(join(folder, 'run/exports/moltbook-dump')),
  ]) {
    const found = discussionStatistics(discussionOfGathered(gatherMoltbook(source)), 1);
    for (const [name, value] of Object.entries(wanted)) {
      // A time is kept to the millisecond.
      if (Number.isNaN(value)) expect(found[name], name).toBeNaN();
      else expect(found[name], name).toBeCloseTo(value, 2);
    }
  }
});

test('export: the data set that is imported from it has the threads of the run, its communities beside them', async () => {
  await objectOf(['import', 'moltbook', 'run/exports/moltbook-tables', '--out', 'set', '--strict'], folder);
  const [run, set] = ['run', 'set'].map((name) => measureThreads(openRecords(join(folder, name)), 1));
  expect({ ...set, communities: null, equalTexts: null, firstReplySeconds: [] }).toEqual({
    ...{ ...run, communities: null, equalTexts: null, firstReplySeconds: [] },
  });
  expect(set.communities?.count).toBeGreaterThan(1);
});

test('export: karma is the votes on what an agent wrote, and comments name their post, parent and depth', () => {
  const rows = (name: string): string[][] =>
    readFileSync(join(folder, 'run/exports/moltbook-tables', `${name}.csv`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
  const [agentHead, ...agents] = rows('agents');
  const karma = agents.reduce((sum, row) => sum + Number(row[agentHead.indexOf('karma')]), 0);
  const score = ['posts', 'comments'].flatMap((name) => {
    const [, ...entries] = rows(name);
    return entries.map((row) => Number(row.at(-6)));
  });
  // Texts of this scenario hold a comma, so columns are counted from the end: score is the sixth.
  expect(karma).toBe(score.reduce((sum, one) => sum + one, 0));
  expect(karma).toBeGreaterThan(0);
  const [head, first] = rows('comments');
  expect(head.slice(0, 5)).toEqual(['id', 'agent_id', 'post_id', 'parent_id', 'depth']);
  expect(first[0]).toMatch(/^comment-\d+$/);
  expect(first[2]).toMatch(/^post-\d+$/);
});

test('export: a layer is refused, since an archive holds all of them', async () => {
  const { status, stderr } = await mesocosm(['export', 'run', '--format', 'moltbook', '--layer', 'reply'], folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^INPUT_USAGE --layer/m);
});
