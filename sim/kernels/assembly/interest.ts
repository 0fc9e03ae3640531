/**
 * The feed by interest in WebAssembly: what `takeInterestBoards`, `scoreByInterest` and `rank` of `sim/recommender/candidates.ts` do, for a
 * range of percepts whose feeds by recency are made (`recency.ts`): those are the candidates from one's network.
 *
 * Reads the items so made, interests, faces of posts, exposure memories and the boards of topics; writes the items anew, best first, and
 * how many there are. Percepts that `itemCount` marks as left over are passed over.
 * Boards are listed once a tick: ids, topics in blocks of four posts, and a table that says on which board and where a content stands. So
 * a reader's own contents, not the boards' entries, are looked up, and what they hide becomes bits of a board.
 * Order: by (score, post id) descending. Keys hold a score above a place; where scores are equal, ids decide.
 * Invariant: a content stands on one board of a topic, since its topic never changes. 16 + 32 + 16 candidates at most, in sixteen vectors.
 * Oracle: the general path (`test/sim/kernels/kernels.test.ts`).
 */
import { greatest, matches, replaced } from './vectors.ts';

const leftOver: i32 = 255;
const perceptsAtOnce: i32 = 16;
const boardCount: i32 = 16;
const boardShift: i32 = 6;
const boardLength: i32 = 64;
const topicCount: usize = 8;
/** Candidates of the board of one's strongest interest, and of the second. */
const firstMost: i32 = 32;
const secondMost: i32 = 16;
/** No key is so low. */
const noKey: i32 = i32.MIN_VALUE;
/** A key: the score above the place of a candidate, in the feed by recency or, from 64 on, on the two boards. */
const scoreShift: i32 = 8;
const placeMask: i32 = 255;

/** The lists, from their first byte: ids, topics, which entries are open, packings, the table's contents and their places. */
const topicsAt: usize = 4096;
const openAt: usize = topicsAt + 16384;
const packingsAt: usize = openAt + 128;
const contentsAt: usize = packingsAt + 256;
const placesAt: usize = contentsAt + 16384;
const tableMask: i32 = 4095;

/** Scratch memory of a percept: keys, posts and contents of its candidates by recency, and how often they were seen. */
const areaShift: usize = 8;
const areaPosts: usize = 64;
const areaOrigins: usize = 128;
const areaSeen: usize = 192;
/** Behind those of sixteen percepts: the keys of one, then what is chosen: keys and posts. */
const keysAt: usize = 4096;
const chosenAt: usize = keysAt + 512;
const chosenPosts: usize = 128;

/**
 * Lists the boards of topics, whose ids stand at `lists` (64 a board, 0 beyond the last), with the topics of their posts. `lists` is
 * 45,440 bytes. Contents older than the oldest live one are closed.
 */
export function listBoards(lists: usize, faces: usize, postCapacity: i32, oldest: i32): void {
  memory.fill(lists + contentsAt, 0, 16384);
  for (let nibble = 0; nibble < 16; nibble++) writePacking(lists + packingsAt + ((<usize>nibble) << 4), nibble);
  for (let board = 0; board < boardCount; board++) {
    let open: u64 = 0;
    for (let k = 0; k < boardLength; k++) {
      const place = (board << boardShift) | k;
      const id = load<i32>(lists + ((<usize>place) << 2));
      if (id <= 0) break;
      open |= u64(id >= oldest) << u64(k);
      const topic = i16x8.extend_low_i8x16_s(v128.load64_zero(faces + ((<usize>(id & (postCapacity - 1))) << 4)));
      const block = lists + topicsAt + ((<usize>(place >> 2)) << 6) + ((<usize>(place & 3)) << 2);
      v128.store_lane<i32>(block, topic, 0);
      v128.store_lane<i32>(block, topic, 1, 16);
      v128.store_lane<i32>(block, topic, 2, 32);
      v128.store_lane<i32>(block, topic, 3, 48);
      enter(lists, id, place);
    }
    store<u64>(lists + openAt + ((<usize>board) << 3), open);
  }
}

/** Which bytes bring the words of a nibble's bits to the front. */
function writePacking(at: usize, nibble: i32): void {
  let end = at;
  for (let word = 0; word < 4; word++) {
    if (((nibble >> word) & 1) == 0) continue;
    store<i32>(end, 0x03020100 + word * 0x04040404);
    end += 4;
  }
  for (; end < at + 16; end += 4) store<i32>(end, 0);
}

function hashOf(id: i32): i32 {
  return (id * 0x9e3779b1) >>> 20;
}

function enter(lists: usize, id: i32, place: i32): void {
  let slot = hashOf(id);
  while (load<i32>(lists + contentsAt + ((<usize>slot) << 2)) != 0) slot = (slot + 1) & tableMask;
  store<i32>(lists + contentsAt + ((<usize>slot) << 2), id);
  store<u16>(lists + placesAt + ((<usize>slot) << 1), place);
}

/** Where a content stands on the boards, or -1. */
function placeOf(lists: usize, id: i32): i32 {
  let slot = hashOf(id);
  let there = load<i32>(lists + contentsAt + ((<usize>slot) << 2));
  while (there != id && there != 0) {
    slot = (slot + 1) & tableMask;
    there = load<i32>(lists + contentsAt + ((<usize>slot) << 2));
  }
  return there == 0 ? -1 : <i32>load<u16>(lists + placesAt + ((<usize>slot) << 1));
}

let agentOf: usize = 0;
let itemCounts: usize = 0;
let posts: usize = 0;
let origins: usize = 0;
let sources: usize = 0;
let seen: usize = 0;
let remembered: usize = 0;
let rememberedSeen: usize = 0;
let interests: usize = 0;
let faces: usize = 0;
let rowMask: i32 = 0;
let feedLength: i32 = 0;
let memoryLength: i32 = 0;
let exposuresMax: i32 = 0;

/**
 * Ranks the feeds of percepts [from, to) anew with what the boards of their agents' two strongest interests offer. Columns are given by
 * their addresses; `scratch` is 8 KiB.
 */
export function rankByInterest(
  agentsAt: usize,
  itemCountsAt: usize,
  postsAt: usize,
  originsAt: usize,
  sourcesAt: usize,
  seenAt: usize,
  rememberedAt: usize,
  rememberedSeenAt: usize,
  interestsAt: usize,
  facesAt: usize,
  postCapacity: i32,
  length: i32,
  memory: i32,
  most: i32,
  networkSource: i32,
  boardSource: i32,
  lists: usize,
  scratch: usize,
  from: i32,
  to: i32,
): void {
  agentOf = agentsAt;
  itemCounts = itemCountsAt;
  posts = postsAt;
  origins = originsAt;
  sources = sourcesAt;
  seen = seenAt;
  remembered = rememberedAt;
  rememberedSeen = rememberedSeenAt;
  interests = interestsAt;
  faces = facesAt;
  rowMask = postCapacity - 1;
  feedLength = length;
  memoryLength = memory;
  exposuresMax = most;
  for (let some = from; some < to; some += perceptsAtOnce) {
    const end = min(to, some + perceptsAtOnce);
    scoreSome(scratch, some, end);
    for (let percept = some; percept < end; percept++) {
      const count = <i32>load<u8>(itemCounts + <usize>percept);
      if (count == leftOver) continue;
      const area = scratch + ((<usize>(percept - some)) << areaShift);
      rankOne(percept, count, area, scratch, lists, networkSource, boardSource);
    }
  }
}

function interestOf(percept: i32): v128 {
  const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
  return i16x8.extend_low_i8x16_s(v128.load64_zero(interests + agent * topicCount));
}

/** Keys of the candidates by recency of some percepts, so that the misses overlap; and copies, since the items are written anew. */
function scoreSome(scratch: usize, from: i32, to: i32): void {
  let area = scratch;
  for (let percept = from; percept < to; percept++) {
    const interest = interestOf(percept);
    const itemCount = <i32>load<u8>(itemCounts + <usize>percept);
    const count = itemCount == leftOver ? 0 : itemCount;
    const first = <usize>(percept * feedLength);
    for (let k = 0; k < count; k++) {
      const at = first + <usize>k;
      const place = area + ((<usize>k) << 2);
      const post = load<i32>(posts + (at << 2));
      const face = v128.load64_zero(faces + ((<usize>(post & rowMask)) << 4));
      const products = i32x4.dot_i16x8_s(interest, i16x8.extend_low_i8x16_s(face));
      const halves = i32x4.add(products, i32x4.shuffle(products, products, 2, 3, 0, 1));
      const dot = i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
      store<i32>(place, (dot << scoreShift) | k);
      store<i32>(place, post, areaPosts);
      store<i32>(place, load<i32>(origins + (at << 2)), areaOrigins);
      store<u8>(area + <usize>k, load<u8>(seen + at), areaSeen);
    }
    area += 1 << areaShift;
  }
}

/** The greatest of eight words, in every lane. */
function greatestOfEight(words: v128): v128 {
  const halves = i16x8.max_s(words, i32x4.shuffle(words, words, 2, 3, 0, 1));
  const quarters = i16x8.max_s(halves, i32x4.shuffle(halves, halves, 1, 0, 3, 2));
  return i16x8.max_s(quarters, i16x8.shuffle(quarters, quarters, 1, 0, 3, 2, 5, 4, 7, 6));
}

/** The board of the topic whose strength and rank are given, by the sign of the interest in it. */
function boardOf(strongest: v128, percept: i32): i32 {
  const topic = 7 - (i16x8.extract_lane_s(strongest, 0) & 7);
  const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
  return topic * 2 + i32(load<i8>(interests + agent * topicCount + <usize>topic) < 0);
}

/** Which of the open entries of the board are left without this content. */
function without(open: u64, board: i32, place: i32): u64 {
  return open & ~(u64(place >> boardShift == board) << u64(place & (boardLength - 1)));
}

/** The first entries, at most so many: the lowest bits. */
function firstOf(open: u64, most: i32): u64 {
  let left = most;
  let some: u64 = open & ((u64(1) << u64(most)) - 1);
  let rest: u64 = open ^ some;
  left -= <i32>popcnt(some);
  while (left > 0 && rest != 0) {
    some |= rest & (0 - rest);
    rest &= rest - 1;
    left--;
  }
  return some;
}

/** Writes keys of the entries of a board, packed; returns where they end. Up to three words behind them are overwritten. */
function scoreBoard(lists: usize, board: i32, entries: u64, places: i32, interest: v128, to: usize): usize {
  const a = i32x4.shuffle(interest, interest, 0, 0, 0, 0);
  const b = i32x4.shuffle(interest, interest, 1, 1, 1, 1);
  const c = i32x4.shuffle(interest, interest, 2, 2, 2, 2);
  const d = i32x4.shuffle(interest, interest, 3, 3, 3, 3);
  let block = lists + topicsAt + ((<usize>board) << 10);
  let place = i32x4.add(i32x4.splat(places), i32x4(0, 1, 2, 3));
  let end = to;
  for (let rest = entries; rest != 0; rest >>= 4) {
    const low = i32x4.add(i32x4.dot_i16x8_s(v128.load(block), a), i32x4.dot_i16x8_s(v128.load(block, 16), b));
    const high = i32x4.add(i32x4.dot_i16x8_s(v128.load(block, 32), c), i32x4.dot_i16x8_s(v128.load(block, 48), d));
    const keys = v128.or(i32x4.shl(i32x4.add(low, high), scoreShift), place);
    const nibble = <usize>(rest & 15);
    v128.store(end, i8x16.swizzle(keys, v128.load(lists + packingsAt + (nibble << 4))));
    end += <usize>(popcnt(<i32>nibble) << 2);
    block += 64;
    place = i32x4.add(place, i32x4.splat(4));
  }
  return end;
}

function rankOne(
  percept: i32,
  count: i32,
  area: usize,
  scratch: usize,
  lists: usize,
  networkSource: i32,
  boardSource: i32,
): void {
  const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
  const interest = interestOf(percept);
  const strengths = v128.or(i16x8.shl(i16x8.abs(interest), 3), i16x8(7, 6, 5, 4, 3, 2, 1, 0));
  const strongest = greatestOfEight(strengths);
  const others = v128.andnot(strengths, i16x8.eq(strengths, strongest));
  const first = boardOf(strongest, percept);
  const second = boardOf(greatestOfEight(others), percept);
  let openFirst = load<u64>(lists + openAt + ((<usize>first) << 3));
  let openSecond = load<u64>(lists + openAt + ((<usize>second) << 3));
  const memory = agent * <usize>memoryLength;
  const isOverseen = i8x16.ge_u(v128.load(rememberedSeen + memory), i8x16.splat(<i8>exposuresMax));
  let hidden = i8x16.bitmask(isOverseen) & ((1 << memoryLength) - 1);
  while (hidden != 0) {
    const place = placeOf(lists, load<i32>(remembered + ((memory + <usize>ctz(hidden)) << 2)));
    openFirst = without(openFirst, first, place);
    openSecond = without(openSecond, second, place);
    hidden &= hidden - 1;
  }
  for (let k = 0; k < count; k++) {
    const place = placeOf(lists, load<i32>(area + ((<usize>k) << 2), areaOrigins));
    openFirst = without(openFirst, first, place);
    openSecond = without(openSecond, second, place);
  }
  const keys = scratch + keysAt;
  v128.store(keys, v128.load(area));
  v128.store(keys, v128.load(area, 16), 16);
  v128.store(keys, v128.load(area, 32), 32);
  v128.store(keys, v128.load(area, 48), 48);
  let end = keys + ((<usize>count) << 2);
  end = scoreBoard(lists, first, firstOf(openFirst, firstMost), boardLength, interest, end);
  end = scoreBoard(lists, second, firstOf(openSecond, secondMost), 2 * boardLength, interest, end);
  for (; end < keys + 256; end += 16) v128.store(end, i32x4.splat(noKey));
  const ids1 = lists + ((<usize>first) << 8);
  const ids2 = lists + ((<usize>second) << 8);
  const chosen = scratch + chosenAt;
  const kept = choose(keys, chosen, area, ids1, ids2);
  write(percept, kept, chosen, area, memory, networkSource, boardSource);
}

/** The post of a candidate. */
function postAt(key: i32, area: usize, ids1: usize, ids2: usize): i32 {
  const place = key & placeMask;
  const words = place < boardLength ? area + areaPosts : place < 2 * boardLength ? ids1 : ids2;
  return load<i32>(words + ((<usize>(place & (boardLength - 1))) << 2));
}

/** Takes the greatest keys out, one after the other, until no further one can belong to the feed. Returns how many are chosen. */
function choose(keys: usize, chosen: usize, area: usize, ids1: usize, ids2: usize): i32 {
  let a = v128.load(keys);
  let b = v128.load(keys, 16);
  let c = v128.load(keys, 32);
  let d = v128.load(keys, 48);
  let e = v128.load(keys, 64);
  let f = v128.load(keys, 80);
  let g = v128.load(keys, 96);
  let h = v128.load(keys, 112);
  let i = v128.load(keys, 128);
  let j = v128.load(keys, 144);
  let k = v128.load(keys, 160);
  let l = v128.load(keys, 176);
  let m = v128.load(keys, 192);
  let n = v128.load(keys, 208);
  let o = v128.load(keys, 224);
  let p = v128.load(keys, 240);
  const taken = i32x4.splat(noKey);
  let count = 0;
  for (;;) {
    const ad = i32x4.max_s(i32x4.max_s(a, b), i32x4.max_s(c, d));
    const eh = i32x4.max_s(i32x4.max_s(e, f), i32x4.max_s(g, h));
    const il = i32x4.max_s(i32x4.max_s(i, j), i32x4.max_s(k, l));
    const mp = i32x4.max_s(i32x4.max_s(m, n), i32x4.max_s(o, p));
    const heads = greatest(i32x4.max_s(i32x4.max_s(ad, eh), i32x4.max_s(il, mp)));
    const head = i32x4.extract_lane(heads, 0);
    if (head == noKey) break;
    if (count == feedLength) {
      const last = load<i32>(chosen + ((<usize>(count - 1)) << 2));
      if (last >> scoreShift != head >> scoreShift) break;
    }
    count = insert(chosen, count, head, postAt(head, area, ids1, ids2));
    a = replaced(a, heads, taken);
    b = replaced(b, heads, taken);
    c = replaced(c, heads, taken);
    d = replaced(d, heads, taken);
    e = replaced(e, heads, taken);
    f = replaced(f, heads, taken);
    g = replaced(g, heads, taken);
    h = replaced(h, heads, taken);
    i = replaced(i, heads, taken);
    j = replaced(j, heads, taken);
    k = replaced(k, heads, taken);
    l = replaced(l, heads, taken);
    m = replaced(m, heads, taken);
    n = replaced(n, heads, taken);
    o = replaced(o, heads, taken);
    p = replaced(p, heads, taken);
  }
  return count;
}

/** Puts a key that is no greater in score than those before it behind them, newer posts of its score first; returns how many there are. */
function insert(chosen: usize, count: i32, key: i32, post: i32): i32 {
  let k = count;
  while (k > 0) {
    const before = chosen + ((<usize>(k - 1)) << 2);
    if (load<i32>(before) >> scoreShift != key >> scoreShift || load<i32>(before, chosenPosts) > post) break;
    store<i32>(before, load<i32>(before), 4);
    store<i32>(before, load<i32>(before, chosenPosts), chosenPosts + 4);
    k--;
  }
  const at = chosen + ((<usize>k) << 2);
  store<i32>(at, key);
  store<i32>(at, post, chosenPosts);
  return min(count + 1, feedLength);
}

/** Writes the items of a feed. */
function write(
  percept: i32,
  count: i32,
  chosen: usize,
  area: usize,
  memory: usize,
  networkSource: i32,
  boardSource: i32,
): void {
  const words = remembered + (memory << 2);
  const a = v128.load(words);
  const b = v128.load(words, 16);
  const c = v128.load(words, 32);
  const d = v128.load(words, 48);
  const mask = (1 << memoryLength) - 1;
  const first = <usize>(percept * feedLength);
  for (let k = 0; k < count; k++) {
    const place = load<i32>(chosen + ((<usize>k) << 2)) & placeMask;
    const post = load<i32>(chosen + ((<usize>k) << 2), chosenPosts);
    const at = first + <usize>k;
    store<i32>(posts + (at << 2), post);
    if (place < boardLength) {
      store<i32>(origins + (at << 2), load<i32>(area + ((<usize>place) << 2), areaOrigins));
      store<u8>(seen + at, load<u8>(area + <usize>place, areaSeen));
      store<u8>(sources + at, networkSource);
    } else {
      const found = matches(a, b, c, d, i32x4.splat(post)) & mask;
      store<i32>(origins + (at << 2), post);
      store<u8>(
        seen + at,
        select<i32>(<i32>load<u8>(rememberedSeen + memory + <usize>ctz(found | 0x8000)), 0, found != 0),
      );
      store<u8>(sources + at, boardSource);
    }
  }
  store<u8>(itemCounts + <usize>percept, count);
}
