/**
 * Strict JSON with positions: RFC 8259 and nothing beside it, so that a comment, a trailing comma, single quotes or NaN are named
 * as what they are, at their line and column, and duplicate keys survive to be refused (JSON.parse keeps the last, silently).
 *
 * Reads a text, returns a tree. The first mistake ends the reading: what follows it would only be guessed.
 * Invariant: recursion ends at `treeDepthMax`. Oracle: JSON.parse.
 */
import { InputError, echo } from '../ground/errors.ts';
import type { Problem } from '../ground/errors.ts';
import { nestingMax, nodeCountMax, tooDeep, tooManyParts } from './document-tree.ts';
import type { Entry, Lines, Scalar, Tree } from './document-tree.ts';

/** The tree of a JSON text. Throws an InputError at the first mistake. */
export function readJson(text: string, lines: Lines): Tree {
  const reader: JsonReader = { text, lines, at: 0, nodeCount: 0 };
  skipSpace(reader);
  const tree = readValue(reader, 1);
  skipSpace(reader);
  if (reader.at < text.length) refuse(reader, `unexpected ${nextText(reader)} after the end`, 'Remove it.');
  return tree;
}

interface JsonReader {
  readonly text: string;
  readonly lines: Lines;
  at: number;
  nodeCount: number;
}

function readValue(reader: JsonReader, depth: number): Tree {
  reader.nodeCount++;
  if (reader.nodeCount > nodeCountMax) stop(reader, tooManyParts(nodeCountMax));
  const character = reader.text[reader.at];
  const isNested = character === '{' || character === '[';
  if (isNested && depth > nestingMax) stop(reader, tooDeep);
  if (character === '{') return readObject(reader, depth);
  if (character === '[') return readArray(reader, depth);
  if (character === '"') return { kind: 'scalar', offset: reader.at, value: readString(reader) };
  return readWord(reader);
}

function readObject(reader: JsonReader, depth: number): Tree {
  const offset = reader.at++;
  const entries: Entry[] = [];
  skipSpace(reader);
  if (take(reader, '}')) return { kind: 'mapping', offset, entries };
  for (;;) {
    const keyOffset = reader.at;
    if (reader.text[keyOffset] !== '"') refuseKey(reader);
    const key = readString(reader);
    skipSpace(reader);
    if (!take(reader, ':')) refuse(reader, `expected ":" after the key, got ${nextText(reader)}`, 'Add it.');
    skipSpace(reader);
    entries.push({ key, keyOffset, value: readValue(reader, depth + 1) });
    if (!takeComma(reader, '}')) return { kind: 'mapping', offset, entries };
  }
}

function readArray(reader: JsonReader, depth: number): Tree {
  const offset = reader.at++;
  const items: Tree[] = [];
  skipSpace(reader);
  if (take(reader, ']')) return { kind: 'list', offset, items };
  for (;;) {
    items.push(readValue(reader, depth + 1));
    if (!takeComma(reader, ']')) return { kind: 'list', offset, items };
  }
}

/** Whether another item follows: eats a comma, or the closing bracket. */
function takeComma(reader: JsonReader, closing: string): boolean {
  skipSpace(reader);
  if (take(reader, closing)) return false;
  const commaAt = reader.at;
  if (!take(reader, ',')) {
    refuse(reader, `expected "," or "${closing}", got ${nextText(reader)}`, 'Add what is missing.');
  }
  skipSpace(reader);
  if (reader.text[reader.at] === closing) {
    reader.at = commaAt;
    refuse(reader, `a comma stands before "${closing}"`, 'Remove the comma.');
  }
  return true;
}

function refuseKey(reader: JsonReader): never {
  const isQuote = reader.text[reader.at] === "'";
  const found = isQuote ? 'JSON has no single quotes' : `expected a key in double quotes, got ${nextText(reader)}`;
  refuse(reader, found, isQuote ? 'Use double quotes.' : 'Write "key": value.');
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function readString(reader: JsonReader): string {
  const { text } = reader;
  const openedAt = reader.at++;
  let value = '';
  let from = reader.at;
  for (; ; reader.at++) {
    const character = text[reader.at];
    if (character === '"') break;
    if (character === undefined || character === '\n') {
      reader.at = openedAt;
      refuse(
        reader,
        'a text that begins here is not closed on its line',
        'Add a double quote; write a line break as \\n.',
      );
    }
    if (character < ' ') refuse(reader, 'a control character stands in a text', 'Escape it, for instance as \\t.');
    if (character !== '\\') continue;
    value += text.slice(from, reader.at) + readEscape(reader);
    from = reader.at + 1;
  }
  value += text.slice(from, reader.at);
  reader.at++;
  return value;
}

/** Leaves `at` on the last character of the escape. */
function readEscape(reader: JsonReader): string {
  const letter = reader.text[reader.at + 1] ?? '';
  if (letter === 'u') {
    const digits = reader.text.slice(reader.at + 2, reader.at + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) refuse(reader, '\\u needs four hexadecimal digits', 'Write them all.');
    reader.at += 5;
    return String.fromCharCode(parseInt(digits, 16));
  }
  if (!Object.hasOwn(escapes, letter))
    refuse(reader, `unknown escape \\${nameOf(letter)}`, 'Write a backslash as \\\\.');
  reader.at++;
  return escapes[letter];
}

function nameOf(letter: string): string {
  return /^[!-~]$/.test(letter) ? letter : '';
}

const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** A number, true, false or null; anything else is refused by what it looks like. */
function readWord(reader: JsonReader): Scalar {
  const offset = reader.at;
  const source = wordAt(reader);
  if (Object.hasOwn(words, source)) {
    reader.at += source.length;
    return { kind: 'scalar', offset, value: words[source], source };
  }
  if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(source)) {
    reader.at += source.length;
    return { kind: 'scalar', offset, value: Number(source), source };
  }
  if (source.startsWith("'")) refuse(reader, 'JSON has no single quotes', 'Use double quotes.');
  if (/^[-+.]?\d|^[-+]?(?:NaN|Infinity|\.\d)/.test(source)) {
    refuse(reader, `${echo(source)} is no number of JSON`, 'Write digits, with a point and an exponent if need be.');
  }
  refuse(reader, `expected a value, got ${nextText(reader)}`, 'Put text in double quotes.');
}

function wordAt({ text, at }: JsonReader): string {
  let end = at;
  while (end < text.length && !' \t\r\n,:[]{}"/'.includes(text[end])) end++;
  return text.slice(at, end);
}

/** JSON's four spaces. A comment is refused here, since it can stand only where a space can. */
function skipSpace(reader: JsonReader): void {
  const { text } = reader;
  while (reader.at < text.length && ' \t\r\n'.includes(text[reader.at])) reader.at++;
  const isComment = text[reader.at] === '#' || text.startsWith('//', reader.at) || text.startsWith('/*', reader.at);
  if (isComment) refuse(reader, 'JSON has no comments', 'Remove it, or name the file .yaml.');
}

function take(reader: JsonReader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at++;
  return true;
}

function nextText(reader: JsonReader): string {
  const word = wordAt(reader);
  const shown = word === '' ? reader.text.slice(reader.at, reader.at + 1) : word;
  return shown === '' ? 'the end of the file' : echo(shown);
}

function refuse(reader: JsonReader, found: string, next: string): never {
  stop(reader, { code: 'INPUT_SYNTAX', found, next });
}

function stop({ lines, at }: JsonReader, problem: Problem): never {
  throw new InputError({ ...problem, place: lines.place(at) });
}
