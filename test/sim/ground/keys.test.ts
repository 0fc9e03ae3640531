/**
 * Keys and their order: the radix order against a comparison sort, unsigned words, ids that nearly collide.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys, keyOfText, orderByKey } from '../../../sim/ground/keys.ts';

const word = fc.oneof(fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000, 65_535, 65_536), fc.integer());

describe('orderByKey', () => {
  test('orderByKey: is the stable order of unsigned 64-bit numbers, equal keys in their given order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word), { maxLength: 200 }), (pairs) => {
        const doubled = [...pairs, ...pairs.slice(0, 5)];
        const wide = doubled.map(([lo, hi]) => (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0));
        const naive = wide.map((_, i) => i).sort((x, y) => (wide[x] < wide[y] ? -1 : wide[x] > wide[y] ? 1 : x - y));
        const order = orderByKey(
          Int32Array.from(doubled, ([lo]) => lo),
          Int32Array.from(doubled, ([, hi]) => hi),
        );
        expect([...order]).toEqual(naive);
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  test('compareKeys: agrees in sign with the difference of 64-bit numbers', () => {
    fc.assert(
      fc.property(word, word, word, word, (aHi, aLo, bHi, bLo) => {
        const difference =
          BigInt.asUintN(64, (BigInt(aHi) << 32n) + BigInt(aLo >>> 0)) -
          BigInt.asUintN(64, (BigInt(bHi) << 32n) + BigInt(bLo >>> 0));
        expect(Math.sign(compareKeys(aHi, aLo, bHi, bLo))).toBe(difference > 0n ? 1 : difference < 0n ? -1 : 0);
      }),
      { seed: 4 },
    );
  });
});

describe('keyOfText', () => {
  test('keyOfText: 200,000 ids that differ in one digit, one letter or a trailing zero byte have as many keys', () => {
    const keys = new Set<bigint>();
    const add = (text: string): void => {
      const { lo, hi } = keyOfText(text);
      keys.add((BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0));
    };
    for (let i = 0; i < 99_900; i++) add(`agent-${i}`);
    for (let i = 0; i < 99_900; i++) add(`${i}`);
    for (let i = 0; i < 200; i++) add('\u0000'.repeat(i));
    expect(keys.size).toBe(200_000);
  });

  test('keyOfText: half-words are spread evenly over 256 bins, by chi-square', () => {
    const count = 50_000;
    const shifts = [0, 8, 16, 24];
    for (const part of ['lo', 'hi'] as const) {
      for (const shift of shifts) {
        const bins = new Float64Array(256);
        for (let i = 0; i < count; i++) bins[(keyOfText(`a${i}`)[part] >>> shift) & 255]++;
        const chi2 = bins.reduce((sum, n) => sum + (n - count / 256) ** 2 / (count / 256), 0);
        // 255 degrees of freedom: mean 255, standard deviation 22.6; five of them.
        expect(chi2).toBeLessThan(368);
      }
    }
  });
});
