/**
 * `npm run bench`: prints ratios between interleaved runs, with their spread and the digests of the outcomes; judges nothing.
 *
 * Options: --quick (one round, half the ticks, 10^5 agents), --sizes 100000,1000000, --only NAME[,NAME], --rounds N, --json,
 * --python PATH (a Python that has Mesa; see `mesa/feed_model.py`). CPU is milliseconds a tick, of all threads; where there are no
 * ticks, of the whole or of one unit. Tables go to standard output, progress to standard error. A size of 10^7 needs 8 GB; without it,
 * the whole takes about an hour on two cores.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InputError } from '../../sim/ground/errors.ts';
import { benches } from './benches.ts';
import { say } from './interleave.ts';
import { compileReference } from './reference.ts';
import { print } from './table.ts';
import type { Setting } from './setting.ts';
import type { Table } from './table.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    only: { type: 'string', default: Object.keys(benches).join(',') },
    rounds: { type: 'string' },
    json: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3' },
  },
});

function chosenBenches(): string[] {
  const names = values.only.split(',');
  const unknown = names.find((name) => benches[name] === undefined);
  if (unknown === undefined) return names;
  throw new InputError({
    code: 'INPUT_USAGE',
    found: `no benchmark is called ${unknown}`,
    next: `Name one of ${Object.keys(benches).join(', ')}.`,
  });
}

async function main(): Promise<void> {
  const names = chosenBenches();
  const reference = compileReference();
  const sizes = values.sizes ?? (values.quick ? '100000' : '100000,1000000');
  const setting: Setting = {
    sizes: sizes.split(',').map(Number),
    rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
    isQuick: values.quick,
    reference,
    python: values.python,
    folder: mkdtempSync(join(tmpdir(), 'mesocosm-bench-')),
  };
  const tables: Table[] = [];
  try {
    for (const name of names) {
      say(`${name} …`);
      const made = await benches[name](setting);
      tables.push(...made);
      if (!values.json) process.stdout.write(made.map(print).join(''));
    }
  } finally {
    rmSync(setting.folder, { recursive: true });
    if (typeof reference !== 'string') reference.remove();
  }
  const machine = { processor: cpus()[0]?.model, cores: cpus().length, node: process.version };
  if (values.json) process.stdout.write(`${JSON.stringify({ machine, ...setting, reference: undefined, tables })}\n`);
  else process.stdout.write(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}\n`);
}

await main();
