/**
 * Files of a run directory, written so that what was acknowledged is never lost: aside, synced, renamed.
 *
 * Every failure of the disk becomes one InputError that names the operation and the file.
 */
import { mkdirSync, openSync, writeSync, fsyncSync, closeSync, renameSync, readFileSync, existsSync } from 'node:fs';
import { dirname, basename, join } from 'node:path';
import { InputError } from '../ground/errors.ts';

/** Names of the files in a run directory. */
export const fileNames = {
  manifest: 'manifest.json',
  population: 'genesis/population.bin',
  events: 'events.log',
  head: 'head',
  database: 'run.db',
  report: 'report.html',
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

/** Makes a new directory for a run. Refuses one that holds anything. */
export function makeRunDirectory(directory: string): void {
  if (existsSync(join(directory, fileNames.manifest)) || existsSync(join(directory, fileNames.events))) {
    throw new InputError({
      code: 'INPUT_EXISTS',
      place: { file: directory },
      found: 'a run is recorded here',
      next: 'Name another directory with --out.',
    });
  }
  try {
    mkdirSync(join(directory, 'genesis'), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw diskError('make the directory', directory, cause);
  }
}

/** Writes a whole file: aside, sync, rename, sync of the directory. */
export function writeWhole(file: string, bytes: Uint8Array | string): void {
  const aside = join(dirname(file), `.${basename(file)}.new`);
  try {
    const handle = openSync(aside, 'w', 0o600);
    try {
      const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
      let at = 0;
      while (at < data.length) at += writeSync(handle, data, at, Math.min(1 << 30, data.length - at));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(aside, file);
    const folder = openSync(dirname(file), 'r');
    fsyncSync(folder);
    closeSync(folder);
  } catch (cause) {
    throw diskError('write', file, cause);
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
