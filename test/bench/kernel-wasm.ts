/**
 * The kernel's task decided in WebAssembly: `assembly/kernel-task.ts`, compiled when it is measured, over the same columns.
 *
 * Does what `decidePart` does, with the same totals and attempts. Oracle: `decidePart` (`kernel.test.ts`).
 */
import { tickSeedA, tickSeedB } from '../../sim/ground/random.ts';
import { compile } from '../kernels/compile.ts';
import { kernelSeed, scratchWords } from './kernel-task.ts';
import type { KernelColumns, KernelFeed, KernelHandle, KernelPart, KernelTotals } from './kernel-task.ts';

interface TaskExports {
  attach(...addresses: readonly number[]): void;
  decide(...parameters: readonly number[]): number;
  lastActive(): number;
  lastItems(): number;
  lastReshares(): number;
  lastMade(): number;
}

export type DecidePart = (
  part: KernelPart,
  now: { readonly tick: number; readonly feed: KernelFeed },
  totals: KernelTotals,
) => void;

/** The compiled task, for any thread. */
export function compileTask(): Promise<Uint8Array> {
  return compile(['test/bench/assembly/kernel-task.ts']);
}

/** What decides for a thread's agents. */
export function decideByWasm(bytes: Uint8Array, { arena }: KernelHandle, columns: KernelColumns): DecidePart {
  const { memory } = arena;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const task = instance.exports as TaskExports;
  const { offset, followee, interest, recent, topic, scratch, keyLo, keyHi, attempts, madeCount } = columns;
  return (part, now, totals) => {
    const own = scratch.byteOffset + part.thread * scratchWords * 4;
    task.attach(...[offset, followee, interest, recent, topic].map(({ byteOffset }) => byteOffset), own);
    const end = task.decide(
      ...[keyLo.byteOffset, keyHi.byteOffset, tickSeedA(kernelSeed, 0, now.tick), tickSeedB(kernelSeed, 0, now.tick)],
      ...[now.feed === 'exact' ? 1 : 0, attempts.byteOffset + part.attemptsStart * 4, part.from, part.to],
    );
    totals.attemptsEnd = ((end >>> 0) - attempts.byteOffset) / 4;
    totals.active += task.lastActive();
    totals.items += task.lastItems();
    totals.reshares += task.lastReshares();
    madeCount[part.thread] = task.lastMade();
  };
}
