/**
 * `verify` and `index`: what was recorded is recomputed, damage is named, and run.db can be built anew.
 */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { tableDigests } from '../../sim/record/database-sqlite.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { mesocosm, objectOf, readJson, recordSmall, temporaryFolder } from './start.ts';
import type { RunSummary } from './start.ts';

const folder = temporaryFolder();
let recorded: RunSummary;

beforeAll(async () => {
  recorded = await recordSmall('run', folder);
});

/** A copy of the run whose file `name` holds what `change` makes of it. */
function damagedCopy(copy: string, name: string, change: (bytes: Buffer) => Buffer | string): string {
  cpSync(join(folder, 'run'), join(folder, copy), { recursive: true });
  const file = join(folder, copy, name);
  writeFileSync(file, change(readFileSync(file)));
  return copy;
}

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] ^= 1 << (at & 7);
  return bytes;
}

test('verify: a run is recomputed to the digest that run printed, with other workers too', async () => {
  const same = { run: 'run', ticks: 20, same: true, recorded: recorded.digest, recomputed: recorded.digest };
  expect(await objectOf<unknown>(['verify', 'run'], folder)).toMatchObject(same);
  expect(await objectOf<unknown>(['verify', 'run', '--workers', '2'], folder)).toMatchObject(same);
});

test('verify: a plan that was changed in the manifest gives exit 3 and the first tick that differs', async () => {
  const copy = damagedCopy('other-plan', 'manifest.json', (bytes) =>
    bytes.toString().replace(/"appealSpread": [0-9.]+/, '"appealSpread": 1.5'),
  );
  const { status, stdout } = await mesocosm(['verify', copy, '--json'], folder);
  expect(status).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ same: false, recorded: recorded.digest, firstDifference: 0 });
});

test('verify: a flipped bit of events.log gives exit 4 and names file and tick', async () => {
  const { length } = readFileSync(join(folder, 'run', 'events.log'));
  const tenth = startOfTick(10);
  for (const [name, at] of Object.entries({ 'bit-first': 0, 'bit-tenth': tenth + 40, 'bit-last': length - 1 })) {
    const copy = damagedCopy(name, 'events.log', (bytes) => flip(bytes, at));
    const { status, stdout, stderr } = await mesocosm(['verify', copy, '--json'], folder);
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    const tick = name === 'bit-first' ? 0 : name === 'bit-tenth' ? 10 : 19;
    expect(stderr).toMatch(new RegExp(`^INPUT_STORE_DAMAGED ${copy}/events\\.log.*tick ${tick}\\b`, 'm'));
  }
});

/** Byte at which the frame of a tick begins: a frame is its two parts and what the empty one would take. */
function startOfTick(tick: number): number {
  const bytes = readFileSync(join(folder, 'run', 'events.log'));
  const magic = bytes.subarray(0, 4);
  let at = 0;
  for (let number = 0; number < tick; number++) {
    const mark = Buffer.alloc(8);
    magic.copy(mark);
    mark.writeUInt32LE(number + 1, 4);
    at = bytes.indexOf(mark, at + 1);
  }
  return at;
}

test('verify: damage elsewhere gives exit 4 and the name of the file', async () => {
  const cases: [string, string, (bytes: Buffer) => Buffer | string][] = [
    ['short', 'events.log', (bytes) => bytes.subarray(0, bytes.length - 3)],
    ['population', 'genesis/population.bin', (bytes) => flip(bytes, bytes.length >> 1)],
    ['head', 'head', () => '{'],
    ['manifest', 'manifest.json', (bytes) => bytes.subarray(0, 40)],
  ];
  for (const [copy, name, change] of cases) {
    damagedCopy(copy, name, change);
    const { status, stderr } = await mesocosm(['verify', copy], folder);
    expect(status).toBe(4);
    expect(stderr).toContain(`INPUT_STORE_DAMAGED ${copy}/${name}`);
  }
});

test('verify: a folder that holds no run, and one that does not exist, are refused', async () => {
  const none = await mesocosm(['verify', '.'], folder);
  expect(none).toMatchObject({ status: 2, stdout: '' });
  expect(none.stderr).toMatch(/^INPUT_NOT_A_RUN /m);
  const missing = await mesocosm(['verify', 'nowhere'], folder);
  expect(missing).toMatchObject({ status: 2, stdout: '' });
  expect(missing.stderr).toMatch(/^INPUT_NOT_(FOUND|A_RUN) /m);
});

test('index: run.db that was deleted is built anew with the same tables, and its counts are those of the run', async () => {
  const before = await tableDigests(join(folder, 'run'));
  rmSync(join(folder, 'run', 'run.db'));
  const { tables } = await objectOf<{ tables: Record<string, number> }>(['index', 'run'], folder);
  expect(await tableDigests(join(folder, 'run'))).toEqual(before);
  expect(tables).toMatchObject({ agents: 2000, posts: recorded.counts['posts'], metrics: 20 });
  const full = await objectOf<{ tables: Record<string, number> }>(['index', 'run', '--level', 'full'], folder);
  expect(full.tables['rulings']).toBe(recorded.counts['intents']);
  expect(openRecords(join(folder, 'run')).head.ticks).toBe(20);
});

test('index: a level that does not exist is refused', async () => {
  const { status, stderr } = await mesocosm(['index', 'run', '--level', 'all'], folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^INPUT_UNKNOWN_NAME --level "all".*core or full/m);
});

test('manifest: what ran stands in it', () => {
  expect(readJson<unknown>(folder, 'run', 'manifest.json')).toMatchObject({
    ...{ scenario: 'information-spreading', seed: 7, agents: 2000, ticks: 20, outcome: 'complete' },
    ...{ digest: recorded.digest, node: process.version, source: { name: 'scenario.yaml' } },
  });
});
