/**
 * Preloaded (--import) into every thread of a steady run: where a shard's worker imports the engine's barrier, it gets the metered one;
 * any other worker counts its collections by itself, for as long as it lives.
 */
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import { GcMeter } from './gc-meter.ts';
import { sharedSteadyThreads, slot, takeSlot } from './steady-threads.ts';

const barrier = import.meta.resolve('../../sim/engine/barrier.ts');
const shardWorker = import.meta.resolve('../../sim/engine/shard-worker.ts');
const metered = import.meta.resolve('./metered-barrier.ts');
const readEveryMs = 50;

let isShard = false;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    if (resolved.url !== barrier || context.parentURL !== shardWorker) return resolved;
    isShard = true;
    return { ...resolved, url: metered };
  },
});

const shared = isMainThread ? undefined : sharedSteadyThreads();
if (shared !== undefined) {
  let meter: GcMeter | undefined;
  let own: Float64Array | undefined;
  const timer = setInterval(() => {
    if (isShard) {
      clearInterval(timer);
      return;
    }
    meter ??= new GcMeter();
    own ??= takeSlot(shared);
    own[slot.gcMs] += meter.takeMilliseconds();
  }, readEveryMs);
  timer.unref();
}
