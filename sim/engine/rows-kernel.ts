/**
 * Rows of a state root hashed by the kernel (`sim/kernels/assembly/rows.ts`), where there is one.
 *
 * The block of rows stands in the kernel's scratch memory. A column that lies in the arena is read where it is; cells of any other are
 * brought behind the block first, as words, so that only what is wider than that room is left to the twin.
 * Oracle: `addCells`, `addTranslated`, `addNumbers` and `addMembers` of `sim/ground/digest.ts` (`test/sim/engine/root.test.ts`).
 */
import {
  addCells,
  addMember,
  addMembers,
  addNumbers,
  addTranslated,
  addWordAt,
  blockRowsMax,
  blockWords,
  createRowBlock,
  createSetSum,
} from '../ground/digest.ts';
import { noTie } from '../social-graph/ties.ts';
import { addressesOf, areInArena, boardListsAt } from '../kernels/kernels.ts';
import type { AgentRow, Id } from '../ground/ids.ts';
import type { RowBlock } from '../ground/digest.ts';
import type { Kernels } from '../kernels/kernels.ts';
import type { Shard } from './shard.ts';

/** A block of rows; with a kernel it is one that the kernel reaches, and has room for cells beside it. */
export interface RowRoom {
  readonly block: RowBlock;
  readonly kernels: Kernels | undefined;
  /** 0, 1, 2, …: the rows of cells that were brought. */
  readonly places: Int32Array;
  /** Cells of the block's rows, one row after the other. */
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

const cellsAt = blockWords + blockRowsMax;
/** What lies behind is not the rows'. */
const cellsEnd = boardListsAt / 4;
/** Widest column whose cells fit, in words. */
const widthMax = Math.floor((cellsEnd - cellsAt) / blockRowsMax);

export function createRowRoom(kernels: Kernels | undefined): RowRoom {
  const memory = kernels?.scratchWords ?? new Int32Array(cellsAt);
  const places = memory.subarray(blockWords, cellsAt);
  for (let i = 0; i < blockRowsMax; i++) places[i] = i;
  const words = memory.subarray(cellsAt, cellsEnd);
  const numbers = new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
  return { block: createRowBlock(memory), kernels, places, words, numbers };
}

/** Lets the kernel know the block, and where its rows' cells are found: at their rows, or one after the other. */
function attachBlock(kernels: Kernels, { laneA, laneB, count }: RowBlock, rows: Int32Array): void {
  kernels.attachRows(rows.byteOffset, laneA.byteOffset, laneB.byteOffset, count);
}

/** Adds the `width` words a row that were brought. */
function addBrought(kernels: Kernels, { block, places, words }: RowRoom, width: number): void {
  attachBlock(kernels, block, places);
  kernels.addWords(words.byteOffset, width);
}

/** Does what `addCells` does. */
export function addCellsIn(room: RowRoom, cells: Int32Array | Uint8Array, width: number): void {
  const { block, kernels, words } = room;
  if (kernels !== undefined && areInArena(kernels, [cells])) {
    attachBlock(kernels, block, block.row);
    if (cells.BYTES_PER_ELEMENT === 4) kernels.addWords(cells.byteOffset, width);
    else kernels.addBytes(cells.byteOffset, width);
  } else if (kernels !== undefined && width <= widthMax) {
    for (let i = 0, to = 0; i < block.count; i++) {
      const end = (block.row[i] + 1) * width;
      for (let k = end - width; k < end; k++) words[to++] = cells[k];
    }
    addBrought(kernels, room, width);
  } else addCells(block, cells, width);
}

/** Does what `addTranslated` does. */
export function addTranslatedIn(room: RowRoom, cells: Int32Array, width: number, wordOf: Int32Array): void {
  const { block, kernels, words } = room;
  if (kernels === undefined || width > widthMax) {
    addTranslated(block, cells, width, wordOf);
    return;
  }
  for (let i = 0, to = 0; i < block.count; i++) {
    const end = (block.row[i] + 1) * width;
    for (let k = end - width; k < end; k++) words[to++] = wordOf[cells[k]];
  }
  addBrought(kernels, room, width);
}

/** Does what `addNumbers` does: returns the place of a cell that holds a NaN, or -1. */
export function addNumbersIn(room: RowRoom, cells: Float32Array | Float64Array, width: number): number {
  const { block, kernels, numbers } = room;
  if (kernels === undefined || width * 2 > widthMax) return addNumbers(block, cells, width);
  for (let i = 0, to = 0; i < block.count; i++) {
    const end = (block.row[i] + 1) * width;
    for (let k = end - width; k < end; k++) {
      if (Number.isNaN(cells[k])) return k;
      // -0 and 0 give 0.
      numbers[to++] = cells[k] + 0;
    }
  }
  addBrought(kernels, room, width * 2);
  return -1;
}

/** Adds whom each agent of the block follows: the sum of its followees' hashed ordinals, the unmerged log included. */
export function addTies(room: RowRoom, { state, owner }: Shard): void {
  const { block, kernels, words } = room;
  const { agents, ties } = state;
  const ordinal = agents.ordinal as unknown as Int32Array;
  const log = ties.logs[owner.shard];
  const isSummed = sumByKernel(room, state);
  const sum = createSetSum();
  for (let i = 0; i < block.count; i++) {
    const row = block.row[i] as AgentRow;
    let entry = agents.pendingTie[row] as Id<'tieLogs'>;
    if (isSummed && entry === noTie) continue;
    sum[0] = isSummed ? words[2 * i] : 0;
    sum[1] = isSummed ? words[2 * i + 1] : 0;
    if (!isSummed) addFollowees(sum, state, row);
    for (; entry !== noTie; entry = log.next[entry] as Id<'tieLogs'>)
      addMember(sum, ordinal[log.followee[entry]], log.sign[entry] > 0 ? 1 : -1);
    for (let k = 0; k < 2; k++) {
      if (isSummed) words[2 * i + k] = sum[k];
      else addWordAt(block, i, sum[k]);
    }
  }
  if (isSummed && kernels !== undefined) addBrought(kernels, room, 2);
}

function addFollowees(sum: Int32Array, { agents, ties }: Shard['state'], row: AgentRow): void {
  const { rows, pool } = ties.followees;
  const start = rows.start[row];
  const ordinal = agents.ordinal as unknown as Int32Array;
  addMembers(sum, ordinal, pool.neighbour as unknown as Int32Array, start, start + rows.length[row]);
}

/** Brings the sums of merged followees, two words a row, where the kernel can. */
function sumByKernel({ block, kernels, words }: RowRoom, { agents, ties }: Shard['state']): boolean {
  const { rows, pool } = ties.followees;
  const columns = [pool.neighbour, rows.start, rows.length, agents.ordinal];
  if (kernels === undefined || !areInArena(kernels, columns)) return false;
  attachBlock(kernels, block, block.row);
  kernels.sumMembers(...addressesOf([...columns, words]));
  return true;
}
