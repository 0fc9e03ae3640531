/**
 * The few bytes that a WebAssembly module of one function takes, so that a kernel can be written here and needs no other compiler.
 *
 * Code is a flat list of bytes, put together by functions named after the instructions. Nothing is checked here: the engine validates
 * a module before it compiles it, and a kernel is compared with its twin in TypeScript. A pure function of its arguments.
 * Source: WebAssembly core specification 2.0 and the relaxed SIMD proposal (binary format).
 */

/** Instructions, one after the other. */
export type Code = readonly number[];

/** A number as the format writes it, unsigned, seven bits a byte. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}

/** The same, signed, of 32 bits. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const low = rest & 127;
    if ((rest >> 7 === 0 && low < 64) || (rest >> 7 === -1 && low >= 64)) return [...bytes, low];
    bytes.push(low | 128);
  }
}

const simd = (code: number, ...rest: Code): Code => [0xfd, ...unsigned(code), ...rest];
/** Where an access lies: no alignment is promised, and none is needed. */
const at = (offset: number): Code => [0, ...unsigned(offset)];

/** Instructions of the kernels. */
export const op = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  tee: (local: number): Code => [0x22, ...unsigned(local)],
  constant: (value: number): Code => [0x41, ...signed(value)],
  load: (offset = 0): Code => [0x28, ...at(offset)],
  load16Signed: (offset = 0): Code => [0x2e, ...at(offset)],
  load16: (offset = 0): Code => [0x2f, ...at(offset)],
  store: (offset = 0): Code => [0x36, ...at(offset)],
  isZero: [0x45],
  isLess: [0x49],
  trailingZeros: [0x68],
  add: [0x6a],
  subtract: [0x6b],
  and: [0x71],
  or: [0x72],
  shiftLeft: [0x74],
  loadVector: (offset = 0): Code => simd(0, ...at(offset)),
  storeVector: (offset = 0): Code => simd(11, ...at(offset)),
  splat16: simd(16),
  greater16: simd(49),
  mask16: simd(132),
  add16: simd(142),
  /** Sums of the products of neighbouring bytes: the second's are in [0, 127], or what comes out is not defined. */
  dotBytes: simd(0x112),
  block: (...code: readonly Code[]): Code => [0x02, 0x40, ...code.flat(), 0x0b],
  loop: (...code: readonly Code[]): Code => [0x03, 0x40, ...code.flat(), 0x0b],
  when: (...code: readonly Code[]): Code => [0x04, 0x40, ...code.flat(), 0x0b],
  leave: (depth: number): Code => [0x0c, ...unsigned(depth)],
  leaveIf: (depth: number): Code => [0x0d, ...unsigned(depth)],
} as const;

const wordType = 0x7f;
const vectorType = 0x7b;
const pagesMax = 65536;

/** A function of words that gives a word back. Locals are numbered: its arguments, then the words, then the vectors. */
export interface KernelFunction {
  readonly argumentCount: number;
  readonly wordCount: number;
  readonly vectorCount: number;
  readonly code: readonly Code[];
}

/** A module that imports the shared memory `host.memory` and exports the function as `run`. */
export function moduleOf({ argumentCount, wordCount, vectorCount, code }: KernelFunction): Uint8Array {
  const name = (text: string): number[] => [text.length, ...text.split('').map((letter) => letter.charCodeAt(0))];
  const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
  const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)];
  const locals = [2, ...unsigned(wordCount), wordType, ...unsigned(vectorCount), vectorType];
  const isShared = 3;
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, argumentCount, ...new Array<number>(argumentCount).fill(wordType), 1, wordType]),
    ...section(2, [1, ...name('host'), ...name('memory'), 2, isShared, 1, ...unsigned(pagesMax)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('run'), 0, 0]),
    ...section(10, [1, ...sized([...locals, ...code.flat(), 0x0b])]),
  ]);
}
