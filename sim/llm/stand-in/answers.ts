/**
 * What the stand-in answers: a pure function of the prompt. It is no language model, and each of its answers says so.
 *
 * A hash of model, messages and seed seeds every choice. Without a form it says a line with words of a fixed list; with a JSON Schema it makes a value of that
 * schema: the first that fits of each branch, enumerations by hash, numbers inside their bounds, texts with its name in them. It
 * understands nothing: what it answers may be legal, never sensible.
 * Invariant: equal prompts have equal answers, in every process and version.
 */
import { createHash } from 'node:crypto';
import { mix32, unitOf } from '../../ground/random.ts';

/** The name under which it answers, whatever it was asked for. */
export const standInModel = 'stand-in-no-language-model';

const words =
  'amber basin cedar delta ember fjord grove harbor islet juniper kelp lagoon meadow nectar orchard pebble quarry reef spruce thicket upland valley willow yarrow'.split(
    ' ',
  );

/** Draws of one prompt, each a number in [0, 1). */
export type Draw = () => number;

/** The draws of a text. */
export function drawsOf(text: string): Draw {
  const seed = createHash('sha256').update(text, 'utf8').digest().readInt32LE(0);
  let index = 0;
  return () => unitOf(mix32(seed + Math.imul(++index, 0x9e3779b1)));
}

/** A line of free text. */
export function plainAnswer(draw: Draw): string {
  const count = 3 + Math.floor(draw() * 6);
  return `[stand-in, no language model] ${Array.from({ length: count }, () => pick(draw, words)).join(' ')}`;
}

function pick<Item>(draw: Draw, items: readonly Item[]): Item {
  return items[Math.floor(draw() * items.length)];
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

const depthMax = 12;

/** A value that a JSON Schema allows: objects, lists, enumerations, constants, branches, numbers, texts, truth values. Patterns are not made. */
export function valueOf(draw: Draw, schema: unknown, root: unknown = schema, depth = 0): unknown {
  const node = (typeof schema === 'object' && schema !== null ? schema : {}) as Schema;
  if (depth > depthMax) return null;
  if (node.const !== undefined) return node.const;
  if (node.enum !== undefined && node.enum.length > 0) return pick(draw, node.enum);
  if (node.$ref !== undefined) return valueOf(draw, referred(node.$ref, root), root, depth + 1);
  const branches = node.anyOf ?? node.oneOf;
  if (branches !== undefined && branches.length > 0) return valueOf(draw, pick(draw, branches), root, depth + 1);
  if (node.allOf !== undefined)
    return Object.assign({}, ...node.allOf.map((part) => valueOf(draw, part, root, depth + 1)));
  const type = typeof node.type === 'string' ? node.type : (node.type?.[0] ?? (node.properties ? 'object' : 'string'));
  return ofType(draw, type, node, root, depth);
}

function referred(reference: string, root: unknown): unknown {
  let node: unknown = root;
  for (const step of reference.replace(/^#\/?/, '').split('/')) {
    if (step !== '') node = (node as Record<string, unknown> | undefined)?.[step];
  }
  return node;
}

function ofType(draw: Draw, type: string, node: Schema, root: unknown, depth: number): unknown {
  if (type === 'object') {
    const fields = Object.entries(node.properties ?? {});
    return Object.fromEntries(fields.map(([name, field]) => [name, valueOf(draw, field, root, depth + 1)]));
  }
  if (type === 'array') {
    const least = node.minItems ?? 0;
    const count = Math.max(least, Math.min(node.maxItems ?? least + 2, least + Math.floor(draw() * 3)));
    return Array.from({ length: count }, () => valueOf(draw, node.items, root, depth + 1));
  }
  if (type === 'integer' || type === 'number') return numberOf(draw, node, type === 'integer');
  if (type === 'boolean') return draw() < 0.5;
  return type === 'null' ? null : textOf(draw, node);
}

function numberOf(draw: Draw, node: Schema, isInteger: boolean): number {
  const least = node.minimum ?? (node.exclusiveMinimum === undefined ? undefined : node.exclusiveMinimum + 1);
  const most = node.maximum ?? (node.exclusiveMaximum === undefined ? undefined : node.exclusiveMaximum - 1);
  // Schemas made from safe integers bound them by 2^53: a small number is as good there.
  const low = least === undefined || least < -1e9 ? Math.min(0, most ?? 0) : least;
  const high = Math.max(low, most === undefined || most > 1e9 ? low + 10 : most);
  return isInteger
    ? Math.ceil(low) + Math.floor(draw() * (Math.floor(high) - Math.ceil(low) + 1))
    : low + draw() * (high - low);
}

function textOf(draw: Draw, { minLength = 0, maxLength = Infinity }: Schema): string {
  let text = plainAnswer(draw);
  while (text.length < minLength) text += ` ${pick(draw, words)}`;
  return text.slice(0, maxLength);
}

/** A vector of hashed words: equal texts have equal vectors, texts with common words have a positive product. Length 1. */
export function embeddingOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    const hash = createHash('sha256').update(word, 'utf8').digest();
    vector[hash.readUInt32LE(0) % dimensions] += hash[4] < 128 ? 1 : -1;
  }
  const norm = Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
  return norm === 0 ? vector : vector.map((x) => x / norm);
}

/** Tokens as the stand-in counts them: one for each four bytes. It has no tokenizer. */
export function standInTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / 4);
}
