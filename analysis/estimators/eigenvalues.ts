/**
 * Eigenvalues of a symmetric matrix of some hundred rows, without vectors: Householder's reduction to three diagonals, then implicit QL steps.
 *
 * Pure; the argument is not written to. O(4/3 n^3). Invariant: their sum is the trace. Oracle: Jacobi's rotations in the test.
 * Source: Golub and Van Loan, Matrix Computations, 4th ed., algorithms 8.3.1 and 8.3.3; Wilkinson's shift.
 */
import { InvariantError } from '../../sim/ground/errors.ts';

/** Eigenvalues in ascending order of a full symmetric matrix, row after row. */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix, size);
  for (let at = 0; at < size; at++) settle(diagonal, beside, at, size);
  return diagonal.sort();
}

/** The diagonal and the one beside it; `beside[k]` stands between k and k + 1, and 0 behind the last. */
function tridiagonal(matrix: Float64Array, size: number): { diagonal: Float64Array; beside: Float64Array } {
  const a = matrix.slice();
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  const v = new Float64Array(size);
  const p = new Float64Array(size);
  for (let k = 0; k < size - 1; k++) {
    diagonal[k] = a[k * size + k];
    let norm = 0;
    for (let i = k + 1; i < size; i++) norm += a[i * size + k] * a[i * size + k];
    norm = Math.sqrt(norm);
    const head = a[(k + 1) * size + k];
    beside[k] = head > 0 ? -norm : norm;
    if (norm === 0) continue;
    for (let i = k + 1; i < size; i++) v[i] = a[i * size + k];
    v[k + 1] -= beside[k];
    reflect(a, size, k + 1, v, p);
  }
  diagonal[size - 1] = a[size * size - 1];
  return { diagonal, beside };
}

/** Applies I - 2 v v' / v'v to the rest of the matrix from both sides. */
function reflect(a: Float64Array, size: number, from: number, v: Float64Array, p: Float64Array): void {
  let square = 0;
  for (let i = from; i < size; i++) square += v[i] * v[i];
  if (square === 0) return;
  const beta = 2 / square;
  let dot = 0;
  for (let i = from; i < size; i++) {
    let sum = 0;
    for (let j = from; j < size; j++) sum += a[i * size + j] * v[j];
    p[i] = beta * sum;
    dot += p[i] * v[i];
  }
  for (let i = from; i < size; i++) p[i] -= (beta / 2) * dot * v[i];
  for (let i = from; i < size; i++) for (let j = from; j < size; j++) a[i * size + j] -= v[i] * p[j] + p[i] * v[j];
}

const stepsMax = 60;

/** Brings the value at a place to where it does not move any more. */
function settle(d: Float64Array, e: Float64Array, at: number, size: number): void {
  for (let step = 0; ; step++) {
    let end = at;
    while (end < size - 1 && Math.abs(e[end]) > Number.EPSILON * (Math.abs(d[end]) + Math.abs(d[end + 1]))) end++;
    if (end === at) return;
    if (step === stepsMax) throw new InvariantError('eigenvalues did not settle');
    sweep(d, e, at, end);
  }
}

/** One implicit QL step on the block from `at` to `end`. */
function sweep(d: Float64Array, e: Float64Array, at: number, end: number): void {
  let g = (d[at + 1] - d[at]) / (2 * e[at]);
  const root = Math.sqrt(g * g + 1);
  g = d[end] - d[at] + e[at] / (g + (g < 0 ? -root : root));
  let [s, c, p] = [1, 1, 0];
  for (let i = end - 1; i >= at; i--) {
    const f = s * e[i];
    const b = c * e[i];
    const r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1] -= p;
      e[end] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1] - p;
    const t = (d[i] - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
  }
  d[at] -= p;
  e[at] = g;
  e[end] = 0;
}
