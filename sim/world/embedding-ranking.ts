/**
 * Choosing the best of the records that a scan wrote: the n-th greatest score, what scores as much, and their order.
 *
 * A record is two words, the score and the place of the vector. Order: by (score, number) descending. Scores are sorted by two
 * passes of eight bits, then neighbours that tie by their number: a third of what sorting as doubles took (100 of 130, Node 24).
 * Reads and writes what it is given; allocates nothing. Oracle: sorting objects (`test/sim/world/embedding-index.test.ts`).
 */
import { idAt } from './embedding-kernel.ts';
import type { BlockForm } from './embedding-kernel.ts';

/** Scratch memory. */
export interface Ranking {
  readonly keys: Int32Array;
  readonly ids: Int32Array;
  readonly otherKeys: Int32Array;
  readonly otherIds: Int32Array;
  readonly starts: Int32Array;
}

/** For at most so many records at once. */
export function createRanking(length: number): Ranking {
  const words = (): Int32Array => new Int32Array(length);
  return { keys: words(), ids: words(), otherKeys: words(), otherIds: words(), starts: new Int32Array(257) };
}

/**
 * The n-th greatest score, n from 1 on, among `count` records from word `first` on. Scores are counted in at most 256 steps between the least and
 * the greatest, without a branch that depends on them; only those in the step of the n-th are compared with one another.
 */
export function nthScore(
  { keys, starts }: Ranking,
  words: Int32Array,
  first: number,
  count: number,
  n: number,
): number {
  const end = first + 2 * count;
  let least = words[first];
  let most = least;
  for (let at = first; at < end; at += 2) {
    least = Math.min(least, words[at]);
    most = Math.max(most, words[at]);
  }
  const shift = Math.max(0, 24 - Math.clz32(most - least));
  starts.fill(0);
  for (let at = first; at < end; at += 2) starts[(most - words[at]) >> shift]++;
  let step = 0;
  let rank = n;
  while (rank > starts[step]) rank -= starts[step++];
  let within = 0;
  for (let at = first; at < end; at += 2) {
    keys[within] = words[at];
    within += (most - words[at]) >> shift === step ? 1 : 0;
  }
  return nthKey(keys, within, rank);
}

/** The n-th greatest of the first keys: Hoare's selection. */
function nthKey(keys: Int32Array, count: number, n: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = keys[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (keys[i] > pivot) i++;
      while (keys[j] < pivot) j--;
      if (i > j) break;
      const one = keys[i];
      keys[i++] = keys[j];
      keys[j--] = one;
    }
    if (n - 1 <= j) high = j;
    else if (n - 1 >= i) low = i;
    else break;
  }
  return keys[n - 1];
}

/** Keeps the records that score `least` or more, in their order, and gives how many they are. */
export function keepFrom(words: Int32Array, first: number, count: number, least: number): number {
  let to = first;
  for (let from = first; from < first + 2 * count; from += 2) {
    const score = words[from];
    if (score < least) continue;
    words[to] = score;
    words[to + 1] = words[from + 1];
    to += 2;
  }
  return (to - first) >> 1;
}

/** Which records: `count` from word `first` on, of which the best `wanted` are asked for. */
export interface RecordSpan {
  readonly first: number;
  readonly count: number;
  readonly wanted: number;
}

/** Writes the numbers of the best records into `into` from `at` on, best first, and gives how many they are. */
export function sortRecords(
  ranking: Ranking,
  words: Int32Array,
  form: BlockForm,
  { first, count, wanted }: RecordSpan,
  into: Int32Array,
  at: number,
): number {
  const { keys, ids, otherKeys, otherIds, starts } = ranking;
  for (let k = 0; k < count; k++) {
    // Rising keys are falling scores.
    keys[k] = 32767 - words[first + 2 * k];
    ids[k] = idAt(words, form, words[first + 2 * k + 1]);
  }
  if (count > insertionMost) {
    pass(keys, ids, otherKeys, otherIds, starts, count, 0);
    pass(otherKeys, otherIds, keys, ids, starts, count, 8);
  }
  insert(keys, ids, count);
  const found = Math.min(count, wanted);
  for (let k = 0; k < found; k++) into[at + k] = ids[k];
  return found;
}

/** So few records are sorted faster by insertion alone. */
const insertionMost = 48;

/** Sorts by rising key, equal ones by falling number; quick where keys are in order already. */
function insert(keys: Int32Array, ids: Int32Array, count: number): void {
  for (let k = 1; k < count; k++) {
    const key = keys[k];
    const id = ids[k];
    let place = k;
    for (; place > 0 && (keys[place - 1] > key || (keys[place - 1] === key && ids[place - 1] < id)); place--) {
      keys[place] = keys[place - 1];
      ids[place] = ids[place - 1];
    }
    keys[place] = key;
    ids[place] = id;
  }
}

function pass(
  keys: Int32Array,
  ids: Int32Array,
  toKeys: Int32Array,
  toIds: Int32Array,
  starts: Int32Array,
  count: number,
  shift: number,
): void {
  starts.fill(0);
  for (let k = 0; k < count; k++) starts[((keys[k] >> shift) & 255) + 1]++;
  for (let digit = 0; digit < 256; digit++) starts[digit + 1] += starts[digit];
  for (let k = 0; k < count; k++) {
    const to = starts[(keys[k] >> shift) & 255]++;
    toKeys[to] = keys[k];
    toIds[to] = ids[k];
  }
}
