/**
 * The feeds beyond recency, hot, interest and mix, each against a naive one that lists, filters and sorts whole; and blends.
 *
 * The world is one in mid-run, with likes, dislikes, communities and follows that change, on two shards.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { actedBit, recentLength } from '../../../sim/world/agents.ts';
import { boardLength } from '../../../sim/world/boards.ts';
import { ledgerOf } from '../../../sim/world/ledger.ts';
import { agentShard, forOwnBlocks } from '../../../sim/world/ownership.ts';
import { isTakenAway, postKinds, postRow, shareCountOf } from '../../../sim/world/posts.ts';
import { currentFollowees } from '../../../sim/social-graph/ties.ts';
import { createFeedScratch } from '../../../sim/recommender/feed.ts';
import { recommend } from '../../../sim/recommender/recommend.ts';
import { controversialScore, hotScore, risingScore } from '../../../sim/recommender/scores.ts';
import { sources } from '../../../sim/exchange/tables.ts';
import { codeOf, openWorld, seenOf, smallPlan, smallPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { FeedSettings, RecommenderName } from '../../../sim/recommender/feed.ts';
import type { Hand } from '../../../sim/policy/own.ts';
import type { PerceptRow } from '../../../sim/exchange/tables.ts';
import type { Shard } from '../../../sim/engine/shard.ts';
import type { OpenWorld, WorldOrder } from '../worlds.ts';

const base = { length: 6, outOfNetworkShare: 0.4, exposuresMax: 3, repostsShown: true };
const allowedVerbs = ['post', 'reply', 'repost', 'like', 'dislike', 'follow', 'unfollow', 'delete', 'subscribe'];

/** Acts on half of what it sees, posts into communities, subscribes, follows. */
const lively = {
  decide(hand: Hand): void {
    if (hand.draw(0) < 0.5)
      hand.act('post', undefined, 0, hand.draw(1) < 0.6 ? { argument: Math.floor(hand.draw(2) * 3) } : {});
    if (hand.draw(3) < 0.3) hand.act('subscribe', Math.floor(hand.draw(4) * 3));
    hand.items.forEach((item, k) => {
      const lot = hand.draw(10 + k);
      if (lot < 0.3) hand.act('like', item.post);
      else if (lot < 0.5) hand.act('dislike', item.post);
      else if (lot < 0.6) hand.act('repost', item.post);
      else if (lot < 0.65) hand.act('reply', item.post);
      else if (lot < 0.7) hand.act('follow', item.author);
    });
  },
};

/** Nobody acts on anything where nothing is shown, and nothing is shown where nobody has acted. */
const bootstrap = [
  { recommender: 'recency', share: 0.5 },
  { recommender: 'collaborative', share: 0.5 },
] as const;

function worldOrder(recommender: RecommenderName, workers: number): WorldOrder {
  const grounds = {
    ...{ goods: [], products: [], markets: [], places: [], games: [], scenes: [], groups: [], requestTicks: 10 },
    communities: ['a', 'b', 'c'].map((name) => ({ name, owner: 'a1', members: [] })),
    presence: false,
  };
  const plan = smallPlan({
    ...{ allowedVerbs, grounds, ticks: 40, postCapacity: 1024 },
    feed: { ...base, recommender, ...(recommender === 'collaborative' ? { blend: bootstrap } : {}) },
    policies: [{ kind: 'own', name: 'lively' }],
  });
  const population = smallPopulation({ agents: 90, wakesPerDayMean: 20 });
  return { plan, population, code: codeOf({ policies: { lively } }), placement: { workers } };
}

async function worldWith(recommender: RecommenderName): Promise<OpenWorld> {
  const world = openWorld(worldOrder(recommender, 2));
  for (let tick = 0; tick < 26; tick++) await world.step();
  world.peek();
  return world;
}

interface Shown {
  readonly agent: AgentRow;
  readonly posts: readonly number[];
  readonly sources: readonly number[];
}

/** What is shown to each agent of a shard if all woke now. */
function feedsOf(shard: Shard, settings: FeedSettings): Shown[] {
  const { state, tables, owner } = shard;
  const agents: AgentRow[] = [];
  forOwnBlocks(owner, (start, end) => {
    for (let row = start; row < end; row++) agents.push(row as AgentRow);
  });
  agents.forEach((agent, percept) => (tables.percepts.agent[percept as PerceptRow] = agent));
  recommend(state, settings, tables, { from: 0, to: agents.length }, createFeedScratch());
  const { post, source } = tables.items as unknown as Record<string, Int32Array>;
  return agents.map((agent, percept) => {
    const start = percept * state.sizes.feedLength;
    const end = start + tables.percepts.itemCount[percept as PerceptRow];
    return { agent, posts: [...post.subarray(start, end)], sources: [...source.subarray(start, end)] };
  });
}

/** Contents that may stand in an agent's feed. */
function allowed({ state }: Shard, agent: AgentRow): (post: number) => boolean {
  return (post) => {
    const row = postRow(state.posts, post);
    const origin = state.posts.origin[row];
    const seen = seenOf(state, agent, origin);
    const isLive = post >= state.now.oldestPost && post < state.now.nextPost && origin >= state.now.oldestPost;
    return isLive && !isTakenAway(state.posts, state.now, row) && (seen & actedBit) === 0 && seen < base.exposuresMax;
  };
}

/** Live contents, reposts apart. */
function liveContents({ state }: Shard): number[] {
  const ids = Array.from({ length: state.now.nextPost - state.now.oldestPost }, (_, i) => state.now.oldestPost + i);
  return ids.filter((id) => {
    const row = postRow(state.posts, id);
    return state.posts.kind[row] !== postKinds.repost && !isTakenAway(state.posts, state.now, row);
  });
}

function votesOf({ state }: Shard, post: number): { readonly ups: number; readonly downs: number } {
  const row = postRow(state.posts, post);
  const { face, likeCount, dislikeCount } = state.posts;
  return { ups: shareCountOf(face, row) + likeCount[row], downs: dislikeCount[row] };
}

function best(posts: readonly number[], score: (post: number) => number, length: number): number[] {
  return [...posts].sort((x, y) => score(y) - score(x) || y - x).slice(0, length);
}

function hoursOf({ state }: Shard, post: number): number {
  return ((state.now.tick - state.posts.tick[postRow(state.posts, post)]) * state.now.tickSeconds) / 3600;
}

const naiveScores: Readonly<Record<string, (shard: Shard, post: number) => number>> = {
  top: (shard, post) => votesOf(shard, post).ups - votesOf(shard, post).downs,
  controversial: (shard, post) => controversialScore(votesOf(shard, post).ups, votesOf(shard, post).downs),
};

describe.each(['top', 'controversial'] as const)('%s', (recommender) => {
  test(`${recommender}: each feed is the best of the board, and the board holds no post with a lower score than one left out since`, async () => {
    const world = await worldWith(recommender);
    const score = naiveScores[recommender];
    for (const shard of world.shards) {
      const live = liveContents(shard);
      // The window is larger than all that was written, so nothing was crowded out for good but by score.
      const board = best(live, (post) => score(shard, post), boardLength);
      let shown = 0;
      for (const { agent, posts } of feedsOf(shard, { ...base, recommender })) {
        const mayShow = allowed(shard, agent);
        const wanted = board.filter(mayShow).slice(0, base.length);
        expect(posts.map((post) => score(shard, post))).toEqual(wanted.map((post) => score(shard, post)));
        shown += posts.length;
      }
      expect(shown).toBeGreaterThan(0);
    }
  });
});

describe('rising and trending', () => {
  let world: OpenWorld;
  beforeAll(async () => {
    world = await worldWith('trending');
  });

  test('trending: the most voted of the last seven days', () => {
    for (const shard of world.shards) {
      const board = best(liveContents(shard), (post) => naiveScores['top'](shard, post), boardLength);
      for (const { agent, posts } of feedsOf(shard, { ...base, recommender: 'trending' })) {
        const wanted = board.filter(allowed(shard, agent)).slice(0, base.length);
        expect(posts.map((post) => naiveScores['top'](shard, post))).toEqual(
          wanted.map((post) => naiveScores['top'](shard, post)),
        );
      }
    }
  });

  test('rising: the hot board by votes against age now', async () => {
    const hot = await worldWith('rising');
    for (const shard of hot.shards) {
      const { tickSeconds } = shard.plan;
      const heat = (post: number): number => {
        const { ups, downs } = votesOf(shard, post);
        return hotScore(ups - downs, shard.state.posts.tick[postRow(shard.state.posts, post)], tickSeconds);
      };
      const rise = (post: number): number => {
        const { ups, downs } = votesOf(shard, post);
        return risingScore(ups - downs, hoursOf(shard, post));
      };
      const board = best(liveContents(shard), heat, boardLength);
      for (const { agent, posts } of feedsOf(shard, { ...base, recommender: 'rising' })) {
        const wanted = best(board.filter(allowed(shard, agent)), rise, base.length);
        expect(posts.map(rise)).toEqual(wanted.map(rise));
      }
    }
  });

  test('rising: (votes + 1) / (hours + 2)^1.5 at 0 and 7 hours', () => {
    expect(risingScore(3, 0)).toBeCloseTo(4 / 2 ** 1.5, 12);
    expect(risingScore(-1, 5)).toBe(0);
    expect(risingScore(26, 7)).toBe(1);
  });

  test('controversial: nobody, one side alone, and both sides alike', () => {
    expect([
      controversialScore(0, 0),
      controversialScore(9, 0),
      controversialScore(6, 6),
      controversialScore(8, 2),
    ]).toEqual([...[0, 0, 12, 4]]);
  });
});

describe('beyond the network', () => {
  test('friends-of-friends: everything shown was written or spread by a followee of a followee', async () => {
    const world = await worldWith('friends-of-friends');
    let shown = 0;
    for (const shard of world.shards) {
      const { state } = shard;
      const ordinal = state.agents.ordinal as unknown as Int32Array;
      const follows = (agent: AgentRow): number[] =>
        currentFollowees(
          state.ties,
          state.ties.logs[agentShard(state.owner, agent)],
          state.agents.pendingTie[agent],
          agent,
          ordinal,
        );
      for (const { agent, posts } of feedsOf(shard, { ...base, recommender: 'friends-of-friends' })) {
        const circle = new Set(follows(agent).flatMap((one) => follows(one as AgentRow)));
        for (const post of posts) {
          expect(circle.has(state.posts.author[postRow(state.posts, post)])).toBe(true);
          expect(allowed(shard, agent)(post)).toBe(true);
        }
        expect(posts).toEqual([...posts].sort((x, y) => y - x));
        shown += posts.length;
      }
    }
    expect(shown).toBeGreaterThan(50);
  });

  test('collaborative: everything shown is among the latest of who acted last on what the agent acted on', async () => {
    const world = await worldWith('collaborative');
    let shown = 0;
    for (const shard of world.shards) {
      const { state } = shard;
      const { memoryLength } = state.sizes;
      const origins = state.exposures.origin as unknown as Int32Array;
      const entries = state.recents.entry as unknown as Int32Array;
      for (const { agent, posts } of feedsOf(shard, { ...base, recommender: 'collaborative' })) {
        const acted = [...origins.subarray(agent * memoryLength, (agent + 1) * memoryLength)].filter(
          (origin) => origin >= state.now.oldestPost && (seenOf(state, agent, origin) & actedBit) !== 0,
        );
        const latest = acted.flatMap((origin) => {
          const row = postRow(state.posts, origin);
          if (state.posts.engagedTick[row] === 0) return [];
          const engager = state.rowOfOrdinal[state.posts.engager[row]];
          const start = engager * recentLength * 2;
          return engager === agent
            ? []
            : [...entries.subarray(start, start + recentLength * 2)].filter((_, k) => k % 2 === 0);
        });
        const wanted = best(
          [...new Set(latest)].filter((post) => post > 0 && allowed(shard, agent)(post)),
          (post) => post,
          99,
        );
        const contents = (list: readonly number[]): number[] =>
          list.map((post) => state.posts.origin[postRow(state.posts, post)]);
        expect(new Set(contents(wanted))).toEqual(new Set([...contents(wanted), ...contents(posts)]));
        shown += posts.length;
      }
    }
    expect(shown).toBeGreaterThan(50);
  });

  test('community: the newest posts of the communities that the agent is subscribed to, by hot score, and of no other', async () => {
    const world = await worldWith('community');
    let shown = 0;
    for (const shard of world.shards) {
      const { state } = shard;
      const ledger = ledgerOf(state.ledger);
      const heat = (post: number): number => {
        const { ups, downs } = votesOf(shard, post);
        return hotScore(ups - downs, state.posts.tick[postRow(state.posts, post)], state.now.tickSeconds);
      };
      for (const { agent, posts, sources: from } of feedsOf(shard, { ...base, recommender: 'community' })) {
        const candidates = [0, 1, 2].flatMap((community) => {
          if (ledger.get('subscription', agent, community) === 0) return [];
          const inside = liveWith(shard, community).sort((x, y) => y - x);
          return inside.slice(0, base.length * 2).filter(allowed(shard, agent));
        });
        expect(posts).toEqual(best(candidates, heat, base.length));
        expect(from.every((one) => one === sources.community)).toBe(true);
        shown += posts.length;
      }
    }
    expect(shown).toBeGreaterThan(50);
  });

  test('random: contents at random, each of the live ones about as often over seeds and agents', async () => {
    const world = await worldWith('random');
    const [shard] = world.shards;
    const hits = new Map<number, number>();
    for (let round = 0; round < 60; round++) {
      (shard.state.now as { seedA: number }).seedA = round * 7919;
      for (const { posts } of feedsOf(shard, { ...base, exposuresMax: 127, recommender: 'random' }))
        for (const post of posts) hits.set(post, (hits.get(post) ?? 0) + 1);
    }
    const live = liveContents(shard).length;
    expect(hits.size).toBeGreaterThan(live * 0.8);
    const [halfNew, all] = [...hits].reduce(
      ([newer, total], [post, count]) => [
        newer + (post > (shard.state.now.oldestPost + shard.state.now.nextPost) / 2 ? count : 0),
        total + count,
      ],
      [0, 0],
    );
    expect(Math.abs(halfNew / all - 0.5)).toBeLessThan(0.1);
  });
});

/** Live posts of a community, replies apart, whether they were taken away or not. */
function liveWith({ state }: Shard, community: number): number[] {
  const ids = Array.from({ length: state.now.nextPost - state.now.oldestPost }, (_, i) => state.now.oldestPost + i);
  return ids.filter((id) => {
    const row = postRow(state.posts, id);
    return state.posts.community[row] === community + 1 && state.posts.kind[row] !== postKinds.reply;
  });
}

describe('blend and diversity', () => {
  const blend = [
    { recommender: 'recency', share: 0.5 },
    { recommender: 'hot', share: 0.3 },
    { recommender: 'random', share: 0.2 },
  ] as const;

  test('blend: each part has its share of the places on average, no content stands twice, and no feed is too long', async () => {
    const world = await worldWith('top');
    const counts = new Map<number, number>();
    let full = 0;
    for (let round = 0; round < 40; round++) {
      for (const shard of world.shards) {
        (shard.state.now as { seedA: number }).seedA = round * 104729;
        for (const { posts, sources: from } of feedsOf(shard, {
          ...base,
          exposuresMax: 127,
          recommender: 'mix',
          blend,
        })) {
          const contents = posts.map((post) => shard.state.posts.origin[postRow(shard.state.posts, post)]);
          expect(new Set(contents).size).toBe(contents.length);
          expect(posts.length).toBeLessThanOrEqual(base.length);
          if (posts.length < base.length || from.filter((one) => one === sources.followee).length < 3) continue;
          full++;
          for (const one of from) counts.set(one, (counts.get(one) ?? 0) + 1);
        }
      }
    }
    expect(full).toBeGreaterThan(500);
    const share = (source: number): number => (counts.get(source) ?? 0) / (full * base.length);
    expect(share(sources.followee)).toBeCloseTo(0.5, 1);
    expect(share(sources.popular)).toBeCloseTo(0.3, 1);
    expect(share(sources.random)).toBeCloseTo(0.2, 1);
  });

  test('blend: of one part it is that part’s feed', async () => {
    const world = await worldWith('top');
    for (const shard of world.shards) {
      const alone = feedsOf(shard, { ...base, recommender: 'recency' });
      const blended = feedsOf(shard, { ...base, recommender: 'mix', blend: [{ recommender: 'recency', share: 1 }] });
      expect(blended).toEqual(alone);
    }
  });

  test('perAuthorMax: no author has more items in a feed than allowed, and without it some have', async () => {
    const world = await worldWith('top');
    const most = (perAuthorMax: number | undefined): number =>
      Math.max(
        ...world.shards.flatMap((shard) =>
          feedsOf(shard, { ...base, recommender: 'top', ...(perAuthorMax === undefined ? {} : { perAuthorMax }) }).map(
            ({ posts }) => {
              const authors = posts.map((post) => shard.state.posts.author[postRow(shard.state.posts, post)]);
              return Math.max(0, ...authors.map((author) => authors.filter((one) => one === author).length));
            },
          ),
        ),
      );
    expect(most(1)).toBe(1);
    expect(most(undefined)).toBeGreaterThan(1);
  });
});

test.each([
  'random',
  'top',
  'rising',
  'controversial',
  'trending',
  'twhin',
  'friends-of-friends',
  'collaborative',
  'community',
] as const)('%s: one digest for 1 and 3 shards and a scrambled layout', async (recommender) => {
  const short = (workers: number, layout: 'degree' | 'scrambled'): WorldOrder => {
    const order = worldOrder(recommender, workers);
    const plan = { ...order.plan, ticks: 10 } as never;
    return { ...order, plan, placement: { workers: 1, layout } };
  };
  const one = openWorld(short(1, 'degree'));
  const three = openWorld({ ...short(1, 'scrambled'), placement: { workers: 3, layout: 'scrambled', mergeTicks: 3 } });
  for (let tick = 0; tick < 10; tick++) {
    expect(await three.step()).toEqual(await one.step());
  }
  expect(three.root()).toBe(one.root());
});
