/** Intervals against scipy, and their coverage. */
import { mean } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { bootstrapInterval, meanInterval, wilsonInterval } from '../../../analysis/estimators/interval.ts';
import { readReference, testStream } from '../worlds.ts';

const reference = readReference<{
  first: number[];
  mean: { value: number; interval: [number, number] };
  bca: { values: number[]; interval: [number, number] };
}>('two-samples.json');

describe('meanInterval', () => {
  test('scipy’s t interval', () => {
    const { value, interval } = meanInterval(reference.first);
    expect(value).toBeCloseTo(reference.mean.value, 12);
    expect(interval[0]).toBeCloseTo(reference.mean.interval[0], 8);
    expect(interval[1]).toBeCloseTo(reference.mean.interval[1], 8);
  });

  test('one replicate has a mean and no interval', () => {
    expect(meanInterval([3])).toEqual({ value: 3, interval: [Number.NaN, Number.NaN], n: 1 });
    expect(meanInterval([]).value).toBeNaN();
  });
});

describe('wilsonInterval', () => {
  test('5 of 10 and 0 of 10', () => {
    const half = wilsonInterval(5, 10).interval;
    expect(half[0]).toBeCloseTo(0.236593, 6);
    expect(half[1]).toBeCloseTo(0.763407, 6);
    const none = wilsonInterval(0, 10).interval;
    expect(none[0]).toBe(0);
    expect(none[1]).toBeCloseTo(0.277533, 6);
    expect(wilsonInterval(0, 0).value).toBeNaN();
  });
});

describe('bootstrapInterval', () => {
  const statistic = (sample: Float64Array): number => mean(Array.from(sample));

  test('BCa: scipy’s ends to two digits, with another generator', () => {
    const { interval } = bootstrapInterval(reference.bca.values, statistic, testStream(1), { replicateCount: 20_000 });
    expect(interval[0]).toBeCloseTo(reference.bca.interval[0], 1.7);
    expect(interval[1]).toBeCloseTo(reference.bca.interval[1], 1.7);
  });

  test('BCa: lies further right than percentile for a right-skewed sample', () => {
    const options = { replicateCount: 5000 };
    const bca = bootstrapInterval(reference.bca.values, statistic, testStream(1), options).interval;
    const plain = bootstrapInterval(reference.bca.values, statistic, testStream(1), {
      ...options,
      kind: 'percentile',
    }).interval;
    expect(bca[0]).toBeGreaterThan(plain[0]);
    expect(bca[1]).toBeGreaterThan(plain[1]);
  });

  test('a constant sample has an interval of one point', () => {
    expect(bootstrapInterval([2, 2, 2], statistic, testStream(1), { replicateCount: 100 }).interval).toEqual([2, 2]);
  });
});
