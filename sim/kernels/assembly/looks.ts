/**
 * Looks at items in WebAssembly: what `drawLooks`, `scoreLooks` and `spreadProbability` of `sim/policy/rules.ts` do, for a range of percepts.
 *
 * Reads percepts, items, keys, interests and faces of posts; writes, for each item that its agent reacts to, the percept, the place
 * in the feed, and the draw over the probability of spreading.
 * Order: draws that lie below the ceiling first, some percepts at a time; then their scores, so that misses overlap; hits come in the order
 * of percepts and places. Doubles in the order of the twin; where a bound already says that the draw is too high, the logistic is spared.
 * Oracle: the TypeScript twin (`test/sim/kernels/kernels.test.ts`).
 */
import { aboveLogistic, drawFour, logistic, mix32, unitOf } from './draws.ts';

/** Looks that stand side by side, of three words: percept, place in the feed, word drawn. The last four are room for what is not kept. */
const looksAtOnce: i32 = 512;
const lookBytes: i32 = 12;
const looksBytes: usize = (looksAtOnce + 4) * lookBytes;
const hitShift: usize = 4;
/** The place in the feed of a look that is at no item: the agent does something of its own accord. */
const noItem: i32 = 255;
const actedBit: i32 = 0x80;
const topicCount: usize = 8;

let agentOf: usize = 0;
let itemCounts: usize = 0;
let itemOrigins: usize = 0;
let itemSeen: usize = 0;
let feedLength: i32 = 0;
let policyOf: usize = 0;
let policy: i32 = 0;
let keyLo: usize = 0;
let keyHi: usize = 0;
let interests: usize = 0;
let faces: usize = 0;
let rowMask: i32 = 0;

/** Columns, and what holds of them: first of all, since they are many. */
export function attachLooks(
  agentsAt: usize,
  itemCountsAt: usize,
  originsAt: usize,
  seenAt: usize,
  policiesAt: usize,
  keyLoAt: usize,
  keyHiAt: usize,
  interestsAt: usize,
  facesAt: usize,
  postCapacity: i32,
  length: i32,
  policyNumber: i32,
): void {
  agentOf = agentsAt;
  itemCounts = itemCountsAt;
  itemOrigins = originsAt;
  itemSeen = seenAt;
  policyOf = policiesAt;
  keyLo = keyLoAt;
  keyHi = keyHiAt;
  interests = interestsAt;
  faces = facesAt;
  rowMask = postCapacity - 1;
  feedLength = length;
  policy = policyNumber;
}

let seedA: i32 = 0;
let seedB: i32 = 0;
let adopting: i32 = 0;
let highestWord: i32 = 0;

/** How reactions to items are drawn: words above the highest one lead to nothing. */
export function setReactions(a: i32, b: i32, purpose: i32, highest: i32): void {
  seedA = a;
  seedB = b;
  adopting = purpose;
  highestWord = highest;
}

/** Purposes of what agents do of their own accord, their highest words, and -1 for who is left out. */
let ownPurposes: v128 = i32x4.splat(0);
let ownHighest: v128 = i32x4.splat(0);
let ownLeftOut: v128 = i32x4.splat(0);

/** How one of the four acts that no item prompts is drawn; an act that is left out is never drawn. */
export function setOwnAct(place: i32, purpose: i32, highest: i32, isLeftOut: i32): void {
  const isPlace = i32x4.eq(i32x4(0, 1, 2, 3), i32x4.splat(place));
  ownPurposes = v128.bitselect(i32x4.splat(purpose), ownPurposes, isPlace);
  ownHighest = v128.bitselect(i32x4.splat(highest), ownHighest, isPlace);
  ownLeftOut = v128.bitselect(i32x4.splat(-isLeftOut), ownLeftOut, isPlace);
}

let intercept: f64 = 0;
let matchWeight: f64 = 0;
let cosineScale: f64 = 0;
let socialWeight: f64 = 0;
let appealScale: f64 = 0;
let fatigue: f64 = 0;
let cap: f64 = 0;
let perSpread: f64 = 0;

/** Weights of the score, in logits; see `RuleParameters`. */
export function setWeights(
  constant: f64,
  match: f64,
  scale: f64,
  social: f64,
  appeal: f64,
  perExposure: f64,
  share: f64,
  reactions: f64,
): void {
  intercept = constant;
  matchWeight = match;
  cosineScale = scale;
  socialWeight = social;
  appealScale = appeal;
  fatigue = perExposure;
  cap = share;
  perSpread = reactions;
}

/** Looks for percepts [from, to), for feeds of at most 64. Returns how many hits stand at `scratch + looksBytes`: two words and a double each. */
export function findHits(scratch: usize, from: i32, to: i32): i32 {
  const atOnce = looksAtOnce / (feedLength + 1);
  const first = scratch + looksBytes;
  let end = first;
  for (let some = from; some < to; some += atOnce) {
    const someEnd = min(to, some + atOnce);
    touched ^= touch(some, someEnd);
    const looksEnd = drawLooks(scratch, some, someEnd);
    touched ^= touchFaces(scratch, looksEnd);
    end = scoreLooks(scratch, looksEnd, end);
  }
  return <i32>((end - first) >> hitShift);
}

/** What was read ahead, so that reading it is not left out. */
let touched: i32 = 0;

/** Reads what the looks of percepts [from, to) are drawn from, so that the misses overlap. */
function touch(from: i32, to: i32): i32 {
  let sum = 0;
  for (let percept = from; percept < to; percept++) {
    const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
    sum ^= load<u8>(policyOf + agent) ^ load<i32>(keyLo + (agent << 2)) ^ load<i32>(keyHi + (agent << 2));
    sum ^= load<i32>(interests + agent * topicCount);
  }
  return sum;
}

/** Reads the faces of what is looked at. */
function touchFaces(looks: usize, looksEnd: usize): i32 {
  let sum = 0;
  for (let look = looks; look < looksEnd; look += lookBytes) {
    const item = load<i32>(look, 4);
    const place = load<i32>(look) * feedLength + select<i32>(0, item, item == noItem);
    const origin = load<i32>(itemOrigins + ((<usize>place) << 2));
    sum ^= load<i32>(faces + ((<usize>(origin & rowMask)) << 4));
  }
  return sum;
}

/** Lists the looks of percepts [from, to) whose draw is low enough; returns where they end. */
function drawLooks(looks: usize, from: i32, to: i32): usize {
  let end = looks;
  const highest = i32x4.splat(highestWord);
  for (let percept = from; percept < to; percept++) {
    const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
    if (load<u8>(policyOf + agent) != policy) continue;
    const a = mix32(seedA + load<i32>(keyLo + (agent << 2)));
    const b = mix32(load<i32>(keyHi + (agent << 2)) ^ seedB);
    const itemCount = <i32>load<u8>(itemCounts + <usize>percept);
    for (let k = 0; k < itemCount; k += 4) {
      const words = drawFour(a, b, i32x4.add(i32x4.splat((adopting << 16) | k), i32x4(0, 1, 2, 3)));
      const isLow = i32x4.bitmask(i32x4.le_u(words, highest)) & ((1 << min(4, itemCount - k)) - 1);
      end = noted(end, percept, k, i32x4.extract_lane(words, 0), isLow & 1);
      end = noted(end, percept, k + 1, i32x4.extract_lane(words, 1), (isLow >> 1) & 1);
      end = noted(end, percept, k + 2, i32x4.extract_lane(words, 2), (isLow >> 2) & 1);
      end = noted(end, percept, k + 3, i32x4.extract_lane(words, 3), isLow >> 3);
    }
    const ownWords = drawFour(a, b, i32x4.shl(ownPurposes, 16));
    const isOwn = v128.andnot(i32x4.le_u(ownWords, ownHighest), ownLeftOut);
    end = noted(end, percept, noItem, 0, i32(v128.any_true(isOwn)));
  }
  return end;
}

/** Writes a look, and steps over it if it is kept. */
function noted(at: usize, percept: i32, item: i32, word: i32, isKept: i32): usize {
  store<i32>(at, percept);
  store<i32>(at, item, 4);
  store<i32>(at, word, 8);
  return at + <usize>(isKept * lookBytes);
}

/** Writes the hits among the looks from `first` on; returns where they end. */
function scoreLooks(looks: usize, looksEnd: usize, first: usize): usize {
  let end = first;
  for (let look = looks; look < looksEnd; look += lookBytes) {
    const percept = load<i32>(look);
    const item = load<i32>(look, 4);
    if (item == noItem) {
      end = hit(end, percept, item, 0);
      continue;
    }
    const place = <usize>(percept * feedLength + item);
    const agent = <usize>load<u32>(agentOf + ((<usize>percept) << 2));
    const seen = <i32>load<u8>(itemSeen + place);
    const score = scoreOf(agent, load<i32>(itemOrigins + (place << 2))) - fatigue * <f64>seen;
    const unit = unitOf(load<u32>(look, 8));
    if ((seen & actedBit) != 0 || unit >= aboveLogistic(score) * perSpread) continue;
    const p = min<f64>(cap, logistic(score));
    if (unit < p * perSpread) end = hit(end, percept, item, unit / p);
  }
  return end;
}

function hit(at: usize, percept: i32, item: i32, odds: f64): usize {
  store<i32>(at, percept);
  store<i32>(at, item, 4);
  store<f64>(at, odds, 8);
  return at + (1 << hitShift);
}

/** The score without fatigue. */
function scoreOf(agent: usize, origin: i32): f64 {
  const face = v128.load(faces + ((<usize>(origin & rowMask)) << 4));
  const interest = v128.load64_zero(interests + agent * topicCount);
  const products = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_s(interest), i16x8.extend_low_i8x16_s(face));
  const halves = i32x4.add(products, i32x4.shuffle(products, products, 2, 3, 0, 1));
  const dot = i32x4.extract_lane(halves, 0) + i32x4.extract_lane(halves, 1);
  return (
    intercept +
    matchWeight * (<f64>dot * cosineScale) +
    socialWeight * log2Count(i32x4.extract_lane(face, 2)) +
    <f64>i32x4.extract_lane(face, 3) / appealScale
  );
}

/** log2(1 + n), straight between powers of two. */
function log2Count(n: i32): f64 {
  const x = n + 1;
  const exponent = 31 - clz(x);
  const power = 1 << exponent;
  return <f64>exponent + <f64>(x - power) / <f64>power;
}
