/**
 * Garbage collection and heap of one thread, as V8 itself counts them. A PerformanceObserver is told of collections by its thread's
 * event loop, which a shard does not come back to before the run ends; a GCProfiler counts without one.
 */
import { GCProfiler } from 'node:v8';

declare const gc: (() => void) | undefined;

/** Counts from its making on. */
export class GcMeter {
  #profiler = new GCProfiler();

  constructor() {
    this.#profiler.start();
  }

  /** Milliseconds of collections since the meter was made, or since this was last called. */
  takeMilliseconds(): number {
    const { statistics } = this.#profiler.stop() as { readonly statistics: readonly { readonly cost: number }[] };
    this.#profiler = new GCProfiler();
    this.#profiler.start();
    return statistics.reduce((sum, { cost }) => sum + cost, 0) / 1000;
  }
}

/** Heap that this thread uses once everything unreachable is gone. Needs --expose-gc. */
export function liveHeapBytes(): number {
  gc?.();
  return process.memoryUsage().heapUsed;
}
