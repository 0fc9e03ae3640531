/**
 * Hashes of rows in WebAssembly: what `addCells` and `addMembers` of `sim/ground/digest.ts` do, four rows or members at a time.
 *
 * Reads columns and the addresses of a block's rows; writes the block's lanes. Eight rows are on their way at once, since a step waits
 * for the one before it in its row. Invariant: behind the last row the last one is taken again, so that nothing else is read.
 * Oracle: the twins (`test/sim/engine/root.test.ts`, which takes roots with kernels and without).
 */
import { mix32, mixFour } from './draws.ts';

let rows: usize = 0;
let laneA: usize = 0;
let laneB: usize = 0;
let rowCount: i32 = 0;

/** Where the block stands: its rows, its two lanes, and how many rows it has. */
export function attachRows(rowsAt: usize, laneAAt: usize, laneBAt: usize, count: i32): void {
  rows = rowsAt;
  laneA = laneAAt;
  laneB = laneBAt;
  rowCount = count;
}

/** Where the cells of the i-th row begin, each row having so many bytes. */
function placeOf(cells: usize, bytes: i32, i: i32): usize {
  return cells + <usize>load<u32>(rows + ((<usize>min(i, rowCount - 1)) << 2)) * <usize>bytes;
}

/** Adds `width` words to each row of the block. */
export function addWords(cells: usize, width: i32): void {
  for (let i = 0; i < rowCount; i += 8) {
    const at = (<usize>i) << 2;
    let a = v128.load(laneA + at);
    let b = v128.load(laneB + at);
    let c = v128.load(laneA + at, 16);
    let d = v128.load(laneB + at, 16);
    let p0 = placeOf(cells, width << 2, i);
    let p1 = placeOf(cells, width << 2, i + 1);
    let p2 = placeOf(cells, width << 2, i + 2);
    let p3 = placeOf(cells, width << 2, i + 3);
    let p4 = placeOf(cells, width << 2, i + 4);
    let p5 = placeOf(cells, width << 2, i + 5);
    let p6 = placeOf(cells, width << 2, i + 6);
    let p7 = placeOf(cells, width << 2, i + 7);
    let k = 0;
    for (; k + 2 <= width; k += 2) {
      const x = i32x4.shuffle(v128.load64_zero(p0), v128.load64_zero(p1), 0, 4, 1, 5);
      const y = i32x4.shuffle(v128.load64_zero(p2), v128.load64_zero(p3), 0, 4, 1, 5);
      const z = i32x4.shuffle(v128.load64_zero(p4), v128.load64_zero(p5), 0, 4, 1, 5);
      const w = i32x4.shuffle(v128.load64_zero(p6), v128.load64_zero(p7), 0, 4, 1, 5);
      const first = i64x2.shuffle(x, y, 0, 2);
      const second = i64x2.shuffle(x, y, 1, 3);
      const third = i64x2.shuffle(z, w, 0, 2);
      const fourth = i64x2.shuffle(z, w, 1, 3);
      a = mixFour(v128.xor(mixFour(v128.xor(a, first)), second));
      b = mixFour(i32x4.add(mixFour(i32x4.add(b, first)), second));
      c = mixFour(v128.xor(mixFour(v128.xor(c, third)), fourth));
      d = mixFour(i32x4.add(mixFour(i32x4.add(d, third)), fourth));
      p0 += 8;
      p1 += 8;
      p2 += 8;
      p3 += 8;
      p4 += 8;
      p5 += 8;
      p6 += 8;
      p7 += 8;
    }
    if (k < width) {
      const few = i32x4(load<i32>(p0), load<i32>(p1), load<i32>(p2), load<i32>(p3));
      const more = i32x4(load<i32>(p4), load<i32>(p5), load<i32>(p6), load<i32>(p7));
      a = mixFour(v128.xor(a, few));
      b = mixFour(i32x4.add(b, few));
      c = mixFour(v128.xor(c, more));
      d = mixFour(i32x4.add(d, more));
    }
    v128.store(laneA + at, a);
    v128.store(laneB + at, b);
    v128.store(laneA + at, c, 16);
    v128.store(laneB + at, d, 16);
  }
}

/** Adds `width` bytes to each row of the block, each as a word. */
export function addBytes(cells: usize, width: i32): void {
  for (let i = 0; i < rowCount; i += 4) {
    const at = (<usize>i) << 2;
    let a = v128.load(laneA + at);
    let b = v128.load(laneB + at);
    const p0 = placeOf(cells, width, i);
    const p1 = placeOf(cells, width, i + 1);
    const p2 = placeOf(cells, width, i + 2);
    const p3 = placeOf(cells, width, i + 3);
    for (let k: usize = 0; k < <usize>width; k++) {
      const words = i32x4(load<u8>(p0 + k), load<u8>(p1 + k), load<u8>(p2 + k), load<u8>(p3 + k));
      a = mixFour(v128.xor(a, words));
      b = mixFour(i32x4.add(b, words));
    }
    v128.store(laneA + at, a);
    v128.store(laneB + at, b);
  }
}

const memberA: i32 = 0x9e3779b1;
const memberB: i32 = 0x85ebca6b;
const maskB: i32 = 0x27d4eb2f;

/**
 * Of each row of the block the sum of its members' hashes, two words, as `addMembers` has it. Members of a row are `cells` from
 * `starts[row]` on, `lengths[row]` of them, each a word of `words`.
 */
export function sumMembers(cells: usize, starts: usize, lengths: usize, words: usize, sums: usize): void {
  for (let i = 0; i < rowCount; i++) {
    const row = (<usize>load<u32>(rows + ((<usize>i) << 2))) << 2;
    let member = cells + ((<usize>load<u32>(starts + row)) << 2);
    const length = load<i32>(lengths + row);
    let sumA = i32x4.splat(0);
    let sumB = i32x4.splat(0);
    let k = 0;
    for (; k + 4 <= length; k += 4) {
      const four = i32x4(
        load<i32>(words + ((<usize>load<u32>(member)) << 2)),
        load<i32>(words + ((<usize>load<u32>(member, 4)) << 2)),
        load<i32>(words + ((<usize>load<u32>(member, 8)) << 2)),
        load<i32>(words + ((<usize>load<u32>(member, 12)) << 2)),
      );
      sumA = i32x4.add(sumA, mixFour(i32x4.add(four, i32x4.splat(memberA))));
      sumB = i32x4.add(sumB, mixFour(v128.xor(i32x4.mul(four, i32x4.splat(memberB)), i32x4.splat(maskB))));
      member += 16;
    }
    let a = sumOf(sumA);
    let b = sumOf(sumB);
    for (; k < length; k++) {
      const word = load<i32>(words + ((<usize>load<u32>(member)) << 2));
      a += mix32(word + memberA);
      b += mix32((word * memberB) ^ maskB);
      member += 4;
    }
    store<i32>(sums + ((<usize>i) << 3), a);
    store<i32>(sums + ((<usize>i) << 3), b, 4);
  }
}

function sumOf(four: v128): i32 {
  return (
    i32x4.extract_lane(four, 0) +
    i32x4.extract_lane(four, 1) +
    i32x4.extract_lane(four, 2) +
    i32x4.extract_lane(four, 3)
  );
}
