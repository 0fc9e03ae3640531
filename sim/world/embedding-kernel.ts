/**
 * The scan of an index of embeddings: dot products of one query with blocks of vectors, and the list of those above a threshold.
 *
 * Eight vectors make a block: eight words of 16 bits at which their sums begin, then two components of each, then the next two, and so
 * on, a byte a component. A query has components in [-64, 63] and is stored raised by 64, because the instruction multiplies signed
 * bytes by bytes of seven bits; what that adds is taken off in the words at which sums begin. Sums wrap at 16 bits, and what comes out is
 * the dot product itself wherever that fits 16 bits: whoever fills blocks sees to it (`lengthProductMax`). A lane without a vector begins at
 * the lowest word and stays there.
 * Whole numbers only, so that WebAssembly and plain code agree bit for bit, on any machine and in any order.
 * Two forms: `ranges` scans stretches of blocks from one address to another; `chains` scans lists of segments of blocks, each of which names the next.
 * Reads and writes the memory that it is given. Oracle: `scanPlain`, the same in plain code (`test/sim/world/embedding-kernel.test.ts`).
 * Measured and lost: products of 16-bit words (two instructions more for each pair), plain code (8 to 12 times slower).
 */
import { moduleOf, op } from '../ground/wasm.ts';
import { InvariantError } from '../ground/errors.ts';
import type { Code } from '../ground/wasm.ts';

/** Vectors of a block. */
export const blockVectors = 8;
/** Bytes of one row of a block: a pair of components, or a word, for each of its vectors. */
export const rowBytes = 16;
/** Lowest word: nothing lies below it, so that no threshold lets it through. */
export const emptyScore = -32768;
/** Greatest product of the lengths of a stored vector and a query. */
export const lengthProductMax = 32767;
/** A query's components lie in [-queryRange, queryRange - 1]. */
export const queryRange = 64;

/** How blocks lie in memory. Offsets are in bytes. */
export interface BlockForm {
  /** Even. */
  readonly dimensions: number;
  readonly blockBytes: number;
  /** Blocks that are scanned side by side; a range holds a multiple of it. */
  readonly unroll: number;
  /** Chains of segments, which begin with where the next one begins, 0 in the last, and where their blocks begin and end. */
  readonly segment: SegmentForm | undefined;
}

/** A stretch of blocks: their numbers stand behind them. Segments lie at multiples of their length, a power of two. */
export interface SegmentForm {
  readonly bytes: number;
  readonly blockCount: number;
  readonly blockOffset: number;
  readonly idOffset: number;
}

/** Form of blocks that lie one after the other, each with the numbers of its vectors behind it. */
export function rangeForm(dimensions: number): BlockForm {
  return { dimensions, blockBytes: idOffsetOf(dimensions) + blockVectors * 4, unroll: 4, segment: undefined };
}

/** Form of blocks in segments of eight: a kibibyte for eight dimensions. */
export function segmentForm(dimensions: number): BlockForm {
  const blockCount = 8;
  const blockOffset = 64;
  const blockBytes = idOffsetOf(dimensions);
  const idOffset = blockOffset + blockCount * blockBytes;
  const bytes = 1 << (32 - Math.clz32(idOffset + blockCount * blockVectors * 4 - 1));
  return { dimensions, blockBytes, unroll: 1, segment: { bytes, blockCount, blockOffset, idOffset } };
}

/** Bytes of a block's rows. */
function idOffsetOf(dimensions: number): number {
  return rowBytes * (1 + dimensions / 2);
}

/** Words at the beginning of a segment. */
export const segmentWords = { next: 0, start: 1, end: 2 } as const;

/** What a scan reads: addresses in bytes, counts, and a threshold that a score must exceed. */
export interface Scan {
  /** Ranges: pairs of words, first address and end. Chains: numbers of chains, 16 bits each. */
  readonly list: number;
  readonly count: number;
  /** Chains: words, the address of the first block of each, 0 for none. */
  readonly heads: number;
  /** `queryBytes` bytes: see `writeQuery`. */
  readonly query: number;
  readonly threshold: number;
  /** Pairs of words, the score, and the address of the block with the vector's number within it in the lowest bits. */
  readonly out: number;
}

/** Scans and gives the end of what it wrote. */
export type ScanKernel = (
  list: number,
  count: number,
  heads: number,
  query: number,
  threshold: number,
  out: number,
) => number;

/** Bytes of a stored query: its pairs, each eight times, and a row to work in. */
export function queryBytes(dimensions: number): number {
  return rowBytes * (dimensions / 2 + 1);
}

// Locals: arguments, words, vectors.
const [list, count, heads, query, threshold, out, listEnd, block, blockEnd, bits, link] = Array.from(
  { length: 11 },
  (_, k) => k,
);
const firstVector = 11;

/** The module of a form, compiled. Shared memory of at most 4 GiB is bound when it is instantiated. */
function compileScan(form: BlockForm): Uint8Array {
  const { dimensions, blockBytes, unroll, segment } = form;
  const pairCount = dimensions / 2;
  const level = firstVector;
  const sums = Array.from({ length: unroll }, (_, k) => firstVector + 1 + k);
  const factor = firstVector + 1 + unroll;
  const body: Code[] = [
    ...sums.flatMap((sum, k) => [op.get(block), op.loadVector(k * blockBytes), op.set(sum)]),
    ...Array.from({ length: pairCount }, (_, pair) => [
      ...[op.get(query), op.loadVector(pair * rowBytes), op.set(factor)],
      ...sums.flatMap((sum, k) => [
        ...[op.get(sum), op.get(block), op.loadVector(k * blockBytes + (pair + 1) * rowBytes)],
        ...[op.get(factor), op.dotBytes, op.add16, op.set(sum)],
      ]),
    ]).flat(),
    ...sums.map((sum, k) => emit(sum, level, k * blockBytes, pairCount * rowBytes)),
  ];
  const step = op.loop(
    ...body,
    ...[
      op.get(block),
      op.constant(unroll * blockBytes),
      op.add,
      op.tee(block),
      op.get(blockEnd),
      op.isLess,
      op.leaveIf(0),
    ],
  );
  const entryBytes = segment !== undefined ? 2 : 8;
  return moduleOf({
    argumentCount: 6,
    wordCount: 5,
    vectorCount: 2 + unroll,
    code: [
      ...[op.get(threshold), op.splat16, op.set(level)],
      ...[
        op.get(list),
        op.get(count),
        op.constant(segment !== undefined ? 1 : 3),
        op.shiftLeft,
        op.add,
        op.set(listEnd),
      ],
      op.block(
        op.loop(
          ...[op.get(list), op.get(listEnd), op.isLess, op.isZero, op.leaveIf(1)],
          ...(segment !== undefined ? chainEntry(step) : rangeEntry(step)),
          ...[op.get(list), op.constant(entryBytes), op.add, op.set(list), op.leave(0)],
        ),
      ),
      op.get(out),
    ],
  });
}

/** Goes through the segments of the chain that an entry of the list names. */
function chainEntry(step: Code): Code[] {
  const wordAt = (word: number): Code => op.load(word * 4);
  const chain = op.loop(
    ...[
      op.get(link),
      wordAt(segmentWords.start),
      op.set(block),
      op.get(link),
      wordAt(segmentWords.end),
      op.set(blockEnd),
    ],
    step,
    ...[op.get(link), wordAt(segmentWords.next), op.tee(link), op.leaveIf(0)],
  );
  return [
    ...[op.get(heads), op.get(list), op.load16(), op.constant(2), op.shiftLeft, op.add, op.load(), op.tee(link)],
    op.when(chain),
  ];
}

/** Goes through the blocks between the two addresses of an entry of the list. */
function rangeEntry(step: Code): Code[] {
  return [
    ...[op.get(list), op.load(), op.tee(block), op.get(list), op.load(4), op.tee(blockEnd), op.isLess],
    op.when(step),
  ];
}

/** Writes the lanes of one block whose sums exceed the threshold. */
function emit(sum: number, level: number, blockOffset: number, workOffset: number): Code {
  const keep: Code[] = [
    ...[op.get(query), op.get(sum), op.storeVector(workOffset)],
    op.loop(
      ...[op.get(out), op.get(query), op.get(bits), op.trailingZeros, op.constant(1), op.shiftLeft, op.add],
      ...[op.load16Signed(workOffset), op.store()],
      ...[
        op.get(out),
        op.get(block),
        op.constant(blockOffset),
        op.add,
        op.get(bits),
        op.trailingZeros,
        op.or,
        op.store(4),
      ],
      ...[op.get(out), op.constant(8), op.add, op.set(out)],
      ...[op.get(bits), op.get(bits), op.constant(1), op.subtract, op.and, op.tee(bits), op.leaveIf(0)],
    ),
  ];
  return [op.get(sum), op.get(level), op.greater16, op.mask16, op.tee(bits), op.when(...keep)].flat();
}

/** The kernel of a form over a shared memory; in plain code where the machine's engine lacks the instructions. */
export function createScan(memory: WebAssembly.Memory, form: BlockForm): ScanKernel {
  const bytes = compileScan(form);
  if (!WebAssembly.validate(bytes)) return createPlainScan(memory, form);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } });
  return (exports as { readonly run: ScanKernel }).run;
}

/** The same in plain code. */
export function createPlainScan({ buffer }: WebAssembly.Memory, form: BlockForm): ScanKernel {
  const views = { bytes: new Int8Array(buffer), halves: new Int16Array(buffer), words: new Int32Array(buffer) };
  return (...[list, count, heads, query, threshold, out]) =>
    scanPlain(views, form, { list, count, heads, query, threshold, out });
}

/** Views of the memory that holds everything. */
export interface MemoryViews {
  readonly bytes: Int8Array;
  readonly halves: Int16Array;
  readonly words: Int32Array;
}

/**
 * The oracle of the kernel:
 *
 *     for block in list: for vector in block: if start + sum(vector * (query + 64)) > threshold: write (score, place)
 */
export function scanPlain({ bytes, halves, words }: MemoryViews, form: BlockForm, scan: Scan): number {
  const { dimensions, blockBytes, segment } = form;
  let { out } = scan;
  const scanBlock = (block: number): void => {
    for (let lane = 0; lane < blockVectors; lane++) {
      let sum = halves[block / 2 + lane];
      for (let k = 0; k < dimensions; k++) {
        const pair = rowBytes * (k >> 1) + (k & 1);
        sum += bytes[block + rowBytes + pair + lane * 2] * bytes[scan.query + pair];
      }
      const score = (sum << 16) >> 16;
      if (score <= scan.threshold) continue;
      words[out / 4] = score;
      words[out / 4 + 1] = block | lane;
      out += 8;
    }
  };
  for (let k = 0; k < scan.count; k++) {
    if (segment !== undefined) {
      const chain = halves[scan.list / 2 + k] & 0xffff;
      for (let at = words[scan.heads / 4 + chain]; at !== 0; at = words[at / 4 + segmentWords.next]) {
        const end = words[at / 4 + segmentWords.end];
        for (let block = words[at / 4 + segmentWords.start]; block < end; block += blockBytes) scanBlock(block);
      }
    } else {
      const end = words[scan.list / 4 + 2 * k + 1];
      for (let block = words[scan.list / 4 + 2 * k]; block < end; block += blockBytes) scanBlock(block);
    }
  }
  return out;
}

/** Writes a vector of signed bytes, which begins at `from`, and its number into a lane of a block. */
export function writeVector(
  { bytes, halves, words }: MemoryViews,
  form: BlockForm,
  place: { readonly block: number; readonly lane: number; readonly id: number },
  vector: ArrayLike<number>,
  from: number,
): void {
  const { block, lane, id } = place;
  let sum = 0;
  for (let k = 0; k < form.dimensions; k++) {
    const component = vector[from + k];
    sum += component;
    bytes[block + rowBytes * (1 + (k >> 1)) + lane * 2 + (k & 1)] = component;
  }
  halves[block / 2 + lane] = -queryRange * sum;
  words[idWord(form, block | lane)] = id;
}

/** Empties a lane of a block: its sum begins at the lowest word, and nothing is added to it. */
export function clearLane({ halves }: MemoryViews, { dimensions }: BlockForm, block: number, lane: number): void {
  halves[block / 2 + lane] = emptyScore;
  for (let row = 1; row <= dimensions / 2; row++) halves[(block + row * rowBytes) / 2 + lane] = 0;
}

/** Writes a query, whose components lie in [-64, 63], at an address. An odd number of dimensions is an error of the caller. */
export function writeQuery(
  { words }: Pick<MemoryViews, 'words'>,
  query: number,
  vector: ArrayLike<number>,
  dimensions: number,
): void {
  if (dimensions % 2 !== 0) throw new InvariantError(`an embedding of ${dimensions} dimensions has no pairs`);
  let at = query >> 2;
  for (let k = 0; k < dimensions; k += 2) {
    const pair = (vector[k] + queryRange) | ((vector[k + 1] + queryRange) << 8);
    const both = pair | (pair << 16);
    words[at++] = both;
    words[at++] = both;
    words[at++] = both;
    words[at++] = both;
  }
}

/** The dot product of a vector of whole numbers and the one that a record's second word names, at full width. */
export function exactScore(
  { bytes }: Pick<MemoryViews, 'bytes'>,
  { dimensions }: BlockForm,
  place: number,
  vector: ArrayLike<number>,
  from: number,
): number {
  const lane = place & (blockVectors - 1);
  const start = place - lane + rowBytes + lane * 2;
  let sum = 0;
  for (let k = 0; k < dimensions; k += 2) {
    const at = start + (k >> 1) * rowBytes;
    sum += vector[from + k] * bytes[at] + vector[from + k + 1] * bytes[at + 1];
  }
  return sum;
}

/** The number of the vector that a record's second word names. */
export function idAt(words: Int32Array, form: BlockForm, place: number): number {
  return words[idWord(form, place)];
}

/** The word in which the number of a vector stands. */
export function idWord({ blockBytes, segment }: BlockForm, place: number): number {
  const lane = place & (blockVectors - 1);
  if (segment === undefined) return ((place - lane + blockBytes) >>> 2) - blockVectors + lane;
  const within = place & (segment.bytes - 1);
  const block = ((within - lane - segment.blockOffset) / blockBytes) | 0;
  return ((place - within + segment.idOffset) >>> 2) + block * blockVectors + lane;
}
