/**
 * Kernels in WebAssembly over the columns of the arena: compiled once a thread, one instance a shard.
 *
 * A kernel does what a function in TypeScript does, bit for bit; that twin stays, as its oracle and for what the kernel leaves: columns that
 * do not lie in the arena, sizes beyond its vectors, a machine without SIMD. So which of the two worked cannot be seen in any outcome.
 * Sources: `assembly/*.ts`, in AssemblyScript; `npm run -s kernels` compiles them into `binary.ts`, and a test compares the two.
 * Invariant: a kernel keeps nothing from one call to the next but what is set before each use, and what it listed of a tick's boards.
 */
import { binary } from './binary.ts';
import type { ArenaHandle, ColumnHandle } from '../ground/arena.ts';

/** What the module exports: parameters in the order of `assembly/*.ts`, addresses as `addressesOf` gives them. */
interface KernelExports {
  readonly recommendByRecency: (...parameters: readonly number[]) => number;
  readonly listBoards: (...parameters: readonly number[]) => void;
  readonly rankByInterest: (...parameters: readonly number[]) => void;
  readonly attachLooks: (...parameters: readonly number[]) => void;
  readonly setReactions: (...parameters: readonly number[]) => void;
  readonly setOwnAct: (place: number, purpose: number, highest: number, isLeftOut: number) => void;
  readonly setWeights: (...parameters: readonly number[]) => void;
  readonly findHits: (scratch: number, from: number, to: number) => number;
  readonly rememberShown: (...parameters: readonly number[]) => number;
  readonly attachRows: (rows: number, laneA: number, laneB: number, count: number) => void;
  readonly addWords: (cells: number, width: number) => void;
  readonly addBytes: (cells: number, width: number) => void;
  readonly sumMembers: (...parameters: readonly number[]) => void;
}

/** Kernels of one shard, with scratch memory of their own. */
export interface Kernels extends KernelExports {
  readonly buffer: ArrayBufferLike;
  /** Where the scratch memory begins in the arena, and what it holds. */
  readonly scratch: number;
  readonly scratchWords: Int32Array;
  readonly scratchDoubles: Float64Array;
}

/**
 * Words of a shard's scratch memory: the looks of `assembly/looks.ts`, and 4096 hits of 16 bytes with one more, or a block of rows; behind them the
 * lists of boards of `assembly/interest.ts`, which stay for a tick.
 */
export const kernelScratchWords = 1 << 15;
/** Bytes of the scratch memory before the lists of boards. */
export const boardListsAt = 72 << 10;

/** Contents of an exposure memory that the kernels hold in vectors. */
export const kernelMemoryMax = 16;

/** The compiled module, where this thread made one. */
let compiled: WebAssembly.Module | undefined;

/** The kernels of a shard, or undefined where its scratch memory is not in the arena or the machine has no SIMD. */
export function createKernels({ memory }: ArenaHandle, scratch: ColumnHandle): Kernels | undefined {
  if (scratch.buffer !== undefined) return undefined;
  const bytes = Uint8Array.from(atob(binary.base64), (letter) => letter.charCodeAt(0));
  if (compiled === undefined && !WebAssembly.validate(bytes)) return undefined;
  compiled ??= new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const { buffer } = memory;
  return {
    ...(exports as KernelExports),
    ...{ buffer, scratch: scratch.offsetBytes },
    scratchWords: new Int32Array(buffer, scratch.offsetBytes, scratch.length),
    scratchDoubles: new Float64Array(buffer, scratch.offsetBytes, scratch.length >> 1),
  };
}

/** Whether all of these columns lie in the arena. */
export function areInArena({ buffer }: Kernels, columns: readonly unknown[]): boolean {
  return columns.every((column) => (column as ArrayBufferView).buffer === buffer);
}

/** Where columns that lie in the arena begin. */
export function addressesOf(columns: readonly unknown[]): number[] {
  return columns.map((column) => (column as ArrayBufferView).byteOffset);
}
