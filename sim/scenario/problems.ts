/**
 * Validation: a document against a zod schema, with every mistake of the pass reported at its line in the words of our catalogue.
 *
 * Reads a document and a schema; returns what the schema makes of the value (defaults filled in) or throws one InputError.
 * Order: by line. One field has at most one problem of type or range, the first that zod found; a refinement speaks only once
 * the fields beneath it are sound, as zod has it. Invariant: a value is echoed, clipped and escaped, and a secret never is.
 */
import type { z } from 'zod';
import { inputCodes } from '../ground/errors.ts';
import type { InputCode, Problem } from '../ground/errors.ts';
import type { Document } from './document.ts';
import { ProblemList } from './problems-list.ts';
import {
  childOf,
  choicesOf,
  choicesText,
  expectedText,
  isShare,
  keysOf,
  rangeOf,
  schemasAt,
} from './problems-schema.ts';
import { shownValue } from './problems-secrets.ts';
import { countOf, listNames, nearestName, pathText } from './problems-words.ts';
import type { FieldPath } from './problems-words.ts';

/**
 * What the schema makes of the document's value. Throws an InputError with all problems of the pass, by line.
 * A refinement chooses its own code and next step: `{ code: 'custom', message, params: { code: InputCode, next?: string } }`;
 * its message continues the field's path, as in `must add up to 1, got 0.9`. Without a code it is INPUT_COMBINATION.
 */
export function validate<T>(schema: z.ZodType<T>, document: Document): T {
  const result = schema.safeParse(document.value);
  if (result.success) return result.data;
  const problems = new ProblemList(document.place([], 'value').file);
  const told = new Set<string>();
  const context: Context = { schema, document };
  for (const issue of result.error.issues.flatMap((one) => settle(one, context))) {
    const key = issue.code === 'custom' || issue.code === 'unrecognized_keys' ? undefined : pathText(pathOf(issue));
    if (key !== undefined && told.has(key)) continue;
    if (key !== undefined) told.add(key);
    for (const made of problemsOf(issue, context)) problems.add(made);
  }
  problems.throwIfAny();
  // zod failed without an issue: it never does, and a caller must not go on without a value.
  throw result.error;
}

type Issue = z.core.$ZodIssue;

interface Context {
  readonly schema: z.core.$ZodType;
  readonly document: Document;
}

function pathOf(issue: Issue): FieldPath {
  return issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
}

/**
 * An issue of a union, settled: the issues of the member that was meant, with their whole path. That is the only member whose
 * type fits, or, of several, the one with the fewest issues; if no type fits, the union's own issue stands for all.
 */
function settle(issue: Issue, context: Context): Issue[] {
  if (issue.code !== 'invalid_union' || valueAt(context, pathOf(issue)) === undefined) return [issue];
  const fitting = issue.errors.filter((errors) => errors.every((error) => error.path.length > 0 || !isMismatch(error)));
  const [best] = fitting.sort((a, b) => a.length - b.length);
  if (best === undefined) return [issue];
  return best.flatMap((inner) => settle({ ...inner, path: [...issue.path, ...inner.path] }, context));
}

function isMismatch({ code }: Issue): boolean {
  return code === 'invalid_type' || code === 'invalid_value';
}

function valueAt({ document }: Context, path: FieldPath): unknown {
  return path.reduce<unknown>(childOf, document.value);
}

/** The problems of an issue, each as a function: a hundred thousand unknown keys are counted, but not each compared with all. */
function problemsOf(issue: Issue, context: Context): (() => Problem)[] {
  const path = pathOf(issue);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => () => unknownField(key, path, context));
  return [() => problemOf(issue, path, context)];
}

function problemOf(issue: Issue, path: FieldPath, context: Context): Problem {
  if (issue.code === 'custom') return customProblem(issue, path, context);
  if (issue.code === 'invalid_key') return unknownKey(path, context);
  if (valueAt(context, path) === undefined) return missing(path, context);
  switch (issue.code) {
    case 'invalid_type':
      return isRounding(issue, context) ? outOfRange(path, context) : wrongType(path, context);
    case 'invalid_value':
      return wrongChoice(path, context);
    case 'invalid_union':
      if (issue.discriminator === undefined) return wrongChoice(path, context);
      return wrongKind(path, issue.discriminator, context);
    case 'too_small':
    case 'too_big':
      return isNumeric(issue.origin) ? outOfRange(path, context) : wrongSize(path, context);
    case 'not_multiple_of':
      return notMultiple(path, issue.divisor, context);
    case 'invalid_format':
      return badName(path, issue.message, context);
    default:
      return wrongType(path, context);
  }
}

function problem(code: InputCode, path: FieldPath, of: 'key' | 'value', { document }: Context, text: Message): Problem {
  return { code, place: document.place(path, of), found: text.found, next: text.next };
}

interface Message {
  readonly found: string;
  readonly next: string;
}

function customProblem(issue: z.core.$ZodIssueCustom, path: FieldPath, context: Context): Problem {
  const params = issue.params ?? {};
  const code: unknown = params['code'];
  const next: unknown = params['next'];
  const known = typeof code === 'string' && Object.hasOwn(inputCodes, code) ? (code as InputCode) : 'INPUT_COMBINATION';
  const text = {
    found: `${pathText(path)} ${issue.message.replace(/\.$/, '')}`,
    next: typeof next === 'string' ? next : 'Change one of the fields concerned.',
  };
  return problem(known, path, 'value', context, text);
}

function unknownField(key: string, path: FieldPath, context: Context): Problem {
  const keys = keysOf(schemasAt(context.schema, context.document.value, path));
  const meant = nearestName(key, keys);
  const whole = [...path, key];
  const list = keys.length === 0 ? 'Remove it.' : `Fields here: ${listNames(keys)}.`;
  const next = meant === undefined ? list : `Did you mean ${meant}?`;
  return problem('INPUT_UNKNOWN_FIELD', whole, 'key', context, { found: `${pathText(whole)} is not a field`, next });
}

/** A key of a record that its schema of keys refuses: a choice among names, or a form that names must have. */
function unknownKey(path: FieldPath, context: Context): Problem {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  if (keysOf(schemasAt(context.schema, context.document.value, parent)).length > 0)
    return unknownField(key, parent, context);
  const text = { found: `${pathText(path)} has a key that is no name here`, next: 'Use letters, digits, - and _.' };
  return problem('INPUT_NAME', path, 'key', context, text);
}

function missing(path: FieldPath, context: Context): Problem {
  const expected = expectedText(schemasAt(context.schema, context.document.value, path));
  const text = { found: `${pathText(path)} is missing`, next: `Add it: ${expected}.` };
  return problem('INPUT_REQUIRED', path, 'key', context, text);
}

function wrongType(path: FieldPath, context: Context): Problem {
  const value = valueAt(context, path);
  const schemas = schemasAt(context.schema, context.document.value, path);
  const expected = expectedText(schemas);
  const found = `${pathText(path)} must be ${expected}, got ${shownValue(value)}`;
  return problem('INPUT_TYPE', path, 'value', context, { found, next: typeHint(value, expected) });
}

function typeHint(value: unknown, expected: string): string {
  const text = typeof value === 'string' ? value.trim() : undefined;
  if (text !== undefined && /^an? (?:integer|number)/.test(expected) && text !== '' && Number.isFinite(Number(text))) {
    return `Write ${Number(text)} without quotes.`;
  }
  if (text !== undefined && /^(?:yes|no|on|off|y|n|true|false)$/i.test(text) && expected.startsWith('true')) {
    return `Write ${/^(?:yes|on|y|true)$/i.test(text)} without quotes.`;
  }
  const isScalar = typeof value === 'number' || typeof value === 'boolean' || value === null;
  if (isScalar && expected.startsWith('text')) return 'Put it in quotes.';
  return `Write ${expected}.`;
}

function wrongChoice(path: FieldPath, context: Context): Problem {
  const schemas = schemasAt(context.schema, context.document.value, path);
  const choices = choicesOf(schemas);
  const value = valueAt(context, path);
  if (!choices.some((choice) => typeof choice === typeof value)) return wrongType(path, context);
  const found = `${pathText(path)} must be ${expectedText(schemas)}, got ${shownValue(value)}`;
  if (path.length === 1 && path[0] === 'version') {
    return problem('INPUT_VERSION', path, 'value', context, { found, next: versionHint(value, choices) });
  }
  return problem('INPUT_UNKNOWN_NAME', path, 'value', context, { found, next: choiceHint(value, choices) });
}

/** A file that is newer needs another program; one that is older, or wrong, another file. */
function versionHint(value: unknown, choices: readonly unknown[]): string {
  const isNewer = Number(value) > Math.max(...choices.map(Number));
  return isNewer ? 'Use a newer version of this program.' : `Write ${choicesText(choices)}.`;
}

function choiceHint(value: unknown, choices: readonly unknown[]): string {
  const meant = nearestName(String(value), choices.map(String));
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return choices.length === 1 ? `Write ${String(choices[0])}.` : 'Choose one of them.';
}

/** A mapping whose `kind` is not among those of its union: the problem stands at the kind. */
function wrongKind(path: FieldPath, discriminator: string, context: Context): Problem {
  const whole = path.at(-1) === discriminator ? path : [...path, discriminator];
  const parent = valueAt(context, whole.slice(0, -1));
  if (typeof parent !== 'object' || parent === null || Array.isArray(parent))
    return wrongType(whole.slice(0, -1), context);
  return valueAt(context, whole) === undefined ? missing(whole, context) : wrongChoice(whole, context);
}

function isNumeric(origin: string): boolean {
  return origin === 'number' || origin === 'int' || origin === 'bigint';
}

/** zod calls 1.5 for an integer a wrong type; for a user it is a number out of range. */
function isRounding(issue: Issue, context: Context): boolean {
  return (
    issue.code === 'invalid_type' && issue.expected === 'int' && typeof valueAt(context, pathOf(issue)) === 'number'
  );
}

function outOfRange(path: FieldPath, context: Context): Problem {
  const value = Number(valueAt(context, path));
  if (isShare(context.schema, context.document.value, path)) {
    const found = `${pathText(path)} must lie in [0, 1], got ${value}`;
    const next =
      value > 1 && value <= 100 ? `Write ${shareText(value)} for ${value} %.` : 'Write a share of 1, such as 0.4.';
    return problem('INPUT_SHARE_RANGE', path, 'value', context, { found, next });
  }
  const schemas = schemasAt(context.schema, context.document.value, path);
  const range = schemas.map(rangeOf).find((one) => one !== undefined);
  const found = `${pathText(path)} must be ${expectedText(schemas)}, got ${value}`;
  return problem('INPUT_FIELD_RANGE', path, 'value', context, { found, next: boundHint(value, range) });
}

/** 40 as 0.4, 33.3 as 0.333: the quotient may carry a last digit that nobody wrote. */
function shareText(percent: number): string {
  return String(Number((percent / 100).toPrecision(12)));
}

function boundHint(value: number, range: ReturnType<typeof rangeOf>): string {
  if (range === undefined) return 'Write another number.';
  if (value < range.low || (range.lowExcluded && value === range.low)) {
    return range.lowExcluded ? `Write more than ${range.low}.` : `Write ${range.low} or more.`;
  }
  if (value > range.high || (range.highExcluded && value === range.high)) {
    return range.highExcluded ? `Write less than ${range.high}.` : `Write ${range.high} or less.`;
  }
  return Number.isInteger(value) ? 'Write another number.' : `Write ${Math.floor(value)} or ${Math.ceil(value)}.`;
}

function wrongSize(path: FieldPath, context: Context): Problem {
  const value = valueAt(context, path);
  const isText = typeof value === 'string';
  const size = isText || Array.isArray(value) ? value.length : Object.keys(value as object).length;
  const expected = expectedText(schemasAt(context.schema, context.document.value, path));
  const got = isText ? countOf(size, 'character') : countOf(size, 'item');
  const found = `${pathText(path)} must be ${expected}, got ${got}`;
  const next = isText ? 'Write a text of that length.' : 'Add or remove items.';
  return problem('INPUT_FIELD_RANGE', path, 'value', context, { found, next });
}

function notMultiple(path: FieldPath, divisor: unknown, context: Context): Problem {
  const value = Number(valueAt(context, path));
  const found = `${pathText(path)} must be a multiple of ${String(divisor)}, got ${value}`;
  const step = Number(divisor);
  const next = `Write ${Math.round(value / step) * step}.`;
  return problem('INPUT_FIELD_RANGE', path, 'value', context, { found, next });
}

/** The schema's own message is used if it has one; zod's speaks of patterns. */
function badName(path: FieldPath, message: string, context: Context): Problem {
  const isOwn = !message.startsWith('Invalid ');
  const found = `${pathText(path)} is no name that is allowed here, got ${shownValue(valueAt(context, path))}`;
  const next = isOwn ? `${message.replace(/\.$/, '')}.` : 'Use lower-case letters, digits, -, _ and points.';
  return problem('INPUT_NAME', path, 'value', context, { found, next });
}
