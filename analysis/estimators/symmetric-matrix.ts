/**
 * Symmetric matrices of a few rows, as information and covariance matrices are: factor, solve, invert.
 *
 * A matrix is a Float64Array of size × size, row after row; only its lower triangle is read. The factor is L D L' without square
 * roots. A pivot that has shrunk to a `toleranceShare` of its own diagonal element marks its row as a combination of the rows
 * before it: it is set to zero, and solutions are zero there (a generalised inverse).
 * Invariant: arguments are not written to. Oracle: multiplying back, in `test/analysis/estimators/symmetric-matrix.test.ts`.
 */

/** L below the diagonal, D on it; rows that depend on earlier ones have D = 0. */
export interface SymmetricFactor {
  readonly size: number;
  readonly factor: Float64Array;
  /** Rows without information of their own, ascending. */
  readonly dependentRows: readonly number[];
}

/** What rounding leaves of a pivot that should be zero: R's tolerance of coxph, the machine's epsilon to the power 3/4. */
const toleranceDefault = 1.8e-12;

/** Factors a positive semidefinite matrix. */
export function factorOf(matrix: Float64Array, size: number, toleranceShare = toleranceDefault): SymmetricFactor {
  const factor = Float64Array.from(matrix);
  const dependentRows: number[] = [];
  for (let column = 0; column < size; column++) {
    const pivot = factor[column * size + column];
    // Written so that NaN counts as dependent.
    if (!(pivot > toleranceShare * matrix[column * size + column])) {
      dependentRows.push(column);
      for (let row = column; row < size; row++) factor[row * size + column] = 0;
      continue;
    }
    for (let row = column + 1; row < size; row++) {
      const share = factor[row * size + column] / pivot;
      for (let other = column + 1; other <= row; other++) {
        factor[row * size + other] -= share * factor[other * size + column];
      }
    }
    for (let row = column + 1; row < size; row++) factor[row * size + column] /= pivot;
  }
  return { size, factor, dependentRows };
}

/** Solves matrix × x = vector. */
export function solve({ size, factor }: SymmetricFactor, vector: ArrayLike<number>): Float64Array {
  const solution = Float64Array.from(vector);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) solution[row] -= factor[row * size + column] * solution[column];
  }
  for (let row = size - 1; row >= 0; row--) {
    const pivot = factor[row * size + row];
    solution[row] = pivot === 0 ? 0 : solution[row] / pivot;
    for (let below = row + 1; below < size; below++) solution[row] -= factor[below * size + row] * solution[below];
  }
  return solution;
}

/** The inverse, with zeros in dependent rows and columns. */
export function inverseOf(factored: SymmetricFactor): Float64Array {
  const { size } = factored;
  const inverse = new Float64Array(size * size);
  const unit = new Float64Array(size);
  const isDependent = new Set(factored.dependentRows);
  for (let column = 0; column < size; column++) {
    if (isDependent.has(column)) continue;
    unit.fill(0);
    unit[column] = 1;
    const solution = solve(factored, unit);
    for (let row = 0; row < size; row++) inverse[row * size + column] = solution[row];
  }
  return inverse;
}

/** vector' × matrix⁻¹ × vector. */
export function inverseQuadraticForm(factored: SymmetricFactor, vector: ArrayLike<number>): number {
  const solution = solve(factored, vector);
  let sum = 0;
  for (let row = 0; row < solution.length; row++) sum += solution[row] * vector[row];
  return sum;
}

/** Some rows and columns of a full symmetric matrix. */
export function submatrix(matrix: Float64Array, size: number, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows.flatMap((row) => rows.map((column) => matrix[row * size + column])));
}
