/**
 * What an agent costs: bytes of hot state at 20 follows, added up from the declarations of the tables.
 *
 * Counted: agents, latest posts, 16 remembered exposures, ties in both directions, a window of one post an agent, and the two
 * columns that stand outside tables. Not counted: tables that nothing touches (attributes without declarations, room for growth),
 * cold columns (refusals, roles, karma, bans, bonds; standings, dislikes, reports, texts and communities of posts), what is kept a shard and not an agent (boards, wheel), and what lives for one tick (intents, percepts).
 */
import { expect, test } from 'vitest';
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
  };
  const total = Object.values(bytes).reduce((sum, one) => sum + one, 0);
  expect(bytes).toEqual({
    agents: 52,
    recents: 32,
    exposures: 80,
    ties: 184,
    posts: 45,
    rowOfOrdinal: 4,
    awake: 0.125,
  });
  expect(total).toBeLessThanOrEqual(400);
});

test('state: what few agents and posts have stands in cold columns, which cost nothing until it is used', () => {
  expect(rowBytes(agentSpec) - hotBytes(agentSpec)).toBe(31);
  expect(rowBytes(postSpec) - hotBytes(postSpec)).toBe(29);
  for (const spec of [recentSpec, exposureSpec, tieRowSpec, tiePoolSpec]) expect(rowBytes(spec)).toBe(hotBytes(spec));
});
