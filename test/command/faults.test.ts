/**
 * Damage and sudden death: whatever happens to the files of a run, it ends in the recorded digest or is refused with exit 4.
 *
 * A small run is recorded whole; directories as a killed process leaves them are cut out of it (`test/command/unfinished.ts`), damaged,
 * and resumed, most of them in this process and some by the command itself. Places of damage are drawn with fixed seeds.
 * Invariant of all: never exit 0 with another digest, never exit 1.
 */
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { InputError } from '../../sim/ground/errors.ts';
import { checkpointName, checkpointTicks } from '../../sim/record/checkpoint.ts';
import { readManifest, writeManifest } from '../../sim/record/manifest.ts';
import { fileNames } from '../../sim/record/store.ts';
import { recordRun, resumeRun, verifyRun } from '../../sim/engine/run.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';
import { leaveUnfinished, orderFor, recordWhole } from './unfinished.ts';
import type { RunSummary } from './start.ts';
import type { Head } from '../../sim/record/writer.ts';
import type { Whole } from './unfinished.ts';

const folder = temporaryFolder();
const size = ['population.agents=250', 'ticks=50', 'policies[0].rules.postShare=0.4'];
const run = join(folder, 'run');
const { events, head, manifest, population } = fileNames;
const placement = { workers: 1, layout: 'degree', mergeTicks: 24 } as const;
const [older, newest] = [20, 36];
let whole: Whole;
let other: Whole;

beforeAll(async () => {
  whole = await recordWhole(join(folder, 'whole'), size, 3);
  other = await recordWhole(join(folder, 'other'), [...size, 'seed=99'], 1);
}, 60_000);

/** How a resume ended, as the command would end. `from` is the first tick that was computed, -1 where none was. */
interface Ending {
  readonly exit: number;
  readonly message: string;
  readonly digest: string;
  readonly from: number;
  readonly passedOver: readonly string[];
}

async function resume(): Promise<Ending> {
  const passedOver: string[] = [];
  let from = -1;
  try {
    const { digest } = await resumeRun({
      directory: run,
      placement,
      onPassedOver: (name) => void passedOver.push(name),
      observer: { onTick: ({ tick }) => void (from = from < 0 ? tick - 1 : from) },
    });
    return { exit: 0, message: '', digest, from, passedOver };
  } catch (error) {
    const exit = error instanceof InputError ? error.exitCode : 1;
    return { exit, message: (error as Error).message, digest: '', from, passedOver };
  }
}

/** Puts a directory of `ticks` acknowledged ticks in the place of the last one, with checkpoints before the named ones. */
async function leave(ticks = 42, checkpoints: readonly number[] = [older, newest]): Promise<void> {
  const kept = join(folder, `kept-${ticks}-${checkpoints.join('-')}`);
  if (!existsSync(kept)) await leaveUnfinished(whole, kept, ticks, checkpoints);
  rmSync(run, { recursive: true, force: true });
  cpSync(kept, run, { recursive: true });
}

async function bytesOf(name: string): Promise<Uint8Array> {
  await leave();
  return Uint8Array.from(readFileSync(join(run, name)));
}

/** Numbers below `below`, the same in every run of this test. */
function places(seed: number, count: number, below: number): number[] {
  const stream = randomStream(seed, streamPurposes.sample);
  return Array.from({ length: count }, () => stream.below(below));
}

function flipped(bytes: Uint8Array, bits: readonly number[]): Uint8Array[] {
  return bits.map((bit) => {
    const copy = Uint8Array.from(bytes);
    copy[bit >> 3] ^= 1 << (bit & 7);
    return copy;
  });
}

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  return lengths.map((length) => bytes.subarray(0, length));
}

/** Puts each form of a file in its place, resumes, and lists what did not end as it must. */
async function wrongEndings(
  name: string,
  forms: readonly Uint8Array[],
  isRight: (ending: Ending) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  await leave();
  for (const [i, bytes] of forms.entries()) {
    writeFileSync(join(run, name), bytes);
    const ending = await resume();
    if (!isRight(ending)) wrong.push(`${name}, form ${i}: ${JSON.stringify(ending)}`);
    // Whoever refuses leaves everything as it was; only one that went on needs a fresh directory.
    if (ending.exit === 0) await leave();
  }
  return wrong;
}

function isRefused({ exit, message }: Ending): boolean {
  return exit === 4 && message.startsWith(`INPUT_STORE_DAMAGED ${run}`) && !message.includes('\n');
}

/** Refused, and the file is named. */
function refusedFor(name: string): (ending: Ending) => boolean {
  return (ending) => isRefused(ending) && ending.message.includes(`${join(run, name)} `);
}

describe('sudden death', () => {
  test('resume: after each of 50 ticks, with and without a checkpoint of it, ends in the log and digest of the whole', async () => {
    for (let ticks = 0; ticks <= 50; ticks++) {
      const checkpoints = ticks === 0 || ticks % 7 === 3 ? [] : [ticks];
      await leave(ticks, checkpoints);
      const from = ticks === 50 && checkpoints.length > 0 ? -1 : (checkpoints[0] ?? 0);
      expect(await resume()).toEqual({ exit: 0, message: '', digest: whole.digest, from, passedOver: [] });
      expect(Buffer.compare(readFileSync(join(run, events)), readFileSync(join(whole.directory, events)))).toBe(0);
    }
  }, 60_000);

  test('resume: what stands behind the head was never acknowledged and goes, wherever it was cut', async () => {
    const log = readFileSync(join(whole.directory, events));
    const [start, next, end] = whole.frameStarts.slice(42, 45);
    const frame = next - start;
    for (const length of [1, 15, 16, 17, frame - 1, frame, frame + 1, end - start, ...places(2, 8, end - start)]) {
      await leave();
      appendFileSync(join(run, events), log.subarray(start, start + length));
      expect(await resume()).toMatchObject({ exit: 0, digest: whole.digest });
      expect(Buffer.compare(readFileSync(join(run, events)), log)).toBe(0);
    }
  });

  test('run: a start that was killed before its manifest is begun again in the same directory, and after it resumed', async () => {
    const steps = ['lock.db', population, events, '.head.new', head];
    const order = await orderFor(run, size, 1);
    for (let done = 0; done <= steps.length; done++) {
      await leave(0, []);
      writeFileSync(join(run, 'lock.db'), '');
      writeFileSync(join(run, '.head.new'), '{"ti');
      for (const step of [...steps.slice(done), manifest]) rmSync(join(run, step), { force: true });
      expect(await resume()).toMatchObject({ exit: 2 });
      expect(await recordRun(order)).toMatchObject({ digest: whole.digest });
    }
    await leave(0, []);
    await expect(recordRun(order)).rejects.toThrow('INPUT_EXISTS');
    expect(await objectOf<RunSummary>(['resume', 'run'], folder)).toMatchObject({ digest: whole.digest });
  }, 60_000);

  test('run: a directory that lost its manifest still holds acknowledged ticks, and is not begun again', async () => {
    await leave();
    rmSync(join(run, manifest));
    const { status, stderr } = await mesocosm(['run', 'information-spreading', '--out', 'run'], folder);
    expect([status, /^INPUT_EXISTS run /m.test(stderr)]).toEqual([2, true]);
    expect(readFileSync(join(run, events)).length).toBe(whole.frameStarts[42]);
  });
});

describe('a damaged log', () => {
  test('resume: a log cut at any record or in the midst of one is refused, and left as it is', async () => {
    const bytes = await bytesOf(events);
    const boundaries = whole.frameStarts.slice(0, 42);
    const lengths = [...boundaries, ...boundaries.map((at) => at + 1), ...places(3, 60, bytes.length)];
    expect(await wrongEndings(events, cut(bytes, lengths), refusedFor(events))).toEqual([]);
    expect(readFileSync(join(run, events)).length).toBe(lengths.at(-1));
  });

  test('resume: a log with a flipped bit is refused', async () => {
    const bytes = await bytesOf(events);
    const forms = flipped(bytes, places(4, 150, bytes.length * 8));
    expect(await wrongEndings(events, forms, refusedFor(events))).toEqual([]);
  });

  test('resume: the log of another run is refused, alone and with its head', async () => {
    await leave();
    cpSync(join(other.directory, events), join(run, events));
    expect(await resume()).toSatisfy(refusedFor(events));
    cpSync(join(other.directory, head), join(run, head));
    expect(await resume()).toSatisfy(refusedFor(events));
  });
});

describe('a damaged head', () => {
  test('resume: a head with a flipped bit, or cut anywhere before its end, is refused', async () => {
    const bytes = await bytesOf(head);
    const lengths = Array.from({ length: bytes.length - 1 }, (_, length) => length);
    const forms = [...flipped(bytes, places(5, 250, bytes.length * 8)), ...cut(bytes, lengths)];
    expect(await wrongEndings(head, forms, isRefused)).toEqual([]);
    expect(await wrongEndings(head, [bytes.subarray(0, -1)], ({ digest }) => digest === whole.digest)).toEqual([]);
  });

  test('resume: without its head, or without its log, a run is refused; where a folder is in its place, the disk is named', async () => {
    for (const name of [head, events]) {
      await leave();
      rmSync(join(run, name));
      expect(await resume()).toSatisfy(refusedFor(name));
      mkdirSync(join(run, name));
      const { exit, message } = await resume();
      expect([exit === 4 || exit === 5, message.includes(`${join(run, name)} `)]).toEqual([true, true]);
    }
  });
});

describe('damaged checkpoints', () => {
  /** Goes on from the older one, and says that it passed over the newest. */
  const usesOlder = ({ exit, digest, from, passedOver }: Ending): boolean =>
    exit === 0 && digest === whole.digest && from === older && passedOver.join() === checkpointName(newest);

  test('resume: with sound checkpoints the newest is used', async () => {
    await leave();
    expect(await resume()).toMatchObject({ exit: 0, digest: whole.digest, from: newest, passedOver: [] });
  });

  test('resume: with a newest checkpoint that is cut, empty or has a flipped bit, the older one is used', async () => {
    const name = checkpointName(newest);
    const bytes = await bytesOf(name);
    const lengths = [0, 1, 31, 32, 33, bytes.length - 1, ...places(6, 5, bytes.length)];
    const forms = [...cut(bytes, lengths), ...flipped(bytes, places(7, 15, bytes.length * 8))];
    expect(await wrongEndings(name, forms, usesOlder)).toEqual([]);
  });

  test('resume: a newest checkpoint of another run, of another tick, or that is a folder is passed over', async () => {
    const file = join(run, checkpointName(newest));
    const replacements = [
      async () => leaveUnfinished(other, join(folder, 'foreign'), newest, [newest]),
      async () => {
        cpSync(join(run, checkpointName(older)), file);
      },
      async () => {
        rmSync(file);
        mkdirSync(file);
      },
    ];
    for (const replace of replacements) {
      await leave();
      await replace();
      const foreign = join(folder, 'foreign', checkpointName(newest));
      if (replace === replacements[0]) cpSync(foreign, file);
      expect(await resume()).toSatisfy(usesOlder);
    }
  });

  test('resume: without a sound checkpoint a run is computed again from its beginning', async () => {
    await leave();
    for (const tick of [older, newest]) writeFileSync(join(run, checkpointName(tick)), 'not one');
    const passedOver = [newest, older].map(checkpointName);
    expect(await resume()).toMatchObject({ exit: 0, digest: whole.digest, from: 0, passedOver });
    await leave();
    rmSync(join(run, 'checkpoint'), { recursive: true });
    writeFileSync(join(run, 'checkpoint'), 'a file');
    expect(await resume()).toMatchObject({ exit: 0, digest: whole.digest, from: 0, passedOver: [] });
  });

  test('resume: a checkpoint of a tick that the head does not acknowledge is not used', async () => {
    await leave(30, [older, newest]);
    expect(await resume()).toMatchObject({ exit: 0, digest: whole.digest, from: older });
  });
});

describe('a damaged beginning', () => {
  test('resume: a population with a flipped bit, cut, missing or of another run is refused', async () => {
    const bytes = await bytesOf(population);
    const lengths = [0, 1, bytes.length - 1, ...places(8, 20, bytes.length)];
    const forms = [...flipped(bytes, places(9, 80, bytes.length * 8)), ...cut(bytes, lengths)];
    const foreign = Uint8Array.from(readFileSync(join(other.directory, population)));
    expect(await wrongEndings(population, [...forms, foreign], refusedFor(population))).toEqual([]);
    rmSync(join(run, population));
    expect(await resume()).toSatisfy(refusedFor(population));
  });

  test('resume: a manifest with a flipped bit or cut is refused, even where a checkpoint covers the whole log', async () => {
    const bytes = await bytesOf(manifest);
    const lengths = [0, 1, bytes.length - 2, ...places(10, 20, bytes.length - 2)];
    const forms = [...flipped(bytes, places(11, 300, bytes.length * 8)), ...cut(bytes, lengths)];
    const isOtherVersion = ({ exit, message }: Ending): boolean => exit === 2 && message.startsWith('INPUT_VERSION');
    expect(
      await wrongEndings(manifest, forms, (ending) => refusedFor(manifest)(ending) || isOtherVersion(ending)),
    ).toEqual([]);
    await leave(42, [42]);
    const text = readFileSync(join(run, manifest), 'utf8');
    writeFileSync(join(run, manifest), text.replace('"appealSpread": 0.', '"appealSpread": 1.'));
    expect(await resume()).toSatisfy(refusedFor(manifest));
  });

  test('resume: a plan that was changed and sealed anew is refused from the first tick that is computed', async () => {
    const left: [number, number[]][] = [
      [42, []],
      [42, [older, newest]],
      [0, []],
    ];
    for (const [ticks, checkpoints] of left) {
      await leave(ticks, checkpoints);
      const changed = readManifest<{ appealSpread: number }>(run);
      writeManifest(run, { ...changed, plan: { ...changed.plan, appealSpread: 1.5 } });
      expect(await resume()).toSatisfy(isRefused);
    }
  });
});

describe('the commands', () => {
  test('commands: each that reads a log with a flipped bit ends with 4, one line and nothing on standard output', async () => {
    await leave();
    const bytes = readFileSync(join(run, events));
    bytes[whole.frameStarts[30] + 25] ^= 8;
    writeFileSync(join(run, events), bytes);
    const before = readdirSync(run).sort();
    const commands = [
      ['resume'],
      ['verify'],
      ['index'],
      ['analyze'],
      ['fork', '--at', '35'],
      ['report'],
      ['diff', 'whole'],
    ];
    for (const [command, ...rest] of commands) {
      const { status, stdout, stderr } = await mesocosm([command, 'run', ...rest, '--json'], folder);
      const errors = stderr.split('\n').filter((line) => line.startsWith('INPUT_'));
      expect({ command, status, stdout, errors }).toEqual({
        ...{ command, status: 4, stdout: '' },
        errors: [expect.stringMatching(/^INPUT_STORE_DAMAGED run\/events\.log .*tick 30\b/) as unknown],
      });
      expect(stderr).not.toMatch(/^\s+at /m);
    }
    // A database is a view: it may stand as far as the log is whole.
    expect(readdirSync(run).filter((name) => !before.includes(name) && !/^(lock|run\.db)/.test(name))).toEqual([]);
    expect(existsSync(join(folder, 'run-fork-35'))).toBe(false);
  }, 60_000);

  test('resume: the command names the checkpoint that it passes over, and ends with 0 and the digest', async () => {
    await leave();
    writeFileSync(join(run, checkpointName(newest)), 'not one');
    const { status, stdout, stderr } = await mesocosm(['resume', 'run', '--json', '--workers', '2'], folder);
    expect([status, (JSON.parse(stdout) as RunSummary).digest]).toEqual([0, whole.digest]);
    expect(stderr).toContain(`${checkpointName(newest)} is damaged`);
  });

  test('run: checkpoints that cannot be written end it with 5 before its time, and a resume without them is exact', async () => {
    rmSync(run, { recursive: true, force: true });
    mkdirSync(run);
    writeFileSync(join(run, 'checkpoint'), 'a file');
    const args = ['--agents', '250', '--ticks', '4000', '--index', 'none', '--checkpoint-ticks', '10'];
    const failed = await mesocosm(['run', 'information-spreading', ...args, '--out', 'run', '--json'], folder);
    expect({ status: failed.status, stdout: failed.stdout }).toEqual({ status: 5, stdout: '' });
    expect(failed.stderr).toMatch(/^INPUT_DISK run\/checkpoint\/0000000010\.bin cannot write: EEXIST/m);
    expect(failed.stderr).not.toMatch(/^\s+at /m);
    const { ticks } = JSON.parse(readFileSync(join(run, head), 'utf8')) as Head;
    expect(ticks).toBeLessThan(4000);
    const resumed = await objectOf<RunSummary>(['resume', 'run', '--checkpoint-ticks', '0'], folder);
    expect([resumed.outcome, resumed.ticks]).toEqual(['complete', 4000]);
    expect(await verifyRun(run, placement)).toMatchObject({ same: true, recomputed: resumed.digest });
  }, 60_000);

  test('fork: one that was killed while it copied is begun again in the same directory', async () => {
    const copy = join(folder, 'half-copied');
    mkdirSync(copy);
    writeFileSync(
      join(copy, events),
      readFileSync(join(whole.directory, events)).subarray(0, whole.frameStarts[7] + 9),
    );
    const { digest } = await objectOf<RunSummary>(['fork', 'whole', '--at', '30', '--out', 'half-copied'], folder);
    expect(digest).toBe(whole.digest);
  });

  test('recordRun: checkpoints closer than acknowledgements are written while the run goes on (they once waited for its end)', async () => {
    rmSync(run, { recursive: true, force: true });
    const order = await orderFor(run, size, 2);
    let newestAtEnd: number | undefined;
    const observer = {
      onTick({ tick }: { tick: number }) {
        if (tick === 45) [newestAtEnd] = checkpointTicks(run);
      },
    };
    // Shards that sleep make the run last beyond some groups of 200 ms.
    const slow = { ...order.placement, checkpointTicks: 1, staggerMsMax: 12 };
    expect(await recordRun({ ...order, placement: slow, observer })).toMatchObject({ digest: whole.digest });
    expect(newestAtEnd).toBeGreaterThan(0);
  });
});

describe('verifyRun', () => {
  test('verifyRun: a run that has not ended is the same as far as it is acknowledged, its digest that of the head', async () => {
    await leave();
    const digest = whole.links[42];
    const same = { ticks: 42, same: true, recorded: digest, recomputed: digest, firstDifference: undefined };
    expect(await verifyRun(run, placement)).toEqual(same);
    await leave(0, []);
    const [first] = whole.links;
    expect(await verifyRun(run, placement)).toEqual({ ...same, ticks: 0, recorded: first, recomputed: first });
  });

  test('verifyRun: a plan with fewer ticks than the log differs from its end on (it once was the same)', async () => {
    const long = await recordWhole(join(folder, 'long'), ['population.agents=40', 'ticks=200'], 1);
    const before = readManifest<{ ticks: number }>(long.directory);
    writeManifest(long.directory, { ...before, plan: { ...before.plan, ticks: 100 } });
    expect(await verifyRun(long.directory, placement)).toMatchObject({ same: false, firstDifference: 100 });
  });

  test('verifyRun: a manifest that was changed where no tick shows it is damaged', async () => {
    await leave();
    const text = readFileSync(join(run, manifest), 'utf8');
    writeFileSync(join(run, manifest), text.replace('"layout": "degree"', '"layout": "degrea"'));
    await expect(verifyRun(run, placement)).rejects.toThrow(`INPUT_STORE_DAMAGED ${join(run, manifest)} `);
  });
});
