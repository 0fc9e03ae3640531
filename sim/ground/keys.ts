/**
 * 64-bit keys: the identity of an agent, as two 32-bit words hashed from its external id. Draws, lotteries and canonical order
 * use keys, never row numbers. Collisions are refused at load, so that a key is as good as the id.
 *
 * The hash runs over the UTF-8 bytes of the id in two lanes with different constants, each finished by `mix32`.
 */
import { mix32 } from './random.ts';

/** An agent's key. Words are signed 32-bit integers; order compares them as unsigned, high word first. */
export interface Key {
  readonly lo: number;
  readonly hi: number;
}

const encoder = new TextEncoder();

/** The key of an external id. */
export function keyOfText(text: string): Key {
  const bytes = encoder.encode(text);
  let lo = 0x811c9dc5 | 0;
  let hi = 0x3c6ef372 ^ bytes.length;
  for (const byte of bytes) {
    lo = Math.imul(lo ^ byte, 0x01000193) + (hi >>> 27);
    hi = Math.imul(hi + byte, 0x5bd1e995) ^ (lo >>> 15);
  }
  return { lo: mix32(lo ^ Math.imul(hi, 0x85ebca6b)), hi: mix32(hi + Math.imul(lo, 0xc2b2ae35)) };
}

/** Negative, zero or positive as key (a) stands before, at or after key (b). */
export function compareKeys(aHi: number, aLo: number, bHi: number, bLo: number): number {
  return (aHi >>> 0) - (bHi >>> 0) || (aLo >>> 0) - (bLo >>> 0);
}

/** Row numbers 0..n-1 in the order of their keys: a least-significant-digit radix sort over four 16-bit digits. */
export function orderByKey(keyLo: Int32Array, keyHi: Int32Array): Int32Array {
  const rowCount = keyLo.length;
  let from = new Int32Array(rowCount);
  let to = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) from[row] = row;
  for (let digit = 0; digit < 4; digit++) {
    const word = digit < 2 ? keyLo : keyHi;
    radixPass(word, (digit & 1) * 16, from, to);
    [from, to] = [to, from];
  }
  return from;
}

function radixPass(word: Int32Array, shift: number, from: Int32Array, to: Int32Array): void {
  const starts = new Int32Array(65537);
  for (let i = 0; i < from.length; i++) starts[((word[from[i]] >>> shift) & 0xffff) + 1]++;
  for (let bucket = 0; bucket < 65536; bucket++) starts[bucket + 1] += starts[bucket];
  for (let i = 0; i < from.length; i++) to[starts[(word[from[i]] >>> shift) & 0xffff]++] = from[i];
}
