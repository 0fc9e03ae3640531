/**
 * A small index in front of one agent's exposure memory: where a content may stand, or that it surely stands nowhere.
 *
 * 256 words by the low byte of the content's id, each with the generation that wrote it, so that nothing is cleared between agents.
 * It is a hint: what it finds is compared with the memory, and what another content hides is searched for.
 * Oracle: `findExposure`, the search of all places (`test/sim/world/memory-index.test.ts`).
 */
import { findExposure } from './agents.ts';

export interface MemoryIndex {
  /** Generation above six bits of place, by the low byte of the content's id. */
  readonly words: Int32Array;
  generation: number;
  /** First place of the memory at hand, and how many there are: at most 64. */
  start: number;
  length: number;
}

const wordMask = 255;
const placeBits = 6;
const placeMask = (1 << placeBits) - 1;
const generationMax = (1 << (31 - placeBits)) - 1;

export function createMemoryIndex(): MemoryIndex {
  return { words: new Int32Array(wordMask + 1), generation: 0, start: 0, length: 0 };
}

/** Indexes the memory at `origins[start]` to `origins[start + length - 1]`. */
export function indexMemory(index: MemoryIndex, origins: Int32Array, start: number, length: number): void {
  const { words } = index;
  if (index.generation === generationMax) {
    words.fill(0);
    index.generation = 0;
  }
  index.generation++;
  index.start = start;
  index.length = length;
  const generation = index.generation << placeBits;
  for (let k = 0; k < length; k++) words[origins[start + k] & wordMask] = generation | k;
}

/** Notes that a content now stands at `place`. */
export function noteMemory(index: MemoryIndex, origin: number, place: number): void {
  index.words[origin & wordMask] = (index.generation << placeBits) | (place - index.start);
}

/** The place of a content in the memory at hand, or -1. */
export function placeInMemory(index: MemoryIndex, origins: Int32Array, origin: number): number {
  const word = index.words[origin & wordMask];
  if (word >> placeBits !== index.generation) return -1;
  const place = index.start + (word & placeMask);
  return origins[place] === origin ? place : findExposure(origins, index.start, index.length, origin);
}
