/**
 * Recency, fan factor and their product against the golden values of OASIS, and past the ages for which its formula is meant.
 */
import { describe, expect, test } from 'vitest';
import { fanFactorOf, interestScore, recencyEndMinutes, recencyOf } from '../../../sim/recommender/interest-score.ts';

describe('recencyOf', () => {
  test.each([
    [0, 0.9999],
    [1, 0.99621],
    [30, 0.88294],
    [60, 0.75],
    [90, 0.59774],
    [171.8, 0],
  ])('recencyOf: OASIS-41: after %f minutes it is %f', (ageMinutes, golden) => {
    const decimalCount = (String(golden).split('.')[1] ?? '').length;
    expect(recencyOf(ageMinutes)).toBeCloseTo(golden, Math.max(3, decimalCount));
  });

  test('recencyOf: agrees with ln((271.8 - age) / 100) at 50 digits to the last place of a double', () => {
    expect(recencyOf(0)).toBeCloseTo(0.99989631572895196894998453, 15);
    expect(recencyOf(30)).toBeCloseTo(0.88294075219260093074115476, 15);
    expect(recencyOf(171)).toBeCloseTo(0.0079681696491768735107973, 15);
  });

  test('recencyOf: falls with every minute up to its end, and is 0 and a number ever after', () => {
    for (let age = 1; age < recencyEndMinutes; age++) expect(recencyOf(age)).toBeLessThan(recencyOf(age - 1));
    const ended = [recencyEndMinutes, 172, 271.7, 271.8, 271.9, 1e6, Infinity].map(recencyOf);
    expect(ended).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});

describe('fanFactorOf', () => {
  test.each([
    [0, 1],
    [99, 1],
    [999, 1],
    [9_999, 4 / 3],
    [999_999, 2],
  ])('fanFactorOf: OASIS-43: %i followers give %f', (followerCount, golden) => {
    expect(fanFactorOf(followerCount)).toBeCloseTo(golden, 12);
  });

  test('fanFactorOf: the thousandth follower is the first that counts', () => {
    expect([fanFactorOf(998), fanFactorOf(999)]).toEqual([1, 1]);
    expect(fanFactorOf(1000)).toBeGreaterThan(1);
  });
});

describe('interestScore', () => {
  test('interestScore: is the product of recency and similarity, and of the fan factor where followers are given', () => {
    const facts = { ageMinutes: 30, similarity: 0.5 };
    expect(interestScore(facts)).toBe(recencyOf(30) * 0.5);
    expect(interestScore({ ...facts, followerCount: 9_999 })).toBeCloseTo(recencyOf(30) * (4 / 3) * 0.5, 12);
    expect(interestScore({ ...facts, followerCount: 999 })).toBe(interestScore(facts));
  });

  test('interestScore: past the end of recency no similarity puts one post above another, nor makes a score of -0', () => {
    const scores = [-1, -0.2, 0.2, 1].map((similarity) => interestScore({ ageMinutes: 200, similarity }));
    expect(scores).toEqual([0, 0, 0, 0]);
  });
});
