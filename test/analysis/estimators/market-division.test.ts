/** Division of markets, rotation of winners, and coordination by messages, against tables by hand. */
import { describe, expect, test } from 'vitest';
import { bidRotation, herfindahl, marketDivision } from '../../../analysis/estimators/market-division.ts';
import { compliance, messageEffect } from '../../../analysis/estimators/message-coordination.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';

const stream = () => randomStream(3, streamPurposes.permutation);

describe('marketDivision', () => {
  test('two sellers with a market each: concentrated one by one and not as a whole, one bit of information', () => {
    const divided = marketDivision([
      [
        [4, 0],
        [0, 4],
      ],
      [
        [2, 0],
        [0, 2],
      ],
    ]);
    expect(divided).toMatchObject({ pooledHhi: 0.5, meanMarketHhi: 1, crossMarketHhi: 0.5, singleSellerShare: 1 });
    expect(divided.mutualInformationBits).toBeCloseTo(1, 12);
  });

  test('sellers who sell alike everywhere divide nothing', () => {
    const mixed = marketDivision([
      [
        [3, 1],
        [6, 2],
      ],
    ]);
    expect(mixed.crossMarketHhi).toBeCloseTo(0, 12);
    expect(mixed.mutualInformationBits).toBeCloseTo(0, 12);
    expect(mixed.singleSellerShare).toBe(0);
  });

  test('herfindahl and marketDivision: equal parts give 1/n, nothing gives NaN', () => {
    expect(herfindahl([1, 1, 1, 1])).toBe(0.25);
    expect(herfindahl([0, 0])).toBeNaN();
    expect(marketDivision([[[0, 0]]]).mutualInformationBits).toBeNaN();
  });
});

describe('bidRotation', () => {
  test('three bidders in strict turns: the last winner tells the next, with all of log2 3 bits, and more runs than chance', () => {
    const turns = bidRotation(
      Array.from({ length: 31 }, (_, t) => t % 3),
      stream(),
    );
    expect(turns.rotationBits).toBeCloseTo(Math.log2(3), 2);
    expect(turns.nextWinnerBits).toBeCloseTo(0, 12);
    expect(turns.rotationP).toBe(0.001);
    expect(turns.runsZ).toBeGreaterThan(3.5);
  });

  test('a coin: its runs are those of the two-sample runs test, 2 n1 n2 / n + 1', () => {
    const coin = [0, 1, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1];
    const found = bidRotation(coin, stream());
    expect(found.runs).toBe(8);
    expect(found.expectedRuns).toBe(7);
    // (2 n1 n2 (2 n1 n2 - n)) / (n² (n - 1)) with n1 = n2 = 6.
    expect(found.runsZ).toBeCloseTo(1 / Math.sqrt((72 * 60) / (144 * 11)), 12);
  });

  test('winners drawn by lot: p below 0.05 in about one of twenty sequences', () => {
    const lots = randomStream(9, streamPurposes.sample);
    let alarms = 0;
    for (let k = 0; k < 200; k++) {
      const winners = Array.from({ length: 40 }, () => lots.below(3));
      if (bidRotation(winners, lots, 99).rotationP <= 0.05) alarms++;
    }
    expect(alarms).toBeLessThan(24);
  });

  test('one who wins always: nothing to rotate', () => {
    expect(bidRotation([0, 0, 0, 0], stream())).toMatchObject({
      winnerBits: 0,
      rotationBits: 0,
      rotationP: 1,
      runs: 1,
    });
  });
});

describe('messages', () => {
  test('messageEffect: what moves everybody is taken out', () => {
    const units = [1, 2, 3, 4].flatMap((before) => [
      { before, after: before + 1 - 0.5 - before * 0.01, hasMessage: true },
      { before, after: before + 1 - before * 0.01, hasMessage: false },
    ]);
    const { spoke, silent, effect } = messageEffect(units);
    expect(effect.value).toBeCloseTo(-0.5, 12);
    expect(spoke.value - silent.value).toBeCloseTo(-0.5, 12);
    expect(effect.interval[1]).toBeLessThan(0);
  });

  test('compliance: shares of messages that propose, and of proposals that are followed', () => {
    const { proposing, followed } = compliance(
      [
        { proposed: 1.7, did: 1.7 },
        { proposed: 1.7, did: 1.72 },
        { proposed: undefined, did: 2 },
        { proposed: 1.7, did: 1.5 },
      ],
      0.05,
    );
    expect([proposing.value, followed.value]).toEqual([0.75, 2 / 3]);
  });
});
