/**
 * Reads a recorded population: manifest, agents, and the ticks of the log, one at a time, with every checksum and every link of
 * the chain verified on the way. Measures, figures and exports see runs and imported data sets through this alone.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../ground/errors.ts';
import { chainLink, hexOf } from '../ground/digest.ts';
import { decodeFrame, decodeTick, frameBytes, frameHeaderBytes } from './chunk.ts';
import { readPopulation, sha256 } from './genesis.ts';
import { readManifest } from './manifest.ts';
import { damaged, diskError, fileNames, readWhole } from './store.ts';
import type { Population } from '../world/population.ts';
import type { Frame, TickRecord } from './chunk.ts';
import type { Manifest } from './manifest.ts';
import type { Head } from './writer.ts';

/** A recorded population. */
export interface Records {
  readonly directory: string;
  readonly manifest: Manifest;
  readonly population: Population;
  readonly head: Head;
  /** The acknowledged ticks, in order. */
  ticks(): IterableIterator<TickRecord>;
  /** The same, not decoded. */
  frames(): IterableIterator<Frame>;
}

/** Opens a run directory. */
export function openRecords(directory: string): Records {
  if (!existsSync(directory)) {
    throw new InputError({
      code: 'INPUT_NOT_FOUND',
      place: { file: directory },
      found: 'no such directory',
      next: 'Name the directory of a run, such as runs/information-spreading-7.',
    });
  }
  const manifest = readManifest(directory);
  const head = readHead(directory);
  return {
    directory,
    manifest,
    population: readPopulation(directory, manifest.populationDigest),
    head,
    frames: () => framesOf(directory, manifest, head),
    *ticks() {
      for (const frame of framesOf(directory, manifest, head)) yield decodeTick(frame);
    },
  };
}

/** A place between two frames of a log: the tick and the byte that follow, and the chain's link that goes before. */
export interface LogPlace {
  readonly tick: number;
  readonly bytes: number;
  readonly link: Uint8Array;
}

/** Before the first frame. */
export function startOfLog(manifest: Pick<Manifest, 'firstLink'>): LogPlace {
  return { tick: 0, bytes: 0, link: Buffer.from(manifest.firstLink, 'hex') };
}

/** How far the log is acknowledged by now. */
export function readHead(directory: string): Head {
  const file = join(directory, fileNames.head);
  let head: Partial<Head> | null;
  try {
    head = JSON.parse(Buffer.from(readWhole(directory, fileNames.head)).toString()) as Partial<Head> | null;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw damaged(file, 'the head is not JSON');
  }
  const { ticks, bytes, digest } = head ?? {};
  if (ticks === undefined || bytes === undefined || digest === undefined) throw damaged(file, 'the head is not whole');
  return { ticks, bytes, digest };
}

function framesOf(directory: string, manifest: Manifest, head: Head): IterableIterator<Frame> {
  return framesFrom(directory, startOfLog(manifest), head);
}

/**
 * Frames from a place of the log up to a head; the place after the last one is returned. The file may hold more: what was written
 * and not acknowledged before a crash, or what was acknowledged since.
 */
export function* framesFrom(directory: string, from: LogPlace, head: Head): Generator<Frame, LogPlace, undefined> {
  const file = join(directory, fileNames.events);
  if (!existsSync(file)) throw damaged(file, 'the log is missing');
  const handle = openLog(file);
  try {
    const { size } = fstatSync(handle);
    if (size < head.bytes) throw damaged(file, `the log has ${size} bytes, ${head.bytes} are acknowledged`);
    let { link, bytes: at } = from;
    for (let tick = from.tick; tick < head.ticks; tick++) {
      const bytes = readFrame(handle, at, file, tick, head.bytes);
      const { frame } = decodeFrame(bytes, 0, file, tick);
      link = chainLink(sha256, link, tick, [frame.decided, frame.root]);
      if (!Buffer.from(link).equals(frame.link)) throw damaged(file, `the chain breaks in the record of tick ${tick}`);
      at += bytes.length;
      yield frame;
    }
    if (at !== head.bytes || hexOf(link) !== head.digest)
      throw damaged(file, 'the log does not end where the head says');
    return { tick: head.ticks, bytes: at, link };
  } finally {
    closeSync(handle);
  }
}

function openLog(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw diskError('read', file, cause);
  }
}

function readFrame(handle: number, at: number, file: string, tick: number, endBytes: number): Uint8Array {
  const header = readBytes(handle, file, at, Math.min(frameHeaderBytes, endBytes - at));
  const length = frameBytes(header);
  if (length === undefined || at + length > endBytes) {
    throw damaged(file, `the record of tick ${tick}, at byte ${at}, has an impossible length`);
  }
  return readBytes(handle, file, at, length);
}

function readBytes(handle: number, file: string, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let read = 0;
  try {
    while (read < length) {
      const some = readSync(handle, bytes, read, length - read, at + read);
      if (some === 0) break;
      read += some;
    }
  } catch (cause) {
    throw diskError('read', file, cause);
  }
  return bytes;
}
