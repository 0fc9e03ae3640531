/**
 * Line 9.6: a sweep of 200 runs that is killed twice, shares of variance beside a closed form, planted parameters recovered by calibration, the search
 * beside random search over 20 pairs, a null fork, a job array on a cluster of one machine.
 *
 * The calibrated world is information-spreading with 400 agents and 60 ticks; its targets are means over 40 worlds on seeds from 5001 on, which no search
 * uses. The comparison with random search has worlds of its own (`search-pairs.ts`).
 */
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { saltelliPoints, saltelliRows, varianceShares } from '../../analysis/estimators/variance-shares.ts';
import { sobolPoints } from '../../analysis/estimators/sobol-sequence.ts';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { checkout, mesocosm, objectOf, temporary } from './figure.ts';
import { checkSearchPairs } from './search-pairs.ts';
import type { Report, RunSummary } from './figure.ts';

/** Runs the check. */
export async function checkSweeps(report: Report): Promise<void> {
  checkShares(report);
  await checkKilled(report);
  await checkArray(report);
  await checkNullFork(report);
  await checkCalibration(report);
}

const program = join(checkout, 'scenarios/main.ts');
const size = ['--set', 'population.agents=400', '--set', 'ticks=60'];
const swept = ['sweep', 'information-spreading', ...size, '--vary', 'policies[0].rules.postShare=0.05,0.1,0.2,0.4'];
const tables = ['worlds.csv', 'worlds.parquet', 'cells.csv', 'cells.parquet'];

function bytesOf(name: string): string {
  return tables.map((file) => readFileSync(join(temporary, name, file)).toString('base64')).join('\n');
}

/** Kills the process, and only it, once so many worlds are done. */
async function killedAt(args: readonly string[], folder: string, worlds: number): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], { cwd: temporary, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const timer = setInterval(() => {
    if (doneIn(folder) >= worlds) child.kill('SIGKILL');
  }, 20);
  await ended;
  clearInterval(timer);
}

function doneIn(folder: string): number {
  try {
    return readdirSync(join(temporary, folder, 'replicates')).length;
  } catch {
    return 0;
  }
}

async function checkKilled(report: Report): Promise<void> {
  const args = [...swept, '--replicates', '50'];
  await objectOf([...args, '--out', 'whole']);
  await killedAt([...args, '--out', 'killed', '--workers', '2'], 'killed', 50);
  const first = doneIn('killed');
  await killedAt(['sweep', 'killed', '--workers', '1'], 'killed', 120);
  const second = doneIn('killed');
  await objectOf(['sweep', 'killed']);
  report({
    command: `${args.join(' ')}, SIGKILL at ${first} and at ${second} worlds`,
    figure: bytesOf('killed') === bytesOf('whole') ? 'CSV and Parquet tables byte for byte' : 'tables differ',
    bar: 'those of a sweep that was not killed',
    met: first < 200 && second < 200 && bytesOf('killed') === bytesOf('whole'),
  });
}

async function checkArray(report: Report): Promise<void> {
  const bin = join(temporary, 'bin');
  mkdirSync(bin);
  const fake = '#!/bin/sh\nfor i in 0 1 2; do SLURM_ARRAY_TASK_ID=$i sh "$2" >/dev/null 2>&1; done\necho 77\n';
  writeFileSync(join(bin, 'sbatch'), fake);
  chmodSync(join(bin, 'sbatch'), 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = [bin, before].join(delimiter);
  const args = [...swept, '--replicates', '50', '--engine', 'slurm', '--tasks', '3', '--out', 'array'];
  const { job } = await objectOf<{ job: string }>(args);
  process.env['PATH'] = before;
  await objectOf(['sweep', 'array', '--collect']);
  report({
    command: '--engine slurm --tasks 3 with an sbatch that runs the tasks one after another, then --collect',
    figure: `job ${job}, ${bytesOf('array') === bytesOf('whole') ? 'the same tables' : 'other tables'}`,
    bar: 'the tables of --engine local',
    met: job === '77' && bytesOf('array') === bytesOf('whole'),
  });
}

async function checkNullFork(report: Report): Promise<void> {
  const run = ['run', 'information-spreading', '--agents', '2000', '--ticks', '40', '--seed', '7', '--out', 'parent'];
  const parent = await objectOf<RunSummary>(run);
  const same = await objectOf<RunSummary>(['fork', 'parent', '--at', '20', '--out', 'null-fork']);
  const bots = ['fork', 'parent', '--at', '20', '--intervene', 'bots:share=0.05,every=4', '--out', 'bots'];
  const other = await objectOf<RunSummary>(bots);
  report({
    command: 'fork --at 20 without a change, and with bots',
    figure: `${same.digest === parent.digest ? 'the same digest' : 'another digest'}; with bots ${other.digest === parent.digest ? 'the same' : 'another'}`,
    bar: 'the same; another',
    met: same.digest === parent.digest && other.digest !== parent.digest,
  });
}

function checkShares(report: Report): void {
  const [a, b, rows] = [7, 0.1, 4096];
  const points = saltelliPoints(sobolPoints(6, rows, randomStream(1, streamPurposes.design)), 3);
  const values = points.map((unit) => {
    const [x, y, z] = unit.map((one) => Math.PI * (2 * one - 1));
    return Math.sin(x) + a * Math.sin(y) ** 2 + b * z ** 4 * Math.sin(x);
  });
  const found = varianceShares(saltelliRows(values, 3), randomStream(1, streamPurposes.bootstrap));
  const [x, y, xz] = [0.5 * (1 + (b * Math.PI ** 4) / 5) ** 2, (a * a) / 8, (8 * b * b * Math.PI ** 8) / 225];
  const all = x + y + xz;
  const truth = [
    [x / all, (x + xz) / all],
    [y / all, y / all],
    [0, xz / all],
  ];
  const gaps = found.flatMap(({ first, total }, factor) => [
    Math.abs(first.value - truth[factor][0]),
    Math.abs(total.value - truth[factor][1]),
  ]);
  report({
    command: `first-order and total shares of Ishigami’s function, ${rows} base rows`,
    figure: `at most ${Math.max(...gaps).toFixed(4)} from the closed form`,
    bar: '0.01',
    met: Math.max(...gaps) <= 0.01,
  });
}

// ---- Calibration ----

const paths = ['population.wakesPerDayMean', 'policies[0].rules.postShare', 'policies[0].rules.intercept'];
/** Planted truths. */
const truths: readonly (readonly number[])[] = [
  [30, 0.2, -4.5],
  [12, 0.1, -3.5],
  [60, 0.05, -5],
  [45, 0.3, -3],
];
const ranges = ['population.wakesPerDayMean=5..100:log', 'policies[0].rules.postShare=0.02..0.6:log'];
const fit = [...ranges, 'policies[0].rules.intercept=-8..-2'].flatMap((one) => ['--fit', one]);
const measures = ['counts.awake', 'counts.posts', 'counts.exposures', 'cascades.count', 'cascades.meanSize'];

interface Calibrated {
  readonly freshLoss: number;
  readonly parameters: readonly { readonly path: string; readonly value: number; readonly verdict: string }[];
}

const truthFile = (truth: number): string => `planted-${truth}.json`;

async function plantTargets(truth: number): Promise<void> {
  const vary = paths.flatMap((path, at) => ['--vary', `${path}=${truths[truth][at]}`]);
  const wanted = measures.flatMap((measure) => ['--measure', measure]);
  const args = ['sweep', 'information-spreading', ...size, ...vary, ...wanted, '--replicates', '40', '--seed', '5001'];
  const { cells } = await objectOf<{ cells: { measures: Record<string, { mean: number }> }[] }>([
    ...[...args, '--no-figures', '--out', `plant-${truth}`],
  ]);
  const figures = measures.map((id) => ({
    ...{ id, quantity: id, value: cells[0].measures[id].mean, unit: '', definition: 'planted', source: 'ours' },
    ...{ place: 'seeds 5001 to 5040', fittedIn: [] },
  }));
  writeFileSync(join(temporary, truthFile(truth)), JSON.stringify({ name: 'planted', about: 'planted', figures }));
}

async function calibrated(truth: number, seed: number, search: string, replicates: number): Promise<Calibrated> {
  const flags = ['--to', truthFile(truth), ...fit, '--evaluations', '300', '--replicates', String(replicates)];
  const place = [
    '--seed',
    String(seed),
    '--search',
    search,
    '--out',
    `calibrated-${truth}-${search}-${seed}-${replicates}`,
  ];
  return objectOf<Calibrated>(['calibrate', 'information-spreading', ...size, ...flags, ...place], { shown: true });
}

async function checkCalibration(report: Report): Promise<void> {
  for (const [truth, values] of truths.entries()) {
    await plantTargets(truth);
    const { parameters } = await calibrated(truth, truth + 1, 'evolution', 4);
    const gaps = paths.map((path, at) => {
      const found = parameters.find((one) => one.path === path)?.value ?? Number.NaN;
      return { path, found, gap: found / values[at] - 1 };
    });
    report({
      command: `calibrate, planted ${values.join(', ')}, seed ${truth + 1}, 300 evaluations of 4 worlds`,
      figure: gaps
        .map(({ path, found, gap }) => `${path} ${found.toPrecision(4)} (${(100 * gap).toFixed(1)} %)`)
        .join('; '),
      bar: 'each within 10 %',
      met: gaps.every(({ gap }) => Math.abs(gap) <= 0.1),
    });
  }
  await checkSearchPairs(report);
  const refused = await mesocosm(['calibrate', 'information-spreading', '--to', 'oasis', ...manyFits()]);
  report({
    command: 'more parameters than targets',
    figure: refused.stderr.split('\n')[0],
    bar: 'refused',
    met: refused.status === 2,
  });
}

/** More parameters than any file of figures has values of. */
function manyFits(): string[] {
  const rules = ['intercept', 'interestWeight', 'socialWeight', 'fatiguePerExposure'].map((name) => `${name}=0..1`);
  const shares = ['capShare', 'postShare', 'followShare', 'unfollowShare'].map((name) => `${name}=0.1..0.2`);
  const more = ['topicFocusShare=0.1..0.9', 'appealSpread=0..1', 'feed.outOfNetworkShare=0.1..0.9', 'feed.length=5..9'];
  const all = [...rules, ...shares].map((one) => `policies[0].rules.${one}`);
  return [...all, ...more].flatMap((one) => ['--fit', one]);
}
