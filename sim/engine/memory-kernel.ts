/**
 * Exposure memories kept by the kernel (`sim/kernels/assembly/memory.ts`), where it applies.
 *
 * Oracle: `rememberSome` of `apply-memory.ts`, which does the same (`test/sim/kernels/kernels.test.ts`).
 */
import { addressesOf, areInArena, kernelMemoryMax } from '../kernels/kernels.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { ShardTables } from '../exchange/tables.ts';
import type { State } from './state.ts';

/** Whether the kernel keeps the memories of a run. */
export function areKeptByKernel(kernels: Kernels, state: State, tables: ShardTables): boolean {
  return state.sizes.memoryLength <= kernelMemoryMax && areInArena(kernels, columnsOf(state, tables));
}

function columnsOf({ exposures, agents }: State, { percepts, items }: ShardTables): unknown[] {
  return [percepts.agent, percepts.itemCount, items.origin, exposures.origin, exposures.seen, agents.exposureHead];
}

/** Remembers what percepts [0, end) showed; returns how many exposures those were. */
export function rememberByKernel(kernels: Kernels, state: State, tables: ShardTables, end: number): number {
  const { feedLength, memoryLength } = state.sizes;
  return kernels.rememberShown(
    ...addressesOf(columnsOf(state, tables)),
    ...[feedLength, memoryLength, kernels.scratch, 0, end],
  );
}
