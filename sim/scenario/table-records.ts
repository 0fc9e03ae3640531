/**
 * Records of a CSV file: RFC 4180, one record at a time, as offsets into a buffer of bytes.
 *
 * Reads a source; writes only its own buffer and the offsets of the current record. Line ends may be LF, CRLF or CR, mixed; the
 * last may be missing; a byte order mark is skipped. Quotes are strict: they open at the start of a field and close before a
 * delimiter, since readers disagree on everything else. Bytes that are not UTF-8, UTF-16 and NUL end the reading.
 * Invariant: the buffer holds one whole record, however the pieces of the source fall; a record has at most `recordByteCountMax`.
 */
import { InputError } from '../ground/errors.ts';
import type { Place, Problem } from '../ground/errors.ts';
import { Utf8Check, badByteText, encodingProblem, wideEncodingOf } from './document-bytes.ts';
import type { ByteSource } from './table-source.ts';

/** Longest record; its fields have a limit of their own. */
export const recordByteCountMax = 1024 * 1024;
const pieceByteCount = 1024 * 1024;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** How a field stands in the buffer. */
export const Form = { plain: 0, quoted: 1, escaped: 2 } as const;

/** What is wrong with a record's quotes. */
export const Fault = { none: 0, unclosed: 1, bareQuote: 2, textAfterQuote: 3 } as const;

/** Offsets of the fields of one record; quotes around a field lie outside of them. */
export interface Fields {
  count: number;
  starts: Int32Array;
  ends: Int32Array;
  /** A `Form`: an escaped field holds doubled quotes, or a line end that is not LF. */
  forms: Uint8Array;
  /** A `Fault`, and where it is: for an unclosed quote, the quote itself. */
  fault: number;
  faultAt: number;
}

/** A record that ends beyond the bytes at hand. */
const moreNeeded = -1;

/**
 * Finds the fields of the record that begins at `from`; returns where the next one begins, or -1 if bytes beyond `to` are needed.
 *
 *     record = field { delimiter field } (LF | CRLF | CR | end)      field = plain | '"' { any | '""' } '"'
 */
export function scanRecord(
  bytes: Uint8Array,
  from: number,
  to: number,
  atEnd: boolean,
  delimiter: number,
  fields: Fields,
): number {
  fields.count = 0;
  fields.fault = Fault.none;
  let at = from;
  for (;;) {
    at =
      at < to && bytes[at] === quote
        ? scanQuoted(bytes, at, to, atEnd, fields)
        : scanPlain(bytes, at, to, delimiter, fields);
    if (at === moreNeeded) return moreNeeded;
    // After a quoted field: what stands before the delimiter belongs to no field.
    while (at < to && bytes[at] !== delimiter && bytes[at] !== lineFeed && bytes[at] !== carriageReturn) {
      setFault(fields, Fault.textAfterQuote, at);
      at++;
    }
    if (at >= to) return atEnd ? at : moreNeeded;
    if (bytes[at] === delimiter) {
      at++;
      continue;
    }
    if (bytes[at] === lineFeed) return at + 1;
    if (at + 1 >= to) return atEnd ? at + 1 : moreNeeded;
    return bytes[at + 1] === lineFeed ? at + 2 : at + 1;
  }
}

function scanPlain(bytes: Uint8Array, from: number, to: number, delimiter: number, fields: Fields): number {
  let at = from;
  for (; at < to; at++) {
    const byte = bytes[at];
    if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break;
    if (byte === quote) setFault(fields, Fault.bareQuote, at);
  }
  pushField(fields, from, at, Form.plain);
  return at;
}

function scanQuoted(bytes: Uint8Array, from: number, to: number, atEnd: boolean, fields: Fields): number {
  let form: number = Form.quoted;
  let at = from + 1;
  for (; at < to; at++) {
    const byte = bytes[at];
    if (byte === carriageReturn) form = Form.escaped;
    if (byte !== quote) continue;
    if (at + 1 >= to && !atEnd) return moreNeeded;
    if (at + 1 >= to || bytes[at + 1] !== quote) {
      pushField(fields, from + 1, at, form);
      return at + 1;
    }
    form = Form.escaped;
    at++;
  }
  // Kept even if more is needed: the reader asks for it when a record has grown too long.
  setFault(fields, Fault.unclosed, from);
  if (!atEnd) return moreNeeded;
  pushField(fields, from + 1, to, form);
  return to;
}

function setFault(fields: Fields, fault: number, at: number): void {
  if (fields.fault !== Fault.none) return;
  fields.fault = fault;
  fields.faultAt = at;
}

function pushField(fields: Fields, start: number, end: number, form: number): void {
  if (fields.count === fields.starts.length) growFields(fields);
  fields.starts[fields.count] = start;
  fields.ends[fields.count] = end;
  fields.forms[fields.count] = form;
  fields.count++;
}

function growFields(fields: Fields): void {
  const { starts, ends, forms } = fields;
  const capacity = starts.length * 2;
  fields.starts = new Int32Array(capacity);
  fields.ends = new Int32Array(capacity);
  fields.forms = new Uint8Array(capacity);
  fields.starts.set(starts);
  fields.ends.set(ends);
  fields.forms.set(forms);
}

/** Walks the records of a source. `next` moves on; then `fields`, `bytes` and `line` speak of the current record. */
export class RecordReader {
  readonly fields: Fields = {
    count: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    forms: new Uint8Array(64),
    fault: Fault.none,
    faultAt: 0,
  };
  bytes: Buffer<ArrayBuffer> = Buffer.alloc(pieceByteCount + recordByteCountMax);
  /** Line on which the current record begins, from 1. */
  line = 1;
  /** Why the reading ended before the source did. */
  problem: Problem | undefined;

  readonly #source: ByteSource;
  readonly #delimiter: number;
  readonly #utf8 = new Utf8Check();
  #start = 0;
  #next = 0;
  #filled = 0;
  /** Bytes of the source that lie before the buffer's first. */
  #passed = 0;
  #atEnd = false;
  #cutAt: string | undefined;

  constructor(source: ByteSource, delimiter: number) {
    this.#source = source;
    this.#delimiter = delimiter;
    this.#fill();
    const hasMark = this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf && this.#filled >= 3;
    this.#start = this.#next = hasMark ? 3 : 0;
  }

  /** Moves to the next record; false at the end, or when `problem` says why there is no next. */
  next(): boolean {
    this.line += countLines(this.bytes, this.#start, this.#next);
    this.#start = this.#next;
    for (;;) {
      if (this.#start >= this.#filled && this.#atEnd) return this.#finish();
      const after = scanRecord(this.bytes, this.#start, this.#filled, this.#atEnd, this.#delimiter, this.fields);
      if (after - this.#start > recordByteCountMax) return this.#refuseLength();
      if (after !== moreNeeded) {
        this.#next = after;
        // What was cut off by a bad byte is no record.
        return after >= this.#filled && this.#cutAt !== undefined ? this.#finish() : true;
      }
      if (this.#filled - this.#start > recordByteCountMax) return this.#refuseLength();
      this.#fill();
    }
  }

  /** Line and column, from 1, of a byte of the current record. Columns count UTF-16 units. */
  placeOf(offset: number): Place {
    const before = this.bytes.toString('utf8', this.#start, offset).replace(/\r\n?/g, '\n');
    const lines = before.split('\n');
    return { file: this.#source.file, line: this.line + lines.length - 1, column: (lines.at(-1) ?? '').length + 1 };
  }

  #finish(): boolean {
    if (this.#cutAt !== undefined) {
      const place = this.placeOf(this.#filled);
      const isNul = this.#cutAt === '';
      this.problem = isNul
        ? { code: 'INPUT_SYNTAX', place, found: 'a NUL byte stands in the text', next: 'Remove it.' }
        : encodingProblem(place, this.#cutAt);
    }
    return false;
  }

  #refuseLength(): boolean {
    const isOpen = this.fields.fault === Fault.unclosed;
    const found = isOpen ? 'a quote that opens here is not closed within 1 MiB' : 'a row is longer than 1 MiB';
    const code = isOpen ? 'INPUT_SYNTAX' : 'INPUT_TOO_LARGE';
    const next = isOpen ? 'Close it, or double the quotes inside.' : 'Check its line ends and quotes.';
    this.problem = { code, place: this.placeOf(isOpen ? this.fields.faultAt : this.#start), found, next };
    return false;
  }

  /** Moves the current record to the front and reads another piece behind it. */
  #fill(): void {
    this.bytes.copyWithin(0, this.#start, this.#filled);
    this.#passed += this.#start;
    this.#filled -= this.#start;
    this.#start = this.#next = 0;
    const got = this.#source.read(this.bytes, this.#filled);
    const to = this.#filled + got;
    const wide = this.#passed === 0 && this.#filled === 0 ? wideEncodingOf(this.bytes.subarray(0, to)) : undefined;
    if (wide !== undefined) {
      const place = { file: this.#source.file, line: 1, column: 1 };
      throw new InputError(encodingProblem(place, `is ${wide}, not UTF-8`));
    }
    if (got === 0) this.#atEnd = true;
    const unfinishedCount = got === 0 ? this.#utf8.unfinishedCount : 0;
    const bad = unfinishedCount > 0 ? to - unfinishedCount : this.#utf8.firstBad(this.bytes, this.#filled, to);
    const nul = this.bytes.subarray(this.#filled, to).indexOf(0);
    const nulAt = nul < 0 ? Infinity : this.#filled + nul;
    this.#filled = to;
    if (nulAt < (bad < 0 ? Infinity : bad)) this.#cut(nulAt, '');
    else if (bad >= 0) this.#cut(bad, badByteText(this.bytes[bad], this.#passed + bad));
  }

  /** The source ends here, at a byte that may not stand in it. */
  #cut(at: number, reason: string): void {
    this.#filled = at;
    this.#atEnd = true;
    this.#cutAt ??= reason;
  }
}

function countLines(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) {
    if (bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] !== lineFeed)) count++;
  }
  return count;
}
