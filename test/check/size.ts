/**
 * Line 2.3: a million agents: resident memory with the log on, and CPU time a tick beside the C++ reference, in turns.
 *
 * A tick's CPU time is the difference between a run of 205 ticks and one of 5, over 200: start and set-up cancel. (Over 20 ticks they do
 * not: set-up takes some ten CPU seconds and varies by more than twenty ticks take.) The reference lets a tenth of the agents act in every
 * tick and does other work for each, so the quotient is a yardstick and no verdict; CPU time for each active agent stands beside it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, median, objectOf, say, start, temporary } from './figure.ts';
import type { Report, RunSummary } from './figure.ts';

const million = ['run', 'information-spreading', '--agents', '1000000', '--seed', '7', '--index', 'none'];
const reference = join(checkout, '../shared/bench/reference');
const memoryMax = 4e9;
const rounds = 3;
const briefTicks = 5;
const longTicks = 205;
/** Agents that the reference lets act in a tick. */
const referenceActive = 100_000;

/** Runs the check. */
export async function checkSize(report: Report): Promise<void> {
  const { run, counts, peakRssBytes, seconds, agentTicksPerSecond } = await runTicks(20, 'million');
  report({
    command: `${million.join(' ')} --ticks 20`,
    figure: `${(peakRssBytes / 1e9).toFixed(2)} GB resident at most; ${seconds.ticks.toFixed(1)} s for the ticks, ${seconds.setup.toFixed(1)} s before; ${agentTicksPerSecond} agent-ticks/s; ${counts.exposures} exposures (${run})`,
    bar: 'below 4 GB',
    met: peakRssBytes < memoryMax,
  });
  await checkCpu(report);
}

function runTicks(ticks: number, name: string): Promise<RunSummary> {
  return objectOf<RunSummary>([...million, '--ticks', String(ticks), '--out', name], { shown: true });
}

interface Reference {
  readonly cpu_ms_tick: number;
}

async function checkCpu(report: Report): Promise<void> {
  const graph = await buildReference();
  const own: number[] = [];
  const theirs: number[] = [];
  let awake = 0;
  for (let round = 0; round < rounds; round++) {
    say(`CPU time, round ${round + 1} of ${rounds}`);
    const [long, brief] = [await runTicks(longTicks, `long-${round}`), await runTicks(briefTicks, `brief-${round}`)];
    own.push(((long.cpuSeconds - brief.cpuSeconds) * 1000) / (long.ticks - brief.ticks));
    awake = (long.counts.awake - brief.counts.awake) / (long.ticks - brief.ticks);
    if (graph !== undefined) theirs.push(await referenceCpu(graph));
  }
  const command = 'CPU time a tick, a million agents, three rounds in turns';
  const listed = (values: readonly number[]): string => values.map((value) => value.toFixed(0)).join(', ');
  const perAgent = (value: number, active: number): string =>
    `${((value * 1000) / active).toFixed(2)} us an active agent`;
  const ratio = own.map((value, round) => value / theirs[round]);
  const beside =
    graph === undefined
      ? 'no C++ reference here (g++ or its sources are missing)'
      : `C++ reference ${listed(theirs)} ms, ${perAgent(median(theirs), referenceActive)}; median of the quotients ${median(ratio).toFixed(2)}`;
  report({
    command,
    figure: `${listed(own)} ms, ${awake.toFixed(0)} agents awake, ${perAgent(median(own), awake)}; ${beside}`,
    bar: 'stated',
  });
}

/** Compiles the reference and writes its graph. Returns the graph's file, or nothing where that cannot be done. */
async function buildReference(): Promise<string | undefined> {
  if (!existsSync(join(reference, 'kernel.cpp'))) return undefined;
  const fast = ['-std=c++20', '-O3', '-march=native', '-ffast-math', '-DFAST', '-pthread'];
  const kernel = ['-o', join(temporary, 'reference'), join(reference, 'kernel.cpp')];
  const grapher = ['-std=c++20', '-O3', '-o', join(temporary, 'grapher'), join(reference, 'graph.cpp')];
  try {
    for (const args of [[...fast, ...kernel], grapher]) if ((await start('g++', args)).status !== 0) return undefined;
  } catch {
    return undefined;
  }
  const graph = join(temporary, 'graph.bin');
  const made = await start(join(temporary, 'grapher'), ['1000000', graph, '0']);
  return made.status === 0 ? graph : undefined;
}

async function referenceCpu(graph: string): Promise<number> {
  const { stdout } = await start(join(temporary, 'reference'), [graph, '2', '40', '0']);
  return (JSON.parse(stdout) as Reference).cpu_ms_tick;
}
