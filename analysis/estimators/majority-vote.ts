/**
 * Weighted majorities: the verdict of given votes, how often a group that adds up its votes is wrong (closed form), and the weight from which
 * a minority prevails.
 *
 * Voters are independent given what they share: the sum of their weights is convolved voter by voter, which for equal weights and shares is
 * the binomial distribution. Exact but for rounding: 2^n outcomes are never listed, only the distinct sums.
 * Order: voters as given; sums are kept as multiples of the given unit so that ties are ties. Pure.
 * Oracles: the binomial distribution by its formula, and every one of the 2^n outcomes (`test/analysis/estimators/majority-vote.test.ts`).
 * Source: Condorcet 1785; Boland, The Statistician 38, 1989 (unequal competence).
 */
import { InvariantError } from '../../sim/ground/errors.ts';

/** A voter of a two-sided question. */
export interface Voter {
  /** What its vote counts: a positive multiple of `weightUnit`. */
  readonly weight: number;
  /** Probability of a wrong vote, in [0, 1]. */
  readonly wrongShare: number;
}

/** Weights are told apart to this: 1/1000. */
export const weightUnit = 0.001;

/**
 * Probability that the wrong side has more weight; a tie is wrong with `tieWrongShare`. Without voters it is a tie.
 * Throws InvariantError for a weight that is no positive multiple of `weightUnit` or a share outside [0, 1].
 */
export function wrongMajorityShare(voters: readonly Voter[], tieWrongShare = 0.5): number {
  let shares = new Map<number, number>([[0, 1]]);
  for (const { weight, wrongShare } of voters) {
    const units = unitsOf(weight);
    if (!(wrongShare >= 0 && wrongShare <= 1)) throw new InvariantError(`${wrongShare} is no share`);
    const next = new Map<number, number>();
    const add = (sum: number, share: number): void => void next.set(sum, (next.get(sum) ?? 0) + share);
    for (const [sum, share] of shares) {
      if (wrongShare > 0) add(sum + units, share * wrongShare);
      if (wrongShare < 1) add(sum - units, share * (1 - wrongShare));
    }
    shares = next;
  }
  let wrong = tieWrongShare * (shares.get(0) ?? 0);
  for (const [sum, share] of shares) if (sum > 0) wrong += share;
  return Math.min(1, wrong);
}

function unitsOf(weight: number): number {
  const units = Math.round(weight / weightUnit);
  if (units <= 0 || Math.abs(units * weightUnit - weight) > 1e-9) {
    throw new InvariantError(`${weight} is no positive multiple of ${weightUnit}`);
  }
  return units;
}

/** Weight above which `few` voters outvote `many` of weight 1 that stand against them: many / few. At it there is a tie. */
export function decisiveWeight(few: number, many: number): number {
  return many / few;
}

/** The choice with the greatest sum of weights, or undefined at a tie. Votes and weights are of the same length; weights are not negative. */
export function weightedVerdict(votes: ArrayLike<number>, weights: ArrayLike<number>): number | undefined {
  const sums = new Map<number, number>();
  for (let k = 0; k < votes.length; k++) sums.set(votes[k], (sums.get(votes[k]) ?? 0) + weights[k]);
  const [first, second] = [...sums].sort(([, x], [, y]) => y - x);
  return first === undefined || second?.[1] === first[1] ? undefined : first[0];
}
