/**
 * Directions in many dimensions as signed bytes: vectors that a model of meaning made, and the cosine of two.
 *
 * A vector is scaled by its greatest component to 127 and rounded, once, when it arrives; from there on all is arithmetic on whole numbers and one
 * square root, so that every machine and every replay comes to the same.
 * Pure. Oracle: cosines in numpy (`test/fixtures/direction-reference.py`).
 */

/** Greatest component of a stored vector. */
const most = 127;

/** Signed bytes in the direction of the given numbers, which must be finite; all 0 for the null vector. */
export function quantizeDirection(vector: readonly number[]): Int8Array {
  const greatest = vector.reduce((sum, one) => Math.max(sum, Math.abs(one)), 0);
  if (greatest === 0) return new Int8Array(vector.length);
  return Int8Array.from(vector, (one) => Math.round((one / greatest) * most));
}

/** Sum of the squares of a vector's components. */
export function squareOf(vector: Int8Array): number {
  let sum = 0;
  for (const one of vector) sum += one * one;
  return sum;
}

/** Cosine of two vectors of one length, in [-1, 1]; 0 where one is null. */
export function cosineOf(x: Int8Array, y: Int8Array): number {
  let [dot, own, other] = [0, 0, 0];
  for (let k = 0; k < x.length; k++) {
    dot += x[k] * y[k];
    own += x[k] * x[k];
    other += y[k] * y[k];
  }
  return dot === 0 ? 0 : Math.max(-1, Math.min(1, dot / (Math.sqrt(own) * Math.sqrt(other))));
}
