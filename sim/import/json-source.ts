/**
 * JSON of a source: whole files, arrays, or one value a line; plain or gzipped.
 *
 * Reads at most half a gibibyte of a file at once, since a text in V8 has a longest length. What is no JSON is refused with its line.
 * Values are read through `Fields`, which says what was expected where; keys of objects are looked up, never used as ids.
 */
import { gunzipSync } from 'node:zlib';
import { InputError, echo, escapeControls } from '../ground/errors.ts';
import { decodeText, readBytes, tooLarge } from '../scenario/document-bytes.ts';
import { msOfNumber, msOfText } from '../scenario/table-time.ts';
import type { Place, Problem } from '../ground/errors.ts';

const byteCountMax = 512 * 1024 * 1024 - 1;

/** A value of a file, and where it stands. */
export interface JsonValue {
  readonly value: unknown;
  readonly place: Place;
}

/** The values of a file: the elements of an array, the lines of `.jsonl` and `.ndjson`, or the one value. */
export function* readJsonValues(path: string): Generator<JsonValue, void, undefined> {
  const file = escapeControls(path);
  const text = decodeText(readUnpacked(path, file), file);
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(path)) {
    let line = 0;
    for (const row of text.split('\n')) {
      line++;
      if (row.trim() !== '') yield { value: parse(row, { file, line }), place: { file, line } };
    }
    return;
  }
  const value = parse(text, { file });
  if (!Array.isArray(value)) yield { value, place: { file } };
  else for (const element of value as unknown[]) yield { value: element, place: { file } };
}

function readUnpacked(path: string, file: string): Uint8Array {
  const bytes = readBytes(path, byteCountMax);
  if (!/\.gz$/i.test(path)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: byteCountMax });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new InputError(tooLarge({ file }, byteCountMax));
    const found = 'is not a whole gzip file';
    throw new InputError({
      code: 'INPUT_SYNTAX',
      place: { file },
      found,
      next: 'Pack it again, or drop .gz from its name.',
    });
  }
}

function parse(text: string, place: Place): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InputError({
      code: text.trim() === '' ? 'INPUT_EMPTY' : 'INPUT_SYNTAX',
      place: { ...place, ...lineOf(text, message, place) },
      found: text.trim() === '' ? 'holds nothing' : 'is no JSON',
      next:
        text.trim() === ''
          ? 'Write one object, or an array of them.'
          : 'Mend it there: a missing quote, comma or bracket most often.',
    });
  }
}

/** Line and column out of the message of the parser, which names a position unless the text ends too early. */
function lineOf(text: string, message: string, { line: base = 1 }: Place): { line: number; column: number } {
  const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  const before = text.slice(0, at);
  return { line: base + before.split('\n').length - 1, column: at - before.lastIndexOf('\n') };
}

/** The fields of one object of a source. A field that is there and of another type is refused. */
export class Fields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #place: Place;
  readonly #path: string;

  constructor({ value, place }: JsonValue, path = '') {
    this.#place = place;
    this.#path = path;
    if (!isObject(value))
      throw new InputError(this.#problem('must be an object', value, 'Write {…}.', path || 'the value'));
    this.#fields = value;
  }

  /** Whether the field is there and not null. */
  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name) && this.#fields[name] !== null;
  }

  /** Whether the field is an object. */
  isObject(name: string): boolean {
    return this.has(name) && isObject(this.#fields[name]);
  }

  /** A text; a number is taken for its digits. '' where there is none. */
  text(name: string): string {
    if (!this.has(name)) return '';
    const value = this.#fields[name];
    if (typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    throw new InputError(this.#problem('must be a text', value, 'Put it in quotes.', this.#at(name)));
  }

  /** A 32-bit integer; 0 where there is none. */
  integer(name: string): number {
    if (!this.has(name)) return 0;
    const value = this.#fields[name];
    if (Number.isInteger(value) && Math.abs(value as number) < 2147483648) return value as number;
    throw new InputError(
      this.#problem('must be a whole number below 2^31', value, 'Write digits only.', this.#at(name)),
    );
  }

  /** Milliseconds since 1970. The field must be there. */
  timeMs(name: string): number {
    const value = this.#fields[name];
    const ms = typeof value === 'number' ? msOfNumber(value) : typeof value === 'string' ? msOfText(value) : NaN;
    if (!Number.isNaN(ms)) return ms;
    const next = 'Write "2026-01-28T19:24:55Z", or seconds since 1970.';
    throw new InputError(this.#problem('must be a time', value, next, this.#at(name)));
  }

  /** An object; undefined where there is none. */
  object(name: string): Fields | undefined {
    return this.has(name) ? new Fields({ value: this.#fields[name], place: this.#place }, this.#at(name)) : undefined;
  }

  /** A list; empty where there is none. */
  list(name: string): readonly unknown[] {
    if (!this.has(name)) return [];
    const value = this.#fields[name];
    if (Array.isArray(value)) return value as unknown[];
    throw new InputError(this.#problem('must be a list', value, 'Write […].', this.#at(name)));
  }

  /** The elements of a list, each an object. */
  objects(name: string): Fields[] {
    return this.list(name).map((value, i) => new Fields({ value, place: this.#place }, `${this.#at(name)}[${i}]`));
  }

  #at(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #problem(must: string, value: unknown, next: string, path: string): Problem {
    const code = value === undefined ? 'INPUT_REQUIRED' : 'INPUT_TYPE';
    const found = value === undefined ? `${path} is missing` : `${path} ${must}, got ${echo(value)}`;
    return { code, place: this.#place, found, next };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
