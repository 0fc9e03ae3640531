/**
 * Commands that tell what there is: `scenarios`, `schema`, `doctor`, help, and how wrong usage is answered.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();
const scenarios = fileURLToPath(new URL('../../scenarios', import.meta.url));

interface Parameter {
  readonly path: string;
  readonly unit: string;
  readonly source: string;
}

test('scenarios: lists what can be run, and the parameters of one with unit and source', async () => {
  const list = await objectOf<{ scenarios: { name: string; description: string }[] }>(['scenarios'], folder);
  expect(list.scenarios.map((one) => one.name)).toEqual([
    'feed-and-opinion',
    'group-polarization',
    'herd-effect',
    'information-spreading',
    'misinformation',
    'moltbook',
    'resilience',
    'thinking-few',
  ]);
  const one = await objectOf<{ parameters: Parameter[] }>(['scenarios', 'information-spreading'], folder);
  const paths = one.parameters.map((parameter) => parameter.path);
  expect(paths).toEqual(expect.arrayContaining(['seed', 'population.agents', 'policies[0].rules.capShare']));
  for (const { unit, source } of one.parameters) expect([typeof unit, typeof source]).toEqual(['string', 'string']);
  const words = await mesocosm(['scenarios', 'information-spreading'], folder);
  expect(words.stdout).toMatch(/population\.agents = 100000 \[agents\] 1 to 20000000 \(choice\)/);
});

test('scenarios: a name that does not exist is refused, with those that do', async () => {
  const { status, stderr } = await mesocosm(['scenarios', 'information'], folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^INPUT_UNKNOWN_NAME .*"information".*information-spreading/m);
});

test('schema: the JSON Schema accepts every scenario of the repository and rejects wrong ones', async () => {
  const { status, stdout } = await mesocosm(['schema'], folder);
  expect(status).toBe(0);
  const accepts = new Ajv2020({ strict: false }).compile(JSON.parse(stdout) as object);
  const files = readdirSync(scenarios, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.yaml') && !file.endsWith('-study.yaml'),
  );
  expect(files.map((file) => basename(file))).toEqual(expect.arrayContaining(['scenario.yaml']));
  for (const file of files) {
    const value: unknown = parse(readFileSync(join(scenarios, file), 'utf8'));
    expect({ file, accepted: accepts(value), errors: accepts.errors }).toMatchObject({ file, accepted: true });
  }
  const sound = { version: 1, name: 'small', ticks: 10, population: { kind: 'generated', agents: 10 } };
  expect(accepts(sound)).toBe(true);
  const wrong: Readonly<Record<string, unknown>> = {
    unknownKey: { ...sound, tikcs: 5 },
    shareAboveOne: { ...sound, topicFocusShare: 40 },
    unknownRecommender: { ...sound, feed: { recommender: 'hott' } },
    negativeCount: { ...sound, population: { kind: 'generated', agents: -5 } },
    wrongType: { ...sound, seed: 'seven' },
    missingField: { ...sound, ticks: undefined },
    otherVersion: { ...sound, version: 2 },
  };
  const accepted = Object.entries(wrong).filter(([, value]) => accepts(JSON.parse(JSON.stringify(value))));
  expect(accepted.map(([name]) => name)).toEqual([]);
});

test('doctor: this machine passes, one line a check', async () => {
  const { checks } = await objectOf<{ checks: { name: string; ok: boolean }[] }>(['doctor'], folder);
  expect(checks.filter((check) => !check.ok)).toEqual([]);
  expect(checks.map((check) => check.name)).toEqual(expect.arrayContaining(['Node', 'arithmetic', 'sqlite3']));
});

test.each([
  ['an unknown command', ['simulate'], /^INPUT_USAGE .*'simulate'/m],
  ['an unknown flag', ['run', 'information-spreading', '--tick', '5'], /^INPUT_USAGE .*'--tick'[^]*--ticks/m],
  ['a flag that is no number', ['run', 'information-spreading', '--agents', 'many'], /^INPUT_USAGE .*'many'.*whole/m],
  ['a missing argument', ['verify'], /^INPUT_USAGE .*'run'/m],
  ['a setting without a value', ['run', 'information-spreading', '--set', 'ticks'], /^INPUT_USAGE --set "ticks" .*=/m],
  ['an unknown scenario', ['run', 'information-spreadin'], /^INPUT_UNKNOWN_NAME .*mean information-spreading\?/m],
  ['a file that is not there', ['run', 'nowhere.yaml'], /^INPUT_NOT_FOUND \S*nowhere\.yaml .*Check the path/m],
])('usage: %s ends with exit 2, on standard error, and writes nothing', async (_what, args, says) => {
  const { status, stdout, stderr } = await mesocosm(args, folder);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/^ +at /m);
  expect(readdirSync(folder)).toEqual([]);
});

test('usage: --version and --help end with exit 0', async () => {
  const { version } = JSON.parse(readFileSync(join(scenarios, '../package.json'), 'utf8')) as { version: string };
  expect(await mesocosm(['--version'], folder)).toMatchObject({ status: 0, stdout: `${version}\n` });
  const help = await mesocosm(['run', '--help'], folder);
  expect(help.status).toBe(0);
  for (const flag of [
    '--agents',
    '--ticks',
    '--seed',
    '--workers',
    '--set',
    '--out',
    '--index',
    '--dry-run',
    '--json',
  ]) {
    expect(help.stdout).toContain(flag);
  }
});
