/**
 * Line 3.8: the golden digests are those that are pinned, with 1, 2, 3, 5 and 8 workers whose shards sleep up to 50 ms before each phase,
 * and on Node 22, 24 and 26.
 *
 * Each Node is the newest of its number in the package registry: the package for this platform, which is what the package `node` installs.
 * It runs the sources as they are.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, start, temporary, testFiles } from './figure.ts';
import type { Golden } from '../golden/scenarios.ts';
import type { Report } from './figure.ts';

type Digests = Readonly<Record<string, Golden>>;

const program = join(checkout, 'test/golden/main.ts');
const versions = [22, 24, 26];

/** Runs the check. */
export async function checkGolden(report: Report): Promise<void> {
  const pinned = JSON.parse(readFileSync(join(checkout, 'test/data/golden-digests.json'), 'utf8')) as Digests;
  const { line, met } = await testFiles('test/sim/engine/golden.test.ts');
  report({ command: 'golden.test.ts: what the six hold; resumed; 1 to 8 workers', figure: line, bar: 'all pass', met });
  for (const workers of [1, 2, 3, 5, 8]) {
    const command = `golden scenarios with ${workers} ${workers === 1 ? 'worker' : 'workers, sleeping up to 50 ms before each phase'}`;
    const args = [program, '--workers', String(workers), '--stagger', '50'];
    report({ command, ...compared(pinned, await start(process.execPath, args)) });
  }
  for (const version of versions) {
    const node = await installNode(version);
    const command = `golden scenarios with 1 and 3 workers on Node ${version}`;
    if (node === undefined) {
      report({ command, figure: 'no package registry here', bar: 'the pinned digests' });
      continue;
    }
    const { stdout } = await start(node, ['--version']);
    for (const workers of ['1', '3']) {
      const args = [program, '--workers', workers, '--stagger', '5'];
      const { figure, ...rest } = compared(pinned, await start(node, args));
      report({ command: `${command}: ${workers}`, figure: `${stdout.trim()}: ${figure}`, ...rest });
    }
  }
}

/** How many of the pinned scenarios a program came to. */
function compared(
  pinned: Digests,
  { status, stdout, stderr }: { readonly status: number; readonly stdout: string; readonly stderr: string },
): { readonly figure: string; readonly bar: string; readonly met: boolean } {
  const names = Object.keys(pinned);
  const bar = `${names.length} of ${names.length} as pinned`;
  if (status !== 0) return { figure: `exit ${status}: ${stderr.trimEnd().split('\n').at(-1) ?? ''}`, bar, met: false };
  const found = JSON.parse(stdout) as Digests;
  const same = names.filter((name) => JSON.stringify(found[name]) === JSON.stringify(pinned[name]));
  return { figure: `${same.length} of ${names.length}`, bar, met: same.length === names.length };
}

/** The newest Node of a number, or nothing where no registry is. */
async function installNode(version: number): Promise<string | undefined> {
  const folder = join(temporary, `node-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const name = `node-${process.platform}-${process.arch}`;
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0'];
  const { status } = await start('npm', ['install', `${name}@${version}`, ...flags], { folder, ownNode: true });
  const node = join(folder, 'node_modules', name, 'bin/node');
  return status === 0 && existsSync(node) ? node : undefined;
}
