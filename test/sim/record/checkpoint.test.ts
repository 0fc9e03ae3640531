/**
 * Checkpoints as files: what was written is read back, any damage makes them unreadable and nothing else, and the newest two stay.
 */
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { truncateSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { checkpointName, checkpointTicks, readCheckpoint, writeCheckpoint } from '../../../sim/record/checkpoint.ts';
import { InputError } from '../../../sim/ground/errors.ts';
import type { Checkpoint } from '../../../sim/record/checkpoint.ts';

const directory = mkdtempSync(join(tmpdir(), 'mesocosm-checkpoint-'));

afterEach(() => {
  rmSync(join(directory, 'checkpoint'), { recursive: true, force: true });
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function checkpointAt(tick: number): Checkpoint {
  return {
    tick,
    nextPost: 17,
    link: Uint8Array.from({ length: 32 }, (_, i) => i * 7),
    counts: { intents: 9, granted: 8, refused: 1, posts: 5, exposures: 70, awake: 12 },
    columns: {
      odd: Int8Array.of(-1, 2, 3),
      words: Int32Array.of(1, -2, 0x7fffffff),
      numbers: Float64Array.of(0.1, -0, 1e300),
      none: new Uint16Array(0),
    },
  };
}

function fileOf(tick: number): string {
  return join(directory, checkpointName(tick));
}

describe('readCheckpoint', () => {
  test('readCheckpoint: what was written is read, column by column, in kinds and values', async () => {
    const written = checkpointAt(40);
    await writeCheckpoint(directory, written);
    const read = readCheckpoint(directory, 40);
    expect({ ...read, link: [...(read?.link ?? [])] }).toEqual({ ...written, link: [...written.link] });
    expect(Object.values(read?.columns ?? {}).map((column) => column.constructor.name)).toEqual(
      Object.values(written.columns).map((column) => column.constructor.name),
    );
  });

  test('readCheckpoint: a column of more than one piece comes back whole', async () => {
    const long = Uint32Array.from({ length: 9_000_000 }, (_, i) => Math.imul(i, 2_654_435_761));
    await writeCheckpoint(directory, { ...checkpointAt(1), columns: { before: Int8Array.of(5), long } });
    const found = readCheckpoint(directory, 1)?.columns['long'] as Uint32Array;
    expect(Buffer.compare(Buffer.from(found.buffer), Buffer.from(long.buffer))).toBe(0);
  });

  test('readCheckpoint: every single flipped bit makes it unreadable', async () => {
    await writeCheckpoint(directory, checkpointAt(40));
    const sound = readFileSync(fileOf(40));
    const passed: number[] = [];
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const flipped = Buffer.from(sound);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      writeFileSync(fileOf(40), flipped);
      if (readCheckpoint(directory, 40) !== undefined) passed.push(bit);
    }
    writeFileSync(fileOf(40), sound);
    expect(passed).toEqual([]);
    expect(readCheckpoint(directory, 40)?.nextPost).toBe(17);
  });

  test('readCheckpoint: cut at any byte, or with a byte more, it is unreadable', async () => {
    await writeCheckpoint(directory, checkpointAt(40));
    const { length } = readFileSync(fileOf(40));
    appendFileSync(fileOf(40), Uint8Array.of(0));
    expect(readCheckpoint(directory, 40)).toBeUndefined();
    for (let bytes = length - 1; bytes >= 0; bytes--) {
      truncateSync(fileOf(40), bytes);
      expect(readCheckpoint(directory, 40)).toBeUndefined();
    }
  });

  test('readCheckpoint: a sound one of another format or under the name of another tick is not read', async () => {
    await writeCheckpoint(directory, checkpointAt(40));
    const sound = readFileSync(fileOf(40));
    writeFileSync(fileOf(41), sound);
    expect(readCheckpoint(directory, 41)).toBeUndefined();
    const body = Buffer.from(
      sound
        .subarray(0, sound.length - 32)
        .toString('latin1')
        .replace('point-1', 'point-2'),
      'latin1',
    );
    writeFileSync(fileOf(40), Buffer.concat([body, createHash('sha256').update(body).digest()]));
    expect(readCheckpoint(directory, 40)).toBeUndefined();
  });

  test('readCheckpoint: a missing file, a folder in its place, and a file in place of the folder hold no checkpoint', () => {
    expect([readCheckpoint(directory, 3), checkpointTicks(directory)]).toEqual([undefined, []]);
    mkdirSync(fileOf(3), { recursive: true });
    expect(readCheckpoint(directory, 3)).toBeUndefined();
    rmSync(join(directory, 'checkpoint'), { recursive: true });
    writeFileSync(join(directory, 'checkpoint'), 'a file');
    expect([readCheckpoint(directory, 3), checkpointTicks(directory)]).toEqual([undefined, []]);
  });
});

describe('writeCheckpoint', () => {
  test('writeCheckpoint: the newest two stay, and what a killed process was writing goes', async () => {
    await writeCheckpoint(directory, checkpointAt(10));
    writeFileSync(`${fileOf(15)}.new`, 'half of one');
    writeFileSync(join(directory, 'checkpoint', 'notes.txt'), 'not ours');
    for (const tick of [20, 30]) await writeCheckpoint(directory, checkpointAt(tick));
    expect(checkpointTicks(directory)).toEqual([30, 20]);
    expect(readdirSync(join(directory, 'checkpoint')).sort()).toEqual([
      '0000000020.bin',
      '0000000030.bin',
      'notes.txt',
    ]);
  });

  test('writeCheckpoint: later ones, which were passed over, do not push out sound ones', async () => {
    for (const tick of [20, 50]) await writeCheckpoint(directory, checkpointAt(tick));
    writeFileSync(fileOf(50), 'damaged');
    await writeCheckpoint(directory, checkpointAt(30));
    expect(checkpointTicks(directory)).toEqual([30, 20]);
  });

  test('writeCheckpoint: a disk that refuses is the user’s to mend, and the file is named', async () => {
    writeFileSync(join(directory, 'checkpoint'), 'a file');
    const error: unknown = await writeCheckpoint(directory, checkpointAt(10)).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(/^INPUT_DISK .*0000000010\.bin cannot write/);
    expect(existsSync(fileOf(10))).toBe(false);
  });
});
