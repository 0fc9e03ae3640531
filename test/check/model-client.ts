/**
 * Lines 7.3, 7.6 and 7.8: the model client against the stand-in, in a process of its own, at full size.
 *
 * 7.3: the 25 faults by their tests, what is spent (`model-budgets.ts`), and ten minutes of a thousand requests a tick with a fifth in faults, 64 at a time. 7.6: 20,000 runs queued with 2,000 requests
 * in flight, twice, and the heap after each; the makespan of runs that share a client against that of a barrier after each step. 7.8: what prefix order
 * shares over a recorded tick, and what a cache that knows its steps hits.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { checkModelSettings } from '../../sim/llm/settings.ts';
import { createModelClient } from '../../sim/llm/client.ts';
import { createModelPool } from '../../sim/llm/pool.ts';
import { createStepCache } from '../../sim/llm/step-cache.ts';
import { standInModel } from '../../sim/llm/stand-in/answers.ts';
import { actForm, requestOf, requestsOf } from '../sim/llm/laboratory.ts';
import { comparedOrders } from '../sim/llm/tick-prompts.ts';
import { smallPopulation } from '../sim/worlds.ts';
import { checkModelBudgets } from './model-budgets.ts';
import { checkout, median, say, testFiles } from './figure.ts';
import type { Journal } from '../../sim/llm/journal.ts';
import type { ModelPool } from '../../sim/llm/pool.ts';
import type { Report } from './figure.ts';

/** Keeps nothing: what is measured is the client. */
const nothing = (): Promise<void> => Promise.resolve();
const noJournal: Journal = { reserve: nothing, submitted: nothing, commit: nothing };

interface Server {
  readonly url: string;
  /** Stops it; what it says it served. */
  stop(): Promise<{ requests: number; atOnce: number; connections: number }>;
}

async function startServer(args: readonly string[]): Promise<Server> {
  const main = join(checkout, 'scenarios/main.ts');
  const child = spawn(process.execPath, [main, 'stand-in', '--port', '0', '--json', ...args], { cwd: checkout });
  let said = '';
  let json = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  for await (const line of createInterface(child.stdout)) {
    json += line;
    if (line === '}') break;
  }
  const { url } = JSON.parse(json) as { url: string };
  return {
    url,
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
      const counts = /served (\d+) requests, at most (\d+) at once over (\d+)/.exec(said)?.slice(1).map(Number) ?? [];
      return { requests: counts[0], atOnce: counts[1], connections: counts[2] };
    },
  };
}

function poolOn(url: string, inFlight: number, deadlineMs: number): ModelPool {
  return createModelPool(
    checkModelSettings({
      endpoints: [{ name: 'one', url, models: [standInModel], concurrencyStart: inFlight, concurrencyMax: inFlight }],
      classes: { main: [{ model: standInModel }] },
      limits: { deadlineMs },
    }),
  );
}

/** Bytes of the heap after a collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

const soakMinutes = 10;
const soakFaults = [
  'status',
  'reset',
  'bad-json',
  'wrong-shape',
  'reset-mid-body',
  'no-choices',
  'no-headers',
  'usage-missing',
];

/** Line 7.3. */
export async function checkModelFaults(report: Report): Promise<void> {
  const begun = performance.now();
  const { line, met } = await testFiles('test/sim/llm/faults.test.ts');
  const seconds = (performance.now() - begun) / 1000;
  report({
    command: 'tests of the 25 faults of endpoints (test/sim/llm/faults.test.ts)',
    figure: `${line}, ${seconds.toFixed(0)} s`,
    bar: 'all pass, under 120 s together',
    met: met && seconds < 120,
  });
  await checkModelBudgets(report);
  const share = 0.2 / soakFaults.length;
  const server = await startServer(soakFaults.flatMap((fault) => ['--fault', `${fault}@${share}`]));
  const pool = poolOn(server.url, 64, 2000);
  const client = createModelClient(pool, { seed: 7, journal: noJournal });
  const end = performance.now() + soakMinutes * 60_000;
  let [asked, answered, firstHeap, lastHeap] = [0, 0, 0, 0];
  for (let tick = 1; performance.now() < end; tick++) {
    const { outcomes } = await client.answerAll(requestsOf(1000, { form: actForm }, tick));
    asked += 1000;
    answered += outcomes.filter(({ kind }) => kind !== undefined).length;
    lastHeap = heapBytes();
    if (tick === 5) firstHeap = lastHeap;
    if (tick % 20 === 0) say(`tick ${tick}, ${megabytes(lastHeap)}`);
  }
  pool.close();
  const { attempts, retries } = client.statistics();
  const { requests, connections } = await server.stop();
  const growth = lastHeap / firstHeap - 1;
  report({
    command: `1,000 requests a tick, 64 at a time, 20 % mixed faults, ${soakMinutes} min, seed 7`,
    figure: `${asked} asked, ${asked - answered} lost, ${attempts} sent (server: ${requests}), retries ${((100 * retries) / attempts).toFixed(1)} %, heap ${(100 * growth).toFixed(1)} % after tick 5, ${connections} connections at most`,
    bar: '0 lost, counts agree, retries <= 10 %, heap < 10 %, connections <= 72',
    met: asked === answered && attempts === requests && retries <= 0.1 * attempts && growth < 0.1 && connections <= 72,
  });
}

const [queuedRuns, inFlight] = [20_000, 2000];

/** Line 7.6. */
export async function checkModelLoad(report: Report): Promise<void> {
  const server = await startServer(['--latency-ms', '4000', '--latency-sigma', '0.25']);
  const pool = poolOn(server.url, inFlight, 60_000);
  const heaps: number[] = [];
  let failed = 0;
  let answerBytes = 0;
  const before = heapBytes();
  for (let wave = 0; wave < 2; wave++) {
    const texts = await Promise.all(
      Array.from({ length: queuedRuns }, async (_, i) => {
        const client = createModelClient(pool, { seed: i, journal: noJournal });
        const { outcomes } = await client.answerAll([requestOf(i, {}, wave)]);
        if (outcomes[0].kind !== 'ANSWERED') failed++;
        return outcomes[0].text;
      }),
    );
    answerBytes = texts.reduce((sum, text) => sum + text.length, 0);
    heaps.push(heapBytes());
    say(`wave ${wave}: ${megabytes(heaps[wave])}`);
  }
  const { inFlightPeak, queuedPeak } = pool.statistics();
  pool.close();
  const { requests, atOnce, connections } = await server.stop();
  const growth = heaps[1] - heaps[0];
  report({
    command: `${queuedRuns} runs queued into one pool, ${inFlight} in flight, two waves; latency log-normal, 4 s, sigma 0.25`,
    figure: `${queuedPeak} queued, ${inFlightPeak} in flight (server: ${atOnce} at once, ${connections} connections), ${requests} served, ${failed} failed; heap ${megabytes(before)} before, ${heaps.map(megabytes).join(' and ')} after a wave; answers of a wave ${megabytes(answerBytes)}`,
    bar: `none failed, >= ${inFlight * 0.95} at once at the server, second wave adds at most the answers`,
    met: failed === 0 && atOnce >= inFlight * 0.95 && growth <= answerBytes + 2 ** 20,
  });
  await checkMakespan(report);
}

const [episodes, steps] = [256, 8];

async function checkMakespan(report: Report): Promise<void> {
  const server = await startServer(['--latency-ms', '300', '--latency-sigma', '1']);
  const seconds = async (work: (pool: ModelPool) => Promise<unknown>): Promise<number> => {
    const pool = poolOn(server.url, episodes, 300_000);
    const begun = performance.now();
    await work(pool);
    pool.close();
    return (performance.now() - begun) / 1000;
  };
  const separate = (pool: ModelPool): Promise<unknown> =>
    Promise.all(
      Array.from({ length: episodes }, async (_, i) => {
        const client = createModelClient(pool, { seed: 7, journal: noJournal });
        for (let tick = 0; tick < steps; tick++) await client.answerAll([requestOf(i, {}, tick)]);
      }),
    );
  const barrier = async (pool: ModelPool): Promise<void> => {
    const client = createModelClient(pool, { seed: 7, journal: noJournal });
    for (let tick = 0; tick < steps; tick++) await client.answerAll(requestsOf(episodes, {}, tick));
  };
  const times = { separate: [] as number[], barrier: [] as number[] };
  for (let round = 0; round < 3; round++) {
    times.separate.push(await seconds(separate));
    times.barrier.push(await seconds(barrier));
  }
  await server.stop();
  const ratio = median(times.barrier) / median(times.separate);
  report({
    command: `${episodes} runs of ${steps} steps in one pool of ${episodes} slots, against a barrier after each step; log-normal, 300 ms, sigma 1, median of 3`,
    figure: `${median(times.separate).toFixed(1)} s against ${median(times.barrier).toFixed(1)} s: ${ratio.toFixed(1)} times`,
    bar: '>= 2 times',
    met: ratio >= 2,
  });
}

/** Line 7.8. */
export async function checkPrefixOrder(report: Report): Promise<void> {
  const { requests, shared, random, printed } = await comparedOrders(smallPopulation({ agents: 400, seed: 11 }), 100);
  const ratio = shared / Math.max(...random);
  report({
    command: `a recorded tick of ${requests} requests (agents, archetypes, interviews, judge), seed 11, against 100 random orders`,
    figure: `${shared} shared tokens against ${Math.min(...random)} to ${Math.max(...random)}: ${ratio.toFixed(2)} times the best; share printed ${printed.sharedPrefixShare.toFixed(2)}`,
    bar: '>= 2 times each, printed as counted',
    met: ratio >= 2 && printed.sharedPrefixTokens === shared,
  });
  const rates = [
    [8, 6],
    [100, 30],
  ].map(([agents, capacity]) => {
    const cache = createStepCache<number>(capacity);
    const before = { hits: 0, misses: 0 };
    for (let step = 0; step < agents * 2000; step++) {
      if (step === agents * 100) Object.assign(before, cache.counts);
      cache.get(String(step % agents));
      cache.set(String(step % agents), step, step + agents);
    }
    const hits = cache.counts.hits - before.hits;
    const rate = hits / (hits + cache.counts.misses - before.misses);
    return { agents, capacity, rate, bound: (capacity - 1) / (agents - 1) };
  });
  report({
    command: 'agents in turn, a cache that knows their steps (least recently used: 0)',
    figure: rates
      .map(({ agents, capacity, rate }) => `${agents} agents, room for ${capacity}: ${rate.toFixed(3)}`)
      .join('; '),
    bar: rates.map(({ bound }) => bound.toFixed(3)).join('; '),
    met: rates.every(({ rate, bound }) => Math.abs(rate - bound) < 0.002),
  });
}
