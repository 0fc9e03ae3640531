/**
 * The benchmarks by name, in the order in which they run: which cases each compares, in interleaved rounds, and the tables that come of it.
 *
 * Nothing here asserts on time. A digest that differs where it must not (workers, threads, rounds) is said in the table.
 */
import { graph, interest, log, memory, naive, record, reference, tick } from './engine-bench.ts';
import { kernel, peers } from './kernel-bench.ts';
import { scaling, steady } from './scaling.ts';
import type { Bench } from './setting.ts';

export const benches: Readonly<Record<string, Bench>> = {
  ...{ kernel, peers, tick, interest, reference, naive, record, graph, log, memory, scaling, steady },
};
