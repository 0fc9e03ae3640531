/** Numbers of hits against scipy, and against all outcomes listed. */
import { expect, test } from 'vitest';
import { binomialDistribution, hitDistribution, upperShare } from '../../../analysis/estimators/binomial.ts';
import { readReference } from '../worlds.ts';

const { binomials } = readReference<{ binomials: { n: number; p: number; mass: number[] }[] }>('detection.json');

test('binomialDistribution: scipy’s binom.pmf', () => {
  for (const { n, p, mass } of binomials) {
    binomialDistribution(n, p).forEach((one, k) => {
      expect(one).toBeCloseTo(mass[k], 12);
    });
  }
});

test('hitDistribution: unequal probabilities as all outcomes listed give it, and its tails', () => {
  const chances = [0.2, 0.9, 0.5, 0.35];
  const expected = new Array<number>(5).fill(0);
  for (let outcome = 0; outcome < 16; outcome++) {
    const hits = chances.map((_, trial) => (outcome >> trial) & 1);
    const mass = chances.reduce((product, p, trial) => product * (hits[trial] === 1 ? p : 1 - p), 1);
    expected[hits.reduce((sum, one) => sum + one, 0)] += mass;
  }
  const mass = hitDistribution(chances);
  mass.forEach((one, k) => {
    expect(one).toBeCloseTo(expected[k], 14);
  });
  expect(upperShare(mass, 3)).toBeCloseTo(expected[3] + expected[4], 14);
  expect([upperShare(mass, 0), upperShare(mass, 5)]).toEqual([expect.closeTo(1, 14), 0]);
});
