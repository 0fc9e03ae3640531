/**
 * A recorded population as a database of OASIS: one SQLite file with its sixteen tables, for scripts that read such files.
 *
 * Reads the log through the reader, so that a damaged one is refused; writes the file aside and renames it when it is whole.
 * Equal logs, equal rows in equal order. Memory: see `oasis-tables.ts`, one tick of the log, 64 MiB of pages.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError, InvariantError } from '../ground/errors.ts';
import { Aside } from './database-aside.ts';
import { Rows } from './database-rows.ts';
import { OasisTables } from './oasis-tables.ts';
import { oasisCreation, oasisTables } from './oasis-schema.ts';
import { PostTexts } from './post-texts.ts';
import { diskError } from './store.ts';
import type { OasisSink } from './oasis-act.ts';
import type { OasisTable } from './oasis-schema.ts';
import type { OasisLosses } from './oasis-tables.ts';
import type { Records } from './reader.ts';
import type { Connection } from './sqlite-connection.ts';
import type { TickTotals } from './chunk.ts';

/** What a file got. */
export interface OasisSummary {
  readonly rows: Readonly<Record<OasisTable, number>>;
  readonly losses: OasisLosses;
}

/** Rows on their way into the file. */
class Sink implements OasisSink {
  readonly #rows: Readonly<Record<OasisTable, Rows>>;
  readonly #due = new Set<Rows>();

  constructor(connection: Connection) {
    const rows = oasisTables.map((name) => [name, new Rows(connection, `"${name}"`)] as const);
    this.#rows = Object.fromEntries(rows) as Record<OasisTable, Rows>;
  }

  add(table: OasisTable, values: string): void {
    const rows = this.#rows[table];
    if (rows.add(values)) this.#due.add(rows);
  }

  /** Writes rows while they are made, as soon as there are enough of one table. */
  async drain(steps: Iterator<void>): Promise<void> {
    while (steps.next().done !== true) if (this.#due.size > 0) await this.#flushDue();
  }

  async flush(): Promise<void> {
    for (const rows of Object.values(this.#rows)) await rows.flush();
    this.#due.clear();
  }

  async #flushDue(): Promise<void> {
    for (const rows of this.#due) await rows.flush();
    this.#due.clear();
  }
}

/**
 * Writes the file, whose folder is made if need be; one of the same name is replaced. `onTick` is told of each tick that is in. Throws an `InputError`:
 * INPUT_COMBINATION where posts have no texts, INPUT_STORE_DAMAGED, INPUT_DISK, or INPUT_RUN_BUSY when another process writes it too.
 */
export async function writeOasisFile(
  records: Records,
  file: string,
  onTick: (tick: number, totals: TickTotals) => void = () => undefined,
): Promise<OasisSummary> {
  refuseWithoutTexts(records);
  makeFolder(dirname(file));
  const aside = await Aside.open(file);
  try {
    const { connection } = aside;
    const sink = new Sink(connection);
    const tables = new OasisTables(records, sink);
    await connection.send(oasisCreation);
    await sink.drain(tables.begin());
    for (const record of records.ticks()) {
      await sink.drain(tables.take(record));
      onTick(record.tick, record.totals);
    }
    await sink.drain(tables.rest());
    await sink.flush();
    for (const statement of tables.finish()) await connection.send(statement);
    await connection.settle();
    const rows = await countRows(connection);
    await connection.send('COMMIT;');
    await connection.settle();
    await aside.publish();
    return { rows, losses: tables.losses };
  } finally {
    await aside.release();
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw diskError('make the directory', folder, cause);
  }
}

async function countRows(connection: Connection): Promise<Record<OasisTable, number>> {
  const counted = oasisTables.map((name) => `(SELECT count(*) FROM "${name}") AS "${name}"`);
  const [counts] = await connection.all<Record<OasisTable, number>>(`SELECT ${counted.join(', ')}`);
  if (counts === undefined) throw new InvariantError('SQLite counted no rows');
  return counts;
}

/** Posts of a data set whose source had no texts would be empty, which in OASIS is a post without words. */
function refuseWithoutTexts(records: Records): void {
  if (new PostTexts(records).areKnown) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    place: { file: records.directory },
    found: 'the posts of this data set have no texts, and a database of OASIS consists of texts',
    next: 'Import a source that has them, or export gexf, graphml or csv.',
  });
}
