/**
 * The counter-based generator of the tick: every draw is a function of (seed, agent key, tick, purpose, index), so that no
 * draw depends on who drew before, on row layout, or on the number of shards.
 *
 * Two 32-bit lanes a (agent, tick), each mixed from one half of the agent's 64-bit key and its own seed of the tick; then one
 * mix a draw. One lane alone replays: with key = seed(tick) + agent x C, one tick is a shifted copy of another whenever two
 * seeds differ by a multiple of C. The second lane, which is seeded apart and joined by xor, breaks that. Both halves of a key
 * must be hashes, as `keys.ts` makes them: agents with one common half would replay each other at shifted indexes.
 * Populations and samples are drawn by Philox instead (`philox.ts`), a named generator with published test vectors.
 * Batteries: `test/bench/random-battery.ts` and its page. Mixer: a 32-bit permutation with low bias (constants of lowbias32).
 */

/**
 * The closed registry of what a draw is for. A purpose has 8 bits, its index 16: no two purposes share a draw, so adding one
 * moves no other. Numbers are never reused.
 */
export const purposes = {
  wake: 1,
  adopt: 2,
  like: 3,
  reply: 4,
  quote: 5,
  post: 6,
  follow: 7,
  unfollow: 8,
  lottery: 9,
  topic: 10,
  eventTime: 11,
  feed: 12,
  own: 13,
  answer: 14,
  text: 15,
  firstWake: 16,
  select: 17,
  closure: 18,
  rewire: 19,
  judge: 20,
  archetype: 21,
  audit: 22,
  plant: 23,
  opinion: 24,
} as const;

/** A registered purpose's number. */
export type Purpose = (typeof purposes)[keyof typeof purposes];

const stepOfIndex = 0x85ebca77;

/** A permutation of 32-bit words in which every input bit moves every output bit about half of the time. */
export function mix32(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}

/** A run's seed as two 32-bit words. `seed` is an integer in [0, 2^53). */
export function seedWords(seed: number): { lo: number; hi: number } {
  return { lo: seed | 0, hi: Math.floor(seed / 0x1_0000_0000) | 0 };
}

/** The first lane's seed of a tick. */
export function tickSeedA(seedLo: number, seedHi: number, tick: number): number {
  return mix32(mix32(mix32(seedLo ^ 0x2545f491) + seedHi) + Math.imul(tick, 0x9e3779b1));
}

/** The second lane's seed of a tick: a separate hash of the same words. */
export function tickSeedB(seedLo: number, seedHi: number, tick: number): number {
  return mix32(mix32(mix32(seedHi ^ 0x6a09e667) ^ Math.imul(tick, 0xc2b2ae35)) + Math.imul(seedLo, 0x27d4eb2f));
}

/** Lane A of an agent in a tick. */
export function laneA(tickSeed: number, keyLo: number): number {
  return mix32(tickSeed + keyLo);
}

/** Lane B of an agent in a tick. */
export function laneB(tickSeed: number, keyHi: number): number {
  return mix32(keyHi ^ tickSeed);
}

/** A word drawn from an agent's lanes: a signed 32-bit integer, uniform. `index` is in [0, 65536). */
export function drawWord(a: number, b: number, purpose: Purpose, index: number): number {
  return mix32((a + Math.imul((purpose << 16) | index, stepOfIndex)) ^ b);
}

/** A word as a number in [0, 1), a multiple of 2^-32. */
export function unitOf(word: number): number {
  return (word >>> 0) * 2.3283064365386963e-10;
}

/** A word as a number in (0, 1), for what has a logarithm taken of it. */
export function openUnitOf(word: number): number {
  return ((word >>> 0) + 0.5) * 2.3283064365386963e-10;
}

/** A word as an integer in [0, bound), bound <= 2^20: the high part of the product; its bias is below 2^-12. */
export function belowOf(word: number, bound: number): number {
  return Math.floor(unitOf(word) * bound);
}

/** The whole draw in one call: readable form and oracle of the hoisted lanes. */
export function draw(
  seed: number,
  tick: number,
  key: { readonly lo: number; readonly hi: number },
  purpose: Purpose,
  index = 0,
): number {
  const { lo, hi } = seedWords(seed);
  const a = laneA(tickSeedA(lo, hi, tick), key.lo);
  const b = laneB(tickSeedB(lo, hi, tick), key.hi);
  return unitOf(drawWord(a, b, purpose, index));
}
