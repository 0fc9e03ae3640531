/**
 * Kernels in WebAssembly against their twins in TypeScript, on worlds whose followees, memories, feeds and windows are of all sizes.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createFeedScratch } from '../../../sim/recommender/feed.ts';
import { recommend } from '../../../sim/recommender/recommend.ts';
import { decideByRules } from '../../../sim/policy/rules.ts';
import { applyExposures } from '../../../sim/engine/apply-memory.ts';
import { forOwnBlocks } from '../../../sim/world/ownership.ts';
import { topicCount } from '../../../sim/world/agents.ts';
import { bondBits, setPair } from '../../../sim/world/pairs.ts';
import { dotFace, postRow } from '../../../sim/world/posts.ts';
import { counts, sources } from '../../../sim/exchange/tables.ts';
import { golden, goldenScenarios } from '../../golden/scenarios.ts';
import { livelyRules, openWorld, runWorld, smallPlan, smallPopulation } from '../worlds.ts';
import type { AgentRow } from '../../../sim/ground/ids.ts';
import type { PerceptRow } from '../../../sim/exchange/tables.ts';
import type { Shard } from '../../../sim/engine/shard.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { RuleParameters } from '../../../sim/policy/rules.ts';

const file = new URL('../../data/golden-digests.json', import.meta.url);
const pinned = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

interface World {
  readonly feedLength: number;
  readonly memoryLength: number;
  readonly postCapacity: number;
  readonly followsMean: number;
  readonly mergeTicks: number;
  readonly exposuresMax: number;
  readonly recommender?: 'interest';
}

const worlds: readonly World[] = [
  { feedLength: 10, memoryLength: 16, postCapacity: 16_384, followsMean: 8, mergeTicks: 1, exposuresMax: 4 },
  { feedLength: 16, memoryLength: 16, postCapacity: 2048, followsMean: 60, mergeTicks: 1, exposuresMax: 2 },
  { feedLength: 1, memoryLength: 1, postCapacity: 512, followsMean: 20, mergeTicks: 5, exposuresMax: 200 },
  { feedLength: 5, memoryLength: 7, postCapacity: 1024, followsMean: 40, mergeTicks: 1000, exposuresMax: 1 },
  ...[
    { feedLength: 10, memoryLength: 16, postCapacity: 16_384, followsMean: 8, mergeTicks: 1, exposuresMax: 2 },
    { feedLength: 16, memoryLength: 16, postCapacity: 4096, followsMean: 60, mergeTicks: 1, exposuresMax: 4 },
    { feedLength: 1, memoryLength: 1, postCapacity: 1024, followsMean: 20, mergeTicks: 5, exposuresMax: 127 },
    { feedLength: 5, memoryLength: 7, postCapacity: 2048, followsMean: 40, mergeTicks: 1000, exposuresMax: 1 },
  ].map((world) => ({ ...world, recommender: 'interest' as const })),
];

const noKernels = { feeds: undefined, looks: undefined, memory: undefined, rows: undefined };

/** Parameters under which every kind of act occurs, and draws that hardly any or all items pass. */
const rules: readonly RuleParameters[] = [
  livelyRules,
  { ...livelyRules, closureShare: 0.3, rewireShare: 0.4, rewireMatchLeast: 0.2, capShare: 1, intercept: 3 },
  { ...livelyRules, intercept: -6, fatiguePerExposure: 200, postShare: 0, unfollowShare: 1 },
  { ...livelyRules, intercept: -720, interestWeight: 700, spreads: false, capShare: 0.9 },
];

function planOf(world: World): Plan {
  const { feedLength: length, memoryLength, postCapacity, exposuresMax, recommender = 'recency' } = world;
  const { feed } = smallPlan();
  return smallPlan({
    ...{ memoryLength, postCapacity, ticks: 30 },
    feed: { ...feed, recommender, length, exposuresMax },
    allowedVerbs: [...smallPlan().allowedVerbs, 'mute'],
  });
}

/** A world in which a kernel that did not ask who wrote a content would show one's own, spread by others and long forgotten. */
function hidingOwn(world: World): Plan {
  const plan = planOf({ ...world, memoryLength: 1 });
  return { ...plan, feed: { ...plan.feed, ownHidden: true } };
}

/** Takes all followees of some agents, and lets others mute one. */
function disturb(shard: Shard): void {
  const { state, owner } = shard;
  forOwnBlocks(owner, (start, end) => {
    for (let row = start as AgentRow; row < end; row++) {
      if (row % 11 === 3) state.ties.followees.rows.length[row] = 0;
      if (row % 11 !== 5) continue;
      state.agents.bondCount[row] = 1;
      setPair(state.bonds, row, row + 1, bondBits.mute, 0);
    }
  });
}

/** Lets all agents of a shard be awake, in rows' order. */
function wakeAll(shard: Shard): number {
  let count = 0;
  forOwnBlocks(shard.owner, (start, end) => {
    for (let row = start as AgentRow; row < end; row++) shard.tables.percepts.agent[count++ as PerceptRow] = row;
  });
  shard.tables.count[counts.percepts] = count;
  return count;
}

/** A copy of what a call leaves in some columns. */
function left(columns: readonly unknown[], call: () => void): unknown[] {
  call();
  return columns.map((column) => (column as Int32Array).slice());
}

const seen = {
  percepts: 0,
  left: 0,
  followless: 0,
  followed: 0,
  short: 0,
  acts: 0,
  remembered: 0,
  bonded: 0,
  tied: 0,
  fromBoards: 0,
};

/** The feeds of everybody, item by item. */
function feedsOf(shard: Shard, count: number, isByKernel: boolean): number[][] {
  const { state, tables, feed, kernels } = shard;
  recommend(state, feed, tables, { from: 0, to: count }, createFeedScratch(), isByKernel ? kernels.feeds : undefined);
  const { post, origin, source, seen: before } = tables.items as unknown as Record<string, Int32Array>;
  return Array.from({ length: count }, (_, percept) => {
    const length = tables.percepts.itemCount[percept as PerceptRow];
    const places = Array.from({ length }, (_, k) => percept * feed.length + k);
    return places.flatMap((at) => [post[at], origin[at], source[at], before[at]]);
  });
}

function compareFeeds(shard: Shard, count: number): void {
  const { state, tables, feed } = shard;
  const byKernel = feedsOf(shard, count, true);
  const byTwin = feedsOf(shard, count, false);
  expect(byKernel).toEqual(byTwin);
  for (let percept = 0 as PerceptRow; percept < count; percept++) {
    const agent = tables.percepts.agent[percept] as AgentRow;
    const degree = state.ties.followees.rows.length[agent];
    seen.percepts++;
    if (state.agents.pendingTie[agent] >= 0) seen.left++;
    if (state.agents.bondCount[agent] > 0) seen.bonded++;
    if (degree === 0) seen.followless++;
    if (degree > 40) seen.followed++;
    if (feed.recommender === 'interest') countRanked(shard, agent, byTwin[percept]);
    if (byTwin[percept].length > 0 && byTwin[percept].length < feed.length * 4) seen.short++;
  }
}

/** Items from boards, and items whose score is that of the one before. */
function countRanked({ state }: Shard, agent: AgentRow, feed: readonly number[]): void {
  const { agents, posts } = state;
  const { interest } = agents as unknown as { interest: Int8Array };
  const face = posts.face as Int32Array;
  let before = NaN;
  for (let k = 0; k < feed.length; k += 4) {
    const score = dotFace(interest, agent * topicCount, face, postRow(posts, feed[k]));
    if (score === before) seen.tied++;
    if (feed[k + 2] === sources.interest) seen.fromBoards++;
    before = score;
  }
}

function compareActs(shard: Shard, count: number): void {
  const { state, tables, kernels, turn } = shard;
  const { intents } = tables;
  const columns = [intents.actor, intents.verb, intents.target, intents.sequence];
  for (const parameters of rules) {
    const acts = [kernels.looks, undefined].map((one) =>
      left(columns, () => {
        for (const column of columns as unknown as Int32Array[]) column.fill(0);
        tables.count[counts.intents] = 0;
        decideByRules(state, parameters, tables, { from: 0, to: count, policy: 0 }, turn, one);
      }),
    );
    expect(acts[0]).toEqual(acts[1]);
    seen.acts += tables.count[counts.intents];
  }
}

function compareMemories(shard: Shard): void {
  const { exposures, agents } = shard.state;
  const columns = [exposures.origin, exposures.seen, agents.exposureHead] as unknown as Int32Array[];
  const before = columns.map((column) => column.slice());
  const after = [shard, { ...shard, kernels: noKernels }].map((one) =>
    left(columns, () => {
      columns.forEach((column, k) => column.set(before[k]));
      // Twice, so that what was new a moment ago is met again, and three hundred times for the greatest count.
      for (let k = 0; k < (shard.state.now.tick % 10 === 9 ? 300 : 2); k++) applyExposures(one);
    }),
  );
  expect(after[0]).toEqual(after[1]);
  columns.forEach((column, k) => column.set(before[k]));
  seen.remembered += shard.tables.count[counts.exposures];
}

describe('kernels and their twins', () => {
  test.each(worlds)('kernels: feeds, acts and memories are those of the twins, agent by agent (%o)', async (at) => {
    const world = openWorld({
      plan: planOf(at),
      population: smallPopulation({ agents: 150, wakesPerDayMean: 30, followsMean: at.followsMean }),
      placement: { workers: 2, layout: 'scrambled', mergeTicks: at.mergeTicks },
    });
    for (const { kernels } of world.shards) expect(Object.values(kernels)).not.toContain(undefined);
    world.shards.forEach(disturb);
    for (let tick = 0; tick < 20; tick++) {
      world.peek();
      for (const shard of world.shards) {
        const count = wakeAll(shard);
        compareFeeds(shard, count);
        if (at.recommender === 'interest') continue;
        compareActs(shard, count);
        compareMemories(shard);
      }
      await world.step();
    }
    expect(world.state.now.oldestPost > 1).toBe(at.postCapacity <= 4096);
  });

  test('kernels: the worlds hold agents without and with very many followees, unmerged ties, bonds, short feeds, ties in score', () => {
    expect(seen.percepts).toBe(worlds.length * 20 * 150);
    for (const count of [seen.left, seen.bonded, seen.followless, seen.followed, seen.short])
      expect(count).toBeGreaterThan(100);
    for (const count of [seen.tied, seen.fromBoards]) expect(count).toBeGreaterThan(1000);
    expect(seen.acts).toBeGreaterThan(10_000);
    expect(seen.remembered).toBeGreaterThan(10_000);
  });
});

describe('digests', () => {
  test('kernels: 1, 2 and 3 workers give one digest with kernels in WebAssembly and in TypeScript', async () => {
    const plan = planOf(worlds[0]);
    const digests = new Set<string>();
    for (const workers of [1, 2, 3]) {
      for (const kernels of ['wasm', 'typescript'] as const) {
        digests.add((await runWorld({ plan, placement: { workers, kernels } })).digest);
      }
    }
    expect(digests.size).toBe(1);
  });

  test.each([
    ['by interest', planOf(worlds[4])],
    ['that hide what one wrote', hidingOwn(worlds[0])],
  ])('kernels: feeds %s give one digest in WebAssembly and in TypeScript', async (_, plan) => {
    const [wasm, twin] = [
      await runWorld({ plan, placement: { workers: 2, kernels: 'wasm' } }),
      await runWorld({ plan, placement: { workers: 1, kernels: 'typescript' } }),
    ];
    expect(wasm.digest).toBe(twin.digest);
  });

  test('kernels: golden scenarios give what is pinned in TypeScript alone', async () => {
    for (const scenario of goldenScenarios) {
      expect(await golden(scenario, { kernels: 'typescript' })).toEqual(pinned[scenario.data.name]);
    }
  });

  test.each([{ memoryLength: 17 }, { feed: { ...planOf(worlds[0]).feed, length: 17 } }])(
    'kernels: what is too large for vectors is left to the twins (%o)',
    (changes) => {
      const [shard] = openWorld({ plan: { ...planOf(worlds[0]), ...changes } }).shards;
      expect(shard.kernels.feeds).toBeUndefined();
      expect(shard.kernels.looks).toBeDefined();
    },
  );
});
