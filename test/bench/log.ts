/**
 * One measurement of the log's writer: frames of a tick's size pushed through it; or the baseline, the same bytes through write(2) with
 * as many syncs and nothing else.
 *
 * Both write into a folder of their own that goes away; the digest is that of the file.
 */
import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mix32 } from '../../sim/ground/random.ts';
import { LogWriter } from '../../sim/record/writer.ts';
import { Stopwatch } from './stopwatch.ts';
import type { Sample } from './interleave.ts';

export interface LogOrder {
  readonly kind: 'log';
  readonly through: 'writer' | 'write';
  readonly frames: number;
  readonly frameBytes: number;
}

/** Frames between two syncs of the baseline: the writer's own largest group. */
const groupFrames = 64;
const file = 'events.log';

export async function measureLog(order: LogOrder): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), 'mesocosm-log-'));
  const frames = Array.from({ length: groupFrames }, (_, frame) => frameOf(frame, order.frameBytes));
  const stopwatch = new Stopwatch();
  try {
    stopwatch.start();
    if (order.through === 'writer') await pushAll(directory, frames, order.frames);
    else writeAll(directory, frames, order.frames);
    const times = stopwatch.timesPer(order.frames);
    const bytes = readFileSync(join(directory, file));
    return {
      ...times,
      digest: createHash('sha256').update(bytes).digest('hex'),
      megabytesPerSecond: order.frameBytes / 1000 / times.wallMs,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function frameOf(frame: number, bytes: number): Uint8Array {
  const words = Int32Array.from({ length: Math.ceil(bytes / 4) }, (_, i) => mix32(mix32(frame + 1) ^ i));
  return new Uint8Array(words.buffer, 0, bytes);
}

async function pushAll(directory: string, frames: readonly Uint8Array[], count: number): Promise<void> {
  const link = new Uint8Array(32);
  const writer = await LogWriter.create(directory, link);
  for (let i = 0; i < count; i++) {
    await writer.push(frames[i % frames.length], link);
    // A run comes back to the event loop between ticks; so does this.
    if (i % 16 === 15) await new Promise((resolve) => setImmediate(resolve));
  }
  await writer.close();
}

function writeAll(directory: string, frames: readonly Uint8Array[], count: number): void {
  const handle = openSync(join(directory, file), 'wx');
  for (let i = 0; i < count; i++) {
    writeSync(handle, frames[i % frames.length]);
    if (i % groupFrames === groupFrames - 1) fdatasyncSync(handle);
  }
  fdatasyncSync(handle);
  closeSync(handle);
}
