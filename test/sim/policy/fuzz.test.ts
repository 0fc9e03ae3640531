/**
 * Intents that nobody should make, by the thousand, through every door: own policies, the table itself, interventions.
 *
 * Each gets one refusal with the code of its kind, and the state is that of a twin world in which nobody attempted anything, but for the
 * inbox, where refusals are to be found: those columns are emptied in both before the roots are compared.
 */
import { describe, expect, test } from 'vitest';
import { outcomes, reasonName } from '../../../sim/exchange/reasons.ts';
import { unknownVerb, verbs } from '../../../sim/exchange/verbs.ts';
import { roles } from '../../../sim/world/agents.ts';
import { attempt } from '../../../sim/policy/act.ts';
import { codeOf, openWorld, smallPlan, tinyPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { Reason } from '../../../sim/exchange/reasons.ts';
import type { Hand, OwnPolicy } from '../../../sim/policy/own.ts';
import type { GroundsPlan } from '../../../sim/exchange/grounds.ts';
import type { Intervention, Plan } from '../../../sim/engine/plan.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { OpenWorld } from '../worlds.ts';

const agentCount = 170;
const attemptsPerAgent = 60;
const fuzzTick = 6;
/** Ids of 192 posts stand in the window when the fuzz begins; those before are archived, these were removed. */
const removedPosts = { first: 200, count: 20 };

/** Ten posts, then four ticks of sixty; then a moderator takes some away. */
function prepareWorld(hand: Hand): void {
  const { now, agents } = hand.state;
  const ordinal = agents.ordinal[hand.agent];
  if (now.tick < 5 && ordinal < (now.tick === 0 ? 10 : 60)) hand.act('post');
  if (now.tick !== 5 || agents.role[hand.agent] !== roles.moderator) return;
  for (let k = 0; k < removedPosts.count; k++) hand.act('remove', removedPosts.first + k);
}

/** An attempt with its fate. `args` are what a policy passes, of whatever type. */
interface Bad {
  readonly args: readonly unknown[];
  readonly reason: Reason;
}

const noWords: readonly unknown[] = [
  ...['5', '', null, true, {}, [], [3], NaN, Infinity, -Infinity, 1.5, -0.5, 2_147_483_648, -2_147_483_649, 1e300, 7n],
  ...[Symbol('post'), () => 1, { valueOf: () => 3 }, new Int32Array(1)],
];
const noVerbs: readonly unknown[] = [
  ...[
    'fly',
    '',
    'LIKE',
    'like ',
    'constructor',
    '__proto__',
    'toString',
    'unknown',
    5,
    NaN,
    null,
    undefined,
    {},
    ['like'],
  ],
];
const toPosts = ['reply', 'repost', 'like', 'unlike', 'dislike', 'undislike', 'upvote', 'downvote', 'report', 'delete'];
const toAgents = ['follow', 'unfollow', 'mute', 'unmute', 'block', 'unblock'];
const undoings: readonly (readonly [string, Reason])[] = [
  ...([
    ['unlike', 'NOT_LIKED'],
    ['undislike', 'NOT_DISLIKED'],
  ] as const),
];
const cuts: readonly (readonly [string, Reason])[] = [
  ...([
    ['unfollow', 'NOT_FOLLOWING'],
    ['unmute', 'NOT_MUTED'],
    ['unblock', 'NOT_BLOCKED'],
  ] as const),
];

/** One bad attempt of the kind that the draw names. A moderator errs in other ways than others. */
function badAttempt(hand: Hand, k: number): Bad {
  const { now, agents, sizes, rowOfOrdinal } = hand.state;
  const pick = <Value>(list: readonly Value[], index: number): Value =>
    list[Math.floor(hand.draw(index) * list.length)];
  const between = (first: number, end: number): number => first + Math.floor(hand.draw(8 * k + 3) * (end - first));
  const post = (): string => pick(toPosts, 8 * k + 1);
  const agent = (): string => pick(toAgents, 8 * k + 1);
  const stranger = rowOfOrdinal[(agents.ordinal[hand.agent] + 1 + between(0, agentCount - 1)) % agentCount];
  const liveByAnother = 80 + between(0, 100);
  const forged = { actor: stranger, sequence: 0, agent: stranger };
  const isModerator = agents.role[hand.agent] === roles.moderator;
  const unlike = pick(undoings, 8 * k + 1);
  const cut = pick(cuts, 8 * k + 1);
  const kinds: readonly Bad[] = [
    { args: [pick(noVerbs, 8 * k + 1), 3, 0], reason: 'VERB_UNKNOWN' },
    { args: [post(), pick(noWords, 8 * k + 2)], reason: 'TARGET_INVALID' },
    { args: [agent(), pick(noWords, 8 * k + 2), 0, forged], reason: 'TARGET_INVALID' },
    { args: [hand.draw(8 * k + 2) < 0.5 ? post() : agent()], reason: 'TARGET_MISSING' },
    { args: ['post', undefined, pick(noWords, 8 * k + 2)], reason: 'AMOUNT_RANGE' },
    { args: [agent(), stranger, pick(noWords, 8 * k + 2)], reason: 'AMOUNT_RANGE' },
    { args: [post(), between(-1000, 1), 0, forged], reason: 'POST_UNKNOWN' },
    { args: [post(), now.nextPost + between(0, 1e9)], reason: 'POST_UNKNOWN' },
    { args: [post(), between(1, now.oldestPost)], reason: 'POST_ARCHIVED' },
    { args: [post(), removedPosts.first + between(0, removedPosts.count)], reason: 'POST_REMOVED' },
    { args: [agent(), between(-1e9, 0)], reason: 'AGENT_UNKNOWN' },
    { args: [agent(), sizes.agentCount + between(0, 1e9)], reason: 'AGENT_UNKNOWN' },
    { args: [agent(), hand.agent, 0, forged], reason: 'SELF_TARGET' },
    { args: ['quote', liveByAnother], reason: 'VERB_NOT_ALLOWED' },
    { args: [unlike[0], liveByAnother, 0, forged], reason: unlike[1] },
    { args: [cut[0], stranger, 0, forged], reason: cut[1] },
    isModerator
      ? { args: ['ban', stranger, pick([0, -1, 87_601, 2_147_483_647], 8 * k + 2)], reason: 'AMOUNT_RANGE' }
      : { args: [pick(['ban', 'unban'], 8 * k + 2), stranger, 5, forged], reason: 'NOT_MODERATOR' },
    isModerator
      ? { args: ['unban', stranger], reason: 'NOT_BANNED' }
      : { args: [pick(['remove', 'label'], 8 * k + 2), liveByAnother, 0, forged], reason: 'NOT_MODERATOR' },
  ];
  return kinds[Math.floor(hand.draw(8 * k) * kinds.length)];
}

const noTexts: readonly unknown[] = [
  5,
  null,
  true,
  {},
  ['a'],
  NaN,
  7n,
  '\ud800',
  'a\udc00b',
  () => 'text',
  Symbol('text'),
];

/** One bad attempt whose flaw lies in what is said beside, or in the thing that is named. Agent 5 owns the group and the community. */
function badDetail(hand: Hand, k: number): Bad {
  const { agents, rowOfOrdinal } = hand.state;
  const pick = <Value>(list: readonly Value[], index: number): Value =>
    list[Math.floor(hand.draw(index) * list.length)];
  const ordinal = agents.ordinal[hand.agent];
  const stranger = rowOfOrdinal[(ordinal + 1 + Math.floor(hand.draw(8 * k + 3) * (agentCount - 1))) % agentCount];
  const word = pick(noWords, 8 * k + 2);
  const beyond = 1 + Math.floor(hand.draw(8 * k + 3) * 1e6);
  const needsText = pick(
    ['search', 'searchAgents', 'createGroup', 'createCommunity', 'claimHandle', 'answer'],
    8 * k + 1,
  );
  const isMember = agents.role[hand.agent] === roles.moderator;
  const kinds: readonly Bad[] = [
    { args: ['post', undefined, 0, { text: pick(noTexts, 8 * k + 2) }], reason: 'TEXT_INVALID' },
    { args: ['post', undefined, 0, { text: 'x'.repeat(41) }], reason: 'TEXT_TOO_LONG' },
    { args: ['message', stranger, 0, { text: 'é'.repeat(21) }], reason: 'TEXT_TOO_LONG' },
    { args: ['message', stranger, 0, { text: 'x'.repeat(70_000) }], reason: 'TEXT_TOO_LONG' },
    { args: ['message', stranger], reason: 'TEXT_MISSING' },
    { args: [needsText, undefined, 0, { text: '' }], reason: 'TEXT_MISSING' },
    { args: ['post', undefined, 0, { argument: word }], reason: 'ARGUMENT_INVALID' },
    { args: ['give', stranger, 1, { argument: 5 }], reason: 'ARGUMENT_INVALID' },
    { args: ['give', stranger, 1], reason: 'ARGUMENT_INVALID' },
    { args: ['give', stranger, 0, { argument: 0 }], reason: 'AMOUNT_RANGE' },
    { args: ['give', stranger, 4, { argument: 0 }], reason: 'GOODS_SHORT' },
    { args: ['give', hand.agent, 1, { argument: 0 }], reason: 'SELF_TARGET' },
    { args: ['bid', 0, 1, { price: word }], reason: 'PRICE_RANGE' },
    { args: ['post', undefined, 0, { argument: beyond }], reason: 'TARGET_UNKNOWN' },
    {
      args: [pick(['joinGroup', 'leaveGroup', 'subscribe', 'unsubscribe'], 8 * k + 1), beyond],
      reason: 'TARGET_UNKNOWN',
    },
    { args: [pick(['buy', 'bid', 'ask', 'move'], 8 * k + 1), -beyond, 1, { price: 1 }], reason: 'TARGET_UNKNOWN' },
    { args: ['buy', 0, 1], reason: 'FUNDS_SHORT' },
    { args: ['buy', 0, 2], reason: 'SOLD_OUT' },
    isMember
      ? { args: ['joinGroup', 0], reason: 'ALREADY_MEMBER' }
      : { args: ['sendToGroup', 0, 0, { text: 'hello' }], reason: 'NOT_MEMBER' },
    isMember
      ? { args: ['subscribe', 0], reason: 'ALREADY_MEMBER' }
      : { args: ['appoint', stranger, 0, { argument: 0 }], reason: 'NOT_OWNER' },
    { args: ['move', 0], reason: 'PLACE_FULL' },
    { args: ['interview', undefined, 0, { text: 'Who are you?' }], reason: 'SCENARIO_ONLY' },
    { args: ['answer', undefined, 0, { text: 'Nobody asked.' }], reason: 'NOTHING_ASKED' },
  ];
  return kinds[Math.floor(hand.draw(8 * k) * kinds.length)];
}

/** A world before the fuzz. What `policy` does from then on is its own affair. */
async function worldOf(policy: (hand: Hand) => void, changes: Partial<Plan> = {}): Promise<OpenWorld> {
  const decide: OwnPolicy['decide'] = (hand) => {
    if (hand.state.now.tick < fuzzTick) prepareWorld(hand);
    else policy(hand);
  };
  const plan = smallPlan({
    policies: [{ kind: 'own', name: 'fuzzing' }],
    allowedVerbs: Object.keys(verbs).filter((verb) => !['quote', 'nothing', 'lean', 'reassign'].includes(verb)),
    conduct: { selfRating: true, moderators: ['a5'], limits: [], moderation: [] },
    postCapacity: 256,
    ...changes,
  });
  const population = tinyPopulation(
    Array.from({ length: agentCount }, () => []),
    1e7,
  );
  const world = openWorld({
    plan,
    population,
    code: codeOf({ policies: { fuzzing: { decide } } }),
    placement: { layout: 'key' },
  });
  for (let tick = 0; tick < fuzzTick; tick++) await world.step();
  return world;
}

/** The state's root, the inbox of refusals left out. */
function rootWithoutInbox({ state: { agents }, root }: OpenWorld): string {
  for (let row = 0 as AgentRow; row < agentCount; row++) {
    agents.refusalTick[row] = 0;
    agents.refusalReason[row] = 0;
    agents.refusalCount[row] = 0;
    agents.retryTick[row] = 0;
  }
  return root();
}

/** Rulings as `ordinal:sequence reason`. */
function rulingsOf({ actor, sequence, reason, outcome }: TickRecord): string[] {
  expect(outcome.every((one) => one === outcomes.refused)).toBe(true);
  return Array.from(reason, (one, i) => `${actor[i]}:${sequence[i]} ${reasonName(one)}`);
}

describe('GM-09, GM-10: 10,000 bad intents', () => {
  test('Hand.act: each is refused once with the code of its kind, by nobody but its actor, and the state stays as it was', async () => {
    const expected: string[] = [];
    const twin = await worldOf(() => undefined);
    const world = await worldOf((hand) => {
      const ordinal = hand.state.agents.ordinal[hand.agent];
      for (let k = 0; k < attemptsPerAgent; k++) {
        const { args, reason } = badAttempt(hand, k);
        (hand.act as (...all: readonly unknown[]) => void)(...args);
        expected.push(`${ordinal}:${k} ${reason}`);
      }
    });
    const record = await world.step();
    await twin.step();
    expect(record.intentCount).toBe(agentCount * attemptsPerAgent);
    expect(rulingsOf(record)).toEqual(expected);
    expect(new Set(expected.map((one) => one.split(' ')[1])).size).toBe(17);
    expect(rootWithoutInbox(world)).toBe(rootWithoutInbox(twin));
  });

  test('Hand.act: what is said beside target and amount is refused with a code of its own where it cannot be, too', async () => {
    const grounds: GroundsPlan = {
      goods: [{ name: 'coins', initial: 3 }],
      products: [{ name: 'hat', price: 50, money: 0, good: -1, stock: 1 }],
      markets: [],
      places: [{ name: 'yard', capacity: 0, travelTicks: 0 }],
      games: [],
      scenes: [],
      groups: [{ name: 'closed', owner: 'a5', members: [] }],
      communities: [{ name: 'club', owner: 'a5', members: [] }],
      requestTicks: 5,
      presence: false,
    };
    const plan = { grounds, texts: { bytesMax: 40, capacityBytes: 1 << 20 } };
    const expected: string[] = [];
    const twin = await worldOf(() => undefined, plan);
    const world = await worldOf((hand) => {
      const ordinal = hand.state.agents.ordinal[hand.agent];
      for (let k = 0; k < attemptsPerAgent; k++) {
        const { args, reason } = badDetail(hand, k);
        (hand.act as (...all: readonly unknown[]) => void)(...args);
        expected.push(`${ordinal}:${k} ${reason}`);
      }
    }, plan);
    const record = await world.step();
    await twin.step();
    expect(record.intentCount).toBe(agentCount * attemptsPerAgent);
    expect(rulingsOf(record)).toEqual(expected);
    expect(new Set(expected.map((one) => one.split(' ')[1])).size).toBe(17);
    expect(rootWithoutInbox(world)).toBe(rootWithoutInbox(twin));
  });

  test('a granted intent among them would show: the roots of two worlds differ by one like', async () => {
    const twin = await worldOf(() => undefined);
    const world = await worldOf((hand) => {
      if (hand.state.agents.ordinal[hand.agent] === 0) hand.act('like', 120);
    });
    await world.step();
    await twin.step();
    expect(rootWithoutInbox(world)).not.toBe(rootWithoutInbox(twin));
  });

  test('attempt: numbers that are no verb, no target or no amount are written down as such and coerced to nothing', async () => {
    const expected: string[] = [];
    const odd = noWords as readonly number[];
    const numbers = [NaN, -1, 256, 1e9, 2_147_483_647, 0.5, 77, 200, unknownVerb];
    const twin = await worldOf(() => undefined);
    const world: OpenWorld = await worldOf((hand) => {
      const ordinal = hand.state.agents.ordinal[hand.agent];
      for (let k = 0; k < attemptsPerAgent; k++) {
        const lot = Math.floor(hand.draw(k) * 3);
        const turn = { actor: hand.agent, sequence: k };
        const word = odd[Math.floor(hand.draw(100 + k) * odd.length)];
        const verb = lot === 0 ? numbers[k % numbers.length] : verbs.like;
        attempt(world.shards[0].tables, turn, verb, lot === 1 ? word : 120, lot === 2 ? word : 0);
        expected.push(`${ordinal}:${k} ${['VERB_UNKNOWN', 'TARGET_INVALID', 'AMOUNT_RANGE'][lot]}`);
      }
    });
    const record = await world.step();
    await twin.step();
    expect(rulingsOf(record)).toEqual(expected);
    expect(rootWithoutInbox(world)).toBe(rootWithoutInbox(twin));
  });

  test('interventions: acts that cannot be are refused like any other, and the state stays as it was', async () => {
    const of = (i: number): string => `a${i % agentCount}`;
    const kinds: readonly ((i: number) => [Omit<Intervention, 'tick' | 'agent'>, Reason])[] = [
      (i) => [{ verb: 'follow', target: of(i) }, 'SELF_TARGET'],
      (i) => [{ verb: 'unfollow', target: of(i + 1) }, 'NOT_FOLLOWING'],
      (i) => [{ verb: 'unblock', target: of(i + 7) }, 'NOT_BLOCKED'],
      (i) => [{ verb: 'ban', target: of(i + 3), amount: 5 }, of(i) === 'a5' ? 'OK' : 'NOT_MODERATOR'],
      (i) => [{ verb: 'mute', target: of(i + 3), amount: NaN }, 'AMOUNT_RANGE'],
      () => [{ verb: 'like' }, 'POST_UNKNOWN'],
      () => [{ verb: 'quote' }, 'VERB_NOT_ALLOWED'],
    ];
    const acts = Array.from({ length: agentCount * 40 }, (_, i) => ({
      i,
      made: kinds[(i * 31 + (i % 11)) % kinds.length](i),
    }));
    const wrong = acts.filter(({ made }) => made[1] !== 'OK');
    const interventions = wrong.map(({ i, made }) => ({ tick: fuzzTick, agent: of(i), ...made[0] }));
    const twin = await worldOf(() => undefined);
    const world = await worldOf(() => undefined, { interventions });
    const record = await world.step();
    await twin.step();
    const given = rulingsOf(record).map((one) => one.split(' ')[1]);
    expect(given.sort()).toEqual(wrong.map(({ made }) => made[1]).sort());
    expect(record.intentCount).toBe(wrong.length);
    expect(rootWithoutInbox(world)).toBe(rootWithoutInbox(twin));
  });
});
