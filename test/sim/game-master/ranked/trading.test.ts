/**
 * Buying, giving and markets against their replay on plain objects, over shards, layouts and orders of arrival.
 *
 * Worlds are small and want much: stock runs out, money and goods run short, balances of 32 bits run full, orders cross, stand alone or
 * are filled in part. What the worlds must contain is counted, for a world without it would compare nothing.
 */
import { describe, expect, test } from 'vitest';
import { checkConservation, checkDraft } from '../../../../sim/engine/conservation.ts';
import { reasonName } from '../../../../sim/exchange/reasons.ts';
import { ledgerOf } from '../../../../sim/world/ledger.ts';
import { randomStream } from '../../../../sim/ground/philox.ts';
import { NaiveTrade } from './trading-oracle.ts';
import { holdingsOf, inRank, openTrade, rootOfTrade, runTrade, tradingGrounds, tradingPlan } from './trading-stage.ts';
import { tradingVerbs } from './trading-stage.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { TickRecord } from '../../../../sim/record/chunk.ts';
import type { Stream, Want } from './trading-stage.ts';

const agentCount = 12;
const actsPerAgent = 5;
const placements = [
  { workers: 1, layout: 'key' },
  { workers: 2, layout: 'degree' },
  { workers: 3, layout: 'scrambled' },
] as const;

/** A number in a range of the verb's mostly, and sometimes just outside of it. */
function amountOf(stream: Stream, most: number): number {
  const odd = stream.below(20);
  return odd === 0 ? 0 : odd === 1 ? -3 : 1 + stream.below(most);
}

function wantsOf(stream: Stream, scale: number): Want[] {
  return Array.from({ length: agentCount * actsPerAgent }, (_, i) => {
    const verb = tradingVerbs[stream.below(tradingVerbs.length)];
    const isOrder = verb === 'bid' || verb === 'ask';
    const things = isOrder ? 3 : verb === 'buy' ? 3 : agentCount;
    return {
      actor: Math.floor(i / actsPerAgent),
      sequence: i % actsPerAgent,
      ...{ verb, target: stream.below(30) === 0 ? -1 + 20 * stream.below(2) : stream.below(things) },
      amount: isOrder ? amountOf(stream, scale === 1 ? 6 : 1000) : amountOf(stream, verb === 'give' ? 12 * scale : 4),
      argument: verb === 'give' ? (stream.below(40) === 0 ? 7 : stream.below(3)) : -1,
      price: isOrder ? amountOf(stream, scale === 1 ? 30 : 1_000_000) : 0,
    };
  });
}

type Row = Readonly<Record<'actor' | 'sequence' | 'outcome' | 'reason' | 'result', number>>;

function rowsOf({ actor, sequence, outcome, reason, result, intentCount }: TickRecord): Row[] {
  return Array.from({ length: intentCount }, (_, i) => ({
    ...{ actor: actor[i], sequence: sequence[i], outcome: outcome[i], reason: reason[i], result: result[i] },
  }));
}

/** Runs a world and its replay side by side and returns how often each reason was given. */
function compare(grounds: GroundsPlan, seed: number, ticks: number, at: (typeof placements)[number], scale: number) {
  const world = openTrade(tradingPlan(grounds, { seed }), agentCount, at);
  const naive = new NaiveTrade(grounds, agentCount);
  const stream = randomStream(seed, 1000);
  const arrival = randomStream(seed, 1001);
  const tally = new Map<string, number>();
  for (let tick = 0; tick < ticks; tick++) {
    const wants = wantsOf(stream, scale);
    const record = runTrade(world, tick, wants, arrival, (entries) => {
      checkDraft(entries, ledgerOf(world.state.ledger), grounds.goods, { tick });
    });
    const ranked = inRank(wants, world);
    const rulings = naive.settle(ranked);
    const wanted = ranked.map(({ actor, sequence }, i) => ({ actor, sequence, ...rulings[i] }));
    wanted.sort((x, y) => x.actor - y.actor || x.sequence - y.sequence);
    expect(rowsOf(record)).toEqual(wanted);
    const { units, platform, sold, last } = naive;
    expect(holdingsOf(world, grounds)).toEqual({ units, platform, sold, last });
    checkConservation(world.state.ledger, grounds.goods, { tick });
    for (const { reason } of wanted) tally.set(reasonName(reason), (tally.get(reasonName(reason)) ?? 0) + 1);
  }
  return tally;
}

const everyReason = ['OK', 'TARGET_UNKNOWN', 'AMOUNT_RANGE', 'ARGUMENT_INVALID', 'AGENT_UNKNOWN', 'SELF_TARGET'];
const marketReasons = ['NO_MATCH', 'PARTLY_FILLED', 'PRICE_RANGE', 'FUNDS_SHORT', 'GOODS_SHORT'];

describe('buy, give, bid and ask: equal the replay on objects', () => {
  test.each(placements)('$workers shards, $layout layout: 3,000 acts, short of everything', (at) => {
    const tally = compare(tradingGrounds(), 11, 50, at, 1);
    for (const reason of [...everyReason, ...marketReasons, 'SOLD_OUT']) {
      expect(tally.get(reason) ?? 0).toBeGreaterThan(reason === 'OK' ? 300 : 5);
    }
  });

  test.each(placements)('$workers shards, $layout layout: 3,000 acts, balances at the edge of 32 bits', (at) => {
    const tally = compare(tradingGrounds(10_000_000), 12, 50, at, 10_000_000);
    for (const reason of ['OK', 'BALANCE_FULL', 'NO_MATCH', 'FUNDS_SHORT', 'GOODS_SHORT']) {
      expect(tally.get(reason) ?? 0).toBeGreaterThan(5);
    }
  });
});

describe('buy, give, bid and ask: order cannot be seen', () => {
  test(
    'a tick in 100 orders of arrival, on 1 to 5 shards of any layout: one root and one record',
    { timeout: 90_000 },
    () => {
      const grounds = tradingGrounds();
      const plan = tradingPlan(grounds, { seed: 13 });
      const wants = wantsOf(randomStream(13, 1000), 1);
      const made = Array.from({ length: 100 }, (_, order) => {
        const stream = randomStream(order, 1000);
        const layout = (['key', 'degree', 'scrambled'] as const)[stream.below(3)];
        const world = openTrade(plan, agentCount, { workers: 1 + stream.below(5), layout });
        const record = runTrade(world, 0, wants, stream);
        return { root: rootOfTrade(world), rows: JSON.stringify(rowsOf(record)) };
      });
      expect(new Set(made.map(({ rows }) => rows)).size).toBe(1);
      expect(new Set(made.map(({ root }) => root)).size).toBe(1);
      expect(
        new Set(rowsOf(runTrade(openTrade(plan, agentCount), 0, wants, randomStream(0, 1))).map((row) => row.outcome)),
      ).toEqual(new Set([1, 2, 3]));
    },
  );
});
