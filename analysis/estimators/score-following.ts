/**
 * Whether one voter goes with the scores that it is shown more often than its own inclination to approve would bring it: exact.
 *
 * With T = votes in favour where the score was above 0, less those where it was below, p is P(T' >= T) over all ways to deal the same
 * number of votes in favour over the same looks. What is kept fixed is how often the voter approves and what it was shown, so that who
 * approves of everything is not called a follower. What is not fixed: the quality of what it voted on, which scores tell of, too.
 * Pure. Oracle: enumeration of all deals (`test/analysis/estimators/score-following.test.ts`). Source: the exact test of Fisher, three columns.
 */
import { logGamma } from './special-functions.ts';

/** Looks at which somebody voted, by the sign of the score that was shown, and the votes in favour among them. */
export interface ShownVotes {
  readonly above: { readonly votes: number; readonly ups: number };
  readonly zero: { readonly votes: number; readonly ups: number };
  readonly below: { readonly votes: number; readonly ups: number };
}

/** P(T' >= T), in (0, 1]; 1 where nothing can vary. */
export function scoreFollowingTail({ above, zero, below }: ShownVotes): number {
  const ups = above.ups + zero.ups + below.ups;
  const observed = above.ups - below.ups;
  const whole = logChoose(above.votes + zero.votes + below.votes, ups);
  let sum = 0;
  for (let high = Math.max(0, observed); high <= Math.min(above.votes, ups); high++) {
    for (let low = 0; low <= Math.min(below.votes, ups - high, high - observed); low++) {
      const rest = ups - high - low;
      if (rest > zero.votes) continue;
      const ways = logChoose(above.votes, high) + logChoose(zero.votes, rest) + logChoose(below.votes, low);
      sum += Math.exp(ways - whole);
    }
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
