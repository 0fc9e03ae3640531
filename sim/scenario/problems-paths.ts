/**
 * Paths that a scenario file names: they lead to files beside or below it, and nowhere else.
 *
 * Reads the file system (real paths); opens nothing. Order: what the text says, before what the disk says, so that a hostile
 * path is never followed to find out whether it exists. Invariant: what is returned lies in the real folder of the file.
 */
import { realpathSync } from 'node:fs';
import { posix, dirname, resolve, sep, win32 } from 'node:path';
import { InputError, echo } from '../ground/errors.ts';
import type { Place, Problem } from '../ground/errors.ts';
import { refusalOf } from './document-bytes.ts';

/**
 * The real path of `relative`, taken from the folder of `file` (a path to a file, not the folder).
 * Refuses with INPUT_PATH_OUTSIDE: absolute paths, drives, UNC, URLs, `\`, control characters, `..` or links that lead out.
 */
export function resolveInside(file: string, relative: string, place?: Place): string {
  const outside = outsideReason(relative);
  if (outside !== undefined) throw new InputError(outsideProblem(relative, outside, place));
  const folder = resolve(dirname(file));
  const named = resolve(folder, relative);
  if (!isWithin(named, folder)) throw new InputError(outsideProblem(relative, 'leaves its folder', place));
  const real = realPathOf(named, relative, place);
  if (!isWithin(real, realPathOf(folder, relative, place))) {
    throw new InputError(outsideProblem(relative, 'is a link that leaves its folder', place));
  }
  return real;
}

function outsideReason(relative: string): string | undefined {
  if (relative === '') return 'is empty';
  if (/[\u0000-\u001f\u007f]/.test(relative)) return 'holds a control character';
  if (posix.isAbsolute(relative) || win32.isAbsolute(relative) || relative.startsWith('~')) return 'is absolute';
  if (/^[a-z][a-z0-9+.-]*:/i.test(relative)) return 'is a URL or names a drive';
  if (relative.includes('\\')) return 'has a backslash';
  return undefined;
}

function outsideProblem(relative: string, reason: string, place: Place | undefined): Problem {
  const next = 'Name a file beside the scenario or below its folder, with forward slashes.';
  return { code: 'INPUT_PATH_OUTSIDE', ...(place && { place }), found: `the path ${echo(relative)} ${reason}`, next };
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realPathOf(path: string, relative: string, place: Place | undefined): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const { code, found } = refusalOf(error, { file: '' });
    const next = 'Paths are taken from the folder of the file that names them.';
    throw new InputError({ code, ...(place && { place }), found: `the file ${echo(relative)} ${found}`, next });
  }
}
