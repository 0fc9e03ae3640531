/** Collusion of recorded populations: a discussion with a ring among its replies, one among its texts, one without, and whom all follow. */
import { describe, expect, test } from 'vitest';
import { coactionEdges, findCollusionIn, measureCollusion } from '../../../analysis/measures/collusion.ts';
import { compileScenario } from '../../../sim/engine/compile.ts';
import { runInMemory } from '../../../sim/engine/in-memory.ts';
import { plantedMembers } from '../../../sim/engine/plants.ts';
import { documentOf } from '../../../sim/scenario/document.ts';
import { scenarioOf } from '../../../sim/scenario/platforms.ts';
import { externalId } from '../../../sim/world/population.ts';
import { testStream } from '../worlds.ts';
import { discussionRecords } from './discussion-records.ts';
import type { WrittenDiscussion } from './discussion-records.ts';

const agents = 300;
const postCount = 500;
const lastTick = 6000;
const members = [3, 50, 120, 200, 260, 290];

type Reply = readonly [number, number, number];

/** Agents who answer what was posted in the last hours, some more than others. */
function talk(seed: number): { posts: [number, number][]; replies: Reply[] } {
  const stream = testStream(seed);
  const below = (bound: number): number => Math.floor(stream.uniform() * bound);
  const posts = Array.from({ length: postCount }, (_, k): [number, number] => [12 * k, below(agents)]);
  const replies = Array.from({ length: 4000 }, (): Reply => {
    const tick = 1 + below(lastTick - 1);
    const newest = Math.floor((tick - 1) / 12);
    return [tick, Math.floor(stream.uniform() * stream.uniform() * agents), 1 + Math.max(0, newest - below(40))];
  });
  return { posts, replies };
}

/** Members answer twelve posts within three minutes of one another, five of the six each time. */
function ringReplies(): Reply[] {
  return Array.from({ length: 12 }, (_, k) =>
    members
      .filter((_agent, at) => (k + at) % 6 !== 0)
      .map((agent, at): Reply => [480 * k + 40 + (at % 3), agent, 1 + 40 * k]),
  ).flat();
}

const byTick = (replies: readonly Reply[]): Reply[] => replies.toSorted((a, b) => a[0] - b[0]);

function planted(): WrittenDiscussion {
  const { posts, replies } = talk(1);
  return { posts, replies: byTick([...replies, ...ringReplies()]), agents };
}

describe('measureCollusion', () => {
  test('members who answer the same posts minutes apart are one ring, with the posts and moments that show it', () => {
    const records = discussionRecords(planted());
    const found = measureCollusion(records, { seed: 1 });
    expect(found.rings).toHaveLength(1);
    const [ring] = found.rings;
    expect(ring.agents).toHaveLength(members.length);
    expect(ring.qValue).toBeLessThanOrEqual(0.05);
    expect(ring.targets).toBeGreaterThanOrEqual(12);
    expect(ring.medianLagSeconds).toBeLessThanOrEqual(120);
    expect(ring.meanJoint).toBeGreaterThan(5);
    const [first] = ring.evidence;
    expect(first.members).toBe(5);
    expect(first.withinSeconds).toBeLessThanOrEqual(180);
    expect(first.acts.every(({ agent, kind }) => kind === 'reply' && ring.agents.includes(agent))).toBe(true);
    expect(found.words[0]).toContain('6 agents acted together');
  });

  test('the layer coaction holds each pair of the ring once, with joint targets as weight', () => {
    const findings = findCollusionIn(discussionRecords(planted()), 1);
    const { one, other, weight } = coactionEdges(findings);
    expect(one.length).toBeGreaterThanOrEqual(12);
    expect(one.length).toBeLessThanOrEqual(15 + 2);
    expect(one.every((agent, k) => agent < other[k])).toBe(true);
    expect(Math.min(...weight)).toBeGreaterThanOrEqual(3);
  });

  test('without the ring nothing is found, and words say so', () => {
    const { posts, replies } = talk(2);
    const found = measureCollusion(discussionRecords({ posts, replies: byTick(replies), agents }), { seed: 1 });
    expect(found.rings).toEqual([]);
    expect(found.words[0]).toContain('no ring is found');
    expect(found.tests).toBeGreaterThan(1000);
  });

  test('members who write nearly the same under posts of all kinds are a ring of texts', () => {
    const { posts, replies } = talk(3);
    const stream = testStream(4);
    const spam = Array.from({ length: 8 }, (_, k) =>
      members.map((agent, at): Reply => [600 * k + 90 + at, agent, 1 + Math.floor(stream.uniform() * 40 * (k + 1))]),
    ).flat();
    const all = byTick([...replies, ...spam]);
    const wording = (k: number): string => Array.from({ length: 24 }, (_, word) => `offer${k * 31 + word}`).join(' ');
    const texts = Object.fromEntries(
      all.map((reply, at) => {
        const k = Math.floor(reply[0] / 600);
        const own = `remark ${at} of agent ${reply[1]} on ${reply[2] * 7919} and ${at * 104_729} nothing else ${at % 13}`;
        return [postCount + at + 1, spam.includes(reply) ? `${wording(k)} ${reply[1]}` : own];
      }),
    );
    const { rings } = measureCollusion(discussionRecords({ posts, replies: all, texts, agents }), { seed: 1 });
    const ring = rings.find(({ basis }) => basis === 'texts');
    expect(ring?.agents).toHaveLength(members.length);
    expect(ring?.targets).toBe(8);
    expect(ring?.evidence[0]?.acts[0]?.kind).toBe('text');
  });

  test('who acts together because all follow one writer whom nobody else follows, on whose posts they act, is explained by the audience', () => {
    const { posts, replies } = talk(5);
    const writer = 299;
    const own = posts.map(([tick, author], k): [number, number] => [tick, k % 40 === 0 ? writer : author]);
    const all = byTick([...replies, ...ringReplies().filter(([, agent]) => agent !== writer)]);
    const alone = discussionRecords({ posts: own, replies: all, agents });
    const follows = members.map((agent) => [agent, writer] as const);
    const known = discussionRecords({ posts: own, replies: all, agents, follows });
    expect(measureCollusion(alone, { seed: 1 }).rings).toHaveLength(1);
    const found = measureCollusion(known, { seed: 1 });
    expect(found.rings).toEqual([]);
    expect(found.bases[0].explainedByAudience).toBeGreaterThan(10);
  });
});

/** Rule agents, who say nothing of their own, and accounts that share texts and nothing else: of hands, or each alone with as many texts. */
function talkOfHands(hands: number, accountsPerHand: number, messagesPerHand: number) {
  const data = {
    ...{ version: 1, name: 'hands', seed: 5, ticks: 100, tickSeconds: 1800 },
    population: { kind: 'generated', agents: 400, wakesPerDayMean: 12 },
    feed: { recommender: 'random', length: 5, exposuresMax: 2 },
    verbs: ['post'],
    policies: [{ share: 1, rules: { postShare: 0.3 } }],
    plants: [{ name: 'hands', kind: 'sock-puppets', hands, accountsPerHand, messagesPerHand }],
  };
  return compileScenario(scenarioOf(documentOf(data, 'made')), () => '');
}

describe('sock-puppets of a run', () => {
  test('accounts of a hand, who share texts with a word changed and nothing else, are a ring a hand', async () => {
    const compiled = talkOfHands(3, 4, 12);
    const { plan, population } = compiled;
    const [members] = plantedMembers(plan, population);
    const names = Array.from(members, (agent) => externalId(population.ids, agent));
    const { rings } = measureCollusion(await runInMemory(compiled), { seed: 1 });
    expect(rings.map(({ basis }) => basis)).toEqual(['texts', 'texts', 'texts']);
    const hands = [0, 4, 8].map((from) => names.slice(from, from + 4).toSorted());
    expect(rings.map(({ agents: of }) => of.toSorted())).toEqual(expect.arrayContaining(hands));
  });

  test('hands of two are too few for a ring, and none is found', async () => {
    const { rings, words } = measureCollusion(await runInMemory(talkOfHands(6, 2, 12)), { seed: 1 });
    expect([rings, words[0].startsWith('no ring is found')]).toEqual([[], true]);
  });
});
