/**
 * The task of the C++ reference on our columns and with our draws: its columns, and what one thread does of one tick.
 *
 * One tick: every agent draws whether it is active (10 %); an active one pulls ten recent posts of whom it follows (the latest four
 * of each; `sampled`: in turn from a drawn start, `exact`: the ten newest), decides ten times by a logistic of a dot product and a
 * draw, posts with p = 0.1; attempts are buffered, then applied. A thread decides and applies for a range of agents; new posts are
 * numbered in the order of agents, so that the number of threads cannot be seen.
 * It differs from the reference in what our ground fixes: keys of 64 bits and two lanes instead of one additive hash, vectors of
 * int8, and a logistic with the same bits everywhere.
 * Invariant: between decide and apply all threads meet. Oracles: `naive-kernel.ts` and `mesa/feed_model.py`, equal digests.
 */
import { createAllocator, viewOf } from '../../sim/ground/arena.ts';
import { logistic } from '../../sim/ground/detmath.ts';
import { belowOf, drawWord, laneA, laneB, mix32, purposes } from '../../sim/ground/random.ts';
import { tickSeedA, tickSeedB, unitOf } from '../../sim/ground/random.ts';
import { topicCount, topicScale } from '../../sim/world/agents.ts';
import type { ArenaHandle, CellArray, ColumnHandle } from '../../sim/ground/arena.ts';
import type { FollowGraph } from './world.ts';

export type KernelFeed = 'sampled' | 'exact';

export const kernelSeed = 7;
export const feedLength = 10;
export const recentLength = 4;
/** A tenth of all words. */
export const tenth = 429496730;
export const intercept = 4.5;
export const matchWeight = 2;

const cells = {
  offset: 'i32',
  followee: 'i32',
  keyLo: 'i32',
  keyHi: 'i32',
  interest: 'i8',
  /** The latest four of each author, newest first; 0 beyond the last. Posts count from 1. */
  recent: 'i32',
  topic: 'i8',
  shareCount: 'i32',
  /** Pairs (agent, post), post 0 for a new one: one stretch a thread. */
  attempts: 'i32',
  /** New posts that each thread attempts in this tick. */
  madeCount: 'i32',
  /** Scratch memory of the twin in WebAssembly: one stretch a thread. */
  scratch: 'i32',
} as const;

type ColumnName = keyof typeof cells;

/** Words of scratch memory a thread. */
export const scratchWords = 512;

/** The columns, for any thread to attach. */
export interface KernelHandle {
  readonly arena: ArenaHandle;
  readonly columns: Readonly<Record<ColumnName, ColumnHandle>>;
  readonly threadCount: number;
}

export type KernelColumns = { readonly [Name in ColumnName]: CellArray<(typeof cells)[Name]> };

/** What one thread has done since the first tick, and where its stretch of attempts ends. */
export interface KernelTotals {
  active: number;
  items: number;
  reshares: number;
  attemptsEnd: number;
}

/** A thread's part: agents [from, to), attempts [start of its stretch, …). */
export interface KernelPart {
  readonly thread: number;
  readonly from: number;
  readonly to: number;
  readonly attemptsStart: number;
}

/** Decides for a thread's agents. Reads what others wrote before the last meeting; writes its own attempts. */
export function decidePart(
  columns: KernelColumns,
  part: KernelPart,
  now: { readonly tick: number; readonly feed: KernelFeed },
  feed: Int32Array,
  totals: KernelTotals,
): void {
  const { keyLo, keyHi, interest, topic, attempts } = columns;
  const gather = now.feed === 'sampled' ? gatherSampled : gatherExact;
  const seedA = tickSeedA(kernelSeed, 0, now.tick);
  const seedB = tickSeedB(kernelSeed, 0, now.tick);
  let end = part.attemptsStart;
  let made = 0;
  for (let agent = part.from; agent < part.to; agent++) {
    const a = laneA(seedA, keyLo[agent]);
    const b = laneB(seedB, keyHi[agent]);
    if (drawWord(a, b, purposes.wake, 0) >>> 0 >= tenth) continue;
    const itemCount = gather(columns, agent, drawWord(a, b, purposes.feed, 0), feed);
    totals.active++;
    totals.items += itemCount;
    for (let k = 0; k < itemCount; k++) {
      const post = feed[k];
      const match = dotTopics(interest, agent * topicCount, topic, post * topicCount) / (topicScale * topicScale);
      if (unitOf(drawWord(a, b, purposes.adopt, k)) >= logistic(matchWeight * match - intercept)) continue;
      attempts[end++] = agent;
      attempts[end++] = post;
      totals.reshares++;
    }
    if (drawWord(a, b, purposes.post, 0) >>> 0 < tenth) {
      attempts[end++] = agent;
      attempts[end++] = 0;
      made++;
    }
  }
  totals.attemptsEnd = end;
  columns.madeCount[part.thread] = made;
}

function dotTopics(a: Int8Array, aStart: number, b: Int8Array, bStart: number): number {
  let sum = 0;
  for (let k = 0; k < topicCount; k++) sum += a[aStart + k] * b[bStart + k];
  return sum;
}

/** Newest of each followee in turn, then the second of each, and so on, from a drawn start. */
function gatherSampled(columns: KernelColumns, agent: number, word: number, feed: Int32Array): number {
  const { offset, followee, recent } = columns;
  const start = offset[agent];
  const degree = offset[agent + 1] - start;
  const first = belowOf(word, degree);
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
function gatherExact(columns: KernelColumns, agent: number, _word: number, feed: Int32Array): number {
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

/** Applies a thread's attempts. Its first new post is `firstPost`. Shares of one post may come from several threads. */
export function applyPart(
  columns: KernelColumns,
  part: KernelPart,
  totals: KernelTotals,
  firstPost: number,
  isAlone: boolean,
): void {
  const { attempts, recent, shareCount } = columns;
  let nextPost = firstPost;
  for (let i = part.attemptsStart; i < totals.attemptsEnd; i += 2) {
    const agent = attempts[i];
    let post = attempts[i + 1];
    if (post === 0) writeTopic(columns, agent, (post = nextPost++));
    else if (isAlone) shareCount[post]++;
    else Atomics.add(shareCount, post, 1);
    const place = agent * recentLength;
    recent[place + 3] = recent[place + 2];
    recent[place + 2] = recent[place + 1];
    recent[place + 1] = recent[place];
    recent[place] = post;
  }
}

/** The part of a thread, of agents in equal ranges. */
export function partOf(handle: KernelHandle, thread: number): KernelPart {
  const { columns, threadCount } = handle;
  const agentCount = columns.keyLo.length;
  return {
    thread,
    from: Math.floor((agentCount * thread) / threadCount),
    to: Math.floor((agentCount * (thread + 1)) / threadCount),
    attemptsStart: Math.floor(columns.attempts.length / 2 / threadCount) * 2 * thread,
  };
}

/** Allocates the columns of a graph's agents, with room for the posts of so many ticks, and fills them. */
export function createKernel(graph: FollowGraph, ticks: number, threadCount: number): KernelHandle {
  const agentCount = graph.followOffset.length - 1;
  const postCapacity = Math.ceil(agentCount * (1 + ticks * 0.0125)) + 1024;
  const lengths: Record<ColumnName, number> = {
    ...{ offset: agentCount + 1, followee: graph.followee.length, keyLo: agentCount, keyHi: agentCount },
    ...{ interest: agentCount * topicCount, recent: agentCount * recentLength },
    ...{ topic: postCapacity * topicCount, shareCount: postCapacity },
    ...{ attempts: agentCount * 2 + 4096 * threadCount, madeCount: threadCount, scratch: threadCount * scratchWords },
  };
  const names = Object.keys(cells) as ColumnName[];
  const bytes = names.reduce((sum, name) => sum + lengths[name] * (cells[name] === 'i8' ? 1 : 4), 0);
  const allocator = createAllocator(bytes + (1 << 20));
  const columns = Object.fromEntries(names.map((name) => [name, allocator.allocate(cells[name], lengths[name], true)]));
  const handle = { arena: allocator.handle, columns: columns as KernelHandle['columns'], threadCount };
  fill(attachKernel(handle), graph);
  return handle;
}

/** The columns in this thread. */
export function attachKernel({ arena, columns }: KernelHandle): KernelColumns {
  const views = (Object.keys(cells) as ColumnName[]).map((name) => [name, viewOf(arena, columns[name])]);
  return Object.fromEntries(views) as KernelColumns;
}

function fill(columns: KernelColumns, graph: FollowGraph): void {
  const agentCount = columns.keyLo.length;
  columns.offset.set(graph.followOffset);
  columns.followee.set(graph.followee);
  for (let agent = 0; agent < agentCount; agent++) {
    const { lo, hi } = kernelKey(agent);
    columns.keyLo[agent] = lo;
    columns.keyHi[agent] = hi;
    for (let k = 0; k < topicCount; k++) columns.interest[agent * topicCount + k] = component(agent * topicCount + k);
    columns.recent[agent * recentLength] = agent + 1;
    writeTopic(columns, agent, agent + 1);
  }
}

/** The key of an agent. */
export function kernelKey(agent: number): { readonly lo: number; readonly hi: number } {
  return { lo: mix32(agent + 0x1234567), hi: mix32(agent ^ 0x6a09e667) };
}

/** One component of an agent's interests (counter: agent x 8 + k), uniform in [-127, 127]. */
export function component(counter: number): number {
  return Math.round((unitOf(mix32(mix32(counter) + 0x9e3779b1)) * 2 - 1) * topicScale);
}

/** One component of a post's topic: half its author's, half its own. */
export function topicComponent(own: number, post: number, k: number): number {
  return Math.round((own + component(~(post * topicCount + k))) / 2);
}

function writeTopic(columns: KernelColumns, author: number, post: number): void {
  for (let k = 0; k < topicCount; k++) {
    const own = columns.interest[author * topicCount + k];
    columns.topic[post * topicCount + k] = topicComponent(own, post, k);
  }
}

/** Shares of posts, then the latest posts of agents, folded into one word. Post 0 does not exist. */
export function checksumOf(shareCounts: Iterable<number>, recents: Iterable<number>): string {
  let sum = 0;
  let post = 0;
  for (const count of shareCounts) sum = (sum + Math.imul(count, mix32(post++))) | 0;
  for (const id of recents) sum = (Math.imul(sum, 31) + id) | 0;
  return (sum >>> 0).toString(16);
}
