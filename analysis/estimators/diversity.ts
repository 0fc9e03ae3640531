/**
 * Diversity of what agents say: effective channels K* of unit vectors, effective numbers of categories, disagreement.
 *
 * K* = 2^H, H the base-2 entropy of the eigenvalues of the Gram matrix of rows of unit length, divided by their sum. The matrix is n x n and not centred: n rows,
 * however many dimensions. 1 <= K* <= n. Variants: rows scaled by correctness (1, 0.3, 0.5 for unknown), and each row's share, K* of all less K* without it.
 * Invariant: rows of no length have no direction and are left out. Oracle: closed forms and Jacobi in `test/analysis/estimators/diversity.test.ts`.
 * Sources: K*: arXiv 2602.03794 and its code (Gram matrix not centred, base 2; base e gives the same); Hill, Ecology 54, 1973; Gini 1912, Simpson 1949.
 */
import { exp } from '../../sim/ground/detmath.ts';
import { symmetricEigenvalues } from './eigenvalues.ts';
import { entropyNats } from './entropy.ts';

/** Cosines of all pairs of rows: the Gram matrix of rows of unit length, and which rows have one. */
export interface Gram {
  readonly size: number;
  readonly matrix: Float64Array;
  /** Rows as they were numbered, without those of no length. */
  readonly rows: readonly number[];
}

/** Gram matrix of rows, each brought to length 1. */
export function gramOf(vectors: readonly ArrayLike<number>[]): Gram {
  const unit = vectors.map((vector) => {
    let square = 0;
    for (let k = 0; k < vector.length; k++) square += vector[k] * vector[k];
    return square === 0 ? undefined : Float64Array.from(vector, (one) => one / Math.sqrt(square));
  });
  const rows = Array.from(unit.keys()).filter((row) => unit[row] !== undefined);
  const kept = rows.map((row) => unit[row] ?? new Float64Array());
  const size = kept.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let dot = 0;
      for (let k = 0; k < kept[i].length; k++) dot += kept[i][k] * kept[j][k];
      matrix[i * size + j] = dot;
      matrix[j * size + i] = dot;
    }
  }
  return { size, matrix, rows };
}

/** K* of a Gram matrix, in [1, n]; NaN of no rows. */
export function effectiveChannels({ size, matrix }: Pick<Gram, 'size' | 'matrix'>): number {
  if (size === 0) return Number.NaN;
  const eigenvalues = symmetricEigenvalues(matrix, size);
  return exp(entropyNats(eigenvalues));
}

/** K* of rows scaled by a weight each: correct answers count more. Weights are not negative, and one is above 0. */
export function weightedChannels({ size, matrix }: Pick<Gram, 'size' | 'matrix'>, weight: ArrayLike<number>): number {
  const scaled = matrix.map((one, place) => one * weight[Math.floor(place / size)] * weight[place % size]);
  return effectiveChannels({ size, matrix: scaled });
}

/** Weights of rows by what is known of their answers. */
export const correctnessWeights = { correct: 1, wrong: 0.3, unknown: 0.5 } as const;

/** K* of the rows that a test keeps: of the correct ones, say. */
export function channelsWithin(
  { size, matrix }: Pick<Gram, 'size' | 'matrix'>,
  isKept: (row: number) => boolean,
): number {
  const kept = Array.from({ length: size }, (_, row) => row).filter(isKept);
  const part = Float64Array.from(kept.flatMap((i) => kept.map((j) => matrix[i * size + j])));
  return effectiveChannels({ size: kept.length, matrix: part });
}

/** What each row adds: K* of all less K* without it. O(n^4): for a hundred rows. */
export function leaveOneOut(gram: Pick<Gram, 'size' | 'matrix'>): Float64Array {
  const all = effectiveChannels(gram);
  return Float64Array.from({ length: gram.size }, (_, left) => all - channelsWithin(gram, (row) => row !== left));
}

/** K* of n rows of which any two have the same cosine c >= 0: one eigenvalue 1 + (n - 1) c and n - 1 of 1 - c. */
export function channelsAtEqualCosine(n: number, cosine: number): number {
  const eigenvalues = new Float64Array(n).fill(1 - cosine);
  eigenvalues[0] = 1 + (n - 1) * cosine;
  return exp(entropyNats(eigenvalues));
}

/** The cosine at which n rows of equal cosine have K* of `wanted`, by bisection; K* falls with the cosine. */
export function cosineOfChannels(n: number, wanted: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (channelsAtEqualCosine(n, middle) > wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Categories by their counts. */
export interface CategoryDiversity {
  /** Gini-Simpson: the chance that two draws with replacement differ. */
  readonly disagreement: number;
  /** Sum of squared shares. */
  readonly consensus: number;
  /** e to the entropy, Hill's number of order 1: so many equally frequent categories would be as diverse. */
  readonly effectiveNumber: number;
}

/** Diversity of categories; NaN of no counts. */
export function categoryDiversity(counts: ArrayLike<number>): CategoryDiversity {
  let [total, squares] = [0, 0];
  for (let k = 0; k < counts.length; k++) total += counts[k];
  for (let k = 0; k < counts.length; k++) squares += (counts[k] / total) * (counts[k] / total);
  if (total === 0) return { disagreement: Number.NaN, consensus: Number.NaN, effectiveNumber: Number.NaN };
  return { disagreement: 1 - squares, consensus: squares, effectiveNumber: exp(entropyNats(Array.from(counts))) };
}
