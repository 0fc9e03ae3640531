/**
 * One measurement of the kernel: the reference's task (`kernel-task.ts`) in this thread, or in several workers over the same columns
 * with the engine's own barrier; CPU and wall time a warm tick, and a digest of the outcome.
 *
 * Clocks are read by the first thread between two meetings, CPU for all threads of the process.
 */
import { Piscina } from 'piscina';
import { control, meet } from '../../sim/engine/barrier.ts';
import { readGraph } from './world.ts';
import { Stopwatch } from './stopwatch.ts';
import { applyPart, attachKernel, checksumOf, createKernel, decidePart, feedLength, partOf } from './kernel-task.ts';
import { compileTask, decideByWasm } from './kernel-wasm.ts';
import type { DecidePart } from './kernel-wasm.ts';
import type { KernelFeed, KernelHandle, KernelTotals } from './kernel-task.ts';
import type { Times } from './stopwatch.ts';
import type { Sample } from './interleave.ts';

export interface KernelOrder {
  readonly kind: 'kernel';
  readonly graph: string;
  readonly feed: KernelFeed;
  readonly ticks: number;
  readonly threads?: number;
  /** Whether agents decide in WebAssembly. */
  readonly isWasm?: boolean;
}

/** What a thread is told. `words`: see `sim/engine/barrier.ts`. */
export interface KernelThreadOrder {
  readonly handle: KernelHandle;
  readonly words: Int32Array;
  readonly thread: number;
  readonly feed: KernelFeed;
  readonly ticks: number;
  /** The compiled task, if agents decide in WebAssembly. */
  readonly module?: Uint8Array;
}

interface ThreadResult {
  readonly totals: KernelTotals;
  readonly times: Times | undefined;
}

const warmTicks = 5;
const controlLength = 64;

export async function measureKernel(order: KernelOrder): Promise<Sample> {
  const { feed, ticks, threads = 1 } = order;
  const graph = readGraph(order.graph);
  const agentCount = graph.followOffset.length - 1;
  const handle = createKernel(graph, ticks, threads);
  const words = new Int32Array(new SharedArrayBuffer(controlLength * 4));
  words[control.nextPost] = agentCount + 1;
  const inWasm = order.isWasm === true ? { module: await compileTask() } : {};
  const orders = Array.from({ length: threads }, (_, thread) => ({ handle, words, thread, feed, ticks, ...inWasm }));
  const results = threads === 1 ? [runKernelThread(orders[0])] : await runInWorkers(orders);
  const { shareCount, recent } = attachKernel(handle);
  const nextPost = words[control.nextPost];
  const total = (name: 'active' | 'items' | 'reshares'): number =>
    results.reduce((sum, { totals }) => sum + totals[name], 0);
  return {
    ...(results[0].times ?? { cpuMs: 0, wallMs: 0, othersCores: 0 }),
    digest: checksumOf(shareCount.subarray(0, nextPost), recent),
    ...{ active: total('active') / ticks, items: total('items'), reshares: total('reshares'), posts: nextPost - 1 },
  };
}

async function runInWorkers(orders: readonly KernelThreadOrder[]): Promise<ThreadResult[]> {
  const count = orders.length;
  const pool = new Piscina({
    filename: import.meta.filename,
    name: 'runKernelThread',
    ...{ minThreads: count, maxThreads: count, atomics: 'disabled' },
  });
  try {
    return (await Promise.all(orders.map((order) => pool.run(order)))) as ThreadResult[];
  } finally {
    await pool.destroy();
  }
}

/** All ticks of one thread. The first thread measures. */
export function runKernelThread({ handle, words, thread, ...order }: KernelThreadOrder): ThreadResult {
  const { threadCount } = handle;
  const columns = attachKernel(handle);
  const part = partOf(handle, thread);
  const feed = new Int32Array(feedLength);
  const totals = { active: 0, items: 0, reshares: 0, attemptsEnd: 0 };
  const { madeCount } = columns;
  const stopwatch = new Stopwatch();
  const closeTick = (): void => {
    for (const made of madeCount) words[control.nextPost] += made;
  };
  const { module } = order;
  const decide: DecidePart =
    module === undefined
      ? (own, now, sums) => decidePart(columns, own, now, feed, sums)
      : decideByWasm(module, handle, columns);
  for (let tick = 0; tick < order.ticks; tick++) {
    if (thread === 0 && tick === warmTicks) stopwatch.start();
    decide(part, { tick, feed: order.feed }, totals);
    meet(words, threadCount);
    let firstPost = words[control.nextPost];
    for (let before = 0; before < thread; before++) firstPost += madeCount[before];
    applyPart(columns, part, totals, firstPost, threadCount === 1);
    meet(words, threadCount, closeTick);
  }
  return { totals, times: thread === 0 ? stopwatch.timesPer(order.ticks - warmTicks) : undefined };
}
