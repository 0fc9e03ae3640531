/**
 * Fills the tables of one database from the log, transaction by transaction, as far as the log is acknowledged.
 *
 * Rows of a tick, what they change in older rows, and `syncedTick` stand in one transaction, so that a database that was left is a
 * whole one of fewer ticks and can be taken up: effects are then computed again from the log, and only missing rows are written.
 * Invariant: which ticks a transaction holds cannot be seen in the tables. Rows of posts are their ids, ties have their rows by
 * their place in the start and in the log, and everything else comes in the order of the log.
 * Speed: an INSERT of literals costs 1.2 us a row of ten columns, json_each 3.3 and bound parameters 3.9 (1 M rows, Node 24.21).
 * Oracle: naive counting over the ticks, and a database that was built at once (`test/sim/record/database.test.ts`).
 */
import { standingName } from '../world/posts.ts';
import { hexOf } from '../ground/digest.ts';
import { outcomes, reasons, rules } from '../exchange/reasons.ts';
import { sources } from '../exchange/tables.ts';
import { firstOwnVerb, isRanked, makesPost, verbs, verbTable } from '../exchange/verbs.ts';
import { externalId } from '../world/population.ts';
import { decodeTick, lengthOfFrame } from './chunk.ts';
import { CircleTable } from './database-circles.ts';
import { postTableOf, Tally, TieTable } from './database-effects.ts';
import { Rows, sqlText } from './database-rows.ts';
import { createDetailCursor } from './detail-cursor.ts';
import { indexes, schema, schemaVersion, upserts, views } from './database-schema.ts';
import { framesFrom, startOfLog } from './reader.ts';
import type { Frame, TickRecord } from './chunk.ts';
import type { PostTable } from './database-effects.ts';
import type { TableName } from './database-schema.ts';
import type { SaidDetail } from './detail-cursor.ts';
import type { LogPlace, Records } from './reader.ts';
import type { Connection } from './sqlite-connection.ts';
import type { Head } from './writer.ts';

/** How much of a run goes into its database. */
export type IndexLevel = 'core' | 'full';

/** Rows of one transaction, more or less: some 50 MB, and a second of work. */
const transactionRows = 500_000;

/** One database on its way. */
export class Filling {
  /** Ticks that are in the tables. */
  syncedTick = 0;
  readonly #connection: Connection;
  readonly #records: Records;
  readonly #level: IndexLevel;
  readonly #rows: Record<TableName, Rows>;
  readonly #posts: PostTable;
  readonly #ties: TieTable;
  readonly #circles: CircleTable;
  /** Own texts of posts that are not written yet. */
  readonly #postTexts = new Map<number, string>();
  readonly #tally = new Tally();
  readonly #verbNames: readonly string[];
  #place: LogPlace;

  constructor(connection: Connection, records: Records, level: IndexLevel) {
    this.#connection = connection;
    this.#records = records;
    this.#level = level;
    this.#place = startOfLog(records.manifest);
    this.#posts = postTableOf(records.manifest);
    this.#circles = new CircleTable(records);
    this.#ties = new TieTable(records.population);
    const names = Object.keys(schema) as TableName[];
    this.#rows = Object.fromEntries(names.map((name) => [name, new Rows(connection, name, upserts[name])])) as Record<
      TableName,
      Rows
    >;
    this.#verbNames = verbNamesOf(records);
  }

  /** Makes the tables and writes what is known before the first tick. The caller has begun a transaction; it is committed. */
  async begin(): Promise<void> {
    const creation = Object.entries(schema).map(([name, columns]) => `CREATE TABLE ${name} (${columns});`);
    await this.#connection.send(`PRAGMA user_version = ${schemaVersion};\n${creation.join('\n')}\n${views}`);
    this.#writeNames();
    await this.#writeAgents();
    await this.#writeStartTies();
    await this.#writeCircles();
    this.#writeMeta();
    for (const rows of Object.values(this.#rows)) await rows.flush();
    await this.#connection.send('COMMIT;');
    await this.#connection.settle();
  }

  /** Takes up a database that was left. False where it is of another version, level or run: then it must be built anew. */
  async takeUp(head: Head): Promise<boolean> {
    const facts = await factsOf(this.#connection);
    const synced = Number(facts['syncedTick']);
    if (facts['version'] !== String(schemaVersion) || facts['level'] !== this.#level || !(synced <= head.ticks))
      return false;
    const first = startOfLog(this.#records.manifest);
    let link = hexOf(first.link);
    for (const frame of synced > 0 ? framesFrom(this.#records.directory, first, head) : []) {
      this.#takeEffects(decodeTick(frame));
      this.#place = placeAfter(this.#place, frame);
      link = hexOf(frame.link);
      if (frame.tick + 1 === synced) break;
    }
    this.#posts.drain();
    this.#ties.drain();
    this.#circles.drain();
    this.#postTexts.clear();
    this.syncedTick = synced;
    return link === facts['digest'];
  }

  /** Writes the ticks up to a head. Stops after a tick, with what it has written committed, once `isStopped` says so. */
  async advance(head: Head, isStopped: () => boolean, onTick: (tick: number) => void): Promise<void> {
    let held = 0;
    let last: Frame | undefined;
    for (const frame of framesFrom(this.#records.directory, this.#place, head)) {
      if (isStopped()) break;
      if (held === 0) await this.#connection.send('BEGIN IMMEDIATE;');
      const record = decodeTick(frame);
      held += 1 + (await this.#writeTick(record));
      this.#place = placeAfter(this.#place, frame);
      last = frame;
      onTick(record.tick);
      if (held < transactionRows) continue;
      await this.#commit(frame);
      held = 0;
    }
    if (held > 0 && last !== undefined) await this.#commit(last);
  }

  /** Makes the indexes, which are slower to keep than to make. Returns how many rows each table has. */
  async seal(onIndex: (done: number, of: number) => void): Promise<Record<string, number>> {
    for (const [i, index] of indexes.entries()) {
      await this.#connection.send(`CREATE INDEX IF NOT EXISTS ${index};`);
      await this.#connection.settle();
      onIndex(i + 1, indexes.length);
    }
    const counted = Object.keys(schema).map((name) => `(SELECT count(*) FROM ${name}) AS ${name}`);
    const [counts] = await this.#connection.all<Record<string, number>>(`SELECT ${counted.join(', ')}`);
    return counts;
  }

  /** Ends a transaction: what its ticks changed in posts and ties, then how far the tables go. */
  async #commit({ tick, link }: Frame): Promise<void> {
    await this.#writePosts();
    await this.#writeTies();
    await this.#writeCircles();
    for (const rows of Object.values(this.#rows)) await rows.flush();
    const facts = Object.entries({ syncedTick: String(tick + 1), digest: hexOf(link) });
    for (const [name, value] of facts) {
      await this.#connection.send(`UPDATE meta SET value = ${sqlText(value)} WHERE name = ${sqlText(name)};`);
    }
    await this.#connection.send('COMMIT;');
    await this.#connection.settle();
    this.syncedTick = tick + 1;
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

  async #writeStartTies(): Promise<void> {
    const { count, followOffset, followee } = this.#records.population;
    const rows = this.#rows.ties;
    for (let follower = 0; follower < count; follower++) {
      for (let tie = followOffset[follower]; tie < followOffset[follower + 1]; tie++) {
        if (rows.add(`${follower},${followee[tie]},NULL,NULL`)) await rows.flush();
      }
    }
  }

  #writeMeta(): void {
    const { manifest } = this.#records;
    const facts = {
      ...{ scenario: manifest.scenario, seed: String(manifest.seed), tickSeconds: String(manifest.tickSeconds) },
      ...{ syncedTick: '0', digest: manifest.firstLink, level: this.#level },
      rulings: this.#level === 'full' ? 'every intent' : 'only intents that were not granted',
    };
    for (const [name, value] of Object.entries(facts)) this.#rows.meta.add(`${sqlText(name)},${sqlText(value)}`);
  }

  /** Rows of one tick. Returns how many they are. */
  async #writeTick(record: TickRecord): Promise<number> {
    const { tick, totals } = record;
    const { metrics } = this.#rows;
    const counts = `${record.intentCount},${totals.granted},${totals.refused},${totals.posts},${totals.exposures}`;
    if (metrics.add(`${tick},${totals.awake},${counts}`)) await metrics.flush();
    await this.#writeIntents(record);
    await this.#writeSummary(tick);
    if (record.answers.length > 0) await this.#writeAnswers(record);
    if (this.#level === 'core') return record.intentCount;
    await this.#writeSeen(record);
    return record.intentCount + record.seen.agent.length;
  }

  async #writeIntents(record: TickRecord): Promise<void> {
    const { tick, actor, sequence, verb, target, outcome, reason, rule, amount, result } = record;
    const { rulings } = this.#rows;
    const isFull = this.#level === 'full';
    const details = createDetailCursor(record);
    for (let i = 0; i < record.intentCount; i++) {
      const isGranted = outcome[i] === outcomes.granted;
      const detail = details(i);
      this.#tally.add(verb[i], outcome[i], reason[i]);
      if (isGranted) this.#take(record, i, detail);
      if (isGranted && !isFull) continue;
      const ruling = `${outcome[i]},${reason[i]},${rule[i]},${amount[i]},${result[i]},${saidSql(detail)}`;
      if (rulings.add(`${tick},${actor[i]},${sequence[i]},${verb[i]},${target[i]},${ruling}`)) await rulings.flush();
    }
  }

  #takeEffects(record: TickRecord): void {
    const details = createDetailCursor(record);
    for (let i = 0; i < record.intentCount; i++) {
      if (record.outcome[i] === outcomes.granted) this.#take(record, i, details(i));
    }
  }

  /** A granted intent's effect on posts, ties and groups. */
  #take(record: TickRecord, i: number, { argument, text }: SaidDetail): void {
    const verb = record.verb[i];
    if (verb === verbs.follow || verb === verbs.unfollow) this.#ties.take(record, i);
    else if (isRanked(verb) && verb !== verbs.appeal) this.#circles.take(record, i, text);
    else {
      this.#posts.take(record, i, argument);
      if (text !== '' && makesPost(verb)) this.#postTexts.set(record.result[i], text);
    }
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

  /** New posts, and new counters of posts that were there. */
  async #writePosts(): Promise<void> {
    const changed = this.#posts.drain();
    const { author, parent, origin, root, tick, kind, topic, shares, likes, replies } = this.#posts.columns;
    const { dislikes, reports, standing, community } = this.#posts.columns;
    const rows = this.#rows.posts;
    const kinds = this.#verbNames.map((name) => sqlText(name));
    for (const id of changed) {
      if (kind[id] === 0) continue;
      const place = `${author[id]},${parent[id] === 0 ? 'NULL' : parent[id]},${origin[id]},${root[id]},${tick[id]}`;
      const about = `${kinds[kind[id]]},${topic[id]},${shares[id]},${likes[id]},${replies[id]}`;
      const text = this.#postTexts.get(id);
      const words = `${community[id] === 0 ? 'NULL' : community[id] - 1},${text === undefined ? 'NULL' : sqlText(text)}`;
      const more = `${dislikes[id]},${reports[id]},${sqlText(standingName(standing[id]))},${words}`;
      if (rows.add(`${id},${place},${about},${more}`)) await rows.flush();
    }
    this.#postTexts.clear();
  }

  /** Groups, members and messages that are new, then the end of memberships. */
  async #writeCircles(): Promise<void> {
    const { chat_groups, group_members, messages } = this.#rows;
    const changes = this.#circles.drain();
    for (const { number, name, owner, tick } of changes.groups)
      if (chat_groups.add(`${number},${sqlText(name)},${owner},${numberSql(tick)}`)) await chat_groups.flush();
    for (const { group, agent, joined } of changes.members)
      if (group_members.add(`${group},${agent},${numberSql(joined)},NULL`)) await group_members.flush();
    for (const { id, tick, sender, receiver, group, text } of changes.messages) {
      const place = `${numberSql(receiver)},${numberSql(group)}`;
      if (messages.add(`${id},${tick},${sender},${place},${sqlText(text)}`)) await messages.flush();
    }
    await group_members.flush();
    await this.#end('group_members', 'left_tick', changes.ended);
  }

  /** Ties that were added, and the end of ties that were there. */
  async #writeTies(): Promise<void> {
    const rows = this.#rows.ties;
    const { added, ended } = this.#ties.drain();
    for (const tie of added) {
      const removed = tie.removed < 0 ? 'NULL' : String(tie.removed);
      if (rows.add(`${tie.follower},${tie.followee},${tie.added},${removed}`)) await rows.flush();
    }
    await rows.flush();
    await this.#end('ties', 'removed_tick', ended);
  }

  /** Says of rows that were there when what they tell of ended. */
  async #end(table: TableName, column: string, ended: readonly { row: number; tick: number }[]): Promise<void> {
    for (let at = 0; at < ended.length; at += updatedRows) {
      const some = ended.slice(at, at + updatedRows).map(({ row, tick }) => `(${row},${tick})`);
      await this.#connection.send(`UPDATE ${table} SET ${column} = ends.column2
        FROM (VALUES ${some.join(',')}) AS ends WHERE ${table}.rowid = ends.column1;`);
    }
  }
}

/** Rows of one UPDATE. */
const updatedRows = 5000;

function numberSql(value: number | undefined): string {
  return value === undefined ? 'NULL' : String(value);
}

/** Argument, price and text, where they are said. */
function saidSql({ argument, price, text }: SaidDetail): string {
  const said = [
    argument === -1 ? 'NULL' : argument,
    price === 0 ? 'NULL' : price,
    text === '' ? 'NULL' : sqlText(text),
  ];
  return said.join(',');
}

function placeAfter(place: LogPlace, frame: Frame): LogPlace {
  return { tick: frame.tick + 1, bytes: place.bytes + lengthOfFrame(frame), link: frame.link };
}

/** What a database says of itself. */
export async function factsOf(connection: Connection): Promise<Partial<Record<string, string>>> {
  const tables = await connection.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name = 'meta'");
  if (tables.length === 0) return {};
  const [{ version }] = await connection.all<{ version: number }>(
    'SELECT user_version AS version FROM pragma_user_version',
  );
  const facts = await connection.all<{ name: string; value: string }>('SELECT name, value FROM meta');
  return { version: String(version), ...Object.fromEntries(facts.map(({ name, value }) => [name, value])) };
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
