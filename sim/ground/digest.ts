/**
 * The canonical encoding of what is hashed, and the multiset hash of the state root.
 *
 * The chain of digests is SHA-256 over canonical little-endian bytes; the hash function itself is handed in, because this
 * floor imports nothing. The state root is a sum, bucket by bucket, of four 32-bit lanes a row: sums do not depend on the order
 * in which rows are met, so neither row layout, merge interval nor the number of shards can be seen in it.
 * Invariant: only canonical numbers (ordinals, post ids, keys) enter, never an address, a path or a clock.
 */
import { mix32 } from './random.ts';

/** SHA-256 of some bytes, 32 bytes long. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Buckets of the state root, by the low byte of the agent key's low word. */
export const bucketCount = 256;
const laneCount = 4;

/** Lanes of the state root: 256 buckets of four words. */
export function createBuckets(): Int32Array {
  return new Int32Array(bucketCount * laneCount);
}

/** Running hash of one row: four words, begun anew for each row. */
export interface RowHash {
  readonly lanes: Int32Array;
}

export function createRowHash(): RowHash {
  return { lanes: new Int32Array(laneCount) };
}

/** Begins a row of a table. `table` is the table's number in the registry. */
export function beginRow(hash: RowHash, table: number): void {
  for (let lane = 0; lane < laneCount; lane++) hash.lanes[lane] = mix32(table + Math.imul(lane + 1, 0x9e3779b1));
}

/** Adds one 32-bit word to the row. Order matters within a row. */
export function addWord(hash: RowHash, word: number): void {
  const { lanes } = hash;
  lanes[0] = mix32(lanes[0] ^ word);
  lanes[1] = mix32(lanes[1] + word);
  lanes[2] = mix32(Math.imul(lanes[2], 0x85ebca6b) ^ word);
  lanes[3] = mix32(Math.imul(lanes[3] ^ word, 0xc2b2ae35) + 0x27d4eb2f);
}

/** Adds the finished row to its bucket. `sign` is -1 to take a row out that an unmerged log revokes. */
export function addRow(buckets: Int32Array, bucket: number, hash: RowHash, sign: 1 | -1 = 1): void {
  const start = (bucket & (bucketCount - 1)) * laneCount;
  for (let lane = 0; lane < laneCount; lane++) {
    buckets[start + lane] = (buckets[start + lane] + Math.imul(sign, hash.lanes[lane])) | 0;
  }
}

/**
 * Adds many finished rows at once: each is the begun row and one more word, `wordOf[cells[k]]` for k in [start, end).
 *
 *     for k in start..end: copy = hash; addWord(copy, wordOf[cells[k]]); addRow(buckets, bucket, copy)
 */
export function addRowsOf(
  buckets: Int32Array,
  bucket: number,
  hash: RowHash,
  wordOf: Int32Array,
  cells: Int32Array,
  start: number,
  end: number,
): void {
  const [a, b, c, d] = hash.lanes;
  const multiplied = Math.imul(c, 0x85ebca6b);
  let [sumA, sumB, sumC, sumD] = [0, 0, 0, 0];
  for (let k = start; k < end; k++) {
    const word = wordOf[cells[k]];
    sumA = (sumA + mix32(a ^ word)) | 0;
    sumB = (sumB + mix32(b + word)) | 0;
    sumC = (sumC + mix32(multiplied ^ word)) | 0;
    sumD = (sumD + mix32(Math.imul(d ^ word, 0xc2b2ae35) + 0x27d4eb2f)) | 0;
  }
  const place = (bucket & (bucketCount - 1)) * laneCount;
  buckets[place] += sumA;
  buckets[place + 1] += sumB;
  buckets[place + 2] += sumC;
  buckets[place + 3] += sumD;
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
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(previous.length + 4 + total);
  bytes.set(previous, 0);
  new DataView(bytes.buffer).setUint32(previous.length, tick, true);
  let at = previous.length + 4;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return sha256(bytes);
}
