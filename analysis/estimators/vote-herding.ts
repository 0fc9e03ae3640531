/**
 * Herding on votes after Muchnik, Aral and Taylor: what a first vote, given at random, does to those that follow.
 *
 * Two numbers that must not be mixed up. *Votes per exposure*: net votes, the seed vote removed, by looks; a reader who ignores scores
 * gives the same whatever the seed. *Votes per post* count how often a post is shown, too: a feed that ranks by score lifts them where no
 * reader herds, so their contrast is called amplification by the feed. Each contrast is an arm less the control.
 * Within a world posts are the units (ratio by linearisation); between worlds a world is. Pure.
 * Oracle: moments by hand (`test/analysis/estimators/vote-herding.test.ts`). Source: Science 341, 2013, 647-651.
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { meanInterval, ratioInterval } from './interval.ts';
import type { Estimate } from './interval.ts';

/** The arms of a seed vote. */
export const seedArms = ['up', 'control', 'down'] as const;
export type SeedArmName = (typeof seedArms)[number];

/** Posts of one arm: net votes without the seed vote, and looks at the post. A row a post. */
export interface ArmPosts {
  readonly netVotes: ArrayLike<number>;
  readonly exposures: ArrayLike<number>;
}

/** One arm of a world, in sums. */
export interface ArmLevel {
  readonly posts: number;
  readonly perExposure: Estimate;
  readonly perPost: Estimate;
}

/** Both numbers of one arm. */
export function armLevel({ netVotes, exposures }: ArmPosts): ArmLevel {
  return {
    posts: netVotes.length,
    perExposure: ratioInterval(netVotes, exposures),
    perPost: meanInterval(netVotes),
  };
}

/** Difference of two independent estimates, by the sum of their variances; the intervals must be symmetric, as those of `armLevel` are. */
export function contrastOf(first: Estimate, second: Estimate, confidenceShare = 0.95): Estimate {
  const z = normalQuantile((1 + confidenceShare) / 2);
  const errorOf = ({ interval }: Estimate): number => (interval[1] - interval[0]) / (2 * z);
  const half = z * Math.hypot(errorOf(first), errorOf(second));
  const value = first.value - second.value;
  return { value, interval: [value - half, value + half], n: first.n + second.n };
}

/** Contrasts of one world in which posts were dealt to the arms, posts being the units. */
export interface HerdingContrasts {
  readonly herding: Estimate;
  readonly amplificationByFeed: Estimate;
}

/** An arm less the control, per exposure and per post. */
export function herdingContrasts(arm: ArmPosts, control: ArmPosts): HerdingContrasts {
  const [treated, plain] = [armLevel(arm), armLevel(control)];
  return {
    herding: contrastOf(treated.perExposure, plain.perExposure),
    amplificationByFeed: contrastOf(treated.perPost, plain.perPost),
  };
}
