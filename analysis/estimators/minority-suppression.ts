/**
 * What a vote does to members who are right: how often the verdict is wrong though some knew better, and from which weight of evidence
 * on a minority that is right prevails.
 *
 * `minorityCorrectSuppression` is P(verdict wrong | at least one member right). For a plain majority of independent members it is a
 * binomial, exactly, ties decided by lot. Pure. Oracle: enumeration (`test/analysis/estimators/minority-suppression.test.ts`).
 */
import { binomialDistribution } from './binomial.ts';
import { wilsonInterval } from './interval.ts';
import type { Estimate } from './interval.ts';

/** Groups that decided: members who were right, and whether the verdict was. */
export interface DecidedGroups {
  readonly rightCount: ArrayLike<number>;
  readonly isVerdictRight: ArrayLike<boolean>;
}

/** Wrong verdicts by groups in which at least one member was right. */
export function minorityCorrectSuppression({ rightCount, isVerdictRight }: DecidedGroups): Estimate {
  let [wrong, known] = [0, 0];
  for (let group = 0; group < rightCount.length; group++) {
    if (rightCount[group] === 0) continue;
    known++;
    if (!isVerdictRight[group]) wrong++;
  }
  return wilsonInterval(wrong, known);
}

/** The same for a plain majority of n independent members, each right with probability `rightShare`; half of the ties go wrong. */
export function exactSuppression(n: number, rightShare: number): number {
  const mass = binomialDistribution(n, rightShare);
  let [wrong, known] = [0, 0];
  for (let right = 1; right <= n; right++) {
    known += mass[right];
    if (2 * right < n) wrong += mass[right];
    else if (2 * right === n) wrong += mass[right] / 2;
  }
  return wrong / known;
}

/** The choice with the greatest sum of weights, or undefined at a tie. Votes and weights are of the same length; weights are not negative. */
export function weightedVerdict(votes: ArrayLike<number>, weights: ArrayLike<number>): number | undefined {
  const sums = new Map<number, number>();
  for (let k = 0; k < votes.length; k++) sums.set(votes[k], (sums.get(votes[k]) ?? 0) + weights[k]);
  const [first, second] = [...sums].sort(([, x], [, y]) => y - x);
  return first === undefined || second?.[1] === first[1] ? undefined : first[0];
}

/** Weight of one minority vote above which it prevails over majority votes of weight 1: majority by minority, 7/3 for seven against three. */
export function decidingWeight(majorityCount: number, minorityCount: number): number {
  return majorityCount / minorityCount;
}
