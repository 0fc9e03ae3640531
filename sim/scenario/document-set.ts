/**
 * `--set path=value` of the command line: one field of a scenario, changed before validation.
 *
 * Reads a value, a path and the raw text of the new value; returns a copy that shares what did not change. Problems of what the
 * flag set are placed at `--set`, during validation too. The raw text is a scalar of YAML's core schema, taken literally: only
 * what begins with `[`, `{` or a quote is parsed, so that `Study: the second` is a text and not a mapping.
 */
import type { z } from 'zod';
import { InputError, echo } from '../ground/errors.ts';
import type { InputCode } from '../ground/errors.ts';
import { parseDocument } from './document.ts';
import type { Document } from './document.ts';
import { emptyMapping, isForbiddenKey, nestingMax } from './document-tree.ts';
import { keysOf, schemasAt } from './problems-schema.ts';
import { listNames, nearestName, pathText } from './problems-words.ts';
import type { FieldPath } from './problems-words.ts';

const place = { file: '--set' };

/**
 * A copy of `value` in which `path` (`a.b[2].c`, `a["odd key"].b`) holds what `raw` says. Mappings on the way are created, items
 * of a list must exist. With a schema, a key that it does not know is refused at once.
 */
export function setPath(value: unknown, path: string, raw: string, schema?: z.core.$ZodType): unknown {
  const keys = parsePath(path);
  if (schema !== undefined) refuseUnknownKeys(schema, value, keys);
  return replaced(value, keys, 0, parseRaw(raw));
}

/** A copy of the document with one field set; what lies at or below that field has its place at `--set`. */
export function withSetting(document: Document, path: string, raw: string, schema?: z.core.$ZodType): Document {
  const keys = parsePath(path);
  const value = setPath(document.value, path, raw, schema);
  const isSet = (asked: FieldPath) => keys.every((key, index) => asked[index] === key);
  return {
    file: document.file,
    value,
    place: (asked, of) => (isSet(asked) ? place : document.place(asked, of)),
    textPlace: (asked) => (isSet(asked) ? place : document.textPlace(asked)),
  };
}

/** Longest path, and longest value, that a flag may give. */
const rawLengthMax = 65_536;

function refuse(code: InputCode, found: string, next: string): never {
  throw new InputError({ code, place, found, next });
}

/** The keys of a path: names between points, `[2]` for an item, `["…"]` for a name with points or brackets. */
export function parsePath(path: string): (string | number)[] {
  const keys: (string | number)[] = [];
  const step = /(?:^|\.)([^.[\]"\s]+)|\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (step.lastIndex < path.length) {
    const match = path.length > rawLengthMax ? null : step.exec(path);
    if (match === null)
      refuse('INPUT_USAGE', `${echo(path)} is no path of a field`, 'Write it as in agents.groups[0].share.');
    const [, name, index, quoted] = match;
    keys.push(index !== undefined ? Number(index) : (name ?? unquoted(quoted)));
    if (keys.length > nestingMax) refuse('INPUT_TOO_DEEP', `the path is more than ${nestingMax} deep`, 'Shorten it.');
  }
  if (keys.length === 0) refuse('INPUT_USAGE', 'no field is named', 'Write --set path=value.');
  for (const key of keys) {
    if (typeof key === 'string' && isForbiddenKey(key)) {
      refuse(
        'INPUT_FORBIDDEN_KEY',
        `the key ${echo(key)} is refused, since it could change an object's prototype`,
        'Remove it.',
      );
    }
  }
  return keys;
}

function unquoted(quoted: string | undefined): string {
  const { value } = parseDocument(quoted ?? '', place.file, 'json');
  return String(value);
}

function refuseUnknownKeys(schema: z.core.$ZodType, value: unknown, keys: FieldPath): void {
  keys.forEach((key, index) => {
    const parent = keys.slice(0, index);
    const whole = keys.slice(0, index + 1);
    if (schemasAt(schema, value, whole).some((one) => one._zod.def.type !== 'never')) return;
    const known = keysOf(schemasAt(schema, value, parent));
    const meant = nearestName(String(key), known);
    const list = known.length === 0 ? `${pathText(parent)} has no fields.` : `Fields here: ${listNames(known)}.`;
    const next = meant === undefined ? list : `Did you mean ${meant}?`;
    refuse('INPUT_UNKNOWN_FIELD', `${pathText(whole)} is not a field`, next);
  });
}

/** What YAML's core schema reads as null, a boolean or a number (YAML 1.2.2, section 10.3.2), malformed ones like 007 included. */
const coreScalar =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

function parseRaw(raw: string): unknown {
  if (raw.length > rawLengthMax) refuse('INPUT_TOO_LARGE', 'the value is longer than 64 KiB', 'Write it into a file.');
  const text = raw.trim();
  if (text === '') refuse('INPUT_EMPTY', 'no value is given', 'Write --set path=value; an empty text is "".');
  if (coreScalar.test(text) || /^[[{"']/.test(text)) return parseDocument(text, place.file, 'yaml').value;
  return checkedText(text);
}

function checkedText(text: string): string {
  if (!/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) && text.isWellFormed()) return text;
  return refuse('INPUT_SYNTAX', `a control character stands in ${echo(text)}`, 'Remove it.');
}

function replaced(value: unknown, keys: FieldPath, depth: number, leaf: unknown): unknown {
  if (depth === keys.length) return leaf;
  const key = keys[depth];
  const here = pathText(keys.slice(0, depth));
  if (Array.isArray(value)) {
    if (typeof key !== 'number' || key >= value.length) {
      refuse(
        'INPUT_FIELD_RANGE',
        `${here} has ${value.length} items and no ${echo(key)}`,
        `Write ${here}[0] for its first item.`,
      );
    }
    return value.with(key, replaced(value[key], keys, depth + 1, leaf));
  }
  const isMapping = typeof value === 'object' && value !== null;
  if (value !== undefined && value !== null && !isMapping) {
    refuse('INPUT_TYPE', `${here} is ${echo(value)} and has no fields`, 'Set the field itself.');
  }
  if (typeof key === 'number') refuse('INPUT_TYPE', `${here} is not a list`, 'Name a field with a point.');
  const copy = Object.assign(emptyMapping(), value);
  copy[key] = replaced(copy[key], keys, depth + 1, leaf);
  return copy;
}
