/**
 * What a vote does to members who are right: how often the verdict is wrong though some knew better.
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
