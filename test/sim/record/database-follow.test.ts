/**
 * run.db behind a log: filled in any steps, left and taken up, by this process or another, its tables are those of one that was built
 * at once, and at every moment whole ticks stand in it.
 *
 * A run is recorded whole; its head is then set back and moved on, which is how a log looks to whoever follows it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite3 from 'sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hexOf } from '../../../sim/ground/digest.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import { recordRun } from '../../../sim/engine/run.ts';
import { lengthOfFrame } from '../../../sim/record/chunk.ts';
import {
  databaseLevel,
  followDatabase,
  indexRun,
  rebuildDatabase,
  tableDigests,
} from '../../../sim/record/database-sqlite.ts';
import { startDatabaseThread } from '../../../sim/record/database-thread.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { smallPlan, smallPopulation } from '../worlds.ts';
import { smallRun } from './small-run.ts';
import type { FollowOrder } from '../../../sim/record/database-sqlite.ts';
import type { DatabaseThread } from '../../../sim/record/database-thread.ts';
import type { Head } from '../../../sim/record/writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-follow-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = join(folder, 'run');
const ticks = 60;
/** What `head` said after each number of ticks. */
const heads: Head[] = [];
let whole: Record<string, string>;

beforeAll(async () => {
  await smallRun(run, { agents: 300, ticks, seed: 11, exposureSampleShare: 0.5 });
  const { manifest, frames } = openRecords(run);
  heads.push({ ticks: 0, bytes: 0, digest: manifest.firstLink });
  for (const frame of frames()) {
    const bytes = heads[frame.tick].bytes + lengthOfFrame(frame);
    heads.push({ ticks: frame.tick + 1, bytes, digest: hexOf(frame.link) });
  }
  const built = copyAt('built', ticks);
  await rebuildDatabase(built, 'full');
  whole = await tableDigests(built);
});

function setHead(directory: string, at: number): void {
  writeFileSync(join(directory, 'head'), JSON.stringify(heads[at]) + '\n');
}

/** A copy of the run whose log is acknowledged up to a tick. */
function copyAt(name: string, at: number): string {
  const copy = join(folder, name);
  cpSync(run, copy, { recursive: true });
  setHead(copy, at);
  return copy;
}

/** Follows a log that is acknowledged at each of these ticks in turn; `seen` is called in between. */
function steps(
  directory: string,
  stops: readonly number[],
  seen: (at: number) => Promise<void> | void = () => undefined,
): FollowOrder {
  let step = 0;
  setHead(directory, stops[0]);
  return {
    ...{ directory, level: 'full' },
    isEnded: () => step === stops.length - 1,
    async more() {
      await seen(stops[step]);
      setHead(directory, stops[++step]);
    },
  };
}

type Row = Record<string, number | string | null>;

function query(directory: string, sql: string): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const database = new sqlite3.Database(join(directory, 'run.db'), sqlite3.OPEN_READONLY);
    database.all<Row>(sql, (error, rows) => {
      database.close(() => {
        if (error === null) resolve(rows);
        else reject(error);
      });
    });
  });
}

const extent = `SELECT (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'syncedTick') AS synced,
  (SELECT count(*) FROM metrics) AS metrics, (SELECT max(tick) + 1 FROM rulings) AS rulings,
  (SELECT sum(posts) FROM metrics) - (SELECT count(*) FROM posts) AS missing`;

describe('followDatabase', () => {
  test('followDatabase: in steps of any size the tables are those of a database that was built at once', async () => {
    for (const [name, stops] of Object.entries({
      ones: Array.from({ length: ticks + 1 }, (_, i) => i),
      mixed: [0, 0, 7, 8, 31, 31, 59, ticks],
      once: [ticks],
    })) {
      const copy = copyAt(`steps-${name}`, 0);
      const { syncedTick, tables } = await followDatabase(steps(copy, stops));
      expect([name, syncedTick, tables?.['metrics']]).toEqual([name, ticks, ticks]);
      expect(await tableDigests(copy)).toEqual(whole);
      expect(readdirSync(copy).filter((file) => file.startsWith('run.db'))).toEqual(['run.db']);
    }
  });

  test('followDatabase: a reader sees whole ticks up to syncedTick while the run goes on', async () => {
    const copy = copyAt('read', 0);
    const seen: Row[] = [];
    const order = steps(copy, [5, 20, 21, ticks], async () => {
      seen.push(...(await query(copy, extent)));
    });
    await followDatabase(order);
    expect(seen).toEqual([5, 20, 21].map((at) => ({ synced: at, metrics: at, rulings: at, missing: 0 })));
  });

  test('followDatabase: stopped between ticks it leaves whole ticks, and is taken up from there', async () => {
    const copy = copyAt('stopped', 0);
    const stopper = new AbortController();
    const stop = (at: number): void => {
      if (at === 23) stopper.abort();
    };
    const left = await followDatabase({ ...steps(copy, [9, 23, ticks], stop), signal: stopper.signal });
    expect(left).toEqual({ syncedTick: 23, tables: undefined });
    expect(await query(copy, extent)).toEqual([{ synced: 23, metrics: 23, rulings: 23, missing: 0 }]);
    const { ino } = statSync(join(copy, 'run.db'));
    setHead(copy, ticks);
    expect((await indexRun({ directory: copy, level: 'full' })).syncedTick).toBe(ticks);
    expect(statSync(join(copy, 'run.db')).ino).toBe(ino);
    expect(await tableDigests(copy)).toEqual(whole);
  });

  test('followDatabase: a signal that came before it began leaves no database and no other file', async () => {
    const copy = copyAt('never', ticks);
    const signal = AbortSignal.abort();
    expect(await indexRun({ directory: copy, level: 'full', signal })).toEqual({ syncedTick: 0, tables: undefined });
    expect(readdirSync(copy)).toEqual(readdirSync(run));
  });

  test('followDatabase: killed at any step it is taken up, or begun again, with the same tables', async () => {
    const module = new URL('../../../sim/record/database-sqlite.ts', import.meta.url).href;
    // Heads of 12, 30 and 60 ticks; progress is told once a tick and once an index.
    const script = `import { followDatabase } from ${JSON.stringify(module)};
      import { writeFileSync } from 'node:fs';
      const [directory, heads, killAt] = [process.argv[1], JSON.parse(process.argv[2]), Number(process.argv[3])];
      let step = 0, told = 0;
      const kill = () => process.kill(process.pid, 'SIGKILL');
      await followDatabase({ directory, level: 'full', isEnded: () => step === heads.length,
        onProgress: () => ++told === killAt && kill(),
        more: async () => (step === killAt + 2 ? kill() : writeFileSync(directory + '/head', JSON.stringify(heads[step++]))) });`;
    for (const [name, killAt, expected] of [
      ['the first transaction', 5, 0],
      ['a later transaction', 25, 12],
      ['two transactions', -1, 30],
      ['two indexes', 63, ticks],
    ] as const) {
      const copy = copyAt(`killed-${killAt}`, 12);
      const later = JSON.stringify([heads[30], heads[ticks]]);
      const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script, copy, later, String(killAt)]);
      expect([name, killed.signal, killed.stderr.toString()]).toEqual([name, 'SIGKILL', '']);
      const [{ synced }] = await query(copy, extent);
      expect([name, synced]).toEqual([name, expected]);
      setHead(copy, ticks);
      await indexRun({ directory: copy, level: 'full' });
      expect(await tableDigests(copy)).toEqual(whole);
    }
  }, 60_000);

  test('followDatabase: a database whose writer was killed within a statement is taken up as it was before it', async () => {
    const copy = copyAt('journal', ticks);
    await indexRun({ directory: copy, level: 'full' });
    const module = import.meta.resolve('sqlite3');
    const script = `import sqlite3 from ${JSON.stringify(module)};
      const database = new sqlite3.Database(process.argv[1]);
      const sql = 'PRAGMA cache_size = 2; BEGIN; UPDATE posts SET likes = likes + 1; DROP INDEX exposures_by_origin;';
      database.exec(sql, () => process.kill(process.pid, 'SIGKILL'));`;
    const killed = spawnSync(process.execPath, ['--input-type=module', '-e', script, join(copy, 'run.db')]);
    expect([killed.signal, existsSync(join(copy, 'run.db-journal'))]).toEqual(['SIGKILL', true]);
    expect(await databaseLevel(copy)).toBe('full');
    expect(await tableDigests(copy)).toEqual(whole);
  });

  test('followDatabase: a database of another run, another level, or none at all is replaced', async () => {
    const other = join(folder, 'other');
    await smallRun(other, { agents: 300, ticks: 10, seed: 12 });
    await rebuildDatabase(other, 'full');
    const core = copyAt('core', ticks);
    await rebuildDatabase(core, 'core');
    for (const [name, from] of Object.entries({ run: join(other, 'run.db'), level: join(core, 'run.db') })) {
      const copy = copyAt(`replaced-${name}`, ticks);
      cpSync(from, join(copy, 'run.db'));
      await followDatabase(steps(copy, [ticks]));
      expect(await tableDigests(copy)).toEqual(whole);
    }
    const copy = copyAt('replaced-text', ticks);
    writeFileSync(join(copy, 'run.db'), 'not a database, but long enough to look like one'.repeat(100));
    await followDatabase(steps(copy, [ticks]));
    expect(await tableDigests(copy)).toEqual(whole);
  });

  test('followDatabase: while one fills a database another is refused as busy and changes nothing', async () => {
    const copy = copyAt('busy', 0);
    const refusals: unknown[] = [];
    const order = steps(copy, [5, 40, ticks], async () => {
      refusals.push(await indexRun({ directory: copy, level: 'full' }).catch((error: unknown) => error));
      refusals.push(await rebuildDatabase(copy, 'core').catch((error: unknown) => error));
    });
    await followDatabase(order);
    expect(refusals.length).toBe(4);
    expect(refusals.map((error) => (error as InputError).problems[0].code)).toEqual(Array(4).fill('INPUT_RUN_BUSY'));
    expect(await tableDigests(copy)).toEqual(whole);
  });

  test('followDatabase: a directory that is no run gets no file', async () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    await expect(indexRun({ directory: empty, level: 'core' })).rejects.toThrow('INPUT_NOT_A_RUN');
    expect(readdirSync(empty)).toEqual([]);
  });

  test('followDatabase: only the owner may read the database and what lies beside it', async () => {
    const before = process.umask(0);
    try {
      const copy = copyAt('private', 0);
      const modes = new Set<string>();
      const order = steps(copy, [5, 40, ticks], () => {
        for (const name of readdirSync(copy).filter((one) => one.startsWith('run.db'))) {
          modes.add(`${name} ${(statSync(join(copy, name)).mode & 0o777).toString(8)}`);
        }
      });
      await followDatabase(order);
      expect([...modes].sort()).toEqual(['run.db 600', 'run.db-shm 600', 'run.db-wal 600', 'run.db.new 600']);
      expect(statSync(join(copy, 'run.db')).mode & 0o777).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });
});

describe('startDatabaseThread', () => {
  /** Records a run with a thread behind it. Tick 70 waits until a transaction of ticks is in the database. */
  async function recordedBehind(
    name: string,
    atTick70: (thread: DatabaseThread, synced: number) => void,
  ): Promise<DatabaseThread> {
    const directory = join(folder, name);
    let thread: DatabaseThread | undefined;
    await recordRun({
      compiled: { plan: smallPlan({ ticks: 80 }), population: smallPopulation() },
      placement: { workers: 2, layout: 'degree', mergeTicks: 7 },
      ...{ directory, source: { name, sha256: '' }, exposureSampleShare: 1 },
      observer: {
        onTick({ tick }) {
          thread ??= startDatabaseThread({ directory, level: 'full' });
          if (tick !== 70) return;
          atTick70(thread, waitForTicks(directory));
        },
      },
    });
    if (thread === undefined) throw new RangeError('the run had no ticks');
    return thread;
  }

  /** Blocks until another process reads that ticks are in the database. */
  function waitForTicks(directory: string): number {
    const script = `import sqlite3 from ${JSON.stringify(import.meta.resolve('sqlite3'))};
      const database = new sqlite3.Database(process.argv[1], sqlite3.OPEN_READONLY, () => undefined);
      database.get("SELECT value FROM meta WHERE name = 'syncedTick'", (_, row) => console.log(row?.value ?? 0));`;
    for (let tries = 0; tries < 100; tries++) {
      const order = ['--input-type=module', '-e', script, join(directory, 'run.db')];
      const synced = Number(spawnSync(process.execPath, order).stdout.toString());
      if (synced > 0) return synced;
    }
    throw new RangeError('no ticks came into the database');
  }

  test('startDatabaseThread: behind a run the tables grow before its end, and at its end they are those of a rebuild', async () => {
    const directory = join(folder, 'behind');
    let early = 0;
    const thread = await recordedBehind('behind', (_, synced) => {
      early = synced;
    });
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThanOrEqual(70);
    expect((await thread.finish()).syncedTick).toBe(80);
    const behind = await tableDigests(directory);
    await rebuildDatabase(directory, 'full');
    expect(behind).toEqual(await tableDigests(directory));
  }, 60_000);

  test('startDatabaseThread: stopped in the middle of a run it leaves whole ticks', async () => {
    const directory = join(folder, 'left');
    let stopped: Promise<unknown> | undefined;
    await recordedBehind('left', (thread) => {
      stopped = thread.stop();
    });
    const summary = (await stopped) as { syncedTick: number; tables: unknown };
    expect(summary.tables).toBeUndefined();
    expect(summary.syncedTick).toBeGreaterThan(0);
    const [{ synced, metrics, missing }] = await query(directory, extent);
    expect([synced, metrics, missing]).toEqual([summary.syncedTick, summary.syncedTick, 0]);
    await indexRun({ directory, level: 'full' });
    const taken = await tableDigests(directory);
    await rebuildDatabase(directory, 'full');
    expect(taken).toEqual(await tableDigests(directory));
  }, 60_000);

  test('startDatabaseThread: what goes wrong in the thread is told as what it is', async () => {
    const thread = startDatabaseThread({ directory: join(folder, 'nowhere'), level: 'core' });
    const error: unknown = await thread.finish().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).problems[0].code).toBe('INPUT_NOT_FOUND');
  });
});
