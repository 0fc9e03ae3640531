/**
 * Difference of two shares with Newcombe's interval: how much more often something succeeds in one group than in the other.
 *
 * Built from the two Wilson intervals (l, u): the lower end is d - sqrt((p1 - l1)^2 + (u2 - p2)^2), the upper one d + sqrt((u1 - p1)^2 + (p2 -
 * l2)^2). It stays inside [-1, 1] and holds where a group has no hit or only hits. The sign is first less second.
 * Source: Newcombe 1998, Statistics in Medicine 17, 873-890, method 10. Oracle: the eight contrasts of his table II.
 */
import { wilsonInterval } from './interval.ts';
import type { Estimate } from './interval.ts';

/** Hits among independent draws. */
export interface Hits {
  readonly hitCount: number;
  readonly drawCount: number;
}

/** p1 - p2 in [-1, 1]; `n`: draws of both groups. NaN where a group has no draw. */
export function riskDifference(first: Hits, second: Hits, confidenceShare = 0.95): Estimate {
  const one = wilsonInterval(first.hitCount, first.drawCount, confidenceShare);
  const other = wilsonInterval(second.hitCount, second.drawCount, confidenceShare);
  const value = one.value - other.value;
  const below = Math.hypot(one.value - one.interval[0], other.interval[1] - other.value);
  const above = Math.hypot(one.interval[1] - one.value, other.value - other.interval[0]);
  return { value, interval: [value - below, value + above], n: one.n + other.n };
}
