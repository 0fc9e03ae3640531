/**
 * What takes two, gate by gate: friendship, trade and games under scripts of a few agents.
 */
import { describe, expect, test } from 'vitest';
import { outcomes } from '../../../../sim/exchange/reasons.ts';
import { inboxMax } from '../../../../sim/game-master/ranked/requests.ts';
import { goods, groundsOf, playOn } from './two-sided-stage.ts';
import type { PlayedGround } from './two-sided-stage.ts';
import type { Line, Script } from '../scripted.ts';

const seeds = Array.from({ length: 8 }, (_, seed) => seed);

/** Gives apples for coins, all together. */
function gives(target: number, apples: number, coins: number): Line {
  return ['trade', target, apples, { argument: goods.apple, price: coins }];
}

/** Takes apples for coins. */
function takes(target: number, apples: number, coins: number): Line {
  return gives(target, -apples, coins);
}

function plays(target: number, game: number, choice: number): Line {
  return ['play', target, game, { argument: choice }];
}

function areFriends({ entry }: PlayedGround, one: number, other: number): boolean {
  expect(entry('friend', one, other)).toBe(entry('friend', other, one));
  return entry('friend', one, other) === 1;
}

/** Coins and apples of an agent, the ten and five of the start included. */
function purse({ entry }: PlayedGround, ordinal: number): number[] {
  return [10 + entry('balance', ordinal, goods.coin), 5 + entry('balance', ordinal, goods.apple)];
}

describe('consent', () => {
  test('befriend: one side alone leaves a request that names verb, sender and tick, and makes nobody a friend', async () => {
    const played = await playOn({ '2:0': [['befriend', 1]] });
    expect(played.rulings(2, 0)).toEqual(['REQUESTED consent 8']);
    expect([...played.records[2].outcome]).toEqual([outcomes.partial]);
    expect(areFriends(played, 0, 1)).toBe(false);
    const { entry } = played;
    expect([entry('requestLatest', 1), entry('request', 1, 0), entry('requestTick', 1, 0)]).toEqual([1, 43, 3]);
  });

  test('befriend: it comes about when the other does the same in a later tick, and the request is gone', async () => {
    const played = await playOn({ '0:0': [['befriend', 1]], '1:1': [['befriend', 0]] });
    expect([played.rulings(0, 0), played.rulings(1, 1)]).toEqual([['REQUESTED consent 6'], ['OK none 0']]);
    expect(areFriends(played, 0, 1)).toBe(true);
    expect([0, 1].map((one) => played.entry('requestLatest', one))).toEqual([0, 0]);
  });

  test('GM-20: both in one tick are granted, whoever is first in rank', async () => {
    for (const seed of seeds) {
      const played = await playOn({ '0:0': [['befriend', 1]], '0:1': [['befriend', 0]] }, {}, { plan: { seed } });
      expect([played.rulings(0, 0), played.rulings(0, 1)]).toEqual([['OK none 0'], ['OK none 0']]);
      expect(areFriends(played, 0, 1)).toBe(true);
      expect([0, 1].map((one) => played.entry('requestCount', one))).toEqual([0, 0]);
    }
  });

  test('GM-13: whatever is asked of an agent that does nothing, nothing is done by it and it loses nothing', async () => {
    const played = await playOn({ '0:0': [['befriend', 3], takes(3, 5, 0), plays(3, 1, 0)], '1:1': [gives(3, 1, 10)] });
    expect(played.records.flatMap(({ actor }) => [...actor])).not.toContain(3);
    expect(purse(played, 3)).toEqual([10, 5]);
    expect([areFriends(played, 0, 3), played.entry('rounds', 3, 1)]).toEqual([false, 0]);
  });

  test('befriend: a request is open for requestTicks ticks and no longer', async () => {
    for (const [wait, expected] of [
      [5, 'OK none 0'],
      [6, 'REQUESTED consent 12'],
    ] as const) {
      const played = await playOn({ '0:0': [['befriend', 1]], [`${wait}:1`]: [['befriend', 0]] });
      expect({ wait, rulings: played.rulings(wait, 1) }).toEqual({ wait, rulings: [expected] });
    }
  });

  test('befriend: without grounds a request is open for 480 ticks', async () => {
    const { rulings } = await playOn({ '0:0': [['befriend', 1]] }, {}, { plan: { grounds: undefined } as never });
    expect(rulings(0, 0)).toEqual(['REQUESTED consent 481']);
  });

  test('befriend: the same request again is refused while it is open, with the tick at which it lapses', async () => {
    const again = [['befriend', 1]] as const;
    const { rulings } = await playOn({ '0:0': again, '1:0': again, '5:0': again, '6:0': again });
    expect([1, 5, 6].flatMap((tick) => rulings(tick, 0))).toEqual([
      ...['ALREADY_REQUESTED consent 6', 'ALREADY_REQUESTED consent 6', 'REQUESTED consent 12'],
    ]);
  });

  test('befriend: friends cannot befriend, unfriend undoes both directions, and both must agree anew', async () => {
    const played = await playOn({
      '0:0': [['befriend', 1]],
      '0:1': [['befriend', 0]],
      '1:0': [['befriend', 1]],
      '2:1': [
        ['unfriend', 0],
        ['unfriend', 0],
      ],
      '3:0': [['befriend', 1]],
    });
    expect(played.rulings(1, 0)).toEqual(['ALREADY_FRIENDS consent 0']);
    expect(played.rulings(2, 1)).toEqual(['OK none 0', 'NOT_FRIENDS consent 0']);
    expect(played.rulings(3, 0)).toEqual(['REQUESTED consent 9']);
    expect(areFriends(played, 0, 1)).toBe(false);
  });

  test('a request of another verb takes the place of the one before, which can no longer be answered', async () => {
    const played = await playOn({ '0:0': [['befriend', 1], gives(1, 1, 2)], '1:1': [['befriend', 0]] });
    expect(played.rulings(1, 1)).toEqual(['REQUESTED consent 7']);
    expect([played.entry('requestCount', 1), played.entry('request', 1, 0)]).toEqual([1, 49]);
  });

  test('who blocked or was blocked gets BLOCKED, from the tick after, and on any number of shards', async () => {
    const script: Script = {
      '0:0': [['block', 70]],
      '1:0': [['befriend', 70], plays(70, 0, 0), ['message', 70, 0, { text: 'no' }]],
      '1:70': [['befriend', 0], gives(0, 1, 1), ['message', 0, 0, { text: 'why' }]],
    };
    const follows = Array.from({ length: 80 }, () => []);
    for (const workers of [1, 3]) {
      const { reasons } = await playOn(script, {}, { follows, placement: { workers } });
      expect({ workers, reasons: [0, 70].flatMap((one) => reasons(1, one)) }).toEqual({
        workers,
        reasons: new Array(6).fill('BLOCKED'),
      });
    }
  });

  test('presence: both must be at one place; being nowhere is no place', async () => {
    const go = (place: number): Line => ['move', place];
    const { rulings } = await playOn(
      {
        '0:0': [['befriend', 1]],
        '1:0': [go(0)],
        '1:1': [go(1)],
        '2:0': [['befriend', 1], plays(1, 0, 0), gives(1, 1, 1)],
        '3:1': [go(0)],
        '4:0': [['befriend', 1]],
        '5:1': [['befriend', 0]],
      },
      { presence: true },
    );
    expect([0, 2].flatMap((tick) => rulings(tick, 0))).toEqual(new Array(4).fill('NOT_PRESENT presence 0'));
    expect([rulings(4, 0), rulings(5, 1)]).toEqual([['REQUESTED consent 10'], ['OK none 0']]);
  });

  test('who left cannot be asked, and what it asked comes to nothing', async () => {
    const { rulings } = await playOn({
      '0:0': [['befriend', 1]],
      '1:0': [['quit']],
      '2:1': [['befriend', 0], takes(0, 1, 1)],
    });
    expect(rulings(2, 1)).toEqual(['LEFT availability 0', 'LEFT availability 0']);
  });
});

describe('inbox', () => {
  test('the one that asks a full inbox is refused with the tick at which the oldest request lapses', async () => {
    const asking = Array.from({ length: inboxMax + 2 }, (_, i) => i + 1);
    const script = Object.fromEntries(asking.map((one) => [`${one % 2}:${one}`, [['befriend', 0]]])) as Script;
    const follows = Array.from({ length: asking.length + 1 }, () => []);
    const played = await playOn({ ...script, '2:5': [['befriend', 0]] }, {}, { follows });
    const all = asking.flatMap((one) => played.rulings(one % 2, one));
    const refused = all.filter((ruling) => ruling.startsWith('QUOTA'));
    expect(refused).toEqual(['QUOTA_REACHED consent 6', 'QUOTA_REACHED consent 6']);
    expect(played.entry('requestCount', 0)).toBe(inboxMax);
  });

  test('once the oldest lapsed there is room for as many', async () => {
    const asking = Array.from({ length: inboxMax }, (_, i) => i + 1);
    const script = Object.fromEntries(asking.map((one) => [`${one > 2 ? 2 : 0}:${one}`, [['befriend', 0]]])) as Script;
    const follows = Array.from({ length: inboxMax + 4 }, () => []);
    const late = [1, 2, 3].map((i) => inboxMax + i);
    const lines = Object.fromEntries(late.map((one) => [`6:${one}`, [['befriend', 0]]])) as Script;
    const { rulings, entry } = await playOn({ ...script, ...lines }, {}, { follows });
    const got = late.map((one) => rulings(6, one)[0]).sort();
    expect(got).toEqual(['QUOTA_REACHED consent 8', 'REQUESTED consent 12', 'REQUESTED consent 12']);
    expect(entry('requestCount', 0)).toBe(inboxMax);
  });
});

describe('trade', () => {
  test('the same trade from both sides comes about: apples go one way, coins the other', async () => {
    for (const seed of seeds) {
      const played = await playOn({ '0:0': [gives(1, 3, 4)], '0:1': [takes(0, 3, 4)] }, {}, { plan: { seed } });
      expect([played.rulings(0, 0), played.rulings(0, 1)]).toEqual([['OK none 4'], ['OK none 4']]);
      expect([purse(played, 0), purse(played, 1)]).toEqual([
        [14, 2],
        [6, 8],
      ]);
    }
  });

  test('other amounts, goods or prices do not fit: both stay requests', async () => {
    const others: Line[] = [
      takes(0, 2, 4),
      takes(0, 3, 5),
      gives(0, 3, 4),
      ['trade', 0, -3, { argument: goods.pear, price: 4 }],
    ];
    for (const other of others) {
      const played = await playOn({ '0:0': [gives(1, 3, 4)], '1:1': [other] });
      expect(played.rulings(1, 1)).toEqual(['REQUESTED consent 7']);
      expect([purse(played, 0), purse(played, 1)]).toEqual([
        [10, 5],
        [10, 5],
      ]);
    }
  });

  test('new terms take the place of the old ones, and accepting the other’s settles one’s own', async () => {
    const played = await playOn({
      '0:0': [gives(1, 3, 9)],
      '1:0': [gives(1, 3, 8)],
      '2:1': [takes(0, 3, 9)],
      '3:0': [gives(1, 3, 9)],
    });
    expect([played.rulings(1, 0), played.rulings(2, 1), played.rulings(3, 0)]).toEqual([
      ['REQUESTED consent 7'],
      ['REQUESTED consent 8'],
      ['OK none 9'],
    ]);
    expect([0, 1].map((one) => played.entry('requestCount', one))).toEqual([0, 0]);
  });

  test('GM-21: who is short when it comes about is refused, and the other’s request stays', async () => {
    const funds = await playOn({ '0:0': [gives(1, 1, 11)], '1:1': [takes(0, 1, 11)] });
    expect(funds.rulings(1, 1)).toEqual(['FUNDS_SHORT funds 0']);
    expect([funds.entry('requestCount', 1), purse(funds, 0), purse(funds, 1)]).toEqual([1, [10, 5], [10, 5]]);
    const stock = await playOn({ '0:0': [takes(1, 6, 1)], '1:1': [gives(0, 6, 1)] });
    expect(stock.rulings(1, 1)).toEqual(['GOODS_SHORT funds 0']);
    expect([stock.entry('requestCount', 1), purse(stock, 0), purse(stock, 1)]).toEqual([1, [10, 5], [10, 5]]);
  });

  test('GM-21: if who asked is short, its request is struck and the answer becomes a request', async () => {
    const played = await playOn({ '0:0': [gives(1, 6, 1)], '1:1': [takes(0, 6, 1)] });
    expect([played.rulings(0, 0), played.rulings(1, 1)]).toEqual([['REQUESTED consent 6'], ['REQUESTED consent 7']]);
    expect([0, 1].map((one) => played.entry('requestCount', one))).toEqual([1, 0]);
  });

  test('GM-21: of two acts of one tick the one that is short is refused and the other is a request, whoever is first', async () => {
    for (const seed of seeds) {
      const played = await playOn({ '0:0': [gives(1, 6, 1)], '0:1': [takes(0, 6, 1)] }, {}, { plan: { seed } });
      expect([played.rulings(0, 0), played.rulings(0, 1)]).toEqual([['GOODS_SHORT funds 0'], ['REQUESTED consent 6']]);
      expect([0, 1].map((one) => played.entry('requestCount', one))).toEqual([1, 0]);
      expect([purse(played, 0), purse(played, 1)]).toEqual([
        [10, 5],
        [10, 5],
      ]);
    }
  });

  test('the second of two trades meets what the first left', async () => {
    const played = await playOn({
      '0:1': [gives(0, 1, 7)],
      '0:2': [gives(0, 1, 7)],
      '1:0': [takes(1, 1, 7), takes(2, 1, 7)],
    });
    expect(played.rulings(1, 0)).toEqual(['OK none 7', 'FUNDS_SHORT funds 0']);
    expect([purse(played, 0), purse(played, 1), purse(played, 2)]).toEqual([
      [3, 6],
      [17, 4],
      [10, 5],
    ]);
  });

  test('money for money, no good, an unknown one, no amount and prices out of range are refused', async () => {
    const lines: Line[] = [
      ['trade', 1, 1, { argument: goods.coin, price: 1 }],
      ['trade', 1, 1, { price: 1 }],
      ['trade', 1, 1],
      ['trade', 1, 1, { argument: 3 }],
      gives(1, 0, 1),
      gives(1, 1_000_000_001, 1),
      takes(1, 1_000_000_001, 1),
      gives(1, 1, -1),
      gives(1, 1, 1_000_000_001),
    ];
    const { rulings } = await playOn({ '0:0': lines });
    expect(rulings(0, 0)).toEqual([
      ...new Array<string>(4).fill('ARGUMENT_INVALID wellFormed 0'),
      ...new Array<string>(3).fill('AMOUNT_RANGE amount 0'),
      ...new Array<string>(2).fill('PRICE_RANGE amount 0'),
    ]);
  });

  test('the money of the first market is what trades are paid in', async () => {
    const script: Script = {
      '0:0': [['trade', 1, 2, { argument: goods.coin, price: 3 }]],
      '1:1': [['trade', 0, -2, { argument: goods.coin, price: 3 }]],
    };
    const played = await playOn(script, { markets: [{ good: goods.coin, money: goods.apple }] });
    expect(played.rulings(1, 1)).toEqual(['OK none 3']);
    expect([purse(played, 0), purse(played, 1)]).toEqual([
      [8, 8],
      [12, 2],
    ]);
  });

  test('a balance that could not hold what it gets refuses the act and keeps the request', async () => {
    const base = groundsOf();
    const rich = base.goods.map((good) => ({ ...good, initial: 1_000_000_000 }));
    const all = 1_000_000_000;
    const played = await playOn(
      {
        '0:1': [gives(0, all, 0)],
        '0:2': [gives(0, all, 0)],
        '1:0': [takes(1, all, 0), takes(2, all, 0)],
      },
      { goods: rich },
    );
    expect(played.rulings(1, 0)).toEqual(['OK none 0', 'BALANCE_FULL funds 0']);
    expect([played.entry('requestCount', 0), played.entry('balance', 0, goods.apple)]).toEqual([1, all]);
  });
});

describe('play', () => {
  test.each([
    [0, 0, 3, 3],
    [0, 1, 0, 5],
    [1, 0, 5, 0],
    [1, 1, 1, 1],
  ])('choices %i and %i pay %i and %i, from the platform', async (mine, others, myPay, othersPay) => {
    for (const seed of seeds.slice(0, 4)) {
      const script: Script = { '0:0': [plays(1, 0, mine)], '0:1': [plays(0, 0, others)] };
      const played = await playOn(script, {}, { plan: { seed } });
      expect([played.rulings(0, 0), played.rulings(0, 1)]).toEqual([[`OK none ${myPay}`], [`OK none ${othersPay}`]]);
      expect([purse(played, 0)[0], purse(played, 1)[0]]).toEqual([10 + myPay, 10 + othersPay]);
      expect(played.entry('platformBalance', goods.coin)).toBe(0 - myPay - othersPay);
      expect([0, 1].map((one) => played.entry('rounds', one, 0))).toEqual([1, 1]);
      expect([0, 1].map((one) => played.entry('lastChoice', one, 0))).toEqual([mine + 1, others + 1]);
    }
  });

  test('another game does not fit; the same choice again waits; another choice takes its place', async () => {
    const played = await playOn({
      '0:0': [plays(1, 0, 0)],
      '1:1': [plays(0, 1, 1)],
      '2:0': [plays(1, 0, 0)],
      '3:0': [plays(1, 0, 1)],
      '4:1': [plays(0, 0, 0)],
    });
    expect([played.rulings(1, 1), played.rulings(2, 0), played.rulings(3, 0), played.rulings(4, 1)]).toEqual([
      ['REQUESTED consent 7'],
      ['ALREADY_REQUESTED consent 6'],
      ['REQUESTED consent 9'],
      ['OK none 0'],
    ]);
    expect(purse(played, 0)[0]).toBe(15);
  });

  test('a choice that can cost more than one has is refused, whatever the other chose', async () => {
    const poor = groundsOf().goods.map((good) => ({ ...good, initial: 3 }));
    const played = await playOn(
      { '0:0': [plays(1, 1, 1)], '1:1': [plays(0, 1, 0)], '2:1': [plays(0, 1, 1)], '3:2': [plays(1, 1, 1)] },
      { goods: poor },
    );
    expect([played.rulings(1, 1), played.rulings(2, 1)]).toEqual([['FUNDS_SHORT funds 0'], ['OK none 1']]);
  });

  test('an unknown game and an unknown choice are refused', async () => {
    const { rulings } = await playOn({
      '0:0': [plays(1, 2, 0), plays(1, -1, 0), plays(1, 0, 2), plays(1, 0, -1), ['play', 1, 0]],
    });
    expect(rulings(0, 0)).toEqual([
      ...new Array<string>(2).fill('AMOUNT_RANGE amount 0'),
      ...new Array<string>(3).fill('ARGUMENT_INVALID wellFormed 0'),
    ]);
  });
});
