/** A mean over two crossed random factors, beside lme4's REML fits (`test/fixtures/crossed-effects-reference.R`). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { crossedEquivalence, crossedMean } from '../../../analysis/estimators/crossed-effects.ts';
import { meanInterval } from '../../../analysis/estimators/interval.ts';

interface Layout {
  readonly matrix: number[][];
  readonly mean: number;
  readonly standardError: number;
  readonly rows: number;
  readonly columns: number;
  readonly rest: number;
  /** Of rows, columns and the rest. */
  readonly meanSquares: [number, number, number];
}

const { layouts } = JSON.parse(readFileSync(new URL('../../data/crossed-effects.json', import.meta.url), 'utf8')) as {
  readonly layouts: readonly Layout[];
};
const isInside = ({ meanSquares: [rows, columns, rest] }: Layout): boolean => rows > rest && columns > rest;
const transposed = (matrix: number[][]): number[][] => matrix[0].map((_, column) => matrix.map((row) => row[column]));

describe('crossedMean', () => {
  test.each(layouts.filter(isInside).map((one, at) => [at, one] as const))(
    'where both components lie above 0 it is the REML fit (layout %i)',
    (_, { matrix, mean, standardError, rows, columns, rest }) => {
      const found = crossedMean(matrix);
      expect(found.value).toBeCloseTo(mean, 9);
      expect(found.standardError / standardError).toBeCloseTo(1, 5);
      const { components } = found;
      for (const [ours, theirs] of [
        [components.rows, rows],
        [components.columns, columns],
        [components.rest, rest],
      ])
        expect(ours / theirs).toBeCloseTo(1, 4);
    },
  );

  test('a component that would lie below 0 is 0, and the error is then that of columns alone', () => {
    const outside = layouts.filter((one) => !isInside(one));
    expect(outside.length).toBeGreaterThan(0);
    for (const { matrix, meanSquares } of outside) {
      const { components, standardError, columnMeans, degreesOfFreedom } = crossedMean(matrix);
      expect(components.rows).toBe(0);
      expect(components.rest).toBeCloseTo(meanSquares[2], 6);
      const columns = meanInterval(columnMeans);
      expect(standardError).toBeCloseTo(Math.sqrt(meanSquares[1] / (matrix.length * columnMeans.length)), 6);
      expect(degreesOfFreedom).toBeCloseTo(columnMeans.length - 1, 9);
      expect(crossedMean(matrix).interval[0]).toBeCloseTo(columns.interval[0], 9);
    }
  });

  test('which factor is called rows decides nothing, and neither does the order of levels', () => {
    const { matrix } = layouts[0];
    const found = crossedMean(matrix);
    const other = crossedMean(transposed([...matrix].reverse()));
    expect(other.standardError).toBeCloseTo(found.standardError, 12);
    expect(other.degreesOfFreedom).toBeCloseTo(found.degreesOfFreedom, 9);
    expect(other.components.columns).toBeCloseTo(found.components.rows, 12);
  });

  test('one row or one column says nothing of the other factor; values that do not differ have no error and no test', () => {
    expect(crossedMean([[1, 2, 3]])).toMatchObject({ value: 2, rowCount: 1, standardError: NaN, pValue: NaN });
    expect(crossedMean([[1], [2]]).interval).toEqual([NaN, NaN]);
    expect(crossedMean([[4, 4], [4, 4]])).toMatchObject({ value: 4, standardError: 0, interval: [4, 4], pValue: NaN }); // prettier-ignore
    expect(() => crossedMean([[1, 2], [1]])).toThrow(/differ in length/);
  });
});

test('crossedEquivalence: agrees with its interval, and wordings that pull apart keep a small mean from being equivalent', () => {
  for (const { matrix } of layouts) {
    for (const margin of [0.1, 0.5, 1, 3]) {
      const { interval, isEquivalent } = crossedEquivalence(matrix, margin);
      expect(isEquivalent).toBe(interval[0] > -margin && interval[1] < margin);
    }
  }
  const apart = [0.5, -0.5].map((effect) => Array.from({ length: 40 }, (_, seed) => effect + 0.01 * (seed % 5)));
  expect(crossedEquivalence(apart, 0.3).isEquivalent).toBe(false);
  expect(crossedEquivalence(apart.map((row) => row.map((one) => one / 1000)), 0.3).isEquivalent).toBe(true); // prettier-ignore
});
