/**
 * What several kernels do with vectors of words: find the greatest, replace it, look for a word among sixteen.
 *
 * Pure; order: none. Oracle: that of the kernels that call it (`test/sim/kernels/kernels.test.ts`).
 */

/** The greatest of all lanes, in every lane. */
export function greatest(all: v128): v128 {
  const half = i32x4.max_s(all, i32x4.shuffle(all, all, 2, 3, 0, 1));
  return i32x4.max_s(half, i32x4.shuffle(half, half, 1, 0, 3, 2));
}

/** A vector of keys, the one taken replaced by the one after it. */
export function replaced(keys: v128, heads: v128, after: v128): v128 {
  return v128.bitselect(after, keys, i32x4.eq(keys, heads));
}

/** Which of sixteen words equal the wanted one, as bits. */
export function matches(a: v128, b: v128, c: v128, d: v128, wanted: v128): i32 {
  const low = i16x8.narrow_i32x4_s(i32x4.eq(a, wanted), i32x4.eq(b, wanted));
  const high = i16x8.narrow_i32x4_s(i32x4.eq(c, wanted), i32x4.eq(d, wanted));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}
