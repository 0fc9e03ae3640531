/**
 * A process that measures one case: takes an order as JSON in its first argument, prints one sample as JSON on one line.
 */
import { measureEngine } from './engine-case.ts';
import { measureGraph } from './graph.ts';
import { measureKernel } from './kernel.ts';
import { measureLog } from './log.ts';
import { measureMemory } from './memory.ts';
import { measureNaive } from './naive.ts';
import { measureNaiveKernel } from './naive-kernel.ts';
import { measureSteady } from './steady.ts';
import type { EngineOrder } from './engine-case.ts';
import type { GraphOrder } from './graph.ts';
import type { KernelOrder } from './kernel.ts';
import type { LogOrder } from './log.ts';
import type { MemoryOrder } from './memory.ts';
import type { NaiveOrder } from './naive.ts';
import type { NaiveKernelOrder } from './naive-kernel.ts';
import type { SteadyOrder } from './steady.ts';

type Order =
  EngineOrder | GraphOrder | KernelOrder | LogOrder | MemoryOrder | NaiveOrder | NaiveKernelOrder | SteadyOrder;

const order = JSON.parse(process.argv[2]) as Order;

async function measure(): Promise<object> {
  switch (order.kind) {
    case 'engine':
      return measureEngine(order);
    case 'graph':
      return measureGraph(order);
    case 'kernel':
      return measureKernel(order);
    case 'log':
      return measureLog(order);
    case 'memory':
      return measureMemory(order);
    case 'naive':
      return measureNaive(order);
    case 'naive-kernel':
      return measureNaiveKernel(order);
    case 'steady':
      return measureSteady(order);
  }
}

process.stdout.write(`${JSON.stringify(await measure())}\n`);
