/**
 * Checkpoints: the state between two ticks as a file, so that a run goes on from there instead of from the beginning.
 *
 * Layout: a line of JSON (format, tick, chain's link, counts, columns with kind and length), the columns, and the SHA-256 of all
 * that. Written aside, synced, renamed; the two newest are kept. A checkpoint is never ahead of the head: it is written only
 * when its ticks are acknowledged. A damaged one is passed over; without any, a run is computed again from its genesis.
 * Reading goes over the file twice, first for the digest and then into the columns, so that nothing in it is trusted before all of it
 * is, and a file of several gigabytes needs no buffer of its size (Node reads at most 2 GiB at once).
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf } from '../ground/digest.ts';
import { diskError, syncFolder } from './store.ts';
import type { RunCounts } from './manifest.ts';

/** A column as a checkpoint holds it. */
export type CheckpointColumn =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** What a checkpoint says: the state before tick `tick`. */
export interface Checkpoint {
  readonly tick: number;
  readonly nextPost: number;
  readonly link: Uint8Array;
  readonly counts: RunCounts;
  readonly columns: Readonly<Record<string, CheckpointColumn>>;
}

const format = 'mesocosm-checkpoint-1';

interface Opening {
  readonly format: typeof format;
  readonly tick: number;
  readonly nextPost: number;
  readonly link: string;
  readonly counts: RunCounts;
  readonly columns: readonly { readonly name: string; readonly kind: string; readonly length: number }[];
}

const makers = { Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array };
const folderName = 'checkpoint';
const keptCount = 2;
const digestBytes = 32;
const pieceBytes = 1 << 24;

/** The file of a checkpoint, from the run directory on. */
export function checkpointName(tick: number): string {
  return join(folderName, `${String(tick).padStart(10, '0')}.bin`);
}

/** Ticks of the checkpoints that lie in a run directory, newest first. */
export function checkpointTicks(directory: string): number[] {
  return namesIn(directory)
    .filter((name) => /^\d{10}\.bin$/.test(name))
    .map((name) => Number(name.slice(0, 10)))
    .sort((a, b) => b - a);
}

/** What lies in the folder of checkpoints. One that cannot be read holds none: a run goes on without. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(join(directory, folderName));
  } catch {
    return [];
  }
}

/** Writes a checkpoint and removes all but the newest two: later ones were passed over, or the run would not stand here. */
export async function writeCheckpoint(directory: string, checkpoint: Checkpoint): Promise<void> {
  const file = join(directory, checkpointName(checkpoint.tick));
  const aside = `${file}.new`;
  try {
    mkdirSync(join(directory, folderName), { recursive: true, mode: 0o700 });
    const handle = await open(aside, 'w', 0o600);
    const hash = createHash('sha256');
    try {
      for (const piece of piecesOf(checkpoint)) {
        hash.update(piece);
        await handle.writeFile(piece);
      }
      await handle.writeFile(hash.digest());
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(aside, file);
    syncFolder(join(directory, folderName));
    removeOthers(directory, checkpoint.tick);
  } catch (cause) {
    throw diskError('write', file, cause);
  }
}

/** Keeps this checkpoint and the one before it; what a killed process was writing goes too. */
function removeOthers(directory: string, newest: number): void {
  const kept = checkpointTicks(directory)
    .filter((tick) => tick <= newest)
    .slice(0, keptCount)
    .map(checkpointName);
  for (const name of namesIn(directory)) {
    if (/^\d{10}\.bin(\.new)?$/.test(name) && !kept.includes(join(folderName, name)))
      rmSync(join(directory, folderName, name), { force: true });
  }
}

function* piecesOf(checkpoint: Checkpoint): Iterable<Uint8Array> {
  const columns = Object.entries(checkpoint.columns);
  const opening: Opening = {
    format,
    tick: checkpoint.tick,
    nextPost: checkpoint.nextPost,
    link: hexOf(checkpoint.link),
    counts: checkpoint.counts,
    columns: columns.map(([name, column]) => ({ name, kind: column.constructor.name, length: column.length })),
  };
  yield Buffer.from(JSON.stringify(opening) + '\n');
  for (const [, column] of columns) yield new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** Reads a checkpoint, or undefined if it cannot be read, is damaged in any bit, or is of another version. */
export function readCheckpoint(directory: string, tick: number): Checkpoint | undefined {
  let handle: number | undefined;
  try {
    handle = openSync(join(directory, checkpointName(tick)), 'r');
    const bodyBytes = fstatSync(handle).size - digestBytes;
    return bodyBytes > 0 && isWhole(handle, bodyBytes) ? readBody(handle, tick) : undefined;
  } catch (cause) {
    if ((cause as { code?: string }).code === undefined) throw cause;
    return undefined;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

function isWhole(handle: number, bodyBytes: number): boolean {
  const hash = createHash('sha256');
  const piece = new Uint8Array(Math.min(pieceBytes, bodyBytes));
  for (let at = 0; at < bodyBytes;) {
    const read = readSync(handle, piece, 0, Math.min(piece.length, bodyBytes - at), at);
    if (read === 0) return false;
    hash.update(piece.subarray(0, read));
    at += read;
  }
  const digest = new Uint8Array(digestBytes);
  readInto(handle, digest, bodyBytes);
  return hash.digest().equals(digest);
}

/** Columns straight from the file. Called for a file whose digest fits. */
function readBody(handle: number, tick: number): Checkpoint | undefined {
  const { text, end } = readLine(handle);
  const opening = JSON.parse(text) as Opening;
  if (opening.format !== format || opening.tick !== tick) return undefined;
  const columns: Record<string, CheckpointColumn> = {};
  let at = end;
  for (const { name, kind, length } of opening.columns) {
    const column = new makers[kind as keyof typeof makers](length);
    readInto(handle, new Uint8Array(column.buffer), at);
    columns[name] = column;
    at += column.byteLength;
  }
  const { nextPost, counts } = opening;
  return { tick, nextPost, counts, link: Buffer.from(opening.link, 'hex'), columns };
}

/** The first line, and where the next begins. */
function readLine(handle: number): { readonly text: string; readonly end: number } {
  for (let sought = 1 << 16; ; sought *= 2) {
    const bytes = Buffer.alloc(sought);
    readInto(handle, bytes, 0);
    const length = bytes.indexOf(10);
    if (length >= 0) return { text: bytes.toString('utf8', 0, length), end: length + 1 };
  }
}

/** Fills bytes from a place of the file on, as far as the file goes. */
function readInto(handle: number, bytes: Uint8Array, from: number): void {
  for (let filled = 0; filled < bytes.length;) {
    const read = readSync(handle, bytes, filled, Math.min(pieceBytes, bytes.length - filled), from + filled);
    if (read === 0) return;
    filled += read;
  }
}
