/**
 * `run` as a user meets it: fields, streams, workers, directories, signals.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { mesocosm, objectOf, readJson, recordSmall, startCommand, temporaryFolder } from './start.ts';
import type { RunSummary, Started } from './start.ts';

const folder = temporaryFolder();
const small = ['information-spreading', '--agents', '2000', '--ticks', '20', '--seed', '7'];

test('run --json: standard output is one object with the fields of the contract, and a file of each kind is written', async () => {
  const { status, stdout, stderr } = await mesocosm(['run', ...small, '--out', 'fields', '--json'], folder);
  expect(status).toBe(0);
  const summary = JSON.parse(stdout) as Record<string, unknown>;
  expect(summary).toMatchObject({
    ...{ run: 'fields', scenario: 'information-spreading', seed: 7, agents: 2000, ticks: 20, workers: 1 },
    ...{ outcome: 'complete', degraded: false, digest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
  });
  const { intents, granted, refused, posts, exposures } = summary['counts'] as Record<string, number>;
  expect(intents).toBe(granted + refused);
  expect(Math.min(granted, posts, exposures)).toBeGreaterThan(0);
  const seconds = summary['seconds'] as Record<string, number>;
  expect(Object.keys(seconds)).toEqual(expect.arrayContaining(['setup', 'ticks', 'record']));
  for (const name of ['cpuSeconds', 'agentTicksPerSecond', 'peakRssBytes']) expect(summary[name]).toBeGreaterThan(0);
  expect(stderr).toMatch(/20 of 20 ticks/);
  const written = ['events.log', 'genesis', 'head', 'manifest.json', 'run.db'];
  expect(readdirSync(join(folder, 'fields'))).toEqual(expect.arrayContaining(written));
});

test('run: workers, row layout and merge interval do not show in the digest; the seed does', async () => {
  const base = await recordSmall('base', folder, ['--index', 'none']);
  const others = await Promise.all([
    recordSmall('workers', folder, ['--index', 'none', '--workers', '3', '--merge-ticks', '1']),
    recordSmall('layout', folder, ['--index', 'none', '--layout', 'scrambled', '--merge-ticks', '7']),
  ]);
  expect(others.map((one) => one.workers)).toEqual([3, 1]);
  expect(others.map((one) => one.digest)).toEqual([base.digest, base.digest]);
  expect(others.map((one) => one.counts)).toEqual([base.counts, base.counts]);
  expect((await recordSmall('seed', folder, ['--index', 'none', '--seed', '8'])).digest).not.toBe(base.digest);
});

test('run: --set changes the plan that the manifest records', async () => {
  await recordSmall('set', folder, [
    '--index',
    'none',
    '--set',
    'feed.length=3',
    '--set',
    'policies[0].rules.postShare=0',
  ]);
  const { plan } = readJson<{ plan: { feed: { length: number }; policies: { parameters: { postShare: number } }[] } }>(
    ...[folder, 'set', 'manifest.json'],
  );
  expect(plan.feed.length).toBe(3);
  expect(plan.policies[0].parameters.postShare).toBe(0);
});

test('run --dry-run: says what would be run and writes nothing', async () => {
  const empty = join(folder, 'dry');
  mkdirSync(empty);
  const plan = await objectOf<Record<string, unknown>>(['run', ...small, '--dry-run'], empty);
  expect(plan).toMatchObject({ agents: 2000, ticks: 20, seed: 7, scenario: 'information-spreading' });
  expect(plan['ties']).toBeGreaterThan(2000);
  expect(readdirSync(empty)).toEqual([]);
});

test('run --dry-run: says calls, tokens and money, where prices come from and which are not known, and asks nobody', async () => {
  const few = ['run', 'thinking-few', '--dry-run', '--set', 'population.agents=400', '--set', 'models.caps={}'];
  const unknown = (await mesocosm(few, folder)).stdout;
  expect(unknown).toMatch(/\d calls, [\d,]+ tokens, money unknown\n/);
  expect(unknown).toMatch(/^unknown price: stand-in-no-language-model\./m);
  expect(unknown).toMatch(/^no cap is set/m);
  const price = `{model: stand-in-no-language-model, inputPerMillion: 2, outputPerMillion: 8, currency: EUR, asOf: '2026-11-30', source: a contract}`;
  const set = ['--set', `models.prices=[${price}]`, '--set', 'models.caps.money=2'];
  const known = (await mesocosm([...few.slice(0, 5), ...set], folder)).stdout;
  expect(known).toMatch(/\d calls, [\d,]+ tokens, [\d.]+ EUR\n/);
  expect(known).toContain('2 EUR a million tokens in, 8 out, read on 2026-11-30 (a contract)');
  expect(known).not.toMatch(/unknown|no cap/);
});

test('run: a directory that holds a run is refused and left as it was', async () => {
  await recordSmall('taken', folder, ['--index', 'none']);
  const before = readJson<unknown>(folder, 'taken', 'manifest.json');
  const { status, stdout, stderr } = await mesocosm(['run', ...small, '--out', 'taken', '--json'], folder);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^INPUT_EXISTS taken .*--out/m);
  expect(readJson<unknown>(folder, 'taken', 'manifest.json')).toEqual(before);
});

test.each([
  ['SIGINT', 130, '1'],
  ['SIGTERM', 143, '2'],
] as const)(
  'run: %s ends it with %i, an object, and a directory that verify accepts',
  async (signal, code, workers) => {
    const long = ['run', 'information-spreading', '--agents', '2000', '--ticks', '1000000', '--set', 'tickSeconds=10'];
    const run = startCommand([...long, '--out', signal, '--workers', workers, '--index', 'none', '--json'], folder);
    await acknowledged(join(folder, signal), run);
    run.process.kill(signal);
    const { status, stdout } = await run.finished;
    expect(status).toBe(code);
    const summary = JSON.parse(stdout) as RunSummary;
    expect(summary.outcome).toBe('stopped');
    expect(summary.ticks).toBeGreaterThan(0);
    const verdict = await objectOf<Record<string, unknown>>(['verify', signal], folder);
    expect(verdict).toMatchObject({ same: true, ticks: summary.ticks, recomputed: summary.digest });
  },
);

/** Waits until some ticks of a run are on disk. */
async function acknowledged(directory: string, run: Started): Promise<void> {
  const head = join(directory, 'head');
  while (run.process.exitCode === null) {
    if (existsSync(head) && readJson<{ ticks: number }>(head).ticks > 0) return;
    await wait(20);
  }
}

test('analyze: a reader that leaves early ends the command without a complaint', async () => {
  await recordSmall('left', folder, ['--index', 'none']);
  const command = startCommand(['analyze', 'left', '--json'], folder);
  command.process.stdout.destroy();
  const { status, stderr } = await command.finished;
  // A slow machine is told which measure took how long.
  const complaints = stderr.split('\n').filter((line) => line !== '' && !/^[a-z-]+: \d+\.\d s$/.test(line));
  expect({ status, complaints }).toEqual({ status: 0, complaints: [] });
});

test('run --allow-code: the example study runs from the command line, and without the flag it is refused', async () => {
  const study = new URL('../../scenarios/examples/mutual-aid.ts', import.meta.url).pathname;
  const refused = await mesocosm(['run', study, '--out', 'code'], folder);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/^INPUT_CODE_REFUSED .*mutual-aid\.ts .*--allow-code/m);
  expect(existsSync(join(folder, 'code'))).toBe(false);
  const flags = ['--allow-code', '--index', 'none', '--set', 'ticks=10'];
  const one = await objectOf<RunSummary>(['run', study, ...flags, '--out', 'code-1', '--workers', '1'], folder);
  const two = await objectOf<RunSummary>(['run', study, ...flags, '--out', 'code-2', '--workers', '2'], folder);
  expect(two.digest).toBe(one.digest);
  const { module } = readJson<{ module: { sha256: string } }>(folder, 'code-1', 'manifest.json');
  expect(module.sha256).toMatch(/^[0-9a-f]{64}$/);
});
