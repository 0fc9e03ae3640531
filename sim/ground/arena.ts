/**
 * Memory for columns: one shared WebAssembly.Memory for hot ones, so that a kernel in WASM can see them, and plain shared
 * buffers for cold ones. Handles cross threads; views are made anew on each side.
 *
 * Full capacity is allocated at the start: pages that nothing touches cost nothing, and growable buffers scan many times
 * slower. Invariant: columns start on a 64-byte line, so that no two columns share one.
 */
import { InvariantError } from './errors.ts';

declare global {
  // The part of the standard that the arena and the kernels use: neither the es libraries nor Node's types declare it.
  namespace WebAssembly {
    class Memory {
      constructor(descriptor: { initial: number; maximum: number; shared: boolean });
      readonly buffer: ArrayBufferLike;
    }
    interface Module {
      readonly [Symbol.toStringTag]: 'WebAssembly.Module';
    }
    const Module: new (bytes: Uint8Array) => Module;
    class Instance {
      constructor(module: Module, imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
      readonly exports: unknown;
    }
    function validate(bytes: Uint8Array): boolean;
  }
}

/** What one cell of a column is at run time. */
export type Cell = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'f32' | 'f64';

const constructors = {
  i8: Int8Array,
  u8: Uint8Array,
  i16: Int16Array,
  u16: Uint16Array,
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** The typed array that holds cells of this kind. */
export type CellArray<C extends Cell> = InstanceType<(typeof constructors)[C]>;

/** Where a column lies: it can be posted to another thread. */
export interface ColumnHandle {
  readonly cell: Cell;
  readonly length: number;
  readonly offsetBytes: number;
  /** The buffer of a cold column; a hot one lies in the arena. */
  readonly buffer?: SharedArrayBuffer;
}

/** The memory of one world: it can be posted to another thread. */
export interface ArenaHandle {
  readonly memory: WebAssembly.Memory;
}

const lineBytes = 64;
const pageBytes = 65536;
const pageCountMax = 65536;

/** Gives out columns. Hot ones come from the arena until it is full, then from buffers of their own. */
export interface Allocator {
  readonly handle: ArenaHandle;
  /** `name` is `table.column`, for allocators that go by it. */
  allocate(cell: Cell, length: number, hot: boolean, name?: string): ColumnHandle;
  /** Bytes that are left of the arena. */
  freeBytes(): number;
  /** Bytes given out so far, hot and cold. */
  allocatedBytes(): number;
}

/** An allocator whose arena holds `hotBytes` (at most 4 GiB, the limit of a 32-bit memory). */
export function createAllocator(hotBytes: number): Allocator {
  const pageCount = Math.min(pageCountMax, Math.max(1, Math.ceil(hotBytes / pageBytes)));
  const memory = new WebAssembly.Memory({ initial: pageCount, maximum: pageCount, shared: true });
  const arenaBytes = pageCount * pageBytes;
  let usedBytes = 0;
  let coldBytes = 0;
  return {
    handle: { memory },
    allocatedBytes: () => usedBytes + coldBytes,
    freeBytes: () => arenaBytes - usedBytes,
    allocate(cell, length, hot) {
      const sizeBytes = Math.ceil((length * constructors[cell].BYTES_PER_ELEMENT) / lineBytes) * lineBytes;
      if (hot && usedBytes + sizeBytes <= arenaBytes) {
        const handle = { cell, length, offsetBytes: usedBytes };
        usedBytes += sizeBytes;
        return handle;
      }
      coldBytes += sizeBytes;
      return { cell, length, offsetBytes: 0, buffer: new SharedArrayBuffer(Math.max(lineBytes, sizeBytes)) };
    },
  };
}

/** The typed array behind a handle. */
export function viewOf<C extends Cell>(arena: ArenaHandle, handle: ColumnHandle & { readonly cell: C }): CellArray<C> {
  const buffer = handle.buffer ?? (arena.memory.buffer as unknown as SharedArrayBuffer);
  const make = constructors[handle.cell] as unknown as new (b: SharedArrayBuffer, o: number, n: number) => CellArray<C>;
  if (make === undefined) throw new InvariantError(`no cell of kind ${handle.cell}`);
  return new make(buffer, handle.offsetBytes, handle.length);
}

/** How many bytes one cell takes. */
export function cellBytes(cell: Cell): number {
  return constructors[cell].BYTES_PER_ELEMENT;
}
