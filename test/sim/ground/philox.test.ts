/**
 * Philox against its published vectors and against a reading of the paper in BigInt; what a stream promises of its draws.
 *
 * Statistical claims are made on fixed seeds, with bounds of five standard deviations: they hold or fail for good.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvariantError } from '../../../sim/ground/errors.ts';
import { philox4x32, randomStream, shuffle, streamPurposes } from '../../../sim/ground/philox.ts';
import type { RandomStream } from '../../../sim/ground/philox.ts';

type Words = readonly [number, number, number, number, number, number];

function philoxHex(words: Words): string {
  const out = new Uint32Array(4);
  philox4x32(...words, out);
  return hex(out);
}

function hex(words: Iterable<number>): string {
  return [...words].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join(' ');
}

/** The rounds as the paper writes them: 64-bit products, key bumped between rounds. */
function philoxOracle(words: Words): string {
  const word = (value: bigint): bigint => BigInt.asUintN(32, value);
  let [x0, x1, x2, x3, k0, k1] = words.map((value) => word(BigInt(value))) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  for (let round = 0; round < 10; round += 1) {
    const product0 = x0 * 0xd2511f53n;
    const product1 = x2 * 0xcd9e8d57n;
    [x0, x1, x2, x3] = [(product1 >> 32n) ^ x1 ^ k0, word(product1), (product0 >> 32n) ^ x3 ^ k1, word(product0)];
    [k0, k1] = [word(k0 + 0x9e3779b9n), word(k1 + 0xbb67ae85n)];
  }
  return hex([x0, x1, x2, x3].map(Number));
}

function take(count: number, drawOne: () => number): number[] {
  return Array.from({ length: count }, drawOne);
}

describe('philox4x32', () => {
  const published: readonly [Words, string][] = [
    [[0, 0, 0, 0, 0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[-1, -1, -1, -1, -1, -1], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ];
  test.each(published)('philox4x32: %j gives the published vector', (words, expected) => {
    expect(philoxHex(words)).toBe(expected);
  });

  test('philox4x32: agrees with the rounds in BigInt on any counter and key', () => {
    const word = fc.oneof(
      fc.integer(),
      fc.nat(0xffffffff),
      fc.constantFrom(0, -1, 0xffff, 0x10000, 0x7fffffff, 0x80000000),
    );
    fc.assert(
      fc.property(fc.tuple(word, word, word, word, word, word), (words) => philoxHex(words) === philoxOracle(words)),
      { numRuns: 2000 },
    );
  });

  test('philox4x32: a signed output array holds the same bits', () => {
    const signed = new Int32Array(4);
    philox4x32(1, 2, 3, 4, 5, 6, signed);
    expect(hex(signed)).toBe(philoxHex([1, 2, 3, 4, 5, 6]));
  });
});

describe('streamPurposes', () => {
  test('streamPurposes: no two purposes share a number, and each is a positive 32-bit integer', () => {
    const numbers = Object.values(streamPurposes);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const number of numbers) expect(number > 0 && number === number >>> 0).toBe(true);
  });

  test('streamPurposes: numbers are those of the first release, since a changed one changes every population', () => {
    expect(streamPurposes).toMatchObject({
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
    });
  });
});

describe('randomStream', () => {
  const seed = 0x1_2345_6789;

  test('randomStream: words are the blocks of counter (block, purpose, keyLo, keyHi) under the seed as key', () => {
    const stream = randomStream(seed, streamPurposes.ties, 7, 9);
    for (let block = 0; block < 3; block += 1) {
      expect(hex(take(4, () => stream.uint32()))).toBe(philoxHex([block, streamPurposes.ties, 7, 9, 0x23456789, 1]));
    }
  });

  test('randomStream: pinned words, uniforms, normals and exponentials', () => {
    const stream = randomStream(20260101, streamPurposes.population);
    expect(hex(take(4, () => stream.uint32()))).toBe('cf46967c 0efca8cd 4273fd44 e21dce78');
    expect(take(3, () => stream.uniform())).toEqual([0.7604167471521086, 0.12381253943841941, 0.9902405507032611]);
    expect(take(3, () => stream.normal())).toEqual([0.5196848504269238, -0.07927001510098247, -0.5013387070795872]);
    expect(take(3, () => stream.exponential())).toEqual([0.9095920516928566, 1.3244155333285923, 0.03527412902722825]);
    expect(take(8, () => stream.below(10))).toEqual([5, 1, 8, 6, 0, 2, 7, 2]);
  });

  test('randomStream: a change of seed, of its upper half, of purpose or of key gives other words', () => {
    const firstWords = [
      randomStream(1, 1),
      randomStream(2, 1),
      randomStream(1 + 0x1_0000_0000, 1),
      randomStream(1, 2),
      randomStream(1, 1, 1),
      randomStream(1, 1, 0, 1),
    ].map((stream) => hex(take(4, () => stream.uint32())));
    expect(new Set(firstWords).size).toBe(firstWords.length);
  });

  test('randomStream: what one stream draws moves nothing in another', () => {
    const alone = take(10, drawer(randomStream(seed, streamPurposes.sample)));
    const other = randomStream(seed, streamPurposes.bootstrap);
    const among = randomStream(seed, streamPurposes.sample);
    const interleaved = take(10, () => {
      other.normal();
      other.below(3);
      return among.uniform();
    });
    expect(interleaved).toEqual(alone);
  });

  test('randomStream: uniform is 53 bits of two words, exactly', () => {
    const words = randomStream(seed, 1);
    const uniforms = randomStream(seed, 1);
    for (let count = 0; count < 1000; count += 1) {
      const value = uniforms.uniform();
      const bits = (BigInt(words.uint32() >>> 5) << 26n) + BigInt(words.uint32() >>> 6);
      expect(value).toBe(Number(bits) / 0x20_0000_0000_0000);
    }
  });

  test('randomStream: a seed that is negative, broken or above 2^53 is refused', () => {
    for (const broken of [-1, 1.5, NaN, 0x20_0000_0000_0000]) {
      expect(() => randomStream(broken, 1)).toThrow(InvariantError);
    }
  });

  test('randomStream: refuses to run past its last block, where it would repeat', () => {
    const stream = randomStream(seed, 1);
    (stream as unknown as { block: number }).block = 0xffffffff;
    take(4, () => stream.uint32());
    expect(() => stream.uint32()).toThrow(/2\^34 words/);
  });

  test('below: every bound is kept, and one that rejects nearly every second word is still fair', () => {
    const stream = randomStream(seed, 1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0x1_0000_0000 }), (bound) => {
        const value = stream.below(bound);
        return Number.isInteger(value) && value >= 0 && value < bound;
      }),
    );
    // Without rejection the lower half of [0, 2^31 + 2) would come up twice as often as the upper.
    const bound = 0x8000_0002;
    const lowerCount = take(40_000, () => stream.below(bound)).filter((value) => value < bound / 2).length;
    expect(Math.abs(lowerCount - 20_000)).toBeLessThan(500);
  });

  test('below: a bound outside [1, 2^32] or off the integers is refused', () => {
    const stream = randomStream(seed, 1);
    for (const bound of [0, -1, 1.5, NaN, 0x1_0000_0001]) expect(() => stream.below(bound)).toThrow(InvariantError);
    expect(stream.below(1)).toBe(0);
  });

  test('normal: mean, variance, skewness and the share beyond two are those of a standard normal', () => {
    const stream = randomStream(seed, 1);
    const count = 200_000;
    const values = take(count, () => stream.normal());
    const moment = (order: number): number =>
      values.reduce((sum, x) => sum + [1, x, x * x, x * x * x][order], 0) / count;
    const width = 5 / Math.sqrt(count);
    expect(Math.abs(moment(1))).toBeLessThan(width);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(width * Math.SQRT2);
    expect(Math.abs(moment(3))).toBeLessThan(width * Math.sqrt(15));
    const beyond = values.filter((x) => Math.abs(x) > 2).length / count;
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(width * Math.sqrt(0.0455));
  });

  test('exponential: never negative, mean 1, and the share beyond 1 is 1/e', () => {
    const stream = randomStream(seed, 1);
    const count = 200_000;
    const values = take(count, () => stream.exponential());
    const width = 5 / Math.sqrt(count);
    expect(Math.min(...values.slice(0, 10_000))).toBeGreaterThanOrEqual(0);
    expect(Math.abs(values.reduce((sum, x) => sum + x, 0) / count - 1)).toBeLessThan(width);
    expect(Math.abs(values.filter((x) => x > 1).length / count - 1 / Math.E)).toBeLessThan(width / 2);
  });
});

function drawer(stream: RandomStream): () => number {
  return () => stream.uniform();
}

describe('shuffle', () => {
  test('shuffle: keeps every value, whatever the array', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (values, seed) => {
        const shuffled = [...values];
        shuffle(shuffled, randomStream(seed, streamPurposes.permutation));
        return shuffled.sort((a, b) => a - b).join() === [...values].sort((a, b) => a - b).join();
      }),
    );
  });

  test('shuffle: all 24 orders of four come up equally often', () => {
    const counts = new Map<string, number>();
    const stream = randomStream(4, streamPurposes.permutation);
    for (let count = 0; count < 24_000; count += 1) {
      const values = Int32Array.of(0, 1, 2, 3);
      shuffle(values, stream);
      counts.set(values.join(), (counts.get(values.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Chi-square with 23 degrees of freedom: mean 23, standard deviation 6.8.
    const distance = [...counts.values()].reduce((sum, seen) => sum + (seen - 1000) * (seen - 1000), 0) / 1000;
    expect(distance).toBeLessThan(23 + 5 * 6.8);
  });

  test('shuffle: pinned order of ten', () => {
    const values = Uint32Array.from({ length: 10 }, (_, place) => place);
    shuffle(values, randomStream(1, streamPurposes.permutation));
    expect(values.join(' ')).toBe('7 0 3 1 5 8 6 2 9 4');
  });
});
