/**
 * Measuring in turns: every case runs in a process of its own, A B A B …, and what counts is the ratio within a round.
 *
 * A shared machine slows both of a round alike, so ratios hold where times do not. No verdict is given; who reads a ratio sees
 * the least and the greatest beside the median. Digests of one case must not change from round to round: that is checked.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What one measurement gives: CPU milliseconds a warm tick of all threads, a digest of the outcome, and other numbers. */
export type Sample = { readonly cpuMs: number; readonly digest: string } & Readonly<Record<string, number | string>>;

/** A case by its name: an order for `case.ts`, or a way to run something else. */
export interface Case {
  readonly name: string;
  readonly run: () => Promise<Sample>;
}

/** All samples of a case. */
export interface Measured {
  readonly name: string;
  readonly samples: readonly Sample[];
}

const runFile = promisify(execFile);
const caseFile = fileURLToPath(import.meta.resolve('./case.ts'));

/** A case that a new Node process measures. `preloads`: modules for each of its threads, by URL. */
export function caseOf(name: string, order: object, preloads: readonly string[] = []): Case {
  const flags = ['--expose-gc', ...preloads.flatMap((url) => ['--import', url])];
  return {
    name,
    run: async () => {
      const { stdout } = await runFile(process.execPath, [...flags, caseFile, JSON.stringify(order)]);
      return JSON.parse(stdout) as Sample;
    },
  };
}

/** Runs all cases once a round. */
export async function interleave(cases: readonly Case[], rounds: number): Promise<Measured[]> {
  const samples = cases.map((): Sample[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, one] of cases.entries()) {
      const sample = await one.run();
      samples[i].push(sample);
      say(`  round ${round + 1} of ${rounds}: ${one.name} ${sample.cpuMs.toFixed(1)} ms CPU a tick`);
    }
  }
  return cases.map(({ name }, i) => ({ name, samples: samples[i] }));
}

/** Progress goes to standard error, so that what is printed can be kept. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Median, least and greatest of some numbers. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((x, y) => x - y);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], greatest: sorted[sorted.length - 1] };
}

/** Ratios round by round of one number of two cases. */
export function ratioOf(of: Measured, to: Measured, column = 'cpuMs'): Spread {
  return spreadOf(of.samples.map((sample, round) => Number(sample[column]) / Number(to.samples[round][column])));
}

/** How far a case's own samples lie apart, relative to their median. */
export function unrestOf(measured: Measured, column = 'cpuMs'): number {
  const { median, least, greatest } = spreadOf(measured.samples.map((sample) => Number(sample[column])));
  return (greatest - least) / median;
}

/** The digest of a case, or what says that it changed from round to round. */
export function digestOf({ samples }: Measured): string {
  const digests = new Set(samples.map((sample) => sample.digest));
  return digests.size === 1 ? samples[0].digest.slice(0, 16) : `CHANGED between rounds: ${[...digests].join(', ')}`;
}

/** The greatest of one number of a case. */
export function greatestOf(measured: Measured, column: string): number {
  return spreadOf(measured.samples.map((sample) => Number(sample[column]))).greatest;
}

/** The median of one number of a case. */
export function medianOf(measured: Measured, column = 'cpuMs'): number {
  return spreadOf(measured.samples.map((sample) => Number(sample[column]))).median;
}
