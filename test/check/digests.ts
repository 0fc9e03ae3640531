/**
 * Line 2.2: one digest, whatever the number of workers, the merge interval and the layout; another seed, another digest; the same
 * for own code; populations; and a shard that throws.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout, mesocosm, objectOf, temporary, testFiles } from './figure.ts';
import type { Report, RunSummary } from './figure.ts';

const large = ['run', 'information-spreading', '--agents', '100000', '--ticks', '50', '--index', 'none'];

/** Runs the check. */
export async function checkDigests(report: Report): Promise<void> {
  const first = await digestOf('workers-1', ['--seed', '7', '--workers', '1']);
  report({ command: `${large.join(' ')} --seed 7 --workers 1`, figure: short(first), bar: 'a digest', met: true });
  const placements: [name: string, flags: string[]][] = [
    ...['2', '3', '4'].map((count): [string, string[]] => [`--workers ${count}`, ['--workers', count]]),
    ['--merge-ticks 1', ['--merge-ticks', '1']],
    ['--merge-ticks 7 --workers 2', ['--merge-ticks', '7', '--workers', '2']],
    ['--layout key', ['--layout', 'key']],
    ['--layout scrambled --workers 3', ['--layout', 'scrambled', '--workers', '3']],
  ];
  for (const [i, [name, flags]] of placements.entries()) {
    const digest = await digestOf(`placement-${i}`, ['--seed', '7', ...flags]);
    report({ command: `the same with ${name}`, figure: short(digest), bar: 'the same digest', met: digest === first });
  }
  const other = await digestOf('seed', ['--seed', '8', '--workers', '2']);
  report({ command: 'the same with --seed 8', figure: short(other), bar: 'another digest', met: other !== first });
  await ownCode(report);
  const { line, met } = await testFiles('test/command/population.test.ts');
  const command = 'rows of the population file shuffled; one agent more';
  report({ command, figure: line, bar: 'all pass', met });
  await throwing(report);
}

function short(digest: string): string {
  return `${digest.slice(0, 16)}…`;
}

async function digestOf(name: string, flags: readonly string[]): Promise<string> {
  return (await objectOf<RunSummary>([...large, ...flags, '--out', name], { shown: true })).digest;
}

async function ownCode(report: Report): Promise<void> {
  const study = join(checkout, 'scenarios/examples/mutual-aid.ts');
  const digests: string[] = [];
  for (const workers of ['1', '2', '3', '4']) {
    const flags = ['--allow-code', '--workers', workers, '--index', 'none', '--out', `own-${workers}`];
    digests.push((await objectOf<RunSummary>(['run', study, ...flags])).digest);
  }
  const distinct = new Set(digests).size;
  const figure = `${distinct} digest${distinct === 1 ? '' : 's'} of 4 runs: ${short(digests[0])}`;
  const command = 'run scenarios/examples/mutual-aid.ts --allow-code --workers 1 … 4';
  report({ command, figure, bar: 'one digest', met: distinct === 1 });
}

/** A study whose policy throws at tick 5, for one agent, who is on one shard only. */
function throwingStudy(throwsAt: number): string {
  const folder = join(temporary, `throwing-${throwsAt}`);
  mkdirSync(folder);
  const file = join(folder, 'study.ts');
  writeFileSync(
    file,
    `import { defineScenario } from '${pathToFileURL(join(checkout, 'sim/index.ts')).href}';
const decide = (hand) => {
  if (hand.state.now.tick === ${throwsAt}) throw new TypeError('planted');
  hand.act('post');
};
export const scenario = defineScenario({
  name: 'throwing', module: import.meta.url, seed: 1, ticks: ${throwsAt < 0 ? 6 : 100_000}, tickSeconds: 3600,
  population: { kind: 'generated', agents: 2000 }, feed: { recommender: 'none' },
  policies: [{ share: 1, own: 'thrower' }], own: { policies: { thrower: { decide } } },
});
`,
  );
  return file;
}

async function throwing(report: Report): Promise<void> {
  const flags = ['--allow-code', '--workers', '3', '--index', 'none', '--json'];
  const calm = await mesocosm(['run', throwingStudy(-1), ...flags, '--out', 'calm']);
  const thrown = await mesocosm(['run', throwingStudy(5), ...flags, '--out', 'thrown']);
  const message = thrown.stderr.split('\n').find((line) => line.includes('planted')) ?? 'no message';
  const later = thrown.seconds - calm.seconds;
  report({
    command: 'a policy that throws at tick 5 of 100,000, 3 workers',
    figure: `exit ${thrown.status}, ${later.toFixed(1)} s beyond a whole run of 6 ticks: ${message}`,
    bar: 'exit 1 within a second; shard and tick named',
    met: calm.status === 0 && thrown.status === 1 && later < 1 && /tick 5\b/.test(message) && /shard \d/.test(message),
  });
}
