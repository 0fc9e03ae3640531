/** Quantiles, KS tests and rank correlation against numpy and scipy. */
import { describe, expect, test } from 'vitest';
import { ranks, spearman } from '../../../analysis/estimators/correlation.ts';
import { kolmogorovSmirnov, quantiles } from '../../../analysis/estimators/distribution.ts';
import { readReference } from '../worlds.ts';

interface Pair {
  readonly first: number[];
  readonly second: number[];
  readonly statistic: number;
  readonly pValue: number;
}

const reference = readReference<{
  first: number[];
  second: number[];
  tied: { statistic: number };
  small: Pair;
  large: Pair & { asymptotic: number };
  spearman: { second: number[]; coefficient: number; pValue: number };
  quantiles: [number, number][];
}>('two-samples.json');

test('quantiles: numpy’s default', () => {
  const found = quantiles(
    reference.first,
    reference.quantiles.map(([share]) => share),
  );
  for (const [index, [, expected]] of reference.quantiles.entries()) expect(found[index]).toBeCloseTo(expected, 12);
  expect(quantiles([], [0.5])[0]).toBeNaN();
});

describe('kolmogorovSmirnov', () => {
  test('small samples: scipy’s exact p value', () => {
    const { statistic, pValue } = kolmogorovSmirnov(reference.small.first, reference.small.second);
    expect(statistic).toBeCloseTo(reference.small.statistic, 12);
    expect(pValue).toBeCloseTo(reference.small.pValue, 10);
  });

  test('large samples: the limiting distribution', () => {
    const { statistic, pValue } = kolmogorovSmirnov(reference.large.first, reference.large.second);
    expect(statistic).toBeCloseTo(reference.large.statistic, 12);
    expect(pValue).toBeCloseTo(reference.large.asymptotic, 10);
  });

  test('ties between the samples are stepped over together', () => {
    expect(kolmogorovSmirnov(reference.first, reference.second).statistic).toBeCloseTo(reference.tied.statistic, 12);
    expect(kolmogorovSmirnov([1, 2, 3], [3, 2, 1])).toEqual({ statistic: 0, pValue: 1 });
    expect(kolmogorovSmirnov([1, 2], [3, 4]).pValue).toBeCloseTo(1 / 3, 12);
  });
});

describe('spearman', () => {
  test('scipy’s coefficient and p value, with ties', () => {
    const { coefficient, pValue } = spearman(reference.first, reference.spearman.second);
    expect(coefficient).toBeCloseTo(reference.spearman.coefficient, 12);
    expect(pValue).toBeCloseTo(reference.spearman.pValue, 10);
  });

  test('ranks: equal values share their mean rank', () => {
    expect(Array.from(ranks([30, 10, 20, 20]))).toEqual([4, 1, 2.5, 2.5]);
  });

  test('any rising function of the values has coefficient 1', () => {
    expect(spearman([1, 2, 3, 4], [1, 8, 27, 64])).toEqual({ coefficient: 1, pValue: 0 });
    expect(spearman([1, 2], [1, 2]).coefficient).toBeNaN();
  });
});
