/** The network of OASIS against its definition: who may follow whom, how often, and what follows for degrees. */
import { describe, expect, test } from 'vitest';
import { starAndTopicGraph, starTopics } from '../../../../sim/social-graph/generators/star-and-topic.ts';
import { inDegrees } from '../../../../analysis/estimators/degree.ts';
import { outDegrees } from '../../../../analysis/estimators/graph.ts';
import { addChance, excessOf, expectSound, graphOf, spelled } from './graph-checks.ts';

describe('starAndTopicGraph', () => {
  test.each([
    ['two topics', [1, 5], [0, 1, 3]],
    ['one topic twice', [5, 5], [0, 3]],
  ])(
    'starAndTopicGraph: each set of followees of an agent with %s comes as often as independent draws have it',
    (_, pair, stars) => {
      const agents = { coreCount: 4, topics: Uint8Array.of(5, 5, 1, 1, 2, 2, 5, 5, ...pair) };
      const exact = new Map<string, number>();
      for (let mask = 0; mask < 1 << stars.length; mask++) {
        const followed = stars.filter((_, i) => ((mask >> i) & 1) === 1);
        const chance = 0.2 ** followed.length * 0.8 ** (stars.length - followed.length);
        addChance(exact, followed.map((core) => `4>${core}`).join(' '), chance);
      }
      const outcome = (seed: number) => spelled(starAndTopicGraph(seed, agents, { followShare: 0.2 }));
      expect(excessOf(exact, 20_000, outcome)).toBeLessThan(4);
    },
  );

  const count = 20_196;
  const coreCount = 196;
  const agents = starTopics(6, { count, coreCount, topicCount: 8 });
  const graph = starAndTopicGraph(6, agents, { followShare: 0.2 });
  const coreOfTopic = new Int32Array(8);
  for (let core = 0; core < coreCount; core++) coreOfTopic[agents.topics[2 * core]]++;
  const starsOf = (agent: number): number =>
    coreOfTopic[agents.topics[2 * agent]] + coreOfTopic[agents.topics[2 * agent + 1]];

  test('starAndTopicGraph: ties run from ordinary agents to cores of their topics alone, so ordinary agents have no followers', () => {
    expectSound(graph, count);
    for (let agent = 0; agent < count; agent++) {
      const pair = [agents.topics[2 * agent], agents.topics[2 * agent + 1]];
      for (let i = graph.followOffset[agent]; i < graph.followOffset[agent + 1]; i++) {
        if (agent < coreCount || graph.followee[i] >= coreCount)
          throw new RangeError(`${agent} follows ${graph.followee[i]}`);
        if (!pair.includes(agents.topics[2 * graph.followee[i]])) throw new RangeError(`${agent} follows off topic`);
      }
    }
  });

  test('starAndTopicGraph: 0.2 x the cores of an agent’s two topics is how many it follows on average', () => {
    const out = outDegrees(graphOf(graph));
    const byStars = new Map<number, { agents: number; follows: number }>();
    for (let agent = coreCount; agent < count; agent++) {
      const group = byStars.get(starsOf(agent)) ?? { agents: 0, follows: 0 };
      byStars.set(starsOf(agent), { agents: group.agents + 1, follows: group.follows + out[agent] });
    }
    for (const [stars, { agents: size, follows }] of byStars) {
      expect(Math.abs(follows - 0.2 * stars * size)).toBeLessThan(4 * Math.sqrt(size * stars * 0.16));
    }
  });

  test('starAndTopicGraph: a core’s followers are binomial among those of its topic, and the core has them all', () => {
    const into = inDegrees(graphOf(graph));
    const audience = 20_000 / 4;
    let chi2 = 0;
    for (let core = 0; core < coreCount; core++) chi2 += (into[core] - 0.2 * audience) ** 2 / (audience * 0.16);
    expect(Math.abs(chi2 - coreCount)).toBeLessThan(4 * Math.sqrt(2 * coreCount));
    expect(into.subarray(coreCount).every((degree) => degree === 0)).toBe(true);
  });

  test('starAndTopicGraph: share 0 ties nobody, share 1 ties every match, and a population of cores alone is legal', () => {
    const small = starTopics(1, { count: 40, coreCount: 12, topicCount: 4 });
    expect(starAndTopicGraph(1, small, { followShare: 0 }).followee.length).toBe(0);
    // 3 cores a topic, 28 ordinary agents, 2 topics each.
    expect(starAndTopicGraph(1, small, { followShare: 1 }).followee.length).toBe(28 * 6);
    const cores = starTopics(1, { count: 5, coreCount: 9, topicCount: 4 });
    expect(starAndTopicGraph(1, cores, { followShare: 0.5 }).followee.length).toBe(0);
  });
});

describe('starTopics', () => {
  test('starTopics: all 28 pairs of 8 topics are had by equally many, give or take one, and topics of cores too', () => {
    const { topics } = starTopics(2, { count: 1196, coreCount: 196, topicCount: 8 });
    const pairs = new Map<string, number>();
    for (let agent = 196; agent < 1196; agent++) {
      const key = `${topics[2 * agent]} ${topics[2 * agent + 1]}`;
      pairs.set(key, (pairs.get(key) ?? 0) + 1);
    }
    expect(pairs.size).toBe(28);
    expect(new Set(pairs.values())).toEqual(new Set([35, 36]));
    const cores = new Map<number, number>();
    for (let core = 0; core < 196; core++) cores.set(topics[2 * core], (cores.get(topics[2 * core]) ?? 0) + 1);
    expect(new Set(cores.values())).toEqual(new Set([24, 25]));
  });
});
