/**
 * The task of the C++ reference on our columns and with our draws: the floor under the engine's tick in this language.
 *
 * One tick: every agent draws whether it is active (10 %); an active one pulls ten recent posts of whom it follows (the latest four
 * of each; `sampled`: in turn from a drawn start, `exact`: the ten newest), decides ten times by a logistic of a dot product and a
 * draw, posts with p = 0.1; attempts are buffered, then applied. Posts and interests are drawn as in the reference, so that the
 * counts of items and reshares must come out near the reference's: they are printed beside the ratio.
 * It differs from the reference in what our ground fixes: keys of 64 bits and two lanes instead of one additive hash, vectors of
 * int8, and a logistic with the same bits everywhere.
 */
import { createAllocator, viewOf } from '../../sim/ground/arena.ts';
import { logistic } from '../../sim/ground/detmath.ts';
import { drawWord, laneA, laneB, mix32, purposes, tickSeedA, tickSeedB, unitOf } from '../../sim/ground/random.ts';
import { dotTopics, topicCount, topicScale } from '../../sim/world/agents.ts';
import { readGraph } from './world.ts';
import type { Cell, CellArray } from '../../sim/ground/arena.ts';
import type { Sample } from './interleave.ts';

export interface KernelOrder {
  readonly kind: 'kernel';
  readonly graph: string;
  readonly feed: 'sampled' | 'exact';
  readonly ticks: number;
}

interface Columns {
  readonly agentCount: number;
  readonly offset: Int32Array;
  readonly followee: Int32Array;
  readonly keyLo: Int32Array;
  readonly keyHi: Int32Array;
  readonly interest: Int8Array;
  /** The latest four of each author, newest first; 0 beyond the last. Posts count from 1. */
  readonly recent: Int32Array;
  readonly topic: Int8Array;
  readonly shareCount: Int32Array;
  /** Pairs (agent, post), post 0 for a new one. */
  readonly attempts: Int32Array;
}

const feedLength = 10;
const recentLength = 4;
const tenth = 429496730;
const warmTicks = 5;

export function measureKernel(order: KernelOrder): Sample {
  const columns = fillColumns(order);
  const feed = new Int32Array(feedLength);
  const gather = order.feed === 'sampled' ? gatherSampled : gatherExact;
  const totals = { active: 0, items: 0, reshares: 0, attemptWords: 0, nextPost: columns.agentCount + 1 };
  let start = process.cpuUsage();
  for (let tick = 0; tick < order.ticks; tick++) {
    if (tick === warmTicks) start = process.cpuUsage();
    decideAll(columns, tick, gather, feed, totals);
    applyAll(columns, totals);
  }
  const { user, system } = process.cpuUsage(start);
  const { active, items, reshares, nextPost } = totals;
  return {
    cpuMs: (user + system) / 1000 / (order.ticks - warmTicks),
    digest: checksum(columns, nextPost).toString(16),
    ...{ active: active / order.ticks, items, reshares, posts: nextPost - 1 },
  };
}

function fillColumns(order: KernelOrder): Columns {
  const { followOffset, followee } = readGraph(order.graph);
  const agentCount = followOffset.length - 1;
  const postCapacity = Math.ceil(agentCount * (1 + order.ticks * 0.0125)) + 1024;
  const bytes = agentCount * (4 * 3 + topicCount + recentLength * 4 + 8) + followee.length * 4 + postCapacity * 12;
  const allocator = createAllocator(bytes + (1 << 20));
  const make = <C extends Cell>(cell: C, length: number): CellArray<C> => {
    const handle = allocator.allocate(cell, length, true);
    return viewOf(allocator.handle, { ...handle, cell });
  };
  const columns: Columns = {
    agentCount,
    offset: make('i32', agentCount + 1),
    followee: make('i32', followee.length),
    keyLo: make('i32', agentCount),
    keyHi: make('i32', agentCount),
    interest: make('i8', agentCount * topicCount),
    recent: make('i32', agentCount * recentLength),
    topic: make('i8', postCapacity * topicCount),
    shareCount: make('i32', postCapacity),
    attempts: new Int32Array(agentCount * 2 + 4096),
  };
  columns.offset.set(followOffset);
  columns.followee.set(followee);
  for (let agent = 0; agent < agentCount; agent++) {
    columns.keyLo[agent] = mix32(agent + 0x1234567);
    columns.keyHi[agent] = mix32(agent ^ 0x6a09e667);
    for (let k = 0; k < topicCount; k++) columns.interest[agent * topicCount + k] = component(agent * topicCount + k);
    columns.recent[agent * recentLength] = agent + 1;
    writeTopic(columns, agent, agent + 1);
  }
  return columns;
}

/** Uniform in [-127, 127]. */
function component(counter: number): number {
  return Math.round((unitOf(mix32(mix32(counter) + 0x9e3779b1)) * 2 - 1) * topicScale);
}

function writeTopic(columns: Columns, author: number, post: number): void {
  for (let k = 0; k < topicCount; k++) {
    const own = columns.interest[author * topicCount + k];
    columns.topic[post * topicCount + k] = Math.round((own + component(~(post * topicCount + k))) / 2);
  }
}

type Gather = (columns: Columns, agent: number, word: number, feed: Int32Array) => number;

interface Totals {
  active: number;
  items: number;
  reshares: number;
  attemptWords: number;
  nextPost: number;
}

function decideAll(columns: Columns, tick: number, gather: Gather, feed: Int32Array, totals: Totals): void {
  const { agentCount, keyLo, keyHi, interest, topic, attempts } = columns;
  const seedA = tickSeedA(7, 0, tick);
  const seedB = tickSeedB(7, 0, tick);
  let end = 0;
  for (let agent = 0; agent < agentCount; agent++) {
    const a = laneA(seedA, keyLo[agent]);
    const b = laneB(seedB, keyHi[agent]);
    if (drawWord(a, b, purposes.wake, 0) >>> 0 >= tenth) continue;
    const itemCount = gather(columns, agent, drawWord(a, b, purposes.feed, 0), feed);
    totals.active++;
    totals.items += itemCount;
    for (let k = 0; k < itemCount; k++) {
      const post = feed[k];
      const match = dotTopics(interest, agent * topicCount, topic, post * topicCount) / (topicScale * topicScale);
      if (unitOf(drawWord(a, b, purposes.adopt, k)) >= logistic(2 * match - 4.5)) continue;
      attempts[end++] = agent;
      attempts[end++] = post;
      totals.reshares++;
    }
    if (drawWord(a, b, purposes.post, 0) >>> 0 < tenth) {
      attempts[end++] = agent;
      attempts[end++] = 0;
    }
  }
  totals.attemptWords = end;
}

/** Newest of each followee in turn, then the second of each, and so on, from a drawn start. */
function gatherSampled(columns: Columns, agent: number, word: number, feed: Int32Array): number {
  const { offset, followee, recent } = columns;
  const start = offset[agent];
  const degree = offset[agent + 1] - start;
  const first = (word >>> 0) % degree;
  let count = 0;
  for (let age = 0; age < recentLength && count < feedLength; age++) {
    let at = first;
    for (let looked = 0; looked < degree && count < feedLength; looked++) {
      const post = recent[followee[start + at] * recentLength + age];
      if (++at === degree) at = 0;
      if (post > 0) feed[count++] = post;
    }
  }
  return count;
}

/**
 * The ten greatest ids of all that followees keep, as the reference does it. A reshared post is old, so a ring is not in order
 * and all of it must be looked at; the engine numbers reposts anew, and need not (`sim/recommender/gather.ts`).
 */
function gatherExact(columns: Columns, agent: number, _word: number, feed: Int32Array): number {
  const { offset, followee, recent } = columns;
  let count = 0;
  for (let tie = offset[agent]; tie < offset[agent + 1]; tie++) {
    const start = followee[tie] * recentLength;
    for (let place = start; place < start + recentLength; place++) {
      const post = recent[place];
      if (post === 0) break;
      if (count === feedLength && post <= feed[feedLength - 1]) continue;
      let k = count < feedLength ? count++ : feedLength - 1;
      while (k > 0 && feed[k - 1] < post) {
        feed[k] = feed[k - 1];
        k--;
      }
      feed[k] = post;
    }
  }
  return count;
}

function applyAll(columns: Columns, totals: Totals): void {
  const { attempts, recent, shareCount } = columns;
  for (let i = 0; i < totals.attemptWords; i += 2) {
    const agent = attempts[i];
    let post = attempts[i + 1];
    if (post > 0) shareCount[post]++;
    else {
      post = totals.nextPost++;
      writeTopic(columns, agent, post);
    }
    const place = agent * recentLength;
    recent[place + 3] = recent[place + 2];
    recent[place + 2] = recent[place + 1];
    recent[place + 1] = recent[place];
    recent[place] = post;
  }
}

function checksum(columns: Columns, nextPost: number): number {
  let sum = 0;
  for (let post = 0; post < nextPost; post++) sum = (sum + Math.imul(columns.shareCount[post], mix32(post))) | 0;
  for (const post of columns.recent) sum = (Math.imul(sum, 31) + post) | 0;
  return sum >>> 0;
}
