/**
 * Rows as SQL text on their way into one table: many to a statement, because a statement costs more than a row.
 */
import type { Connection } from './sqlite-connection.ts';

/** Rows of one INSERT: 1,000 to 20,000 take the same time, 50,000 a third more; 5,000 are some 200 kB of SQL. */
const batchRows = 5000;

/** Rows that one table is to get. */
export class Rows {
  #text = '';
  #held = 0;
  readonly #connection: Connection;
  readonly #table: string;
  readonly #upsert: string;

  /** `table` as SQL; `upsert`: what becomes of a row whose key is there already. */
  constructor(connection: Connection, table: string, upsert = '') {
    this.#connection = connection;
    this.#table = table;
    this.#upsert = upsert;
  }

  /** Adds a row, its values as SQL. Returns whether `flush` is due. */
  add(values: string): boolean {
    this.#text += this.#held === 0 ? `(${values})` : `,(${values})`;
    return ++this.#held >= batchRows;
  }

  /** Sends the rows that are held. Returns when the statement before this one is done. */
  async flush(): Promise<void> {
    if (this.#held === 0) return;
    const sql = `INSERT INTO ${this.#table} VALUES ${this.#text}${this.#upsert};`;
    this.#text = '';
    this.#held = 0;
    await this.#connection.send(sql);
  }
}

/** A text as SQL. One with a NUL goes as bytes, because a statement ends at a NUL. Unlike ids stay unlike: see `keyOfText`. */
export function sqlText(text: string): string {
  const whole = text.toWellFormed();
  if (whole.includes('\u0000')) return `CAST(X'${Buffer.from(whole).toString('hex')}' AS TEXT)`;
  return `'${whole.replaceAll("'", "''")}'`;
}
