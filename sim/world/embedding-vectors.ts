/**
 * Embeddings as whole numbers: vectors of signed bytes that an index stores, and queries of seven bits that it is asked with.
 *
 * What is stored is scaled for all vectors of a set alike, so that longer ones stay longer; a query is scaled by itself, since its length
 * ranks nothing. Scales are chosen such that every dot product fits 16 bits (`lengthProductMax`): a stored vector is at most `storedLengthMax`
 * long, and a query as long as the longest stored vector leaves room for. Only sums, products and square roots: the same on every machine.
 * Pure. Invariant: |dot(stored, query)| <= 32767. Oracle: dot products of the given numbers (`test/sim/world/embedding-index.test.ts`).
 */
import { lengthProductMax, queryRange } from './embedding-kernel.ts';

/** Greatest length that stored vectors are scaled to. A unit vector of 64 dimensions then uses most of a signed byte. */
const storedLengthMax = 240;
const storedRange = 127;

/** Vectors, one after the other, as numbers of any kind. */
export interface VectorSet {
  readonly dimensions: number;
  readonly components: ArrayLike<number>;
}

export interface StoredVectors {
  readonly dimensions: number;
  readonly components: Int8Array;
  /** Greatest length of a stored vector. */
  readonly lengthMax: number;
}

/** How many vectors a set holds. */
export function vectorCount({ dimensions, components }: VectorSet): number {
  return Math.floor(components.length / dimensions);
}

/** All vectors in signed bytes, on one scale. */
export function storeVectors(set: VectorSet): StoredVectors {
  const { dimensions, components } = set;
  const count = vectorCount(set);
  let most = 0;
  let longest = 0;
  for (let vector = 0; vector < count; vector++) {
    longest = Math.max(longest, lengthOf(components, vector * dimensions, dimensions));
    for (let k = vector * dimensions; k < (vector + 1) * dimensions; k++)
      most = Math.max(most, Math.abs(components[k]));
  }
  const scale = most === 0 ? 0 : Math.min(storedRange / most, storedLengthMax / longest);
  const bytes = new Int8Array(count * dimensions);
  for (let k = 0; k < bytes.length; k++) bytes[k] = Math.round(components[k] * scale);
  return { dimensions, components: bytes, lengthMax: longestOf(bytes, dimensions) };
}

/** The greatest length among vectors of whole numbers. */
export function longestOf(components: ArrayLike<number>, dimensions: number): number {
  let longest = 0;
  for (let from = 0; from + dimensions <= components.length; from += dimensions) {
    longest = Math.max(longest, lengthOf(components, from, dimensions));
  }
  return longest;
}

/** Writes the query for vectors of at most `lengthMax` into `into`: whole numbers in [-63, 63]; all 0 for a vector of length 0. */
export function quantizeQuery(
  components: ArrayLike<number>,
  from: number,
  dimensions: number,
  lengthMax: number,
  into: Int8Array,
): void {
  let most = 0;
  for (let k = from; k < from + dimensions; k++) most = Math.max(most, Math.abs(components[k]));
  // Rounding lengthens a vector by at most half a unit in each dimension.
  const room = lengthProductMax / Math.max(1, lengthMax) - Math.sqrt(dimensions) / 2;
  const scale = most === 0 ? 0 : Math.min((queryRange - 1) / most, room / lengthOf(components, from, dimensions));
  for (let k = 0; k < dimensions; k++) into[k] = Math.round(components[from + k] * scale);
}

function lengthOf(components: ArrayLike<number>, from: number, dimensions: number): number {
  let square = 0;
  for (let k = from; k < from + dimensions; k++) square += components[k] * components[k];
  return Math.sqrt(square);
}
