/** Buying from the platform and gifts: every gate by a script, and the lottery for scarce units over ten thousand seeds. */
import { describe, expect, test } from 'vitest';
import { unitsOf } from '../../../../sim/exchange/holdings.ts';
import { outcomes } from '../../../../sim/exchange/reasons.ts';
import { counts } from '../../../../sim/exchange/tables.ts';
import { verbs } from '../../../../sim/exchange/verbs.ts';
import { settleRanked } from '../../../../sim/game-master/ranked/settle.ts';
import { randomStream } from '../../../../sim/ground/philox.ts';
import { seedWords, tickSeedA, tickSeedB } from '../../../../sim/ground/random.ts';
import { ledgerOf } from '../../../../sim/world/ledger.ts';
import { attempt } from '../../../../sim/policy/act.ts';
import { play } from '../scripted.ts';
import { openTrade, tradingGrounds, tradingPlan } from './trading-stage.ts';
import type { AgentRow } from '../../../../sim/ground/ids.ts';
import type { IntentRow } from '../../../../sim/exchange/tables.ts';
import type { Account, LedgerEntry } from '../../../../sim/world/ledger.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { OpenWorld } from '../../worlds.ts';
import type { Line, Played, Script } from '../scripted.ts';
import type { Stream } from './trading-stage.ts';

const [coins, apples, pears] = [0, 1, 2];
const [appleBox, badge, windfall] = [0, 1, 2];

function trade(script: Script, grounds: GroundsPlan = tradingGrounds()): Promise<Played> {
  const allowedVerbs = ['buy', 'give', 'post'];
  return play(script, { plan: { grounds, allowedVerbs } });
}

function unitsAfter({ world }: Played, ordinal: number): number[] {
  return [coins, apples, pears].map((good) => unitsOf(world.state, ordinal as AgentRow, good));
}

function entry({ world }: Played, account: Account, subject: number): number {
  return ledgerOf(world.state.ledger).get(account, subject);
}

function give(target: number, amount: number, argument: number): Line {
  return ['give', target, amount, { argument }];
}

describe('buy', () => {
  test('buy: money goes to the platform, units come from it, the result counts the units sold', async () => {
    const played = await trade({ '0:0': [['buy', appleBox, 3]], '1:1': [['buy', appleBox, 2]] });
    expect([unitsAfter(played, 0), unitsAfter(played, 1)]).toEqual([
      [79, 13, 0],
      [86, 12, 0],
    ]);
    expect([coins, apples].map((good) => entry(played, 'platformBalance', good))).toEqual([35, -5]);
    expect(played.records.map(({ result }) => result[0])).toEqual([3, 5]);
  });

  test('buy: a product without a good only costs, one without a price only brings', async () => {
    const played = await trade({
      '0:0': [
        ['buy', badge, 4],
        ['buy', windfall, 9],
      ],
    });
    expect(unitsAfter(played, 0)).toEqual([88, 10, 9]);
  });

  test('GM-15: of four buyers of the last three units exactly three get one, and the fourth is SOLD_OUT', async () => {
    const [box, ...others] = tradingGrounds().products;
    const grounds = { ...tradingGrounds(), products: [{ ...box, stock: 3 }, ...others] };
    const all = { '0:0': [['buy', 0, 1]], '0:1': [['buy', 0, 1]], '0:2': [['buy', 0, 1]], '0:3': [['buy', 0, 1]] };
    const played = await trade(all as unknown as Script, grounds);
    const given = [0, 1, 2, 3].flatMap((ordinal) => played.reasons(0, ordinal));
    expect(given.toSorted()).toEqual(['OK', 'OK', 'OK', 'SOLD_OUT']);
    expect(entry(played, 'sold', 0)).toBe(3);
  });

  test('buy: more units than are left are not sold in part', async () => {
    const played = await trade({
      '0:0': [
        ['buy', windfall, 1],
        ['buy', appleBox, 31],
        ['buy', appleBox, 1],
      ],
    });
    expect(played.reasons(0, 0)).toEqual(['OK', 'SOLD_OUT', 'OK']);
  });

  test('buy: each gate has its reason, and who is refused has what it had', async () => {
    const played = await trade({
      '0:0': [
        ['buy', -1, 1],
        ['buy', 3, 1],
        ['buy', badge],
        ['buy', badge, -2],
        ['buy', badge, 34],
        ['buy', badge, 2 ** 30],
      ],
    });
    expect(played.reasons(0, 0)).toEqual([
      ...['TARGET_UNKNOWN', 'TARGET_UNKNOWN', 'AMOUNT_RANGE', 'AMOUNT_RANGE', 'FUNDS_SHORT', 'FUNDS_SHORT'],
    ]);
    expect(unitsAfter(played, 0)).toEqual([100, 10, 0]);
  });

  test('buy: nobody comes to hold more than 32 bits can say', async () => {
    const played = await trade({
      '0:0': [
        ['buy', windfall, 2 ** 31 - 1],
        ['buy', windfall, 1],
      ],
    });
    expect(played.reasons(0, 0)).toEqual(['OK', 'BALANCE_FULL']);
    expect(unitsAfter(played, 0)[pears]).toBe(2 ** 31 - 1);
  });

  test('buy: the platform gives away no more of a good than 32 bits can say, whichever product it comes with', async () => {
    const [, , free] = tradingGrounds().products;
    const grounds = { ...tradingGrounds(), products: [free, { ...free, name: 'second-windfall' }] };
    const played = await trade(
      {
        '0:0': [
          ['buy', 0, 2 ** 31 - 2],
          ['give', 1, 2 ** 30, { argument: pears }],
          ['buy', 1, 2],
          ['buy', 1, 1],
        ],
      },
      grounds,
    );
    expect(played.reasons(0, 0)).toEqual(['OK', 'OK', 'BALANCE_FULL', 'OK']);
    expect(entry(played, 'platformBalance', pears)).toBe(1 - 2 ** 31);
  });

  test('buy: without grounds there is nothing to buy', async () => {
    const played = await play({ '0:0': [['buy', 0, 1], give(1, 1, 0)] }, { plan: { allowedVerbs: ['buy', 'give'] } });
    expect(played.reasons(0, 0)).toEqual(['TARGET_UNKNOWN', 'ARGUMENT_INVALID']);
  });
});

describe('give', () => {
  test('give: what one loses the other has, from the next tick on', async () => {
    const played = await trade({ '0:0': [give(1, 4, apples)], '1:1': [give(2, 14, apples)] });
    expect([0, 1, 2].map((ordinal) => unitsAfter(played, ordinal)[apples])).toEqual([6, 0, 24]);
    expect(played.records.flatMap(({ reason }) => Array.from(reason))).toEqual([0, 0]);
  });

  test('give: each gate has its reason, and nothing changes hands', async () => {
    const played = await trade({
      '0:0': [
        give(0, 1, apples),
        give(9, 1, apples),
        give(1, 1, -1),
        give(1, 1, 3),
        ['give', 1, 1],
        give(1, 0, apples),
      ],
      '0:1': [give(2, 11, apples), give(2, 10, apples), give(2, 1, apples)],
    });
    const { reasons } = played;
    expect(reasons(0, 0)).toEqual([
      ...['SELF_TARGET', 'AGENT_UNKNOWN', 'ARGUMENT_INVALID', 'ARGUMENT_INVALID', 'ARGUMENT_INVALID', 'AMOUNT_RANGE'],
    ]);
    expect(reasons(0, 1)).toEqual(['GOODS_SHORT', 'OK', 'GOODS_SHORT']);
    expect(unitsAfter(played, 0)).toEqual([100, 10, 0]);
  });

  test('give: a gift that the other cannot hold stays where it was', async () => {
    const { goods, ...rest } = tradingGrounds();
    const grounds = { ...rest, goods: goods.map((good) => ({ ...good, initial: 10 })) };
    const script = {
      '0:1': [['buy', windfall, 2 ** 31 - 1 - 10 - 5]],
      '1:0': [give(1, 6, pears), give(1, 5, pears), give(1, 1, pears)],
    };
    const played = await trade(script as unknown as Script, grounds);
    expect(played.reasons(1, 0)).toEqual(['BALANCE_FULL', 'OK', 'BALANCE_FULL']);
    expect([0, 1].map((ordinal) => unitsAfter(played, ordinal)[pears])).toEqual([5, 2 ** 31 - 1]);
  });

  test('give: who left for good is given nothing', async () => {
    const played = await play(
      { '0:1': [['quit']], '1:0': [give(1, 1, apples)] },
      { plan: { grounds: tradingGrounds(), allowedVerbs: ['give', 'quit'] } },
    );
    expect(played.reasons(0, 1)).toEqual(['OK']);
    expect(played.reasons(1, 0)).toEqual(['LEFT']);
  });
});

/** Who got a unit of all who wanted one: see `contest`. */
interface Contender {
  readonly ordinal: number;
  readonly shard: number;
  readonly row: number;
  readonly intent: number;
  readonly isWinner: boolean;
}

interface Contest {
  readonly contenders: readonly Contender[];
  readonly entries: readonly LedgerEntry[];
}

/**
 * Lays one purchase of one unit by each agent before the Game Master: agents in a drawn order in tables of drawn shards, the product with
 * `stock` units, the tick's seeds those of `seed`. Nothing is applied.
 */
function contest(
  { shards }: OpenWorld,
  ordinals: readonly number[],
  stock: number,
  seed: number,
  stream: Stream,
): Contest {
  const { state, book, all } = shards[0];
  const { lo, hi } = seedWords(seed);
  state.now = { ...state.now, seedA: tickSeedA(lo, hi, 0), seedB: tickSeedB(lo, hi, 0) };
  const places = ordinals.map((ordinal) => {
    const shard = stream.below(all.length);
    const { count } = all[shard];
    attempt(all[shard], { actor: state.rowOfOrdinal[ordinal], sequence: 0 }, verbs.buy, 0, 1);
    count[counts.ranked]++;
    return { ordinal, shard, row: state.rowOfOrdinal[ordinal], intent: count[counts.intents] - 1 };
  });
  const [box] = tradingGrounds().products;
  const grounds = { ...tradingGrounds(), products: [{ ...box, stock }] };
  const entries = [...settleRanked(state, { ...book, grounds }, all).entries];
  const contenders = places.map((place) => {
    const { intents } = all[place.shard];
    return { ...place, isWinner: intents.outcome[place.intent as IntentRow] === outcomes.granted };
  });
  for (const { count } of all) count.fill(0);
  return { contenders, entries };
}

function drawn(length: number, stream: Stream): number[] {
  const list = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
  return list;
}

const agentCount = 12;
const world = openTrade(tradingPlan(tradingGrounds()), agentCount, { workers: 3, layout: 'scrambled' });

describe('10,000 conflicts over scarce units', () => {
  test('GM-15, GM-22: of n buyers of k units exactly min(n, k) win, and what they pay and get is what others lose', () => {
    const stream = randomStream(21, 1000);
    for (let k = 0; k < 10_000; k++) {
      const ordinals = drawn(agentCount, stream).slice(0, 1 + stream.below(agentCount));
      const stock = stream.below(agentCount + 2);
      const { contenders, entries } = contest(world, ordinals, stock, k, stream);
      const winners = contenders.filter(({ isWinner }) => isWinner).length;
      const sumOf = (good: number): number =>
        entries.reduce((sum, { account, subject, object, value }) => {
          const isOfGood =
            (account === 'balance' && object === good) || (account === 'platformBalance' && subject === good);
          return isOfGood ? sum + value : sum;
        }, 0);
      const sold = entries.find(({ account }) => account === 'sold')?.value ?? 0;
      const wanted = Math.min(ordinals.length, stock);
      expect([winners, sold, sumOf(coins), sumOf(apples)]).toEqual([wanted, wanted, 0, 0]);
    }
  });

  test('GM-16: over 10,000 seeds winning goes with neither agent, shard, row nor place of arrival, within 3 sigma', () => {
    const stock = 4;
    const share = stock / agentCount;
    const stream = randomStream(22, 1000);
    const tallies = new Map<string, { wins: number; tries: number }>();
    for (let seed = 0; seed < 10_000; seed++) {
      const { contenders } = contest(world, drawn(agentCount, stream), stock, seed, stream);
      contenders.forEach(({ ordinal, shard, row, intent, isWinner }, arrival) => {
        const groups = { ordinal, shard, row, intent, arrival };
        for (const [name, value] of Object.entries(groups)) {
          const key = `${name} ${value}`;
          const tally = tallies.get(key) ?? { wins: 0, tries: 0 };
          tallies.set(key, { wins: tally.wins + (isWinner ? 1 : 0), tries: tally.tries + 1 });
        }
      });
    }
    const common = [...tallies].filter(([, { tries }]) => tries >= 1000);
    expect(common.length).toBeGreaterThan(3 * agentCount + 3);
    const beyond = common.filter(([, { wins, tries }]) => {
      const sigma = Math.sqrt(tries * share * (1 - share));
      return Math.abs(wins - tries * share) > 3 * sigma;
    });
    expect(beyond).toEqual([]);
  });
});
