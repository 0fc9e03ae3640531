/**
 * One process writes a run directory: an exclusive transaction on a file of its own, which the system frees when the process ends,
 * however it ends. Readers never touch it.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../ground/errors.ts';
import { loadSqlite, makePrivate } from './sqlite-connection.ts';
import { diskError } from './store.ts';
import type { Database } from 'sqlite3';

/** A held lock. */
export interface RunLock {
  release(): Promise<void>;
}

/** Takes the lock of a run directory, or says who has it. */
export async function lockRun(directory: string): Promise<RunLock> {
  const file = join(directory, 'lock.db');
  const owner = join(directory, 'lock.owner');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw diskError('make the directory', directory, cause);
  }
  const database = await openDatabase(file);
  try {
    await execute(database, 'BEGIN EXCLUSIVE');
  } catch (cause) {
    await closeDatabase(database);
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw diskError('lock', file, cause);
    throw new InputError({
      code: 'INPUT_RUN_BUSY',
      place: { file: directory },
      found: `process ${readOwner(owner)} is writing this run`,
      next: 'Wait until it ends, or stop it.',
    });
  }
  writeFileSync(owner, `${process.pid}\n`, { mode: 0o600 });
  return {
    async release() {
      await execute(database, 'ROLLBACK');
      await closeDatabase(database);
    },
  };
}

function readOwner(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'of another program';
  }
}

async function openDatabase(file: string): Promise<Database> {
  const { Database: Opened } = await loadSqlite();
  makePrivate(file);
  return new Promise((resolve, reject) => {
    const database = new Opened(file, (error) => {
      if (error === null) resolve(database);
      else reject(diskError('open', file, error));
    });
  });
}

function execute(database: Database, statement: string): Promise<void> {
  return new Promise((resolve, reject) => {
    database.exec(statement, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

function closeDatabase(database: Database): Promise<void> {
  return new Promise((resolve) => {
    database.close(() => {
      resolve();
    });
  });
}
