/**
 * A database that is written beside the file that it is to replace: `NAME.new`, empty and locked, synced and renamed when it is whole.
 *
 * Whoever reads sees the old file or the whole new one. What a crash left goes, but not a file that another process holds: that one has
 * SQLite's lock on it, so whoever comes second is told so.
 * Oracle: writers that were killed, and two at once (`test/sim/record/database.test.ts`).
 */
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../ground/errors.ts';
import { pragmas } from './database-schema.ts';
import { busyError, Connection } from './sqlite-connection.ts';
import { diskError } from './store.ts';

/** How often a file that a crash left may be in the way: once, or a second time when another process crashed meanwhile. */
const triesMax = 3;

export class Aside {
  readonly connection: Connection;
  readonly #file: string;
  readonly #target: string;
  readonly #inode: number;

  private constructor(connection: Connection, target: string) {
    this.connection = connection;
    this.#target = target;
    this.#file = asideOf(target);
    this.#inode = statSync(this.#file).ino;
  }

  static async open(target: string): Promise<Aside> {
    const file = asideOf(target);
    for (let tries = 0; tries < triesMax; tries++) {
      const connection = await Connection.open(file, 'write');
      try {
        if (await isEmptyOnceLocked(connection)) return new Aside(connection, target);
      } catch (error) {
        await connection.close();
        throw error;
      }
      await connection.close();
      remove(file);
    }
    throw busyError(file);
  }

  #isOurs(): boolean {
    return existsSync(this.#file) && statSync(this.#file).ino === this.#inode;
  }

  /** Puts the file in its place, synced and then renamed. */
  async publish(): Promise<void> {
    await this.connection.close();
    if (!this.#isOurs()) throw busyError(this.#target);
    publish(this.#file, this.#target);
  }

  /** Lets the next one in. */
  async release(): Promise<void> {
    if (this.#isOurs()) remove(this.#file);
    await this.connection.close();
  }
}

function asideOf(target: string): string {
  return `${target}.new`;
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (cause) {
    throw diskError('remove', file, cause);
  }
}

async function isEmptyOnceLocked(connection: Connection): Promise<boolean> {
  try {
    // The mode comes after the lock: with it, of two that begin at once each would keep what the other waits for, and both would lose.
    await connection.send(`${pragmas} BEGIN EXCLUSIVE; PRAGMA locking_mode = EXCLUSIVE;`);
    await connection.settle();
    const [{ pages }] = await connection.all<{ pages: number }>('SELECT page_count AS pages FROM pragma_page_count');
    return pages <= 1;
  } catch (error) {
    if (error instanceof InputError && error.problems[0]?.code === 'INPUT_STORE_DAMAGED') return false;
    throw error;
  }
}

/** Synced, then renamed. A journal left beside the old file would be played into the new one, so it goes first. */
function publish(aside: string, file: string): void {
  try {
    chmodSync(aside, 0o600);
    sync(aside);
    for (const suffix of ['-journal', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    renameSync(aside, file);
    sync(join(file, '..'));
  } catch (cause) {
    throw diskError('write', file, cause);
  }
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
