/**
 * What a Game Master must do, statement by statement (the numbers are those of the design's list of fifty), on worlds of a few agents.
 *
 * Statements that need thousands of cases stand where the cases are, under the same names: orders in `orders.test.ts`, lotteries in
 * `arbitrate.test.ts`, bad intents in `test/sim/policy/fuzz.test.ts`, whole ticks in `test/sim/engine/chaos.test.ts`.
 */
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { outcomes, reasonName, reasons as allReasons, ruleName, rules } from '../../../sim/exchange/reasons.ts';
import { firstModerationRule } from '../../../sim/exchange/moderation.ts';
import { standings } from '../../../sim/world/posts.ts';
import { compareLots } from '../../../sim/game-master/arbitrate.ts';
import { codeOf, openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import { scenario } from '../../fixtures/chaos-code.ts';
import { temptations } from '../../fixtures/temptations.ts';
import { play, stageOf } from './scripted.ts';
import type { OwnVerb } from '../../../sim/exchange/verbs.ts';
import type { Hand, Refusal } from '../../../sim/policy/own.ts';
import type { ConductPlan } from '../../../sim/engine/plan.ts';
import type { Line, Played, Script, Stage } from './scripted.ts';

const posted = { '0:0': [['post']] } as const;

/** Plays a script in which agent 0 has written post 1 in tick 0. */
function playPosted(script: Script, stage?: Stage): Promise<Played> {
  return play({ ...posted, ...script }, stage);
}

const everybody = [0, 1, 2, 3];
const fourFollowZero = [[], [0], [0], [0]];

function chaosWorld(workers: number, layout: 'key' | 'degree' | 'scrambled', pick?: (count: number) => number) {
  const plan = smallPlan({
    policies: [{ kind: 'own', name: 'chaos' }],
    allowedVerbs: ['post', 'reply', 'repost', 'like', 'upvote', 'downvote', 'follow', 'block', 'delete'],
  });
  const population = smallPopulation({ agents: 50, wakesPerDayMean: 40 });
  return openWorld(
    { plan, population, code: codeOf({ policies: scenario.policies }), placement: { workers, layout } },
    pick,
  );
}

describe('ordering and determinism', () => {
  test('GM-01: one seed gives one state root after every tick on 1, 2 and 4 shards', async () => {
    const worlds = [chaosWorld(1, 'key'), chaosWorld(2, 'degree'), chaosWorld(4, 'scrambled')];
    for (let tick = 0; tick < 12; tick++) {
      for (const world of worlds) await world.step();
      const roots = worlds.map((world) => world.root());
      expect({ tick, roots }).toEqual({ tick, roots: roots.map(() => roots[0]) });
    }
  });

  test('GM-02: shards that rule in the opposite order in every phase come to the same verdicts', async () => {
    const [first, last] = [chaosWorld(4, 'key'), chaosWorld(4, 'key', (count) => count - 1)];
    for (let tick = 0; tick < 12; tick++) {
      const [one, other] = [await first.step(), await last.step()];
      expect([...other.reason]).toEqual([...one.reason]);
      expect([...other.result]).toEqual([...one.result]);
    }
  });

  test('GM-03: equal lots are ordered by the actor’s key, then by sequence', () => {
    const lots = [
      { lottery: 5, keyHi: 1, keyLo: 9, sequence: 1 },
      { lottery: 5, keyHi: 1, keyLo: 9, sequence: 0 },
      { lottery: 5, keyHi: 0, keyLo: 10, sequence: 7 },
      { lottery: -1, keyHi: 0, keyLo: 0, sequence: 0 },
      { lottery: 4, keyHi: 9, keyLo: 9, sequence: 9 },
    ];
    const order = [lots[4], lots[2], lots[1], lots[0], lots[3]];
    expect([...lots].sort(compareLots)).toEqual(order);
    expect([...lots].reverse().sort(compareLots)).toEqual(order);
  });

  test('GM-04: what is written in a tick can be neither seen nor acted on in it, and both in the next', async () => {
    const { reasons, seen } = await playPosted(
      { '0:1': [['like', 1]], '1:1': [['like', 1]] },
      { follows: fourFollowZero },
    );
    expect([reasons(0, 1), reasons(1, 1)]).toEqual([['POST_UNKNOWN'], ['OK']]);
    expect([seen(0, 1), seen(1, 1)]).toEqual([[], [1]]);
  });

  test.each(temptations)('GM-05: a verb’s condition that calls %s stops the run', async (_name, call) => {
    const refuse: OwnVerb['refuse'] = () => (call() === 0 ? 'RULE_REFUSED' : undefined);
    const verb: OwnVerb = { target: 'none', conflict: 'none', refuse, effects: [] };
    await expect(play({ '0:0': [['venture']] }, { verbs: { venture: verb } })).rejects.toThrow(InvariantError);
  });

  test('GM-06: another agent in the population changes no draw of those who were there', async () => {
    const drawn = async (agents: number): Promise<Map<string, number>> => {
      const found = new Map<string, number>();
      const watch = (hand: Hand): void => {
        const { keyHi, keyLo } = hand.state.agents;
        found.set(`${keyHi[hand.agent]} ${keyLo[hand.agent]}`, hand.draw(3));
      };
      await play({ '0:0': [] }, { follows: Array.from({ length: agents }, () => []), watch });
      return found;
    };
    const [few, more] = [await drawn(5), await drawn(6)];
    expect([few.size, more.size]).toEqual([5, 6]);
    for (const [key, value] of few) expect(more.get(key)).toBe(value);
  });

  test('GM-07: two intents of one actor are ruled in sequence, and the second finds the quota spent by the first', async () => {
    const limits = [{ verbs: ['like'], count: 1, seconds: 1800 }];
    const script = {
      '0:0': [['post'], ['post']],
      '1:1': [
        ['like', 1],
        ['like', 2],
      ],
      '2:1': [['like', 2]],
    } as const;
    const { reasons } = await play(script, { conduct: { limits } });
    expect([reasons(1, 1), reasons(2, 1)]).toEqual([['OK', 'QUOTA_REACHED'], ['OK']]);
  });

  test('GM-08: a component that is missing is an error before the first tick', () => {
    expect(() => stageOf({}, { plan: { policies: [{ kind: 'own', name: 'nobody' }] } })).toThrow(
      /lacks the policy nobody/,
    );
    const feed = {
      recommender: { own: 'none-such' },
      length: 8,
      outOfNetworkShare: 0,
      exposuresMax: 4,
      repostsShown: true,
    };
    expect(() => stageOf({}, { plan: { feed } })).toThrow(/lacks the recommender none-such/);
  });
});

describe('identity, schema, plausibility', () => {
  test('GM-09: the actor is whose turn it is: neither arguments nor the hand name another', async () => {
    const watch = (hand: Hand): void => {
      if (hand.agent !== 1) return;
      const forged = { actor: 0, agent: 0, sequence: 0 };
      expect(() => Object.assign(hand, { agent: 0 })).toThrow(TypeError);
      (hand.act as (...all: readonly unknown[]) => void)('post', 0, 0, forged);
    };
    const { records, post } = await play({ '0:2': [] }, { watch });
    expect([...records[0].actor]).toEqual([1]);
    expect(post(1).author).toBe(1);
  });

  test('GM-10: unknown verb, missing target, wrong type, NaN, negative amount each have their code and change nothing', async () => {
    const lines = [
      ['fly', 1],
      ['like'],
      ['like', '1'],
      ['follow', NaN],
      ['post', undefined, NaN],
      ['ban', 2, -3],
    ] as unknown as Line[];
    const { reasons, records } = await play({ '0:0': lines }, { moderators: [0] });
    expect(reasons(0, 0)).toEqual([
      ...['VERB_UNKNOWN', 'TARGET_MISSING', 'TARGET_INVALID', 'TARGET_INVALID', 'AMOUNT_RANGE', 'AMOUNT_RANGE'],
    ]);
    expect(records[0].totals).toMatchObject({ granted: 0, refused: 6, posts: 0 });
  });

  test('GM-12: a reply to a deleted or missing post is refused and becomes nothing else', async () => {
    const { reasons, records, post } = await playPosted({
      '1:0': [['delete', 1]],
      '2:1': [
        ['reply', 1],
        ['reply', 5],
      ],
    });
    expect(reasons(2, 1)).toEqual(['POST_REMOVED', 'POST_UNKNOWN']);
    expect(records[2].totals).toMatchObject({ granted: 0, posts: 0 });
    expect(post(1).replies).toBe(0);
  });

  test('GM-14: who was banned when its time comes is refused, though it was awake, and though an intervention makes it act', async () => {
    const names = ['a0', 'a1', 'a2', 'a3'];
    const interventions = names.map((agent) => ({ tick: 1, agent, verb: 'post' }) as const);
    const script = { '0:0': [['ban', 1, 1]], '1:1': [['post'], ['nothing']] } as const;
    const { reasons } = await play(script, { moderators: [0], plan: { interventions } });
    expect(reasons(1, 1)).toEqual(['BANNED', 'BANNED', 'OK']);
    expect(reasons(1, 2)).toEqual(['OK']);
  });
});

const hasGoods: OwnVerb['refuse'] = (state, { targetAgent }) =>
  state.attributes.value[(targetAgent * 2) as never] < 1 ? 'RULE_REFUSED' : undefined;

describe('conflicts', () => {
  const attributes = [
    { name: 'goods', initial: 3 },
    { name: 'coins', initial: 5 },
  ];
  const purchase: OwnVerb = {
    ...{ target: 'agent', conflict: 'exclusive', places: 3, refuse: hasGoods },
    effects: [
      { op: 'addToActor', attribute: 'goods', amount: 1 },
      { op: 'addToActor', attribute: 'coins', amount: -1 },
      { op: 'addToTarget', attribute: 'goods', amount: -1 },
      { op: 'addToTarget', attribute: 'coins', amount: 1 },
    ],
  };
  const buyers = Array.from({ length: 9 }, (_, i) => i + 1);
  const buying = Object.fromEntries(
    [0, 1].flatMap((tick) => buyers.map((one) => [`${tick}:${one}`, [['purchase', 0]] as const])),
  );
  const stage = { follows: Array.from({ length: 10 }, () => []), verbs: { purchase }, plan: { attributes } };

  test('GM-15: of nine buyers of a stock of three exactly three succeed, the stock is 0 and stays so', async () => {
    const { records, world } = await play(buying, stage);
    expect([...records[0].outcome].filter((one) => one === outcomes.granted).length).toBe(3);
    expect([...records[0].reason].filter((one) => reasonName(one) === 'LOTTERY_LOST').length).toBe(6);
    expect([...records[1].reason].map(reasonName)).toEqual(buyers.map(() => 'RULE_REFUSED'));
    expect(world.state.attributes.value[0 as never]).toBe(0);
  });

  test('GM-21: a purchase moves goods and coins of both sides, a refused one none of them', async () => {
    const { records, world } = await play(buying, stage);
    const values = Array.from(world.state.attributes.value as unknown as Int32Array);
    buyers.forEach((one, i) => {
      const won = records[0].outcome[i] === outcomes.granted ? 1 : 0;
      expect(values.slice(one * 2, one * 2 + 2)).toEqual([3 + won, 5 - won]);
    });
    expect(values.slice(0, 2)).toEqual([0, 8]);
  });

  test('GM-22: transfers sum to zero in every tick, whoever wins', async () => {
    const world = stageOf(buying, stage);
    for (let tick = 0; tick < 2; tick++) {
      const { totals } = await world.step();
      const values = Array.from(world.state.attributes.value as unknown as Int32Array);
      const sums = [0, 1].map((k) => values.filter((_, i) => i % 2 === k).reduce((sum, one) => sum + one, 0));
      expect({ sums, granted: totals.granted }).toEqual({ sums: [30, 50], granted: tick === 0 ? 3 : 0 });
    }
  });

  test('GM-17: a duplicate like or follow counts once, and the second has its own code', async () => {
    const { reasons, post, agent } = await playPosted({
      '1:1': [
        ['like', 1],
        ['like', 1],
        ['follow', 0],
        ['follow', 0],
      ],
    });
    expect(reasons(1, 1)).toEqual(['OK', 'ALREADY_LIKED', 'OK', 'ALREADY_FOLLOWING']);
    expect([post(1).likes, agent('followerCount', 0), agent('karma', 0)]).toEqual([1, 1, 1]);
  });

  test('GM-18: delete goes before reply and like in the same tick, with codes to both', async () => {
    const { reasons, post } = await playPosted({
      '1:0': [['delete', 1]],
      '1:1': [
        ['reply', 1],
        ['like', 1],
      ],
    });
    expect([reasons(1, 0), reasons(1, 1)]).toEqual([['OK'], ['PARENT_REMOVED', 'PARENT_REMOVED']]);
    expect(post(1)).toMatchObject({ standing: standings.deleted, likes: 0, replies: 0 });
  });

  test('GM-18: an act on a repost of what is deleted in the same tick is refused too, whatever stood on it', async () => {
    const grip: OwnVerb = { target: 'post', conflict: 'none', effects: [] };
    const { reasons, post } = await playPosted(
      {
        '1:1': [['repost', 1]],
        '2:0': [['delete', 1]],
        '2:2': [
          ['like', 2],
          ['grip', 2],
        ],
        '3:2': [['grip', 1]],
      },
      { verbs: { grip } },
    );
    expect(reasons(2, 2)).toEqual(['PARENT_REMOVED', 'PARENT_REMOVED']);
    expect(reasons(3, 2)).toEqual(['POST_REMOVED']);
    expect(post(1).likes).toBe(0);
  });

  test('GM-18: a vote that rested on one which deletion refuses is judged again (likes once fell below zero)', async () => {
    const { reasons, post, agent } = await playPosted({
      '1:1': [['repost', 1]],
      '2:1': [['delete', 2]],
      '2:2': [
        ['upvote', 2],
        ['downvote', 1],
        ['unlike', 1],
      ],
      '3:2': [['downvote', 1]],
    });
    expect(reasons(2, 2)).toEqual(['PARENT_REMOVED', 'OK', 'NOT_LIKED']);
    expect(post(1)).toMatchObject({ likes: 0, dislikes: 0 });
    expect(agent('karma', 0)).toBe(0);
  });

  test('GM-19: of two claims to one name in a tick one is granted', async () => {
    const claim: OwnVerb = { target: 'none', conflict: 'exclusive', places: 1, effects: [] };
    const claims = Object.fromEntries(
      everybody.map((one) => [
        `0:${one}`,
        [
          ['claim', 7],
          ['claim', 8 + one],
        ] as const,
      ]),
    );
    const { records } = await play(claims, { verbs: { claim } });
    const { target, outcome } = records[0];
    const granted = Array.from(target).filter((_, i) => outcome[i] === outcomes.granted);
    expect(granted.sort((x, y) => x - y)).toEqual([7, 8, 9, 10, 11]);
  });
});

describe('refusal, feedback, limits', () => {
  test('GM-24: every attempt of every agent has one verdict, none is pending', async () => {
    const written = new Map<string, number>();
    const world = chaosWorld(3, 'degree');
    for (let tick = 0; tick < 8; tick++) {
      const record = await world.step();
      for (const [i, one] of record.outcome.entries()) {
        expect([outcomes.granted, outcomes.refused]).toContain(one);
        const key = `${tick} ${record.actor[i]} ${record.sequence[i]}`;
        written.set(key, (written.get(key) ?? 0) + 1);
      }
      expect(record.totals.granted + record.totals.refused).toBe(record.intentCount);
    }
    expect(written.size).toBeGreaterThan(500);
    expect(Math.max(...written.values())).toBe(1);
  });

  test('GM-25: a refusal is in its agent’s next observation, with code, words on what would be valid, and when', async () => {
    const found: (Refusal | undefined)[] = [];
    const watch = (hand: Hand): void => {
      if (hand.agent === 1) found.push(hand.refusal);
    };
    const limits = [{ verbs: ['post'], count: 1, seconds: 3 * 1800 }];
    await play(
      { '0:1': [['post']], '1:1': [['post']], '3:1': [['like', 9]] },
      { conduct: { limits }, watch, ticks: 5 },
    );
    const quota = { reason: 'QUOTA_REACHED', valid: allReasons.QUOTA_REACHED.valid, tick: 1, retryTick: 3 };
    const unknown = { reason: 'POST_UNKNOWN', valid: allReasons.POST_UNKNOWN.valid, tick: 3, retryTick: 0 };
    expect(found).toEqual([undefined, undefined, quota, quota, unknown]);
  });

  test('GM-25: every reason says what would have been valid', () => {
    for (const [name, { valid }] of Object.entries(allReasons))
      expect({ name, hasWords: valid.length > 5 }).toEqual({ name, hasWords: true });
  });

  test('GM-27: a limit is per verb and actor in simulated time; the act too many is told from which tick it may come', async () => {
    const limits = [{ verbs: ['post'], count: 2, seconds: 2 * 1800 }];
    const script = Object.fromEntries([0, 1, 2, 3].map((tick) => [`${tick}:1`, [['post'], ['post']] as const]));
    const { reasons, records } = await play(
      { ...script, '1:2': [['post']], '0:1': [['post']] },
      { conduct: { limits } },
    );
    expect([0, 1, 2, 3].map((tick) => reasons(tick, 1))).toEqual([
      ['OK'],
      ['OK', 'QUOTA_REACHED'],
      ['OK', 'QUOTA_REACHED'],
      ['OK', 'QUOTA_REACHED'],
    ]);
    expect(reasons(1, 2)).toEqual(['OK']);
    expect([records[1].result[1], records[2].result[1]]).toEqual([2, 3]);
    expect(records[1].topic[1]).toBe(0);
  });
});

describe('moderation', () => {
  const moderation: ConductPlan['moderation'] = [
    { id: 'warn', version: 1, reports: 1, does: 'label', hours: 0 },
    { id: 'take-down', version: 3, reports: 2, does: 'remove', hours: 0 },
    { id: 'send-off', version: 1, reports: 2, does: 'ban', hours: 1 },
  ];
  const reported = { '1:1': [['report', 1]], '2:2': [['report', 1]] } as const;

  test('GM-29: a rule of moderation is data with id and version, and each hit is a ruling that names the rule', async () => {
    const { records, world } = await playPosted(reported, { conduct: { moderation }, ticks: 4 });
    const hits = records.flatMap(({ actor, rule, target }) =>
      Array.from(rule).flatMap((one, i) => (actor[i] === 4 ? [[one - firstModerationRule, target[i]]] : [])),
    );
    expect(hits).toEqual([
      [0, 1],
      [1, 1],
      [2, 0],
    ]);
    expect(hits.map(([rule]) => world.simulation.plan.conduct.moderation[rule].id)).toEqual([
      'warn',
      'take-down',
      'send-off',
    ]);
  });

  test('GM-29: the author of a post is banned whatever its row’s number is (one that equalled the post’s id once got away)', async () => {
    for (const author of everybody) {
      const others = everybody.filter((one) => one !== author);
      const script = Object.fromEntries([
        [`0:${author}`, [['post'], ['post'], ['post'], ['post']]],
        ...others.slice(0, 2).map((one) => [`1:${one}`, [['report', Math.max(1, author)]]]),
      ]) as Record<string, Line[]>;
      const { agent } = await play(script, { conduct: { moderation }, ticks: 3 });
      expect({ author, isBanned: agent('bannedUntil', author) > 0 }).toEqual({ author, isBanned: true });
    }
  });

  test('GM-30: a removed post is in nobody’s feed from the next tick on, and replies of the same tick get PARENT_REMOVED', async () => {
    const script = { '1:1': [['remove', 1]], '1:2': [['reply', 1]], '2:2': [['reply', 1]] } as const;
    const { reasons, seen } = await playPosted(script, { follows: fourFollowZero, moderators: [1], ticks: 4 });
    expect([reasons(1, 2), reasons(2, 2)]).toEqual([['PARENT_REMOVED'], ['POST_REMOVED']]);
    expect([1, 2, 3].map((tick) => seen(tick, 3))).toEqual([[1], [], []]);
  });

  test('GM-31: a ban ends at exactly the tick that its ruling names', async () => {
    const posts = Object.fromEntries([1, 2, 3, 4, 5].map((tick) => [`${tick}:1`, [['post']] as const]));
    const { reasons, records } = await play({ '0:0': [['ban', 1, 1]], ...posts }, { moderators: [0] });
    expect(records[0].result[0]).toBe(3);
    expect([1, 2, 3, 4].map((tick) => reasons(tick, 1)[0])).toEqual(['BANNED', 'BANNED', 'OK', 'OK']);
  });

  test('GM-32: only who holds the role removes, labels, bans, and nobody bans a moderator', async () => {
    const lines: Line[] = [
      ['remove', 1],
      ['label', 1],
      ['ban', 3, 1],
      ['unban', 3],
      ['ban', 0, 1],
    ];
    const { reasons } = await playPosted(
      {
        '1:1': lines,
        '1:0': [
          ['ban', 2, 1],
          ['label', 1],
        ],
      },
      { moderators: [0, 2] },
    );
    expect(reasons(1, 1)).toEqual(lines.map(() => 'NOT_MODERATOR'));
    expect(reasons(1, 0)).toEqual(['NOT_MODERATOR', 'OK']);
  });
});

describe('audit', () => {
  test('GM-44: what is missing becomes no default: a follow of nobody reaches neither row 0 nor the last', async () => {
    const lines = [['follow'], ['follow', undefined], ['follow', null], ['mute', NaN]] as unknown as Line[];
    const { reasons, agent } = await play({ '0:2': lines });
    expect(reasons(0, 2)).toEqual(['TARGET_MISSING', 'TARGET_MISSING', 'TARGET_INVALID', 'TARGET_INVALID']);
    expect(everybody.map((one) => agent('followerCount', one))).toEqual([0, 0, 0, 0]);
  });

  test('GM-45: each verdict stores actor, sequence, attempt, outcome, code and the rule that decided', async () => {
    const { records } = await playPosted({
      '1:1': [
        ['like', 1],
        ['like', 1],
        ['fly', 3],
      ],
    });
    const { actor, sequence, target, outcome, reason, rule } = records[1];
    expect([...actor]).toEqual([1, 1, 1]);
    expect([...sequence]).toEqual([0, 1, 2]);
    expect([...target]).toEqual([1, 1, 3]);
    expect([...outcome]).toEqual([outcomes.granted, outcomes.refused, outcomes.refused]);
    expect(Array.from(reason, reasonName)).toEqual(['OK', 'ALREADY_LIKED', 'VERB_UNKNOWN']);
    expect(Array.from(rule, ruleName)).toEqual(['none', 'onceOnly', 'wellFormed']);
    expect(new Set(Object.values(rules)).size).toBe(Object.keys(rules).length);
  });
});
