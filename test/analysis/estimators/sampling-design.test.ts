/** Designs: what they hold is counted; Sobol's sequence beside scipy's. */
import { describe, expect, test } from 'vitest';
import {
  gridDesign,
  latinHypercube,
  oneAtATimeDesign,
  zipDesign,
} from '../../../analysis/estimators/sampling-design.ts';
import { sobolDimensionMax, sobolPoints } from '../../../analysis/estimators/sobol-sequence.ts';
import { readReference, testStream } from '../worlds.ts';

describe('gridDesign, zipDesign, oneAtATimeDesign', () => {
  test('a grid of 2 x 3 levels holds each of the six combinations once, the last factor moving fastest', () => {
    expect(gridDesign([2, 3])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
    ]);
  });

  test('a zip of unequal lists is refused', () => {
    expect(zipDesign([3, 3])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect(() => zipDesign([2, 3])).toThrow(/equally many/);
  });

  test('one at a time: every row but the base differs from it in one factor', () => {
    const rows = oneAtATimeDesign([3, 2, 4]);
    expect(rows).toHaveLength(1 + 2 + 1 + 3);
    for (const row of rows.slice(1)) expect(row.filter((level) => level !== 0)).toHaveLength(1);
    expect(new Set(rows.map(String)).size).toBe(rows.length);
  });
});

describe('latinHypercube', () => {
  test('each axis has one point in each of its parts, and another seed gives other points', () => {
    const count = 37;
    const points = latinHypercube(5, count, testStream(1));
    for (let axis = 0; axis < 5; axis++) {
      const parts = points.map((point) => Math.floor(point[axis] * count)).sort((a, b) => a - b);
      expect(parts).toEqual(Array.from({ length: count }, (_, part) => part));
    }
    expect(latinHypercube(5, count, testStream(2))).not.toEqual(points);
  });
});

describe('sobolPoints', () => {
  test('the points of 64 dimensions are those of scipy', () => {
    const { rows, points } = readReference<{ rows: number[]; points: number[][] }>('sobol.json');
    const ours = sobolPoints(sobolDimensionMax, 64);
    rows.forEach((row, k) => {
      expect(Array.from(ours[row], (x) => x * 2 ** 30)).toEqual(points[k]);
    });
  });

  test('shifted points keep one point in each of 64 equal parts of every axis', () => {
    const points = sobolPoints(12, 64, testStream(3));
    for (let axis = 0; axis < 12; axis++) {
      expect(new Set(points.map((point) => Math.floor(point[axis] * 64))).size).toBe(64);
    }
    expect(points[0].every((x) => x === 0)).toBe(false);
  });

  test('the mean of a product over 1,024 points lies nearer to the integral than that of as many draws', () => {
    const product = (point: ArrayLike<number>): number =>
      Array.from(point).reduce((all, x, axis) => (all * (Math.abs(4 * x - 2) + axis)) / (1 + axis), 1);
    const errorOf = (points: readonly ArrayLike<number>[]): number =>
      Math.abs(points.reduce((sum, point) => sum + product(point), 0) / points.length - 1);
    const stream = testStream(4);
    const drawn = Array.from({ length: 1024 }, () => Array.from({ length: 6 }, () => stream.uniform()));
    expect(errorOf(sobolPoints(6, 1024))).toBeLessThan(errorOf(drawn) / 4);
  });

  test('more dimensions than there are direction numbers are refused', () => {
    expect(() => sobolPoints(sobolDimensionMax + 1, 2)).toThrow(/dimensions/);
  });
});
