/**
 * Line 3.3: ten million agents run ten ticks, log on; bytes an agent at a million.
 *
 * The large run is the command line's own, so population, state, recorder and interpreter are all counted. It is left out where the
 * machine has less free memory than the bar: what it would then measure is swapping. Bytes of state an agent are counted by a test,
 * and measured here as what becomes resident between a loaded population and the end of twelve ticks.
 */
import { freemem } from 'node:os';
import { medianOf } from '../bench/interleave.ts';
import { measureMemoryOf } from '../bench/engine-bench.ts';
import { objectOf, testFiles } from './figure.ts';
import { settingOf } from './speed.ts';
import type { Report, RunSummary } from './figure.ts';

const residentMax = 8e9;
const bytesPerAgentMax = 400;
const million = 1_000_000;
const large = [
  'run',
  'information-spreading',
  '--agents',
  '10000000',
  '--ticks',
  '10',
  '--seed',
  '7',
  '--index',
  'none',
];

/** Runs the check. */
export async function checkMemory(report: Report): Promise<void> {
  const counted = await testFiles('test/sim/engine/memory.test.ts');
  const command = 'bytes of hot state an agent with 20 follows, counted by a test';
  report({ command, figure: counted.line, bar: `at most ${bytesPerAgentMax}`, met: counted.met });
  const measured = await measureMemoryOf(settingOf(1), million, 12);
  const bytes = medianOf(measured, 'stateResidentPerAgent');
  const population = medianOf(measured, 'populationResidentPerAgent');
  report({
    command: `state that is resident, ${million} agents, ${medianOf(measured, 'tiesPerAgent').toFixed(1)} follows, 12 ticks`,
    figure: `${bytes.toFixed(0)} bytes an agent; the population beside it, as it was loaded, ${population.toFixed(0)}`,
    bar: `at most ${bytesPerAgentMax}`,
    met: bytes <= bytesPerAgentMax,
  });
  await checkTenMillion(report);
}

async function checkTenMillion(report: Report): Promise<void> {
  const bar = 'below 8 GB';
  if (freemem() < residentMax) {
    report({ command: large.join(' '), figure: `only ${(freemem() / 1e9).toFixed(1)} GB are free: left out`, bar });
    return;
  }
  const { peakRssBytes, seconds, counts, digest } = await objectOf<RunSummary>([...large, '--out', 'ten-million'], {
    shown: true,
  });
  report({
    command: large.join(' '),
    figure: `${(peakRssBytes / 1e9).toFixed(2)} GB resident at most; ${seconds.ticks.toFixed(0)} s for the ticks, ${seconds.setup.toFixed(0)} s before; ${counts.awake} wakings; digest ${digest.slice(0, 16)}`,
    bar,
    met: peakRssBytes < residentMax,
  });
}
