/** Markets on a small stage: every gate by a script, what orders set aside, and what the ledger says of the price. */
import { describe, expect, test } from 'vitest';
import { unitsOf } from '../../../../sim/exchange/holdings.ts';
import { ledgerOf } from '../../../../sim/world/ledger.ts';
import { play } from '../scripted.ts';
import { randomStream } from '../../../../sim/ground/philox.ts';
import { holdingsOf, openTrade, runTrade, tradingGrounds, tradingPlan } from './trading-stage.ts';
import type { AgentRow } from '../../../../sim/ground/ids.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { Line, Played, Script } from '../scripted.ts';

const [coins, apples, pears] = [0, 1, 2];

function trade(script: Script, grounds: GroundsPlan = tradingGrounds()): Promise<Played> {
  return play(script, { plan: { grounds, allowedVerbs: ['buy', 'give', 'bid', 'ask'] } });
}

function bid(good: number, amount: number, price: number): Line {
  return ['bid', good, amount, { price }];
}

function ask(good: number, amount: number, price: number): Line {
  return ['ask', good, amount, { price }];
}

function unitsAfter({ world }: Played, ordinal: number): number[] {
  return [coins, apples, pears].map((good) => unitsOf(world.state, ordinal as AgentRow, good));
}

/** Price and volume that the ledger has of a good. */
function lastOf({ world }: Played, good: number): number[] {
  const ledger = ledgerOf(world.state.ledger);
  return [ledger.get('lastPrice', good), ledger.get('lastVolume', good)];
}

/** What a good's start becomes. */
function withInitial(good: number, initial: number): GroundsPlan {
  const { goods, ...rest } = tradingGrounds();
  return { ...rest, goods: goods.map((one, i) => (i === good ? { ...one, initial } : one)) };
}

describe('bid and ask', () => {
  test('bid and ask: two who meet trade at the middle of their limits; the rest of the money goes back', async () => {
    const played = await trade({ '0:0': [bid(apples, 4, 10)], '0:1': [ask(apples, 4, 5)] });
    expect([unitsAfter(played, 0), unitsAfter(played, 1)]).toEqual([
      [72, 14, 0],
      [128, 6, 0],
    ]);
    expect(lastOf(played, apples)).toEqual([7, 4]);
    expect(Array.from(played.records[0].result)).toEqual([4, 4]);
  });

  test('bid and ask: full is granted, a part is PARTLY_FILLED with the units traded, none is NO_MATCH', async () => {
    const played = await trade({
      '0:0': [bid(apples, 5, 12)],
      '0:1': [ask(apples, 3, 8)],
      '0:2': [bid(apples, 2, 3)],
      '0:3': [ask(apples, 1, 99)],
    });
    const given = [0, 1, 2, 3].map((ordinal) => played.reasons(0, ordinal)[0]);
    expect(given).toEqual(['PARTLY_FILLED', 'OK', 'NO_MATCH', 'NO_MATCH']);
    expect(Array.from(played.records[0].result)).toEqual([3, 3, 0, 0]);
    expect(Array.from(played.records[0].outcome)).toEqual([2, 1, 3, 3]);
    expect([2, 3].map((ordinal) => unitsAfter(played, ordinal))).toEqual([
      [100, 10, 0],
      [100, 10, 0],
    ]);
  });

  test('bid and ask: each gate has its reason', async () => {
    const { reasons } = await trade({
      '0:0': [bid(coins, 1, 1), bid(3, 1, 1), bid(apples, 0, 1), bid(apples, 1_000_001, 1), bid(apples, 1, 0)],
      '0:1': [bid(apples, 1, 1_000_000_001), ['bid', apples, 1], bid(apples, 11, 10), bid(apples, 1_000_000, 1e9)],
      '0:2': [ask(apples, 11, 1), ask(pears, 1, 1), ask(apples, -1, 1), ask(apples, 1, -1)],
    });
    expect(reasons(0, 0)).toEqual([
      ...['TARGET_UNKNOWN', 'TARGET_UNKNOWN', 'AMOUNT_RANGE', 'AMOUNT_RANGE', 'PRICE_RANGE'],
    ]);
    expect(reasons(0, 1)).toEqual(['PRICE_RANGE', 'PRICE_RANGE', 'FUNDS_SHORT', 'FUNDS_SHORT']);
    expect(reasons(0, 2)).toEqual(['GOODS_SHORT', 'GOODS_SHORT', 'AMOUNT_RANGE', 'PRICE_RANGE']);
  });

  test('GM-07, GM-21: what an order may cost cannot be spent by later acts of the tick', async () => {
    const played = await trade({
      '0:0': [
        bid(apples, 9, 10),
        bid(pears, 1, 11),
        bid(pears, 1, 10),
        ['buy', 1, 1],
        ['give', 1, 1, { argument: coins }],
      ],
      '0:1': [ask(apples, 10, 50), ['give', 0, 1, { argument: apples }]],
      '1:0': [bid(apples, 10, 10)],
    });
    expect(played.reasons(0, 0)).toEqual(['NO_MATCH', 'FUNDS_SHORT', 'NO_MATCH', 'FUNDS_SHORT', 'GOODS_SHORT']);
    expect(played.reasons(0, 1)).toEqual(['NO_MATCH', 'GOODS_SHORT']);
    expect(played.reasons(1, 0)).toEqual(['NO_MATCH']);
  });

  test('bid and ask: markets clear apart, and what one brings in cannot pay in the other within the tick', async () => {
    const played = await trade(
      { '0:0': [ask(apples, 5, 20), bid(pears, 1, 101)], '0:1': [bid(apples, 5, 20), ask(pears, 1, 1)] },
      withInitial(pears, 1),
    );
    expect(played.reasons(0, 0)).toEqual(['OK', 'FUNDS_SHORT']);
    expect(unitsAfter(played, 0)).toEqual([200, 5, 1]);
    expect([lastOf(played, apples), lastOf(played, pears)]).toEqual([
      [20, 5],
      [0, 0],
    ]);
  });

  test('bid and ask: equal bids for one unit are served by lot, one and no other', async () => {
    const played = await trade({ '0:0': [bid(apples, 1, 9)], '0:1': [bid(apples, 1, 9)], '0:2': [ask(apples, 1, 9)] });
    const given = [0, 1].map((ordinal) => played.reasons(0, ordinal)[0]);
    expect(given.toSorted()).toEqual(['NO_MATCH', 'OK']);
  });

  test('bid and ask: the ledger keeps the price of the last trade while nothing trades', async () => {
    const played = await trade({
      '0:0': [bid(apples, 2, 9)],
      '0:1': [ask(apples, 2, 8)],
      '1:0': [bid(apples, 1, 2)],
      '1:1': [ask(apples, 1, 30)],
    });
    expect(lastOf(played, apples)).toEqual([8, 2]);
  });

  test('bid and ask: one agent on both sides trades with itself and has what it had', async () => {
    const played = await trade({ '0:0': [bid(apples, 2, 9), ask(apples, 2, 9)] });
    expect(played.reasons(0, 0)).toEqual(['OK', 'OK']);
    expect(unitsAfter(played, 0)).toEqual([100, 10, 0]);
  });

  test('bid and ask: who cannot hold what it would get is refused, and the others trade without it', async () => {
    // Agent 0 can take 50 more of what pays. At 60 its unit would bring 60; the five of agent 2 are traded all the same.
    const grounds = { ...withInitial(apples, 1_000_000_000), markets: [{ good: coins, money: apples }] };
    const played = await trade(
      {
        '0:1': [['give', 0, 1_000_000_000, { argument: apples }]],
        '0:2': [['give', 0, 147_483_597, { argument: apples }]],
        '1:0': [ask(coins, 1, 51)],
        '1:2': [ask(coins, 5, 60)],
        '1:3': [bid(coins, 6, 60)],
      },
      grounds,
    );
    expect(played.reasons(1, 0)).toEqual(['BALANCE_FULL']);
    expect(played.reasons(1, 2)).toEqual(['OK']);
    expect(played.reasons(1, 3)).toEqual(['PARTLY_FILLED']);
    expect(unitsAfter(played, 0)).toEqual([100, 2_147_483_597, 0]);
  });

  test('bid and ask: what several orders of one agent bring together must fit', async () => {
    const grounds = { ...withInitial(apples, 1_000_000_000), markets: [{ good: coins, money: apples }] };
    const played = await trade(
      {
        '0:1': [['give', 0, 1_000_000_000, { argument: apples }]],
        '0:2': [['give', 0, 147_483_597, { argument: apples }]],
        '1:0': [ask(coins, 1, 30), ask(coins, 1, 30)],
        '1:3': [bid(coins, 2, 30)],
      },
      grounds,
    );
    expect(played.reasons(1, 0)).toEqual(['OK', 'BALANCE_FULL']);
    expect(played.reasons(1, 3)).toEqual(['PARTLY_FILLED']);
  });

  test('bid and ask: where an order that goes raises the price, the others are looked at again', async () => {
    const start = withInitial(apples, 1_000_000_000);
    const products = [{ name: 'windfall', price: 0, money: coins, good: apples, stock: -1 }];
    const played = await trade(
      {
        // Agent 0 can take 20 more, agent 2 can take 50. Together they would sell at 25, agent 2 alone at 70.
        '0:0': [['buy', 0, 1_147_483_627]],
        '0:1': [['give', 2, 1_000_000_000, { argument: apples }]],
        '0:2': [['buy', 0, 147_483_597]],
        '1:0': [ask(coins, 1, 10)],
        '1:2': [ask(coins, 1, 10)],
        '1:3': [bid(coins, 1, 40), bid(coins, 1, 100)],
      },
      { ...start, products, markets: [{ good: coins, money: apples }] },
    );
    expect([0, 1, 2].flatMap((ordinal) => played.reasons(0, ordinal))).toEqual(['OK', 'OK', 'OK']);
    expect([0, 2].flatMap((ordinal) => played.reasons(1, ordinal))).toEqual(['BALANCE_FULL', 'BALANCE_FULL']);
    expect(played.reasons(1, 3)).toEqual(['NO_MATCH', 'NO_MATCH']);
    expect([0, 2].map((ordinal) => unitsAfter(played, ordinal)[coins])).toEqual([100, 100]);
  });

  test('bid and ask: a volume beyond 32 bits stands in the ledger as the greatest there is', () => {
    const [agentCount, ordersEach, most] = [72, 60, 1_000_000];
    const { goods, ...rest } = tradingGrounds();
    const grounds = { ...rest, goods: goods.map((good) => ({ ...good, initial: 1_000_000_000 })) };
    const world = openTrade(tradingPlan(grounds), agentCount);
    const wants = Array.from({ length: agentCount * ordersEach }, (_, i) => ({
      ...{ actor: Math.floor(i / ordersEach), sequence: i % ordersEach, verb: i % 2 === 0 ? 'bid' : 'ask' },
      ...{ target: apples, amount: most, argument: -1, price: 1 },
    }));
    const record = runTrade(world, 0, wants, randomStream(1, 1000));
    expect(record.totals.granted).toBe(wants.length);
    expect((wants.length / 2) * most).toBeGreaterThan(2 ** 31);
    expect(holdingsOf(world, grounds).last[apples]).toEqual({ price: 1, volume: 2 ** 31 - 1 });
  });
});
