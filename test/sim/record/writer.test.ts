/**
 * The log’s writer: what the head names is on disk, in order, and a disk that fails once takes nothing that was acknowledged.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../sim/ground/errors.ts';
import { LogWriter } from '../../../sim/record/writer.ts';
import type { FileHandle } from 'node:fs/promises';
import type { Head } from '../../../sim/record/writer.ts';

const root = mkdtempSync(join(tmpdir(), 'mesocosm-writer-'));

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

function newDirectory(name: string): string {
  const directory = join(root, name);
  mkdirSync(directory);
  return directory;
}

function headOf(directory: string): Head {
  return JSON.parse(readFileSync(join(directory, 'head'), 'utf8')) as Head;
}

function frame(tick: number): Uint8Array {
  return new Uint8Array(1 + (tick % 37)).fill(tick);
}

function link(tick: number): Uint8Array {
  return new Uint8Array(32).fill(tick + 1);
}

describe('LogWriter', () => {
  test('push: the file holds every frame in order, and each acknowledged head names a prefix of it', async () => {
    const directory = newDirectory('order');
    const writer = await LogWriter.create(directory, link(-1));
    const acknowledged: number[] = [];
    writer.onAcknowledged = (ticks) => {
      const head = headOf(directory);
      const bytes = Array.from({ length: ticks }, (_, tick) => frame(tick).length).reduce((sum, one) => sum + one, 0);
      expect(head).toEqual({ ticks, bytes, digest: Buffer.from(link(ticks - 1)).toString('hex') });
      expect(statSync(join(directory, 'events.log')).size).toBeGreaterThanOrEqual(bytes);
      acknowledged.push(ticks);
    };
    for (let tick = 0; tick < 700; tick++) {
      await writer.push(frame(tick), link(tick));
      if (tick % 90 === 0) await new Promise((resolve) => setTimeout(resolve, 3));
    }
    await writer.close();
    expect(acknowledged.at(-1)).toBe(700);
    expect(acknowledged).toEqual([...acknowledged].sort((x, y) => x - y));
    const expected = Buffer.concat(Array.from({ length: 700 }, (_, tick) => frame(tick)));
    expect(readFileSync(join(directory, 'events.log')).equals(expected)).toBe(true);
  });

  test('frameRoom: memory is used again once its frame is on disk, and no sooner', async () => {
    const directory = newDirectory('pool');
    const writer = await LogWriter.create(directory, link(-1));
    const buffers = new Set<ArrayBufferLike>();
    for (let tick = 0; tick < 700; tick++) {
      const room = writer.frameRoom(frame(tick).length);
      buffers.add(room.buffer);
      room.set(frame(tick));
      await writer.push(room, link(tick));
      if (tick % 50 === 49) await writer.drain();
    }
    await writer.close();
    expect(buffers.size).toBe(50);
    const expected = Buffer.concat(Array.from({ length: 700 }, (_, tick) => frame(tick)));
    expect(readFileSync(join(directory, 'events.log')).equals(expected)).toBe(true);
  });

  test('push: a tick that waits alone is acknowledged within half a second', async () => {
    const directory = newDirectory('alone');
    const writer = await LogWriter.create(directory, link(-1));
    await writer.push(frame(0), link(0));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(headOf(directory).ticks).toBe(1);
    await writer.close();
  });

  test('close: after a write that failed once the head still names what lies before it, and nothing else is written', async () => {
    const directory = newDirectory('failing');
    const writer = await LogWriter.create(directory, link(-1));
    for (let tick = 0; tick < 64; tick++) await writer.push(frame(tick), link(tick));
    while (headOf(directory).ticks < 64) await new Promise((resolve) => setTimeout(resolve, 5));
    const safe = { head: headOf(directory), log: readFileSync(join(directory, 'events.log')) };
    await failingOnce(async () => {
      // Frames that are handed in while the failing write is under way must not reach the disk behind the hole.
      const pushes = Array.from({ length: 150 }, (_, i) => writer.push(frame(64 + i), link(64 + i)));
      await Promise.allSettled(pushes);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const failure: unknown = await writer.push(frame(214), link(214)).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(InputError);
      expect((failure as InputError).message).toMatch(/^INPUT_DISK .*events\.log cannot write: the disk is full/);
      await expect(writer.close()).rejects.toThrow(/INPUT_DISK/);
    });
    expect(headOf(directory)).toEqual(safe.head);
    expect(readFileSync(join(directory, 'events.log')).subarray(0, safe.head.bytes).equals(safe.log)).toBe(true);
  });

  test('create: a log that exists is never written over', async () => {
    const directory = newDirectory('twice');
    await (await LogWriter.create(directory, link(-1))).close();
    await expect(LogWriter.create(directory, link(-1))).rejects.toThrow(/INPUT_DISK .*events\.log cannot open: EEXIST/);
  });
});

/** A full disk for one write of any file, and room again afterwards: no real disk can be made to do that on demand. */
async function failingOnce(act: () => Promise<void>): Promise<void> {
  const handle = await open(join(root, 'any'), 'w');
  const shared = Object.getPrototypeOf(handle) as { writev: FileHandle['writev'] };
  await handle.close();
  const { writev } = shared;
  shared.writev = () => {
    shared.writev = writev;
    return Promise.reject(Object.assign(new RangeError('no space'), { code: 'ENOSPC' }));
  };
  try {
    await act();
  } finally {
    shared.writev = writev;
  }
}
