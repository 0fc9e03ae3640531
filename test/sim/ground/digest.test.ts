/**
 * The multiset hash and the chain: order does not show, anything else does; blocks of rows against rows one by one.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addBuckets,
  addCells,
  addMember,
  addMembers,
  addNumbers,
  addRow,
  addRows,
  addTranslated,
  addWord,
  addWordAt,
  beginRow,
  beginRows,
  blockRowsMax,
  bytesOfWords,
  chainLink,
  createBuckets,
  createRowBlock,
  createRowHash,
  createSetSum,
  hexOf,
  pushRow,
  wordsOfNumber,
} from '../../../sim/ground/digest.ts';

interface Row {
  readonly table: number;
  readonly bucket: number;
  readonly words: readonly number[];
}

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  createHash('sha256').update(Buffer.concat(parts)).digest();
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

  test('addRow: no two rows of small numbers, packed bytes or far bits hash alike, in no lane more often than chance', () => {
    const pairs = [1, 1 << 8, 1 << 16, 1 << 23].flatMap((unit) =>
      Array.from({ length: 128 * 128 }, (_, i) => [(i >> 7) * unit, (i & 127) * unit]),
    );
    const rows = [...new Map(pairs.map((words) => [words.join(), words])).values()];
    const buckets = createBuckets();
    const hash = createRowHash();
    const lanes = [0, 1, 2, 3].map(() => new Set<number>());
    for (const words of rows) {
      buckets.fill(0);
      beginRow(hash, 4);
      for (const word of words) addWord(hash, word);
      addRow(buckets, 0, hash);
      lanes.forEach((seen, lane) => seen.add(buckets[lane]));
    }
    // 65,000 words of 32 bits: half a collision is to be expected; more than 5 comes by chance once in 10^5 times.
    expect(rows.length).toBeGreaterThan(60_000);
    for (const seen of lanes) expect(rows.length - seen.size).toBeLessThan(6);
  });

  test('addRow: two cells of a row that change against each other show, whatever stands between them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer(), { minLength: 2, maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        fc.oneof(
          fc.integer({ min: 1, max: 3 }),
          fc.nat({ max: 31 }).map((bit) => 1 << bit),
        ),
        (words, from, to, change) => {
          const [a, b] = [from % words.length, to % words.length];
          fc.pre(a !== b);
          const moved = words.with(a, (words[a] - change) | 0).with(b, (words[b] + change) | 0);
          const flipped = words.with(a, words[a] ^ change).with(b, words[b] ^ change);
          const rootOfWords = (one: readonly number[]): string => rootOf([{ table: 1, bucket: 0, words: one }]);
          expect([moved, flipped].map(rootOfWords)).not.toContain(rootOfWords(words));
        },
      ),
      { seed: 8, numRuns: 500 },
    );
  });
});

/** A table of every kind of column, of so many cells a row. */
interface Columns {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly singles: Float32Array;
  readonly doubles: Float64Array;
  readonly addresses: Int32Array;
  readonly wordOf: Int32Array;
}

function columnsOf(rowCount: number, width: number, seed: number): Columns {
  const cells = rowCount * width;
  const cell = (i: number): number => Math.imul(i + seed, 0x9e3779b1) >> ((i % 3) * 8);
  const words = new Int32Array(cells).map((_, i) => cell(i));
  return {
    words,
    bytes: Uint8Array.from(words),
    singles: Float32Array.from(words, (word) => word / 3),
    doubles: Float64Array.from(words, (word) => word / 7),
    addresses: words.map((word) => (word >>> 0) % 50),
    wordOf: new Int32Array(50).map((_, i) => 1000 - i),
  };
}

describe('blocks of rows', () => {
  test.each([1, 2, 3, 8])(
    'addRows: rows of %i cells a column hash column by column as they do word by word',
    (width) => {
      const rowCount = 300;
      const { words, bytes, singles, doubles, addresses, wordOf } = columnsOf(rowCount, width, width);
      const rows = Array.from({ length: blockRowsMax }, (_, i) => (i * 7) % rowCount);
      const [block, hash] = [createRowBlock(), createRowHash()];
      const [byColumn, byWord] = [createBuckets(), createBuckets()];
      for (const row of rows) pushRow(block, row, row * 3, row * 5);
      beginRows(block, 9);
      addCells(block, words, width);
      addCells(block, bytes, width);
      expect(addNumbers(block, singles, width)).toBe(-1);
      expect(addNumbers(block, doubles, width)).toBe(-1);
      addTranslated(block, addresses, width, wordOf);
      rows.forEach((row, i) => addWordAt(block, i, -row));
      addRows(byColumn, block);
      for (const row of rows) {
        const cellsOf = (column: ArrayLike<number>): number[] =>
          Array.from(column).slice(row * width, (row + 1) * width);
        const numbers = [...cellsOf(singles), ...cellsOf(doubles)].flatMap((one) => Object.values(wordsOfNumber(one)));
        const translated = cellsOf(addresses).map((at) => wordOf[at]);
        beginRow(hash, 9);
        for (const word of [row * 3, ...cellsOf(words), ...cellsOf(bytes), ...numbers, ...translated, -row])
          addWord(hash, word);
        addRow(byWord, row * 5, hash);
      }
      expect([...byColumn]).toEqual([...byWord]);
      expect(block.count).toBe(0);
    },
  );

  test('addNumbers: names the place of the first NaN that a row of the block holds, and of no other row', () => {
    const block = createRowBlock();
    const cells = new Float32Array(30);
    cells[11] = NaN;
    for (const row of [0, 1, 2, 4]) pushRow(block, row, row, row);
    expect(addNumbers(block, cells, 3)).toBe(-1);
    pushRow(block, 3, 3, 3);
    expect(addNumbers(block, cells, 3)).toBe(11);
  });
});

describe('sums of multisets', () => {
  const members = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });
  const sumOf = (words: readonly number[]): number[] => {
    const sum = createSetSum();
    for (const word of words) addMember(sum, word, 1);
    return [...sum];
  };

  test('addMember: sums are equal where the members are the same ones as often, and nowhere else', () => {
    const sorted = (words: readonly number[]): string => words.toSorted((x, y) => x - y).join();
    fc.assert(
      fc.property(members, members, (some, others) => {
        expect(sumOf([...some].reverse())).toEqual(sumOf(some));
        expect(sumOf([...some, 3])).not.toEqual(sumOf(some));
        expect(sumOf(some).join() === sumOf(others).join()).toBe(sorted(some) === sorted(others));
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  test('addMember: a member taken out leaves no trace, whether it was in before or comes in after', () => {
    const sum = createSetSum();
    for (const [word, sign] of [
      [5, 1],
      [-9, -1],
      [5, -1],
      [-9, 1],
      [7, 1],
    ] as const)
      addMember(sum, word, sign);
    expect([...sum]).toEqual(sumOf([7]));
  });

  test('addMembers: sums what the cells stand for, as one by one', () => {
    const wordOf = new Int32Array(50).map((_, i) => i * i - 60);
    fc.assert(
      fc.property(members, fc.nat(), (cells, cut) => {
        const start = cells.length === 0 ? 0 : cut % cells.length;
        const sum = createSetSum();
        addMembers(sum, wordOf, Int32Array.from(cells), start, cells.length);
        expect([...sum]).toEqual(sumOf(cells.slice(start).map((cell) => wordOf[cell])));
      }),
      { seed: 10 },
    );
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
