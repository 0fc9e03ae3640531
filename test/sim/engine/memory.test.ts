/**
 * What an agent costs: bytes of hot state at 20 follows, added up from the declarations of the tables.
 *
 * Counted: agents, latest posts, 16 remembered exposures, ties in both directions, a window of one post an agent, and the two
 * columns that stand outside tables. Not counted: tables that nothing touches (attributes without declarations, room for growth),
 * cold columns (refusals, roles, karma, bans, bonds; standings, dislikes, reports, texts and communities of posts), what is kept a shard and not an agent (boards, wheel), and what lives for one tick (intents, percepts).
 */
import { expect, test } from 'vitest';
import { allocateState } from '../../../sim/engine/state.ts';
import { wheelWords } from '../../../sim/engine/timing-wheel.ts';
import { cellBytes } from '../../../sim/ground/arena.ts';
import { rowBytes } from '../../../sim/ground/table.ts';
import { agentSpec, exposureSpec, recentLength, recentSpec } from '../../../sim/world/agents.ts';
import { postSpec } from '../../../sim/world/posts.ts';
import { tiePoolSpec, tieRowSpec } from '../../../sim/social-graph/ties.ts';
import type { ColumnSpecs, TableSpec } from '../../../sim/ground/table.ts';

const followsMean = 20;
const memoryLength = 16;

function hotBytes(spec: TableSpec<number, ColumnSpecs>): number {
  const hot = Object.entries(spec.columns).filter(([, { hot }]) => hot);
  return hot.reduce((sum, [, { cell, width }]) => sum + cellBytes(cell) * width, 0);
}

test('state: an agent with 20 follows and one post in the window costs at most 400 bytes of hot state', () => {
  const bytes = {
    agents: hotBytes(agentSpec),
    recents: recentLength * 2 * hotBytes(recentSpec),
    exposures: memoryLength * hotBytes(exposureSpec),
    ties: 2 * (hotBytes(tieRowSpec) + followsMean * hotBytes(tiePoolSpec)),
    posts: hotBytes(postSpec),
    rowOfOrdinal: 4,
    awake: 1 / 8,
    wheel: Math.round((400 * (wheelWords(2_000_000) - wheelWords(1_000_000))) / 1_000_000) / 100,
  };
  const total = Object.values(bytes).reduce((sum, one) => sum + one, 0);
  expect(bytes).toEqual({
    agents: 48,
    recents: 32,
    exposures: 80,
    ties: 184,
    posts: 45,
    rowOfOrdinal: 4,
    awake: 0.125,
    wheel: 4.27,
  });
  expect(total).toBeLessThanOrEqual(400);
});

test('state: what few agents and posts have stands in cold columns, which cost nothing until it is used', () => {
  expect(rowBytes(agentSpec) - hotBytes(agentSpec)).toBe(31);
  expect(rowBytes(postSpec) - hotBytes(postSpec)).toBe(29);
  for (const spec of [recentSpec, exposureSpec, tieRowSpec, tiePoolSpec]) expect(rowBytes(spec)).toBe(hotBytes(spec));
});

const sizes = {
  agentCount: 20_000,
  feedLength: 10,
  memoryLength,
  attributeNames: [],
  initialUnits: [],
  hasRemovals: false,
};
const capacity = {
  ...{ tieCount: 400_000, awakeMost: 3000, postCapacity: 16_384, hasTopics: false, intentsPerAgent: 8, quotaStride: 0 },
  ...{ interventionCount: 0, limitCount: 0, invariantScopes: [], ledgerEntries: 0, hasNotes: false, textBytes: 64 },
  ...{ requestsPerAgent: 0, requestsOfRun: 0, tickTextBytes: 64 },
  archetypes: { nodes: 1, cells: 1, auditTicks: 1, tallyWords: 1 },
};

test('state: where not everything hot fits into the arena, what kernels read does, and room for wakings and ties is cut', () => {
  const roomy = allocateState(sizes, 2, capacity);
  const tight = allocateState(sizes, 2, capacity, 14 << 20);
  const isInArena = ({ buffer }: { buffer?: unknown }): boolean => buffer === undefined;
  const { agents, recents, exposures, posts, followees } = tight.tables;
  const read = [recents, exposures, followees].flatMap(({ columns }) => Object.values(columns));
  read.push(agents.columns['interest'], posts.columns['face']);
  for (const { tables } of tight.shards) read.push(...Object.values(tables[0]['items'].columns));
  expect(read.every(isInArena)).toBe(true);
  expect([agents.columns['wakeTick'], posts.columns['author']].some(isInArena)).toBe(false);
  expect(Object.values(roomy.tables['agents'].columns).some(isInArena)).toBe(true);
  expect(roomy.shards[0].tables[0]['percepts'].rowCapacity).toBeGreaterThan(9000);
  expect(tight.shards[0].tables[0]['percepts'].rowCapacity).toBe(3001);
  expect(followees.rowCapacity).toBeGreaterThanOrEqual(600_000);
  expect(followees.rowCapacity).toBeLessThan(roomy.tables['followees'].rowCapacity);
});
