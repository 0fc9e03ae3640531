/** Small symmetric matrices, by multiplying back. */
import { expect, test } from 'vitest';
import {
  factorOf,
  inverseOf,
  inverseQuadraticForm,
  solve,
  submatrix,
} from '../../../analysis/estimators/symmetric-matrix.ts';
import { testStream } from '../worlds.ts';

/** Z'Z of random rows; with `combined`, the last column is the sum of the first two. */
function randomProduct(size: number, seed: number, combined: boolean): Float64Array {
  const stream = testStream(seed);
  const product = new Float64Array(size * size);
  for (let sample = 0; sample < 3 * size; sample++) {
    const row = Array.from({ length: size }, () => stream.normal());
    if (combined) row[size - 1] = row[0] + row[1];
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) product[a * size + b] += row[a] * row[b];
  }
  return product;
}

function times(matrix: Float64Array, vector: ArrayLike<number>): number[] {
  const size = vector.length;
  return Array.from({ length: size }, (_, row) =>
    Array.from(vector).reduce((sum, value, column) => sum + matrix[row * size + column] * value, 0),
  );
}

test.each([1, 2, 5, 9])('solve and inverseOf: %i rows multiply back to what was asked', (size) => {
  const matrix = randomProduct(size, size, false);
  const factored = factorOf(matrix, size);
  const wanted = Array.from({ length: size }, (_, row) => row - 1.5);
  times(matrix, solve(factored, wanted)).forEach((value, row) => {
    expect(value).toBeCloseTo(wanted[row], 9);
  });
  const inverse = inverseOf(factored);
  times(inverse, times(matrix, wanted)).forEach((value, row) => {
    expect(value).toBeCloseTo(wanted[row], 9);
  });
  const form = times(inverse, wanted).reduce((sum, value, row) => sum + value * wanted[row], 0);
  expect(inverseQuadraticForm(factored, wanted)).toBeCloseTo(form, 9);
});

test('factorOf: names the row that depends on earlier ones, and solves without it', () => {
  const matrix = randomProduct(4, 3, true);
  const factored = factorOf(matrix, 4);
  expect(factored.dependentRows).toEqual([3]);
  const solution = solve(factored, times(matrix, [1, 2, 3, 0]));
  [1, 2, 3, 0].forEach((value, row) => {
    expect(solution[row]).toBeCloseTo(value, 9);
  });
  expect(Array.from(submatrix(inverseOf(factored), 4, [3, 0]).slice(0, 2))).toEqual([0, 0]);
});
