/**
 * A document as a tree with positions: what the YAML and the JSON reader both make, what every later message takes its place
 * from. Here stand the rules that hold for both languages: no key twice, no key that could reach a prototype, no nesting beyond
 * 32, no number that cannot be held, no half of a surrogate pair.
 *
 * Reads a tree, writes problems and plain values. Order: that of the text.
 * Invariant: a tree is at most `treeDepthMax` deep (its readers stop there), so that recursion is safe.
 */
import { echo } from '../ground/errors.ts';
import type { Place } from '../ground/errors.ts';
import type { ProblemList } from './problems-list.ts';
import type { FieldPath } from './problems-words.ts';

/** Deepest nesting of mappings and lists that a file may have. */
export const nestingMax = 32;
/** Deepest tree that a reader hands on; whatever lies deeper than `nestingMax` is refused below. */
export const treeDepthMax = 128;
/**
 * Most scalars, lists and mappings of one document: a bound on memory (some 100 bytes each) and time. 4 MiB of `1,` are two
 * million numbers; a scenario has some hundreds of fields, and what is long belongs in a CSV file.
 */
export const nodeCountMax = 250_000;

export interface Mapping {
  readonly kind: 'mapping';
  readonly offset: number;
  readonly entries: Entry[];
}

export interface Entry {
  readonly key: string;
  readonly keyOffset: number;
  readonly value: Tree;
}

export interface List {
  readonly kind: 'list';
  readonly offset: number;
  readonly items: Tree[];
}

export interface Scalar {
  readonly kind: 'scalar';
  readonly offset: number;
  readonly value: string | number | boolean | null;
  /** As it stands in the file, if it is not quoted. */
  readonly source?: string;
}

export type Tree = Mapping | List | Scalar;

/** Turns offsets of a text into lines and columns, both from 1; columns count UTF-16 units, as editors do. */
export class Lines {
  readonly #file: string;
  readonly #starts: number[] = [0];

  constructor(text: string, file: string) {
    this.#file = file;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  get count(): number {
    return this.#starts.length;
  }

  place(offset: number): Place & { readonly line: number } {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return { file: this.#file, line: low + 1, column: offset - this.#starts[low] + 1 };
  }
}

/** Adds a problem for everything in the tree that no document may hold. */
export function checkTree(tree: Tree, lines: Lines, problems: ProblemList, depth = 1): void {
  if (tree.kind === 'scalar') {
    checkScalar(tree, lines, problems);
  } else if (depth > nestingMax) {
    problems.add({ ...tooDeep, place: lines.place(tree.offset) });
  } else if (tree.kind === 'list') {
    for (const item of tree.items) checkTree(item, lines, problems, depth + 1);
  } else {
    checkKeys(tree, lines, problems);
    for (const entry of tree.entries) checkTree(entry.value, lines, problems, depth + 1);
  }
}

/** The problem of a document that is nested too deeply; its place is the reader's to add. */
export const tooDeep = {
  code: 'INPUT_TOO_DEEP',
  found: `lists and mappings are nested more than ${nestingMax} deep`,
  next: 'Flatten the structure.',
} as const;

/** The problem of a document with too many parts; its place is the reader's to add. */
export function tooManyParts(partCountMax: number, parts: 'parts' | 'lines' = 'parts') {
  const found = `the document has more than ${partCountMax} ${parts}`;
  return { code: 'INPUT_TOO_LARGE', found, next: 'Keep tables in CSV files.' } as const;
}

const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Whether a key could reach an object's prototype. */
export function isForbiddenKey(key: string): boolean {
  return forbiddenKeys.has(key);
}

function checkKeys(mapping: Mapping, lines: Lines, problems: ProblemList): void {
  const firstOffset = new Map<string, number>();
  for (const { key, keyOffset } of mapping.entries) {
    const first = firstOffset.get(key);
    if (isForbiddenKey(key)) {
      const found = `the key ${echo(key)} is refused, since it could change an object's prototype`;
      problems.add({ code: 'INPUT_FORBIDDEN_KEY', place: lines.place(keyOffset), found, next: 'Remove it.' });
    } else if (!key.isWellFormed()) {
      problems.add(() => ({ ...malformed, place: lines.place(keyOffset) }));
    } else if (first === undefined) {
      firstOffset.set(key, keyOffset);
    } else {
      const found = `the key ${echo(key)} stands twice, first on line ${lines.place(first).line}`;
      const next = 'Keep one of them.';
      problems.add(() => ({ code: 'INPUT_DUPLICATE_KEY', place: lines.place(keyOffset), found, next }));
    }
  }
}

const malformed = {
  code: 'INPUT_ENCODING',
  found: 'an escape leaves half of a surrogate pair',
  next: 'Write the character itself, or both halves.',
} as const;

function checkScalar({ value, source, offset }: Scalar, lines: Lines, problems: ProblemList): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) problems.add({ ...malformed, place: lines.place(offset) });
    return;
  }
  if (typeof value !== 'number') return;
  const place = lines.place(offset);
  const shown = clipped(source ?? String(value));
  if (/^[-+]?0\d+$/.test(source ?? '')) {
    // YAML 1.1 reads 0123 as 83, YAML 1.2 as 123: no reader of the file can know which was meant.
    const found = `a number must not begin with 0, got ${shown}`;
    const plain = clipped(String(source).replace(/^([-+]?)0+(?=\d)/, '$1'));
    problems.add({ code: 'INPUT_TYPE', place, found, next: `Write ${plain}, or put it in quotes if it is a name.` });
  } else if (!Number.isFinite(value)) {
    const found = `a number must be finite, got ${shown}`;
    problems.add({ code: 'INPUT_FIELD_RANGE', place, found, next: 'Write a number below 1e308.' });
  } else if (/^[-+]?\d+$|^0[xo]/.test(source ?? '') && !Number.isSafeInteger(value)) {
    const found = `the integer ${shown} lies beyond 2^53 and cannot be held exactly`;
    const next = 'Write a smaller one, or put it in quotes if it is a name.';
    problems.add({ code: 'INPUT_UNSAFE_INTEGER', place, found, next });
  }
}

/** A bare scalar's source, at most 60 characters. */
function clipped(source: string): string {
  return source.length <= 60 ? source : source.slice(0, 59) + '…';
}

/** The value of a tree: mappings have no prototype, minus zero is zero. */
export function plainOf(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value === 0 ? 0 : tree.value;
  if (tree.kind === 'list') return tree.items.map(plainOf);
  const value = emptyMapping();
  for (const entry of tree.entries) value[entry.key] = plainOf(entry.value);
  return value;
}

/** A mapping without a prototype. */
export function emptyMapping(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

/**
 * Where a field's key or value stands; for a field that is not there, where the last part of its path that exists stands: the
 * key of the mapping that lacks it.
 */
export function findOffset(tree: Tree, path: FieldPath, of: 'key' | 'value'): number {
  let node = tree;
  let keyOffset = tree.offset;
  for (const key of path) {
    if (node.kind === 'list' && typeof key === 'number' && node.items[key] !== undefined) {
      node = node.items[key];
      keyOffset = node.offset;
      continue;
    }
    const entry = node.kind === 'mapping' ? node.entries.find((candidate) => candidate.key === String(key)) : undefined;
    if (entry === undefined) return keyOffset;
    node = entry.value;
    keyOffset = entry.keyOffset;
  }
  return of === 'key' ? keyOffset : node.offset;
}
