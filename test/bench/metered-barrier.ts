/**
 * The engine's barrier with a meter in it, for shards of a steady run: `barrier-hook.ts` puts it in the barrier's place in the workers.
 *
 * It notes when a tick has ended, and at both ends of the window it collects garbage and reads the heap. Everything else is the
 * engine's own barrier.
 */
import { control, meet as meetReally } from '../../sim/engine/barrier.ts';
import { GcMeter, liveHeapBytes } from './gc-meter.ts';
import { sharedSteadyThreads, slot, takeClock, takeSlot } from './steady-threads.ts';

export * from '../../sim/engine/barrier.ts';

const shared = sharedSteadyThreads();
const own = shared === undefined ? undefined : takeSlot(shared);
const keepsClock = shared !== undefined && takeClock(shared);
let meter: GcMeter | undefined;
let ticksSeen = 0;

export function meet(words: Int32Array, shardCount: number, last?: () => void): void {
  meetReally(words, shardCount, last);
  const ticks = Atomics.load(words, control.ticksDone);
  if (ticks === ticksSeen) return;
  ticksSeen = ticks;
  if (shared === undefined || own === undefined) return;
  if (keepsClock && ticks <= shared.to) shared.tickEnd[ticks] = performance.now();
  if (ticks === shared.from) begin(own);
  if (ticks === shared.to) end(own);
}

function begin(own: Float64Array): void {
  own[slot.isShard] = 1;
  own[slot.heapBytesEarly] = liveHeapBytes();
  meter = new GcMeter();
}

function end(own: Float64Array): void {
  own[slot.gcMs] = meter?.takeMilliseconds() ?? 0;
  own[slot.heapBytesLate] = liveHeapBytes();
}
