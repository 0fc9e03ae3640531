/**
 * One connection to SQLite, as promises, and what its failures mean to a user.
 *
 * The package `sqlite3` is loaded when a database is opened first, so that a machine without its binary can do all the rest.
 * Order: statements take effect in the order of their calls. SQLite works in a thread of its own, so that this thread can
 * prepare the next statement meanwhile; at most one is under way and one waits.
 */
import { closeSync, openSync } from 'node:fs';
import { echo, InputError, InvariantError } from '../ground/errors.ts';
import { damaged, diskError } from './store.ts';
import type { Database } from 'sqlite3';

/** One open database. SQLite works on one statement in a thread of its own while this thread prepares the next. */
export class Connection {
  #running: Promise<void> = Promise.resolve();
  #isOpen = true;
  readonly #database: Database;
  readonly #file: string;

  private constructor(database: Database, file: string) {
    this.#database = database;
    this.#file = file;
  }

  static async open(file: string, access: 'read' | 'write'): Promise<Connection> {
    const { Database: Opened, OPEN_READONLY, OPEN_READWRITE, OPEN_CREATE } = await loadSqlite();
    if (access === 'write' && file !== ':memory:') makePrivate(file);
    const mode = access === 'read' ? OPEN_READONLY : OPEN_READWRITE | OPEN_CREATE;
    return new Promise((resolve, reject) => {
      const database = new Opened(file, mode, (error) => {
        if (error === null) resolve(new Connection(database, file));
        else reject(sqliteError('open', file, error));
      });
    });
  }

  /** Hands a statement over as soon as the one before it is done; its own failure is thrown by the next call. */
  async send(sql: string): Promise<void> {
    await this.#running;
    this.#running = new Promise((resolve, reject) => {
      this.#database.exec(sql, (error) => {
        if (error === null) resolve();
        else reject(sqliteError('write', this.#file, error));
      });
    });
    this.#running.catch(() => undefined);
  }

  /** Waits for what was sent. */
  settle(): Promise<void> {
    return this.#running;
  }

  all<Row>(sql: string): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#database.all<Row>(sql, (error, rows) => {
        if (error === null) resolve(rows);
        else reject(sqliteError('read', this.#file, error));
      });
    });
  }

  /** Makes the statement that is under way fail. */
  interrupt(): void {
    if (this.#isOpen) this.#database.interrupt();
  }

  /** Closes the database once; what was sent and failed has been thrown by `settle` or `send`. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#running.catch(() => undefined);
    await new Promise<void>((resolve, reject) => {
      this.#database.close((error) => {
        if (error === null) resolve();
        else reject(sqliteError('close', this.#file, error));
      });
    });
  }
}

/** Makes a file that only its owner may read, if there is none: SQLite would let everybody, and gives its journals the same rights. */
export function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (cause) {
    throw diskError('open', file, cause);
  }
}

/** The package, loaded at its first use. */
export async function loadSqlite(): Promise<typeof import('sqlite3')> {
  try {
    return (await import('sqlite3')).default;
  } catch (cause) {
    throw new InputError({
      code: 'INPUT_NOT_FOUND',
      place: { file: 'node_modules/sqlite3' },
      found: `the package sqlite3 cannot be loaded: ${echo(cause instanceof Error ? cause.message : cause)}`,
      next: 'Run npm rebuild sqlite3: it compiles, which needs python3, make and g++.',
    });
  }
}

const diskFailures = ['FULL', 'IOERR', 'CANTOPEN', 'READONLY', 'PERM', 'AUTH', 'NOMEM', 'NOLFS'];

/** The disk's failures and a damaged file are the user's to mend; a statement that SQLite refuses is our bug. */
function sqliteError(operation: string, file: string, cause: Error): InputError | InvariantError {
  const name = (cause as { code?: string }).code?.replace('SQLITE_', '') ?? '';
  if (name === 'CORRUPT' || name === 'NOTADB') {
    const next = 'Delete the file; it is built from the log again.';
    return damaged(file, 'the file is not a whole database', next);
  }
  if (name === 'BUSY' || name === 'LOCKED') return busyError(file);
  if (!diskFailures.includes(name))
    return new InvariantError(`SQLite refused to ${operation}: ${cause.message}`, {}, cause);
  return diskError(operation, file, { code: name === 'FULL' ? 'ENOSPC' : name });
}

/** Another process writes what this one wants to write. */
export function busyError(file: string): InputError {
  return new InputError({
    code: 'INPUT_RUN_BUSY',
    place: { file },
    found: 'another process is building this database',
    next: 'Wait until it has ended; the log is not touched by it.',
  });
}
