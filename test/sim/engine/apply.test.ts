/**
 * What apply writes against a naive recount from the log: counters, post ids, kinds and roots, exposures, ties, attributes, refusals.
 *
 * The shards of one thread take each phase in a random order, so that a write that depends on who comes first shows.
 */
import { describe, expect, test } from 'vitest';
import { randomStream } from '../../../sim/ground/philox.ts';
import { actedBit, seenMax } from '../../../sim/world/agents.ts';
import { postKinds, postRow, shareCountOf } from '../../../sim/world/posts.ts';
import { outcomes } from '../../../sim/exchange/reasons.ts';
import { verbs } from '../../../sim/exchange/verbs.ts';
import { currentFollowees } from '../../../sim/social-graph/ties.ts';
import { hotScore } from '../../../sim/recommender/scores.ts';
import { agentShard } from '../../../sim/world/ownership.ts';
import { codeOf, livelyRules, openWorld, smallPlan, smallPopulation, tinyPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { OpenWorld } from '../worlds.ts';
import type { TickRecord } from '../../../sim/record/chunk.ts';
import type { OwnVerb } from '../../../sim/exchange/verbs.ts';
import type { OwnPolicy } from '../../../sim/policy/own.ts';

interface Post {
  readonly author: number;
  readonly kind: number;
  readonly parent: number;
  readonly origin: number;
  readonly root: number;
  readonly tick: number;
  shares: number;
  likes: number;
  replies: number;
}

/** A ring of what an agent remembers, and the place that is written next. */
interface Memory {
  place: number;
  readonly ring: { readonly origin: number; seen: number; acted: boolean }[];
}

/** Posts by id, recounted from the records. */
function recount(records: readonly TickRecord[]): Map<number, Post> {
  const posts = new Map<number, Post>();
  for (const { tick, actor, verb, target, outcome, result, intentCount } of records) {
    const made: [number, Post][] = [];
    for (let i = 0; i < intentCount; i++) {
      if (outcome[i] !== outcomes.granted || verb[i] < verbs.post || verb[i] > verbs.like) continue;
      const parent = posts.get(target[i]);
      const content = parent === undefined ? undefined : (posts.get(parent.origin) as Post);
      if (verb[i] === verbs.like) (content as Post).likes++;
      else {
        if (verb[i] === verbs.reply) (content as Post).replies++;
        else if (verb[i] !== verbs.post) (content as Post).shares++;
        const origin = verb[i] === verbs.repost ? (parent as Post).origin : result[i];
        const root = parent?.root ?? result[i];
        const kind =
          verb[i] === verbs.post
            ? postKinds.post
            : verb[i] === verbs.reply
              ? postKinds.reply
              : verb[i] === verbs.repost
                ? postKinds.repost
                : postKinds.quote;
        const isRoot = verb[i] === verbs.post;
        made.push([
          result[i],
          {
            author: actor[i],
            kind,
            parent: isRoot ? 0 : target[i],
            origin,
            root,
            tick,
            shares: 0,
            likes: 0,
            replies: 0,
          },
        ]);
      }
    }
    for (const [id, post] of made) posts.set(id, post);
  }
  return posts;
}

async function livelyRun(
  seed: number,
  ticks: number,
  workers: number,
): Promise<{ world: OpenWorld; records: TickRecord[] }> {
  const stream = randomStream(seed, 1002);
  const order = {
    plan: smallPlan({
      seed,
      ticks,
      postCapacity: 2048,
      policies: [{ kind: 'rules', parameters: { ...livelyRules, intercept: -3 } }],
    }),
    population: smallPopulation({ seed, agents: 140, wakesPerDayMean: 30 }),
    placement: { workers, layout: 'scrambled', mergeTicks: 5 },
  } as const;
  const world = openWorld(order, (count) => stream.below(count));
  const records: TickRecord[] = [];
  for (let tick = 0; tick < ticks; tick++) records.push(await world.step());
  world.peek();
  return { world, records };
}

describe('posts', () => {
  test.each([1, 2, 3])(
    'applyIntents: every column of every post in the window is what a recount of the log says (seed %i)',
    async (seed) => {
      const { world, records } = await livelyRun(seed, 20, 1 + seed);
      const { posts, agents, now } = world.state;
      const expected = recount(records);
      expect(now.oldestPost).toBeGreaterThan(1);
      for (let id = now.oldestPost; id < now.nextPost; id++) {
        const row = postRow(posts, id);
        const got = {
          ...{
            author: agents.ordinal[posts.author[row] as AgentRow],
            kind: posts.kind[row],
            parent: posts.parent[row],
          },
          ...{ origin: posts.origin[row], root: posts.root[row], tick: posts.tick[row] },
          ...{ shares: shareCountOf(posts.face, row), likes: posts.likeCount[row], replies: posts.replyCount[row] },
        };
        expect({ id, ...got }).toEqual({ id, ...expected.get(id) });
      }
    },
  );

  test('applyIntents: ids are given in the order (tick, author’s ordinal, sequence), without a gap', async () => {
    const { records } = await livelyRun(4, 15, 3);
    let next = 1;
    for (const { result, actor, sequence } of records) {
      let previous = -1;
      result.forEach((id, i) => {
        if (id === 0) return;
        expect(id).toBe(next++);
        const place = actor[i] * 256 + sequence[i];
        expect(place).toBeGreaterThan(previous);
        previous = place;
      });
    }
    expect(next).toBeGreaterThan(500);
  });

  test('hotScore: ten times the votes weigh as much as being 12.5 hours younger, and no vote counts as one', () => {
    expect(hotScore(100, 0, 180)).toBeCloseTo(hotScore(10, 250, 180), 12);
    expect(hotScore(0, 5, 180)).toBe(hotScore(1, 5, 180));
    expect(hotScore(7, 6, 180)).toBeGreaterThan(hotScore(7, 5, 180));
  });
});

describe('agents', () => {
  test.each([1, 2])(
    'applyIntents: counts of followers, followees, posts and refusals are those of the log (seed %i)',
    async (seed) => {
      const { world, records } = await livelyRun(seed, 16, 3);
      const { population } = world.simulation;
      const followees = Array.from(
        { length: population.count },
        (_, i) => new Set(population.followee.subarray(population.followOffset[i], population.followOffset[i + 1])),
      );
      const [made, refused] = [new Int32Array(population.count), new Int32Array(population.count)];
      const last = new Map<number, string>();
      for (const { actor, verb, target, outcome, result, reason, tick } of records) {
        actor.forEach((one, i) => {
          if (outcome[i] !== outcomes.granted) {
            refused[one]++;
            last.set(one, `${tick} ${reason[i]}`);
          } else if (verb[i] === verbs.follow) followees[one].add(target[i]);
          else if (verb[i] === verbs.unfollow) followees[one].delete(target[i]);
          if (result[i] > 0) made[one]++;
        });
      }
      const followers = new Int32Array(population.count);
      for (const set of followees) for (const one of set) followers[one]++;
      const { agents, ties, rowOfOrdinal } = world.state;
      for (let ordinal = 0; ordinal < population.count; ordinal++) {
        const row = rowOfOrdinal[ordinal] as AgentRow;
        const log = ties.logs[agentShard(world.shards[0].owner, row)];
        const rows = currentFollowees(ties, log, agents.pendingTie[row], row, agents.ordinal);
        expect(rows.map((one) => agents.ordinal[one as AgentRow])).toEqual(
          [...followees[ordinal]].sort((x, y) => x - y),
        );
        expect([agents.followerCount[row], agents.followeeCount[row]]).toEqual([
          followers[ordinal],
          followees[ordinal].size,
        ]);
        expect([agents.postCount[row], agents.refusalCount[row]]).toEqual([made[ordinal], refused[ordinal]]);
        if (last.has(ordinal))
          expect(`${agents.refusalTick[row]} ${agents.refusalReason[row]}`).toBe(last.get(ordinal));
      }
      expect(refused.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(10);
    },
  );

  test('applyIntents: the exposure memory is a ring of what was seen and done, as a naive list keeps it', async () => {
    const { world, records } = await livelyRun(3, 16, 2);
    const { memoryLength } = world.state.sizes;
    const memory = Array.from({ length: 140 }, (): Memory => ({ place: 0, ring: [] }));
    const touch = (ordinal: number, origin: number) => {
      const one = memory[ordinal];
      let entry = one.ring.find((each) => each.origin === origin);
      if (entry === undefined) {
        entry = { origin, seen: 0, acted: false };
        one.ring[one.place] = entry;
        one.place = (one.place + 1) % memoryLength;
      }
      return entry;
    };
    const origins = new Map<number, number>();
    for (const { actor, verb, target, outcome, result, seen } of records) {
      actor.forEach((one, i) => {
        if (outcome[i] !== outcomes.granted || result[i] === 0) return;
        origins.set(result[i], verb[i] === verbs.repost ? (origins.get(target[i]) as number) : result[i]);
        touch(one, origins.get(result[i]) as number).acted = true;
        if (verb[i] === verbs.quote) touch(one, origins.get(target[i]) as number).acted = true;
      });
      seen.agent.forEach((one, i) => {
        const entry = touch(one, seen.origin[i]);
        entry.seen = Math.min(seenMax, entry.seen + 1);
      });
    }
    const { exposures, rowOfOrdinal } = world.state;
    const [origin, seen] = [exposures.origin, exposures.seen].map((one) => one as unknown as Int32Array);
    memory.forEach(({ ring }, ordinal) => {
      const start = rowOfOrdinal[ordinal] * memoryLength;
      const got = ring.map((_, k) => ({
        origin: origin[start + k],
        seen: seen[start + k] & seenMax,
        acted: (seen[start + k] & actedBit) !== 0,
      }));
      expect(got).toEqual(ring);
    });
    expect(memory.filter(({ ring }) => ring.length === memoryLength).length).toBeGreaterThan(100);
  });
});

describe('own verbs', () => {
  const gift: OwnVerb = {
    target: 'agent',
    conflict: 'commutative',
    effects: [
      { op: 'addToActor', attribute: 'goods', amount: -3 },
      { op: 'addToTarget', attribute: 'goods', amount: 3 },
      { op: 'setActor', attribute: 'given', value: 1 },
    ],
  };
  const giver: OwnPolicy = {
    decide(hand) {
      for (let k = 0; k < 3; k++)
        hand.act('gift', hand.state.rowOfOrdinal[Math.floor(hand.draw(k) * hand.state.sizes.agentCount)]);
    },
  };

  test.each([1, 4])(
    'applyOwnVerb: goods that are given are conserved, and each agent has what the log says (%i shards)',
    async (workers) => {
      const attributes = [
        { name: 'given', initial: 0 },
        { name: 'goods', initial: 100 },
      ];
      const world = openWorld({
        code: codeOf({ policies: { giver }, verbs: { gift } }),
        plan: smallPlan({ policies: [{ kind: 'own', name: 'giver' }], attributes }),
        population: tinyPopulation(
          Array.from({ length: 150 }, () => []),
          20,
        ),
        placement: { workers, layout: 'scrambled' },
      });
      const goods = new Int32Array(150).fill(100);
      const given = new Int32Array(150);
      for (let tick = 0; tick < 12; tick++) {
        const { actor, target } = await world.step();
        actor.forEach((one, i) => {
          goods[one] -= 3;
          goods[target[i]] += 3;
          given[one] = 1;
        });
        const { rowOfOrdinal, attributes: columns } = world.state;
        const values = Array.from(rowOfOrdinal.subarray(0, world.state.sizes.agentCount), (row) =>
          [0, 1].map((k) => (columns.value as unknown as Int32Array)[row * 2 + k]),
        );
        expect(values).toEqual(Array.from(goods, (one, i) => [given[i], one]));
        expect(values.reduce((sum, [, one]) => sum + one, 0)).toBe(15_000);
      }
      expect(given.filter((one) => one === 1).length).toBeGreaterThan(140);
    },
  );
});

describe('interventions', () => {
  test('intervene: acts of one agent in one tick are numbered apart, whoever acts between them', async () => {
    const order = ['a1', 'a90', 'a1', 'a150', 'a90', 'a1'];
    const interventions = order.map((agent, i) => ({ tick: 0, agent, verb: 'post' as const, appeal: i / 4 }));
    for (const workers of [1, 2, 3]) {
      const world = openWorld({
        population: tinyPopulation(Array.from({ length: 200 }, () => [])),
        plan: smallPlan({ interventions }),
        placement: { workers, layout: 'key' },
      });
      const { actor, sequence, result, amount } = await world.step();
      const acts = Array.from(actor, (one, i) => `${one} ${sequence[i]}`);
      expect(new Set(acts).size).toBe(6);
      expect([...sequence.toSorted()]).toEqual([200, 200, 200, 201, 201, 202]);
      expect([...result]).toEqual([1, 2, 3, 4, 5, 6]);
      expect(Array.from(amount).sort((x, y) => x - y)).toEqual([0, 64, 128, 192, 256, 320]);
    }
  });
});

describe('a flood of posts', () => {
  test('refuseFlood: more posts than the window’s reserve takes end the run with INPUT_TOO_LARGE and the capacity to set', async () => {
    const flood: OwnPolicy = {
      decide: (hand) => {
        for (let k = 0; k < 5; k++) hand.act('post');
      },
    };
    const order = (agents: number) => ({
      code: codeOf({ policies: { flood } }),
      plan: smallPlan({ policies: [{ kind: 'own', name: 'flood' }], postCapacity: 1024 }),
      population: tinyPopulation(
        Array.from({ length: agents }, () => []),
        1e7,
      ),
      placement: { workers: 2 },
    });
    expect((await openWorld(order(51)).step()).totals.posts).toBe(255);
    await expect(openWorld(order(52)).step()).rejects.toThrow(
      /INPUT_TOO_LARGE tick 0 makes 260 posts.*256 a tick.*Set postCapacity to 2048/,
    );
  });
});
