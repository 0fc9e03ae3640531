/**
 * The rules of the house that a program can check, so that no review has to: who may import whom, no cycle, a header on every
 * file, files under 500 lines, functions under 70, names, banned words with their replacements.
 *
 * Reads every code and text file of the tree; parses code with the TypeScript compiler (syntax only). Each check is a pure function
 * of files in memory, so that the second half plants one offence of each kind and sees it caught: it cannot pass for ever.
 * Offences that stand today are on `test/data/architecture-debts.json`, a list of keys `rule: file: subject`. It may only shrink:
 * a new offence fails, and so does an entry that no longer offends, and so does a list longer than `debtCeiling`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** Lower it whenever the list gets shorter; never raise it. */
const debtCeiling = 0;
const fileLinesMax = 500;
const functionLinesMax = 70;

/** Path from the root => text. Files that are neither code nor prose have the text ''. */
export type Files = ReadonlyMap<string, string>;

/** One breach of one rule. `subject` must not hold a number that drifts, since (rule, file, subject) is its identity. */
export interface Offence {
  readonly rule: string;
  readonly file: string;
  readonly subject: string;
  readonly remedy: string;
}

/** All offences of a set of files, in order of rule, file and subject. Code outside the floors is a tool's configuration. */
export function offencesOf(files: Files): Offence[] {
  const code = [...files].filter(([path]) => isCode(path) && zoneOf(path) !== undefined);
  const sources = code.map(([path, text]) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  const imports = sources.flatMap(importsOf);
  const all = [
    ...[...files].flatMap(([path, text]) => [...checkPath(path), ...checkText(path, text)]),
    ...sources.flatMap((source) => [...checkHeader(source), ...checkLengths(source), ...checkSpellings(source)]),
    ...imports.flatMap((edge) => checkImport(edge, files)),
    ...checkCycles(imports),
  ];
  const single = new Map(all.map((offence) => [keyOf(offence), offence]));
  return [...single.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** The identity of an offence on the list of debts. */
export function keyOf({ rule, file, subject }: Offence): string {
  return `${rule}: ${file}: ${subject}`;
}

function breach(rule: string, file: string, subject: string, remedy: string): Offence {
  return { rule, file, subject, remedy };
}

// ---- Floors ----

/** A part of the tree. Beside itself it may import `parts` and `packages`; `*` ends a prefix, a package includes its subpaths. */
interface Zone {
  readonly floor: number;
  readonly at: string;
  readonly parts: readonly string[];
  readonly packages: readonly string[];
}

function zone(floor: number, at: string, parts: readonly string[], packages = ''): Zone {
  return { floor, at, parts, packages: packages.split(' ').filter((name) => name !== '') };
}

const ground = ['sim/ground'];
const floor1 = [...ground, 'sim/world', 'sim/social-graph', 'sim/exchange', 'sim/scenario'];
const floor2 = [...floor1, 'sim/kernels', 'sim/llm'];
const floor3 = [...floor2, 'sim/recommender', 'sim/policy', 'sim/game-master', 'sim/record'];
const floor4 = [...floor3, 'sim/engine'];
/** What reads recorded populations may know: their tables and record's reader (`readerFile`), never who made them. */
const records = [...floor1, 'sim/record', 'analysis/estimators', 'data'];
const analysis = ['analysis/estimators', 'analysis/measures'];
const commandLine = 'commander cli-progress yaml zod node:*';

/** The longest match wins, so a file may stand apart from its folder. */
export const zones: readonly Zone[] = [
  ...['sim/ground', 'sim/kernels/assembly', 'data'].map((at) => zone(0, at, [])),
  zone(0.5, 'sim/kernels', ground),
  zone(1, 'sim/world', ground),
  zone(1, 'sim/social-graph', ground),
  zone(1.5, 'sim/exchange', [...ground, 'sim/world', 'sim/social-graph']),
  zone(1, 'sim/scenario', ground, 'zod yaml node:fs node:path node:crypto node:zlib'),
  zone(1, 'analysis/estimators', ground, 'simple-statistics graphology*'),
  zone(2, 'sim/llm', [...ground, 'sim/exchange', 'sim/scenario'], 'openai zod node:*'),
  zone(3, 'sim/recommender', floor2),
  zone(3, 'sim/policy', floor2, 'zod'),
  zone(3, 'sim/game-master', floor2, 'zod'),
  zone(3, 'sim/record', floor2, 'sqlite3 hyparquet-writer zod node:*'),
  zone(4, 'sim/engine', floor3, 'piscina zod node:*'),
  zone(4, 'sim/import', [...floor1, 'sim/record'], 'node:*'),
  zone(4, 'analysis/measures', records, 'simple-statistics graphology* node:*'),
  zone(5, 'sim/index.ts', floor4),
  zone(5, 'viz', [...records, 'analysis/measures'], 'd3* graphology* sigma zod vite @resvg/resvg-js node:*'),
  zone(6, 'scenarios', [...floor4, 'sim/import', 'sim/index.ts', ...analysis, 'data'], 'yaml zod node:*'),
  zone(7, 'scenarios/command', ['*'], commandLine),
  zone(7, 'scenarios/main.ts', ['*'], commandLine),
  zone(8, 'test', ['*'], '*'),
];

/** The one way into sim/record from analysis and viz: files named after what they do, `reader.ts`, `event-reader.ts` … */
const readerFile = /^sim\/record\/([^/]*-)?reader\.ts$/;
/** The one file, or the few, that may talk to SQLite; a test may look into a database itself. */
const sqliteFile = /^sim\/record\/[^/]*sqlite[^/]*\.ts$|^test\//;

interface Import {
  readonly from: string;
  /** As written; undefined when it is computed. */
  readonly specifier: string | undefined;
  /** A worker's file named by `new URL(…, import.meta.url)`: it obeys the floors, but closes no cycle. */
  readonly byUrl: boolean;
}

function importsOf(source: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, byUrl = false): void => {
    const specifier = node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
    found.push({ from: source.fileName, specifier, byUrl });
  };
  walk(source, (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) add(node.moduleSpecifier);
    else if (ts.isExternalModuleReference(node)) add(node.expression);
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    else if (ts.isCallExpression(node) && isLoad(node.expression)) add(node.arguments[0]);
    else if (ts.isNewExpression(node) && isModuleUrl(node)) add(node.arguments?.[0], true);
  });
  return found;
}

function isLoad(callee: ts.Expression): boolean {
  return callee.kind === ts.SyntaxKind.ImportKeyword || /^(require|createRequire\(.*\))$/.test(callee.getText());
}

function isModuleUrl(node: ts.NewExpression): boolean {
  const [file, base] = node.arguments ?? [];
  const isUrl = node.expression.getText() === 'URL' && base?.getText() === 'import.meta.url';
  return isUrl && file !== undefined && ts.isStringLiteralLike(file) && isCode(file.text);
}

function targetOf({ from, specifier }: Import): string | undefined {
  if (specifier?.startsWith('.') !== true) return undefined;
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

function checkImport(edge: Import, files: Files): Offence[] {
  const { from, specifier } = edge;
  const own = zoneOf(from);
  if (own === undefined) return [];
  if (specifier === undefined) {
    const mayCompute = ['sim/engine', 'scenarios', 'test'].some((part) => isUnder(from, part));
    const remedy = 'Only the engine and the command line load own code by URL; import by a literal.';
    return mayCompute ? [] : [breach('computed import', from, 'import(…)', remedy)];
  }
  const target = targetOf(edge);
  if (target === undefined) {
    const isKept = specifier !== 'sqlite3' || sqliteFile.test(from);
    if (isKept && own.packages.some((pattern) => matchesPackage(pattern, specifier))) return [];
    const remedy = `${own.at} may import ${own.packages.join(', ') || 'no package'}; sqlite3 has its own file.`;
    return [breach('floor', from, specifier, remedy)];
  }
  if (!files.has(target)) return [breach('lost import', from, specifier, 'Name a file of the tree, with its ending.')];
  const remedy = `Imports go down: ${own.at} may import ${own.parts.join(', ') || 'nothing'}.`;
  return mayImport(own, target) ? [] : [breach('floor', from, target, remedy)];
}

function mayImport(own: Zone, target: string): boolean {
  const part = zoneOf(target)?.at;
  if (part === undefined || part === own.at) return part !== undefined;
  if (part === 'sim/record' && /^(analysis|viz)\b/.test(own.at)) return readerFile.test(target);
  return own.parts.includes(part) || (own.parts.includes('*') && part !== 'test');
}

function zoneOf(path: string): Zone | undefined {
  return zones.filter(({ at }) => isUnder(path, at)).sort((a, b) => b.at.length - a.at.length)[0];
}

function isUnder(path: string, part: string): boolean {
  return path === part || path.startsWith(part + '/');
}

function matchesPackage(pattern: string, specifier: string): boolean {
  if (pattern.endsWith('*')) return specifier.startsWith(pattern.slice(0, -1));
  return specifier === pattern || specifier.startsWith(pattern + '/');
}

/** Rings: files that reach one another, type imports included. One offence a ring, kept under its first file. */
function checkCycles(imports: readonly Import[]): Offence[] {
  const edges = imports.map((edge) => ({ from: edge.from, to: edge.byUrl ? undefined : targetOf(edge) }));
  const targets = Map.groupBy(edges, ({ from }) => from);
  const reachOf = (file: string): Set<string | undefined> => {
    const reach = new Set((targets.get(file) ?? []).map(({ to }) => to));
    // A set hands out what is added while it is read.
    for (const next of reach) for (const { to } of targets.get(next ?? '') ?? []) reach.add(to);
    return reach;
  };
  const reached = new Map([...targets.keys()].map((file) => [file, reachOf(file)]));
  const looped = [...reached.keys()].filter((file) => reached.get(file)?.has(file));
  return looped.map((file) => {
    const ring = looped.filter((other) => reached.get(file)?.has(other) && reached.get(other)?.has(file)).sort();
    const others = ring.slice(1).join(', ') || 'itself';
    return breach('cycle', ring[0] ?? file, others, 'Move what they share down into a file of its own.');
  });
}

// ---- Shape of a file ----

function checkHeader(source: ts.SourceFile): Offence[] {
  const text = source.text.replace(/^#![^\n]*\n/, '');
  const header = /^\/\*\*([^]*?)\*\//.exec(text)?.[1] ?? '';
  const isOpened = header.replace(/[^a-z]/gi, '').length >= 20;
  const remedy = 'Open with /** what it is for, what it reads and writes, its order, invariant, oracle, source */.';
  return isOpened ? [] : [breach('header', source.fileName, 'missing', remedy)];
}

function checkLengths(source: ts.SourceFile): Offence[] {
  const file = source.fileName;
  const found: Offence[] = [];
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const lines = lineOf(source.text.trimEnd().length) + 1;
  if (lines >= fileLinesMax) {
    found.push(breach('file length', file, `${fileLinesMax} or more`, `${lines} lines: split it.`));
  }
  walk(source, (node) => {
    if (!ts.isFunctionLike(node) || isGroupOfTests(node)) return;
    const span = lineOf(node.end) - lineOf(node.getStart(source)) + 1;
    if (span >= functionLinesMax) {
      found.push(breach('function length', file, nameOf(node), `${span} lines: one thought each.`));
    }
  });
  return found;
}

/** The callback of `describe` groups tests and holds no thought of its own. */
function isGroupOfTests(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}

/** Its own name, or that of what it is assigned to or handed to, so that the key outlives an edit above it. */
function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  const { parent } = node;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText();
  if (!ts.isCallExpression(parent)) return ts.isConstructorDeclaration(node) ? 'constructor' : 'nameless';
  const title = parent.arguments.find(ts.isStringLiteralLike)?.text;
  return `${parent.expression.getText().slice(0, 40)}(${title ?? '…'})`;
}

// ---- Words ----

interface BannedWord {
  readonly word: RegExp;
  readonly instead: string;
  /** Files it holds in; everywhere when absent. */
  readonly within?: RegExp;
  readonly except?: RegExp;
}

const clockFile = /^sim\/engine\/clock\.ts$/;
const timeIsGiven = 'Time is an argument: sim/engine/clock.ts alone reads a clock.';
const codeFromText = 'Text never becomes code or markup: parse it, or set textContent and attributes.';

/** Matched against what code spells (see `spellingsOf`), so that comments and strings may speak of it. */
const bannedSpellings: readonly BannedWord[] = [
  { word: /^\w*(Manager|Processor)s?([A-Z]\w*)?$/, instead: 'Name what it holds or does: queue, table, applyRulings.' },
  { word: /^foo$/i, instead: 'Name it for its role.' },
  { word: /^: any$/, instead: 'unknown, and a check at the door.' },
  { word: /^export default$/, instead: 'Export by name.', within: /^(sim|analysis|viz)\// },
  { word: /^export \*$/, instead: 'No barrels: import from the file that holds the thing.', within: /^sim\// },
  { word: /^Math\.random$/, instead: 'draw(seed, tick, key, purpose).' },
  { word: /^\.localeCompare$/, instead: 'Compare by code units or bytes; locale tables change.' },
  { word: /^(Date\.now|new Date\(\)|Date\(\))$/, instead: timeIsGiven, except: clockFile },
  { word: /^(eval|Function)\(\)$|^new Function\b/, instead: codeFromText },
  { word: /^\.(innerHTML|outerHTML|insertAdjacentHTML)$|^document\.write(ln)?$/, instead: codeFromText },
  { word: /^\.html\(\)$/, instead: codeFromText, within: /^viz\// },
];

const oneMachine = 'No path of one machine: derive it, or use tmpdir().';
const packageHost = /https?:\/\/[\w.@:-]*(registr[y]|artifactor[y]|nexu[s]\.|mirro[r])[\w.-]*/;

/** Matched against the whole text. A class of one letter keeps a pattern from matching itself: this file is checked too. */
const bannedTexts: readonly BannedWord[] = [
  { word: /\b(TO[D]O|FIX[M]E)\b/, instead: 'Do it, or write down the decision and what would reverse it.' },
  { word: /@ts-(ignor[e]|nochec[k])/, instead: '@ts-expect-error with its reason, in a test.' },
  { word: /(?<![a-z])sessio[n]s?(?![a-z])/i, instead: 'A word about the workplace: say run, visit or period.' },
  { word: /(?<![\w.~*-])\/(wor[k]|roo[t]|hom[e]|User[s])\//, instead: oneMachine },
  { word: packageHost, instead: 'No host of a package registry: npm knows its own.' },
];

/** Code that a test feeds to a guard may spell what the guard must refuse. */
const fedToGuards = /^test\/fixtures\//;

function checkSpellings(source: ts.SourceFile): Offence[] {
  const file = source.fileName;
  const words = fedToGuards.test(file) ? [] : bannedSpellings.filter((banned) => holdsIn(file, banned));
  const found: Offence[] = [];
  walk(source, (node) => {
    for (const spelling of spellingsOf(node)) {
      const banned = words.find(({ word }) => word.test(spelling));
      if (banned !== undefined) found.push(breach('word', file, spelling, banned.instead));
    }
  });
  return found;
}

function holdsIn(file: string, { within, except }: BannedWord): boolean {
  return within?.test(file) !== false && except?.test(file) !== true;
}

/** How code spells a node: `name`, `Object.member`, `.member`, `call()`, `.call()`, `new Class`, `new Class()`, `: any`. */
function spellingsOf(node: ts.Node): string[] {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return [': any'];
  if (node.kind === ts.SyntaxKind.DefaultKeyword || ts.isExportAssignment(node)) return ['export default'];
  if (ts.isExportSpecifier(node)) return node.name.text === 'default' ? ['export default'] : [];
  if (ts.isExportDeclaration(node) && !(node.exportClause && ts.isNamedExports(node.exportClause))) return ['export *'];
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isNewExpression(node)) return [`new ${node.expression.getText()}${node.arguments?.length ? '' : '()'}`];
  const member = memberOf(node);
  if (member !== undefined) return [`.${member.name}`, `${member.of}.${member.name}`];
  if (!ts.isCallExpression(node)) return [];
  const called = memberOf(node.expression);
  return called === undefined ? [`${node.expression.getText()}()`] : [`.${called.name}()`];
}

/** `a.b` and `a['b']` are one, and so are `globalThis.Math` and `Math`. */
function memberOf(node: ts.Node): { of: string; name: string } | undefined {
  if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
  const of = memberOf(node.expression)?.name ?? node.expression.getText();
  if (ts.isPropertyAccessExpression(node)) return { of, name: node.name.text };
  return ts.isStringLiteralLike(node.argumentExpression) ? { of, name: node.argumentExpression.text } : undefined;
}

function checkText(file: string, text: string): Offence[] {
  const banned = bannedTexts.filter(({ word }) => word.test(text));
  return banned.map(({ word, instead }) => breach('word', file, word.exec(text)?.[0] ?? '', instead));
}

function checkPath(file: string): Offence[] {
  const parts = file.split('/');
  const vague = parts.filter((part) => /^(.*-)?(utils?|helpers?|misc|common)(\.|$)/.test(part));
  const found = vague.map((part) => breach('name', file, part, 'A small function lives with its noun.'));
  if (!isCode(file)) return found;
  const isKebab = /^[a-z0-9]+([-.][a-z0-9]+)*$/.test(posix.basename(file));
  if (!isKebab) found.push(breach('name', file, 'not kebab-case', 'Files are kebab-case nouns.'));
  if (parts[0] === 'data') found.push(breach('name', file, 'code in data', 'data/ holds data and where it came from.'));
  if (parts.length === 1 || zoneOf(file) !== undefined) return found;
  return [...found, breach('floor', file, 'no floor', 'Put it on a floor, or give its folder one.')];
}

// ---- The tree ----

function isCode(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}

const tops = ['sim', 'scenarios', 'analysis', 'viz', 'test', 'data', '.ci'];
const readable = /\.([cm]?[jt]sx?|md|css|html|ya?ml|cff)$|^\.ci\/|^[^/]+\.json$/;

/** The files of the tree and of its root; the text of code and prose, not that of data. A top that is not there is empty. */
function readTree(root: string): Files {
  const inRoot = readdirSync(root, { withFileTypes: true });
  const present = inRoot.filter((entry) => tops.includes(entry.name)).map((entry) => posix.join(root, entry.name));
  const below = present.flatMap((top) => readdirSync(top, { recursive: true, withFileTypes: true }));
  const entries = [...inRoot, ...below].filter((entry) => entry.isFile());
  const paths = entries.map((entry) => posix.relative(root, posix.join(entry.parentPath, entry.name))).sort();
  const textOf = (path: string): string => (readable.test(path) ? readFileSync(posix.join(root, path), 'utf8') : '');
  return new Map(paths.map((path) => [path, textOf(path)]));
}

describe('the tree', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = readTree(root);
  const debts = JSON.parse(readFileSync(posix.join(root, 'test/data/architecture-debts.json'), 'utf8')) as string[];

  test('architecture: no offence stands but those on the list of debts, and no debt there is paid', () => {
    const standing = offencesOf(files);
    const keys = standing.map(keyOf);
    const isNew = (offence: Offence): boolean => !debts.includes(keyOf(offence));
    const added = standing.filter(isNew).map((offence) => `${keyOf(offence)} | ${offence.remedy}`);
    const paid = debts.filter((debt) => !keys.includes(debt));
    expect({ added, paid }).toEqual({ added: [], paid: [] });
  });

  test('architecture: the list of debts is no longer than its ceiling, and names nothing twice', () => {
    expect(debts.length).toBeLessThanOrEqual(debtCeiling);
    expect(new Set(debts).size).toBe(debts.length);
  });

  test('readTree: finds the ground floor, so that an empty walk cannot pass', () => {
    expect(files.get('sim/ground/errors.ts')).toContain('InputError');
  });
});

describe('planted offences', () => {
  const header = '/** What this file is for, in one honest sentence. */\n';
  const clean = `
sim/ground/ids.ts       | export type Row = number;
sim/ground/keys.ts      | import type { Row } from './ids.ts'; export type Key = Row;
sim/world/agents.ts     | import type { Row } from '../ground/ids.ts'; export const agents: Row[] = []; // never Math.random
sim/exchange/verbs.ts   | export const possession = 'Math.random() and eval() in a string';
sim/llm/client.ts       | import OpenAI from 'openai'; export const client = OpenAI; export const any = Promise.any;
sim/policy/habit.ts     | import { agents } from '../world/agents.ts'; export const habit = agents;
sim/record/reader.ts    | export const reader = 1;
sim/record/sqlite.ts    | import sqlite3 from 'sqlite3'; export const open = sqlite3;
sim/engine/clock.ts     | export const now = (): number => Date.now();
sim/engine/tick.ts      | import { habit } from '../policy/habit.ts'; export const tick = habit;
sim/index.ts            | export { tick } from './engine/tick.ts';
viz/chart.ts            | import { reader } from '../sim/record/reader.ts'; import { scaleLinear } from 'd3-scale'; scaleLinear(reader);
scenarios/a/wiring.ts   | import { tick } from '../../sim/index.ts'; export default tick;
scenarios/main.ts       | import '../viz/chart.ts'; import { tick } from '../sim/engine/tick.ts'; tick;
test/fixtures/module.ts | export const rolled = Math.random();`;

  /** The offence that must be caught, and the file that commits it: the one which the key names. */
  const plants = `
floor: sim/ground/ids.ts: node:fs                       | import 'node:fs';
floor: sim/world/ties.ts: sim/exchange/verbs.ts         | import '../exchange/verbs.ts';
floor: sim/llm/cache.ts: sim/world/agents.ts            | export { agents } from '../world/agents.ts';
floor: sim/recommender/feed.ts: sim/policy/habit.ts     | export type H = import('../policy/habit.ts').habit;
floor: sim/policy/habit.ts: sim/engine/tick.ts          | new Worker(new URL('../engine/tick.ts', import.meta.url));
floor: sim/policy/judge.ts: openai                      | await import('openai');
floor: sim/policy/judge.ts: d3                          | createRequire(import.meta.url)('d3');
floor: sim/record/run.ts: sqlite3                       | import sqlite3 from 'sqlite3'; sqlite3;
floor: sim/record/pool.ts: piscina                      | import { Piscina } from 'piscina'; Piscina;
floor: sim/engine/run.ts: sim/index.ts                  | import { tick } from '../index.ts'; tick;
floor: analysis/measures/roles.ts: sim/engine/tick.ts   | import type { tick } from '../../sim/engine/tick.ts'; tick;
floor: analysis/measures/roles.ts: sim/record/sqlite.ts | import { open } from '../../sim/record/sqlite.ts'; open;
floor: viz/page.ts: sim/engine/tick.ts                  | export { tick } from '../sim/engine/tick.ts';
floor: scenarios/a/wiring.ts: viz/chart.ts              | import '../../viz/chart.ts';
floor: scenarios/main.ts: test/fixtures/module.ts       | import '../test/fixtures/module.ts';
floor: sim/attic/old.ts: no floor                       | export const old = 1;
computed import: sim/world/load.ts: import(…)           | export const load = (name: string): unknown => import(name);
lost import: sim/ground/ids.ts: ./keys                  | import './keys';
cycle: sim/ground/ids.ts: sim/ground/keys.ts            | import type { Key } from './keys.ts'; export type Row = Key;
cycle: sim/ground/ids.ts: itself                        | import type { Row as R } from './ids.ts'; export type Row = R;
header: sim/ground/ids.ts: missing                      | <bare>// No header.
file length: sim/ground/ids.ts: 500 or more             | <498 lines>export const last = 1;
function length: sim/ground/ids.ts: slow                | export const slow = () => {<69 lines>};
function length: sim/ground/ids.ts: test(a claim)       | describe('d', () => { test('a claim', () => {<69 lines>}); });
name: sim/ground/number-utils.ts: number-utils.ts       | export const one = 1;
name: analysis/measures/helpers/a.ts: helpers           | export const one = 1;
name: sim/world/AgentTable.ts: not kebab-case           | export const one = 1;
name: data/clean.ts: code in data                       | export const one = 1;
word: sim/world/a.ts: QueueProcessor                    | export class QueueProcessor {}
word: sim/world/a.ts: AgentManager                      | export class AgentManager {}
word: sim/world/a.ts: foo                               | export const foo = 1;
word: sim/world/a.ts: : any                             | export const a: any = 1;
word: sim/world/a.ts: Math.random                       | export const a = globalThis.Math['random']();
word: sim/world/a.ts: .localeCompare                    | ['b'].sort((a, b) => a.localeCompare(b));
word: sim/engine/run.ts: Date.now                       | export const a = Date.now();
word: sim/index.ts: export *                            | export * from './engine/tick.ts';
word: analysis/estimators/a.ts: export default          | export default function a(): void {}
word: viz/chart.ts: export default                      | const a = 1; export { a as default };
word: viz/page.ts: new Date()                           | export const a = new Date();
word: viz/page.ts: .innerHTML                           | document.body.innerHTML = '';
word: viz/page.ts: .html()                              | select('p').html('');
word: viz/page.ts: eval()                               | eval('1');
word: viz/page.ts: new Function                         | new Function('1');
word: sim/world/a.ts: TO~DO                             | // TO~DO later
word: sim/world/a.ts: @ts-ig~nore                       | // @ts-ig~nore
word: sim/world/a.ts: Sess~ion                          | // Sess~ion 12
word: sim/world/a.ts: /wo~rk/                           | export const a = '/wo~rk/b';
word: sim/world/a.ts: https://regis~try.example         | // https://regis~try.example/left-pad`;

  /** Rows `key | code`. In code `<n lines>` stands for n line ends and `<bare>` for no header; `~` hides a word from its rule. */
  function rowsOf(table: string): [string, string][] {
    const rows = table.replaceAll('~', '').trim().split('\n');
    return rows.map((row) => {
      const code = row.slice(row.indexOf(' | ') + 3).replace(/<(\d+) lines>/, (_, n: string) => '\n'.repeat(Number(n)));
      return [row.slice(0, row.indexOf(' | ')).trim(), code.startsWith('<bare>') ? code.slice(6) : header + code];
    });
  }

  test('offencesOf: a tree that keeps the rules has none', () => {
    expect(offencesOf(new Map(rowsOf(clean))).map(keyOf)).toEqual([]);
  });

  test.each(rowsOf(plants))('offencesOf: catches %s', (key, code) => {
    const file = key.split(': ')[1] ?? '';
    const found = offencesOf(new Map([...rowsOf(clean), [file, code]]));
    expect(found.map(keyOf)).toEqual([key]);
  });

  test('zones: no part may import from its own floor or from one above', () => {
    const floorOf = new Map(zones.map(({ at, floor }) => [at, floor]));
    const upward = zones.filter(({ floor, parts }) => parts.some((part) => (floorOf.get(part) ?? -1) >= floor));
    expect(upward).toEqual([]);
  });
});
