/**
 * The score of OASIS's interest recommender: recency times fan factor times similarity, Score = R F S.
 *
 * R = ln((271.8 - age) / 100) with the age in minutes, F = max(1, log1000(followers + 1)), S = a cosine. R is just below 1 for a new post and
 * 0 at 171.8 minutes. From there on the formula turns negative, which would put what suits a reader least on top, and from 271.8 on it is
 * no number. OASIS ranks by either as it comes, and never recomputes R; here R is 0 from 171.8 on and is computed for the age that is asked for.
 * So all older posts tie at 0, and the caller's order of ties, the newer id first, decides among them.
 * What the formula leaves open: with a negative S a newer post ranks below an older one, and below every post of score 0. The cosines
 * of text that OASIS uses are hardly ever negative, those of topic vectors are: a caller maps them to [0, 1] first, (1 + S) / 2.
 * Pure; reads and writes nothing. Oracle: the golden values of OASIS, and its formula at 50 digits.
 * Source: Yang et al., OASIS (arXiv 2411.11581); camel-ai/oasis, package 0.2.5, in whose code F is not used any more.
 */
import { log } from '../ground/detmath.ts';

const horizonMinutes = 271.8;
const scaleMinutes = 100;
/** The age at which recency has fallen to 0. */
export const recencyEndMinutes = horizonMinutes - scaleMinutes;

/** R: in [0, 1) for an age from 0 on, falling; 0 from `recencyEndMinutes` on. */
export function recencyOf(ageMinutes: number): number {
  if (ageMinutes >= recencyEndMinutes) return 0;
  return log((horizonMinutes - ageMinutes) / scaleMinutes);
}

const ln1000 = log(1000);

/** F: 1 up to 999 followers, 4/3 at 9,999, 2 at a million. */
export function fanFactorOf(followerCount: number): number {
  return Math.max(1, log(followerCount + 1) / ln1000);
}

/** What a score is computed from. */
export interface InterestFacts {
  readonly ageMinutes: number;
  /** Cosine of what describes the reader and what describes the post. */
  readonly similarity: number;
  /** Of the author; left out, followers do not count, as in OASIS's code (its paper counts them). */
  readonly followerCount?: number;
}

/** R F S; 0, and never -0, once recency has ended. */
export function interestScore({ ageMinutes, similarity, followerCount = 0 }: InterestFacts): number {
  const recency = recencyOf(ageMinutes);
  return recency === 0 ? 0 : recency * fanFactorOf(followerCount) * similarity;
}
