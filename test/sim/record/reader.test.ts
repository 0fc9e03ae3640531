/**
 * Damage: every flipped bit and every cut of a log is refused with the tick it lies in; a head that promises too much is refused too.
 */
import { crc32 } from 'node:zlib';
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../sim/ground/errors.ts';
import { recordRun, verifyRun } from '../../../sim/engine/run.ts';
import { openRecords } from '../../../sim/record/reader.ts';
import { frameBytes } from '../../../sim/record/chunk.ts';
import { placementOf, smallPlan, smallPopulation } from '../worlds.ts';
import type { Head } from '../../../sim/record/writer.ts';

const directory = mkdtempSync(join(tmpdir(), 'mesocosm-reader-'));
const run = join(directory, 'run');
const log = join(run, 'events.log');
const headFile = join(run, 'head');
const ticks = 4;
let sound: Buffer = Buffer.alloc(0);
let head: Head = { ticks: 0, bytes: 0, digest: '' };

beforeAll(async () => {
  await recordRun({
    compiled: { plan: smallPlan({ ticks }), population: smallPopulation({ agents: 8, followsMean: 3 }) },
    placement: placementOf(),
    directory: run,
    source: { name: 'reader.test.ts', sha256: '' },
    exposureSampleShare: 1,
  });
  sound = readFileSync(log);
  head = JSON.parse(readFileSync(headFile, 'utf8')) as Head;
});

afterEach(() => {
  writeFileSync(log, sound);
  writeFileSync(headFile, JSON.stringify(head));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** The error of reading everything, or undefined if nothing was wrong. */
function damageOf(): InputError | undefined {
  try {
    for (const tick of openRecords(run).ticks()) expect(tick.tick).toBeLessThan(ticks);
    return undefined;
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

function expectDamaged(): InputError {
  const error = damageOf();
  expect(error?.problems.map(({ code }) => code)).toEqual(['INPUT_STORE_DAMAGED']);
  return error as InputError;
}

/** In which tick's frame each byte lies. */
function frameStarts(): number[] {
  const starts = [0];
  for (let tick = 0; tick < ticks; tick++)
    starts.push(starts[tick] + (frameBytes(sound.subarray(starts[tick])) ?? NaN));
  return starts;
}

describe('a damaged log', () => {
  test('frames: every single flipped bit is refused and the tick of its record is named', () => {
    const starts = frameStarts();
    expect(starts.at(-1)).toBe(sound.length);
    const records = openRecords(run);
    const file = openSync(log, 'r+');
    const wrong: string[] = [];
    for (let at = 0, tick = 0; at < sound.length; at++) {
      while (at >= starts[tick + 1]) tick++;
      for (let bit = 0; bit < 8; bit++) {
        writeSync(file, Uint8Array.of(sound[at] ^ (1 << bit)), 0, 1, at);
        const message = messageOf(() => [...records.frames()]);
        if (!/^INPUT_STORE_DAMAGED .*events\.log/.test(message) || !message.includes(`tick ${tick}`))
          wrong.push(`${at}.${bit}: ${message}`);
      }
      writeSync(file, sound, at, 1, at);
    }
    closeSync(file);
    expect(wrong).toEqual([]);
    expect(damageOf()).toBeUndefined();
  });

  test('frames: a log cut at any byte is refused, and says how much is acknowledged', () => {
    for (let length = sound.length - 1; length >= 0; length -= 7) {
      truncateSync(log, length);
      expect(expectDamaged().message).toContain(`${length} bytes, ${sound.length} are acknowledged`);
    }
    writeFileSync(log, sound);
    expect(damageOf()).toBeUndefined();
  });

  test('frames: a changed record with a checksum that fits breaks the chain, and the tick is named', () => {
    const starts = frameStarts();
    for (let tick = 0; tick < ticks; tick++) {
      const forged = Buffer.from(sound);
      forged[starts[tick] + 16 + 8] ^= 1;
      forged.writeUInt32LE(crc32(forged.subarray(starts[tick], starts[tick + 1] - 4)), starts[tick + 1] - 4);
      writeFileSync(log, forged);
      expect(expectDamaged().message).toContain(`the chain breaks in the record of tick ${tick}`);
    }
    writeFileSync(log, sound);
  });

  test('frames: records in another order, left out or doubled are refused', () => {
    const starts = frameStarts();
    const frames = starts.slice(0, ticks).map((start, tick) => sound.subarray(start, starts[tick + 1]));
    for (const order of [
      [1, 0, 2, 3],
      [0, 1, 1, 2, 3],
      [0, 2, 3],
      [1, 2, 3],
    ]) {
      writeFileSync(log, Buffer.concat(order.map((tick) => frames[tick])));
      expectDamaged();
    }
    writeFileSync(log, sound);
  });

  test('frames: what stands behind the head was never acknowledged and is not read', () => {
    appendFileSync(log, Buffer.from('half a frame of a tick that was lost'));
    expect([...openRecords(run).ticks()].map(({ tick }) => tick)).toEqual([0, 1, 2, 3]);
    writeFileSync(log, sound);
  });

  test('frames: a missing log is refused', () => {
    rmSync(log);
    expect(expectDamaged().message).toContain('the log is missing');
  });
});

describe('a damaged head', () => {
  const heads: readonly (readonly [string, (head: Head) => unknown])[] = [
    ['more ticks than the log', (one) => ({ ...one, ticks: one.ticks + 1 })],
    ['fewer ticks than its bytes', (one) => ({ ...one, ticks: one.ticks - 1 })],
    ['more bytes than the log', (one) => ({ ...one, bytes: one.bytes + 1 })],
    ['fewer bytes than its ticks', (one) => ({ ...one, bytes: one.bytes - 1 })],
    ['another digest', (one) => ({ ...one, digest: one.digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) })],
    ['no ticks', ({ bytes, digest }) => ({ bytes, digest })],
    ['no bytes', ({ ticks: count, digest }) => ({ ticks: count, digest })],
    ['nothing', () => ({})],
  ];

  test.each(heads)('readHead: a head that names %s is refused', (_name, change) => {
    writeFileSync(headFile, JSON.stringify(change(head)));
    expectDamaged();
  });

  test('readHead: every single flipped bit of the head is refused, or says the same', () => {
    const text = Buffer.from(JSON.stringify(head));
    const passed: string[] = [];
    for (let at = 0; at < text.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(text);
        flipped[at] ^= 1 << bit;
        writeFileSync(headFile, flipped);
        if (damageOf() === undefined) passed.push(flipped.toString());
      }
    }
    writeFileSync(headFile, text);
    expect(passed).toEqual([]);
  });

  test('readHead: a head that is no JSON, or no object, is refused', () => {
    for (const text of ['', '{', 'null', '7', '[]', '"head"']) {
      writeFileSync(headFile, text);
      expectDamaged();
    }
  });
});

describe('verifyRun', () => {
  test.each([1, 3])('verifyRun: a sound run is the same with %i workers', async (workers) => {
    const found = await verifyRun(run, placementOf({ workers, layout: 'scrambled', mergeTicks: 2 }));
    expect(found).toMatchObject({
      ticks,
      same: true,
      firstDifference: undefined,
      recomputed: head.digest,
      recorded: head.digest,
    });
  });

  test('verifyRun: a changed plan differs from the first tick on, because the plan is part of the first link', async () => {
    const file = join(run, 'manifest.json');
    const manifest = readFileSync(file, 'utf8');
    writeFileSync(file, manifest.replace('"appealSpread": 0.3', '"appealSpread": 0.31'));
    expect(await verifyRun(run, placementOf())).toMatchObject({ same: false, firstDifference: 0 });
    writeFileSync(file, manifest);
    expect(await verifyRun(run, placementOf())).toMatchObject({ same: true });
  });

  test('verifyRun: own code that has changed since differs from the tick on in which it acts otherwise', async () => {
    const modules = ['before', 'after'].map((name) => {
      const file = join(directory, `${name}.mjs`);
      const decide = `decide(hand) { if (hand.state.now.tick === 5 && '${name}' === 'after') hand.act('post'); hand.act('nothing'); }`;
      writeFileSync(
        file,
        `export const scenario = { data: {}, policies: { own: { ${decide} } }, recommenders: {}, verbs: {} };`,
      );
      return new URL(`file://${file}`).href;
    });
    const plan = smallPlan({ ticks: 9, policies: [{ kind: 'own', name: 'own' }], module: modules[0] });
    const other = join(directory, 'own');
    const order = {
      compiled: { plan, population: smallPopulation({ agents: 30, wakesPerDayMean: 500 }) },
      placement: placementOf(),
    };
    await recordRun({ ...order, directory: other, source: { name: 'own', sha256: '' }, exposureSampleShare: 0 });
    expect(await verifyRun(other, placementOf({ workers: 2 }))).toMatchObject({ same: true });
    const file = join(other, 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(modules[0], modules[1]));
    for (const workers of [1, 2])
      expect(await verifyRun(other, placementOf({ workers }))).toMatchObject({ same: false, firstDifference: 5 });
  });

  test.each([1, 2, 3])(
    'verifyRun: a run that was stopped early is the same with %i workers (shards that ran on once made it differ)',
    async (workers) => {
      const other = join(directory, `stopped-${workers}`);
      const stopper = new AbortController();
      const manifest = await recordRun({
        compiled: { plan: smallPlan({ ticks: 60 }), population: smallPopulation({ agents: 60 }) },
        placement: placementOf({ workers: 2 }),
        directory: other,
        source: { name: 'stopped', sha256: '' },
        exposureSampleShare: 0,
        signal: stopper.signal,
        observer: {
          onTick: ({ tick }) => {
            if (tick === 7) stopper.abort();
          },
        },
      });
      expect(manifest.outcome).toBe('stopped');
      for (let times = 0; times < 2; times++) {
        expect(await verifyRun(other, placementOf({ workers }))).toMatchObject({
          same: true,
          ticks: manifest.ticks,
          recomputed: manifest.digest,
        });
      }
    },
  );
});

function messageOf(read: () => unknown): string {
  try {
    read();
    return 'nothing was wrong';
  } catch (error) {
    return (error as Error).message;
  }
}
