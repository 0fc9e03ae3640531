/**
 * What OASIS's recommenders must do, statement by statement (camel-ai/oasis, the checklist of its behaviour, numbers 39 to 46).
 *
 * 33, 35, 36 and 47 stand in `test/sim/game-master/oasis-platform.test.ts`, 34 in `test/sim/scenario/platforms.test.ts`, 37 and 38 in
 * `hot-golden.test.ts`, the golden values of 41 and 43 in `interest-score.test.ts`, 44 in `neighbours.test.ts`.
 */
import { describe, expect, test } from 'vitest';
import { topicCount } from '../../../sim/world/agents.ts';
import { createDocumentCounts, embedText } from '../../../sim/world/lexical-embedding.ts';
import { dotFace, postRow, topicOfPost } from '../../../sim/world/posts.ts';
import { sources } from '../../../sim/exchange/tables.ts';
import { interestScore, recencyOf } from '../../../sim/recommender/interest-score.ts';
import { createFeedScratch } from '../../../sim/recommender/feed.ts';
import { recommend } from '../../../sim/recommender/recommend.ts';
import { play } from '../game-master/scripted.ts';
import { codeOf, openWorld, runWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { OwnRecommender } from '../../../sim/recommender/feed.ts';
import type { PerceptRow } from '../../../sim/exchange/tables.ts';
import type { StateView } from '../../../sim/exchange/view.ts';

const feed = { ...smallPlan().feed, outOfNetworkShare: 0.4, exposuresMax: 100 };
/** Agents 0 and 1 write, nobody follows anybody, 2 to 5 read. */
const readers = [2, 3, 4, 5];
const follows = [[], [], [], [], [], []];
const script = {
  '0:0': [['post'], ['post'], ['post']],
  '0:1': [['post'], ['post'], ['post'], ['post']],
  '1:0': [['like', 5]],
  '2:1': [['like', 2]],
} as const;

describe('hot', () => {
  test('OASIS-39: every reader gets the same best k; where there are no more than k posts everybody gets them all', async () => {
    const played = async (length: number) => {
      const plan = { feed: { ...feed, recommender: 'hot', length } } as const;
      const { seen } = await play(script, { follows, ticks: 5, plan });
      return readers.map((reader) => seen(4, reader));
    };
    const few = await played(3);
    expect(few[0]).toHaveLength(3);
    for (const one of few) expect(one).toEqual(few[0]);
    for (const one of await played(16)) expect([...one].sort((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('random', () => {
  test('OASIS-40: k distinct posts a reader, the same again from the same seed and others from another', async () => {
    const shown = async (seed: number) => {
      const plan = smallPlan({ seed, ticks: 12, feed: { ...feed, recommender: 'random', length: 6 } });
      const { records } = await runWorld({ plan, population: smallPopulation({ seed: 7 }) });
      return records.flatMap(({ tick, seen }) =>
        Array.from(seen.agent, (agent, i) => `${tick} ${agent} ${seen.origin[i]}`),
      );
    };
    const [one, again, other] = [await shown(3), await shown(3), await shown(4)];
    expect(one.length).toBeGreaterThan(500);
    expect(new Set(one).size).toBe(one.length);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });
});

describe('twhin', () => {
  test('OASIS-41: the score is recency times cosine, and it orders a feed made of it', async () => {
    for (const [ageMinutes, similarity] of [
      [0, 1],
      [30, 0.4],
      [90, -0.2],
    ] as const) {
      expect(interestScore({ ageMinutes, similarity })).toBe(recencyOf(ageMinutes) * similarity);
    }
    const plan = smallPlan({ ticks: 14, tickSeconds: 600, feed: { ...feed, recommender: 'twhin' } });
    const world = openWorld({ plan });
    for (let tick = 0; tick < 12; tick++) await world.step();
    world.peek();
    const [{ state, tables }] = world.shards;
    tables.percepts.agent[0 as PerceptRow] = 5;
    recommend(state, plan.feed as never, tables, { from: 0, to: 1 }, createFeedScratch());
    const count = tables.percepts.itemCount[0 as PerceptRow];
    const scores = [...(tables.items.post as unknown as Int32Array).subarray(0, count)].map((post) =>
      scoreOf(state, post),
    );
    expect(count).toBe(feed.length);
    expect(scores).toEqual([...scores].sort((x, y) => y - x));
  });

  function scoreOf({ agents, posts, now }: StateView, post: number): number {
    const row = postRow(posts, post);
    const cosine = dotFace(agents.interest as Int8Array, 5 * topicCount, posts.face as Int32Array, row) / 127 ** 2;
    return interestScore({
      ageMinutes: ((now.tick - posts.tick[row]) * now.tickSeconds) / 60,
      similarity: (1 + cosine) / 2,
      followerCount: agents.followerCount[posts.author[row] as AgentRow],
    });
  }

  test('OASIS-42: who likes cats is shown the post on cats before that on dogs, who likes dogs the other way, and neither that on birds', () => {
    const counts = createDocumentCounts(512);
    const posts = ['I like dogs', 'I like cats', 'Birds fly south'];
    const best = (bio: string): number[] => {
      const reader = embedText(counts, bio);
      const scores = posts.map((text) => {
        const similarity = embedText(counts, text).reduce((sum, one, k) => sum + one * reader[k], 0);
        return interestScore({ ageMinutes: 0, similarity });
      });
      return [1, 2, 3].sort((x, y) => scores[y - 1] - scores[x - 1]).slice(0, 2);
    };
    expect([best('I like cats'), best('I like dogs')]).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });

  test('OASIS-45: an old post’s recency goes on falling as time passes (OASIS computes it once), and a repost carries what the root is about', async () => {
    const plan = { allowedVerbs: ['post', 'repost'] };
    const { world } = await play({ '0:0': [['post']], '1:1': [['repost', 1]] }, { follows, ticks: 3, plan });
    const { state } = world;
    const topics = [1, 2].map((post) => topicOfPost(state.posts.face, postRow(state.posts, post)));
    expect(topics[1]).toBe(topics[0]);
    expect([...dotsOf(state, 2)]).toEqual([...dotsOf(state, 1)]);
    const ages = [0, 30, 60, 90, 170].map((ageMinutes) => interestScore({ ageMinutes, similarity: 0.7 }));
    expect(ages).toEqual([...ages].sort((x, y) => y - x));
    expect(new Set(ages).size).toBe(5);
  });

  function dotsOf({ agents, posts }: StateView, post: number): number[] {
    const row = postRow(posts, post);
    return follows.map((_, agent) =>
      dotFace(agents.interest as Int8Array, agent * topicCount, posts.face as Int32Array, row),
    );
  }
});

describe('personalized', () => {
  test('OASIS-46: by match, a tenth at random, own posts left out, the last agent served; likes weigh in a recommender of one’s own', async () => {
    const blend = [
      { recommender: 'interest', share: 0.9 },
      { recommender: 'random', share: 0.1 },
    ] as const;
    const plan = smallPlan({
      ticks: 24,
      feed: { ...feed, recommender: 'interest', length: 10, blend, ownHidden: true },
    });
    const { records } = await runWorld({ plan });
    const all = records.flatMap(({ seen }) => [...seen.source]);
    const random = all.filter((source) => source === sources.random).length / all.length;
    expect(Math.abs(random - 0.1)).toBeLessThan(0.04);
    const authorOf = new Map<number, number>();
    for (const { actor, verb, outcome, result } of records) {
      verb.forEach((one, i) => {
        if (one >= 1 && one <= 4 && outcome[i] === 1) authorOf.set(result[i], actor[i]);
      });
    }
    const owned = records.flatMap(({ seen }) =>
      [...seen.agent].filter((agent, i) => authorOf.get(seen.origin[i]) === agent),
    );
    expect(owned).toEqual([]);
    expect(Math.max(...records.flatMap(({ seen }) => [...seen.agent]))).toBe(149);
    await expectLikesToWeigh();
  });

  /** The match with oneself, and half as much the match with what one acted on: a post like those that one liked comes first. */
  const withLikes: OwnRecommender = (state, agent, post) => {
    const { posts, exposures, sizes, agents } = state;
    const face = posts.face as Int32Array;
    const row = postRow(posts, post);
    const own = dotFace(agents.interest as Int8Array, agent * topicCount, face, row);
    let liked = 0;
    for (let place = agent * sizes.memoryLength; place < (agent + 1) * sizes.memoryLength; place++) {
      const origin = (exposures.origin as unknown as Int32Array)[place];
      const isActedOn = ((exposures.seen as unknown as Uint8Array)[place] & 0x80) !== 0;
      if (
        isActedOn &&
        origin >= state.now.oldestPost &&
        topicOfPost(face, postRow(posts, origin)) === topicOfPost(face, row)
      )
        liked++;
    }
    return own + liked * 8000;
  };

  async function expectLikesToWeigh(): Promise<void> {
    const plan = smallPlan({
      ticks: 20,
      feed: { ...smallPlan().feed, recommender: { own: 'withLikes' }, length: 6 },
    });
    const plain = smallPlan({ ticks: 20, feed: { ...smallPlan().feed, recommender: 'interest', length: 6 } });
    const [one, other] = await Promise.all([
      runWorld({ plan, code: codeOf({ recommenders: { withLikes } }) }),
      runWorld({ plan: plain }),
    ]);
    expect(one.records.at(-1)?.seen.post).not.toEqual(other.records.at(-1)?.seen.post);
  }
});
