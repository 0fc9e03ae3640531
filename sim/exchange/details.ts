/**
 * Details of attempts: what an attempt says beside target and amount. Most say nothing, so they stand in a table of their own.
 */
import { InvariantError } from '../ground/errors.ts';
import { appendText, encodeText, textBytesMost } from '../world/texts.ts';
import { reasonNumber } from './reasons.ts';
import { counts } from './tables.ts';
import type { DetailRow, ShardTables } from './tables.ts';

/** Who read an attempt that was made in free words: kept with its detail, and told by the reason of a grant. */
export const readers = { nobody: 0, grammar: 1, judge: 2, cache: 3, fallback: 4 } as const;

/** What an attempt says beside target and amount. */
export interface Detail {
  /** What the verb is about, by its number: the good that is given, the community that is posted in, the choice in a game. */
  readonly argument?: number;
  readonly price?: number;
  readonly text?: string;
}

/** Number of the reason for which a detail cannot be one, or 0. */
export function flawOfDetail({ argument = 0, price = 0, text = '' }: Detail): number {
  if (!isWord(argument)) return reasonNumber.ARGUMENT_INVALID;
  if (!isWord(price)) return reasonNumber.PRICE_RANGE;
  if (typeof text !== 'string' || !text.isWellFormed()) return reasonNumber.TEXT_INVALID;
  return Buffer.byteLength(text) > textBytesMost ? reasonNumber.TEXT_TOO_LONG : 0;
}

/** Appends a detail and returns its row plus one; what cannot be one is left out. */
export function writeDetail({ details, texts, count }: ShardTables, detail: Detail): number {
  const row = count[counts.details] as DetailRow;
  if (row >= details.rowCapacity) throw new InvariantError(`the table of details is full: ${row} in one tick`);
  const { argument, price, text } = detail;
  const isText = typeof text === 'string' && text !== '' && flawOfDetail({ text }) === 0;
  details.argument[row] = isWord(argument) ? argument : -1;
  details.price[row] = isWord(price) ? price : 0;
  details.readBy[row] = readers.nobody;
  details.judgement[row] = 0;
  details.text[row] = isText ? appendText(texts, encodeText(text)) : 0;
  count[counts.details] = row + 1;
  return row + 1;
}

/** Whether a value, of whatever type, is an integer of 32 bits. */
export function isWord(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}
