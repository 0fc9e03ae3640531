/**
 * The radix sort against `Array.prototype.sort`, which is stable: same keys, same order of equals, nothing beyond the count touched.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRadixScratch, sortPairs } from '../../../sim/ground/radix.ts';

/** Few values, digits at their borders, and the whole range: each digit of eleven bits is exercised alone and together. */
const key = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.constantFrom(2047, 2048, 4_194_303, 4_194_304, 0x7fffffff),
  fc.integer({ min: 0, max: 0x7fffffff }),
);

function sortedNaively(keys: readonly number[]): { keys: number[]; values: number[] } {
  const pairs = keys.map((one, value) => ({ one, value })).sort((x, y) => x.one - y.one);
  return { keys: pairs.map(({ one }) => one), values: pairs.map(({ value }) => value) };
}

describe('sortPairs', () => {
  test('sortPairs: gives the order of a stable sort, whatever the keys and however small the scratch', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), fc.integer({ min: 0, max: 400 }), (given, capacity) => {
        const keys = Int32Array.from(given);
        const values = Int32Array.from(given, (_, i) => i);
        sortPairs(keys, values, given.length, createRadixScratch(capacity));
        expect({ keys: [...keys], values: [...values] }).toEqual(sortedNaively(given));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('sortPairs: leaves what stands beyond the count as it was', () => {
    fc.assert(
      fc.property(fc.array(key, { minLength: 2, maxLength: 60 }), fc.nat(), (given, cut) => {
        const count = cut % given.length;
        const keys = Int32Array.from(given);
        const values = Int32Array.from(given, (_, i) => i);
        sortPairs(keys, values, count, createRadixScratch(8));
        expect([...keys.subarray(count)]).toEqual(given.slice(count));
        expect([...keys.subarray(0, count)]).toEqual(sortedNaively(given.slice(0, count)).keys);
        expect([...values.subarray(count)]).toEqual(given.map((_, i) => i).slice(count));
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test('sortPairs: one scratch serves sorts of any size one after the other', () => {
    const scratch = createRadixScratch(4);
    for (const size of [3, 5000, 2, 12_000, 1, 0]) {
      const given = Array.from({ length: size }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 1);
      const keys = Int32Array.from(given);
      const values = Int32Array.from(given, (_, i) => i);
      sortPairs(keys, values, size, scratch);
      expect([...values]).toEqual(sortedNaively(given).values);
    }
  });
});
