/**
 * In-network candidates: the newest posts of the agents that one follows, exactly.
 *
 * The newest post of every followee first, then the second of the winners only, and so on: a followee's second can only enter
 * if its newest did. Post ids are canonical and grow with time, so one comparison orders by recency and breaks ties.
 * Sorted are single words, a post's distance from the newest and the slot that says where it stands: half the moves of two columns.
 * Oracle: all remembered posts of all followees, sorted (`test/sim/recommender/gather.test.ts`).
 */
import { recentLength } from '../world/agents.ts';
import { currentFollowees, noTie } from '../social-graph/ties.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { StateView } from '../exchange/view.ts';

/** Candidates of one agent, newest first. One a shard, reused. */
export interface Candidates {
  /** What is sorted, greatest first: a post's distance from `base` above `slotBits` bits of slot. */
  readonly key: Int32Array;
  /** Where in `recents` the candidate of a slot stands. */
  readonly slotPlace: Int32Array;
  /** Newest posts of a part of the followees, loaded without a branch in between, so that the loads overlap. */
  readonly newest: Int32Array;
  /** Slots given out. */
  slotCount: number;
  count: number;
  limit: number;
  oldest: number;
  base: number;
}

const slotBits = 7;
const slotMask = (1 << slotBits) - 1;
/** Most candidates that can be asked for. */
export const candidatesMax = 1 << slotBits;
/** Posts of a window must fit beside the slot in 31 bits: 2^(31 - slotBits), which the scenario's schema bounds. */
export const windowMax = 1 << (31 - slotBits);
/** So many followees are sorted at once; beyond, a threshold leaves most of them out. */
const sortedAtOnce = 32;

/**
 * Sorting networks for 0 to 32 keys (Batcher, Sorting networks and their applications, 1968, odd-even merge sort): pairs of places
 * to compare. Without a branch that depends on the keys: 90 ns for 20 keys where insertion took 170.
 */
const networks = Array.from({ length: sortedAtOnce + 1 }, (_, length) => Uint8Array.from(batcher(length)));

function batcher(length: number): number[] {
  const pairs: number[] = [];
  for (let run = 1; run < length; run *= 2) {
    for (let step = run; step >= 1; step >>= 1) {
      for (let from = step % run; from <= length - 1 - step; from += 2 * step) {
        for (let i = from; i <= Math.min(from + step - 1, length - step - 1); i++) {
          if (Math.floor(i / (run * 2)) === Math.floor((i + step) / (run * 2))) pairs.push(i, i + step);
        }
      }
    }
  }
  return pairs;
}

/** Sorts the first `count` keys, all of 31 bits, greatest first. */
function sortDescending(key: Int32Array, count: number): void {
  const pairs = networks[count];
  const end = pairs.length;
  for (let p = 0; p < end; p += 2) {
    const i = pairs[p];
    const j = pairs[p + 1];
    const one = key[i];
    const other = key[j];
    const less = one - other;
    const swap = less & (less >> 31);
    key[i] = one - swap;
    key[j] = other + swap;
  }
}

export function createCandidates(): Candidates {
  return {
    key: new Int32Array(candidatesMax + 1),
    slotPlace: new Int32Array(candidatesMax),
    newest: new Int32Array(64),
    ...{ slotCount: 0, count: 0, limit: 0, oldest: 0, base: 0 },
  };
}

const stride = recentLength * 2;

/**
 * Fills `into` with the newest posts in the window of those whom `agent` follows, one of each, at most `limit`, in [1, candidatesMax].
 * Whoever walks through the candidates calls `lookBehind` for each in turn, and so sees
 *
 *     newest(limit, [post for followee of agent for post in recents[followee] if post >= oldestPost])
 */
export function gatherNewest(state: StateView, agent: AgentRow, limit: number, into: Candidates): void {
  const recent = state.recents.entry as unknown as Int32Array;
  into.limit = limit;
  into.oldest = state.now.oldestPost;
  into.base = state.now.nextPost - windowMax;
  into.count = 0;
  into.slotCount = 0;
  if (state.agents.pendingTie[agent] !== noTie) {
    gatherWithLog(state, agent, into);
    return;
  }
  const { rows, pool } = state.ties.followees;
  const neighbours = pool.neighbour as unknown as Int32Array;
  const start = rows.start[agent];
  const end = start + rows.length[agent];
  const middle = Math.min(end, start + sortedAtOnce);
  sortHead(neighbours, start, middle, recent, into);
  into.count = Math.min(into.count, limit);
  if (middle < end) insertRest(neighbours, middle, end, recent, into);
}

/**
 * Where in `recents` the k-th candidate stands. Its author's next older post stands two places on and becomes a candidate: it is
 * older, hence met later.
 */
export function lookBehind(recent: Int32Array, k: number, into: Candidates): number {
  const place = into.slotPlace[into.key[k] & slotMask];
  const next = place + 2;
  if (next % stride !== 0 && recent[next] >= thresholdOf(into)) insert(into, recent[next], next);
  return place;
}

/** The first followees: all their newest posts, sorted. */
function sortHead(neighbours: Int32Array, start: number, end: number, recent: Int32Array, into: Candidates): void {
  const { key, slotPlace, newest, oldest, base } = into;
  for (let i = 0; i < end - start; i++) newest[i] = recent[neighbours[start + i] * stride];
  let count = 0;
  for (let i = 0; i < end - start; i++) {
    slotPlace[count] = neighbours[start + i] * stride;
    key[count] = ((newest[i] - base) << slotBits) | count;
    count += newest[i] >= oldest ? 1 : 0;
  }
  sortDescending(key, count);
  into.count = count;
  into.slotCount = count;
}

/** The others: only those above the last of the best so far. */
function insertRest(neighbours: Int32Array, start: number, end: number, recent: Int32Array, into: Candidates): void {
  const { newest } = into;
  let threshold = thresholdOf(into);
  for (let from = start; from < end; from += newest.length) {
    const length = Math.min(newest.length, end - from);
    for (let i = 0; i < length; i++) newest[i] = recent[neighbours[from + i] * stride];
    for (let i = 0; i < length; i++) {
      if (newest[i] < threshold) continue;
      insert(into, newest[i], neighbours[from + i] * stride);
      threshold = thresholdOf(into);
    }
  }
}

/** The oldest post that would still enter. */
function thresholdOf(into: Candidates): number {
  const { count, limit } = into;
  return count < limit ? into.oldest : (into.key[limit - 1] >> slotBits) + into.base + 1;
}

/** The same where follows or unfollows are not merged yet. */
function gatherWithLog(state: StateView, agent: AgentRow, into: Candidates): void {
  const recent = state.recents.entry as unknown as Int32Array;
  const log = state.ties.logs[state.owner.shard];
  const { ordinal, pendingTie } = state.agents;
  for (const followee of currentFollowees(state.ties, log, pendingTie[agent], agent, ordinal)) {
    const post = recent[followee * stride];
    if (post >= thresholdOf(into)) insert(into, post, followee * stride);
  }
}

/** Puts one post among the best: into a free slot, or that of the last one, which drops out. */
function insert(into: Candidates, post: number, place: number): void {
  const { key, slotPlace } = into;
  const isFull = into.count === into.limit;
  const slot = isFull ? key[into.limit - 1] & slotMask : into.slotCount++;
  let k = isFull ? into.limit - 1 : into.count++;
  slotPlace[slot] = place;
  const one = ((post - into.base) << slotBits) | slot;
  while (k > 0 && key[k - 1] < one) {
    key[k] = key[k - 1];
    k--;
  }
  key[k] = one;
}
