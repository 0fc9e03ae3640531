/**
 * Philox4x32-10: the named generator of populations, samples, resampling and layouts, that is, of everything drawn outside the
 * tick (`random.ts` serves the tick), where a published definition matters more than nanoseconds.
 *
 * A stream is a function of (seed, purpose, key): the Philox key is the seed, the counter is (block, purpose, keyLo, keyHi).
 * Words of a block are handed out in order 0 to 3. Invariant: two streams that differ in seed, purpose or key share no counter,
 * so what one draws moves nothing in another. The 32 x 32 -> 64 bit products are put together from 16-bit limbs, because a
 * double holds 53 bits. Oracle: the same rounds in BigInt, and the published vectors, in `test/sim/ground/philox.test.ts`.
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, section 4.3.
 */

import { log, normalQuantile } from './detmath.ts';
import { InvariantError, assertInvariant } from './errors.ts';
import { seedWords } from './random.ts';

/** The closed registry of what a stream is for. Numbers are unique, fit in 32 bits and are never reused. */
export const streamPurposes = {
  population: 1,
  ties: 2,
  interests: 3,
  activity: 4,
  audience: 5,
  sample: 6,
  bootstrap: 7,
  permutation: 8,
  layout: 9,
  calibration: 10,
  traits: 11,
  failures: 12,
  plants: 13,
  design: 40,
  learning: 15,
} as const;

/** A registered stream purpose's number. */
export type StreamPurpose = (typeof streamPurposes)[keyof typeof streamPurposes];

const multiplierLoHigh = 0xd251;
const multiplierLoLow = 0x1f53;
const multiplierHiHigh = 0xcd9e;
const multiplierHiLow = 0x8d57;
const multiplierLo = 0xd2511f53;
const multiplierHi = 0xcd9e8d57;
/** Weyl steps of the two key words: the golden ratio, and the square root of 3 less 1. */
const keyStep0 = 0x9e3779b9;
const keyStep1 = 0xbb67ae85;
const roundCount = 10;

/**
 * Encrypts one 128-bit counter into four words of `out`. Arguments are 32-bit words, signed or not. Effect: out[0] to out[3].
 */
export function philox4x32(
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
  out: Uint32Array | Int32Array,
): void {
  let x0 = counter0 | 0;
  let x1 = counter1 | 0;
  let x2 = counter2 | 0;
  let x3 = counter3 | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < roundCount; round += 1) {
    const low0 = Math.imul(x0, multiplierLo);
    const low1 = Math.imul(x2, multiplierHi);
    const high0 = highWord(x0, multiplierLoHigh, multiplierLoLow);
    const high1 = highWord(x2, multiplierHiHigh, multiplierHiLow);
    x0 = high1 ^ x1 ^ k0;
    x1 = low1;
    x2 = high0 ^ x3 ^ k1;
    x3 = low0;
    k0 = (k0 + keyStep0) | 0;
    k1 = (k1 + keyStep1) | 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

/**
 * High 32 bits of word x (high * 2^16 + low), as a signed word. No sum below leaves 32 bits:
 * (2^16 - 1)^2 + (2^16 - 1) < 2^32.
 */
function highWord(word: number, high: number, low: number): number {
  const wordHigh = word >>> 16;
  const wordLow = word & 0xffff;
  const bottom = Math.imul(wordLow, low) >>> 16;
  const middle = (Math.imul(wordHigh, low) + bottom) >>> 0;
  const carry = (Math.imul(wordLow, high) + (middle & 0xffff)) >>> 16;
  return (Math.imul(wordHigh, high) + (middle >>> 16) + carry) | 0;
}

/** Draws of one stream, in order. A stream has state: hand it to one user, and name another purpose or key for the next. */
export interface RandomStream {
  /** An integer in [0, 2^32). One word. */
  uint32(): number;
  /** A multiple of 2^-53 in [0, 1). Two words. */
  uniform(): number;
  /** An integer in [0, bound), bound an integer in [1, 2^32]: unbiased, by rejection. One word, rarely more. */
  below(bound: number): number;
  /** Standard normal, by inversion of a 52-bit uniform that is neither 0 nor 1: |value| < 8.3. Two words. */
  normal(): number;
  /** Exponential with mean 1, by inversion: in [0, 36.8). Two words. */
  exponential(): number;
}

/**
 * A stream of its own for a seed (integer in [0, 2^53)), a purpose of `streamPurposes` and a 64-bit key, say an agent's.
 * Holds 2^34 words; an `InvariantError` beyond, since the counter would wrap and the stream repeat.
 */
export function randomStream(seed: number, purpose: number, keyLo = 0, keyHi = 0): RandomStream {
  return new PhiloxStream(seed, purpose, keyLo, keyHi);
}

/** Puts the values into a uniformly random order, in place: Fisher-Yates from the end, n - 1 calls of `below`. */
export function shuffle(values: Int32Array | Uint32Array | number[], stream: RandomStream): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const chosen = stream.below(last + 1);
    const value = values[chosen];
    values[chosen] = values[last];
    values[last] = value;
  }
}

const two32 = 0x1_0000_0000;
const two26 = 0x400_0000;
const unit53 = 1 / 0x20_0000_0000_0000;
const unit52 = 1 / 0x10_0000_0000_0000;

function refuseBound(bound: number): never {
  throw new InvariantError(`a bound lies in [1, 2^32], got ${bound}`);
}

class PhiloxStream implements RandomStream {
  private readonly words = new Int32Array(4);
  private readonly seedLo: number;
  private readonly seedHi: number;
  private readonly purpose: number;
  private readonly keyLo: number;
  private readonly keyHi: number;
  private block = 0;
  private next = 4;

  constructor(seed: number, purpose: number, keyLo: number, keyHi: number) {
    assertInvariant(Number.isSafeInteger(seed) && seed >= 0, 'a stream’s seed is an integer in [0, 2^53)', { seed });
    const { lo, hi } = seedWords(seed);
    this.seedLo = lo;
    this.seedHi = hi;
    this.purpose = purpose;
    this.keyLo = keyLo;
    this.keyHi = keyHi;
  }

  uint32(): number {
    return this.word() >>> 0;
  }

  uniform(): number {
    const high = this.word() >>> 5;
    return (high * two26 + (this.word() >>> 6)) * unit53;
  }

  below(bound: number): number {
    // Asked by itself, so that no message is put together for a bound that is sound.
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= two32)) refuseBound(bound);
    let word = this.word() >>> 0;
    // A word below 2^32 - bound lies below the largest multiple of the bound, which costs a division of doubles, whatever it is.
    if (word >= two32 - bound) {
      // A word at or above that multiple is thrown away, at worst every second one.
      const limit = two32 - (two32 % bound);
      while (word >= limit) word = this.word() >>> 0;
    }
    // Both unsigned, so that the remainder is one of integers.
    return bound === two32 ? word : word % (bound >>> 0);
  }

  normal(): number {
    // 52 bits and a half: the half is exact, keeps 0 and 1 out, and makes the set of values symmetric.
    const high = this.word() >>> 6;
    return normalQuantile((high * two26 + (this.word() >>> 6) + 0.5) * unit52);
  }

  exponential(): number {
    const value = -log(1 - this.uniform());
    return value === 0 ? 0 : value;
  }

  /** The next word, signed: signed words are small integers to the engine, unsigned ones would be boxed. */
  private word(): number {
    if (this.next === 4) this.fill();
    const word = this.words[this.next];
    this.next += 1;
    return word;
  }

  private fill(): void {
    // No message is put together unless it is needed: this is passed every fourth word.
    if (this.block >= two32) throw new InvariantError(`a stream of purpose ${this.purpose} ran out of its 2^34 words`);
    philox4x32(this.block, this.purpose, this.keyLo, this.keyHi, this.seedLo, this.seedHi, this.words);
    this.block += 1;
    this.next = 0;
  }
}
