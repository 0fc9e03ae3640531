/**
 * `fit groups` as a user starts it: the contract's fields, scipy's and R's numbers, several groups, missing cells, wrong files.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cohenDInterval } from '../../analysis/estimators/effect-size.ts';
import { clusters, groups } from '../analysis/groups.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

function write(name: string, lines: readonly string[]): void {
  writeFileSync(join(folder, name), lines.join('\n') + '\n');
}

const rowsOf = (name: string, values: readonly number[]): string[] => values.map((value) => `${name},${value}`);
const { first, second, cohenD, welchP, permutationP } = groups.small;
write('two.csv', ['arm,score', ...rowsOf('second', second), ...rowsOf('first', first)]);
write('iris.csv', [
  'species,width',
  ...clusters.iris.map((row, at) => `${['setosa', 'versicolor', 'virginica'][clusters.species[at]]},${row[1]}`),
]);

interface Result {
  readonly cohenD: number;
  readonly interval: [number, number];
  readonly welchP: number;
  readonly permutationP: number;
  readonly mannWhitneyU: number;
  readonly n: number;
  readonly groups: { name: string; n: number; mean: number; standardDeviation: number }[];
  readonly pairs: { groups: string[]; permutationHolm: number; permutationQ: number; permutationP: number }[];
  readonly rows: Record<string, unknown>;
  readonly warnings: string[];
}

const groupsOfFile = (file: string, ...more: string[]): Promise<Result> =>
  objectOf<Result>(['fit', 'groups', '--csv', file, ...more], folder);

test('fit groups --json: the contract’s fields at the top, with scipy’s numbers', async () => {
  const result = await groupsOfFile('two.csv', '--value', 'score', '--by', 'arm');
  const contract = [
    'cohenD',
    'hedgesG',
    'welchP',
    'mannWhitneyU',
    'permutationP',
    'interval',
    'method',
    'definition',
    'n',
    'warnings',
  ];
  expect(Object.keys(result)).toEqual(expect.arrayContaining(contract));
  expect(result.cohenD).toBeCloseTo(cohenD, 10);
  expect(result.welchP).toBeCloseTo(welchP, 10);
  expect(result.permutationP).toBeCloseTo(permutationP, 12);
  expect(result.interval[0]).toBeCloseTo(cohenDInterval(first, second).interval[0], 9);
  expect(result).toMatchObject({ n: 15, mannWhitneyExact: true, permutationExact: true, source: 'two.csv' });
  expect(result.groups.map(({ name, n }) => [name, n])).toEqual([
    ['first', 8],
    ['second', 7],
  ]);
});

test('fit groups: --groups turns the sign, and the order of rows changes nothing', async () => {
  const by = ['--value', 'score', '--by', 'arm'];
  write('turned.csv', [
    'score,arm',
    ...[...first.map((value) => `${value},first`), ...second.map((value) => `${value},second`)].reverse(),
  ]);
  const [plain, moved, turned] = await Promise.all([
    groupsOfFile('two.csv', ...by),
    groupsOfFile('turned.csv', ...by),
    groupsOfFile('two.csv', ...by, '--groups', 'second,first'),
  ]);
  expect({ ...moved, source: 'two.csv' }).toEqual(plain);
  expect(turned.cohenD).toBeCloseTo(-plain.cohenD, 12);
  expect(turned.permutationP).toBeCloseTo(plain.permutationP, 12);
});

test('fit groups: three groups are compared in pairs, with p values adjusted over all of them', async () => {
  const result = await groupsOfFile('iris.csv', '--value', 'width', '--by', 'species', '--permutations', '999');
  expect(result.cohenD).toBeUndefined();
  expect(result.pairs.map((pair) => pair.groups.join('-'))).toEqual([
    'setosa-versicolor',
    'setosa-virginica',
    'versicolor-virginica',
  ]);
  for (const pair of result.pairs) {
    expect(pair.permutationHolm).toBeGreaterThanOrEqual(pair.permutationQ);
    expect(pair.permutationQ).toBeGreaterThanOrEqual(pair.permutationP);
  }
  expect(result.warnings.join()).toContain('3 pairs were tested');
});

test('fit groups: drawn labellings depend on the seed alone', async () => {
  const args = ['--value', 'width', '--by', 'species', '--groups', 'versicolor,virginica', '--permutations', '4999'];
  const [one, again, other] = await Promise.all([
    groupsOfFile('iris.csv', ...args),
    groupsOfFile('iris.csv', ...args),
    groupsOfFile('iris.csv', ...args, '--seed', '2'),
  ]);
  expect(again).toEqual(one);
  expect(other.permutationP).not.toBe(one.permutationP);
});

test('fit groups: missing cells drop their rows and are counted; quoted groups are names like others', async () => {
  write('gaps.csv', ['g,v', '"a, b",1', '"a, b",2', 'c,NA', 'c,4', 'c,5.5', ',7', '"a, b",']);
  const result = await groupsOfFile('gaps.csv', '--value', 'v', '--by', 'g');
  expect(result.rows).toEqual({ read: 7, used: 4, dropped: 3, missing: { g: 1, v: 2 } });
  expect(result.groups.map(({ name, n }) => [name, n])).toEqual([
    ['a, b', 2],
    ['c', 2],
  ]);
});

test('fit groups: a readable table without --json, and unequal variances are said', async () => {
  write('spread.csv', ['g,v', ...rowsOf('a', [1, 2, 3, 2, 1.5]), ...rowsOf('b', [10, -9, 25, 0, -30])]);
  const { status, stdout, stderr } = await mesocosm(
    ['fit', 'groups', '--csv', 'spread.csv', '--value', 'v', '--by', 'g'],
    folder,
  );
  expect(status).toBe(0);
  expect(stdout).toMatch(/a less b/);
  expect(stdout).toMatch(/Cohen’s d +-?[\d.]+ +\[/);
  expect(stdout).toMatch(/permutation p [\d.]+ \(252 labellings, all\)/);
  expect(stderr).toMatch(/more than four times/);
});

const wrong: [string, string[], string, RegExp][] = [
  ['a missing column', ['g,v', 'a,1', 'b,2'], 'group', /^INPUT_HEADER wrong\.csv:1:1 .*"group"/m],
  [
    'a text among the numbers',
    ['g,v', 'a,1', 'a,x2', 'b,2', 'b,3'],
    'g',
    /^INPUT_NUMBER wrong\.csv:3:3 v must be a number, got "x2"/m,
  ],
  ['one group', ['g,v', 'a,1', 'a,2'], 'g', /^INPUT_COMBINATION wrong\.csv:1:1 "g" is "a" in every row/m],
  [
    'a group of one row',
    ['g,v', 'a,1', 'a,2', 'b,3'],
    'g',
    /^INPUT_COMBINATION wrong\.csv:1:1 "b" of "g" has fewer than two rows/m,
  ],
  ['a row that is too short', ['g,v', 'a,1', 'a', 'b,3', 'b,4'], 'g', /^INPUT_ROW wrong\.csv:3:1/m],
  ['one column for both', ['g,v', 'a,1'], 'v', /^INPUT_COMBINATION --by .*"v"/m],
  ['no rows', ['g,v'], 'g', /^INPUT_EMPTY wrong\.csv/m],
  [
    'more groups than are compared',
    ['g,v', ...Array.from({ length: 44 }, (_, at) => `n${at % 22},${at}`)],
    'g',
    /^INPUT_TOO_LARGE wrong\.csv:1:1 .*22 values/m,
  ],
];

test.each(wrong)('fit groups: %s is refused with code and place', async (_, lines, by, message) => {
  write('wrong.csv', lines);
  const { status, stdout, stderr } = await mesocosm(
    ['fit', 'groups', '--csv', 'wrong.csv', '--value', 'v', '--by', by, '--json'],
    folder,
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('fit groups: a group that does not exist is refused, with those that do', async () => {
  const args = ['fit', 'groups', '--csv', 'two.csv', '--value', 'score', '--by', 'arm', '--groups', 'first,third'];
  const { status, stderr } = await mesocosm(args, folder);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^INPUT_UNKNOWN_NAME two\.csv:1:1 .*"third".*"first"/m);
});
