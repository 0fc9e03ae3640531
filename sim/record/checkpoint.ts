/**
 * Checkpoints: the state between two ticks as a file, so that a run goes on from there instead of from the beginning.
 *
 * Layout: a line of JSON (format, tick, chain's link, counts, columns with kind and length), the columns, and the SHA-256 of all
 * that. Written aside, synced, renamed; the two newest are kept. A checkpoint is never older than the head: it is written only
 * when its ticks are acknowledged. A damaged one is passed over; without any, a run is computed again from its genesis.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf } from '../ground/digest.ts';
import { diskError } from './store.ts';
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

interface Opening {
  readonly format: 'mesocosm-checkpoint-1';
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

function fileOf(directory: string, tick: number): string {
  return join(directory, folderName, `${String(tick).padStart(10, '0')}.bin`);
}

/** Ticks of the checkpoints that lie in a run directory, newest first. */
export function checkpointTicks(directory: string): number[] {
  const folder = join(directory, folderName);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d{10}\.bin$/.test(name))
    .map((name) => Number(name.slice(0, 10)))
    .sort((a, b) => b - a);
}

/** Writes a checkpoint and removes all but the newest two. */
export async function writeCheckpoint(directory: string, checkpoint: Checkpoint): Promise<void> {
  const file = fileOf(directory, checkpoint.tick);
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
    for (const tick of checkpointTicks(directory).slice(keptCount)) rmSync(fileOf(directory, tick), { force: true });
  } catch (cause) {
    throw diskError('write', file, cause);
  }
}

function* piecesOf(checkpoint: Checkpoint): Iterable<Uint8Array> {
  const columns = Object.entries(checkpoint.columns);
  const opening: Opening = {
    format: 'mesocosm-checkpoint-1',
    tick: checkpoint.tick,
    nextPost: checkpoint.nextPost,
    link: hexOf(checkpoint.link),
    counts: checkpoint.counts,
    columns: columns.map(([name, column]) => ({ name, kind: column.constructor.name, length: column.length })),
  };
  yield Buffer.from(JSON.stringify(opening) + '\n');
  for (const [, column] of columns) yield new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}

/** Reads a checkpoint, or undefined if it is damaged in any bit. */
export function readCheckpoint(directory: string, tick: number): Checkpoint | undefined {
  const bytes = readFileSync(fileOf(directory, tick));
  if (bytes.length <= digestBytes) return undefined;
  const body = bytes.subarray(0, bytes.length - digestBytes);
  const digest = createHash('sha256').update(body).digest();
  if (!digest.equals(bytes.subarray(body.length))) return undefined;
  const end = body.indexOf(10);
  const opening = JSON.parse(body.subarray(0, end).toString()) as Opening;
  if (opening.tick !== tick) return undefined;
  const columns: Record<string, CheckpointColumn> = {};
  let at = end + 1;
  for (const { name, kind, length } of opening.columns) {
    const make = makers[kind as keyof typeof makers];
    const byteLength = length * make.BYTES_PER_ELEMENT;
    columns[name] = new make(Uint8Array.from(body.subarray(at, at + byteLength)).buffer);
    at += byteLength;
  }
  const { nextPost, counts } = opening;
  return { tick, nextPost, counts, link: Buffer.from(opening.link, 'hex'), columns };
}
