/**
 * Files of a run directory, written so that what was acknowledged is never lost: aside, synced, renamed.
 *
 * Every failure of the disk becomes one InputError that names the operation and the file.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, openSync, writeSync, fsyncSync, closeSync, renameSync, readFileSync, existsSync } from 'node:fs';
import { rmSync, statSync, truncateSync } from 'node:fs';
import { dirname, basename, join } from 'node:path';
import { hexOf } from '../ground/digest.ts';
import { InputError } from '../ground/errors.ts';

/** Names of the files in a run directory. */
export const fileNames = {
  manifest: 'manifest.json',
  population: 'genesis/population.bin',
  events: 'events.log',
  head: 'head',
  answers: 'answers.log',
  database: 'run.db',
  report: 'report.html',
  truth: 'truth.json',
} as const;

/** Turns an error of the file system into one that the user can mend. */
export function diskError(operation: string, file: string, cause: unknown): InputError {
  const code = (cause as { code?: string }).code ?? 'unknown error';
  const reason = code === 'ENOSPC' ? 'the disk is full' : code;
  return new InputError({
    code: 'INPUT_DISK',
    place: { file },
    found: `cannot ${operation}: ${reason}`,
    next: code === 'ENOSPC' ? 'Free space; what was acknowledged is safe.' : 'Check the path and its permissions.',
  });
}

/**
 * Refuses a directory that holds a run. A start that was killed before its manifest leaves an empty log, or one without a head:
 * nothing in it was ever acknowledged, and it does not count.
 */
export function refuseRecorded(directory: string): void {
  const events = join(directory, fileNames.events);
  const isStarted = existsSync(join(directory, fileNames.head)) && existsSync(events) && statSync(events).size > 0;
  if (!existsSync(join(directory, fileNames.manifest)) && !isStarted) return;
  throw new InputError({
    code: 'INPUT_EXISTS',
    place: { file: directory },
    found: 'a run is recorded here',
    next: 'Name another directory with --out.',
  });
}

/** Makes a new directory for a run and clears away what a killed start left there. The caller holds the directory's lock. */
export function makeRunDirectory(directory: string): void {
  refuseRecorded(directory);
  try {
    mkdirSync(join(directory, 'genesis'), { recursive: true, mode: 0o700 });
    for (const name of [fileNames.events, fileNames.head, fileNames.answers])
      rmSync(join(directory, name), { force: true });
  } catch (cause) {
    throw diskError('make the directory', directory, cause);
  }
}

/** What a file does not hold as it was written. */
export function damaged(
  file: string,
  found: string,
  next = 'Restore the file from a copy, or run the scenario again.',
): InputError {
  return new InputError({ code: 'INPUT_STORE_DAMAGED', place: { file }, found, next });
}

/** Writes pieces as one file whose folder is made if need be. Returns its length and digest. What the pieces throw is thrown on. */
export function writePieces(file: string, pieces: Iterable<Uint8Array>): { bytes: number; sha256: string } {
  const hash = createHash('sha256');
  let bytes = 0;
  function* counted(): Iterable<Uint8Array> {
    for (const piece of pieces) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  }
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw diskError('write', file, cause);
  }
  writeWhole(file, counted());
  return { bytes, sha256: hexOf(hash.digest()) };
}

/** Writes a whole file, all at once or piece by piece: aside, sync, rename, sync of the directory. */
export function writeWhole(file: string, content: Uint8Array | string | Iterable<Uint8Array>): void {
  const pieces =
    typeof content === 'string' ? [Buffer.from(content)] : content instanceof Uint8Array ? [content] : content;
  const aside = join(dirname(file), `.${basename(file)}.new`);
  try {
    const handle = openSync(aside, 'w', 0o600);
    try {
      for (const piece of pieces) {
        for (let at = 0; at < piece.length;) at += writeSync(handle, piece, at, Math.min(1 << 30, piece.length - at));
      }
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(aside, file);
    syncFolder(dirname(file));
  } catch (cause) {
    throw (cause as { code?: string }).code === undefined ? cause : diskError('write', file, cause);
  }
}

/** Cuts off what stands behind the acknowledged bytes of a log. */
export function cutLog(directory: string, bytes: number): void {
  const file = join(directory, fileNames.events);
  try {
    truncateSync(file, bytes);
  } catch (cause) {
    throw diskError('cut', file, cause);
  }
}

/** Brings the names in a folder to the disk: a renamed file that was synced may else have its old name after a loss of power. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Reads a whole file of a run. */
export function readWhole(directory: string, name: string): Uint8Array {
  const file = join(directory, name);
  if (!existsSync(file)) {
    throw new InputError({
      code: existsSync(join(directory, fileNames.manifest)) ? 'INPUT_STORE_DAMAGED' : 'INPUT_NOT_A_RUN',
      place: { file },
      found: 'the file is missing',
      next: 'Name the directory of a run.',
    });
  }
  try {
    const { buffer, byteOffset, byteLength } = readFileSync(file);
    // A plain array: slices of a Buffer share its memory.
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (cause) {
    throw diskError('read', file, cause);
  }
}
