/**
 * run.db: a recorded population as SQLite tables, for questions in SQL. A view of the log, which stays the truth: it can be
 * deleted and built again, and the same directory gives the same tables, whether at once or behind a run.
 *
 * Reads manifest, genesis and log through the reader, so that a damaged log is refused and never becomes a table.
 * `rebuildDatabase` writes `run.db.new`, synced and renamed at the end: whoever reads sees the old file or the whole new one.
 * `followDatabase` fills run.db itself, transaction by transaction: readers see whole ticks up to `syncedTick`, and a database that
 * was left is taken up. Whoever fills a database holds `run.db.new`, so that there is one at a time.
 *
 * Levels. `core`: agents, posts, ties, metrics, counts of rulings, model calls, and in `rulings` only what was not granted.
 * `full`: every intent in `rulings`, and in `exposures` what the sampled agents saw. A tick's effects hold from the next one on.
 * Ids are 32-bit and exact; seeds are TEXT, because sqlite3 rounds integers above 2^53.
 * Memory: one tick of the log, 35 bytes a post and 32 an added tie (three times that while the columns grow), 64 MiB of pages.
 * Oracle: naive counting over the ticks (`test/sim/record/database.test.ts`).
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, InvariantError } from '../ground/errors.ts';
import { Aside } from './database-aside.ts';
import { factsOf, Filling } from './database-filling.ts';
import { indexes, livePragmas } from './database-schema.ts';
import { openRecords, readHead } from './reader.ts';
import { busyError, Connection } from './sqlite-connection.ts';
import { fileNames } from './store.ts';
import type { IndexLevel } from './database-filling.ts';
import type { Records } from './reader.ts';

export type { IndexLevel } from './database-filling.ts';

/** How many rows each table got. */
export interface DatabaseSummary {
  readonly tables: Record<string, number>;
}

/** How far a database got. */
export interface FollowSummary {
  /** Ticks that are in the tables. */
  readonly syncedTick: number;
  /** How many rows each table has; undefined where filling was stopped before the indexes were made. */
  readonly tables: Record<string, number> | undefined;
}

/** Which database, and how it may be stopped. */
export interface IndexOrder {
  readonly directory: string;
  readonly level: IndexLevel;
  /** Stops filling, with whole ticks in the tables. */
  readonly signal?: AbortSignal;
  /** Told how much of the work is done, in [0, 1]. */
  readonly onProgress?: (share: number) => void;
}

/** How a database is filled behind a log. */
export interface FollowOrder extends IndexOrder {
  /** Whether the log is as long as it gets; asked before its head is read. */
  readonly isEnded: () => boolean;
  /** Called when all that is acknowledged is in the tables: resolves when there may be more. */
  readonly more: () => Promise<void>;
}

/** Share of the work that is done when each step ends: a guess for progress lines. */
const doneShare = { start: 0.5, log: 0.8, indexes: 1 } as const;

/**
 * Builds run.db anew. Throws an `InputError`: INPUT_STORE_DAMAGED when the log does not fit its checksums, INPUT_DISK, or
 * INPUT_RUN_BUSY when another process fills it too. The database that stood before stays as it was then.
 */
export async function rebuildDatabase(
  directory: string,
  level: IndexLevel,
  onProgress: (share: number) => void = () => undefined,
): Promise<DatabaseSummary> {
  const { tables } = await rebuild({ directory, level, onProgress });
  if (tables === undefined) throw new InvariantError('the database was left although nothing stopped it');
  return { tables };
}

/** The same, until `signal` stops it: then the database that stood before stays as it was. */
async function rebuild({ directory, level, onProgress = () => undefined, signal }: IndexOrder): Promise<FollowSummary> {
  const records = openRecords(directory);
  const { head } = records;
  const aside = await Aside.open(join(directory, fileNames.database));
  try {
    const tables = await stoppable(aside.connection, signal, async (isStopped) => {
      const filling = new Filling(aside.connection, records, level);
      await filling.begin();
      onProgress(doneShare.start);
      await filling.advance(head, isStopped, (tick) => {
        onProgress(doneShare.start + ((doneShare.log - doneShare.start) * (tick + 1)) / head.ticks);
      });
      return isStopped() ? undefined : filling.seal(sealing(onProgress));
    });
    if (tables === undefined) return { syncedTick: 0, tables };
    await aside.publish();
    return { syncedTick: head.ticks, tables };
  } finally {
    await aside.release();
  }
}

/**
 * Brings run.db up to the log, which must have ended: one that was left is taken up, a whole one is built anew. What `signal`
 * stops can be taken up in turn.
 */
export async function indexRun(order: IndexOrder): Promise<FollowSummary> {
  if ((await stateOf(order.directory))?.isWhole === true) return rebuild(order);
  return followDatabase({ ...order, isEnded: () => true, more: () => Promise.resolve() });
}

function sealing(onProgress: (share: number) => void): (done: number, of: number) => void {
  return (done, of) => {
    onProgress(doneShare.log + ((doneShare.indexes - doneShare.log) * done) / of);
  };
}

/** Runs work that a signal interrupts. What the work throws because of it counts as stopped. */
async function stoppable<Result>(
  connection: Connection,
  signal: AbortSignal | undefined,
  work: (isStopped: () => boolean) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  const isStopped = (): boolean => signal?.aborted === true;
  if (isStopped()) return undefined;
  const interrupt = (): void => {
    connection.interrupt();
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await work(isStopped);
  } catch (error) {
    if (isStopped()) return undefined;
    throw error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

/**
 * Fills run.db as far as the log is acknowledged, and goes on until the log has ended. A database of the same run and level that was
 * left is taken up; any other is replaced. Errors as in `rebuildDatabase`; what is in the tables by then is whole.
 */
export async function followDatabase(order: FollowOrder): Promise<FollowSummary> {
  const records = openRecords(order.directory);
  const file = join(order.directory, fileNames.database);
  let aside = await Aside.open(file);
  try {
    const taken = await takeUp(records, order.level, file);
    if (taken !== undefined) return await follow(order, taken);
    const filling = new Filling(aside.connection, records, order.level);
    const isBegun = await stoppable(aside.connection, order.signal, () => filling.begin().then(() => true));
    if (isBegun !== true) return { syncedTick: 0, tables: undefined };
    await aside.publish();
    aside = await Aside.open(file);
    const begun = await takeUp(records, order.level, file);
    if (begun === undefined) throw busyError(file);
    return await follow(order, begun);
  } finally {
    await aside.release();
  }
}

/** A database that is being filled in its own place. */
interface Live {
  readonly connection: Connection;
  readonly filling: Filling;
}

/** Takes up what was left, if it can be. */
async function takeUp(records: Records, level: IndexLevel, file: string): Promise<Live | undefined> {
  if (!existsSync(file)) return undefined;
  const connection = await Connection.open(file, 'write');
  try {
    await connection.send(livePragmas);
    await connection.settle();
    const filling = new Filling(connection, records, level);
    if (await filling.takeUp(readHead(records.directory))) return { connection, filling };
  } catch (error) {
    await connection.close();
    if (isDamage(error, file)) return undefined;
    throw error;
  }
  await connection.close();
  return undefined;
}

async function follow(order: FollowOrder, { connection, filling }: Live): Promise<FollowSummary> {
  const { directory, signal, onProgress = () => undefined } = order;
  try {
    const tables = await stoppable(connection, signal, async (isStopped) => {
      for (;;) {
        const isEnded = order.isEnded();
        const head = readHead(directory);
        await filling.advance(head, isStopped, (tick) => {
          onProgress((doneShare.log * (tick + 1)) / head.ticks);
        });
        if (isStopped()) return undefined;
        if (isEnded) break;
        await order.more();
      }
      await leaveLog(connection);
      return filling.seal(sealing(onProgress));
    });
    return { syncedTick: filling.syncedTick, tables };
  } finally {
    await connection.close();
  }
}

/** One file instead of three, unless somebody is reading: then the last one who closes the database does it. */
async function leaveLog(connection: Connection): Promise<void> {
  try {
    await connection.all('PRAGMA journal_mode = DELETE');
  } catch (error) {
    if (!(error instanceof InputError && error.problems[0]?.code === 'INPUT_RUN_BUSY')) throw error;
  }
}

function isDamage(error: unknown, file: string): boolean {
  const problem = error instanceof InputError ? error.problems[0] : undefined;
  return problem?.code === 'INPUT_STORE_DAMAGED' && problem.place?.file === file;
}

/** The level of the database that a run has; undefined where there is none, or none that can be read. */
export async function databaseLevel(directory: string): Promise<IndexLevel | undefined> {
  return (await stateOf(directory))?.level;
}

interface DatabaseState {
  readonly level: IndexLevel;
  /** Whether it has every acknowledged tick and its indexes. */
  readonly isWhole: boolean;
}

async function stateOf(directory: string): Promise<DatabaseState | undefined> {
  const file = join(directory, fileNames.database);
  if (!existsSync(file)) return undefined;
  const last = indexes.at(-1)?.split(' ')[0] ?? '';
  try {
    // Whoever was killed while it made an index left a journal, which must be played back, and a reader could not.
    const connection = await Connection.open(file, 'write');
    try {
      const { level, syncedTick } = await factsOf(connection);
      if (level !== 'core' && level !== 'full') return undefined;
      const made = await connection.all(`SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = '${last}'`);
      return { level, isWhole: made.length > 0 && Number(syncedTick) === readHead(directory).ticks };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (isDamage(error, file)) return undefined;
    throw error;
  }
}

const pageRows = 20_000;

/**
 * SHA-256 of every table of run.db, its rows in the order in which they were written. Equal digests: equal tables.
 */
export async function tableDigests(directory: string): Promise<Record<string, string>> {
  const file = join(directory, fileNames.database);
  if (!existsSync(file)) {
    const found = 'the run has no database';
    throw new InputError({ code: 'INPUT_NOT_FOUND', place: { file }, found, next: 'Build it from the log first.' });
  }
  const connection = await Connection.open(file, 'read');
  try {
    const listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    const digests: Record<string, string> = {};
    for (const { name } of await connection.all<{ name: string }>(listed)) {
      digests[name] = await tableDigest(connection, name);
    }
    return digests;
  } finally {
    await connection.close();
  }
}

async function tableDigest(connection: Connection, table: string): Promise<string> {
  const hash = createHash('sha256');
  let rows: { rowAt: number }[];
  let last = 0;
  do {
    const page = `WHERE rowid > ${last} ORDER BY rowid LIMIT ${pageRows}`;
    rows = await connection.all(`SELECT rowid AS rowAt, * FROM "${table}" ${page}`);
    for (const row of rows) hash.update(JSON.stringify(row) + '\n');
    last = rows.at(-1)?.rowAt ?? last;
  } while (rows.length === pageRows);
  return hash.digest('hex');
}
