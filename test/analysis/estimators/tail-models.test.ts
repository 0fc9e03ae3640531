/** Alternatives to a power law against scipy, R poweRlaw and closed forms. */
import { describe, expect, test } from 'vitest';
import { countValues, fitPowerLaw } from '../../../analysis/estimators/power-law.ts';
import type { CountedValues } from '../../../analysis/estimators/power-law.ts';
import {
  compareTails,
  exponentialModel,
  powerLawModel,
  tailOf,
  truncatedModel,
  vuongTest,
} from '../../../analysis/estimators/tail-models.ts';
import type { Tail, TailModel } from '../../../analysis/estimators/tail-models.ts';
import { readReference, testStream } from '../worlds.ts';

interface Comparisons {
  readonly comparisons: {
    readonly name: string;
    readonly discrete: boolean;
    readonly xmin: number;
    readonly mu: number;
    readonly sigma: number;
    readonly statistic: number;
    readonly values: number[];
  }[];
}

const moby = readReference<{ values: number[]; counts: number[] }>('moby.json');
const mobySample: CountedValues = {
  values: Float64Array.from(moby.values),
  counts: Float64Array.from(moby.counts),
  total: moby.counts.reduce((a, b) => a + b),
};
const scipy = readReference<Record<string, number>>('tails.json');
const { comparisons } = readReference<Comparisons>('power-law.json');

/** Geometric tail of a given rate: R’s exponential where its search stands still. */
function geometricModel(tail: Tail, rate: number): TailModel {
  const logDensity = tail.values.map((x) => Math.log(1 - Math.exp(-rate)) - rate * (x - tail.xmin));
  return {
    parameters: { rate },
    logDensity,
    logLikelihood: logDensity.reduce((sum, value, row) => sum + tail.counts[row] * value, 0),
  };
}

describe('compareTails on moby', () => {
  const fit = fitPowerLaw(mobySample)!;
  const { lognormal, exponential, truncated } = compareTails(mobySample, fit);

  test('lognormal: statistic 0.418 and p 0.676 to the second digit, where the reference is R’s unconverged search', () => {
    expect(Math.abs(lognormal.statistic - 0.418)).toBeLessThan(0.005);
    expect(Math.abs(lognormal.pValue - 0.676)).toBeLessThan(0.005);
  });

  test('exponential: scipy’s maximum, statistic 9.142', () => {
    expect(exponential.parameters['rate']).toBeCloseTo(scipy['exponentialRate'], 8);
    expect(exponential.statistic).toBeCloseTo(scipy['exponentialVuong'], 4);
  });

  test('exponential: at the rate where R’s search stands still, mean(1 / x), the statistic is R’s 5.459 and p 4.8e-8', () => {
    const tail = tailOf(mobySample, fit);
    const rate = tail.values.reduce((sum, x, row) => sum + tail.counts[row] / x, 0) / tail.total;
    expect(rate).toBeCloseTo(0.07492324, 8);
    const { statistic, pValue } = vuongTest(tail, powerLawModel(tail, fit.alpha), geometricModel(tail, rate));
    expect(statistic).toBeCloseTo(5.459, 3);
    expect(pValue).toBeCloseTo(4.8e-8, 9);
    expect(exponentialModel(tail).logLikelihood).toBeGreaterThan(geometricModel(tail, rate).logLikelihood);
  });

  test('cut-off: scipy’s maximum, p 0.178', () => {
    expect(truncated.parameters['alpha']).toBeCloseTo(scipy['cutAlpha'], 4);
    expect(truncated.parameters['rate']).toBeCloseTo(scipy['cutRate'], 7);
    expect(truncated.statistic).toBeCloseTo(scipy['cutTwiceRatio'], 4);
    expect(truncated.pValue).toBeCloseTo(0.178, 3);
  });
});

describe('lognormalModel', () => {
  test.each(comparisons.map((comparison) => [comparison.name, comparison] as const))(
    '%s: parameters and Vuong statistic as R has them',
    (_, expected) => {
      const sample = countValues(expected.values);
      const fit = fitPowerLaw(sample, { discrete: expected.discrete, xmin: expected.xmin })!;
      const { lognormal } = compareTails(sample, fit);
      expect(lognormal.parameters['mu']).toBeCloseTo(expected.mu, 2);
      expect(lognormal.parameters['sigma']).toBeCloseTo(expected.sigma, 2);
      expect(lognormal.statistic / expected.statistic).toBeCloseTo(1, 3);
    },
  );
});

describe('truncatedModel', () => {
  const stream = testStream(1);
  const counts = countValues(Array.from({ length: 800 }, () => 1 + Math.floor(stream.exponential() * 20)));
  const reals = countValues(Array.from({ length: 800 }, () => 1 + stream.exponential() * 20));

  test.each([
    ['integers', true, counts],
    ['reals', false, reals],
  ] as const)('%s: is normalised, contains the power law, and finds an exponential tail', (_, discrete, sample) => {
    const fit = fitPowerLaw(sample, { discrete, xmin: 1 })!;
    const tail = tailOf(sample, fit);
    const model = truncatedModel(tail, fit.alpha);
    const { alpha, rate } = model.parameters;
    const logNormaliser = -alpha * Math.log(tail.values[0]) - rate * tail.values[0] - model.logDensity[0];
    let mass = 0;
    const step = discrete ? 1 : 0.001;
    for (let x = discrete ? 1 : 1 + step / 2; x < 1000; x += step)
      mass += step * x ** -alpha * Math.exp(-rate * x - logNormaliser);
    expect(mass).toBeCloseTo(1, 5);
    expect(model.logLikelihood).toBeGreaterThan(powerLawModel(tail, fit.alpha).logLikelihood);
    expect(1 / rate).toBeGreaterThan(15);
    expect(1 / rate).toBeLessThan(30);
  });
});

test('vuongTest: a law against itself is undecided', () => {
  const fit = fitPowerLaw(mobySample)!;
  const tail = tailOf(mobySample, fit);
  const model = powerLawModel(tail, fit.alpha);
  expect(vuongTest(tail, model, model)).toEqual({ statistic: 0, pValue: 1 });
});
