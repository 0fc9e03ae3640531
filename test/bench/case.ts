/**
 * A process that measures one case: takes an order as JSON in its first argument, prints one sample as JSON on one line.
 */
import { measureEngine } from './engine-case.ts';
import { measureKernel } from './kernel.ts';
import { measureMemory } from './memory.ts';
import { measureNaive } from './naive.ts';
import type { EngineOrder } from './engine-case.ts';
import type { KernelOrder } from './kernel.ts';
import type { MemoryOrder } from './memory.ts';
import type { NaiveOrder } from './naive.ts';

type Order = EngineOrder | KernelOrder | MemoryOrder | NaiveOrder;

const order = JSON.parse(process.argv[2]) as Order;

async function measure(): Promise<object> {
  switch (order.kind) {
    case 'engine':
      return measureEngine(order);
    case 'kernel':
      return measureKernel(order);
    case 'memory':
      return measureMemory(order);
    case 'naive':
      return measureNaive(order);
  }
}

process.stdout.write(`${JSON.stringify(await measure())}\n`);
