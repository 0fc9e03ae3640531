/**
 * The scan of blocks in WebAssembly against the same in plain code, bit for bit: both forms, several dimensions, all thresholds.
 */
import { describe, expect, test } from 'vitest';
import { mix32 } from '../../../sim/ground/random.ts';
import {
  blockVectors,
  clearLane,
  createPlainScan,
  createScan,
  emptyScore,
  exactScore,
  idAt,
  queryBytes,
  rangeForm,
  segmentForm,
  segmentWords,
  writeQuery,
  writeVector,
} from '../../../sim/world/embedding-kernel.ts';
import { viewsOf } from '../../../sim/world/embedding-index.ts';
import type { BlockForm } from '../../../sim/world/embedding-kernel.ts';

const [queryAt, listAt, headsAt, outAt, blocksAt] = [1024, 16_384, 20_480, 65_536, 524_288];

function memoryOf(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: 32, maximum: 32, shared: true });
}

/** Whole numbers in [-range, range], seeded. */
function vectorOf(seed: number, dimensions: number, range: number): Int8Array {
  return Int8Array.from({ length: dimensions }, (_, k) => ((mix32(seed * 8191 + k) >>> 0) % (2 * range + 1)) - range);
}

function fill(memory: WebAssembly.Memory, form: BlockForm, start: number, count: number, seed: number): void {
  const views = viewsOf(memory);
  for (let k = 0; k < count; k++) {
    const place = {
      block: start + Math.floor(k / blockVectors) * form.blockBytes,
      lane: k % blockVectors,
      id: seed + k,
    };
    writeVector(views, form, place, vectorOf(seed + k, form.dimensions, 120 / Math.sqrt(form.dimensions)), 0);
  }
}

/** What both kernels write for each threshold. */
function compared(memory: WebAssembly.Memory, form: BlockForm, count: number): { ours: number[][]; plain: number[][] } {
  const { words } = viewsOf(memory);
  const run = (scan: ReturnType<typeof createScan>): number[][] =>
    [emptyScore, -200, 0, 150, 32_767].map((threshold) => {
      const end = scan(listAt, count, headsAt, queryAt, threshold, outAt);
      return [...words.subarray(outAt / 4, end / 4)];
    });
  return { ours: run(createScan(memory, form)), plain: run(createPlainScan(memory, form)) };
}

describe('createScan', () => {
  test.each([2, 8, 62, 64])('createScan: of ranges in %i dimensions it writes what plain code writes', (dimensions) => {
    const memory = memoryOf();
    const form = rangeForm(dimensions);
    const views = viewsOf(memory);
    fill(memory, form, blocksAt, 96, 5);
    writeQuery(views, queryAt, vectorOf(77, dimensions, 63), dimensions);
    const stretch = form.blockBytes * form.unroll;
    // Two stretches of blocks, and between them one that is empty.
    const ranges = [blocksAt, blocksAt + stretch, 64, 64, blocksAt + 2 * stretch, blocksAt + 3 * stretch];
    views.words.set(ranges, listAt / 4);
    const { ours, plain } = compared(memory, form, 3);
    expect(ours).toEqual(plain);
    expect(ours[0]).toHaveLength(2 * 64);
    expect(ours[4]).toHaveLength(0);
    expect(idAt(views.words, form, ours[0][1])).toBe(5);
  });

  test('createScan: scores are dot products, and the exact score is that of the numbers themselves', () => {
    const memory = memoryOf();
    const form = rangeForm(8);
    const views = viewsOf(memory);
    fill(memory, form, blocksAt, 32, 9);
    const query = vectorOf(3, 8, 63);
    writeQuery(views, queryAt, query, 8);
    views.words.set([blocksAt, blocksAt + 4 * form.blockBytes], listAt / 4);
    const { ours } = compared(memory, form, 1);
    for (let k = 0; k < ours[0].length; k += 2) {
      const vector = vectorOf(idAt(views.words, form, ours[0][k + 1]), 8, 120 / Math.sqrt(8));
      const dot = vector.reduce((sum, one, d) => sum + one * query[d], 0);
      expect(ours[0][k]).toBe(dot);
      expect(exactScore(views, form, ours[0][k + 1], query, 0)).toBe(dot);
    }
  });

  test('createScan: of chains it follows every segment, and passes over empty chains and emptied lanes', () => {
    const memory = memoryOf();
    const form = segmentForm(8);
    const views = viewsOf(memory);
    const { bytes, blockOffset } = form.segment ?? { bytes: 0, blockOffset: 0 };
    const segments = [blocksAt, blocksAt + 3 * bytes, blocksAt + bytes];
    segments.forEach((segment, k) => {
      const start = segment + blockOffset;
      fill(memory, form, start, 24, 100 * (k + 1));
      views.words[segment / 4 + segmentWords.next] = segments[k + 1] ?? 0;
      views.words[segment / 4 + segmentWords.start] = start;
      views.words[segment / 4 + segmentWords.end] = start + 3 * form.blockBytes;
    });
    clearLane(views, form, blocksAt + blockOffset, 2);
    writeQuery(views, queryAt, vectorOf(4, 8, 63), 8);
    views.words[headsAt / 4 + 7] = segments[0];
    views.halves.set([9, 7, 9], listAt / 2);
    const { ours, plain } = compared(memory, form, 3);
    expect(ours).toEqual(plain);
    expect(ours[0]).toHaveLength(2 * (3 * 24 - 1));
    const ids = ours[0].filter((_, k) => k % 2 === 1).map((place) => idAt(views.words, form, place));
    expect(ids).not.toContain(102);
    expect(ids.at(-1)).toBe(323);
    expect(queryBytes(8)).toBe(80);
  });
});
