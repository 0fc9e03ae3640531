/**
 * The population at tick 0 as a file of columns; its SHA-256 is link 0 of the chain.
 *
 * Layout: a line of JSON with the counts and the columns' lengths, then the columns in that order, little-endian; then, where agents
 * have traits, which the line names with their words, a column of each. The file
 * holds the canonical form, so that neither the order of rows in an input file nor the row layout can be seen in it.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { damaged, fileNames, readWhole, writeWhole } from './store.ts';
import type { ExternalIds, Population, TraitColumn } from '../world/population.ts';

const columnNames = [
  'keyLo',
  'keyHi',
  'interest',
  'profile',
  'wakesPerDay',
  'policy',
  'profileShares',
  'followOffset',
  'followee',
] as const;
type ColumnName = (typeof columnNames)[number];

const makers = {
  keyLo: Int32Array,
  keyHi: Int32Array,
  interest: Int8Array,
  profile: Uint16Array,
  wakesPerDay: Float32Array,
  policy: Uint8Array,
  profileShares: Float64Array,
  followOffset: Int32Array,
  followee: Int32Array,
} as const;

interface Opening {
  readonly format: 'mesocosm-population-1';
  readonly count: number;
  readonly idPrefix: string | null;
  readonly idBytes: number;
  readonly lengths: Record<ColumnName, number>;
  readonly traits?: readonly Omit<TraitColumn, 'value'>[];
}

/** SHA-256 of some bytes, which may come in parts. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The population as bytes, in pieces. */
function encode(population: Population): Uint8Array[] {
  const { ids } = population;
  const idBlock = 'list' in ids ? Buffer.from(JSON.stringify(ids.list)) : bytesOf(ids.number);
  const lengths = Object.fromEntries(columnNames.map((name) => [name, population[name].length])) as Opening['lengths'];
  const opening: Opening = {
    format: 'mesocosm-population-1',
    count: population.count,
    idPrefix: 'list' in ids ? null : ids.prefix,
    idBytes: idBlock.length,
    lengths,
    ...(population.traits === undefined ? {} : { traits: population.traits.map(wordsOfTrait) }),
  };
  return [
    Buffer.from(JSON.stringify(opening) + '\n'),
    idBlock,
    ...columnNames.map((name) => bytesOf(population[name])),
    ...(population.traits ?? []).map(({ value }) => bytesOf(value)),
  ];
}

function wordsOfTrait({ name, labels }: TraitColumn): Omit<TraitColumn, 'value'> {
  return labels === undefined ? { name } : { name, labels };
}

function bytesOf(column: { buffer: ArrayBufferLike; byteOffset: number; byteLength: number }): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** The digest of a canonical population. */
export function digestPopulation(population: Population): Uint8Array {
  const hash = createHash('sha256');
  for (const piece of encode(population)) hash.update(piece);
  return hash.digest();
}

/** Writes the population into a run directory. */
export function writePopulation(directory: string, population: Population): void {
  writeWhole(join(directory, fileNames.population), Buffer.concat(encode(population)));
}

/** Reads the population of a run and checks it against the digest that the manifest holds. */
export function readPopulation(directory: string, digest: string): Population {
  const bytes = readWhole(directory, fileNames.population);
  if (Buffer.from(sha256(bytes)).toString('hex') !== digest) {
    const found = 'the digest of the population is not the one in the manifest';
    throw damaged(join(directory, fileNames.population), found);
  }
  const end = bytes.indexOf(10);
  const opening = JSON.parse(Buffer.from(bytes.subarray(0, end)).toString()) as Opening;
  let at = end + 1;
  const take = (byteLength: number): ArrayBuffer => {
    const piece = bytes.slice(at, at + byteLength).buffer;
    at += byteLength;
    return piece;
  };
  const ids = readIds(opening, take(opening.idBytes));
  const columns = Object.fromEntries(
    columnNames.map((name) => {
      const make = makers[name];
      return [name, new make(take(opening.lengths[name] * make.BYTES_PER_ELEMENT))];
    }),
  );
  const { count, traits } = opening;
  const read = traits?.map((trait) => ({
    ...trait,
    value: new Int32Array(take(count * Int32Array.BYTES_PER_ELEMENT)),
  }));
  return {
    ...{ count, ids, ...(columns as unknown as Omit<Population, 'count' | 'ids'>) },
    ...(read === undefined ? {} : { traits: read }),
  };
}

function readIds(opening: Opening, block: ArrayBuffer): ExternalIds {
  if (opening.idPrefix !== null) return { prefix: opening.idPrefix, number: new Int32Array(block) };
  return { list: JSON.parse(Buffer.from(block).toString()) as string[] };
}
