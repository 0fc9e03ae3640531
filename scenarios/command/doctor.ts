/**
 * `doctor`: whether this machine can run what mesocosm promises, one line a check.
 */
import { availableParallelism, endianness, totalmem } from 'node:os';
import { existsSync } from 'node:fs';
import { exp, log } from '../../sim/ground/detmath.ts';
import { draw, purposes } from '../../sim/ground/random.ts';
import { printResult } from './output.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
  readonly next?: string;
}

/** Runs the command. Returns its exit status: 2 when something that is needed is missing. */
export async function doctorCommand(flags: { json?: boolean }): Promise<number> {
  const checks = [node(), byteOrder(), arithmetic(), draws(), memory(), cores(), await sqlite(), browser()];
  printResult(flags.json === true, { checks }, () =>
    checks
      .map((one) => `${one.ok ? 'ok  ' : 'MEND'} ${one.name}: ${one.found}${one.ok ? '' : `. ${one.next}`}`)
      .join('\n'),
  );
  return checks.every((one) => one.ok) ? 0 : 2;
}

function node(): Check {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const ok = major > 22 || (major === 22 && minor >= 18);
  return { name: 'Node', ok, found: process.version, next: 'Install Node 22.18 or newer.' };
}

function byteOrder(): Check {
  const next = 'Files of a run are little-endian; this machine is not supported.';
  return { name: 'byte order', ok: endianness() === 'LE', found: endianness(), next };
}

/** Known answers of our own functions, within one unit in the last place of the true values: if one differs, digests of this machine would differ from everybody else's. */
function arithmetic(): Check {
  const found = `exp(1) ${exp(1)}, log(10) ${log(10)}`;
  const ok = exp(1) === 2.7182818284590455 && log(10) === 2.302585092994046;
  return { name: 'arithmetic', ok, found, next: 'Report this machine: its doubles are not IEEE 754.' };
}

function draws(): Check {
  const value = draw(7, 3, { lo: 1, hi: 2 }, purposes.own, 5);
  return { name: 'draws', ok: value >= 0 && value < 1, found: String(value), next: 'Report this machine.' };
}

function memory(): Check {
  const gib = totalmem() / 2 ** 30;
  return { name: 'memory', ok: gib >= 2, found: `${gib.toFixed(1)} GiB`, next: 'A million agents take about 1 GiB.' };
}

function cores(): Check {
  return { name: 'cores', ok: true, found: String(availableParallelism()) };
}

async function sqlite(): Promise<Check> {
  const next = 'Run npm rebuild sqlite3 (it compiles: python3, make and g++ are needed).';
  try {
    const { Connection } = await import('../../sim/record/sqlite-connection.ts');
    await (await Connection.open(':memory:', 'write')).close();
    return { name: 'sqlite3', ok: true, found: 'loads' };
  } catch (error) {
    return {
      name: 'sqlite3',
      ok: false,
      found: error instanceof Error ? error.message.split('\n')[0] : 'does not load',
      next,
    };
  }
}

function browser(): Check {
  const found = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
  return { name: 'browser (tests only)', ok: true, found: found ?? 'none' };
}
