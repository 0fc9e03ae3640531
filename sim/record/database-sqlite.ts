/**
 * run.db: a recorded population as SQLite tables, for questions in SQL. A view of the log, which stays the truth: it can be
 * deleted and built again, and the same directory gives the same tables.
 *
 * Reads manifest, genesis and log through the reader, so that a damaged log is refused and never becomes a table. Writes
 * `run.db.new`, synced and renamed at the end: whoever reads sees the old file or the whole new one.
 *
 * Levels. `core`: agents, posts, ties, metrics, counts of rulings, model calls, and in `rulings` only what was not granted.
 * `full`: every intent in `rulings`, and in `exposures` what the sampled agents saw. A tick's effects hold from the next one on.
 * Order of rows: canonical everywhere (ordinal; post id; follower, followee, time; tick, actor, sequence). Indexes come last.
 * Ids are 32-bit and exact; seeds are TEXT, because sqlite3 rounds integers above 2^53.
 * Memory: one tick of the log, 34 bytes a post (three times that while the columns grow), 24 a changed tie, 64 MiB of pages.
 * Speed: an INSERT of literals costs 1.2 us a row of ten columns, json_each 3.3 and bound parameters 3.9 (1 M rows, Node 24.21).
 * Oracle: naive counting over the ticks (`test/sim/record/database.test.ts`).
 */
import { createHash } from 'node:crypto';
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../ground/errors.ts';
import { outcomes, reasons, rules } from '../exchange/reasons.ts';
import { sources } from '../exchange/tables.ts';
import { firstOwnVerb, verbs, verbTable } from '../exchange/verbs.ts';
import { externalId } from '../world/population.ts';
import { PostTable, Tally, TieChanges, tiePeriods } from './database-effects.ts';
import { indexes, pragmas, schema, schemaVersion, views } from './database-schema.ts';
import { openRecords } from './reader.ts';
import { busyError, Connection } from './sqlite-connection.ts';
import { diskError, fileNames } from './store.ts';
import type { TickRecord } from './chunk.ts';
import type { TableName } from './database-schema.ts';
import type { Records } from './reader.ts';

/** How much of a run goes into its database. */
export type IndexLevel = 'core' | 'full';

/** How many rows each table got. */
export interface DatabaseSummary {
  readonly tables: Record<string, number>;
}

/** Share of the work that is done when each step ends: a guess for progress lines. */
const doneShare = { agents: 0.05, log: 0.6, posts: 0.7, ties: 0.8, rows: 0.82, indexes: 1 } as const;

/**
 * Builds run.db anew. Throws an `InputError`: INPUT_STORE_DAMAGED when the log does not fit its checksums, INPUT_DISK, or
 * INPUT_RUN_BUSY when another process builds it too. The database that stood before stays as it was then.
 */
export async function rebuildDatabase(
  directory: string,
  level: IndexLevel,
  onProgress: (share: number) => void = () => undefined,
): Promise<DatabaseSummary> {
  const records = openRecords(directory);
  const file = join(directory, fileNames.database);
  const aside = `${file}.new`;
  const connection = await openAside(aside);
  const { ino } = statSync(aside);
  const isOurs = (): boolean => existsSync(aside) && statSync(aside).ino === ino;
  try {
    const build = new Build(connection, records, level, onProgress);
    const tables = await build.run();
    await connection.close();
    if (!isOurs()) throw busyError(file);
    publish(aside, file);
    return { tables };
  } catch (error) {
    await connection.close().catch(() => undefined);
    if (isOurs()) remove(aside);
    throw error;
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (cause) {
    throw diskError('remove', file, cause);
  }
}

/** How often a file that a crash left may be in the way: once, or a second time when another process crashed meanwhile. */
const triesMax = 3;

/**
 * An empty database, locked. What a crash left goes, but not a file that another process is writing: that one holds SQLite's
 * lock on it, so whoever comes second is told so.
 */
async function openAside(aside: string): Promise<Connection> {
  for (let tries = 0; tries < triesMax; tries++) {
    const connection = await Connection.open(aside, 'write');
    try {
      if (await isEmptyOnceLocked(connection)) return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
    await connection.close();
    remove(aside);
  }
  throw busyError(aside);
}

async function isEmptyOnceLocked(connection: Connection): Promise<boolean> {
  try {
    await connection.send(`${pragmas} BEGIN EXCLUSIVE;`);
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

/** Which rows a database is made of: one pass over the log, then what only its end can tell. */
class Build {
  readonly #connection: Connection;
  readonly #records: Records;
  readonly #level: IndexLevel;
  readonly #report: (share: number) => void;
  readonly #rows: Record<TableName, Rows>;
  readonly #posts = new PostTable();
  readonly #changes = new TieChanges();
  readonly #tally = new Tally();
  readonly #verbNames: readonly string[];

  constructor(connection: Connection, records: Records, level: IndexLevel, report: (share: number) => void) {
    this.#connection = connection;
    this.#records = records;
    this.#level = level;
    this.#report = report;
    const names = Object.keys(schema) as TableName[];
    this.#rows = Object.fromEntries(names.map((name) => [name, new Rows(connection, name)])) as Record<TableName, Rows>;
    this.#verbNames = verbNamesOf(records);
  }

  /** All rows in one transaction, `syncedTick` among them; then indexes and views. */
  async run(): Promise<Record<string, number>> {
    const { ticks } = this.#records.head;
    const creation = Object.entries(schema).map(([name, columns]) => `CREATE TABLE ${name} (${columns});`);
    await this.#connection.send(`PRAGMA user_version = ${schemaVersion};\n${creation.join('\n')}`);
    this.#writeNames();
    await this.#writeAgents();
    this.#report(doneShare.agents);
    for (const record of this.#records.ticks()) {
      await this.#writeTick(record);
      this.#report(doneShare.agents + ((doneShare.log - doneShare.agents) * (record.tick + 1)) / ticks);
    }
    await this.#writePosts();
    this.#report(doneShare.posts);
    await this.#writeTies();
    this.#report(doneShare.ties);
    this.#writeMeta();
    for (const rows of Object.values(this.#rows)) await rows.flush();
    await this.#connection.send('COMMIT;');
    this.#report(doneShare.rows);
    await this.#index();
    return Object.fromEntries(Object.entries(this.#rows).map(([name, rows]) => [name, rows.count]));
  }

  async #index(): Promise<void> {
    const step = (doneShare.indexes - doneShare.rows) / indexes.length;
    await this.#connection.send(views);
    for (const [i, index] of indexes.entries()) {
      await this.#connection.send(`CREATE INDEX ${index};`);
      await this.#connection.settle();
      this.#report(i + 1 === indexes.length ? 1 : doneShare.rows + step * (i + 1));
    }
  }

  #writeNames(): void {
    const {
      verbs: verbRows,
      outcomes: outcomeRows,
      reasons: reasonRows,
      rules: ruleRows,
      sources: sourceRows,
    } = this.#rows;
    for (const { number, name, target } of verbTable()) verbRows.add(`${number},${sqlText(name)},${sqlText(target)}`);
    this.#records.manifest.ownVerbs.forEach((name, i) => verbRows.add(`${firstOwnVerb + i},${sqlText(name)},NULL`));
    for (const [name, number] of Object.entries(outcomes)) outcomeRows.add(`${number},${sqlText(name)}`);
    for (const [name, { number, valid }] of Object.entries(reasons)) {
      reasonRows.add(`${number},${sqlText(name)},${sqlText(valid)}`);
    }
    for (const [name, number] of Object.entries(rules)) ruleRows.add(`${number},${sqlText(name)}`);
    for (const [name, number] of Object.entries(sources)) sourceRows.add(`${number},${sqlText(name)}`);
  }

  async #writeAgents(): Promise<void> {
    const { population } = this.#records;
    const { count, ids, profile, wakesPerDay, policy, followOffset, followee } = population;
    const followers = new Int32Array(count);
    for (let tie = 0; tie < followee.length; tie++) followers[followee[tie]]++;
    const rows = this.#rows.agents;
    for (let agent = 0; agent < count; agent++) {
      const followees = followOffset[agent + 1] - followOffset[agent];
      const about = `${profile[agent]},${wakesPerDay[agent]},${policy[agent]},${followers[agent]},${followees}`;
      if (rows.add(`${agent},${sqlText(externalId(ids, agent))},${about}`)) await rows.flush();
    }
  }

  async #writeTick(record: TickRecord): Promise<void> {
    const { tick, totals } = record;
    const { metrics } = this.#rows;
    const counts = `${record.intentCount},${totals.granted},${totals.refused},${totals.posts},${totals.exposures}`;
    if (metrics.add(`${tick},${totals.awake},${counts}`)) await metrics.flush();
    await this.#writeIntents(record);
    await this.#writeSummary(tick);
    if (record.answers.length > 0) await this.#writeAnswers(record);
    if (this.#level === 'full') await this.#writeSeen(record);
  }

  async #writeIntents(record: TickRecord): Promise<void> {
    const { tick, actor, sequence, verb, target, outcome, reason, rule, amount, result } = record;
    const { rulings } = this.#rows;
    const isFull = this.#level === 'full';
    for (let i = 0; i < record.intentCount; i++) {
      const isGranted = outcome[i] === outcomes.granted;
      this.#tally.add(verb[i], outcome[i], reason[i]);
      if (isGranted) this.#take(record, i);
      if (isGranted && !isFull) continue;
      const ruling = `${outcome[i]},${reason[i]},${rule[i]},${amount[i]},${result[i]}`;
      if (rulings.add(`${tick},${actor[i]},${sequence[i]},${verb[i]},${target[i]},${ruling}`)) await rulings.flush();
    }
  }

  /** A granted intent's effect on posts and ties. */
  #take(record: TickRecord, i: number): void {
    const verb = record.verb[i];
    if (verb >= verbs.post && verb <= verbs.like) this.#posts.take(record, i);
    else if (verb === verbs.follow || verb === verbs.unfollow) this.#changes.add(record, i);
  }

  async #writeSummary(tick: number): Promise<void> {
    const rows = this.#rows.rulings_summary;
    for (const { verb, outcome, reason, count } of this.#tally.drain()) {
      const names = [this.#verbNames[verb], outcomeNames[outcome], reasonNames[reason]];
      const texts = names.map((name, k) => sqlText(name ?? String([verb, outcome, reason][k])));
      if (rows.add(`${tick},${texts.join(',')},${count}`)) await rows.flush();
    }
  }

  async #writeAnswers({ tick, answers }: TickRecord): Promise<void> {
    const rows = this.#rows.model_calls;
    for (let at = 0; at < answers.length; at += answerWords) {
      const [agent, sequence, status, ...words] = answers.subarray(at, at + answerWords);
      const name = answerStatuses[status] ?? String(status);
      if (rows.add(`${tick},${agent},${sequence},${sqlText(name)},${words.join(',')}`)) await rows.flush();
    }
  }

  async #writeSeen({ tick, seen }: TickRecord): Promise<void> {
    const rows = this.#rows.exposures;
    for (let i = 0; i < seen.agent.length; i++) {
      const item = `${seen.post[i]},${seen.origin[i]},${seen.source[i]},${seen.position[i]}`;
      if (rows.add(`${tick},${seen.agent[i]},${item}`)) await rows.flush();
    }
  }

  async #writePosts(): Promise<void> {
    const { count, columns } = this.#posts;
    const { author, parent, origin, root, tick, kind, topic, shares, likes, replies } = columns;
    const rows = this.#rows.posts;
    const kinds = this.#verbNames.map((name) => sqlText(name));
    for (let id = 1; id <= count; id++) {
      if (kind[id] === 0) continue;
      const place = `${author[id]},${parent[id] === 0 ? 'NULL' : parent[id]},${origin[id]},${root[id]},${tick[id]}`;
      const about = `${kinds[kind[id]]},${topic[id]},${shares[id]},${likes[id]},${replies[id]}`;
      if (rows.add(`${id},${place},${about}`)) await rows.flush();
    }
  }

  async #writeTies(): Promise<void> {
    const rows = this.#rows.ties;
    const tick = (value: number): string => (value < 0 ? 'NULL' : String(value));
    for (const { follower, followee, added, removed } of tiePeriods(this.#records.population, this.#changes)) {
      if (rows.add(`${follower},${followee},${tick(added)},${tick(removed)}`)) await rows.flush();
    }
  }

  #writeMeta(): void {
    const { manifest, head } = this.#records;
    const facts = {
      ...{ scenario: manifest.scenario, seed: String(manifest.seed), tickSeconds: String(manifest.tickSeconds) },
      ...{ syncedTick: String(head.ticks), digest: head.digest, level: this.#level },
      rulings: this.#level === 'full' ? 'every intent' : 'only intents that were not granted',
    };
    for (const [name, value] of Object.entries(facts)) this.#rows.meta.add(`${sqlText(name)},${sqlText(value)}`);
  }
}

/** Words of an answer in the log: ordinal, sequence, status, four words. */
const answerWords = 7;
const answerStatuses = ['open', 'answered', 'failed'];

const outcomeNames = namesByNumber(Object.entries(outcomes));
const reasonNames = namesByNumber(Object.entries(reasons).map(([name, { number }]) => [name, number] as const));

function namesByNumber(pairs: readonly (readonly [string, number])[]): string[] {
  const names: string[] = [];
  for (const [name, number] of pairs) names[number] = name;
  return names;
}

function verbNamesOf(records: Records): string[] {
  const own = records.manifest.ownVerbs.map((name, i) => [name, firstOwnVerb + i] as const);
  return namesByNumber([...Object.entries(verbs), ...own]);
}

/** A text as SQL. One with a NUL goes as bytes, because a statement ends at a NUL. Unlike ids stay unlike: see `keyOfText`. */
function sqlText(text: string): string {
  const whole = text.toWellFormed();
  if (whole.includes('\u0000')) return `CAST(X'${Buffer.from(whole).toString('hex')}' AS TEXT)`;
  return `'${whole.replaceAll("'", "''")}'`;
}

/** Rows of one INSERT: 1,000 to 20,000 take the same time, 50,000 a third more; 5,000 are some 200 kB of SQL. */
const batchRows = 5000;

/** Rows on their way into one table. */
class Rows {
  count = 0;
  #text = '';
  #held = 0;
  readonly #connection: Connection;
  readonly #table: TableName;

  constructor(connection: Connection, table: TableName) {
    this.#connection = connection;
    this.#table = table;
  }

  /** Adds a row, its values as SQL. Returns whether `flush` is due. */
  add(values: string): boolean {
    this.#text += this.#held === 0 ? `(${values})` : `,(${values})`;
    this.count++;
    return ++this.#held >= batchRows;
  }

  /** Sends the rows that are held. Returns when the statement before this one is done. */
  async flush(): Promise<void> {
    if (this.#held === 0) return;
    const sql = `INSERT INTO ${this.#table} VALUES ${this.#text};`;
    this.#text = '';
    this.#held = 0;
    await this.#connection.send(sql);
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
