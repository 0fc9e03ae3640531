/**
 * Sobol's sequence: points that fill a cube more evenly than draws do, in up to 64 dimensions.
 *
 * Pure. A point is made from the one before it by one exclusive or a dimension (Gray code order: Antonov and Saleev 1979), of 32-bit
 * direction numbers. The plain sequence begins at the origin; a shift by random words (exclusive or, the same word for all points of a
 * dimension) keeps every balance and moves the corner away. Invariant: any 2^m points in a row from the first on put one point into each of
 * the 2^m equal parts of each axis. Oracle: scipy.stats.qmc.Sobol without scrambling (`test/data/sobol.json`).
 * Source: direction numbers of S. Joe and F. Y. Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM J. Sci.
 * Comput. 30, 2008: the first rows of their table new-joe-kuo-6. Each entry is a primitive polynomial over two elements as a binary number,
 * then the initial numbers, of which there are as many as its degree.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

const directionRows = [
  '3 1; 7 1 3; 11 1 3 1; 13 1 1 1; 19 1 1 3 3; 25 1 3 5 13; 37 1 1 5 5 17; 41 1 1 5 5 5; 47 1 1 7 11 19;',
  '55 1 1 5 1 1; 59 1 1 1 3 11; 61 1 3 5 5 31; 67 1 3 3 9 7 49; 91 1 1 1 15 21 21; 97 1 3 1 13 27 49;',
  '103 1 1 1 15 7 5; 109 1 3 1 15 13 25; 115 1 1 5 5 19 61; 131 1 3 7 11 23 15 103; 137 1 3 7 13 13 15 69;',
  '143 1 1 3 13 7 35 63; 145 1 3 5 9 1 25 53; 157 1 3 1 13 9 35 107; 167 1 3 1 5 27 61 31; 171 1 1 5 11 19 41 61;',
  '185 1 3 5 3 3 13 69; 191 1 1 7 13 1 19 1; 193 1 3 7 5 13 19 59; 203 1 1 3 9 25 29 41; 211 1 3 5 13 23 1 55;',
  '213 1 3 7 3 13 59 17; 229 1 3 1 3 5 53 69; 239 1 1 5 5 23 33 13; 241 1 1 7 7 1 61 123; 247 1 1 7 9 13 61 49;',
  '253 1 3 3 5 3 55 33; 285 1 3 1 15 31 13 49 245; 299 1 3 5 15 31 59 63 97; 301 1 3 1 11 11 11 77 249;',
  '333 1 3 1 11 27 43 71 9; 351 1 1 7 15 21 11 81 45; 355 1 3 7 3 25 31 65 79; 357 1 3 1 1 19 11 3 205;',
  '361 1 1 5 9 19 21 29 157; 369 1 3 7 11 1 33 89 185; 391 1 3 3 3 15 9 79 71; 397 1 3 7 11 15 39 119 27;',
  '425 1 1 3 1 11 31 97 225; 451 1 1 1 3 23 43 57 177; 463 1 3 7 7 17 17 37 71; 487 1 3 1 5 27 63 123 213;',
  '501 1 1 3 5 11 43 53 133; 529 1 3 5 5 29 17 47 173 479; 539 1 3 3 11 3 1 109 9 69; 545 1 1 1 5 17 39 23 5 343;',
  '557 1 3 1 5 25 15 31 103 499; 563 1 1 1 11 11 17 63 105 183; 601 1 1 5 11 9 29 97 231 363;',
  '607 1 1 5 15 19 45 41 7 383; 617 1 3 7 7 31 19 83 137 221; 623 1 1 1 3 23 15 111 223 83;',
  '631 1 1 5 13 31 15 55 25 161; 637 1 1 3 13 25 47 39 87 257;',
]
  .join(' ')
  .split(';')
  .map((entry) => entry.trim())
  .filter((entry) => entry !== '')
  .map((entry) => entry.split(' ').map(Number));

/** Most dimensions of a sequence. */
export const sobolDimensionMax = directionRows.length + 1;

const wordBits = 32;
const unit32 = 1 / 0x1_0000_0000;

/** The first `count` points, a row a point, each coordinate a multiple of 2^-32 in [0, 1). With a stream: shifted at random. */
export function sobolPoints(dimension: number, count: number, stream?: RandomStream): Float64Array[] {
  assertInvariant(dimension >= 1 && dimension <= sobolDimensionMax, `dimensions lie in [1, ${sobolDimensionMax}]`);
  assertInvariant(count >= 0 && count < 0x1_0000_0000, 'points are fewer than 2^32');
  const directions = Array.from({ length: dimension }, (_, axis) => directionsOf(axis));
  const word = new Uint32Array(dimension);
  for (let axis = 0; axis < dimension; axis++) word[axis] = stream?.uint32() ?? 0;
  return Array.from({ length: count }, (_, point) => {
    if (point > 0) {
      const changed = trailingZeros(point);
      for (let axis = 0; axis < dimension; axis++) word[axis] ^= directions[axis][changed];
    }
    return Float64Array.from(word, (one) => one * unit32);
  });
}

function trailingZeros(value: number): number {
  return 31 - Math.clz32(value & -value);
}

/** Direction numbers of an axis, scaled to 32 bits: entry k has its highest bit at place 31 - k. */
function directionsOf(axis: number): Uint32Array {
  const direction = new Uint32Array(wordBits);
  if (axis === 0) {
    for (let k = 0; k < wordBits; k++) direction[k] = 2 ** (31 - k);
    return direction;
  }
  const [polynomial, ...initial] = directionRows[axis - 1];
  const degree = initial.length;
  for (let k = 0; k < wordBits; k++) {
    if (k < degree) {
      direction[k] = initial[k] * 2 ** (31 - k);
      continue;
    }
    // m_k = m_(k-s) ^ (m_(k-s) >> s) ^ the terms of the polynomial between its first and last.
    let next = direction[k - degree] ^ (direction[k - degree] >>> degree);
    for (let term = 1; term < degree; term++) {
      if (((polynomial >>> (degree - term)) & 1) === 1) next ^= direction[k - term];
    }
    direction[k] = next;
  }
  return direction;
}
