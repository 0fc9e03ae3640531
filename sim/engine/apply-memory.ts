/**
 * Part of apply: what agents saw goes to their exposure memories, on their own shard.
 *
 * A memory is a ring of contents with how often each was seen; the oldest place is overwritten. Oracle: `test/sim/engine/oracle.ts`.
 */
import { createMemoryIndex, indexMemory, noteMemory, placeInMemory } from '../world/memory-index.ts';
import { findExposure, seenMax } from '../world/agents.ts';
import { counts } from '../exchange/tables.ts';
import { rememberByKernel } from './memory-kernel.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { Shard } from './shard.ts';
import type { State } from './state.ts';

/** What was seen goes to the exposure memory; the oldest place is overwritten. */
export function applyExposures(shard: Shard): void {
  const { count } = shard.tables;
  const end = count[counts.percepts];
  if (shard.kernels.memory !== undefined) {
    count[counts.exposures] = rememberByKernel(shard.kernels.memory, shard.state, shard.tables, end);
    return;
  }
  let exposures = 0;
  for (let from = 0; from < end; from += rememberedAtOnce) {
    exposures += rememberSome(shard, from, Math.min(end, from + rememberedAtOnce));
  }
  count[counts.exposures] = exposures;
}

const rememberedAtOnce = 128;

/** The exposures of percepts [from, to), counted. One word of each memory is read first, so that the misses overlap. */
function rememberSome(shard: Shard, from: number, to: number): number {
  const { state, tables, scratch } = shard;
  const { feedLength, memoryLength } = state.sizes;
  const agents = tables.percepts.agent as unknown as Int32Array;
  const itemCounts = tables.percepts.itemCount as unknown as Uint8Array;
  const shown = tables.items.origin as unknown as Int32Array;
  const origins = state.exposures.origin as unknown as Int32Array;
  const seen = state.exposures.seen as unknown as Uint8Array;
  let touched = 0;
  for (let percept = from; percept < to; percept++) {
    const start = agents[percept] * memoryLength;
    touched ^= origins[start] ^ seen[start];
  }
  scratch.touched = touched;
  let exposures = 0;
  for (let percept = from; percept < to; percept++) {
    const start = percept * feedLength;
    rememberSeen(state, agents[percept] as AgentRow, shown, start, start + itemCounts[percept]);
    exposures += itemCounts[percept];
  }
  return exposures;
}

/**
 * Counts one exposure of each content shown.
 *
 *     for k in start..end: remember(state, agent, shown[k], 0)
 */
function rememberSeen(state: State, agent: AgentRow, shown: Int32Array, start: number, end: number): void {
  const { memoryLength } = state.sizes;
  const origins = state.exposures.origin as unknown as Int32Array;
  const seen = state.exposures.seen as unknown as Uint8Array;
  const first = agent * memoryLength;
  let head: number = state.agents.exposureHead[agent];
  indexMemory(index, origins, first, memoryLength);
  for (let k = start; k < end; k++) {
    const origin = shown[k];
    let place = placeInMemory(index, origins, origin);
    if (place < 0) {
      place = first + head;
      head = head + 1 === memoryLength ? 0 : head + 1;
      origins[place] = origin;
      seen[place] = 0;
      noteMemory(index, origin, place);
    }
    if ((seen[place] & seenMax) < seenMax) seen[place]++;
  }
  state.agents.exposureHead[agent] = head;
}

const index = createMemoryIndex();

/** Counts one exposure (mark 0), or marks content as the agent's own act. */
export function remember(state: State, agent: AgentRow, origin: number, mark: number): void {
  const { memoryLength } = state.sizes;
  const origins = state.exposures.origin as unknown as Int32Array;
  const seen = state.exposures.seen as unknown as Uint8Array;
  const start = agent * memoryLength;
  let place = findExposure(origins, start, memoryLength, origin);
  if (place < 0) {
    const head = state.agents.exposureHead[agent];
    state.agents.exposureHead[agent] = head + 1 === memoryLength ? 0 : head + 1;
    place = start + head;
    origins[place] = origin;
    seen[place] = 0;
  }
  if (mark !== 0) seen[place] |= mark;
  else if ((seen[place] & seenMax) < seenMax) seen[place]++;
}
