/** Tests of `serve` and `run --serve` as a user starts them, and of run control through its socket. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { controlOf, holdRun } from '../../scenarios/command/run-control.ts';
import { recordRun } from '../../sim/engine/run.ts';
import { placementOf, smallPlan, smallPopulation } from '../sim/worlds.ts';
import { mesocosm, recordSmall, startCommand, temporaryFolder } from './start.ts';
import type { Gate } from '../../sim/exchange/ports.ts';

const folder = temporaryFolder();

const ticksOf = (directory: string): number =>
  (JSON.parse(readFileSync(join(directory, 'head'), 'utf8')) as { ticks: number }).ticks;

/** Looks again until something holds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; look < 400; look++) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  expect.fail('it never came about');
}

async function ask<Value>(url: string, path: string, body?: string): Promise<Value> {
  const [address, token] = url.split('#');
  const headers = { authorization: `Bearer ${token}`, 'x-mesocosm': '1', 'content-type': 'application/json' };
  const response = await fetch(
    `${address}api/${path}`,
    body === undefined ? { headers } : { method: 'POST', headers, body },
  );
  return (await response.json()) as Value;
}

test.each([1, 2])(
  'run control: a run of %i shards that is held and stepped ends with the digest of one that is not',
  async (workers) => {
    const record = (directory: string, gate?: Gate, onTick: (tick: number) => void = () => undefined) =>
      recordRun({
        compiled: { plan: smallPlan({ ticks: 40 }), population: smallPopulation({ agents: 120 }) },
        ...{
          placement: placementOf({ workers }),
          directory,
          source: { name: 'held', sha256: '' },
          exposureSampleShare: 0,
        },
        observer: { onTick: ({ tick }) => onTick(tick) },
        ...(gate === undefined ? {} : { gate }),
      });
    const directory = join(folder, `held-${workers}`);
    const held = holdRun(directory, new AbortController().signal);
    const running = record(directory, held.gate, (tick) => {
      if (tick === 1) expect(held.open()).toBe(true);
      if (tick === 10) held.hold();
    });
    await until(() => existsSync(join(directory, 'control.sock')));
    expect(statSync(join(directory, 'control.sock')).mode & 0o077).toBe(0);
    const control = controlOf(directory);
    await until(() => control.state() === 'paused' && ticksOf(directory) === 9);
    for (const wanted of [10, 11]) {
      control.ask('step');
      await until(() => ticksOf(directory) === wanted);
      await new Promise((done) => setTimeout(done, 300));
      expect(ticksOf(directory)).toBe(wanted);
    }
    control.ask('go');
    const { digest, outcome, ticks } = await running;
    held.close();
    await until(() => control.state() === 'none');
    control.close();
    expect(existsSync(join(directory, 'control.sock'))).toBe(false);
    const free = await record(join(folder, `free-${workers}`));
    expect({ digest, outcome, ticks }).toEqual({ digest: free.digest, outcome: 'complete', ticks: 40 });
  },
);

/** Starts a command that serves its run, and holds it by the page's own way. */
async function servedRun(args: readonly string[], directory: string) {
  const { process: run, finished } = startCommand(args, folder);
  let told = '';
  run.stderr.on('data', (text: string) => (told += text));
  await until(() => existsSync(join(directory, 'control.sock')));
  const control = controlOf(directory);
  await until(() => control.state() === 'running');
  control.ask('pause');
  await until(() => /watch it at \S+/.test(told));
  const url = /watch it at (\S+)/.exec(told)?.[1] ?? '';
  await until(async () => (await ask<Told>(url, 'run')).state.control === 'paused');
  await until(async () => (await ask<Told>(url, 'run')).state.ticks === ticksOf(directory));
  control.close();
  return { run, finished, url };
}

type Told = { state: { control: string; ticks: number } };

test('run --serve and resume --serve: the dashboard is told of acknowledged ticks, pauses the run, and ends with it', async () => {
  const size = ['--agents', '400', '--ticks', '20000', '--seed', '7', '--index', 'none', '--checkpoint-ticks', '0'];
  const directory = join(folder, 'served');
  const commands = [
    ['run', 'information-spreading', ...size, '--out', 'served', '--serve'],
    ['resume', 'served', '--checkpoint-ticks', '0', '--serve'],
  ];
  let before = 0;
  for (const args of commands) {
    const { run, finished, url } = await servedRun(args, directory);
    // What was recorded before is told as well as what comes.
    expect(ticksOf(directory)).toBeGreaterThan(before);
    before = ticksOf(directory);
    await ask(url, 'control', '{"do":"step"}');
    await until(async () => (await ask<Told>(url, 'run')).state.ticks === before + 1);
    const { series } = await ask<{ series: number[][] }>(url, 'series');
    expect(series[0].length).toBe(before + 1);
    run.kill('SIGINT');
    expect((await finished).status).toBe(130);
    await until(() =>
      ask(url, 'run').then(
        () => false,
        () => true,
      ),
    );
  }
}, 30_000);

test('serve: of a run that has ended it tells the whole, and what is no run is refused', async () => {
  await recordSmall('ended', folder, ['--index', 'none']);
  const { process: server, finished } = startCommand(['serve', 'ended', '--json'], folder);
  let printed = '';
  server.stdout.on('data', (text: string) => (printed += text));
  await until(() => printed.includes('}'));
  const { url } = JSON.parse(printed) as { url: string };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[0-9a-f]{32}$/);
  await until(async () => {
    const { state } = await ask<{ state: { ticks: number; outcome: string; control: string } }>(url, 'run');
    return state.ticks === 20 && state.outcome === 'complete' && state.control === 'none';
  });
  server.kill('SIGINT');
  expect((await finished).status).toBe(0);
  const refused = await mesocosm(['serve', 'nowhere'], folder);
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('INPUT_NOT_FOUND')]);
});
