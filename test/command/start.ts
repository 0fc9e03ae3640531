/**
 * Starts the command line as a user does: a process of its own, with this Node, in a folder of its own.
 *
 * Writes below the system's temporary folder; `temporaryFolder` is removed when the test file ends.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';

const program = fileURLToPath(new URL('../../scenarios/main.ts', import.meta.url));

/** How a command ended and what it printed. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that is running. */
export interface Started {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly finished: Promise<Finished>;
}

/** A folder that lives as long as the tests of one file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-command-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Starts `mesocosm ARGS` in a folder. */
export function startCommand(args: readonly string[], folder: string): Started {
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      resolve({ status, stdout, stderr });
    });
  });
  return { process: child, finished };
}

/** Runs `mesocosm ARGS` in a folder and waits for its end. */
export function mesocosm(args: readonly string[], folder: string): Promise<Finished> {
  return startCommand(args, folder).finished;
}

/** The one object that a command printed, which must have ended well. */
export async function objectOf<Result>(args: readonly string[], folder: string): Promise<Result> {
  const { status, stdout, stderr } = await mesocosm([...args, '--json'], folder);
  if (status !== 0) throw new TypeError(`mesocosm ${args.join(' ')} ended with ${String(status)}: ${stderr}`);
  return JSON.parse(stdout) as Result;
}

/** What `run --json` prints, as far as the tests read it. */
export interface RunSummary {
  readonly run: string;
  readonly digest: string;
  readonly outcome: string;
  readonly agents: number;
  readonly ticks: number;
  readonly workers: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** Records a small world; returns what `run --json` printed. */
export function recordSmall(name: string, folder: string, more: readonly string[] = []): Promise<RunSummary> {
  const size = ['--agents', '2000', '--ticks', '20', '--seed', '7'];
  return objectOf<RunSummary>(['run', 'information-spreading', ...size, '--out', name, ...more], folder);
}

/** Reads a JSON file. */
export function readJson<Value>(...path: string[]): Value {
  return JSON.parse(readFileSync(join(...path), 'utf8')) as Value;
}
