/**
 * A stable least-significant-digit radix sort of (key, value) pairs, for canonical order where a tick needs one.
 *
 * Keys are integers in [0, 2^31). Digits of eleven bits: 2,048 counters stay in the first-level cache, and a million ordinals
 * need two passes. Oracle: `Array.prototype.sort`, which is stable (`test/sim/ground/radix.test.ts`).
 */

/** Room for a sort of up to `capacity` pairs; it grows when asked for more. */
export interface RadixScratch {
  keys: Int32Array;
  values: Int32Array;
  readonly starts: Int32Array;
}

const digitBits = 11;
const digitCount = 1 << digitBits;

export function createRadixScratch(capacity: number): RadixScratch {
  return { keys: new Int32Array(capacity), values: new Int32Array(capacity), starts: new Int32Array(digitCount + 1) };
}

/** Sorts the first `count` pairs in place by key, equal keys in their given order. */
export function sortPairs(keys: Int32Array, values: Int32Array, count: number, scratch: RadixScratch): void {
  if (scratch.keys.length < count) {
    scratch.keys = new Int32Array(count * 2);
    scratch.values = new Int32Array(count * 2);
  }
  let largest = 0;
  for (let i = 0; i < count; i++) largest |= keys[i];
  let fromKeys = keys;
  let fromValues = values;
  let toKeys = scratch.keys;
  let toValues = scratch.values;
  for (let shift = 0; shift < 31 && largest >>> shift !== 0; shift += digitBits) {
    pass(fromKeys, fromValues, toKeys, toValues, count, shift, scratch.starts);
    [fromKeys, toKeys] = [toKeys, fromKeys];
    [fromValues, toValues] = [toValues, fromValues];
  }
  if (fromKeys === keys) return;
  keys.set(fromKeys.subarray(0, count));
  values.set(fromValues.subarray(0, count));
}

function pass(
  fromKeys: Int32Array,
  fromValues: Int32Array,
  toKeys: Int32Array,
  toValues: Int32Array,
  count: number,
  shift: number,
  starts: Int32Array,
): void {
  starts.fill(0);
  for (let i = 0; i < count; i++) starts[((fromKeys[i] >>> shift) & (digitCount - 1)) + 1]++;
  for (let digit = 0; digit < digitCount; digit++) starts[digit + 1] += starts[digit];
  for (let i = 0; i < count; i++) {
    const place = starts[(fromKeys[i] >>> shift) & (digitCount - 1)]++;
    toKeys[place] = fromKeys[i];
    toValues[place] = fromValues[i];
  }
}
