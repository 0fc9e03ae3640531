/**
 * YAML 1.2, core schema, without what a scenario does not need and an attacker likes: anchors, aliases, tags, merge keys,
 * directives, several documents.
 *
 * Reads a text, returns a tree. The `yaml` package's lexer, parser and composer are driven one lexeme at a time, so that reading
 * stops at a bound on lexemes (the package takes some 900 bytes and 1.3 µs each: 4 MiB of `- 1` would take 4 GB) and on nesting,
 * before either costs. Anchors and the like are seen as lexemes: an alias is never resolved, so a bomb of them costs nothing.
 * Keys are compared in document-tree.ts, since the package compares each with each.
 * Invariant: linear in the length of the text.
 */
import { Composer, CST, Lexer, Parser, isMap, isScalar, isSeq } from 'yaml';
import type { Document, ErrorCode, YAMLError } from 'yaml';
import { InputError, echo, escapeControls } from '../ground/errors.ts';
import type { InputCode } from '../ground/errors.ts';
import { nestingMax, tooDeep, tooManyParts } from './document-tree.ts';
import type { Entry, Lines, Tree } from './document-tree.ts';
import { ProblemList } from './problems-list.ts';

/**
 * Spaces, breaks and indicators count: a line `key: value` has seven, so that some 14,000 lines fit. 100,000 lexemes take some
 * 90 MB and a sixth of a second; JSON has room for more.
 */
const lexemeCountMax = 100_000;
/** Enough of one kind of mistake: each costs the package an Error with a stack. */
const mistakeCountMax = 100;

/** The tree of a YAML text; undefined if it holds comments only. Throws an InputError with all that is wrong with its form. */
export function readYaml(text: string, lines: Lines, file: string): Tree | undefined {
  const problems = new ProblemList(file);
  // A text of many lines is one lexeme, and yet folded line by line.
  if (lines.count > lexemeCountMax) {
    throw new InputError({ ...tooManyParts(lexemeCountMax, 'lines'), place: lines.place(text.length) });
  }
  const composed = compose(text, lines, problems);
  reportErrors(composed, lines, problems);
  problems.throwIfAny();
  const contents = composed.document?.contents;
  const tree = treeOf(contents, lines, problems);
  problems.throwIfAny();
  return isBlank(contents) ? undefined : tree;
}

function isBlank(contents: unknown): boolean {
  return (
    !isMap(contents) &&
    !isSeq(contents) &&
    (!isScalar(contents) || (contents.source === '' && contents.type === 'PLAIN'))
  );
}

interface Composed {
  readonly document: Document | undefined;
  /** Where the last quoted text begins: if a quote is never closed, it is that one. */
  readonly lastQuoteAt: number;
}

/** The package's errors. One slip makes it complain several times on a line, and of an anchor it complains in its own way. */
function reportErrors({ document, lastQuoteAt }: Composed, lines: Lines, problems: ProblemList): void {
  const hasFeatures = problems.count > 0;
  const seenLines = new Set<number>();
  for (const error of document?.errors ?? []) {
    const { code, message } = error;
    if (hasFeatures && codeOf(code) === 'INPUT_YAML_FEATURE') continue;
    const isOpenQuote = message.startsWith('Missing closing');
    const place = lines.place(isOpenQuote ? lastQuoteAt : error.pos[0]);
    if (seenLines.has(place.line)) continue;
    seenLines.add(place.line);
    const found = isOpenQuote ? 'a quote that opens here is not closed' : sentenceOf(error);
    problems.add(() => ({ code: codeOf(code), place, found, next: hintOf(code) }));
  }
}

const features: Readonly<Record<string, string>> = {
  anchor: 'an anchor',
  alias: 'an alias',
  tag: 'a tag',
  'directive-line': 'a directive',
};

function compose(text: string, lines: Lines, problems: ProblemList): Composed {
  const options = { schema: 'core', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const;
  const composer = new Composer({ ...options, version: '1.2', resolveKnownTags: false, merge: false });
  const parser = new Parser();
  const documents: Document[] = [];
  let lexemeCount = 0;
  let lastQuoteAt = 0;
  let isScalarNext = false;
  let errorCount = 0;
  const feed = (tokens: Iterable<CST.Token>): void => {
    for (const token of tokens) {
      if (token.type === 'error') errorCount++;
      documents.push(...composer.next(token));
    }
  };
  for (const lexeme of new Lexer().lex(text)) {
    const place = () => lines.place(parser.offset);
    if (++lexemeCount > lexemeCountMax) throw new InputError({ ...tooManyParts(lexemeCountMax), place: place() });
    const feature = isScalarNext ? undefined : features[CST.tokenType(lexeme) ?? ''];
    if (feature !== undefined) {
      const found = `${feature}, ${echo(lexeme)}, is a feature of YAML that is refused here`;
      problems.add(() => ({ code: 'INPUT_YAML_FEATURE', place: place(), found, next: hintOf('BAD_ALIAS') }));
    }
    if (!isScalarNext && /^["']/.test(lexeme)) lastQuoteAt = parser.offset;
    isScalarNext = lexeme === CST.SCALAR;
    feed(parser.next(lexeme));
    if (parser.stack.length > nestingMax * 2) throw new InputError({ ...tooDeep, place: place() });
    if (documents.length > 0 || errorCount > mistakeCountMax || problems.count > mistakeCountMax) break;
  }
  if (problems.count > mistakeCountMax) problems.throwIfAny();
  if (documents.length === 0) feed(parser.end());
  documents.push(...composer.end(true, text.length));
  const second = documents[1];
  if (second !== undefined) {
    const found = 'a second document begins';
    const next = 'Keep one document to a file.';
    problems.add({ code: 'INPUT_YAML_FEATURE', place: lines.place(offsetOf(second)), found, next });
  }
  return { document: documents[0], lastQuoteAt };
}

function codeOf(code: ErrorCode): InputCode {
  if (code === 'RESOURCE_EXHAUSTION') return 'INPUT_TOO_DEEP';
  return /ALIAS|TAG_RES|TAGS|ANCHOR|DIRECTIVE|PROP|COLLECTION_TYPE/.test(code) ? 'INPUT_YAML_FEATURE' : 'INPUT_SYNTAX';
}

/** The package's longest sentence of its own has 91 characters; some end in a word of the file. */
const sentenceLengthMax = 100;

/** The package's own sentence, in our form: no capital, no full stop, what it quotes clipped and escaped. */
function sentenceOf({ message }: YAMLError): string {
  const quoteAt = message.indexOf(': "');
  const head = escapeControls(quoteAt < 0 ? message : message.slice(0, quoteAt));
  const quoted = quoteAt < 0 ? '' : `: ${echo(message.slice(quoteAt + 3, quoteAt + 100).replace(/"$/, ''))}`;
  const plain = head.slice(0, sentenceLengthMax);
  return plain.charAt(0).toLowerCase() + plain.slice(1) + quoted;
}

const hints: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_INDENT: 'Give fields of one mapping the same indentation.',
  MISSING_CHAR: 'Add what is missing.',
  BLOCK_AS_IMPLICIT_KEY: 'Put text that holds a colon in quotes.',
  BAD_SCALAR_START: 'Put the text in quotes.',
  BAD_DQ_ESCAPE: 'Write the backslash twice, or use single quotes.',
  MULTILINE_IMPLICIT_KEY: 'Add the colon, or put the text on one line.',
  KEY_OVER_1024_CHARS: 'Add the colon, or close the bracket or quote before it.',
  UNEXPECTED_TOKEN: 'Remove it, or close what was opened before it.',
  BAD_ALIAS: 'Write the value itself, in quotes if it is text.',
};

function hintOf(code: ErrorCode): string {
  const fallback = codeOf(code) === 'INPUT_YAML_FEATURE' ? hints.BAD_ALIAS : undefined;
  return hints[code] ?? fallback ?? 'Mend the line, or put its text in quotes.';
}

/** The package's nodes as our tree. Aliases and tags are gone by now, so a node is a map, a list or a scalar. */
function treeOf(node: unknown, lines: Lines, problems: ProblemList): Tree {
  if (isMap(node)) {
    const entries = node.items.map((pair) => entryOf(pair.key, pair.value, lines, problems));
    return { kind: 'mapping', offset: offsetOf(node), entries };
  }
  if (isSeq(node)) {
    return { kind: 'list', offset: offsetOf(node), items: node.items.map((item) => treeOf(item, lines, problems)) };
  }
  if (!isScalar(node)) return { kind: 'scalar', offset: 0, value: null };
  const { value, source } = node;
  const isPlain = typeof value === 'number' || typeof value === 'boolean';
  const scalar = isPlain || typeof value === 'string' ? value : null;
  return { kind: 'scalar', offset: offsetOf(node), value: scalar, ...(isPlain && source !== undefined && { source }) };
}

function offsetOf(node: { readonly range?: readonly number[] | null | undefined }): number {
  return node.range?.[0] ?? 0;
}

/** A key is a text; `1`, `true` and the like are taken as they are written. */
function entryOf(key: unknown, value: unknown, lines: Lines, problems: ProblemList): Entry {
  const keyOffset = isMap(key) || isSeq(key) || isScalar(key) ? offsetOf(key) : 0;
  const keyText = isScalar(key) ? (typeof key.value === 'string' ? key.value : key.source) : undefined;
  if (keyText === undefined || keyText === '') {
    const found = 'a key must be a text, and not empty';
    problems.add({ code: 'INPUT_SYNTAX', place: lines.place(keyOffset), found, next: 'Write key: value.' });
  } else if (keyText === '<<') {
    const found = 'a merge key, "<<", is a feature of YAML that is refused here';
    const next = 'Write the fields themselves.';
    problems.add({ code: 'INPUT_YAML_FEATURE', place: lines.place(keyOffset), found, next });
  }
  // A set's entry, `? a`, has no value at all.
  const child: Tree =
    value === null ? { kind: 'scalar', offset: keyOffset, value: null } : treeOf(value, lines, problems);
  return { key: keyText ?? '', keyOffset, value: child };
}
