/**
 * The canonical encoding of what is hashed, and the multiset hash of the state root.
 *
 * The chain of digests is SHA-256 over canonical little-endian bytes; the hash function itself is handed in, because this
 * floor imports nothing. The state root is a sum, bucket by bucket, of four 32-bit words a row: sums do not depend on the order
 * in which rows are met, so neither row layout, merge interval nor the number of shards can be seen in it.
 *
 * A row passes word by word through two lanes of 32 bits, 64 in all; a step is a permutation of the lane for each word, and of the
 * word for each lane. The two lanes are then mixed into the row's four words. So one changed word of a row always shows; of other
 * differences about one in 2^64 would be missed. That guards against bugs: a race, a lost write, a damaged checkpoint, a state that
 * differs between machines. It does not guard against somebody who builds a second state with the same root: nothing here is secret.
 * Rows are hashed a block at a time and column by column. Oracle of the block's loops: `beginRow`, `addWord` and `addRow` on each row.
 * Invariant: only canonical numbers (ordinals, post ids, keys) enter, never an address, a path or a clock.
 */
import { mix32 } from './random.ts';

/** SHA-256 of some bytes, 32 bytes long. */
export type Sha256 = (...parts: readonly Uint8Array[]) => Uint8Array;

/** Buckets of the state root, by the low byte of the agent key's low word. */
export const bucketCount = 256;
const wordCount = 4;

/** Buckets of the state root: 256 of four words. */
export function createBuckets(): Int32Array {
  return new Int32Array(bucketCount * wordCount);
}

/** Running hash of one row: two lanes, begun anew for each row. */
export interface RowHash {
  readonly lanes: Int32Array;
}

export function createRowHash(): RowHash {
  return { lanes: new Int32Array(2) };
}

/** One lane takes words by xor, the other by addition, so that words which fall together in one lane do not in the other. */
function stepA(lane: number, word: number): number {
  return mix32(lane ^ word);
}

function stepB(lane: number, word: number): number {
  return mix32(lane + word);
}

function firstA(table: number): number {
  return mix32(table + 0x9e3779b1);
}

function firstB(table: number): number {
  return mix32(table ^ 0x27d4eb2f);
}

/** Begins a row of a table. `table` is the table's number in the registry. */
export function beginRow({ lanes }: RowHash, table: number): void {
  lanes[0] = firstA(table);
  lanes[1] = firstB(table);
}

/** Adds one 32-bit word to the row. Order matters within a row. */
export function addWord({ lanes }: RowHash, word: number): void {
  lanes[0] = stepA(lanes[0], word);
  lanes[1] = stepB(lanes[1], word);
}

/** Adds the finished row to its bucket. */
export function addRow(buckets: Int32Array, bucket: number, { lanes }: RowHash): void {
  addLanes(buckets, bucket, lanes[0], lanes[1]);
}

function addLanes(buckets: Int32Array, bucket: number, a: number, b: number): void {
  const place = (bucket & (bucketCount - 1)) * wordCount;
  buckets[place] += mix32(a);
  buckets[place + 1] += mix32(b);
  buckets[place + 2] += mix32(a + Math.imul(b, 0x9e3779b1));
  buckets[place + 3] += mix32(b ^ Math.imul(a, 0x7feb352d));
}

/** Rows of one table that are hashed together; all columns count from 0 to `count`. */
export interface RowBlock {
  /** Where a row lies in the table's columns. */
  readonly row: Int32Array;
  /** What a row is called whatever the layout: an ordinal, a post id. */
  readonly identity: Int32Array;
  readonly bucket: Int32Array;
  readonly laneA: Int32Array;
  readonly laneB: Int32Array;
  count: number;
}

/** Most rows of a block: its lanes, and what it reads of one column, stay in the nearest cache. */
export const blockRowsMax = 256;

/** Words of memory that a block takes. */
export const blockWords = blockRowsMax * 5;

/** An empty block, in the first `blockWords` words of the memory given. */
export function createRowBlock(memory: Int32Array = new Int32Array(blockWords)): RowBlock {
  const column = (k: number): Int32Array => memory.subarray(k * blockRowsMax, (k + 1) * blockRowsMax);
  return { row: column(0), identity: column(1), bucket: column(2), laneA: column(3), laneB: column(4), count: 0 };
}

/** Puts a row into a block that has room. */
export function pushRow(block: RowBlock, row: number, identity: number, bucket: number): void {
  const i = block.count++;
  block.row[i] = row;
  block.identity[i] = identity;
  block.bucket[i] = bucket;
}

/** Begins the rows of a block: the table's number, then the row's identity. */
export function beginRows({ identity, laneA, laneB, count }: RowBlock, table: number): void {
  const a = firstA(table);
  const b = firstB(table);
  for (let i = 0; i < count; i++) {
    laneA[i] = stepA(a, identity[i]);
    laneB[i] = stepB(b, identity[i]);
  }
}

/**
 * Adds `width` words to each row, or bytes, each as a word. A loop of its own for bytes, and for one cell a row, gained 5 % of a root.
 *
 *     for i in block: for k in 0..width: addWord(hash[i], cells[row[i] * width + k])
 */
export function addCells(block: RowBlock, cells: Int32Array | Uint8Array, width: number): void {
  const { row, laneA, laneB, count } = block;
  for (let i = 0; i < count; i++) {
    const start = row[i] * width;
    let a = laneA[i];
    let b = laneB[i];
    for (let k = start; k < start + width; k++) {
      a = stepA(a, cells[k]);
      b = stepB(b, cells[k]);
    }
    laneA[i] = a;
    laneB[i] = b;
  }
}

/** Adds `width` words to each row, `wordOf[cell]`: what addresses stand for. */
export function addTranslated(block: RowBlock, cells: Int32Array, width: number, wordOf: Int32Array): void {
  const { row, laneA, laneB, count } = block;
  for (let i = 0; i < count; i++) {
    for (let k = row[i] * width; k < (row[i] + 1) * width; k++) {
      const word = wordOf[cells[k]];
      laneA[i] = stepA(laneA[i], word);
      laneB[i] = stepB(laneB[i], word);
    }
  }
}

/** Adds `width` numbers to each row, each as the words of a double. Returns the place of a cell that holds a NaN, or -1. */
export function addNumbers(block: RowBlock, cells: Float32Array | Float64Array, width: number): number {
  const { row, laneA, laneB, count } = block;
  for (let i = 0; i < count; i++) {
    for (let k = row[i] * width; k < (row[i] + 1) * width; k++) {
      if (Number.isNaN(cells[k])) return k;
      const { lo, hi } = wordsOfNumber(cells[k]);
      laneA[i] = stepA(stepA(laneA[i], lo), hi);
      laneB[i] = stepB(stepB(laneB[i], lo), hi);
    }
  }
  return -1;
}

/** Adds one word to the i-th row of a block. */
export function addWordAt({ laneA, laneB }: RowBlock, i: number, word: number): void {
  laneA[i] = stepA(laneA[i], word);
  laneB[i] = stepB(laneB[i], word);
}

/** Adds the finished rows to their buckets and empties the block. */
export function addRows(buckets: Int32Array, block: RowBlock): void {
  const { bucket, laneA, laneB, count } = block;
  for (let i = 0; i < count; i++) addLanes(buckets, bucket[i], laneA[i], laneB[i]);
  block.count = 0;
}

/** Sum of a multiset of words, two lanes: no order of its members shows. */
export function createSetSum(): Int32Array {
  return new Int32Array(2);
}

/** Adds a member; `sign` is -1 to take one out. */
export function addMember(sum: Int32Array, word: number, sign: 1 | -1): void {
  sum[0] += Math.imul(sign, memberA(word));
  sum[1] += Math.imul(sign, memberB(word));
}

/**
 * Adds many members at once.
 *
 *     for k in start..end: addMember(sum, wordOf[cells[k]], 1)
 */
export function addMembers(sum: Int32Array, wordOf: Int32Array, cells: Int32Array, start: number, end: number): void {
  let a = sum[0];
  let b = sum[1];
  for (let k = start; k < end; k++) {
    const word = wordOf[cells[k]];
    a = (a + memberA(word)) | 0;
    b = (b + memberB(word)) | 0;
  }
  sum[0] = a;
  sum[1] = b;
}

function memberA(word: number): number {
  return mix32(word + 0x9e3779b1);
}

function memberB(word: number): number {
  return mix32(Math.imul(word, 0x85ebca6b) ^ 0x27d4eb2f);
}

/** Adds one set of buckets to another. */
export function addBuckets(into: Int32Array, from: Int32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] + from[i]) | 0;
}

/** The words of a double, -0 taken as 0; a NaN is a bug of ours and is refused by the caller. */
const scratch = new DataView(new ArrayBuffer(8));
export function wordsOfNumber(value: number): { lo: number; hi: number } {
  scratch.setFloat64(0, value === 0 ? 0 : value, true);
  return { lo: scratch.getInt32(0, true), hi: scratch.getInt32(4, true) };
}

/** 32-bit words as little-endian bytes, whatever the machine's own order. */
export function bytesOfWords(words: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < words.length; i++) view.setInt32(i * 4, words[i], true);
  return bytes;
}

/** Bytes as lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** One link of the chain: SHA-256(previous link, tick, parts...). */
export function chainLink(
  sha256: Sha256,
  previous: Uint8Array,
  tick: number,
  parts: readonly Uint8Array[],
): Uint8Array {
  const number = new Uint8Array(4);
  new DataView(number.buffer).setUint32(0, tick, true);
  return sha256(previous, number, ...parts);
}
