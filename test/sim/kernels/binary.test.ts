/**
 * The compiled kernels that the tree keeps are those of the sources that it keeps.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { binary } from '../../../sim/kernels/binary.ts';
import { createAllocator } from '../../../sim/ground/arena.ts';
import { createKernels, kernelScratchWords } from '../../../sim/kernels/kernels.ts';
import { binaryText, root, sourcesSha256 } from '../../kernels/compile.ts';

test('binary: the sources compile to the very bytes that are kept', async () => {
  expect(binary.sourcesSha256).toBe(sourcesSha256());
  expect(await binaryText()).toBe(readFileSync(join(root, 'sim/kernels/binary.ts'), 'utf8'));
});

test('createKernels: making an instance changes no byte of the arena', () => {
  const allocator = createAllocator(1 << 20);
  const bytes = new Uint8Array(allocator.handle.memory.buffer).fill(7);
  const kernels = createKernels(allocator.handle, allocator.allocate('i32', kernelScratchWords, true));
  expect(kernels).toBeDefined();
  expect(bytes.every((byte) => byte === 7)).toBe(true);
});

test('createKernels: scratch memory outside the arena gives none, and the twins work', () => {
  const allocator = createAllocator(1 << 20);
  expect(createKernels(allocator.handle, allocator.allocate('i32', kernelScratchWords, false))).toBeUndefined();
});
