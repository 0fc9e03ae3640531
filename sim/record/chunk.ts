/**
 * One tick as bytes: what was decided, in canonical order, and what a sample of agents saw.
 *
 * Layout of a frame, little-endian: magic, tick, length of `decided`, length of `seen`, then the two parts, the state root (32
 * bytes, zero where none was taken), the chain's link (32 bytes), and a CRC-32 over everything before it. Columns stand one after
 * the other, so that a reader can take one without the others.
 * Invariant: `decided` holds canonical numbers only; the chain's link is SHA-256(previous link, tick, decided, root).
 */
import { crc32 } from 'node:zlib';
import { InputError } from '../ground/errors.ts';
import { textOf } from '../world/texts.ts';

/** What one tick decided. Columns have one row an intent, in the order of actors' ordinals and,
 * for one actor, of attempts: acts that the scenario makes (sequence 200 and up) come first. */
export interface TickRecord {
  readonly tick: number;
  readonly intentCount: number;
  readonly actor: Int32Array;
  readonly target: Int32Array;
  readonly amount: Int32Array;
  /** The new post's id, or 0. */
  readonly result: Int32Array;
  readonly verb: Uint8Array;
  readonly sequence: Uint8Array;
  readonly outcome: Uint8Array;
  readonly reason: Uint8Array;
  readonly rule: Uint8Array;
  /** Topic board of a new post: see `topicOf`. */
  readonly topic: Uint8Array;
  /** What some intents say beside target and amount; empty in most ticks. */
  readonly details: DetailRecord;
  /** Answers of models: seven words each (ordinal, sequence, status, four words). */
  readonly answers: Int32Array;
  readonly totals: TickTotals;
  readonly seen: SeenRecord;
}

/** Details of intents, in their order: `row` is the place of the intent, `text` that of its text in `texts`, or 0. */
export interface DetailRecord {
  readonly row: Int32Array;
  readonly argument: Int32Array;
  readonly price: Int32Array;
  readonly text: Int32Array;
  /** In the form of `sim/world/texts.ts`. */
  readonly texts: Int32Array;
}

const nothing = new Int32Array(0);

/** Of a tick whose intents say nothing more. */
export const noDetails: DetailRecord = {
  row: nothing,
  argument: nothing,
  price: nothing,
  text: nothing,
  texts: nothing,
};

/** The text of the k-th detail. */
export function detailText({ text, texts }: DetailRecord, k: number): string {
  return textOf({ words: texts, used: nothing }, text[k]);
}

/** What an intent says beside target and amount: -1, 0 and nothing where it does not. */
export interface LoggedDetail {
  readonly argument: number;
  readonly price: number;
  readonly text: string;
}

/** What the intent at a place of the record says beside target and amount, if anything. */
export function detailOf(record: Pick<TickRecord, 'details'>, row: number): LoggedDetail | undefined {
  const { details } = record;
  const k = details.row.indexOf(row);
  if (k < 0) return undefined;
  return { argument: details.argument[k], price: details.price[k], text: detailText(details, k) };
}

/** Totals over all agents. */
export interface TickTotals {
  readonly awake: number;
  readonly exposures: number;
  readonly granted: number;
  readonly refused: number;
  readonly posts: number;
}

/** Exposures of the sampled agents, in the order (ordinal, position). */
export interface SeenRecord {
  readonly agent: Int32Array;
  readonly post: Int32Array;
  readonly origin: Int32Array;
  readonly source: Uint8Array;
  readonly position: Uint8Array;
}

const magic = 0x314b434d;
/** Bytes of the header that tells a frame's length. */
export const frameHeaderBytes = 16;
const headerBytes = frameHeaderBytes;
const digestBytes = 32;
const totalNames = ['awake', 'exposures', 'granted', 'refused', 'posts'] as const;
const wordColumns = ['actor', 'target', 'amount', 'result'] as const;
const byteColumns = ['verb', 'sequence', 'outcome', 'reason', 'rule', 'topic'] as const;

/** Memory that is used for one encoding after the other. */
export interface EncodingRoom {
  bytes: Uint8Array;
}

function roomFor(room: EncodingRoom | undefined, length: number): Uint8Array {
  if (room === undefined) return new Uint8Array(length);
  if (room.bytes.length < length) room.bytes = new Uint8Array(length * 2);
  return room.bytes.subarray(0, length).fill(0);
}

/** The part that is hashed into the chain; in `room`, where one is given, until the next encoding there. */
export function encodeDecided(record: TickRecord, room?: EncodingRoom): Uint8Array {
  const n = record.intentCount;
  const { details } = record;
  const detailBytes = details.row.length === 0 ? 0 : 8 + details.row.length * 16 + details.texts.length * 4;
  const sizeBytes =
    8 +
    totalNames.length * 4 +
    n * (wordColumns.length * 4 + byteColumns.length) +
    record.answers.length * 4 +
    detailBytes;
  const bytes = roomFor(room, Math.ceil(sizeBytes / 4) * 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, n, true);
  view.setUint32(4, record.answers.length, true);
  let at = 8;
  for (const name of totalNames) {
    view.setUint32(at, record.totals[name], true);
    at += 4;
  }
  for (const name of wordColumns) at = putWords(bytes, at, record[name], n);
  at = putWords(bytes, at, record.answers, record.answers.length);
  for (const name of byteColumns) {
    bytes.set(record[name].subarray(0, n), at);
    at += n;
  }
  if (detailBytes > 0) putDetails(bytes, at, details);
  return bytes;
}

/** Details stand last, so that a tick without any is as long as it was before there were details. */
function putDetails(bytes: Uint8Array, start: number, { row, argument, price, text, texts }: DetailRecord): void {
  let at = putWords(bytes, start, Int32Array.of(row.length, texts.length), 2);
  for (const column of [row, argument, price, text]) at = putWords(bytes, at, column, row.length);
  putWords(bytes, at, texts, texts.length);
}

/** Copies words; machines that run this are little-endian, and `doctor` says so if one is not. */
function putWords(bytes: Uint8Array, at: number, words: Int32Array, count: number): number {
  bytes.set(new Uint8Array(words.buffer, words.byteOffset, count * 4), at);
  return at + count * 4;
}

/** The part beside the chain. */
export function encodeSeen(seen: SeenRecord, room?: EncodingRoom): Uint8Array {
  const n = seen.agent.length;
  const bytes = roomFor(room, Math.ceil((4 + n * 14) / 4) * 4);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, n, true);
  let at = 4;
  for (const column of [seen.agent, seen.post, seen.origin]) at = putWords(bytes, at, column, n);
  bytes.set(seen.source, at);
  bytes.set(seen.position, at + n);
  return bytes;
}

/** A frame's parts around its content. `root` is empty where none was taken. */
export interface Frame {
  readonly tick: number;
  readonly decided: Uint8Array;
  readonly seen: Uint8Array;
  readonly root: Uint8Array;
  readonly link: Uint8Array;
}

/** Bytes of a frame in the log. */
export function lengthOfFrame({ decided, seen }: Frame): number {
  return headerBytes + decided.length + seen.length + 2 * digestBytes + 4;
}

/** A frame's bytes, in memory that `room` gives. */
export function encodeFrame(
  frame: Frame,
  room: (length: number) => Uint8Array = (length) => new Uint8Array(length),
): Uint8Array {
  const bodyBytes = frame.decided.length + frame.seen.length;
  const bytes = room(lengthOfFrame(frame));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, magic, true);
  view.setUint32(4, frame.tick, true);
  view.setUint32(8, frame.decided.length, true);
  view.setUint32(12, frame.seen.length, true);
  bytes.set(frame.decided, headerBytes);
  bytes.set(frame.seen, headerBytes + frame.decided.length);
  bytes.fill(0, headerBytes + bodyBytes, headerBytes + bodyBytes + digestBytes);
  bytes.set(frame.root, headerBytes + bodyBytes);
  bytes.set(frame.link, headerBytes + bodyBytes + digestBytes);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, bytes.length - 4)), true);
  return bytes;
}

/** The length of the frame that begins with this header, or undefined if the header cannot be one. */
export function frameBytes(header: Uint8Array): number | undefined {
  if (header.length < headerBytes) return undefined;
  const view = new DataView(header.buffer, header.byteOffset);
  return headerBytes + view.getUint32(8, true) + view.getUint32(12, true) + 2 * digestBytes + 4;
}

/** Reads the frame at a place of the log. `file` is named in the error when its checksum does not fit. */
export function decodeFrame(
  log: Uint8Array,
  at: number,
  file: string,
  expectedTick: number,
): { frame: Frame; end: number } {
  const damaged = (found: string): InputError =>
    new InputError({
      code: 'INPUT_STORE_DAMAGED',
      place: { file },
      found: `${found} in the record of tick ${expectedTick}, bytes from ${at}`,
      next: 'Restore the file from a copy, or run the scenario again.',
    });
  if (at + headerBytes > log.length) throw damaged('the file ends');
  const view = new DataView(log.buffer, log.byteOffset + at);
  const decidedBytes = view.getUint32(8, true);
  const seenBytes = view.getUint32(12, true);
  const length = headerBytes + decidedBytes + seenBytes + 2 * digestBytes + 4;
  if (view.getUint32(0, true) !== magic) throw damaged('the mark that opens a record is wrong');
  if (at + length > log.length) throw damaged('the file ends');
  if (view.getUint32(length - 4, true) !== crc32(log.subarray(at, at + length - 4)))
    throw damaged('the checksum is wrong');
  const tick = view.getUint32(4, true);
  if (tick !== expectedTick) throw damaged(`tick ${tick} stands`);
  const body = at + headerBytes;
  const tail = body + decidedBytes + seenBytes;
  const root = log.subarray(tail, tail + digestBytes);
  const frame = {
    tick,
    decided: log.subarray(body, body + decidedBytes),
    seen: log.subarray(body + decidedBytes, tail),
    root: root.every((byte) => byte === 0) ? new Uint8Array(0) : root,
    link: log.subarray(tail + digestBytes, tail + 2 * digestBytes),
  };
  return { frame, end: at + length };
}

/** Reads a frame's columns back. */
export function decodeTick(frame: Frame): TickRecord {
  // A plain view: slices of a Buffer would share its memory.
  const bytes = new Uint8Array(frame.decided.buffer, frame.decided.byteOffset, frame.decided.byteLength);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const n = view.getUint32(0, true);
  const answerLength = view.getUint32(4, true);
  const totals = {} as Record<(typeof totalNames)[number], number>;
  totalNames.forEach((name, i) => (totals[name] = view.getUint32(8 + i * 4, true)));
  let at = 8 + totalNames.length * 4;
  const words = (count: number): Int32Array => {
    const column = new Int32Array(bytes.slice(at, at + count * 4).buffer);
    at += count * 4;
    return column;
  };
  const octets = (): Uint8Array => {
    const column = bytes.slice(at, at + n);
    at += n;
    return column;
  };
  const [actor, target, amount, result] = [words(n), words(n), words(n), words(n)];
  const answers = words(answerLength);
  const [verb, sequence, outcome, reason, rule, topic] = [octets(), octets(), octets(), octets(), octets(), octets()];
  const seen = decodeSeen(frame.seen);
  const details = at + 8 <= bytes.length ? decodeDetails(bytes.slice(at)) : noDetails;
  return {
    tick: frame.tick,
    intentCount: n,
    ...{ actor, target, amount, result, verb, sequence, outcome, reason, rule, topic, answers, totals, seen, details },
  };
}

function decodeDetails(bytes: Uint8Array): DetailRecord {
  const view = new DataView(bytes.buffer);
  const count = view.getUint32(0, true);
  let at = 8;
  const words = (length: number): Int32Array => {
    const column = new Int32Array(bytes.slice(at, at + length * 4).buffer);
    at += length * 4;
    return column;
  };
  const [row, argument, price, text] = [words(count), words(count), words(count), words(count)];
  return { row, argument, price, text, texts: words(view.getUint32(4, true)) };
}

function decodeSeen(bytes: Uint8Array): SeenRecord {
  const n = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const words = (k: number): Int32Array => new Int32Array(bytes.slice(4 + k * n * 4, 4 + (k + 1) * n * 4).buffer);
  const octets = (k: number): Uint8Array => bytes.slice(4 + 12 * n + k * n, 4 + 12 * n + (k + 1) * n);
  return { agent: words(0), post: words(1), origin: words(2), source: octets(0), position: octets(1) };
}
