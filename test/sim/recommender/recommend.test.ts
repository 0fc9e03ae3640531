/**
 * Feeds against naive ones: lists that are filtered, sorted and cut whole; and what no feed may show.
 */
import { describe, expect, test } from 'vitest';
import { actedBit, topicCount } from '../../../sim/world/agents.ts';
import { boardLength } from '../../../sim/world/boards.ts';
import { forOwnBlocks } from '../../../sim/world/ownership.ts';
import { postRow, topicComponent, topicOf } from '../../../sim/world/posts.ts';
import { createFeedScratch } from '../../../sim/recommender/feed.ts';
import { recommend } from '../../../sim/recommender/recommend.ts';
import { createCandidates, gatherNewest, lookBehind } from '../../../sim/recommender/gather.ts';
import { sources } from '../../../sim/exchange/tables.ts';
import { codeOf, livelyRules, openWorld, seenOf, smallPlan, smallPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { FeedSettings, OwnRecommender } from '../../../sim/recommender/feed.ts';
import type { StateView } from '../../../sim/exchange/view.ts';
import type { PerceptRow } from '../../../sim/exchange/tables.ts';
import type { Shard } from '../../../sim/engine/shard.ts';

interface Item {
  readonly post: number;
  readonly origin: number;
  readonly source: number;
}

const feed = { length: 6, outOfNetworkShare: 0.4, exposuresMax: 2, repostsShown: true };

/** What is shown to each agent of a shard if all woke now. */
function feedsOf(shard: Shard, settings: FeedSettings): { agent: AgentRow; items: Item[] }[] {
  const { state, tables, owner } = shard;
  const agents: AgentRow[] = [];
  forOwnBlocks(owner, (start, end) => {
    for (let row = start; row < end; row++) agents.push(row as AgentRow);
  });
  agents.forEach((agent, percept) => (tables.percepts.agent[percept as PerceptRow] = agent));
  recommend(state, settings, tables, { from: 0, to: agents.length }, createFeedScratch());
  const { post, origin, source } = tables.items as unknown as Record<string, Int32Array>;
  return agents.map((agent, percept) => {
    const places = Array.from(
      { length: tables.percepts.itemCount[percept as PerceptRow] },
      (_, k) => percept * settings.length + k,
    );
    return { agent, items: places.map((at) => ({ post: post[at], origin: origin[at], source: source[at] })) };
  });
}

function mayShow(state: StateView, agent: AgentRow, origin: number, exposuresMax: number): boolean {
  const seen = seenOf(state, agent, origin);
  return origin >= state.now.oldestPost && (seen & actedBit) === 0 && seen < exposuresMax;
}

/** Items that pass the filter, each content once, at most `limit`, after what is there already. */
function taken(
  state: StateView,
  agent: AgentRow,
  there: readonly Item[],
  offered: readonly Item[],
  limit: number,
): Item[] {
  const into = [...there];
  for (const one of offered) {
    if (into.length >= there.length + limit) break;
    const isNew = into.every(({ origin }) => origin !== one.origin);
    if (isNew && mayShow(state, agent, one.origin, feed.exposuresMax)) into.push(one);
  }
  return into;
}

function recentItems(state: StateView, agent: AgentRow, limit: number): Item[] {
  const found = createCandidates();
  const entries = state.recents.entry as unknown as Int32Array;
  gatherNewest(state, agent, limit, found);
  const items: Item[] = [];
  for (let k = 0; k < found.count; k++) {
    const place = lookBehind(entries, k, found);
    items.push({ post: entries[place], origin: entries[place + 1], source: sources.followee });
  }
  return items;
}

function boardItems(state: StateView, board: number, source: number): Item[] {
  const posts = Array.from(
    (state.boards.post as unknown as Int32Array).subarray(board * boardLength, (board + 1) * boardLength),
  );
  return posts.filter((post) => post > 0).map((post) => ({ post, origin: post, source }));
}

/** Boards of the two strongest interests, each dimension once. */
function interestBoards(state: StateView, agent: AgentRow): [number, number] {
  const vector = Array.from(
    (state.agents.interest as Int8Array).subarray(agent * topicCount, (agent + 1) * topicCount),
  );
  const first = topicOf(vector, 0);
  const second = topicOf(vector.with(first >> 1, 0), 0);
  // Where all other components are 0, the lowest other dimension is second.
  const rest = vector.filter((_, k) => k !== first >> 1);
  return [1 + first, 1 + (rest.every((one) => one === 0) ? (first >> 1 === 0 ? 2 : 0) : second)];
}

function ranked(items: readonly Item[], score: (item: Item) => number): Item[] {
  return [...items].sort((x, y) => score(y) - score(x) || y.post - x.post);
}

const odd: OwnRecommender = (_state, agent, post, source) => ((post * 7 + agent * 0) % 4) - 2 * source;

function recencyNaively(state: StateView, agent: AgentRow): Item[] {
  return taken(state, agent, [], recentItems(state, agent, feed.length * 2), feed.length);
}

function ownNaively(state: StateView, agent: AgentRow): Item[] {
  const [first, second] = interestBoards(state, agent);
  let items = taken(state, agent, [], recentItems(state, agent, feed.length * 4), feed.length * 2);
  items = taken(state, agent, items, boardItems(state, 0, sources.popular), boardLength);
  items = taken(state, agent, items, boardItems(state, first, sources.interest), boardLength / 2);
  items = taken(state, agent, items, boardItems(state, second, sources.interest), boardLength / 4);
  return ranked(items, ({ post, source }) => odd(state, agent, post, source)).slice(0, feed.length);
}

function interestNaively(state: StateView, agent: AgentRow): Item[] {
  const [first, second] = interestBoards(state, agent);
  let items = taken(state, agent, [], recentItems(state, agent, feed.length * 2), feed.length);
  items = taken(state, agent, items, boardItems(state, first, sources.interest), boardLength / 2);
  items = taken(state, agent, items, boardItems(state, second, sources.interest), boardLength / 4);
  const match = ({ post }: Item): number => {
    const row = postRow(state.posts, post);
    let dot = 0;
    for (let k = 0; k < topicCount; k++) {
      dot += state.agents.interest[agent * topicCount + k] * topicComponent(state.posts.face, row, k);
    }
    return dot;
  };
  return ranked(items, match).slice(0, feed.length);
}

/** A world in mid-run whose boards are full and whose window has moved. */
async function livelyWorld(ticks: number) {
  const world = openWorld({
    code: codeOf({ recommenders: { odd } }),
    plan: smallPlan({
      feed: { ...feed, recommender: { own: 'odd' } },
      policies: [{ kind: 'rules', parameters: { ...livelyRules, intercept: -3 } }],
      postCapacity: 1024,
    }),
    population: smallPopulation({ agents: 160, wakesPerDayMean: 40 }),
    placement: { workers: 2, layout: 'scrambled', mergeTicks: 9 },
  });
  for (let tick = 0; tick < ticks; tick++) await world.step();
  world.peek();
  return world;
}

describe('recommend', () => {
  test.each([
    ['recency', 'recency', recencyNaively],
    ['interest', 'interest', interestNaively],
    ['own', odd, ownNaively],
    [
      'hot',
      'hot',
      (state: StateView, agent: AgentRow) =>
        taken(state, agent, [], boardItems(state, 0, sources.popular), feed.length),
    ],
    ['none', 'none', () => []],
  ] as const)('recommend: the feed %s is the naive one for every agent', async (_name, recommender, naive) => {
    for (const ticks of [3, 12, 22]) {
      const { shards } = await livelyWorld(ticks);
      for (const shard of shards) {
        for (const { agent, items } of feedsOf(shard, { ...feed, recommender })) {
          expect(items).toEqual(naive(shard.state, agent));
        }
      }
    }
  });

  test.each(['recency', 'hot', 'interest', 'mix'] as const)(
    'recommend: %s shows nothing archived, twice, acted on, or seen too often',
    async (recommender) => {
      const { shards } = await livelyWorld(20);
      let [shown, filtered] = [0, 0];
      for (const { agent, items } of shards.flatMap((shard) => feedsOf(shard, { ...feed, recommender }))) {
        const { state } = shards[0];
        expect(items.length).toBeLessThanOrEqual(feed.length);
        expect(new Set(items.map(({ origin }) => origin)).size).toBe(items.length);
        for (const { origin } of items) expect(mayShow(state, agent, origin, feed.exposuresMax)).toBe(true);
        shown += items.length;
        filtered += boardItems(state, 0, 0).filter(
          ({ origin }) => !mayShow(state, agent, origin, feed.exposuresMax),
        ).length;
      }
      expect(shown).toBeGreaterThan(300);
      expect(filtered).toBeGreaterThan(100);
    },
  );

  test.each([0, 0.25, 0.4, 1])(
    'recommend: mix shows its share of %d from outside the network, in-network items first',
    async (outOfNetworkShare) => {
      const { shards } = await livelyWorld(14);
      const feeds = shards.flatMap((shard) => feedsOf(shard, { ...feed, outOfNetworkShare, recommender: 'mix' }));
      let [outside, all] = [0, 0];
      for (const { items } of feeds) {
        const kinds = items.map(({ source }) => (source === sources.followee ? 0 : 1));
        expect(kinds).toEqual([...kinds].sort((x, y) => x - y));
        const inside = items.filter(({ source }) => source === sources.followee).map(({ post }) => post);
        expect(inside).toEqual([...inside].sort((x, y) => y - x));
        if (items.length < feed.length) continue;
        outside += kinds.reduce((sum: number, one) => sum + one, 0);
        all += items.length;
      }
      // Each full feed draws whether the fraction of an item is shown: a Bernoulli with standard deviation of at most a half.
      const fullFeeds = all / feed.length;
      expect(fullFeeds).toBeGreaterThan(60);
      expect(Math.abs(outside - all * outOfNetworkShare)).toBeLessThanOrEqual(5 * 0.5 * Math.sqrt(fullFeeds));
    },
  );

  test('recommend: a content is shown exposuresMax times and then no more, however long the feed stays empty', async () => {
    const quiet = { ...livelyRules, intercept: -40, postShare: 0, unfollowShare: 0 };
    const population = smallPopulation({ agents: 40, followsMean: 20, wakesPerDayMean: 5000 });
    const world = openWorld({
      population,
      plan: smallPlan({
        feed: { ...feed, exposuresMax: 3, recommender: 'recency' },
        policies: [{ kind: 'rules', parameters: quiet }],
        interventions: [{ tick: 0, agent: 'a3', verb: 'post' }],
      }),
    });
    const exposures: number[] = [];
    for (let tick = 0; tick < 8; tick++) exposures.push((await world.step()).totals.exposures);
    const audience = exposures[1];
    expect(audience).toBeGreaterThan(5);
    expect(exposures).toEqual([0, audience, audience, audience, 0, 0, 0, 0]);
  });
});
