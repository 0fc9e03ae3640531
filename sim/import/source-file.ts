/**
 * Files of a source: what they are called, how long they are, what they hold as a digest, and which of several there is.
 *
 * Names that are kept are base names: a path of this machine says nothing elsewhere.
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InputError, escapeControls } from '../ground/errors.ts';
import { hexOf } from '../ground/digest.ts';
import { refusalOf } from '../scenario/document-bytes.ts';
import type { FileFact } from '../record/data-table.ts';

/** Length and digest of a file, read in pieces. */
export function factOfFile(path: string): FileFact {
  const hash = createHash('sha256');
  const piece = new Uint8Array(1 << 20);
  let bytes = 0;
  try {
    const handle = openSync(path, 'r');
    try {
      for (;;) {
        const got = readSync(handle, piece, 0, piece.length, null);
        if (got === 0) break;
        hash.update(piece.subarray(0, got));
        bytes += got;
      }
    } finally {
      closeSync(handle);
    }
  } catch (cause) {
    throw new InputError(refusalOf(cause, { file: escapeControls(path) }));
  }
  return { name: escapeControls(basename(path)), bytes, sha256: hexOf(hash.digest()) };
}

/** `NAME` or `NAME.gz` in a folder; undefined where neither is there. Both at once are refused: nothing says which one is meant. */
export function findTable(folder: string, name: string): string | undefined {
  const [plain, packed] = [join(folder, name), join(folder, `${name}.gz`)].map((path) =>
    existsSync(path) ? path : undefined,
  );
  if (plain !== undefined && packed !== undefined) {
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place: { file: escapeControls(folder) },
      found: `${name} is there both plain and packed`,
      next: 'Keep one of the two.',
    });
  }
  return plain ?? packed;
}

/** Whether the path is a folder; it must exist. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (cause) {
    throw new InputError(refusalOf(cause, { file: escapeControls(path) }));
  }
}

/** Files of a folder whose names match, in the order of their names by code units. */
export function filesLike(folder: string, pattern: RegExp): string[] {
  const names = readdirSync(folder).filter((name) => pattern.test(name));
  return names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(folder, name));
}

/** What a data set is called after its source: the last part of the path, without endings, of characters that any file may have. */
export function nameOfSource(path: string): string {
  const bare = basename(resolve(path)).replace(
    /(\.(csv|tsv|txt|json|jsonl|ndjson|gexf|graphml|xml|edges|edgelist|gz))+$/i,
    '',
  );
  const name = bare.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 64);
  return name === '' ? 'data' : name;
}
