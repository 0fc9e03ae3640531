/**
 * From a path to bytes, and from bytes to text: the door that every input file comes through.
 *
 * Refuses, before anything is read: what does not exist, what is no plain file (a folder, a pipe, a device), what is too large.
 * Refuses, before anything is parsed: UTF-16, bytes that are not UTF-8 (with the offset of the first), never replacing one.
 * Invariant: at most `byteCountMax` bytes are held, even if the file grows while it is read.
 * Source of the byte ranges: Unicode 16, table 3-7 (well-formed UTF-8). Oracle: TextDecoder with `fatal`.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { InputError, escapeControls } from '../ground/errors.ts';
import type { InputCode, Place, Problem } from '../ground/errors.ts';

/** An open plain file; the caller closes it. */
export interface OpenFile {
  readonly descriptor: number;
  readonly byteCount: number;
}

/**
 * Opens a plain file of at most `byteCountMax` bytes for reading.
 * It is opened without waiting (a pipe without a writer would hold us for ever) and judged by its descriptor, so that it cannot
 * be exchanged between the judgement and the reading.
 */
export function openFile(path: string, byteCountMax: number): OpenFile {
  const place = { file: escapeControls(path) };
  let descriptor: number;
  try {
    // Windows has no O_NONBLOCK, whatever the types say.
    descriptor = openSync(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
  } catch (error) {
    throw new InputError(refusalOf(error, place));
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) throw new InputError(notAFile(place));
    if (status.size > byteCountMax) throw new InputError(tooLarge(place, byteCountMax));
    return { descriptor, byteCount: status.size };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function notAFile(place: Place): Problem {
  const found = 'is a folder, a pipe or a device, not a file';
  return { code: 'INPUT_NOT_A_FILE', place, found, next: 'Name a file.' };
}

/** The problem of a file above its limit. */
export function tooLarge(place: Place, byteCountMax: number): Problem {
  const found = `is larger than ${bytesText(byteCountMax)}`;
  return { code: 'INPUT_TOO_LARGE', place, found, next: 'Split it, or keep tables in CSV files.' };
}

function bytesText(byteCount: number): string {
  return byteCount % 1048576 === 0 ? `${byteCount / 1048576} MiB` : `${byteCount} bytes`;
}

const refusals: Readonly<Record<string, InputCode>> = {
  ENOENT: 'INPUT_NOT_FOUND',
  ENOTDIR: 'INPUT_NOT_FOUND',
  ENAMETOOLONG: 'INPUT_NOT_FOUND',
  ELOOP: 'INPUT_NOT_FOUND',
  ERR_INVALID_ARG_VALUE: 'INPUT_NOT_FOUND',
  EISDIR: 'INPUT_NOT_A_FILE',
  ENXIO: 'INPUT_NOT_A_FILE',
  ENODEV: 'INPUT_NOT_A_FILE',
};

/** What the system said, as a problem: not found, not a file, or not readable. */
export function refusalOf(error: unknown, place: Place): Problem {
  const { code: thrown } = error as { readonly code?: unknown };
  const systemCode = typeof thrown === 'string' ? thrown : 'unknown';
  const code = Object.hasOwn(refusals, systemCode) ? refusals[systemCode] : 'INPUT_NOT_READABLE';
  if (code === 'INPUT_NOT_A_FILE') return notAFile(place);
  if (code === 'INPUT_NOT_FOUND') {
    return { code, place, found: 'does not exist', next: 'Check the path; it is taken from the current folder.' };
  }
  return { code, place, found: `cannot be read (${systemCode})`, next: 'Check who may read it.' };
}

/** The whole of a file of at most `byteCountMax` bytes. */
export function readBytes(path: string, byteCountMax: number): Uint8Array {
  const { descriptor, byteCount } = openFile(path, byteCountMax);
  try {
    // Files under /proc say 0 and hold more: read until the end, but never beyond the limit.
    let bytes = new Uint8Array(byteCount + 1);
    let filled = 0;
    for (;;) {
      const got = readSync(descriptor, bytes, filled, bytes.length - filled, null);
      if (got === 0) return bytes.subarray(0, filled);
      filled += got;
      if (filled > byteCountMax) throw new InputError(tooLarge({ file: escapeControls(path) }, byteCountMax));
      if (filled === bytes.length) bytes = grown(bytes);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(refusalOf(error, { file: escapeControls(path) }));
  } finally {
    closeSync(descriptor);
  }
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2 + 4096);
  larger.set(bytes);
  return larger;
}

/** The text of UTF-8 bytes; a byte order mark is dropped. Throws an InputError INPUT_ENCODING at the first bad byte. */
export function decodeText(bytes: Uint8Array, file: string): string {
  const wide = wideEncodingOf(bytes);
  if (wide !== undefined) {
    throw new InputError(encodingProblem({ file, line: 1, column: 1 }, `is ${wide}, not UTF-8`));
  }
  const check = new Utf8Check();
  const firstBad = check.firstBad(bytes, 0, bytes.length);
  const badAt = firstBad < 0 && check.unfinishedCount > 0 ? bytes.length - check.unfinishedCount : firstBad;
  if (badAt < 0) return new TextDecoder('utf-8').decode(bytes);
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, badAt)).replace(/\r\n?/g, '\n');
  const lineStart = before.lastIndexOf('\n') + 1;
  const place = { file, line: before.split('\n').length, column: before.length - lineStart + 1 };
  throw new InputError(encodingProblem(place, badByteText(bytes[badAt], badAt)));
}

/** `byte 17 (0xe9) is not UTF-8`. */
export function badByteText(byte: number, offset: number): string {
  return `byte ${offset} (0x${byte.toString(16)}) is not UTF-8`;
}

/** The problem of a text in another encoding. */
export function encodingProblem(place: Place, found: string): Problem {
  return { code: 'INPUT_ENCODING', place, found, next: 'Save the file as UTF-8.' };
}

/** UTF-16 by its mark, or by the zero that every ASCII letter has beside it. */
export function wideEncodingOf(bytes: Uint8Array): 'UTF-16' | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = bytes;
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return isMarked || (first === 0) !== (second === 0) ? 'UTF-16' : undefined;
}

/** Checks UTF-8 chunk by chunk: what a character still needs is carried from one chunk to the next. */
export class Utf8Check {
  #needed = 0;
  #low = 0x80;
  #high = 0xbf;

  /** How many bytes of an unfinished character the chunk before ended with. */
  unfinishedCount = 0;

  /**
   * Index of the first byte of the first malformed character in [from, to), or -1. A character that began in the chunk before
   * lies up to three bytes before `from`, where the caller has kept them.
   */
  firstBad(bytes: Uint8Array, from: number, to: number): number {
    for (let i = from; i < to; i++) {
      const byte = bytes[i];
      if (byte < 0x80 && this.#needed === 0) continue;
      if (this.#needed > 0) {
        if (byte < this.#low || byte > this.#high) return i - this.unfinishedCount;
        this.#needed--;
        this.unfinishedCount = this.#needed === 0 ? 0 : this.unfinishedCount + 1;
        this.#low = 0x80;
        this.#high = 0xbf;
      } else if (!this.#begin(byte)) return i;
    }
    return -1;
  }

  /** Reads a leading byte: how many follow, and which range the next one has (no overlong form, no surrogate, no plane 17). */
  #begin(byte: number): boolean {
    if (byte < 0xc2 || byte > 0xf4) return false;
    this.unfinishedCount = 1;
    this.#needed = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    this.#low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80;
    this.#high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf;
    return true;
  }
}
