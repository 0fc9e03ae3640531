/**
 * A network as the three file writers take it, and what they share: checks at the door, chunks, numbers by XML Schema.
 *
 * Nodes and edges are iterables, so that a network of any size passes through without being held; each is walked once.
 * Invariant: every row has as many values as attributes are declared, every edge an id of its own that the caller chose
 * (graphology's automatic edge keys differ from process to process, so a file with them is not reproducible).
 */
import { assertInvariant } from '../sim/ground/errors.ts';
import { escapeXml, type TextTally } from './escape.ts';

/** The type of an attribute. `integer` is written as a 64-bit one: Gephi's own integers end at 2^31. */
export type AttributeType = 'integer' | 'double' | 'string' | 'boolean';

/** A column of nodes or edges. */
export interface NetworkAttribute {
  readonly name: string;
  readonly type: AttributeType;
}

/** One value of an attribute; null is written as nothing at all. */
export type AttributeValue = string | number | boolean | null;

/** From one tick to another, both included. What lasts ends with the record: networkx reads no spell without an end. */
export interface Spell {
  readonly start: number;
  readonly end: number;
}

/** One node; `values` follow `nodeAttributes`. `position` and `spells` are written by GEXF alone. */
export interface NetworkNode {
  readonly id: string;
  readonly label?: string;
  readonly values: readonly AttributeValue[];
  readonly position?: { readonly x: number; readonly y: number };
  readonly spells?: readonly Spell[];
}

/** One edge; `values` follow `edgeAttributes`. An edge attribute of numbers named `weight` is written as the edge's weight. */
export interface NetworkEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly values: readonly AttributeValue[];
  readonly spells?: readonly Spell[];
}

/** A network on its way into a file. */
export interface NetworkFile {
  readonly directed: boolean;
  readonly nodeAttributes: readonly NetworkAttribute[];
  readonly nodes: Iterable<NetworkNode>;
  readonly edgeAttributes: readonly NetworkAttribute[];
  readonly edges: Iterable<NetworkEdge>;
  /** First and last tick, where nodes and edges have spells. */
  readonly time?: { readonly start: number; readonly end: number };
  readonly meta: { readonly creator: string; readonly description: string };
}

/** About 64 kB: a write call costs microseconds, so smaller chunks would spend the time in calls, larger ones only memory. */
export const chunkLength = 65_536;

/** Joins pieces into chunks of at least `chunkLength` characters; only the last one is shorter. */
export function* inChunks(pieces: Iterable<string>): Generator<string, void, undefined> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length >= chunkLength) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

/** A number in XML Schema's lexical form: `INF`, `-INF` and `NaN`; 0 for -0. */
export function xmlNumber(value: number): string {
  if (Number.isFinite(value)) return String(value === 0 ? 0 : value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'INF' : '-INF';
}

/** A value's text in an XML file, not escaped; null for a value that is absent. Asserts that the value fits its column. */
function xmlValue(value: AttributeValue, attribute: NetworkAttribute): string | null {
  if (value === null) return null;
  assertFits(value, attribute);
  return typeof value === 'number' ? xmlNumber(value) : String(value);
}

/** What `elementOf` makes of each value that is there, one after the other: it is given the column and the value's text, escaped. */
export function xmlElements(
  values: readonly AttributeValue[],
  attributes: readonly NetworkAttribute[],
  tally: TextTally,
  elementOf: (index: number, text: string) => string,
): string {
  let elements = '';
  attributes.forEach((attribute, index) => {
    const value = xmlValue(values[index] ?? null, attribute);
    if (value !== null) elements += elementOf(index, escapeXml(value, tally));
  });
  return elements;
}

/** Asserts that a value is of its column's type; an integer must be one that a double holds exactly. */
export function assertFits(value: Exclude<AttributeValue, null>, { name, type }: NetworkAttribute): void {
  const fits =
    type === 'integer'
      ? Number.isSafeInteger(value)
      : type === 'double'
        ? typeof value === 'number'
        : typeof value === type;
  assertInvariant(fits, `the attribute ${name} is declared as ${type} and was given a ${typeof value}`);
}

/** Asserts that names of attributes are distinct and leave the format's own columns alone. */
export function assertAttributes(attributes: readonly NetworkAttribute[], reserved: readonly string[]): void {
  const names = new Set(reserved);
  for (const { name } of attributes) {
    const key = name.toLowerCase();
    assertInvariant(!names.has(key), `the attribute name ${name} is taken`);
    names.add(key);
  }
}

/** Asserts that a row has one value for each attribute. */
export function assertRow(row: { readonly id: string; readonly values: readonly unknown[] }, count: number): void {
  assertInvariant(row.values.length === count, `${row.id} has ${row.values.length} values for ${count} attributes`);
}
