/**
 * Exposure memories in WebAssembly: what `rememberSeen` of `sim/engine/apply-memory.ts` does, for a range of percepts.
 *
 * Reads what percepts showed; writes contents, counts and head of the memories of their agents, each of which is one shard's.
 * A memory stands in four vectors while its agent's items are counted, and is written word by word, so that others' are not touched.
 * Invariant: memories hold at most 16 contents; what lies behind a shorter one is read and masked, never written. No branch depends on
 * whether a content is remembered. Oracle: the TypeScript twin (`test/sim/kernels/kernels.test.ts`).
 */

const perceptsAtOnce: i32 = 128;
/** Greatest count of exposures, without the bit of who acted. */
const seenMax: i32 = 127;

let agentOf: usize = 0;
let itemCounts: usize = 0;
let shown: usize = 0;
let feedLength: i32 = 0;
let remembered: usize = 0;
let rememberedSeen: usize = 0;
let memoryLength: i32 = 0;

/** Remembers what percepts [from, to) showed; returns how many exposures those were. `scratch` is a word. */
export function rememberShown(
  agentsAt: usize,
  itemCountsAt: usize,
  shownAt: usize,
  rememberedAt: usize,
  rememberedSeenAt: usize,
  headsAt: usize,
  feed: i32,
  memory: i32,
  scratch: usize,
  from: i32,
  to: i32,
): i32 {
  agentOf = agentsAt;
  itemCounts = itemCountsAt;
  shown = shownAt;
  remembered = rememberedAt;
  rememberedSeen = rememberedSeenAt;
  feedLength = feed;
  memoryLength = memory;
  let exposures = 0;
  for (let some = from; some < to; some += perceptsAtOnce) {
    const end = min(to, some + perceptsAtOnce);
    store<i32>(scratch, touch(some, end));
    exposures += rememberSome(headsAt, some, end);
  }
  return exposures;
}

/** Reads one word of each memory, so that the misses overlap. What is read means nothing. */
function touch(from: i32, to: i32): i32 {
  let sum = 0;
  for (let percept = from; percept < to; percept++) {
    const start = <usize>load<u32>(agentOf + ((<usize>percept) << 2)) * <usize>memoryLength;
    sum ^= load<i32>(remembered + (start << 2)) ^ load<u8>(rememberedSeen + start);
  }
  return sum;
}

function rememberSome(heads: usize, from: i32, to: i32): i32 {
  let exposures = 0;
  for (let percept = from; percept < to; percept++) {
    const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
    const count = <i32>load<u8>(itemCounts + <usize>percept);
    const start = agent * <usize>memoryLength;
    const items = shown + ((<usize>(percept * feedLength)) << 2);
    const head = <i32>load<u8>(heads + agent);
    const after = rememberItems(items, count, remembered + (start << 2), rememberedSeen + start, head, memoryLength);
    store<u8>(heads + agent, after);
    exposures += count;
  }
  return exposures;
}

/** Counts one exposure of each item; returns the memory's next place. */
function rememberItems(items: usize, count: i32, words: usize, seen: usize, first: i32, length: i32): i32 {
  let a = v128.load(words);
  let b = v128.load(words, 16);
  let c = v128.load(words, 32);
  let d = v128.load(words, 48);
  const mask = (1 << length) - 1;
  let head = first;
  for (let k = 0; k < count; k++) {
    const origin = load<i32>(items + ((<usize>k) << 2));
    const wanted = i32x4.splat(origin);
    const low = i16x8.narrow_i32x4_s(i32x4.eq(a, wanted), i32x4.eq(b, wanted));
    const high = i16x8.narrow_i32x4_s(i32x4.eq(c, wanted), i32x4.eq(d, wanted));
    const found = i8x16.bitmask(i8x16.narrow_i16x8_s(low, high)) & mask;
    const place = select<i32>(ctz(found), head, found != 0);
    head += i32(found == 0);
    head = select<i32>(0, head, head == length);
    const places = i32x4.splat(place);
    a = v128.bitselect(wanted, a, i32x4.eq(places, i32x4(0, 1, 2, 3)));
    b = v128.bitselect(wanted, b, i32x4.eq(places, i32x4(4, 5, 6, 7)));
    c = v128.bitselect(wanted, c, i32x4.eq(places, i32x4(8, 9, 10, 11)));
    d = v128.bitselect(wanted, d, i32x4.eq(places, i32x4(12, 13, 14, 15)));
    store<i32>(words + ((<usize>place) << 2), origin);
    const before = select<i32>(<i32>load<u8>(seen + <usize>place), 0, found != 0);
    store<u8>(seen + <usize>place, before + i32((before & seenMax) < seenMax));
  }
  return head;
}
