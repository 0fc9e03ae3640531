/**
 * Line 3.7: a run is taken up from every tick; processes are killed at random moments and lose nothing that was acknowledged; damage
 * is noticed. 20,000 agents, through the command line, each time with another number of workers.
 *
 * A kill is SIGKILL to the process that writes, at a moment drawn with a fixed seed (which tick that hits depends on the machine);
 * then the run goes on, is killed again, and so on until a process comes to the end. What `head` acknowledged at each kill must stand
 * in the log of the finished run.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { hexOf } from '../../sim/ground/digest.ts';
import { checkpointName } from '../../sim/record/checkpoint.ts';
import { openRecords } from '../../sim/record/reader.ts';
import { fileNames } from '../../sim/record/store.ts';
import { leaveUnfinished, recordWhole } from '../command/unfinished.ts';
import { checkout, mesocosm, objectOf, say, temporary, testFiles } from './figure.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Head } from '../../sim/record/writer.ts';
import type { Whole } from '../command/unfinished.ts';
import type { Report, RunSummary } from './figure.ts';

const agents = '20000';
const resumedTicks = 50;
const damageCount = 20;
const killedTicks = '1500';
/** Lives end at a moment of this share of what a run takes that nobody kills. */
const lifeShareMax = 0.7;

/** Runs the check. */
export async function checkFaults(report: Report): Promise<void> {
  const set = [`population.agents=${agents}`, `ticks=${resumedTicks}`, 'seed=7'];
  const whole = await recordWhole(join(temporary, 'whole'), set, 1);
  await checkEveryTick(report, whole);
  await checkCheckpoints(report, whole);
  const files = ['test/command/faults.test.ts', 'test/command/resume.test.ts', 'test/sim/record/checkpoint.test.ts'];
  const { line, met } = await testFiles(...files);
  const command = 'log, head, checkpoints, genesis and manifest cut and with flipped bits, at 250 agents';
  report({ command, figure: line, bar: 'each repaired to the recorded digest or refused with exit 4', met });
  await checkKills(report);
}

/** A directory of every number of acknowledged ticks, with the checkpoint of the last ten ticks' end, if there is one. */
async function checkEveryTick(report: Report, whole: Whole): Promise<void> {
  let same = 0;
  for (let ticks = 0; ticks <= resumedTicks; ticks++) {
    const directory = join(temporary, `from-${ticks}`);
    await leaveUnfinished(whole, directory, ticks, ticks < 10 ? [] : [ticks - (ticks % 10)]);
    const { digest } = await objectOf<RunSummary>(['resume', directory, '--workers', String(2 + (ticks % 2))]);
    if (digest === whole.digest) same++;
    rmSync(directory, { recursive: true });
  }
  report({
    command: `resume after each of 0 to ${resumedTicks} ticks, ${agents} agents; recorded with 1 worker, resumed with 2 or 3`,
    figure: `${same} of ${resumedTicks + 1} end in ${whole.digest.slice(0, 16)}…`,
    bar: 'all',
    met: same === resumedTicks + 1,
  });
}

/** One bit of the newest checkpoint flipped: the command says so, uses the older one, and ends in the recorded digest. */
async function checkCheckpoints(report: Report, whole: Whole): Promise<void> {
  const [older, newest] = [20, 40];
  const directory = join(temporary, 'checkpoints');
  const file = join(directory, checkpointName(newest));
  const stream = randomStream(1, streamPurposes.sample);
  let same = 0;
  let noticed = 0;
  let sizeBytes = 0;
  for (let i = 0; i < damageCount; i++) {
    await leaveUnfinished(whole, directory, newest + 3, [older, newest]);
    const bytes = readFileSync(file);
    sizeBytes = bytes.length;
    const bit = stream.below(bytes.length * 8);
    bytes[bit >> 3] ^= 1 << (bit & 7);
    writeFileSync(file, i % 4 === 3 ? bytes.subarray(0, bit >> 3) : bytes);
    const { status, stdout, stderr } = await mesocosm(['resume', directory, '--json']);
    if (status === 0 && (JSON.parse(stdout) as RunSummary).digest === whole.digest) same++;
    if (stderr.includes(`${checkpointName(newest)} is damaged`)) noticed++;
    rmSync(directory, { recursive: true });
  }
  report({
    command: `newest checkpoint (${sizeBytes} bytes) with a flipped bit or cut, ${damageCount} times, seed 1; resume`,
    figure: `${noticed} noticed, ${same} in the recorded digest`,
    bar: `${damageCount} and ${damageCount}`,
    met: same === damageCount && noticed === damageCount,
  });
}

/** What one life of a run came to: nothing where it was killed. */
interface Life {
  readonly wasKilled: boolean;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command and kills it after some time, unless it has ended by then. */
function live(args: readonly string[], lifeMs: number): Promise<Life> {
  const program = join(checkout, 'scenarios/main.ts');
  const child = spawn(process.execPath, [program, ...args, '--json'], {
    cwd: temporary,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), lifeMs);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ wasKilled: signal === 'SIGKILL', status, stdout, stderr });
    });
  });
}

interface Kills {
  readonly lifeMsMax: number;
  count: number;
  runs: number;
  /** Kills after which more ticks were acknowledged than after the one before. */
  advanced: number;
  /** Kills before a manifest was there: the run begins again. */
  early: number;
  readonly wrong: string[];
}

/** Kills processes of as many runs as it takes. Exported so that a smaller number can be tried. */
export async function checkKills(report: Report, killCount = 200): Promise<void> {
  const flags = [
    '--agents',
    agents,
    '--ticks',
    killedTicks,
    '--seed',
    '7',
    '--index',
    'none',
    '--checkpoint-ticks',
    '50',
  ];
  const begin = ['run', 'information-spreading', ...flags];
  const begun = performance.now();
  const { digest } = await objectOf<RunSummary>([...begin, '--out', 'unbroken']);
  const lifeMsMax = Math.ceil((performance.now() - begun) * lifeShareMax);
  const stream = randomStream(2, streamPurposes.sample);
  const kills: Kills = { lifeMsMax, count: 0, runs: 0, advanced: 0, early: 0, wrong: [] };
  while (kills.count < killCount) {
    say(`${kills.count} of ${killCount} kills`);
    await killUntilDone(
      [...begin, '--out', `killed-${kills.runs}`],
      join(temporary, `killed-${kills.runs}`),
      digest,
      stream,
      kills,
    );
    kills.runs++;
  }
  const { count, runs, advanced, early, wrong } = kills;
  const least = Math.floor(killCount / 4);
  report({
    command: `SIGKILL within ${lifeMsMax} ms of the start of run or resume, ${agents} agents, ${killedTicks} ticks, seed 2`,
    figure: `${count} kills in ${runs} runs (${early} before the manifest, ${advanced} with newly acknowledged ticks); ${wrong.length === 0 ? 'no tick lost, all in one digest' : wrong.join('; ')}`,
    bar: `${killCount} kills, ${least} with newly acknowledged ticks; no acknowledged tick lost, one digest`,
    met: wrong.length === 0 && advanced >= least,
  });
}

async function killUntilDone(
  begin: readonly string[],
  directory: string,
  digest: string,
  stream: RandomStream,
  kills: Kills,
): Promise<void> {
  const acknowledged: Head[] = [];
  for (;;) {
    const isBegun = existsSync(join(directory, fileNames.manifest));
    const args = isBegun ? ['resume', directory, '--checkpoint-ticks', '50'] : begin;
    const life = await live([...args, '--workers', String(1 + stream.below(3))], stream.below(kills.lifeMsMax));
    if (!life.wasKilled) {
      if (life.status !== 0) kills.wrong.push(`${args[0]} ended with ${String(life.status)}: ${lastLine(life.stderr)}`);
      else if ((JSON.parse(life.stdout) as RunSummary).digest !== digest) kills.wrong.push('another digest');
      break;
    }
    kills.count++;
    const head = headOf(directory);
    if (head === undefined) kills.early++;
    const before = acknowledged.at(-1)?.ticks ?? 0;
    if ((head?.ticks ?? 0) > before) kills.advanced++;
    if ((head?.ticks ?? 0) < before) kills.wrong.push(`head went back from ${before} to ${String(head?.ticks)}`);
    if (head !== undefined) acknowledged.push(head);
  }
  kills.wrong.push(...lostTicks(directory, acknowledged));
  rmSync(directory, { recursive: true, force: true });
}

function headOf(directory: string): Head | undefined {
  if (!existsSync(join(directory, fileNames.manifest))) return undefined;
  return JSON.parse(readFileSync(join(directory, fileNames.head), 'utf8')) as Head;
}

/** Heads of earlier lives that the finished log does not hold. */
function lostTicks(directory: string, acknowledged: readonly Head[]): string[] {
  const records = openRecords(directory);
  const links = [records.manifest.firstLink];
  for (const { link } of records.frames()) links.push(hexOf(link));
  return acknowledged
    .filter(({ ticks, digest }) => links[ticks] !== digest)
    .map(({ ticks }) => `the log does not hold the ${ticks} ticks that were acknowledged`);
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
