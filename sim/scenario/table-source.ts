/**
 * The bytes of a table, piece by piece: from a file, from a gzipped file, or from memory.
 *
 * A plain file is read in pieces and never held whole. A gzipped one is unpacked at once, since zlib unpacks piece by piece only
 * with a clock of its own (callbacks), and this door is synchronous; its limit is lower for that reason.
 * Invariant: `read` fills what it can and returns 0 only at the end.
 */
import { closeSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError, escapeControls } from '../ground/errors.ts';
import { openFile, readBytes, refusalOf, tooLarge } from './document-bytes.ts';

/** Bytes to be read in order. */
export interface ByteSource {
  /** As messages show it. */
  readonly file: string;
  /** Copies the next bytes to `into`, from `offset` on; 0 at the end. */
  read(into: Uint8Array, offset: number): number;
  close(): void;
}

/** Largest gzipped table, unpacked: it is held whole. */
const unpackedByteCountMax = 1024 * 1024 * 1024;

/** Opens a table; unpacks it if its name ends in `.gz`. The caller closes it. */
export function openSource(path: string, byteCountMax: number): ByteSource {
  if (/\.gz$/i.test(path)) return sourceOf(unpack(path, Math.min(byteCountMax, unpackedByteCountMax)), path);
  const { descriptor } = openFile(path, byteCountMax);
  const file = escapeControls(path);
  let readCount = 0;
  return {
    file,
    read(into, offset) {
      const got = readPiece(descriptor, into, offset, file);
      readCount += got;
      // A file may grow while it is read.
      if (readCount > byteCountMax) throw new InputError(tooLarge({ file }, byteCountMax));
      return got;
    },
    close: () => closeSync(descriptor),
  };
}

function readPiece(descriptor: number, into: Uint8Array, offset: number, file: string): number {
  try {
    return readSync(descriptor, into, offset, into.length - offset, null);
  } catch (error) {
    throw new InputError(refusalOf(error, { file }));
  }
}

function unpack(path: string, byteCountMax: number): Uint8Array {
  const packed = readBytes(path, byteCountMax);
  const place = { file: escapeControls(path) };
  if (packed.length === 0) return packed;
  try {
    return gunzipSync(packed, { maxOutputLength: byteCountMax, chunkSize: 1024 * 1024 });
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new InputError(tooLarge(place, byteCountMax));
    const found = 'is not a whole gzip file';
    throw new InputError({ code: 'INPUT_SYNTAX', place, found, next: 'Pack it again, or drop .gz from its name.' });
  }
}

/** A source of bytes in memory. */
export function sourceOf(bytes: Uint8Array, file: string): ByteSource {
  let at = 0;
  return {
    file: escapeControls(file),
    read(into, offset) {
      const piece = bytes.subarray(at, at + into.length - offset);
      into.set(piece, offset);
      at += piece.length;
      return piece.length;
    },
    close: () => undefined,
  };
}
