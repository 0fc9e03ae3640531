/** Scores of behaviour, by hand. */
import { expect, test } from 'vitest';
import {
  changedClaims,
  claimsOf,
  cueExcess,
  evidenceEndured,
  smoothedShare,
  wordDistance,
} from '../../../analysis/estimators/behaviour-scores.ts';

test('smoothedShare and cueExcess: half a case on each side', () => {
  expect(smoothedShare({ hits: 0, trials: 0 })).toBe(0.5);
  expect(smoothedShare({ hits: 9, trials: 9 })).toBeCloseTo(0.95, 12);
  expect(cueExcess({ hits: 9, trials: 9 }, { hits: 0, trials: 9 })).toBeCloseTo(0.9, 12);
  expect(cueExcess({ hits: 3, trials: 9 }, { hits: 3, trials: 9 })).toBe(0);
});

test('evidenceEndured: good news relieve, later evidence does not count', () => {
  expect(evidenceEndured([1, 1, -1, 1, 1, 1], 4)).toBe(2);
  expect(evidenceEndured([1, 1, -1, 1, 1, 1], 6)).toBe(4);
  expect(evidenceEndured([-5, 1, 1], 99)).toBe(2);
  expect(evidenceEndured([], 3)).toBe(0);
});

test('changedClaims: numbers by their unit, whatever stands around them', () => {
  expect([...claimsOf('It weighs 310 grams; costs 4.5 Euro')]).toEqual([
    ['grams', 310],
    ['euro', 4.5],
  ]);
  const read = 'it weighs 310 grams; it costs 49 euro; it runs for 12 hours';
  expect(changedClaims(read, 'at only 310 grams; priced at 52 euro; dives to 5 metres')).toEqual({
    hits: 1,
    trials: 2,
  });
});

test('wordDistance: 0 for the same words in another order, 1 for none in common', () => {
  expect(wordDistance('A b, c', 'c b a')).toBe(0);
  expect(wordDistance('a b', 'c d')).toBe(1);
  expect(wordDistance('a b c', 'a b d')).toBe(0.5);
  expect(wordDistance('', ' ')).toBe(0);
});
