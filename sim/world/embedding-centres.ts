/**
 * Centres of cells: a few rounds of spherical k-means over evenly spaced vectors, in whole numbers.
 *
 * Begins with vectors spaced evenly through the set, deals every vector of the sample to the centre with the greatest dot product (the
 * greater number of centre where they tie), and puts each centre in the direction of the sum of its own; a centre that nothing was
 * dealt to stays where it is. Sums are whole numbers and directions need a division and a square root alone, so centres are the
 * same on every machine. Then all vectors are dealt. Pure.
 * Oracle: dealing by all dot products (`test/sim/world/embedding-index.test.ts`).
 * Source: Dhillon and Modha, Concept decompositions for large sparse text data using clustering (2001), section 3.
 */
import { blockVectors, clearLane, createScan, emptyScore, idAt } from './embedding-kernel.ts';
import { queryBytes, rangeForm, writeQuery, writeVector } from './embedding-kernel.ts';
import { longestOf, quantizeQuery, vectorCount } from './embedding-vectors.ts';
import type { BlockForm, MemoryViews, ScanKernel } from './embedding-kernel.ts';
import type { StoredVectors } from './embedding-vectors.ts';

/** Centres, one after the other, in signed bytes of length 127, and the cell of each vector. */
export interface Centres {
  readonly centres: Int8Array;
  readonly cellOf: Uint16Array;
}

const roundCount = 4;
/** Vectors of the sample for each centre. */
const sampleShare = 48;
const centreLength = 127;
const pageBytes = 65536;

/** Makes `cellCount` centres of the vectors, and deals the vectors to them. */
export function centresOf(stored: StoredVectors, cellCount: number): Centres {
  const { dimensions, components } = stored;
  const count = vectorCount(stored);
  const centres = new Int8Array(cellCount * dimensions);
  const direction = new Float64Array(dimensions);
  for (let cell = 0; cell < cellCount; cell++) {
    const from = Math.floor((cell * count) / cellCount) * dimensions;
    for (let k = 0; k < dimensions; k++) direction[k] = components[from + k];
    writeCentre(centres, cell, direction);
  }
  const sampleCount = Math.min(count, cellCount * sampleShare);
  const dealer = createDealer(dimensions, cellCount);
  const cells = new Uint16Array(sampleCount);
  for (let round = 0; round < roundCount && cellCount > 1; round++) {
    seat(dealer, centres, dimensions, cellCount);
    const sums = new Float64Array(cellCount * dimensions);
    for (let k = 0; k < sampleCount; k++) {
      const from = Math.floor((k * count) / sampleCount) * dimensions;
      cells[k] = cellOfVector(dealer, components, from);
      for (let d = 0; d < dimensions; d++) sums[cells[k] * dimensions + d] += components[from + d];
    }
    for (let cell = 0; cell < cellCount; cell++) {
      writeCentre(centres, cell, sums.subarray(cell * dimensions, (cell + 1) * dimensions));
    }
  }
  seat(dealer, centres, dimensions, cellCount);
  const cellOf = new Uint16Array(count);
  for (let vector = 0; vector < count; vector++) cellOf[vector] = cellOfVector(dealer, components, vector * dimensions);
  return { centres, cellOf };
}

function writeCentre(centres: Int8Array, cell: number, direction: Float64Array): void {
  const { length: dimensions } = direction;
  let square = 0;
  for (let k = 0; k < dimensions; k++) square += direction[k] * direction[k];
  if (square === 0) return;
  const factor = centreLength / Math.sqrt(square);
  for (let k = 0; k < dimensions; k++) centres[cell * dimensions + k] = Math.round(direction[k] * factor);
}

/** What deals vectors to centres. */
interface Dealer {
  readonly views: MemoryViews;
  readonly scan: ScanKernel;
  readonly form: BlockForm;
  readonly query: Int8Array;
  readonly start: number;
  readonly end: number;
  lengthMax: number;
}

const queryAddress = 1024;

function createDealer(dimensions: number, cellCount: number): Dealer {
  const form = rangeForm(dimensions);
  const blockCount = Math.ceil(cellCount / (blockVectors * form.unroll)) * form.unroll;
  const start = Math.ceil((queryAddress + queryBytes(dimensions)) / 64) * 64;
  const end = start + blockCount * form.blockBytes;
  const pages = Math.ceil((end + (cellCount + 64) * 8) / pageBytes);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { buffer } = memory;
  const views = { bytes: new Int8Array(buffer), halves: new Int16Array(buffer), words: new Int32Array(buffer) };
  return { views, scan: createScan(memory, form), form, query: new Int8Array(dimensions), start, end, lengthMax: 0 };
}

function seat(dealer: Dealer, centres: Int8Array, dimensions: number, cellCount: number): void {
  const { views, form, start, end } = dealer;
  for (let block = start; block < end; block += form.blockBytes) {
    for (let lane = 0; lane < blockVectors; lane++) clearLane(views, form, block, lane);
  }
  for (let cell = 0; cell < cellCount; cell++) {
    const block = start + Math.floor(cell / blockVectors) * form.blockBytes;
    writeVector(views, form, { block, lane: cell % blockVectors, id: cell }, centres, cell * dimensions);
  }
  views.words[0] = start;
  views.words[1] = end;
  dealer.lengthMax = longestOf(centres, dimensions);
}

function cellOfVector(dealer: Dealer, vectors: Int8Array, from: number): number {
  const { views, scan, form, query, end, lengthMax } = dealer;
  const { words } = views;
  quantizeQuery(vectors, from, form.dimensions, lengthMax, query);
  writeQuery(views, queryAddress, query, form.dimensions);
  const last = scan(0, 1, 0, queryAddress, emptyScore, end) >> 2;
  let best = end >> 2;
  for (let at = best + 2; at < last; at += 2) if (words[at] >= words[best]) best = at;
  return idAt(words, form, words[best + 1]);
}
