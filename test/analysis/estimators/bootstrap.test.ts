/** The bootstrap of groups against scipy's BCa of two samples. */
import { describe, expect, test } from 'vitest';
import { bootstrapGroups } from '../../../analysis/estimators/bootstrap.ts';
import { cohenD } from '../../../analysis/estimators/effect-size.ts';
import { bootstrapInterval } from '../../../analysis/estimators/interval.ts';
import { groups } from '../groups.ts';
import { testStream } from '../worlds.ts';

const statistic = ([first, second]: readonly Float64Array[]): number => cohenD(first, second);
const meanOf = (sample: ArrayLike<number>): number =>
  Array.from(sample).reduce((sum, value) => sum + value, 0) / sample.length;

describe('bootstrapGroups', () => {
  const { first, second, bca } = groups.middle;

  test('BCa of d: scipy’s ends to two digits, with another generator', () => {
    const { interval } = bootstrapGroups([first, second], statistic, testStream(1), { replicateCount: 20_000 });
    expect(interval[0]).toBeCloseTo(bca[0], 1.7);
    expect(interval[1]).toBeCloseTo(bca[1], 1.7);
  });

  test('one group is the bootstrap of one sample, draw for draw', () => {
    const options = { replicateCount: 400 };
    const one = bootstrapGroups([first], ([sample]) => meanOf(sample), testStream(2), options);
    expect(one.interval).toEqual(bootstrapInterval(first, meanOf, testStream(2), options).interval);
  });

  test('each group keeps its size: a statistic of sizes alone has an interval of one point', () => {
    const sizes = bootstrapGroups([first, second], ([a, b]) => a.length - b.length, testStream(3), {
      replicateCount: 50,
    });
    expect(sizes.interval).toEqual([-15, -15]);
  });
});
