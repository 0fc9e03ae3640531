/** Agreement against scikit-learn and statsmodels, and at its limits. */
import { describe, expect, test } from 'vitest';
import {
  adjustedRand,
  clusterOverlaps,
  cohenKappa,
  fleissKappa,
  normalisedMutualInformation,
} from '../../../analysis/estimators/agreement.ts';
import { clusters } from '../groups.ts';
import { testStream } from '../worlds.ts';

describe('agreement of clusterings', () => {
  test.each(clusters.agreement)('scikit-learn’s indices, pair %#', (reference) => {
    const first = Int32Array.from(reference.first);
    const second = Int32Array.from(reference.second);
    expect(adjustedRand(first, second)).toBeCloseTo(reference.adjustedRand, 12);
    expect(normalisedMutualInformation(first, second)).toBeCloseTo(reference.mutualInformation, 12);
    expect(adjustedRand(second, first)).toBeCloseTo(reference.adjustedRand, 12);
  });

  test('[0, 0, 1, 1] and [0, 0, 1, 2]: 0.571429 and 0.8', () => {
    const pair = [Int32Array.of(0, 0, 1, 1), Int32Array.of(0, 0, 1, 2)] as const;
    expect(adjustedRand(...pair)).toBeCloseTo(0.571429, 6);
    expect(normalisedMutualInformation(...pair)).toBeCloseTo(0.8, 12);
  });

  test('adjustedRand: independent labels lie around 0, all rows in one cluster agree with themselves', () => {
    const stream = testStream(1);
    const drawn = (): Int32Array => Int32Array.from({ length: 5000 }, () => stream.below(4));
    expect(Math.abs(adjustedRand(drawn(), drawn()))).toBeLessThan(0.01);
    expect(adjustedRand(new Int32Array(5), new Int32Array(5))).toBe(1);
  });

  test('clusterOverlaps: shared rows over rows of either', () => {
    const overlaps = clusterOverlaps(Int32Array.of(0, 0, 0, 1, 1), Int32Array.of(2, 2, 1, 1, 1), 3);
    expect(Array.from(overlaps)).toEqual([2 / 3, 2 / 3, 0]);
  });
});

describe('agreement of raters', () => {
  test('cohenKappa: 20, 5, 10, 15 gives 0.4', () => {
    expect(cohenKappa(clusters.cohen.table)).toBeCloseTo(clusters.cohen.kappa, 12);
    expect(
      cohenKappa([
        [20, 5],
        [10, 15],
      ]),
    ).toBeCloseTo(0.4, 12);
    expect(
      cohenKappa([
        [7, 0],
        [0, 0],
      ]),
    ).toBeNaN();
  });

  test('fleissKappa: the textbook table gives 0.209931', () => {
    expect(fleissKappa(clusters.fleiss.table)).toBeCloseTo(clusters.fleiss.kappa, 12);
    expect(fleissKappa(clusters.fleiss.table)).toBeCloseTo(0.209931, 6);
  });

  test('fleissKappa: a subject with another number of raters is refused', () => {
    expect(() =>
      fleissKappa([
        [2, 1],
        [1, 1],
      ]),
    ).toThrow('same number of raters');
  });
});
