/**
 * Tables and their memory: columns lie apart, start on lines of their own, and are the same cells in every thread.
 */
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { cellBytes, createAllocator, viewOf } from '../../../sim/ground/arena.ts';
import {
  allocateTable,
  attachTable,
  cold,
  column,
  defineTable,
  rowBytes,
  wideColumn,
} from '../../../sim/ground/table.ts';
import type { Cell } from '../../../sim/ground/arena.ts';
import type { Id } from '../../../sim/ground/ids.ts';

const cells: readonly Cell[] = ['i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'f32', 'f64'];
const spec = defineTable<Id<'things'>>()('things', {
  flag: column('u8'),
  wide: wideColumn('i16', 3),
  number: column('f64'),
  hidden: cold(column('i32')),
});

describe('arena', () => {
  test('createAllocator: every hot column begins on a line of 64 bytes and overlaps no other', () => {
    const allocator = createAllocator(1 << 20);
    let end = 0;
    for (let i = 0; i < 200; i++) {
      const handle = allocator.allocate(cells[i % cells.length], (i * 37) % 301, true);
      expect(handle.buffer).toBeUndefined();
      expect(handle.offsetBytes % 64).toBe(0);
      expect(handle.offsetBytes).toBeGreaterThanOrEqual(end);
      end = handle.offsetBytes + handle.length * cellBytes(handle.cell);
    }
    expect(allocator.allocatedBytes()).toBeGreaterThanOrEqual(end);
    expect(end).toBeLessThanOrEqual(1 << 20);
  });

  test('createAllocator: what does not fit the arena gets a buffer of its own, and what fits still goes in', () => {
    const allocator = createAllocator(65_536);
    expect(allocator.allocate('f64', 7000, true).buffer).toBeUndefined();
    const large = allocator.allocate('f64', 7000, true);
    expect(large.buffer?.byteLength).toBeGreaterThanOrEqual(56_000);
    expect(allocator.allocate('u8', 64, true).buffer).toBeUndefined();
    expect(viewOf(allocator.handle, large).length).toBe(7000);
  });

  test('createAllocator: an empty column has no cells and takes none of its neighbour', () => {
    const allocator = createAllocator(65_536);
    const empty = viewOf(allocator.handle, allocator.allocate('i32', 0, true));
    const next = viewOf(allocator.handle, allocator.allocate('i32', 4, true));
    empty[0] = 9;
    expect([empty.length, ...next]).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('tables', () => {
  test('attachTable: a write through one view is seen through another, and through no other column', () => {
    const allocator = createAllocator(65_536);
    const handle = allocateTable(spec, 5, allocator);
    const one = attachTable(spec, allocator.handle, handle);
    const two = attachTable(spec, allocator.handle, handle);
    (one.wide as Int16Array).fill(-7);
    one.number[4 as Id<'things'>] = Math.PI;
    expect(Array.from(two.wide)).toEqual(new Array(15).fill(-7));
    expect(two.number[4 as Id<'things'>]).toBe(Math.PI);
    expect(Array.from(two.flag as unknown as Uint8Array)).toEqual([0, 0, 0, 0, 0]);
    expect(two.rowCapacity).toBe(5);
  });

  test('attachTable: another thread sees the same cells, hot and cold', async () => {
    const allocator = createAllocator(65_536);
    const handle = allocateTable(spec, 5, allocator);
    const here = attachTable(spec, allocator.handle, handle);
    here.number[2 as Id<'things'>] = 0.5;
    const program = `
      import { parentPort, workerData } from 'node:worker_threads';
      import { attachTable } from '${new URL('../../../sim/ground/table.ts', import.meta.url).href}';
      const { spec, arena, handle } = workerData;
      const there = attachTable(spec, arena, handle);
      there.hidden[3] = there.number[2] * 84;
      there.flag[1] = 255;
      parentPort.postMessage('done');`;
    const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    const worker = new Worker(url, { workerData: { spec, arena: allocator.handle, handle } });
    await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    await worker.terminate();
    expect([here.hidden[3 as Id<'things'>], here.flag[1 as Id<'things'>]]).toEqual([42, 255]);
  });

  test('rowBytes: adds up cells, width included', () => {
    expect(rowBytes(spec)).toBe(1 + 3 * 2 + 8 + 4);
  });
});
