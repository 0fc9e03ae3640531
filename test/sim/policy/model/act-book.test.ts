/**
 * What an act of an answer means: verbs with targets of every kind, and names that were not told.
 */
import { describe, expect, it } from 'vitest';
import { verbTable } from '../../../../sim/exchange/verbs.ts';
import { createActBook } from '../../../../sim/policy/model/act-book.ts';
import { createSeenNames } from '../../../../sim/policy/model/seen.ts';
import { thingsOf } from '../../../../sim/policy/model/things.ts';
import type { AgentRow, PostId } from '../../../../sim/ground/ids.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { Seen } from '../../../../sim/policy/model/seen.ts';

const grounds: GroundsPlan = {
  goods: [
    { name: 'coin', initial: 5 },
    { name: 'apple', initial: 0 },
  ],
  products: [{ name: 'pie', price: 2, money: 0, good: 1, stock: -1 }],
  markets: [],
  places: [
    { name: 'home', capacity: -1, travelTicks: 0 },
    { name: 'shop', capacity: -1, travelTicks: 0 },
  ],
  games: [
    {
      name: 'chicken',
      choices: ['swerve', 'straight'],
      payoffs: [
        [1, 0],
        [2, -1],
      ],
      good: 0,
    },
    {
      name: 'stag',
      choices: ['hare', 'stag'],
      payoffs: [
        [1, 1],
        [0, 3],
      ],
      good: 0,
    },
  ],
  ...{
    scenes: [],
    groups: [],
    communities: [{ name: 'News', owner: 'a1', members: [] }],
    requestTicks: 9,
    presence: false,
  },
};
const allowed = [
  'nothing',
  'post',
  'reply',
  'like',
  'follow',
  'give',
  'trade',
  'play',
  'buy',
  'move',
  'bid',
  'subscribe',
  'try',
  'interview',
  'answer',
];
const book = createActBook(verbTable(), allowed, grounds, 50);
const item = { post: 77 as PostId, author: 4 as AgentRow, topic: 0, shareCount: 0, likeCount: 0, isLabelled: false };
const seen: Seen = { items: [item], names: new Map([['ann', 3 as AgentRow]]), things: thingsOf(grounds) };

function meant(verb: string, fields: Record<string, unknown> = {}) {
  const act = { verb, item: 0, agent: '', thing: '', amount: 0, price: 0, text: '', ...fields };
  expect(book.schema.safeParse(act).success).toBe(true);
  return book.meant(act, seen);
}

describe('ActBook', () => {
  it('finds posts by number, agents and things by name, and what an act is about', () => {
    expect(meant('reply', { item: 1, text: 'so' })).toMatchObject({
      kind: 'known',
      target: 77,
      partner: 4,
      detail: { text: 'so' },
    });
    expect(meant('follow', { agent: 'ann' })).toMatchObject({ target: 3, partner: 3 });
    expect(meant('follow', { agent: '@ann' })).toMatchObject({ target: 3 });
    expect(meant('give', { agent: 'ann', thing: 'Apple', amount: 2 })).toMatchObject({
      target: 3,
      amount: 2,
      detail: { argument: 1 },
    });
    expect(meant('trade', { agent: 'ann', thing: 'apple', amount: -2, price: 3 })).toMatchObject({
      amount: -2,
      detail: { argument: 1, price: 3 },
    });
    expect(meant('play', { agent: 'ann', thing: 'stag:hare' })).toMatchObject({
      target: 3,
      amount: 1,
      detail: { argument: 0 },
    });
    expect(meant('buy', { thing: 'pie', amount: 1 })).toMatchObject({ target: 0, amount: 1 });
    expect(meant('move', { thing: 'shop' })).toMatchObject({ target: 1 });
    expect(meant('bid', { thing: 'apple', amount: 1, price: 4 })).toMatchObject({
      target: 1,
      amount: 1,
      detail: { price: 4 },
    });
    expect(meant('subscribe', { thing: 'news' })).toMatchObject({ target: 0 });
    expect(meant('post', { text: 'hi', thing: 'news' })).toMatchObject({ detail: { text: 'hi', argument: 0 } });
    expect(meant('post', { text: 'hi' })).toEqual({
      kind: 'known',
      target: undefined,
      partner: undefined,
      amount: 0,
      detail: { text: 'hi' },
    });
    expect(meant('try', { text: 'sing' })).toMatchObject({ kind: 'known', detail: { text: 'sing' } });
  });

  it('what was not told is unknown, whatever it is', () => {
    const cases: [string, Record<string, unknown>][] = [
      ['like', { item: 0 }],
      ['like', { item: 2 }],
      ['follow', { agent: 'bob' }],
      ['follow', { agent: 'Ann' }],
      ['give', { agent: 'ann', thing: 'pear' }],
      ['play', { agent: 'ann', thing: 'hare' }],
      ['move', { thing: 'moon' }],
      ['post', { text: 'hi', thing: 'nowhere' }],
    ];
    for (const [verb, fields] of cases) expect(meant(verb, fields).kind).toBe('unknown');
  });

  it('its form takes verbs that are allowed and no interview, and no field that nobody told of', () => {
    for (const verb of ['interview', 'answer', 'nothing', 'ban', 'like ']) {
      const act = { verb, item: 0, agent: '', thing: '', amount: 0, price: 0, text: '' };
      expect(book.schema.safeParse(act).success).toBe(false);
    }
    const good = { verb: 'like', item: 1, agent: '', thing: '', amount: 0, price: 0, text: '' };
    expect(book.schema.safeParse({ ...good, actor: 'a1' }).success).toBe(false);
    expect(book.schema.safeParse({ ...good, text: 'x'.repeat(51) }).success).toBe(false);
    expect(book.schema.safeParse({ ...good, amount: 1.5 }).success).toBe(false);
  });
});

it('SeenNames: names are cleaned, the agent itself is not among them, and who shares a name cannot be meant', () => {
  const raw = ['me', 'an\u202en', 'b]\nc', 'twin\u200b', 'twin'];
  const names = createSeenNames((agent) => raw[agent], 0 as AgentRow);
  names.tell([0, 1, 2, 3, 4] as AgentRow[]);
  expect([...names.names]).toEqual([
    ['ann', 1],
    ['b⟧ c', 2],
  ]);
  names.tell([4] as AgentRow[]);
  expect(names.names.has('twin')).toBe(false);
});
