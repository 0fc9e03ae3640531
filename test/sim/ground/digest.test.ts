/**
 * The multiset hash and the chain: order does not show, anything else does.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addBuckets,
  addRow,
  addWord,
  beginRow,
  bytesOfWords,
  chainLink,
  createBuckets,
  createRowHash,
  hexOf,
  wordsOfNumber,
} from '../../../sim/ground/digest.ts';

interface Row {
  readonly table: number;
  readonly bucket: number;
  readonly words: readonly number[];
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const row: fc.Arbitrary<Row> = fc.record({
  table: fc.integer({ min: 1, max: 7 }),
  bucket: fc.integer(),
  words: fc.array(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer()), { minLength: 1, maxLength: 12 }),
});

function bucketsOf(rows: readonly Row[]): Int32Array {
  const buckets = createBuckets();
  const hash = createRowHash();
  for (const one of rows) {
    beginRow(hash, one.table);
    for (const word of one.words) addWord(hash, word);
    addRow(buckets, one.bucket, hash);
  }
  return buckets;
}

function rootOf(rows: readonly Row[]): string {
  return hexOf(bytesOfWords(bucketsOf(rows)));
}

describe('buckets', () => {
  test('addRow: no order of rows, and no way of sharing them out, shows in the buckets', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 2, maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (rows, shards, turn) => {
          const turned = [...rows.slice(turn % rows.length), ...rows.slice(0, turn % rows.length)].reverse();
          const sum = createBuckets();
          for (let shard = 0; shard < shards; shard++)
            addBuckets(sum, bucketsOf(turned.filter((_, i) => i % shards === shard)));
          expect(hexOf(bytesOfWords(sum))).toBe(rootOf(rows));
        },
      ),
      { seed: 5 },
    );
  });

  test('addWord: any one bit of any word, the table, the bucket and the order of words show', () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        fc.nat({ max: 31 }),
        (rows, r, w, bit) => {
          const at = r % rows.length;
          const one = rows[at];
          const place = w % one.words.length;
          const changed = (to: Partial<Row>): string => rootOf(rows.with(at, { ...one, ...to }));
          const root = rootOf(rows);
          expect(changed({ words: one.words.with(place, one.words[place] ^ (1 << bit)) })).not.toBe(root);
          expect(changed({ table: one.table + 1 })).not.toBe(root);
          expect(changed({ bucket: one.bucket + 1 })).not.toBe(root);
          expect(changed({ words: [...one.words, 0] })).not.toBe(root);
          const swapped = [...one.words].reverse();
          if (swapped.some((word, i) => word !== one.words[i])) expect(changed({ words: swapped })).not.toBe(root);
          expect(rootOf([...rows, one])).not.toBe(root);
        },
      ),
      { seed: 6 },
    );
  });

  test('addRow: a row taken out with sign -1 leaves no trace', () => {
    const buckets = bucketsOf([{ table: 5, bucket: 3, words: [1, 2] }]);
    const before = [...buckets];
    const hash = createRowHash();
    for (const sign of [1, -1] as const) {
      beginRow(hash, 5);
      addWord(hash, -9);
      addRow(buckets, 77, hash, sign);
    }
    expect([...buckets]).toEqual(before);
  });
});

describe('words and links', () => {
  test('wordsOfNumber: tells apart doubles that differ, but not -0 from 0', () => {
    expect(wordsOfNumber(-0)).toEqual(wordsOfNumber(0));
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (a, b) => {
        const isSame =
          hexOf(bytesOfWords(Object.values(wordsOfNumber(a)))) === hexOf(bytesOfWords(Object.values(wordsOfNumber(b))));
        expect(isSame).toBe(a === b);
      }),
      { seed: 7 },
    );
  });

  test('chainLink: is SHA-256 over the previous link, the tick and the parts, and each of them shows', () => {
    const previous = sha256(Buffer.from('before'));
    const parts = [Uint8Array.of(1, 2), Uint8Array.of(3)];
    const tickBytes = Buffer.from([5, 1, 0, 0]);
    const link = hexOf(chainLink(sha256, previous, 261, parts));
    expect(link).toBe(hexOf(sha256(Buffer.concat([previous, tickBytes, ...parts]))));
    expect(hexOf(chainLink(sha256, previous, 262, parts))).not.toBe(link);
    expect(hexOf(chainLink(sha256, sha256(previous), 261, parts))).not.toBe(link);
    expect(hexOf(chainLink(sha256, previous, 261, [parts[0], Uint8Array.of(4)]))).not.toBe(link);
  });
});
