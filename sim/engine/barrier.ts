/**
 * How shards meet: a barrier with a short spin and then a wait, and the words through which they speak with the main thread.
 *
 * The main thread never blocks: it waits asynchronously for `signal` to move. A shard that throws sets the stop word and wakes
 * everybody; whoever comes to a barrier and finds it set leaves by throwing `Stopped`.
 * Invariant: between two barriers every shard is in the same phase of the same tick.
 */

/** Words of the control block. */
export const control = {
  stop: 0,
  arrived: 1,
  generation: 2,
  /** Moves whenever the main thread should look. */
  signal: 3,
  /** Ticks that all shards have finished. */
  ticksDone: 4,
  /** Ticks that have been read out of the shards' tables. */
  ticksTaken: 5,
  /** Number of times that requests were laid before the main thread, and answered by it. */
  asked: 6,
  answered: 7,
  /** The run ends before this tick. */
  endTick: 8,
  nextPost: 9,
  /** Where a shard that threw stood. */
  stopShard: 10,
  stopTick: 11,
  stopAgent: 12,
  /** Set by the main thread to end the run after the tick that is being worked on. */
  pleaseStop: 13,
  /** Ticks before which a checkpoint has been saved, where one is due. */
  ticksSaved: 14,
  /** For a recorder in a thread of its own: moves when it should look; ticks handed over to it; that there will be no more. */
  recordSignal: 15,
  ticksTold: 16,
  recordEnd: 17,
} as const;

/** Thrown in the shards that leave because another one threw. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

const spins = 200;

/** Waits until every shard has come here. `last` runs once, in the shard that comes last, before anyone goes on. */
export function meet(words: Int32Array, shardCount: number, last?: () => void): void {
  if (shardCount === 1) {
    last?.();
    return;
  }
  if (Atomics.load(words, control.stop) !== 0) throw new Stopped();
  const generation = Atomics.load(words, control.generation);
  if (Atomics.add(words, control.arrived, 1) === shardCount - 1) {
    Atomics.store(words, control.arrived, 0);
    last?.();
    Atomics.store(words, control.generation, generation + 1);
    Atomics.notify(words, control.generation);
    return;
  }
  // Whoever stops the run moves the generation too: `waitWhile` tells the one from the other.
  for (let i = 0; i < spins && Atomics.load(words, control.generation) === generation; i++);
  waitWhile(words, control.generation, generation);
}

/** Blocks a shard while a word has a value, and leaves if the run is stopped. Never on the main thread. */
export function waitWhile(words: Int32Array, word: number, value: number): void {
  while (Atomics.load(words, word) === value) {
    if (Atomics.load(words, control.stop) !== 0) throw new Stopped();
    Atomics.wait(words, word, value, 1000);
  }
  if (Atomics.load(words, control.stop) !== 0) throw new Stopped();
}

/** Tells the main thread to look. */
export function signalMain(words: Int32Array): void {
  Atomics.add(words, control.signal, 1);
  Atomics.notify(words, control.signal);
}

/** Stops all shards, and says where. */
export function stopAll(words: Int32Array, shard: number, tick: number, agent: number): void {
  if (Atomics.compareExchange(words, control.stop, 0, 1) === 0) {
    words[control.stopShard] = shard;
    words[control.stopTick] = tick;
    words[control.stopAgent] = agent;
  }
  Atomics.add(words, control.generation, 1);
  for (const word of [control.generation, control.answered, control.ticksTaken, control.ticksSaved])
    Atomics.notify(words, word);
  signalMain(words);
}
