/**
 * run.db as the command line makes it: behind a run or on demand, stopped by a signal and gone on with; and who may read a run.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { databaseLevel, rebuildDatabase, tableDigests } from '../../sim/record/database-sqlite.ts';
import { mesocosm, objectOf, readJson, startCommand, temporaryFolder } from './start.ts';
import type { RunSummary, Started } from './start.ts';

const folder = temporaryFolder();

/** Waits until a file is there, as long as the command runs. */
async function untilThere(file: string, command: Started): Promise<void> {
  while (!existsSync(file)) {
    if (command.process.exitCode !== null) throw new RangeError(`the command ended before ${file} was there`);
    await wait(2);
  }
}

/** Digests of the tables as they are, and as they are when they are built at once. */
async function bothDigests(name: string): Promise<Record<string, string>[]> {
  const directory = join(folder, name);
  const level = await databaseLevel(directory);
  const found = await tableDigests(directory);
  await rebuildDatabase(directory, level ?? 'core');
  return [found, await tableDigests(directory)];
}

test('run --index full: what stands in run.db when the run has ended is what a rebuild puts there', async () => {
  const flags = ['--agents', '3000', '--ticks', '60', '--workers', '2', '--index', 'full', '--out', 'full'];
  const { counts } = await objectOf<RunSummary>(['run', 'information-spreading', ...flags], folder);
  const [found, rebuilt] = await bothDigests('full');
  expect(found).toEqual(rebuilt);
  const { tables } = await objectOf<{ tables: Record<string, number> }>(['index', 'full', '--level', 'full'], folder);
  expect([tables['rulings'], tables['posts'], tables['metrics']]).toEqual([counts['intents'], counts['posts'], 60]);
}, 60_000);

test('run: stopped by SIGTERM it leaves a run.db of whole ticks, and resume goes on with both', async () => {
  const flags = ['--agents', '3000', '--ticks', '100000', '--checkpoint-ticks', '20', '--out', 'stopped'];
  const run = startCommand(['run', 'information-spreading', ...flags], folder);
  await untilThere(join(folder, 'stopped', 'run.db-wal'), run);
  run.process.kill('SIGTERM');
  const { status, stderr } = await run.finished;
  expect([status, stderr.includes('go on with: mesocosm resume stopped')]).toEqual([143, true]);
  const { ino } = statSync(join(folder, 'stopped', 'run.db'));
  const resumed = startCommand(['resume', 'stopped'], folder);
  const { ticks } = readJson<{ ticks: number }>(folder, 'stopped', 'head');
  while (readJson<{ ticks: number }>(folder, 'stopped', 'head').ticks === ticks) await wait(20);
  resumed.process.kill('SIGINT');
  expect((await resumed.finished).status).toBe(130);
  expect(statSync(join(folder, 'stopped', 'run.db')).ino).toBe(ino);
  expect((await mesocosm(['index', 'stopped'], folder)).status).toBe(0);
  expect(statSync(join(folder, 'stopped', 'run.db')).ino).toBe(ino);
  const [found, rebuilt] = await bothDigests('stopped');
  expect(found).toEqual(rebuilt);
}, 60_000);

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'index: %s ends it with %i and says how to go on, which then makes the whole of it',
  async (signal, code) => {
    if (!existsSync(join(folder, 'large'))) {
      const flags = ['--agents', '40000', '--ticks', '10', '--index', 'none', '--out', 'large'];
      await objectOf<RunSummary>(['run', 'information-spreading', ...flags], folder);
    }
    rmSync(join(folder, 'large', 'run.db'), { force: true });
    const index = startCommand(['index', 'large', '--json'], folder);
    await untilThere(join(folder, 'large', 'run.db.new'), index);
    index.process.kill(signal);
    const { status, stdout, stderr } = await index.finished;
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(/go on with: mesocosm index large$/m);
    expect(existsSync(join(folder, 'large', 'run.db.new'))).toBe(false);
    const { tables } = await objectOf<{ tables: Record<string, number> }>(['index', 'large'], folder);
    expect([tables['agents'], tables['metrics']]).toEqual([40_000, 10]);
  },
  60_000,
);

test('run: of all that lies in its directory, with every kind of file, only the owner may read anything', async () => {
  mkdirSync(join(folder, 'open'));
  const before = process.umask(0);
  try {
    const flags = ['--agents', '2000', '--ticks', '70', '--checkpoint-ticks', '10', '--out', 'open/run'];
    await objectOf<RunSummary>(['run', 'information-spreading', ...flags], folder);
    await objectOf<unknown>(['report', 'open/run'], folder);
    await objectOf<unknown>(['export', 'open/run', '--format', 'gexf', '--out', 'open/run/exports'], folder);
  } finally {
    process.umask(before);
  }
  const root = join(folder, 'open');
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const modes = entries.map((entry) => {
    const mode = (statSync(join(entry.parentPath, entry.name)).mode & 0o777).toString(8);
    return [entry.name, entry.isDirectory() ? 'directory' : 'file', mode];
  });
  expect(modes.filter(([, kind, mode]) => mode !== (kind === 'directory' ? '700' : '600'))).toEqual([]);
  const names = modes.map(([name]) => name);
  const expected = ['run', 'events.log', 'head', 'lock.db', 'lock.owner', 'manifest.json', 'run.db', 'report.html'];
  expect(names).toEqual(expect.arrayContaining([...expected, 'population.bin', 'checkpoint', 'figures', 'exports']));
}, 60_000);
