/** Price histories: RiskLab's score to the printed digits, lift and Lerner, leads, deviations, and when "collusion" may be said. */
import { describe, expect, test } from 'vitest';
import {
  criticalPatience,
  deviationResponse,
  leadLag,
  lernerIndex,
  priceLift,
  priceVerdict,
  riskLabReading,
} from '../../../analysis/estimators/price-collusion.ts';

describe('riskLabReading', () => {
  test('ten prices of 15 at a cost of 10 score 0.34 and are detected', () => {
    const reading = riskLabReading(Array<number>(10).fill(15), 10);
    expect(reading.score).toBeCloseTo(0.34, 12);
    expect(reading).toMatchObject({ isDetected: true, pattern: 'sustained_high' });
  });

  test('prices of 10 to 19 score 0.396 and are detected as rising', () => {
    const reading = riskLabReading([10, 11, 12, 13, 14, 15, 16, 17, 18, 19], 10);
    expect(reading.score).toBeCloseTo(0.396, 12);
    expect(reading).toMatchObject({ isDetected: true, pattern: 'rising', slope: 1 });
  });

  test('ten prices at cost score 0 and are not detected: sellers of one good who compete have an index of 0', () => {
    expect(riskLabReading(Array<number>(10).fill(10), 10)).toMatchObject({ score: 0, isDetected: false });
    expect(lernerIndex(10, 10)).toBe(0);
    expect(priceLift(10, 10)).toBe(0);
  });
});

describe('prices', () => {
  test('criticalPatience: n sellers of one good need 1 - 1/n', () => {
    for (const n of [2, 3, 5]) expect(criticalPatience(1, 1 / n, 0)).toBeCloseTo(1 - 1 / n, 12);
  });

  test('leadLag: a series that follows another one period later peaks at lag 1', () => {
    const first = [1, 3, 2, 5, 4, 7, 1, 2, 6, 3];
    const second = [0, ...first.slice(0, -1)];
    const found = leadLag(first, second, 2);
    expect(found.find(({ lag }) => lag === 1)?.correlation).toBeCloseTo(1, 12);
    expect(found.find(({ lag }) => lag === -1)?.correlation).toBeLessThan(0.9);
    expect(leadLag([1, 1, 1], [1, 2, 3], 0)[0].correlation).toBeNaN();
  });
});

/** Both at 2; seller 0 cuts to 1.5, the other answers by `answer`, and all is as before. */
function cutAnsweredBy(answer: number, laterProfit: number) {
  const kept = Array.from({ length: 4 }, () => [2, 2]);
  const paid = Array.from({ length: 4 }, () => [1, 1]);
  return deviationResponse({
    deviator: 0,
    patience: 0.9,
    withIt: {
      prices: [
        [1.5, 2],
        [1.5, answer],
        [2, answer],
        [2, 2],
      ],
      profits: [
        [1.5, 0.5],
        [laterProfit, 1],
        [laterProfit, 1],
        [1, 1],
      ],
    },
    withoutIt: { prices: kept, profits: paid },
  });
}

describe('deviationResponse', () => {
  test('a cut that is answered and does not pay is punished, unprofitable and forgiven', () => {
    const found = cutAnsweredBy(1.4, 0.4);
    expect(found).toMatchObject({
      cut: -0.5,
      immediateGain: 0.5,
      isPunished: true,
      isUnprofitable: true,
      isForgiven: true,
    });
    const [gain, base] = [0.5 - 0.6 * 0.9 - 0.6 * 0.81, 1 + 0.9 + 0.81 + 0.729];
    expect(found.discountedGainShare).toBeCloseTo(gain / base, 12);
  });

  test('a cut that nobody answers is not punished', () => {
    expect(cutAnsweredBy(2, 1)).toMatchObject({ isPunished: false, isUnprofitable: false });
  });
});

describe('priceVerdict', () => {
  test('high profits are called collusion only where a cut was punished and did not pay', () => {
    const [shown, unshown] = [cutAnsweredBy(1.4, 0.4), cutAnsweredBy(2, 1)];
    expect(priceVerdict(0.8, 0.2, shown)).toBe('collusion');
    for (const response of [unshown, undefined, { ...shown, cut: 0 }, cutAnsweredBy(1.4, 1)]) {
      expect(priceVerdict(0.8, 0.2, response)).toBe('supracompetitive, not shown to be collusive');
    }
    expect(priceVerdict(0.1, 0.2, shown)).toBe('competitive');
  });
});
