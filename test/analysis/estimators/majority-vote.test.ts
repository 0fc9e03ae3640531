/** Weighted majorities: the binomial formula, every outcome, the weight that decides. */
import { describe, expect, test } from 'vitest';
import { decisiveWeight, weightedVerdict, wrongMajorityShare } from '../../../analysis/estimators/majority-vote.ts';
import type { Voter } from '../../../analysis/estimators/majority-vote.ts';

/** Every one of the 2^n outcomes. */
function byEnumeration(voters: readonly Voter[], tieWrongShare: number): number {
  let wrong = 0;
  for (let outcome = 0; outcome < 1 << voters.length; outcome++) {
    let [chance, sum] = [1, 0];
    voters.forEach(({ weight, wrongShare }, k) => {
      const isWrong = ((outcome >> k) & 1) === 1;
      chance *= isWrong ? wrongShare : 1 - wrongShare;
      sum += isWrong ? weight : -weight;
    });
    wrong += chance * (Math.abs(sum) < 1e-9 ? tieWrongShare : sum > 0 ? 1 : 0);
  }
  return wrong;
}

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k;
}

describe('wrongMajorityShare', () => {
  test('independent equals are the exact binomial', () => {
    for (const [n, p] of [
      [1, 0.3],
      [11, 0.2],
      [101, 0.45],
    ]) {
      let tail = 0;
      for (let k = (n + 1) / 2; k <= n; k++) tail += choose(n, k) * p ** k * (1 - p) ** (n - k);
      expect(wrongMajorityShare(Array.from({ length: n }, () => ({ weight: 1, wrongShare: p })))).toBeCloseTo(tail, 11);
    }
  });

  test('unequal weights and shares are the sum over every outcome, ties included', () => {
    const voters = [0.9, 0.2, 0.5, 0.1, 0.7, 0.35].map((wrongShare, k) => ({
      weight: [1, 1, 2, 1.5, 0.5, 1][k],
      wrongShare,
    }));
    for (const tie of [0, 0.5, 1]) expect(wrongMajorityShare(voters, tie)).toBeCloseTo(byEnumeration(voters, tie), 12);
  });

  test('seven wrong against three right: wrong unweighted, right iff the weight exceeds 7/3', () => {
    const verdict = (weight: number): number =>
      wrongMajorityShare([
        ...Array.from({ length: 7 }, () => ({ weight: 1, wrongShare: 1 })),
        ...Array.from({ length: 3 }, () => ({ weight, wrongShare: 0 })),
      ]);
    expect(decisiveWeight(3, 7)).toBeCloseTo(7 / 3, 12);
    expect([1, 2, 2.333, 2.334, 3].map(verdict)).toEqual([1, 1, 1, 0, 0]);
  });

  test('a weight that is no multiple of the unit is refused', () => {
    expect(() => wrongMajorityShare([{ weight: 1 / 3, wrongShare: 0 }])).toThrow('multiple');
    expect(() => wrongMajorityShare([{ weight: 1, wrongShare: 2 }])).toThrow('share');
  });
});

test('weightedVerdict: seven wrong against three right go wrong unweighted, and right iff a right vote weighs more than 7/3', () => {
  const votes = [0, 0, 0, 0, 0, 0, 0, 1, 1, 1];
  const verdict = (weight: number) =>
    weightedVerdict(
      votes,
      votes.map((vote) => (vote === 1 ? weight : 1)),
    );
  expect(decisiveWeight(3, 7)).toBe(7 / 3);
  expect([1, 2.3333, 7 / 3, 2.3334, 10].map(verdict)).toEqual([0, 0, undefined, 1, 1]);
  expect(weightedVerdict([], [])).toBeUndefined();
});
