/** The logit market: benchmark prices to the printed digits, best replies that rest, grids and indices. */
import { describe, expect, test } from 'vitest';
import {
  bestReply,
  benchmarksOf,
  calvanoMarket,
  consumerSurplus,
  gridEquilibria,
  jointProfitPrice,
  logitDemand,
  logitProfits,
  nashPrice,
  priceGrid,
  priceIndex,
  profitIndex,
} from '../../../analysis/estimators/logit-market.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';

const ends = benchmarksOf(calvanoMarket);
const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, one) => sum + one, 0) / values.length;

describe('logit market', () => {
  test.each([
    [2, 1.472927, 1.924981],
    [3, 1.3702, 2.0],
    [5, 1.3115, 2.0972],
  ])('benchmarksOf: %d sellers charge %d in competition and %d as a cartel', (sellers, nash, joint) => {
    const digits = sellers === 2 ? 6 : 4;
    expect(nashPrice({ ...calvanoMarket, sellers })).toBeCloseTo(nash, digits);
    expect(jointProfitPrice({ ...calvanoMarket, sellers })).toBeCloseTo(joint, digits);
  });

  test('benchmarksOf: profits of two sellers are 0.222927 and 0.337490', () => {
    expect(ends.nashProfit).toBeCloseTo(0.222927, 6);
    expect(ends.jointProfit).toBeCloseTo(0.33749, 6);
  });

  test('profitIndex and priceIndex are two numbers: 0.709327 and 0.502 where both charge 1.70', () => {
    expect(profitIndex(logitProfits(calvanoMarket, [1.7, 1.7])[0], ends)).toBeCloseTo(0.709327, 6);
    expect(priceIndex(1.7, ends)).toBeCloseTo(0.502, 3);
  });

  test('bestReply: sellers that reply to one another from random prices end at a profit index of 0, a cartel at 1', () => {
    const stream = randomStream(5, streamPurposes.sample);
    for (const sellers of [2, 3, 5]) {
      const market = { ...calvanoMarket, sellers };
      const [bench, prices] = [
        benchmarksOf(market),
        Float64Array.from({ length: sellers }, () => 1 + stream.uniform()),
      ];
      for (let round = 0; round < 40; round++) prices.set(prices.map((_, seller) => bestReply(market, prices, seller)));
      expect(Math.abs(profitIndex(meanOf(logitProfits(market, prices)), bench))).toBeLessThan(0.01);
      const cartel = logitProfits(market, prices.fill(bench.jointPrice));
      expect(Math.abs(profitIndex(meanOf(cartel), bench) - 1)).toBeLessThan(0.01);
    }
  });

  test('bestReply: no price of a fine grid pays more', () => {
    const reply = bestReply(calvanoMarket, [0, 1.6], 0);
    const best = logitProfits(calvanoMarket, [reply, 1.6])[0];
    for (let price = 1; price < 3; price += 0.001) {
      expect(logitProfits(calvanoMarket, [price, 1.6])[0]).toBeLessThanOrEqual(best + 1e-12);
    }
  });

  test('gridEquilibria: a grid of 15 prices has two, at profit indices of -0.024 and +0.117', () => {
    const found = gridEquilibria(calvanoMarket, priceGrid(ends, 15));
    expect(found.map((one) => one.profitIndex.toFixed(3))).toEqual(['-0.024', '0.117']);
  });

  test('gridEquilibria: three sellers of four prices are the equilibria that a search over all cells finds', () => {
    const market = { ...calvanoMarket, sellers: 3 };
    const grid = priceGrid(benchmarksOf(market), 4);
    const found = gridEquilibria(market, grid).map(({ prices }) => prices.join());
    const all = [...grid].flatMap((a) => [...grid].flatMap((b) => [...grid].map((c) => [a, b, c])));
    const isStable = (row: number[]): boolean =>
      row.every((_, k) =>
        [...grid].every((p) => {
          const other = row.map((price, i) => (i === k ? p : price));
          return logitProfits(market, other)[k] <= logitProfits(market, row)[k] + 1e-12;
        }),
      );
    const naive = all.filter((row) => row.every((p, i) => i === 0 || row[i - 1] <= p) && isStable(row));
    expect(found.sort()).toEqual(naive.map((row) => row.join()).sort());
    expect(found.length).toBeGreaterThan(0);
  });

  test('profitIndex: prices drawn evenly from the grid come to 0.497', () => {
    const grid = priceGrid(ends, 15);
    const profits = [...grid].flatMap((a) => [...grid].map((b) => meanOf(logitProfits(calvanoMarket, [a, b]))));
    expect(profitIndex(meanOf(profits), ends)).toBeCloseTo(0.497, 3);
  });

  test('logitDemand: shares and the outside good add up to 1, and the surplus falls by what is sold as a price rises', () => {
    const prices = [1.5, 1.8];
    const sold = logitDemand(calvanoMarket, prices);
    const rise = 1e-6;
    const fall = consumerSurplus(calvanoMarket, prices) - consumerSurplus(calvanoMarket, [1.5 + rise, 1.8]);
    expect(fall / rise).toBeCloseTo(sold[0], 5);
    expect(sold[0] + sold[1]).toBeLessThan(1);
  });
});
