/**
 * Embeddings to measure with: unit vectors drawn uniformly or about centres, and the recall of what was found against all dot products.
 *
 * Clustered: a hundred centres, and about each a normal cloud in which two vectors of one centre have a cosine of some 0.8: what
 * sentences on one subject have.
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { mix32 } from '../../sim/ground/random.ts';

export type Arrangement = 'uniform' | 'clustered';

const centreCount = 100;
/** Length of the cloud's vectors beside a centre of length 1. */
const spread = 0.5;

/** Unit vectors, one after the other, in shared memory. */
export function drawVectors(count: number, dimensions: number, arrangement: Arrangement, seed: number): Float32Array {
  const vectors = new Float32Array(new SharedArrayBuffer(count * dimensions * 4));
  const normal = (stream: number, k: number): number =>
    normalQuantile(((mix32(mix32(stream) ^ k) >>> 0) + 0.5) / 0x1_0000_0000);
  for (let i = 0; i < count; i++) {
    const centre = (mix32(seed ^ mix32(i)) >>> 0) % centreCount;
    let square = 0;
    for (let k = 0; k < dimensions; k++) {
      const own = normal(seed + 1, i * dimensions + k) / Math.sqrt(dimensions);
      const shared = arrangement === 'uniform' ? 0 : normal(977, centre * dimensions + k) / Math.sqrt(dimensions);
      const component = arrangement === 'uniform' ? own : shared + spread * own;
      vectors[i * dimensions + k] = component;
      square += component * component;
    }
    const factor = 1 / Math.sqrt(square);
    for (let k = 0; k < dimensions; k++) vectors[i * dimensions + k] *= factor;
  }
  return vectors;
}

/** What is compared: the first `length` of what stands in `found` for each of these users. */
export interface RecallOrder {
  readonly vectors: Float32Array;
  readonly users: Float32Array;
  readonly dimensions: number;
  readonly length: number;
  readonly found: Int32Array;
  readonly sample: readonly number[];
}

/** Share of the exact best that was found, over the users of the sample: a vector that ties with the last of the exact ones counts. */
export function recallOf({ vectors, users, dimensions, length, found, sample }: RecallOrder): number {
  const count = vectors.length / dimensions;
  const scores = new Float64Array(count);
  let hits = 0;
  for (const user of sample) {
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let k = 0; k < dimensions; k++) sum += vectors[i * dimensions + k] * users[user * dimensions + k];
      scores[i] = sum;
    }
    const last = Float64Array.from(scores).sort()[count - length];
    for (let k = user * length; k < (user + 1) * length; k++) {
      if (found[k] >= 0 && scores[found[k]] >= last) hits++;
    }
  }
  return hits / (sample.length * length);
}
