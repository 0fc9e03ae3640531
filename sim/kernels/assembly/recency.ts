/**
 * The feed by recency in WebAssembly: what `takeRecent` of `sim/recommender/candidates.ts` does, for a range of percepts.
 *
 * Reads followees, latest posts and exposure memories; writes the items and how many there are. Percepts whose agents have follows
 * that are not merged yet, and those marked beforehand, are left to the general path: `itemCount` says `leftOver`, and how many there
 * are is returned.
 * 32 keys a percept stand in eight vectors: of each followee its newest post, a distance from a base, above two bits that say
 * which of its latest that is and five of slot. The greatest is taken out and its followee's next older post put in its place, so that
 * nothing is sorted. A key without a post holds its slot only. Further followees replace the least key while they exceed it.
 * Order: the keys of sixteen percepts are gathered before the first feed is made, so that the misses overlap.
 * Invariant: at most 32 candidates are looked at, so 32 keys suffice. Memories hold at most 16 contents; what lies behind a shorter one
 * is read and masked. Oracle: the general path (`test/sim/kernels/kernels.test.ts`).
 */
import { greatest, matches, replaced } from './vectors.ts';

const slotMax: i32 = 32;
const keysBytes: usize = 128;
const perceptsAtOnce: i32 = 16;
const leftOver: i32 = 255;
const noTie: i32 = -1;
/** A row of latest posts: four pairs (post, content). */
const rowShift: usize = 5;
const oldestDepth: i32 = 3;
/** A key's parts, from the lowest bit: slot, depth, post. */
const slotMask: i32 = 31;
const depthShift: i32 = 5;
const postShift: i32 = 7;
const postless: i32 = 1 << postShift;

let latest: usize = 0;
let starts: usize = 0;
let lengths: usize = 0;
let neighbours: usize = 0;
let remembered: usize = 0;
let rememberedSeen: usize = 0;
let memoryLength: i32 = 0;
let oldestPost: i32 = 0;
let basePost: i32 = 0;
let feedLength: i32 = 0;
let exposuresMax: i32 = 0;
let posts: usize = 0;
let origins: usize = 0;
let seen: usize = 0;

/**
 * Makes the feeds of percepts [from, to); returns how many are left to the general path. Columns are given by their addresses in the
 * order of `sim/recommender/feed-kernel.ts`; `scratch` is 4 KiB.
 */
export function recommendByRecency(
  agentOf: usize,
  itemCounts: usize,
  postsAt: usize,
  originsAt: usize,
  sourcesAt: usize,
  seenAt: usize,
  pendingTies: usize,
  latestAt: usize,
  rememberedAt: usize,
  rememberedSeenAt: usize,
  startsAt: usize,
  lengthsAt: usize,
  neighboursAt: usize,
  oldest: i32,
  base: i32,
  length: i32,
  memory: i32,
  most: i32,
  source: i32,
  scratch: usize,
  from: i32,
  to: i32,
): i32 {
  posts = postsAt;
  origins = originsAt;
  seen = seenAt;
  latest = latestAt;
  remembered = rememberedAt;
  rememberedSeen = rememberedSeenAt;
  starts = startsAt;
  lengths = lengthsAt;
  neighbours = neighboursAt;
  oldestPost = oldest;
  basePost = base;
  feedLength = length;
  memoryLength = memory;
  exposuresMax = most;
  store<i32>(scratch, touch(agentOf, from, to));
  let left = 0;
  for (let some = from; some < to; some += perceptsAtOnce) {
    const end = min(to, some + perceptsAtOnce);
    gatherSome(agentOf, scratch, some, end);
    left += takeSome(agentOf, itemCounts, sourcesAt, pendingTies, source, scratch, some, end);
  }
  return left;
}

/** Reads one word of what each agent of the range needs, so that the misses overlap. What is read means nothing. */
function touch(agentOf: usize, from: i32, to: i32): i32 {
  let sum = 0;
  for (let percept = from; percept < to; percept++) {
    const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
    const memory = agent * <usize>memoryLength;
    const row = neighbours + ((<usize>load<u32>(starts + (agent << 2))) << 2);
    sum ^=
      load<i32>(remembered + (memory << 2)) ^ load<u8>(rememberedSeen + memory) ^ load<i32>(row) ^ load<i32>(row, 64);
  }
  return sum;
}

/** Keys of up to sixteen percepts, and slots of those with more followees than slots. */
function gatherSome(agentOf: usize, scratch: usize, from: i32, to: i32): void {
  let keys = scratch;
  for (let percept = from; percept < to; percept++) {
    const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
    const row = neighbours + ((<usize>load<u32>(starts + (agent << 2))) << 2);
    const degree = load<i32>(lengths + (agent << 2));
    gather(row, degree, keys);
    if (degree > slotMax) gatherRest(row, degree, keys, slotsOf(keys));
    keys += keysBytes;
  }
}

/** Where the followees of a percept's slots are listed, if there are more followees than slots. */
function slotsOf(keys: usize): usize {
  return keys + <usize>perceptsAtOnce * keysBytes;
}

/** The first followees, four at a time. */
function gather(row: usize, degree: i32, keys: usize): void {
  const end = min(degree, slotMax);
  let slot = 0;
  for (; slot < end; slot += 4) {
    v128.store(keys + ((<usize>slot) << 2), keysOfFour(row + ((<usize>slot) << 2), slot, degree));
  }
  for (; slot < slotMax; slot += 4) v128.store(keys + ((<usize>slot) << 2), slotsFrom(slot));
}

function slotsFrom(slot: i32): v128 {
  return i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(slot));
}

/** Behind the last followee stand others' neighbours, or zeros: rows that exist, which `degree` masks. */
function keysOfFour(row: usize, slot: i32, degree: i32): v128 {
  let newest = v128.load32_zero(latest + ((<usize>load<u32>(row)) << rowShift));
  newest = v128.load_lane<u32>(latest + ((<usize>load<u32>(row, 4)) << rowShift), newest, 1);
  newest = v128.load_lane<u32>(latest + ((<usize>load<u32>(row, 8)) << rowShift), newest, 2);
  newest = v128.load_lane<u32>(latest + ((<usize>load<u32>(row, 12)) << rowShift), newest, 3);
  const slots = slotsFrom(slot);
  const isOpen = v128.and(i32x4.ge_s(newest, i32x4.splat(oldestPost)), i32x4.lt_s(slots, i32x4.splat(degree)));
  const key = v128.or(i32x4.shl(i32x4.sub(newest, i32x4.splat(basePost)), postShift), slots);
  return v128.bitselect(key, slots, isOpen);
}

/** The other followees: each that exceeds the least key takes its slot. */
function gatherRest(row: usize, degree: i32, keys: usize, slots: usize): void {
  memory.copy(slots, row, keysBytes);
  let last = leastKey(keys);
  let threshold = max(oldestPost, (last >> postShift) + basePost + 1);
  for (let at = slotMax; at < degree; at++) {
    const followee = load<u32>(row + ((<usize>at) << 2));
    const newest = load<i32>(latest + ((<usize>followee) << rowShift));
    if (newest < threshold) continue;
    const slot = last & slotMask;
    let place = keys;
    while (load<i32>(place) != last) place += 4;
    store<i32>(place, ((newest - basePost) << postShift) | slot);
    store<u32>(slots + ((<usize>slot) << 2), followee);
    last = leastKey(keys);
    threshold = max(oldestPost, (last >> postShift) + basePost + 1);
  }
}

function leastKey(keys: usize): i32 {
  let all = v128.load(keys);
  for (let at: usize = 16; at < keysBytes; at += 16) all = i32x4.min_s(all, v128.load(keys + at));
  all = i32x4.min_s(all, i32x4.shuffle(all, all, 2, 3, 0, 1));
  return min(i32x4.extract_lane(all, 0), i32x4.extract_lane(all, 1));
}

/** The feeds of up to sixteen percepts whose keys are gathered. */
function takeSome(
  agentOf: usize,
  itemCounts: usize,
  sources: usize,
  pendingTies: usize,
  source: i32,
  scratch: usize,
  from: i32,
  to: i32,
): i32 {
  let keys = scratch;
  let left = 0;
  for (let percept = from; percept < to; percept++) {
    const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
    const itemCount = itemCounts + <usize>percept;
    if (load<i32>(pendingTies + (agent << 2)) != noTie || load<u8>(itemCount) == leftOver) {
      store<u8>(itemCount, leftOver);
      left++;
    } else {
      const isLong = load<i32>(lengths + (agent << 2)) > slotMax;
      const row = neighbours + ((<usize>load<u32>(starts + (agent << 2))) << 2);
      const first = <usize>(percept * feedLength);
      const count = take(keys, isLong ? slotsOf(keys) : row, agent, first);
      for (let k = 0; k < count; k++) store<u8>(sources + first + <usize>k, source);
      store<u8>(itemCount, count);
    }
    keys += keysBytes;
  }
  return left;
}

/** The key after the one that is taken: its followee's next older post, or the slot alone. */
function keyAfter(head: i32, next: i32): i32 {
  const slot = head & slotMask;
  const depth = (head >> depthShift) & oldestDepth;
  const key = ((next - basePost) << postShift) | ((depth + 1) << depthShift) | slot;
  return select<i32>(key, slot, next >= oldestPost && depth < oldestDepth);
}

/** Puts a word before the first lane; the last one drops out. */
function shifted(word: v128, words: v128): v128 {
  return i32x4.shuffle(word, words, 3, 4, 5, 6);
}

/**
 * Takes contents newest first until the feed is full, and returns how many. Nothing but the end depends on a branch: an item is
 * written and then kept or not. `ta` to `td` hold the contents taken so far, the last one first.
 */
function take(keys: usize, slots: usize, agent: usize, first: usize): i32 {
  let ka = v128.load(keys);
  let kb = v128.load(keys, 16);
  let kc = v128.load(keys, 32);
  let kd = v128.load(keys, 48);
  let ke = v128.load(keys, 64);
  let kf = v128.load(keys, 80);
  let kg = v128.load(keys, 96);
  let kh = v128.load(keys, 112);
  const memory = agent * <usize>memoryLength;
  const words = remembered + (memory << 2);
  const ma = v128.load(words);
  const mb = v128.load(words, 16);
  const mc = v128.load(words, 32);
  const md = v128.load(words, 48);
  const mask = (1 << memoryLength) - 1;
  let ta = i32x4.splat(0);
  let tb = ta;
  let tc = ta;
  let td = ta;
  let count = 0;
  for (let looked = feedLength * 2; looked > 0 && count < feedLength; looked--) {
    const lower = i32x4.max_s(i32x4.max_s(ka, kb), i32x4.max_s(kc, kd));
    const upper = i32x4.max_s(i32x4.max_s(ke, kf), i32x4.max_s(kg, kh));
    const heads = greatest(i32x4.max_s(lower, upper));
    const head = i32x4.extract_lane(heads, 0);
    if (head < postless) break;
    const followee = <usize>load<u32>(slots + ((<usize>(head & slotMask)) << 2));
    const place = latest + (followee << rowShift) + ((<usize>((head >> depthShift) & oldestDepth)) << 3);
    const after = i32x4.splat(keyAfter(head, load<i32>(place, 8)));
    ka = replaced(ka, heads, after);
    kb = replaced(kb, heads, after);
    kc = replaced(kc, heads, after);
    kd = replaced(kd, heads, after);
    ke = replaced(ke, heads, after);
    kf = replaced(kf, heads, after);
    kg = replaced(kg, heads, after);
    kh = replaced(kh, heads, after);
    const origin = load<i32>(place, 4);
    const wanted = i32x4.splat(origin);
    const found = matches(ma, mb, mc, md, wanted) & mask;
    const seenBefore = select<i32>(<i32>load<u8>(rememberedSeen + memory + <usize>ctz(found | 0x8000)), 0, found != 0);
    const isNew = i32(matches(ta, tb, tc, td, wanted) == 0);
    const isKept = isNew & i32(origin >= oldestPost) & i32(seenBefore < exposuresMax);
    write(first + <usize>count, basePost + (head >> postShift), origin, seenBefore);
    const keeps = i32x4.splat(-isKept);
    td = v128.bitselect(shifted(tc, td), td, keeps);
    tc = v128.bitselect(shifted(tb, tc), tc, keeps);
    tb = v128.bitselect(shifted(ta, tb), tb, keeps);
    ta = v128.bitselect(shifted(wanted, ta), ta, keeps);
    count += isKept;
  }
  return count;
}

function write(at: usize, post: i32, origin: i32, seenBefore: i32): void {
  store<i32>(posts + (at << 2), post);
  store<i32>(origins + (at << 2), origin);
  store<u8>(seen + at, seenBefore);
}
