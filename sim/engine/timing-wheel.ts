/**
 * A timing wheel: agents by the tick they wake at, in chunks of one line of memory, so that neither queuing nor waking goes from agent to agent.
 *
 * One array of words a shard: for each slot the place after its last entry, or 0; then the first free chunk and the first unused word; then chunks
 * of sixteen words, the place after the chunk before it and up to fifteen rows. A waking that lies beyond the wheel stands in its last slot with its high
 * bit set: whoever takes it looks up when it is due and puts it back.
 * Order: entries of a slot come in any order. Invariant: each agent stands in one slot at most. Oracle: a sorted list (`test/sim/engine/activate.test.ts`).
 */
import { assertInvariant } from '../ground/errors.ts';

/** Slots of the wheel, in ticks. */
export const wheelLength = 4096;

const chunkWords = 16;
const freeAt = wheelLength;
const unusedAt = wheelLength + 1;
const chunksAt = wheelLength + chunkWords;
const laterBit = 0x80000000 | 0;

/** Words of a wheel for so many agents: each slot may have a chunk that is not full. */
export function wheelWords(agentCount: number): number {
  return chunksAt + (Math.ceil(agentCount / (chunkWords - 1)) + wheelLength) * chunkWords;
}

/** Puts a row into the slot of tick `tick`, or into the last one before `now` comes round again if it lies beyond the wheel. */
export function enterWheel(wheel: Int32Array, row: number, now: number, tick: number): void {
  const last = now + wheelLength - 1;
  const slot = Math.min(tick, last) & (wheelLength - 1);
  let at = wheel[slot];
  if ((at & (chunkWords - 1)) === 0) {
    const chunk = takeChunk(wheel);
    wheel[chunk] = at;
    at = chunk + 1;
  }
  wheel[at] = tick > last ? row | laterBit : row;
  wheel[slot] = at + 1;
}

/** Empties the slot of tick `tick`: `wake` is told of each row that is due, `later` of each that may not be. */
export function emptySlot(
  wheel: Int32Array,
  tick: number,
  wake: (row: number) => void,
  later: (row: number) => void,
): void {
  const slot = tick & (wheelLength - 1);
  let at = wheel[slot];
  wheel[slot] = 0;
  while (at !== 0) {
    const chunk = (at - 1) & -chunkWords;
    for (let place = chunk + 1; place < at; place++) {
      const entry = wheel[place];
      if (entry >= 0) wake(entry);
      else later(entry & ~laterBit);
    }
    at = wheel[chunk];
    wheel[chunk] = wheel[freeAt];
    wheel[freeAt] = chunk;
  }
}

function takeChunk(wheel: Int32Array): number {
  const free = wheel[freeAt];
  if (free !== 0) {
    wheel[freeAt] = wheel[free];
    return free;
  }
  const chunk = chunksAt + wheel[unusedAt];
  wheel[unusedAt] += chunkWords;
  assertInvariant(chunk < wheel.length, 'each agent stands in one slot of the wheel at most');
  return chunk;
}
