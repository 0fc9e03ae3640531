/** Pseudo-values of a log ratio: against left-out sums taken anew, the linearised error, and what cannot be had. */
import { expect, test } from 'vitest';
import { meanInterval, ratioInterval } from '../../../analysis/estimators/interval.ts';
import { logRatioPseudoValues } from '../../../analysis/estimators/log-ratio.ts';
import { exp } from '../../../sim/ground/detmath.ts';
import { randomStream } from '../../../sim/ground/philox.ts';

const stream = randomStream(11, 6, 1);
const drawn = (n: number): [number[], number[]] => {
  const below = Array.from({ length: n }, () => exp(stream.normal()));
  return [below.map((one) => one * 1.5 * exp(0.3 * stream.normal())), below];
};
const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

test('logRatioPseudoValues: are n times the log of all less n - 1 times that without the unit', () => {
  const [above, below] = drawn(7);
  const all = Math.log(sum(above) / sum(below));
  const naive = above.map((_, i) => {
    const rest = (values: readonly number[]): number[] => values.filter((_one, k) => k !== i);
    return 7 * all - 6 * Math.log(sum(rest(above)) / sum(rest(below)));
  });
  expect(Array.from(logRatioPseudoValues(above, below))).toEqual(naive.map((one) => expect.closeTo(one, 10) as number));
});

test('logRatioPseudoValues: over 400 units mean and interval are those of the linearised ratio, to two digits of its width', () => {
  const [above, below] = drawn(400);
  const { value, interval } = meanInterval(logRatioPseudoValues(above, below));
  const ratio = ratioInterval(above, below);
  const half = (ratio.interval[1] - ratio.interval[0]) / 2 / ratio.value;
  expect(Math.abs(value - Math.log(ratio.value))).toBeLessThan(0.02 * half);
  expect((interval[1] - interval[0]) / 2 / half).toBeCloseTo(1, 1);
});

test('logRatioPseudoValues: intervals of 20 units cover the true log ratio in about 95 of 100 samples', () => {
  let covered = 0;
  for (let sample = 0; sample < 600; sample++) {
    const [low, high] = meanInterval(logRatioPseudoValues(...drawn(20))).interval;
    // E[above] / E[below] = 1.5 exp(0.3^2 / 2).
    const truth = Math.log(1.5) + 0.045;
    if (low <= truth && truth <= high) covered++;
  }
  expect(covered / 600).toBeGreaterThan(0.91);
  expect(covered / 600).toBeLessThan(0.98);
});

test('logRatioPseudoValues: equal sums give exactly 0, one unit its own log ratio, and a sum of 0 nothing', () => {
  expect(Array.from(logRatioPseudoValues([3, 5, 8], [3, 5, 8]))).toEqual([0, 0, 0]);
  expect(Array.from(logRatioPseudoValues([4], [2]))).toEqual([Math.log(2)]);
  expect(Array.from(logRatioPseudoValues([1, 0], [1, 2]))).toEqual([Number.NaN, Number.NaN]);
});
