/** Prices out of the log: against the engine's own ledger over many ticks, and a book whose every number is counted on paper. */
import { describe, expect, test } from 'vitest';
import { clearingPrices } from '../../../analysis/measures/market-prices.ts';
import { randomStream } from '../../../sim/ground/philox.ts';
import { outcomes, reasonNumber } from '../../../sim/exchange/reasons.ts';
import {
  holdingsOf,
  openTrade,
  runTrade,
  tradingGrounds,
  tradingPlan,
} from '../../sim/game-master/ranked/trading-stage.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { Records } from '../../../sim/record/reader.ts';
import type { Stream, Want } from '../../sim/game-master/ranked/trading-stage.ts';

const apples = 1;
const agentCount = 12;
const grounds = tradingGrounds();
const plan = tradingPlan(grounds, { seed: 31 });

function recordsOf(ticks: readonly TickRecord[]): Pick<Records, 'manifest' | 'ticks'> {
  return { manifest: { plan } as unknown as Records['manifest'], ticks: () => ticks.values() };
}

function order(actor: number, verb: 'bid' | 'ask', amount: number, price: number): Want {
  return { actor, sequence: 0, verb, target: apples, amount, argument: -1, price };
}

/** Orders of every agent, some of which nobody can pay for. */
function wantsOf(stream: Stream): Want[] {
  return Array.from({ length: agentCount }, (_, actor) => ({
    ...order(actor, stream.below(2) === 0 ? 'bid' : 'ask', 1 + stream.below(9), 1 + stream.below(40)),
    target: 1 + stream.below(2),
  }));
}

describe('clearingPrices', () => {
  test('clearingPrices: over 200 ticks price and volume are those that the ledger had after each tick', () => {
    const world = openTrade(plan, agentCount, { workers: 2, layout: 'scrambled' });
    const stream = randomStream(31, 1000);
    const ticks: TickRecord[] = [];
    const wanted: [tick: number, price: number, volume: number][] = [];
    for (let tick = 0; tick < 200; tick++) {
      const before = holdingsOf(world, grounds);
      ticks.push(runTrade(world, tick, wantsOf(stream), stream));
      const { units, last } = holdingsOf(world, grounds);
      const moved = units.reduce((sum, own, i) => sum + Math.max(0, own[apples] - before.units[i][apples]), 0);
      if (moved > 0) wanted.push([tick, last[apples].price, last[apples].volume]);
    }
    const [series, pears] = clearingPrices(recordsOf(ticks));
    const traded = series.ticks.filter(({ volume }) => volume > 0);
    expect(traded.map(({ tick, price, volume }) => [tick, price, volume])).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(50);
    expect([series.name, pears.name]).toEqual(['apples', 'pears']);
    expect(series.ticks.some(({ price, volume }) => volume === 0 && price === null)).toBe(true);
  });

  test('clearingPrices: orders, best limits and the spread of what was left over', () => {
    const wants = [
      order(0, 'bid', 5, 12),
      order(1, 'ask', 3, 8),
      order(2, 'bid', 2, 6),
      order(3, 'ask', 1, 20),
      order(4, 'bid', 99, 90),
    ];
    const record = runTrade(openTrade(plan, agentCount), 0, wants, randomStream(1, 1000));
    const [series] = clearingPrices(recordsOf([record]));
    expect(series).toEqual({
      ...{ good: apples, name: 'apples' },
      ticks: [
        {
          ...{ tick: 0, price: 10, volume: 3, bids: 2, asks: 2, bidUnits: 7, askUnits: 4 },
          ...{ bestBid: 12, bestAsk: 8, spread: 8 },
        },
      ],
    });
  });

  test('clearingPrices: a price that does not follow from the orders is null, not a guess', () => {
    const wants = [order(0, 'bid', 5, 12), order(1, 'ask', 3, 8), order(2, 'bid', 2, 10)];
    const record = runTrade(openTrade(plan, agentCount), 0, wants, randomStream(1, 1000));
    // As where an invariant refuses the best bid once the other has been refused for it.
    const outcome = record.outcome.map(() => outcomes.refused);
    const reason = Uint8Array.of(reasonNumber.INVARIANT_BROKEN, reasonNumber.NO_MATCH, reasonNumber.NO_MATCH);
    const [series] = clearingPrices(recordsOf([{ ...record, outcome, reason }]));
    expect(series.ticks).toMatchObject([{ price: null, volume: 0, bids: 1, asks: 1 }]);
  });
});
