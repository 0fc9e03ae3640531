/**
 * Names that agents give to communities, to groups and to themselves: what can be one, and when two are the same.
 *
 * Two names are the same if they differ in case alone, by the simple folding of `case-folding.ts`. Nothing else is folded: a letter and
 * its look-alike of another script are two names. Pure. Oracle: regular expressions with the flags i and u.
 */
import { foldCase } from './case-folding.ts';

/** Longest name, in characters: code points of Unicode. */
export const nameLengthMax = 100;

/**
 * Control characters, the separators of lines and paragraphs, and what turns the direction of a text, by which one name can be made to
 * look like another. By number, because these will not change: what a regular expression calls a format character differs between
 * versions of Unicode.
 */
const barred: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
];

/** Whether a text can be a name: 1 to 100 characters, none of them a control character. */
export function isName(text: string): boolean {
  const codePoints = Array.from(text, (character) => character.codePointAt(0)!);
  if (codePoints.length < 1 || codePoints.length > nameLengthMax) return false;
  return codePoints.every((one) => barred.every(([from, to]) => one < from || one > to));
}

/** The same string for names that are the same. */
export function foldName(name: string): string {
  return Array.from(name, (character) => String.fromCodePoint(foldCase(character.codePointAt(0)!))).join('');
}
