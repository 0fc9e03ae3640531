/**
 * The task of the C++ reference in WebAssembly: what `decidePart` of `test/bench/kernel-task.ts` does, with the draws of the engine's kernels.
 *
 * Reads and writes what the twin does. Order: who is active is drawn for four agents at once; sixteen active ones at a time pull their
 * feeds, then their items are scored, so that misses overlap; attempts are written agent by agent, as the twin writes them.
 * Oracle: the twin (`test/bench/kernel.test.ts`).
 */
import { aboveLogistic, drawFour, drawWord, logistic, mixFour, unitOf } from '../../../sim/kernels/assembly/draws.ts';

const activeAtOnce: i32 = 16;
const feedLength: i32 = 10;
const recentLength: i32 = 4;
const topicCount: usize = 8;
const tenth: u32 = 429496730;
const intercept: f64 = 4.5;
const matchWeight: f64 = 2;
const topicScale: f64 = 127;
/** Numbers of `purposes` in `sim/ground/random.ts`. */
const wake: i32 = 1;
const adopt: i32 = 2;
const posting: i32 = 6;
const feeding: i32 = 12;

/** An active agent in the scratch memory: its row, its lanes, its items' count, its items. */
const agentAt: usize = 0;
const aAt: usize = 4;
const bAt: usize = 8;
const countAt: usize = 12;
const itemsAt: usize = 16;
const recordBytes: usize = 64;

let offset: usize = 0;
let followee: usize = 0;
let interest: usize = 0;
let recent: usize = 0;
let topic: usize = 0;
let isExact: bool = false;
let scratch: usize = 0;
let attempts: usize = 0;

/** Items, reshares and new posts of the last call, for the totals. */
let itemCount: i32 = 0;
let reshareCount: i32 = 0;
let madeCount: i32 = 0;
let activeCount: i32 = 0;

export function lastItems(): i32 {
  return itemCount;
}
export function lastReshares(): i32 {
  return reshareCount;
}
export function lastMade(): i32 {
  return madeCount;
}
export function lastActive(): i32 {
  return activeCount;
}

/** Where the columns stand. */
export function attach(
  offsetAt: usize,
  followeeAt: usize,
  interestAt: usize,
  recentAt: usize,
  topicAt: usize,
  scratchAt: usize,
): void {
  offset = offsetAt;
  followee = followeeAt;
  interest = interestAt;
  recent = recentAt;
  topic = topicAt;
  scratch = scratchAt;
}

/** Decides for agents [from, to), whose number may leave a rest of four; returns where the attempts end. */
export function decide(
  keyLo: usize,
  keyHi: usize,
  seedA: i32,
  seedB: i32,
  exact: i32,
  attemptsAt: usize,
  from: i32,
  to: i32,
): usize {
  isExact = exact != 0;
  attempts = attemptsAt;
  itemCount = reshareCount = madeCount = activeCount = 0;
  const wakePlaces = i32x4.splat((wake << 16) * 0x85ebca77);
  let active = scratch;
  const full = scratch + <usize>activeAtOnce * recordBytes;
  for (let agent = from; agent < to; agent += 4) {
    const as = mixFour(i32x4.add(i32x4.splat(seedA), v128.load(keyLo + ((<usize>agent) << 2))));
    const bs = mixFour(v128.xor(i32x4.splat(seedB), v128.load(keyHi + ((<usize>agent) << 2))));
    const words = mixFour(v128.xor(i32x4.add(as, wakePlaces), bs));
    let bits = i32x4.bitmask(i32x4.lt_u(words, i32x4.splat(tenth))) & ((1 << min(4, to - agent)) - 1);
    for (; bits != 0; bits &= bits - 1) {
      const lane = ctz(bits);
      store<i32>(active, agent + lane, agentAt);
      store<i32>(active, laneOf(as, lane), aAt);
      store<i32>(active, laneOf(bs, lane), bAt);
      active += recordBytes;
      if (active < full) continue;
      decideSome(active);
      active = scratch;
    }
  }
  decideSome(active);
  return attempts;
}

function laneOf(words: v128, lane: i32): i32 {
  const low = select<i32>(i32x4.extract_lane(words, 1), i32x4.extract_lane(words, 0), lane == 1);
  const high = select<i32>(i32x4.extract_lane(words, 3), i32x4.extract_lane(words, 2), lane == 3);
  return select<i32>(high, low, lane >= 2);
}

/** The active agents in the scratch memory, up to `end`: their feeds first. */
function decideSome(end: usize): void {
  let touched = 0;
  for (let one = scratch; one < end; one += recordBytes) {
    const row = followee + ((<usize>load<u32>(offset + ((<usize>load<u32>(one, agentAt)) << 2))) << 2);
    touched ^= load<i32>(row) ^ load<i32>(row, 40);
  }
  store<i32>(end, touched);
  for (let one = scratch; one < end; one += recordBytes) {
    if (isExact) gatherExact(one);
    else gatherSampled(one);
  }
  for (let one = scratch; one < end; one += recordBytes) decideOne(one);
}

/** Newest of each followee in turn, then the second of each, and so on, from a drawn start. */
function gatherSampled(one: usize): void {
  const agent = (<usize>load<u32>(one, agentAt)) << 2;
  const start = load<i32>(offset + agent);
  const degree = load<i32>(offset + agent, 4) - start;
  const row = followee + ((<usize>start) << 2);
  const first = <i32>(unitOf(drawWord(load<i32>(one, aAt), load<i32>(one, bAt), feeding, 0)) * <f64>degree);
  const items = one + itemsAt;
  let count = 0;
  for (let age = 0; age < recentLength && count < feedLength; age++) {
    let at = first;
    for (let looked = 0; looked < degree && count < feedLength; looked++) {
      const post = load<i32>(recent + ((<usize>load<u32>(row + ((<usize>at) << 2))) << 4) + ((<usize>age) << 2));
      at = select<i32>(0, at + 1, at + 1 == degree);
      store<i32>(items + ((<usize>count) << 2), post);
      count += i32(post > 0);
    }
  }
  store<i32>(one, count, countAt);
}

/** The ten greatest ids of all that followees keep. */
function gatherExact(one: usize): void {
  const agent = (<usize>load<u32>(one, agentAt)) << 2;
  const items = one + itemsAt;
  let count = 0;
  for (let tie = load<i32>(offset + agent); tie < load<i32>(offset + agent, 4); tie++) {
    const start = recent + ((<usize>load<u32>(followee + ((<usize>tie) << 2))) << 4);
    for (let age: usize = 0; age < 16; age += 4) {
      const post = load<i32>(start + age);
      if (post == 0) break;
      if (count == feedLength && post <= load<i32>(items, 36)) continue;
      let k = count < feedLength ? count++ : feedLength - 1;
      for (; k > 0 && load<i32>(items + ((<usize>(k - 1)) << 2)) < post; k--) {
        store<i32>(items + ((<usize>k) << 2), load<i32>(items + ((<usize>(k - 1)) << 2)));
      }
      store<i32>(items + ((<usize>k) << 2), post);
    }
  }
  store<i32>(one, count, countAt);
}

/** Reactions to the items, then a post of its own. */
function decideOne(one: usize): void {
  const agent = load<i32>(one, agentAt);
  const a = load<i32>(one, aAt);
  const b = load<i32>(one, bAt);
  const count = load<i32>(one, countAt);
  const own = i16x8.extend_low_i8x16_s(v128.load64_zero(interest + <usize>agent * topicCount));
  activeCount++;
  itemCount += count;
  for (let k = 0; k < count; k += 4) {
    const words = drawFour(a, b, i32x4.add(i32x4.splat((adopt << 16) | k), i32x4(0, 1, 2, 3)));
    look(agent, one + itemsAt + ((<usize>k) << 2), own, i32x4.extract_lane(words, 0));
    if (k + 1 < count) look(agent, one + itemsAt + ((<usize>(k + 1)) << 2), own, i32x4.extract_lane(words, 1));
    if (k + 2 < count) look(agent, one + itemsAt + ((<usize>(k + 2)) << 2), own, i32x4.extract_lane(words, 2));
    if (k + 3 < count) look(agent, one + itemsAt + ((<usize>(k + 3)) << 2), own, i32x4.extract_lane(words, 3));
  }
  if (<u32>drawWord(a, b, posting, 0) >= tenth) return;
  attempt(agent, 0);
  madeCount++;
}

function look(agent: i32, item: usize, own: v128, word: u32): void {
  const post = load<i32>(item);
  const other = i16x8.extend_low_i8x16_s(v128.load64_zero(topic + <usize>post * topicCount));
  const products = i32x4.dot_i16x8_s(own, other);
  const halves = i32x4.add(products, i32x4.shuffle(products, products, 2, 3, 0, 1));
  const dot = <f64>(i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1));
  const score = matchWeight * (dot / (topicScale * topicScale)) - intercept;
  const unit = unitOf(word);
  if (unit >= aboveLogistic(score) || unit >= logistic(score)) return;
  attempt(agent, post);
  reshareCount++;
}

function attempt(agent: i32, post: i32): void {
  store<i32>(attempts, agent);
  store<i32>(attempts, post, 4);
  attempts += 8;
}
