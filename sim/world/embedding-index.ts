/**
 * An index of embeddings by cells: the vectors nearest to a query among many, looked for in the cells that lie nearest to it.
 *
 * Vectors are dealt to the centre that they have the greatest dot product with; a query scans the vectors of the `probeCount` cells whose centres score
 * best. With all cells it is exact, but for the query's seven bits. Centres come from a few rounds of spherical k-means over evenly spaced
 * vectors, in whole numbers, so that the index is a pure function of its vectors, on any machine and in any thread.
 * Order of what is found: by (score, number) descending, so that neither cells nor blocks can be seen.
 * Reads vectors; writes memory of its own, which threads share. Oracle: `searchPlain`, all dot products, sorted.
 * Source: Sivic and Zisserman, Video Google (2003), inverted files; Dhillon and Modha, Concept decompositions (2001), spherical k-means.
 */
import { blockVectors, clearLane, createScan, emptyScore } from './embedding-kernel.ts';
import { queryBytes, rangeForm, writeQuery, writeVector } from './embedding-kernel.ts';
import { createRanking, keepFrom, nthScore, sortRecords } from './embedding-ranking.ts';
import { centresOf } from './embedding-centres.ts';
import { longestOf, quantizeQuery, storeVectors, vectorCount } from './embedding-vectors.ts';
import { InputError } from '../ground/errors.ts';
import type { BlockForm, MemoryViews, ScanKernel } from './embedding-kernel.ts';
import type { Ranking } from './embedding-ranking.ts';
import type { StoredVectors, VectorSet } from './embedding-vectors.ts';

/** An index, which can be posted to another thread. Addresses are bytes in `memory`. */
export interface EmbeddingIndex {
  readonly memory: WebAssembly.Memory;
  readonly dimensions: number;
  readonly count: number;
  readonly cellCount: number;
  /** Greatest length of a stored vector or a centre. */
  readonly lengthMax: number;
  /** First block of the centres and, cell by cell, of the vectors; one more than there are cells. */
  readonly centreStart: number;
  readonly cellStart: Int32Array;
  /** Where each of `seatCount` searchers works: `seatBytes` bytes each. */
  readonly seatStart: number;
  readonly seatBytes: number;
  readonly seatCount: number;
}

/** What an index is made with. */
export interface IndexOrder {
  /** In [1, 65535]; the count of vectors / 400 where nothing is said. */
  readonly cellCount?: number;
  /** Threads that may search at once; 1 where nothing is said. */
  readonly seatCount?: number;
}

const pageBytes = 65536;

/** Indexes vectors. Throws INPUT_FIELD_RANGE for dimensions that are odd or not in [2, 1024]. */
export function buildIndex(set: VectorSet, { cellCount, seatCount = 1 }: IndexOrder = {}): EmbeddingIndex {
  checkDimensions(set.dimensions);
  const stored = storeVectors(set);
  const count = vectorCount(stored);
  const cells = Math.max(1, Math.min(65535, cellCount ?? Math.round(count / 400), count));
  const { centres, cellOf } = centresOf(stored, cells);
  return layOut(stored, { centres, cellOf, cellCount: cells, seatCount });
}

/** Refuses what the kernel cannot scan. */
export function checkDimensions(dimensions: number): void {
  if (Number.isInteger(dimensions) && dimensions % 2 === 0 && dimensions >= 2 && dimensions <= 1024) return;
  throw new InputError({
    code: 'INPUT_FIELD_RANGE',
    found: `an embedding of ${dimensions} dimensions`,
    next: 'Take an even number of dimensions from 2 to 1024.',
  });
}

interface Arrangement {
  readonly centres: Int8Array;
  readonly cellOf: Uint16Array;
  readonly cellCount: number;
  readonly seatCount: number;
}

/** Cells one after the other, each filled up to whole groups of blocks with lanes that hold nothing. */
function layOut(stored: StoredVectors, { centres, cellOf, cellCount, seatCount }: Arrangement): EmbeddingIndex {
  const { dimensions, components } = stored;
  const form = rangeForm(dimensions);
  const count = cellOf.length;
  const filled = new Int32Array(cellCount);
  for (let vector = 0; vector < count; vector++) filled[cellOf[vector]]++;
  const cellStart = new Int32Array(new SharedArrayBuffer((cellCount + 1) * 4));
  const centreStart = pageBytes;
  let end = centreStart + bytesOfVectors(form, cellCount);
  for (let cell = 0; cell <= cellCount; cell++) {
    cellStart[cell] = end;
    if (cell < cellCount) end += bytesOfVectors(form, filled[cell]);
  }
  const seatStart = Math.ceil(end / 64) * 64;
  const seatBytes = seatBytesOf(dimensions, cellCount, count);
  const pages = Math.ceil((seatStart + seatBytes * seatCount) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const views = viewsOf(memory);
  clearBlocks(views, form, centreStart, end);
  for (let cell = 0; cell < cellCount; cell++) {
    writeVector(views, form, placeOf(form, centreStart, cell, cell), centres, cell * dimensions);
  }
  filled.fill(0);
  for (let vector = 0; vector < count; vector++) {
    const cell = cellOf[vector];
    writeVector(views, form, placeOf(form, cellStart[cell], filled[cell]++, vector), components, vector * dimensions);
  }
  const lengthMax = Math.max(stored.lengthMax, longestOf(centres, dimensions));
  return { memory, dimensions, count, cellCount, lengthMax, centreStart, cellStart, seatStart, seatBytes, seatCount };
}

/** Bytes of so many vectors, filled up to whole groups of blocks. */
export function bytesOfVectors({ unroll, blockBytes }: BlockForm, count: number): number {
  return Math.ceil(count / (blockVectors * unroll)) * unroll * blockBytes;
}

/** The k-th place from a block on, for the vector of a number. */
export function placeOf({ blockBytes }: BlockForm, start: number, k: number, id: number) {
  return { block: start + Math.floor(k / blockVectors) * blockBytes, lane: k % blockVectors, id };
}

/** Empties all lanes of blocks. */
export function clearBlocks(views: MemoryViews, form: BlockForm, start: number, end: number): void {
  for (let block = start; block < end; block += form.blockBytes) {
    for (let lane = 0; lane < blockVectors; lane++) clearLane(views, form, block, lane);
  }
}

/** A query, the list of ranges, and room for every vector to come through. */
function seatBytesOf(dimensions: number, cellCount: number, count: number): number {
  return Math.ceil((queryBytes(dimensions) + cellCount * 8 + (Math.max(count, cellCount) + 64) * 8) / 64) * 64;
}

export function viewsOf({ buffer }: WebAssembly.Memory): MemoryViews {
  return { bytes: new Int8Array(buffer), halves: new Int16Array(buffer), words: new Int32Array(buffer) };
}

/** What one thread searches with. */
export interface Searcher {
  readonly index: EmbeddingIndex;
  readonly form: BlockForm;
  readonly words: Int32Array;
  readonly scan: ScanKernel;
  readonly query: Int8Array;
  readonly queryAddress: number;
  readonly list: number;
  readonly out: number;
  /** Cells, best first. */
  readonly cells: Int32Array;
  readonly ranking: Ranking;
}

/** A searcher at one of the index's seats. `createKernel` makes the kernel, or its twin. */
export function createSearcher(index: EmbeddingIndex, seat = 0, createKernel = createScan): Searcher {
  const form = rangeForm(index.dimensions);
  const queryAddress = index.seatStart + seat * index.seatBytes;
  const list = queryAddress + queryBytes(index.dimensions);
  return {
    index,
    form,
    words: viewsOf(index.memory).words,
    scan: createKernel(index.memory, form),
    query: new Int8Array(index.dimensions),
    queryAddress,
    list,
    out: list + index.cellCount * 8,
    cells: new Int32Array(index.cellCount),
    ranking: createRanking(Math.max(index.count, index.cellCount) + 64),
  };
}

/** What is asked of an index. */
export interface Question {
  readonly components: ArrayLike<number>;
  /** Where the query begins in `components`. */
  readonly from: number;
  /** How many to find. */
  readonly length: number;
  /** Cells that are looked through, the best by their centres. */
  readonly probeCount: number;
}

/** Writes the numbers of the vectors found into `into` from `at` on, best first, and gives how many there are. */
export function search(searcher: Searcher, question: Question, into: Int32Array, at = 0): number {
  const { index, words, query, queryAddress, list, out, ranking, cells } = searcher;
  const { length } = question;
  const first = out >> 2;
  quantizeQuery(question.components, question.from, index.dimensions, index.lengthMax, query);
  writeQuery(searcher, queryAddress, query, index.dimensions);
  const probes = rankCells(searcher, Math.min(question.probeCount, index.cellCount));
  let kept = 0;
  let threshold = emptyScore;
  // The nearest cell alone first: it sets a threshold that leaves little of the others to be sorted.
  for (let from = 0, to = 1; from < probes; from = to, to = Math.min(probes, to * 4)) {
    for (let k = from, entry = list >> 2; k < to; k++) {
      words[entry++] = index.cellStart[cells[k]];
      words[entry++] = index.cellStart[cells[k] + 1];
    }
    kept = (searcher.scan(list, to - from, 0, queryAddress, threshold, out + kept * 8) - out) / 8;
    if (kept <= length) continue;
    // Those that tie with the last one stay until the end, since the greater numbers among them are wanted.
    const last = nthScore(ranking, words, first, kept, length);
    kept = keepFrom(words, first, kept, last);
    threshold = last - 1;
  }
  return sortRecords(ranking, words, searcher.form, { first, count: kept, wanted: length }, into, at);
}

/** Orders the best cells by the score of their centres, the greater number first where they tie; gives how many there are. */
function rankCells(
  { index, words, form, list, out, cells, ranking, queryAddress, scan }: Searcher,
  wanted: number,
): number {
  words[list >> 2] = index.centreStart;
  words[(list >> 2) + 1] = index.cellStart[0];
  const first = out >> 2;
  let count = (scan(list, 1, 0, queryAddress, emptyScore, out) - out) / 8;
  if (count > wanted) count = keepFrom(words, first, count, nthScore(ranking, words, first, count, wanted));
  return sortRecords(ranking, words, form, { first, count, wanted }, cells, 0);
}
