/**
 * The kernel that is measured: any number of threads and the naive version do the same task; a steady run meters every thread.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { caseOf } from './interleave.ts';
import { measureKernel } from './kernel.ts';
import { measureNaiveKernel } from './naive-kernel.ts';
import { attributesOf, drawGraph, readGraph, writeGraph } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesocosm-kernel-'));
const graph = join(folder, 'graph.bin');
const world = { agents: 3000, ticks: 1 };
const drawn = drawGraph(attributesOf(world), world);
writeGraph(graph, drawn);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('writeGraph: a graph reads back as it was written', () => {
  expect(readGraph(graph)).toEqual(drawn);
});

test('measureKernel: one thread, two and three come to one digest, and so do WebAssembly, objects and graphology', async () => {
  const order = { kind: 'kernel', graph, feed: 'sampled', ticks: 12 } as const;
  const samples = [
    await measureKernel(order),
    await measureKernel({ ...order, threads: 2 }),
    await measureKernel({ ...order, threads: 3 }),
    await measureKernel({ ...order, isWasm: true }),
    await measureKernel({ ...order, isWasm: true, threads: 3 }),
    measureNaiveKernel({ kind: 'naive-kernel', graph, ticks: 12 }),
  ];
  const [one] = samples;
  expect(Number(one['reshares'])).toBeGreaterThan(0);
  expect(Number(one['posts'])).toBeGreaterThan(world.agents);
  for (const { digest, active, items, reshares, posts } of samples) {
    expect({ digest, active, items, reshares, posts }).toEqual({
      digest: one.digest,
      ...{ active: one['active'], items: one['items'], reshares: one['reshares'], posts: one['posts'] },
    });
  }
});

test('measureKernel: the exact feed comes to another digest than the sampled one, with two threads as with one', async () => {
  const order = { kind: 'kernel', graph, feed: 'exact', ticks: 12 } as const;
  const one = await measureKernel(order);
  expect((await measureKernel({ ...order, threads: 2 })).digest).toBe(one.digest);
  expect((await measureKernel({ ...order, isWasm: true })).digest).toBe(one.digest);
  expect((await measureKernel({ ...order, feed: 'sampled' })).digest).not.toBe(one.digest);
});

test('measureSteady: two shards are metered, every tick has a time, and one worker comes to the same digest', async () => {
  const hook = import.meta.resolve('./barrier-hook.ts');
  const order = { kind: 'steady', agents: 1000, warmTicks: 30, ticks: 90 };
  const one = await caseOf('one', { ...order, workers: 1 }, [hook]).run();
  const two = await caseOf('two', { ...order, workers: 2 }, [hook]).run();
  expect(two.digest).toBe(one.digest);
  expect([one['shardThreads'], two['shardThreads']]).toEqual([0, 2]);
  for (const sample of [one, two]) {
    expect(Number(sample['medianMs'])).toBeGreaterThan(0);
    // A tick that nobody timed would be negative or hold all that went before.
    expect(Number(sample['plainMost']) * Number(sample['medianMs'])).toBeLessThan(
      Number(sample['wallMs']) * order.ticks,
    );
    expect(Number(sample['plainMost'])).toBeGreaterThanOrEqual(1);
  }
});
