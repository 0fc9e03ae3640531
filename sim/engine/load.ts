/**
 * Brings a canonical population into the state: chooses the row layout, fills the tables, draws first wakings.
 *
 * Rows ordered by in-degree keep the hubs' posts together in memory; nothing that is decided may show the layout.
 */
import { seedWords, tickSeedA, tickSeedB } from '../ground/random.ts';
import { randomStream, shuffle, streamPurposes } from '../ground/philox.ts';
import { neverWakes, roles, topicCount } from '../world/agents.ts';
import { ordinalsOf } from '../world/population.ts';
import { forOwnBlocks, ownershipOf } from '../world/ownership.ts';
import { initPairs, pairNames } from '../world/pairs.ts';
import { noTie } from '../social-graph/ties.ts';
import { fillLedger } from './grounds.ts';
import { attachState } from './state.ts';
import { cumulativeProfiles, drawWake } from './activate.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
import type { Population } from '../world/population.ts';
import type { TieSide } from '../social-graph/ties.ts';
import type { Attached, State, StateHandle } from './state.ts';
import type { Placement, Plan } from './plan.ts';

/** Fills the state from a canonical population. Main thread, before any shard starts. */
export function loadPopulation(handle: StateHandle, population: Population, plan: Plan, placement: Placement): void {
  const { state } = attachState(handle, 0);
  const ordinalOfRow = rowOrder(population, placement.layout);
  for (let row = 0; row < population.count; row++) state.rowOfOrdinal[ordinalOfRow[row]] = row;
  fillAgents(state, population, plan, ordinalOfRow);
  initPairs(state.ledger);
  fillLedger(state, population, plan.grounds);
  fillTies(state, population, ordinalOfRow, handle.shardCount);
  for (let shard = 0; shard < handle.shardCount; shard++) queueFirstWakes(attachState(handle, shard), population, plan);
}

/** Ordinal of each row. */
function rowOrder(population: Population, layout: Placement['layout']): Int32Array {
  const order = new Int32Array(population.count);
  for (let i = 0; i < population.count; i++) order[i] = i;
  if (layout === 'scrambled') shuffle(order, randomStream(0, streamPurposes.layout));
  if (layout === 'degree') sortByInDegree(order, population);
  return order;
}

/** By in-degree, greatest first; equal ones stay in the order of ordinals: a counting sort. */
function sortByInDegree(order: Int32Array, population: Population): void {
  const inDegree = new Int32Array(population.count);
  let largest = 0;
  for (const followee of population.followee) largest = Math.max(largest, ++inDegree[followee]);
  const starts = new Int32Array(largest + 2);
  for (const degree of inDegree) starts[largest - degree + 1]++;
  for (let i = 0; i <= largest; i++) starts[i + 1] += starts[i];
  for (let ordinal = 0; ordinal < population.count; ordinal++) order[starts[largest - inDegree[ordinal]]++] = ordinal;
}

/** The row after the last agent's: who acts for the platform's rules. It never wakes, and no phase counts it among agents. */
export function markPlatform({ agents, rowOfOrdinal, sizes }: State): void {
  const row = sizes.agentCount as AgentRow;
  agents.ordinal[row] = row;
  agents.wakeTick[row] = neverWakes;
  rowOfOrdinal[row] = row;
}

function fillAgents(state: State, population: Population, plan: Plan, ordinalOfRow: Int32Array): void {
  const { agents } = state;
  const attributeCount = plan.attributes.length;
  const starts = plan.attributes.map(({ from }) => population.traits?.find(({ name }) => name === from)?.value);
  const moderators = new Set(ordinalsOf(population, plan.conduct.moderators));
  markPlatform(state);
  for (let row = 0 as AgentRow; row < population.count; row++) {
    const ordinal = ordinalOfRow[row];
    agents.ordinal[row] = ordinal;
    agents.keyLo[row] = population.keyLo[ordinal];
    agents.keyHi[row] = population.keyHi[ordinal];
    agents.profile[row] = population.profile[ordinal];
    agents.policy[row] = population.policy[ordinal];
    agents.wakesPerDay[row] = population.wakesPerDay[ordinal];
    agents.role[row] = moderators.has(ordinal) ? roles.moderator : roles.member;
    agents.pendingTie[row] = noTie;
    for (let k = 0; k < topicCount; k++) {
      agents.interest[row * topicCount + k] = population.interest[ordinal * topicCount + k];
    }
    for (let k = 0; k < attributeCount; k++) {
      state.attributes.value[(row * attributeCount + k) as Id<'attributes'>] =
        starts[k]?.[ordinal] ?? plan.attributes[k].initial;
    }
  }
}

function fillTies(state: State, population: Population, ordinalOfRow: Int32Array, shardCount: number): void {
  const { followees, followers } = state.ties;
  const { agents } = state;
  const into = followees.pool.neighbour as unknown as Int32Array;
  let place = 0;
  for (let row = 0 as AgentRow; row < population.count; row++) {
    const ordinal = ordinalOfRow[row];
    followees.rows.start[row] = place;
    for (let k = population.followOffset[ordinal]; k < population.followOffset[ordinal + 1]; k++) {
      const followee = state.rowOfOrdinal[population.followee[k]] as AgentRow;
      into[place++] = followee;
      agents.followerCount[followee]++;
    }
    const length = place - followees.rows.start[row];
    followees.rows.length[row] = length;
    followees.rows.capacity[row] = length;
    agents.followeeCount[row] = length;
  }
  transposeTies(state, population.count);
  splitTail(followees, place, shardCount);
  splitTail(followers, place, shardCount);
}

/** The other direction. Followers are visited in the order of ordinals, so that rows come out sorted by it. */
export function transposeTies(state: State, count: number): void {
  const { followees, followers } = state.ties;
  let place = 0;
  for (let row = 0 as AgentRow; row < count; row++) {
    followers.rows.start[row] = place;
    followers.rows.capacity[row] = state.agents.followerCount[row];
    place += state.agents.followerCount[row];
  }
  const from = followees.pool.neighbour as unknown as Int32Array;
  const into = followers.pool.neighbour as unknown as Int32Array;
  for (let ordinal = 0; ordinal < count; ordinal++) {
    const follower = state.rowOfOrdinal[ordinal] as AgentRow;
    const start = followees.rows.start[follower];
    for (let k = start; k < start + followees.rows.length[follower]; k++) {
      const followee = from[k] as AgentRow;
      into[followers.rows.start[followee] + followers.rows.length[followee]++] = follower;
    }
  }
}

/** Shares out what is left of a pool among the shards. */
export function splitTail(side: TieSide, used: number, shardCount: number): void {
  const { rowCapacity } = side.pool;
  const part = Math.floor((rowCapacity - used) / shardCount);
  for (let shard = 0; shard < shardCount; shard++) {
    side.tail[shard * 2] = used + part * shard;
    side.tail[shard * 2 + 1] = used + part * (shard + 1);
  }
}

function queueFirstWakes(attached: Attached, population: Population, plan: Plan): void {
  const { state, wheel } = attached;
  const { lo, hi } = seedWords(plan.seed);
  const at = { tick: 0, seedA: tickSeedA(lo, hi, 0), seedB: tickSeedB(lo, hi, 0), first: true };
  const profiles = cumulativeProfiles(population.profileShares);
  const owner = ownershipOf(attached.owner.shard, attached.owner.shardCount, population.count);
  for (const name of pairNames) initPairs(state[name]);
  forOwnBlocks(owner, (start, end) => {
    for (let row = start as AgentRow; row < end; row++) drawWake(state.agents, wheel, plan, profiles, row, at);
  });
}
