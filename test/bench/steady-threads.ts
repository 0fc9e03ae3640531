/**
 * What the threads of a steady run tell one another: words in shared memory that every thread of the process gets when it starts.
 *
 * Each thread takes a slot of its own; one shard also writes down when each tick ended. Only the measurement knows of this: the
 * engine does not.
 */
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

const key = 'mesocosm steady run';
const slotLength = 8;
const slotCountMax = 64;

/** Numbers of a slot. */
export const slot = { gcMs: 0, heapBytesEarly: 1, heapBytesLate: 2, isShard: 3 } as const;

export interface SteadyThreads {
  /** Ticks after which the window begins and ends. */
  readonly from: number;
  readonly to: number;
  /** Slots that are taken, and whether a shard keeps the clock. */
  readonly taken: Int32Array;
  readonly slots: Float64Array;
  /** Milliseconds at which each tick ended, as the shard that keeps the clock saw it. */
  readonly tickEnd: Float64Array;
}

/** For the main thread, before any other starts. */
export function shareSteadyThreads(from: number, to: number): SteadyThreads {
  const shared: SteadyThreads = {
    ...{ from, to },
    taken: new Int32Array(new SharedArrayBuffer(8)),
    slots: new Float64Array(new SharedArrayBuffer(slotCountMax * slotLength * 8)),
    tickEnd: new Float64Array(new SharedArrayBuffer((to + 2) * 8)),
  };
  setEnvironmentData(key, shared);
  return shared;
}

/** What the main thread has shared, in any thread that it started later. */
export function sharedSteadyThreads(): SteadyThreads | undefined {
  return getEnvironmentData(key) as unknown as SteadyThreads | undefined;
}

/** A slot that nobody else has. */
export function takeSlot({ taken, slots }: SteadyThreads): Float64Array {
  const first = Atomics.add(taken, 0, 1) * slotLength;
  return slots.subarray(first, first + slotLength);
}

/** True for the first who asks. */
export function takeClock({ taken }: SteadyThreads): boolean {
  return Atomics.exchange(taken, 1, 1) === 0;
}

/** All slots that were taken. */
export function takenSlots({ taken, slots }: SteadyThreads): Float64Array[] {
  return Array.from({ length: taken[0] }, (_, i) => slots.subarray(i * slotLength, (i + 1) * slotLength));
}
