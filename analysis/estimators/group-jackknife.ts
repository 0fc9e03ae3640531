/**
 * Intervals of any statistic of many values by leaving out groups of them in turn: for statistics that would cost too much to compute again for each value.
 *
 * Values are dealt to g groups at random; the variance is (g - 1) / g times the sum of squares of what is found without each, and the interval is Student's with
 * g - 1 degrees of freedom. The units are agents of one world: between worlds it promises nothing.
 * Oracle: the usual jackknife where each value is a group of its own, and Student's interval for a mean, in the test.
 * Source: Kott, J. Off. Stat. 17, 2001 (delete-a-group jackknife).
 */
import { studentQuantile } from './special-functions.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Estimate } from './interval.ts';

/** Groups where there are values enough. */
export const usualGroupCount = 30;

/** For each of `count` units its group, dealt out at random so that sizes differ by one at most. */
export function dealGroups(count: number, groupCount: number, stream: RandomStream): Uint8Array {
  const groups = Uint8Array.from({ length: count }, (_, unit) => unit % groupCount);
  for (let last = count - 1; last > 0; last--) {
    const chosen = stream.below(last + 1);
    const group = groups[chosen];
    groups[chosen] = groups[last];
    groups[last] = group;
  }
  return groups;
}

/** The statistic of all values with its interval. NaN ends where a statistic without a group does not exist, or values are fewer than 4. */
export function groupJackknife(
  values: ArrayLike<number>,
  statistic: (values: Float64Array) => number,
  stream: RandomStream,
  groupCount = usualGroupCount,
  confidenceShare = 0.95,
): Estimate {
  const all = Float64Array.from(values);
  const value = statistic(all);
  const count = Math.min(groupCount, all.length);
  if (count < 4) return { value, interval: [Number.NaN, Number.NaN], n: all.length };
  const groups = dealGroups(all.length, count, stream);
  const without = Array.from({ length: count }, (_, left) =>
    statistic(all.filter((_2, unit) => groups[unit] !== left)),
  );
  return { value, interval: intervalOf(value, without, confidenceShare), n: all.length };
}

/** The interval out of what the statistic is without each group. */
export function intervalOf(value: number, without: readonly number[], confidenceShare = 0.95): [number, number] {
  const count = without.length;
  const mean = without.reduce((sum, one) => sum + one, 0) / count;
  const squares = without.reduce((sum, one) => sum + (one - mean) * (one - mean), 0);
  const half = studentQuantile((1 + confidenceShare) / 2, count - 1) * Math.sqrt(((count - 1) / count) * squares);
  return [value - half, value + half];
}
