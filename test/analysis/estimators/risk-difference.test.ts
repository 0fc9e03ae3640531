/** Newcombe's interval against the contrasts that he printed, and its limits. */
import { describe, expect, test } from 'vitest';
import { riskDifference } from '../../../analysis/estimators/risk-difference.ts';

describe('riskDifference', () => {
  // Newcombe 1998, Statistics in Medicine 17, table II, method 10.
  test.each([
    { first: [56, 70], second: [48, 80], interval: [0.0524, 0.3339] },
    { first: [9, 10], second: [3, 10], interval: [0.1705, 0.809] },
    { first: [6, 7], second: [2, 7], interval: [0.0582, 0.8062] },
    { first: [5, 56], second: [0, 29], interval: [-0.0381, 0.1926] },
    { first: [0, 10], second: [0, 20], interval: [-0.1611, 0.2775] },
    { first: [0, 10], second: [0, 10], interval: [-0.2775, 0.2775] },
    { first: [10, 10], second: [0, 20], interval: [0.6791, 1] },
    { first: [10, 10], second: [0, 10], interval: [0.6075, 1] },
  ])('$first against $second: the printed ends', ({ first, second, interval }) => {
    const found = riskDifference(
      { hitCount: first[0], drawCount: first[1] },
      { hitCount: second[0], drawCount: second[1] },
    );
    expect(found.value).toBeCloseTo(first[0] / first[1] - second[0] / second[1], 12);
    expect(found.interval[0]).toBeCloseTo(interval[0], 4);
    expect(found.interval[1]).toBeCloseTo(interval[1], 4);
  });

  test('exchanged groups exchange the sign and the ends', () => {
    const [one, other] = [
      { hitCount: 11, drawCount: 164 },
      { hitCount: 30, drawCount: 90 },
    ];
    const [low, high] = riskDifference(one, other).interval;
    const back = riskDifference(other, one).interval;
    expect(back[0]).toBeCloseTo(-high, 12);
    expect(back[1]).toBeCloseTo(-low, 12);
  });

  test('a group without draws has no difference', () => {
    expect(riskDifference({ hitCount: 0, drawCount: 0 }, { hitCount: 1, drawCount: 2 }).value).toBeNaN();
  });
});
