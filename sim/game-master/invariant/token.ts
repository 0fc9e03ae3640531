/**
 * The text of an invariant as tokens, and where each stands in the file.
 *
 * Reads the text once, from left to right, in time linear in its length. Words are letters, digits and underscores, joined by
 * hyphens and dots (`weak-next`, `actor.karma`); numbers are integers; there are no comments and no quotes.
 * Invariant: every token carries the offset at which it begins, so that every refusal names a line and a column.
 */
import { InputError, echo } from '../../ground/errors.ts';
import type { InputCode, Place } from '../../ground/errors.ts';

/** One piece of the text. The last token of every text is its `end`. */
export interface Token {
  readonly kind: 'word' | 'number' | 'symbol' | 'end';
  readonly text: string;
  readonly offset: number;
}

/** A text and the place of its first character. */
export interface Source {
  readonly text: string;
  readonly place: Place;
}

/** Longest text of one invariant, in UTF-16 units: with the bound on nesting it bounds every recursion over a formula. */
export const textLengthMax = 4000;

const piece = /(\s+)|([A-Za-z]\w*(?:[.-]\w+)*)|(-?\d+)(?![\w.])|(<=|>=|!=|[()=<>])/y;

/** What other languages write, and the word that stands for it here. */
const foreign: readonly (readonly [symbol: string, word: string])[] = [
  ['<->', 'iff'],
  ['->', 'implies'],
  ['&&', 'and'],
  ['&', 'and'],
  ['||', 'or'],
  ['|', 'or'],
  ['==', '='],
  ['!', 'not'],
  ['[]', 'always'],
  ['<>', 'eventually'],
];

/** All tokens of a text. Throws an InputError at the first character that begins none. */
export function tokensOf(source: Source): Token[] {
  const { text } = source;
  if (text.length > textLengthMax) {
    const found = `the invariant has ${text.length} characters, ${textLengthMax} is the most`;
    throw refusal(source, 0, 'INPUT_TOO_LARGE', found, 'Split it: invariants that stand side by side must all hold.');
  }
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < text.length) {
    refuseForeign(source, offset);
    piece.lastIndex = offset;
    const match = piece.exec(text);
    if (match === null) throw unknownCharacter(source, offset);
    const [all, space, word, number] = match;
    if (space === undefined) {
      const kind = word !== undefined ? 'word' : number !== undefined ? 'number' : 'symbol';
      tokens.push({ kind, text: all, offset });
    }
    offset += all.length;
  }
  tokens.push({ kind: 'end', text: '', offset: text.trimEnd().length });
  return tokens;
}

function refuseForeign(source: Source, offset: number): void {
  const rest = source.text.slice(offset, offset + 3);
  const pair = rest.startsWith('!=') ? undefined : foreign.find(([symbol]) => rest.startsWith(symbol));
  if (pair === undefined) return;
  const [symbol, word] = pair;
  throw refusal(source, offset, 'INPUT_SYNTAX', `${echo(symbol)} is no operator of invariants`, `Write ${echo(word)}.`);
}

function unknownCharacter(source: Source, offset: number): InputError {
  const rest = source.text.slice(offset);
  const number = /^-?\d[\w.]*/.exec(rest)?.[0];
  if (number !== undefined) {
    const found = `${echo(number)} is no integer`;
    return refusal(source, offset, 'INPUT_SYNTAX', found, 'Attributes and amounts are integers: write 5, or -5.');
  }
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  const found = `the character ${echo(character)} begins no word, number or operator`;
  return refusal(source, offset, 'INPUT_SYNTAX', found, 'Remove it, or write the word that it stands for.');
}

/** The InputError of one problem at an offset of the text. */
export function refusal(source: Source, offset: number, code: InputCode, found: string, next: string): InputError {
  return new InputError({ code, place: placeAt(source, offset), found, next });
}

/**
 * Line and column of an offset. Every line of the text is taken to begin at the column of the first one, as in a block of YAML; a
 * place without a line (a study made in code) counts lines of the text itself, from 1.
 */
function placeAt({ text, place }: Source, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  const line = (place.line ?? 1) + before.length - 1;
  const column = (place.column ?? 1) + (before.at(-1)?.length ?? 0);
  return { file: place.file, line, column };
}
