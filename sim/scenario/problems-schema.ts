/**
 * What a zod schema says about one field: which schemas may stand at a path, which keys they know, what they expect in words.
 *
 * Reads a schema's definitions (`_zod.def`, zod 4) and the value that was validated; writes nothing. zod's issues say what
 * failed, but neither which keys were possible nor both ends of a range: those are found here, by walking down the path again.
 * Of a union, the members whose literals agree with the value are followed (`kind: popular` chooses its mapping).
 */
import { globalRegistry } from 'zod';
import type { z } from 'zod';
import type { FieldPath } from './problems-words.ts';

/** The parts of a definition that are read here; which of them exist depends on `type`. */
interface Definition {
  readonly type: string;
  readonly format?: string;
  readonly checks?: readonly { readonly _zod: { readonly def: Check } }[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly catchall?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly out?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly keyType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly items?: readonly z.core.$ZodType[];
  readonly rest?: z.core.$ZodType | null;
  readonly left?: z.core.$ZodType;
  readonly right?: z.core.$ZodType;
  readonly getter?: () => z.core.$ZodType;
}

interface Check {
  readonly check: string;
  readonly format?: string;
  readonly value?: unknown;
  readonly inclusive?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
}

function definitionOf(schema: z.core.$ZodType): Definition {
  return schema._zod.def;
}

/** A lazy schema may name itself. */
const unwrapDepthMax = 32;

/** The schema without what is wrapped around it; the members of a union one by one. */
function membersOf(schema: z.core.$ZodType | undefined, depth = 0): z.core.$ZodType[] {
  if (schema === undefined || depth > unwrapDepthMax) return [];
  const definition = definitionOf(schema);
  const all = (inner: readonly (z.core.$ZodType | undefined)[]) => inner.flatMap((one) => membersOf(one, depth + 1));
  switch (definition.type) {
    case 'union':
      return all(definition.options ?? []);
    case 'intersection':
      return all([definition.left, definition.right]);
    case 'lazy':
      return all([definition.getter?.()]);
    case 'pipe': {
      const isPreprocessed = definition.in !== undefined && definitionOf(definition.in).type === 'transform';
      return all([isPreprocessed ? definition.out : definition.in]);
    }
    default:
      return definition.innerType === undefined ? [schema] : all([definition.innerType]);
  }
}

/** The schemas that may stand at a path of the value: more than one below a union, none below an unknown key. */
export function schemasAt(root: z.core.$ZodType, value: unknown, path: FieldPath): z.core.$ZodType[] {
  let members = agreeing(membersOf(root), value);
  let here = value;
  for (const key of path) {
    here = childOf(here, key);
    const below = members.flatMap((member) => membersOf(belowOf(definitionOf(member), key)));
    members = agreeing(below, here);
  }
  return members;
}

function belowOf(definition: Definition, key: string | number): z.core.$ZodType | undefined {
  const { shape, items } = definition;
  if (definition.type === 'object') {
    return shape !== undefined && Object.hasOwn(shape, key) ? shape[key] : definition.catchall;
  }
  if (definition.type === 'record') return definition.valueType;
  if (typeof key !== 'number') return undefined;
  return definition.element ?? items?.[key] ?? definition.rest ?? undefined;
}

/** The part of a value under a key; undefined if there is none. */
export function childOf(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<string | number, unknown>>)[key];
}

/** Of several mappings, those whose literal fields the value has; all of them if it has none's. */
function agreeing(members: z.core.$ZodType[], value: unknown): z.core.$ZodType[] {
  if (members.length < 2 || typeof value !== 'object' || value === null) return members;
  const chosen = members.filter((member) => {
    const shape = definitionOf(member).shape ?? {};
    const literals = Object.entries(shape).filter(([, field]) => definitionOf(field).type === 'literal');
    return (
      literals.length > 0 && literals.every(([key, field]) => field._zod.values?.has(childOf(value, key) as never))
    );
  });
  return chosen.length > 0 ? chosen : members;
}

/** The keys that a mapping may have at a place with these schemas. */
export function keysOf(schemas: readonly z.core.$ZodType[]): string[] {
  const keys = schemas.flatMap((schema) => {
    const { shape, keyType } = definitionOf(schema);
    return [...Object.keys(shape ?? {}), ...[...(keyType?._zod.values ?? [])].map(String)];
  });
  return [...new Set(keys)];
}

/** The values that may be chosen among: of enumerations and literals. */
export function choicesOf(schemas: readonly z.core.$ZodType[]): unknown[] {
  const choices = schemas.flatMap((schema) =>
    ['enum', 'literal'].includes(definitionOf(schema).type) ? [...(schema._zod.values ?? [])] : [],
  );
  return [...new Set<unknown>(choices)];
}

/** Whether a schema's number is a share of 1: its metadata says so, or its range is [0, 1] and its name ends so. */
export function isShare(root: z.core.$ZodType, value: unknown, path: FieldPath): boolean {
  const range = schemasAt(root, value, path)
    .map(rangeOf)
    .find((one) => one !== undefined);
  if (range?.low !== 0 || range.high !== 1) return false;
  const name = path.findLast((key) => typeof key === 'string');
  return /Shares?$|^shares?$/.test(name ?? '') || schemasAt(root, value, path).some(isMarkedAsShare);
}

function isMarkedAsShare(schema: z.core.$ZodType): boolean {
  return globalRegistry.get(schema)?.['share'] === true;
}

/** The range of a number, of a text's length or of a list's. */
export interface Range {
  readonly isWhole: boolean;
  readonly low: number;
  readonly high: number;
  readonly lowExcluded: boolean;
  readonly highExcluded: boolean;
}

/** The range that a number must lie in; undefined for what is no number. */
export function rangeOf(schema: z.core.$ZodType): Range | undefined {
  const definition = definitionOf(schema);
  return definition.type === 'number' ? boundsOf(definition) : undefined;
}

function boundsOf(definition: Definition): Range {
  const range = {
    isWhole: definition.format !== undefined,
    low: -Infinity,
    high: Infinity,
    lowExcluded: false,
    highExcluded: false,
  };
  for (const { _zod } of definition.checks ?? []) {
    const { check, value, inclusive, minimum, maximum, length } = _zod.def;
    if (check === 'number_format') range.isWhole = true;
    const low = check === 'greater_than' ? value : (length ?? minimum);
    const high = check === 'less_than' ? value : (length ?? maximum);
    if (typeof low === 'number' && low >= range.low) {
      range.low = low;
      range.lowExcluded = inclusive === false;
    }
    if (typeof high === 'number' && high <= range.high) {
      range.high = high;
      range.highExcluded = inclusive === false;
    }
  }
  return range;
}

/** What is expected at a place, as a noun: `an integer from 1 to 100`, `a number above 0`, `one of a, b`, `true or false`. */
export function expectedText(schemas: readonly z.core.$ZodType[]): string {
  const choices = choicesOf(schemas);
  const nouns = schemas.filter((schema) => !['enum', 'literal'].includes(definitionOf(schema).type)).map(nounOf);
  if (choices.length > 0) nouns.push(choicesText(choices));
  return [...new Set(nouns)].join(' or ') || 'another value';
}

/** `one of a, b`, or the only choice there is. Every choice is named: the list is the scenario's own. */
export function choicesText(choices: readonly unknown[]): string {
  return choices.length === 1 ? String(choices[0]) : `one of ${choices.map(String).join(', ')}`;
}

const nouns: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  null: 'null',
  object: 'a mapping',
  record: 'a mapping',
  tuple: 'a list',
};

function nounOf(schema: z.core.$ZodType): string {
  const definition = definitionOf(schema);
  const range = boundsOf(definition);
  if (definition.type === 'number') return rangeText(range, range.isWhole ? 'an integer' : 'a number');
  if (definition.type === 'string') return sizeText(range, 'text', 'character');
  if (definition.type === 'array') return sizeText(range, 'a list', 'item');
  return nouns[definition.type] ?? 'another value';
}

function rangeText({ low, high, lowExcluded, highExcluded }: Range, noun: string): string {
  const hasLow = low > -Number.MAX_SAFE_INTEGER;
  const hasHigh = high < Number.MAX_SAFE_INTEGER;
  if (hasLow && hasHigh && !lowExcluded && !highExcluded) return `${noun} from ${low} to ${high}`;
  const parts = [];
  if (hasLow) parts.push(lowExcluded ? `above ${low}` : `of at least ${low}`);
  if (hasHigh) parts.push(highExcluded ? `below ${high}` : `of at most ${high}`);
  return [noun, parts.join(' and ')].filter((part) => part !== '').join(' ');
}

function sizeText({ low, high }: Range, noun: string, unit: string): string {
  const isBounded = Number.isFinite(low) || Number.isFinite(high);
  if (!isBounded) return noun;
  if (low === high) return `${noun} of ${low} ${unit}s`;
  if (!Number.isFinite(high)) return `${noun} of at least ${low} ${low === 1 ? unit : `${unit}s`}`;
  return `${noun} of ${Number.isFinite(low) ? low : 0} to ${high} ${unit}s`;
}
