/**
 * What a check found: one row of the table, and the ways to come to it.
 *
 * A check starts the command line as a user would, in a temporary folder, and reads what it printed. Progress goes to standard
 * error, so that standard output is the table alone.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One row. `met` is undefined where there is no bar, or where the machine lacks what is needed. */
export interface Row {
  /** As in `test/check/main.ts`. */
  readonly line: string;
  readonly command: string;
  readonly figure: string;
  readonly bar: string;
  readonly met?: boolean;
}

/** Where a check hands its rows to, as soon as it has them. */
export type Report = (row: Omit<Row, 'line'>) => void;

/** Root of the checkout. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** A folder for what a check writes; the caller of the checks removes them all. */
export const temporary = mkdtempSync(join(tmpdir(), 'mesocosm-check-'));

/** How a program ended. */
export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** How a program is started. `shown`: its standard error is passed on as it comes. */
export interface StartOptions {
  readonly folder?: string;
  readonly shown?: boolean;
  /** Leaves the Node of the machine in place instead of this one: for npm in a fresh clone. */
  readonly ownNode?: boolean;
}

/** Starts a program and waits for its end. */
export function start(program: string, args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  const begun = performance.now();
  const path = process.env['PATH'] ?? '';
  const bin = join(checkout, 'node_modules', '.bin');
  const PATH = options.ownNode === true ? withoutBin(path, bin) : [bin, path].join(delimiter);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.folder ?? temporary,
      env: { ...process.env, PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (options.shown === true) process.stderr.write(text);
    });
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status: status ?? -1, stdout, stderr, seconds: (performance.now() - begun) / 1000 });
    });
  });
}

function withoutBin(path: string, bin: string): string {
  return path
    .split(delimiter)
    .filter((folder) => folder !== bin)
    .join(delimiter);
}

/** `mesocosm ARGS`. */
export function mesocosm(args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  return start(process.execPath, [join(checkout, 'scenarios/main.ts'), ...args], options);
}

/** The object that a command prints; a command that fails ends the check. */
export async function objectOf<Result>(args: readonly string[], options: StartOptions = {}): Promise<Result> {
  const { status, stdout, stderr } = await mesocosm([...args, '--json'], options);
  if (status !== 0) throw new TypeError(`mesocosm ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return JSON.parse(stdout) as Result;
}

/** What `run --json` prints, as far as the checks read it. */
export interface RunSummary {
  readonly run: string;
  readonly digest: string;
  readonly ticks: number;
  readonly counts: Readonly<Record<'intents' | 'granted' | 'posts' | 'exposures' | 'awake', number>>;
  readonly seconds: Readonly<Record<'setup' | 'ticks' | 'record', number>>;
  readonly cpuSeconds: number;
  readonly agentTicksPerSecond: number;
  readonly peakRssBytes: number;
}

/** Tests of the repository, run by themselves: how many passed and failed. */
export async function testFiles(...files: string[]): Promise<{ readonly line: string; readonly met: boolean }> {
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...files];
  const { status, stdout } = await start(process.execPath, args, { folder: checkout });
  return { line: stdout.trimEnd().split('\n').at(-1) ?? '', met: status === 0 };
}

/** A line on standard error. */
export function say(text: string): void {
  process.stderr.write(`check: ${text}\n`);
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
