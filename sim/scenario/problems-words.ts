/**
 * Words of which messages about input are made: the path of a field, a list of names, the name that was probably meant.
 *
 * Invariant: whatever a file holds, what comes out is one line without control characters, and no value longer than `echo`
 * allows. Source of the distance: optimal string alignment (Damerau 1964; Levenshtein 1966), two adjacent letters swapped = 1.
 */
import { echo } from '../ground/errors.ts';

/** Keys and indices from the top of a document down to one field. */
export type FieldPath = readonly (string | number)[];

const plainKey = /^[A-Za-z_][\w-]{0,59}$/;

/** `groups[2].share`; a key that is no plain word is quoted: `topics["a b"]`. The top itself is `the file`. */
export function pathText(path: FieldPath): string {
  if (path.length === 0) return 'the file';
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (plainKey.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${echo(key)}]`;
  }
  return text;
}

const namedCountMax = 12;

/** `a, b, c`: at most twelve names, then how many more. */
export function listNames(names: readonly unknown[]): string {
  const shown = names.slice(0, namedCountMax).map(String).join(', ');
  return names.length > namedCountMax ? `${shown} and ${names.length - namedCountMax} more` : shown;
}

/** Longer names are compared by their beginning: the distance costs the product of both lengths. */
const comparedLengthMax = 64;

/**
 * The candidate that was probably meant: equal but for case, hyphens and underscores, or at most a third of its letters away, or
 * begun and not ended.
 * The first of the nearest; undefined if none is near.
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const folded = foldName(name);
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    const other = foldName(candidate);
    const allowed = Math.max(1, Math.floor(Math.max(folded.length, other.length) / 3));
    // Units stand last in our names, and are forgotten: `halfLife` for `halfLifeHours`.
    const isBeginning = folded.length >= 3 && other.startsWith(folded);
    const distance = Math.min(editDistance(folded, other), isBeginning ? allowed : Infinity);
    if (distance <= allowed && distance < Math.min(least, other.length)) {
      nearest = candidate;
      least = distance;
    }
  }
  return nearest;
}

function foldName(name: string): string {
  return name.slice(0, comparedLengthMax).replace(/[-_ ]/g, '').toLowerCase();
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const substituted = last[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      let least = Math.min(last[j] + 1, row[j - 1] + 1, substituted);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) least = Math.min(least, beforeLast[j - 2] + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length];
}

/** `1 entry`, `3 entries`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
