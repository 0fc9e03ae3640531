/**
 * `resume`, `fork` and `diff`: a run that ended early ends in the digest of one that did not; a branch is the run until it parts.
 */
import { existsSync, readdirSync, writeFileSync, cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { hexOf } from '../../sim/ground/digest.ts';
import { lockRun } from '../../sim/record/lock-sqlite.ts';
import { readManifest, writeManifest } from '../../sim/record/manifest.ts';
import { compileScenario } from '../../sim/engine/compile.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { simulate } from '../../sim/engine/simulate.ts';
import { loadScenario } from '../../scenarios/load.ts';
import { mesocosm, objectOf, startCommand, temporaryFolder } from './start.ts';
import type { RunSummary } from './start.ts';
import type { Plan } from '../../sim/engine/plan.ts';
import type { StartingPoint } from '../../sim/engine/simulate.ts';

const folder = temporaryFolder();
const flags = ['--agents', '2000', '--ticks', '60', '--seed', '7', '--index', 'none', '--checkpoint-ticks', '10'];
let whole: RunSummary;

beforeAll(async () => {
  whole = await objectOf<RunSummary>(['run', 'information-spreading', ...flags, '--out', 'whole'], folder);
});

/** Starts a run, waits until some ticks are acknowledged, and kills it. */
async function killed(name: string, workers: number): Promise<void> {
  const args = [
    'run',
    'information-spreading',
    ...flags,
    '--ticks',
    '4000',
    '--workers',
    String(workers),
    '--out',
    name,
  ];
  const { process: child, finished } = startCommand(args, folder);
  const head = join(folder, name, 'head');
  for (let i = 0; i < 400; i++) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (existsSync(head) && (JSON.parse(readFileSync(head, 'utf8')) as { ticks: number }).ticks > 70) break;
  }
  child.kill('SIGKILL');
  await finished;
}

test('GM-47: a run killed in the middle loses no acknowledged tick and goes on with another number of workers', async () => {
  await killed('killed', 2);
  const { ticks } = JSON.parse(readFileSync(join(folder, 'killed', 'head'), 'utf8')) as { ticks: number };
  const shorter = Math.max(ticks + 5, 80);
  const before = readManifest<Plan>(join(folder, 'killed'));
  writeManifest(join(folder, 'killed'), { ...before, plan: { ...before.plan, ticks: shorter } });
  const resumed = await objectOf<RunSummary>(['resume', 'killed', '--workers', '3'], folder);
  const again = ['run', 'information-spreading', ...flags, '--ticks', String(shorter), '--out', 'unbroken'];
  const unbroken = await objectOf<RunSummary>(again, folder);
  expect([resumed.ticks, resumed.digest]).toEqual([shorter, unbroken.digest]);
}, 60_000);

test('resume: damaged checkpoints are passed over, and the run is computed again from its beginning', async () => {
  cpSync(join(folder, 'whole'), join(folder, 'damaged'), { recursive: true });
  writeManifest(join(folder, 'damaged'), { ...readManifest(join(folder, 'damaged')), outcome: 'running' });
  const checkpoints = readdirSync(join(folder, 'damaged', 'checkpoint'));
  expect(checkpoints.length).toBeGreaterThan(0);
  for (const name of checkpoints) {
    const file = join(folder, 'damaged', 'checkpoint', name);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 4;
    writeFileSync(file, bytes);
  }
  const resumed = await objectOf<RunSummary>(['resume', 'damaged'], folder);
  expect([resumed.outcome, resumed.digest]).toEqual(['complete', whole.digest]);
}, 60_000);

test('snapshot: a run of 50 ticks goes on to the same chain from every one of them, with another number of shards', async () => {
  const loaded = await loadScenario('information-spreading', {
    set: ['population.agents=600', 'ticks=50', 'postCapacity=1024', 'policies[0].rules.postShare=0.6'],
    allowCode: false,
  });
  const compiled = compileScenario(loaded.data, loaded.find);
  const points: StartingPoint[] = [];
  const order = { ...compiled, code: noOwnCode, sampleShare: 0 };
  const placement = { workers: 3, layout: 'degree', mergeTicks: 7 } as const;
  const unbroken = hexOf((await simulate({ ...order, placement })).link);
  const recorder = { record: () => undefined, checkpoint: (point: StartingPoint) => void points.push(point) };
  await simulate({ ...order, placement: { ...placement, checkpointTicks: 1 }, recorder });
  expect(points.map(({ snapshot }) => snapshot.tick)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  for (const start of points) {
    const others = start.snapshot.tick % 10 === 0 ? [1, 2] : [1];
    for (const workers of others) {
      const { link } = await simulate({ ...order, placement: { ...placement, workers }, start });
      expect([start.snapshot.tick, workers, hexOf(link)]).toEqual([start.snapshot.tick, workers, unbroken]);
    }
  }
}, 60_000);

test('fork: one that changes nothing is bit-identical, and one that changes something is the run until then', async () => {
  const same = await objectOf<RunSummary>(['fork', 'whole', '--at', '30', '--out', 'same'], folder);
  expect(same.digest).toBe(whole.digest);
  expect((await mesocosm(['diff', 'whole', 'same'], folder)).status).toBe(0);
  await objectOf(['fork', 'whole', '--at', '30', '--set', 'policies[0].rules.postShare=0.9', '--out', 'other'], folder);
  const { status, stdout } = await mesocosm(['diff', 'whole', 'other', '--json'], folder);
  const { difference } = JSON.parse(stdout) as { difference: { tick: number; agent: string } };
  expect([status, difference.tick]).toEqual([3, 30]);
  expect(difference.agent).toMatch(/^user-\d+$/);
  expect((await mesocosm(['verify', 'other'], folder)).status).toBe(0);
}, 60_000);

test('fork: what made the population cannot change in the middle of a run', async () => {
  const { status, stderr } = await mesocosm(
    ['fork', 'whole', '--at', '30', '--set', 'seed=8', '--out', 'never'],
    folder,
  );
  expect([status, existsSync(join(folder, 'never'))]).toEqual([2, false]);
  expect(stderr).toContain('INPUT_COMBINATION --set seed cannot change in the middle of a run');
});

test('lock: a run directory that another process writes is refused with 75 at once, and is free when it is released', async () => {
  cpSync(join(folder, 'whole'), join(folder, 'held'), { recursive: true });
  const lock = await lockRun(join(folder, 'held'));
  const { status, stderr } = await mesocosm(['resume', 'held'], folder);
  expect([status, stderr.includes(`INPUT_RUN_BUSY`), stderr.includes(String(process.pid))]).toEqual([75, true, true]);
  await lock.release();
  expect((await mesocosm(['resume', 'held'], folder)).status).toBe(0);
}, 30_000);
