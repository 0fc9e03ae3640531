/**
 * Candidates by interest out of all live posts: the exact ones against all posts sorted, those of the index against the exact ones.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { topicCount } from '../../../sim/world/agents.ts';
import { dotFace, postKinds, postRow, standings, writeFace } from '../../../sim/world/posts.ts';
import { noteStandings } from '../../../sim/world/topic-index.ts';
import { control } from '../../../sim/engine/barrier.ts';
import { createFeedScratch } from '../../../sim/recommender/feed.ts';
import { createNeighbourScratch } from '../../../sim/recommender/neighbour-scratch.ts';
import { findExactNeighbours, findNeighbours, takeByInterest } from '../../../sim/recommender/neighbours.ts';
import { drawVectors } from '../../bench/embedding.ts';
import { openWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { FeedSettings } from '../../../sim/recommender/feed.ts';
import type { PostRow } from '../../../sim/world/posts.ts';
import type { Arrangement } from '../../bench/embedding.ts';
import type { State } from '../../../sim/engine/state.ts';

const feed = {
  ...{ recommender: 'interest', length: 8, outOfNetworkShare: 0.4, exposuresMax: 3, repostsShown: true },
  candidates: 'index',
} as const satisfies FeedSettings;
const agentCount = 300;

/** A world of so many posts, every tenth a repost, whose topics and readers' interests are arranged alike. */
async function worldOf(posts: number, arrangement: Arrangement): Promise<State> {
  const bytes = (count: number, seed: number): Int8Array =>
    Int8Array.from(drawVectors(count, topicCount, arrangement, seed), (one) => Math.round(one * 127));
  const interest = bytes(agentCount, 11);
  const population = { ...smallPopulation({ agents: agentCount, wakesPerDayMean: 1e-6 }), interest };
  const postCapacity = 1 << (32 - Math.clz32((posts * 4) / 3));
  const world = openWorld({ plan: smallPlan({ feed, postCapacity }), population });
  const { state } = world;
  const topics = bytes(posts, 12);
  for (let id = 1; id <= posts; id++) {
    const row = postRow(state.posts, id);
    state.posts.kind[row] = id % 10 === 0 ? postKinds.repost : postKinds.post;
    state.posts.origin[row] = id;
    writeFace(state.posts.face, row, topics.subarray((id - 1) * topicCount, id * topicCount), 0);
  }
  world.shards[0].attached.control[control.nextPost] = posts + 1;
  await world.step();
  world.peek();
  return state;
}

function matchOf({ agents, posts }: State, agent: AgentRow, post: number): number {
  return dotFace(agents.interest, agent * topicCount, posts.face, postRow(posts, post));
}

function sorted(state: State, agent: AgentRow, length: number): number[] {
  const ids = Array.from({ length: state.now.nextPost - state.now.oldestPost }, (_, k) => state.now.oldestPost + k);
  const shown = ids.filter((id) => state.posts.kind[postRow(state.posts, id)] !== postKinds.repost);
  return shown.sort((x, y) => matchOf(state, agent, y) - matchOf(state, agent, x) || y - x).slice(0, length);
}

const agents = Array.from({ length: agentCount }, (_, agent) => agent as AgentRow);

describe('neighbours of a small world', () => {
  let state: State;
  beforeAll(async () => {
    state = await worldOf(1200, 'uniform');
  });

  test('findExactNeighbours: the best of all live posts but reposts, in order', () => {
    const scratch = createNeighbourScratch();
    for (const agent of agents.slice(0, 40)) {
      expect(findExactNeighbours(state, agent, scratch, 20)).toBe(20);
      expect([...scratch.found.subarray(0, 20)]).toEqual(sorted(state, agent, 20));
    }
  });

  test('findNeighbours: where all cells are looked through it finds the exact ones, the first time and again', () => {
    const scratch = createNeighbourScratch();
    for (const round of [0, 1, 2]) {
      let hits = 0;
      for (const agent of agents.slice(0, 60)) {
        const wanted = round === 1 ? 32 : 10;
        expect(findNeighbours(state, agent, scratch, wanted)).toBe(wanted);
        const exact = sorted(state, agent, wanted).map((post) => matchOf(state, agent, post));
        const found = [...scratch.found.subarray(0, wanted)].map((post) => matchOf(state, agent, post));
        hits += found.filter((match) => match >= exact[wanted - 1]).length / wanted;
        expect(found).toEqual([...found].sort((x, y) => y - x));
      }
      expect(hits / 60).toBeGreaterThan(0.995);
    }
  });

  test('findNeighbours: what is found does not depend on what was asked before', () => {
    const [fresh, used] = [createNeighbourScratch(), createNeighbourScratch()];
    for (const wanted of [40, 3, 20]) for (const agent of agents) findNeighbours(state, agent, used, wanted);
    for (const agent of agents) {
      const found = [fresh, used].map((scratch) => {
        const count = findNeighbours(state, agent, scratch, 12);
        return [...scratch.found.subarray(0, count)];
      });
      expect(found[0]).toEqual(found[1]);
    }
  });

  test('takeByInterest: a post that is limited or taken away is a candidate no more, one that is labelled is', () => {
    const agent = agents[5];
    const [first, second] = sorted(state, agent, 2).map((post) => postRow(state.posts, post));
    const taken = (candidates: 'index' | 'exact'): number[] => {
      const scratch = createFeedScratch();
      scratch.feedNumber = 1;
      takeByInterest(state, { ...feed, candidates }, agent, scratch, 3);
      return [...scratch.post.subarray(0, scratch.count)];
    };
    const before = taken('exact');
    expect(taken('index')).toEqual(before);
    (state.posts.standing as Record<PostRow, number>)[first] = standings.limited;
    (state.posts.standing as Record<PostRow, number>)[second] = standings.labelled;
    if (state.topics !== undefined) noteStandings(state.topics);
    expect(taken('exact').slice(0, 2)).toEqual(before.slice(1));
    expect(taken('index').slice(0, 2)).toEqual(before.slice(1));
  });
});

describe('neighbours of 20,000 posts', () => {
  test.each(['uniform', 'clustered'] as const)(
    'findNeighbours: OASIS-44: of more than 4000 candidates, with %s interests, the index finds 0.95 of the ten nearest',
    async (arrangement) => {
      const state = await worldOf(20_000, arrangement);
      const scratch = createNeighbourScratch();
      let hits = 0;
      for (const agent of agents.slice(0, 100)) {
        findExactNeighbours(state, agent, scratch, 10);
        const last = matchOf(state, agent, scratch.found[9]);
        const count = findNeighbours(state, agent, scratch, 10);
        for (let k = 0; k < count; k++) if (matchOf(state, agent, scratch.found[k]) >= last) hits++;
      }
      expect(hits / 1000).toBeGreaterThanOrEqual(0.95);
    },
  );
});
