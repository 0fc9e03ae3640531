/**
 * Scenario files as documents: a value made of plain mappings, lists and scalars, and the place in the file of each of its parts.
 *
 * Reads YAML 1.2 (core schema) and strict JSON. Order: size, encoding, form, then the rules of document-tree.ts; each stage
 * reports all it finds, up to twenty problems, before the next one would begin. Nothing is ever evaluated or resolved.
 * Invariant: whatever the bytes are, this returns a document or throws an InputError, in time linear in their number. The worst
 * 4 MiB found, one quoted text folded over 99,000 lines, take 0.3 s and 180 MB (Node 24, 2 cores).
 */
import { InputError, echo, escapeControls } from '../ground/errors.ts';
import type { Place } from '../ground/errors.ts';
import { decodeText, readBytes } from './document-bytes.ts';
import { readJson } from './document-json.ts';
import { Lines, checkTree, emptyMapping, findOffset, isForbiddenKey, plainOf } from './document-tree.ts';
import { nestingMax, nodeCountMax, tooDeep, tooManyParts } from './document-tree.ts';
import { readYaml } from './document-yaml.ts';
import { ProblemList } from './problems-list.ts';
import { pathText } from './problems-words.ts';
import type { FieldPath } from './problems-words.ts';

/** A value and where its parts stand. */
export interface Document {
  /** As it was named; what messages show is in `place`. */
  readonly file: string;
  /** Mappings without a prototype, lists, texts, finite numbers, booleans, null. */
  readonly value: unknown;
  /** Where a field's key or value stands; for one that is missing, the key of the mapping that lacks it. */
  place(path: FieldPath, of: 'key' | 'value'): Place;
  /** Where the first character of a text stands: behind its quote, or below the mark of a block. */
  textPlace(path: FieldPath): Place;
}

/** Largest scenario file. */
export const documentByteCountMax = 4 * 1024 * 1024;

/** Reads a file: JSON if its name ends in `.json`, YAML otherwise. */
export function readDocument(path: string): Document {
  const bytes = readBytes(path, documentByteCountMax);
  return parseDocument(bytes, path, /\.json$/i.test(path) ? 'json' : 'yaml');
}

/** Parses a text that came from `file`. Throws one InputError with all problems of the stage that failed. */
export function parseDocument(text: string | Uint8Array, file: string, kind: 'yaml' | 'json'): Document {
  const shown = escapeControls(file);
  if (text.length > documentByteCountMax) {
    const found = 'is larger than 4 MiB';
    throw new InputError({ code: 'INPUT_TOO_LARGE', place: { file: shown }, found, next: 'Keep tables in CSV files.' });
  }
  const decoded = typeof text === 'string' ? text.replace(/^\ufeff/, '') : decodeText(text, shown);
  // A lone carriage return ends a line in YAML and in editors, but not in the package; the length stays the same.
  const unified = decoded.replace(/\r(?!\n)/g, '\n');
  if (unified.trim() === '') throw new InputError(emptyDocument(shown));
  const lines = new Lines(unified, shown);
  refuseControls(unified, lines, shown);
  const tree = kind === 'json' ? readJson(unified, lines) : readYaml(unified, lines, shown);
  if (tree === undefined) throw new InputError(emptyDocument(shown));
  const problems = new ProblemList(shown);
  checkTree(tree, lines, problems);
  problems.throwIfAny();
  return {
    file,
    value: plainOf(tree),
    place: (path, of) => lines.place(findOffset(tree, path, of)),
    textPlace: (path) => lines.place(textOffset(unified, findOffset(tree, path, 'value'))),
  };
}

/** Where the text of a scalar that begins at an offset has its first character. */
function textOffset(text: string, offset: number): number {
  const first = text[offset];
  if (first === '"' || first === "'") return offset + 1;
  if (first !== '|' && first !== '>') return offset;
  const block = /[^\n]*\n\s*/y;
  block.lastIndex = offset;
  return offset + (block.exec(text)?.[0].length ?? 0);
}

function emptyDocument(file: string) {
  const next = 'Write the fields of a scenario into it.';
  return { code: 'INPUT_EMPTY', place: { file }, found: 'holds nothing', next } as const;
}

/** YAML and JSON both forbid control characters, but for tabs and line ends; the package lets them pass. */
function refuseControls(text: string, lines: Lines, file: string): void {
  const problems = new ProblemList(file);
  for (const match of text.matchAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g)) {
    problems.add(() => {
      const found = `a control character, ${echo(match[0])}, stands in the text`;
      return { code: 'INPUT_SYNTAX', place: lines.place(match.index), found, next: 'Remove it.' };
    });
  }
  problems.throwIfAny();
}

/**
 * A document of an object made in code: a deep copy that obeys the same rules (plain objects, lists and scalars; fields that are
 * undefined are left out). Its places have a file and no line.
 */
export function documentOf(value: unknown, file: string): Document {
  const place = { file: escapeControls(file) };
  const problems = new ProblemList(place.file);
  const copy: Copying = { place, problems, nodeCount: 0 };
  const plain = copyPlain(value, [], copy);
  problems.throwIfAny();
  return { file, value: plain, place: () => place, textPlace: () => place };
}

interface Copying {
  readonly place: Place;
  readonly problems: ProblemList;
  nodeCount: number;
}

function copyPlain(value: unknown, path: FieldPath, copying: Copying): unknown {
  // What is shared is copied once for each place it is seen from, so that a graph of references could grow without end.
  if (++copying.nodeCount > nodeCountMax) throw new InputError({ ...tooManyParts(nodeCountMax), place: copying.place });
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (typeof value === 'string' && value.isWellFormed()) return value;
  if (typeof value !== 'object' || !isPlain(value)) {
    refuseValue(value, path, copying);
    return undefined;
  }
  if (path.length >= nestingMax) throw new InputError({ ...tooDeep, place: copying.place });
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) => copyPlain(item, [...path, index], copying));
  }
  const copy = emptyMapping();
  for (const [key, item] of Object.entries(value)) {
    if (isForbiddenKey(key)) refuseKey(key, copying);
    else if (item !== undefined) copy[key] = copyPlain(item, [...path, key], copying);
  }
  return copy;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a worker's, a test's) has another Object.prototype, which itself has none.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refuseValue(value: unknown, path: FieldPath, { problems, place }: Copying): void {
  const what =
    typeof value === 'object' ? 'an object of a class' : typeof value === 'string' ? 'half a character' : echo(value);
  const found = `${pathText(path)} must be plain data, got ${what}`;
  problems.add({
    code: 'INPUT_TYPE',
    place,
    found,
    next: 'Use text, finite numbers, true, false, null, lists and mappings.',
  });
}

function refuseKey(key: string, { problems, place }: Copying): void {
  const found = `the key ${echo(key)} is refused, since it could change an object's prototype`;
  problems.add({ code: 'INPUT_FORBIDDEN_KEY', place, found, next: 'Remove it.' });
}
