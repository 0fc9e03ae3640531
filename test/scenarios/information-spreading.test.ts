/**
 * The study of information spreading: halves of the real cascades, what a fit aims at, distances to cascades that were kept back, halved ticks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compareCascades, halvesApart } from '../../scenarios/information-spreading/comparison.ts';
import { fitFigures } from '../../scenarios/information-spreading/fit-figures.ts';
import {
  fitHalf,
  fitStatistics,
  readHalves,
  readRealCascades,
} from '../../scenarios/information-spreading/real-cascades.ts';
import { dataFile } from '../../scenarios/load.ts';
import { mesocosm, objectOf, temporaryFolder } from '../command/start.ts';
import type { WorldResult } from '../../scenarios/information-spreading/world.ts';

const folder = temporaryFolder();
const head = 'cascade,veracity,users,max_depth,mean_hours,median_hours,max_hours,category,start_utc';

/** A file of kept-back cascades: the sizes and depths given, with times of which the first are negative. */
function keptBack(name: string, users: readonly number[], negative: number): string {
  const rows = users.map((one, row) => {
    const hours = row < negative ? -242.5 : 1.5;
    return `${2 * row + 1},True,${one},${3 + (row % 2)},${hours},${hours},${hours + 1},Politics,2014-09-22 17:37:41+00:00`;
  });
  writeFileSync(join(folder, name), [head, ...rows, ''].join('\n'));
  return name;
}

/** A world that has nothing but cascades. */
function worldOf(users: number[], depth: number[]): WorldResult {
  const none = users.map(() => 1);
  return { ...{ users, depth, breadth: users, medianHours: none, lastHours: none, audience: none }, censored: users.map(() => false) } as unknown as WorldResult; // prettier-ignore
}

test('fitHalf: which half a cascade is in does not depend on the order of rows, and 50 of 99 are fitted to', () => {
  const cascades = Array.from({ length: 99 }, (_, row) => 2 * row);
  const chosen = cascades.filter((_, row) => fitHalf(cascades)[row]);
  const backwards = [...cascades].reverse();
  expect(backwards.filter((_, row) => fitHalf(backwards)[row]).reverse()).toEqual(chosen);
  expect(chosen).toHaveLength(50);
  const { fit, heldOut } = readHalves();
  expect([fit.columns.users.length, heldOut.columns.users.length]).toEqual([50, 49]);
  expect(fit.negativeCount + heldOut.negativeCount).toBe(1);
});

test('fitFigures: the published targets are those of the fit half as it is', () => {
  expect(readFileSync(dataFile('published/twitter1516.json'), 'utf8')).toBe(fitFigures());
});

test('fitStatistics: shares of depth, the logarithm’s spread and ranks, by hand', () => {
  const some = { users: [200, 200, 200 * Math.E ** 2, 200 * Math.E ** 2], depth: [3, 3, 4, 6] };
  const { logUsersMean, logUsersSd, depthMean, depth4Share, depth5Share, spearman } = fitStatistics;
  expect(logUsersMean.of(some)).toBeCloseTo(Math.log(200) + 1, 12);
  expect(logUsersSd.of(some)).toBeCloseTo(Math.sqrt(4 / 3), 12);
  expect([depthMean, depth4Share, depth5Share].map(({ of }) => of(some))).toEqual([4, 0.5, 0.25]);
  expect(spearman.of(some)).toBeCloseTo(0.9428, 3);
});

test('readRealCascades: a negative time loses the times and keeps size and depth; small cascades are counted out', () => {
  const users = [124, 300, ...Array.from({ length: 12 }, (_, i) => 200 + i)];
  const found = readRealCascades(join(folder, keptBack('few.csv', users, 2)));
  expect({ ...found, columns: undefined }).toEqual({ columns: undefined, negativeCount: 1, smallCount: 1 });
  expect([found.columns.users[0], found.columns.users.length, found.columns.medianHours.length]).toEqual([300, 13, 12]);
  const few = join(folder, keptBack('nine.csv', users.slice(0, 9), 0));
  expect(() => readRealCascades(few)).toThrow(/INPUT_FIELD_RANGE .*nine\.csv.*8 cascades of 125 users/);
});

test('compareCascades: the same cascades lie at 0, those that no world has at 1, and the interval over both holds more', () => {
  const { fit } = readHalves();
  const { users, depth } = fit.columns;
  const thirds = [0, 1, 2].map((part) =>
    worldOf(users.filter((_, row) => row % 3 === part), depth.filter((_, row) => row % 3 === part)),
  ); // prettier-ignore
  const same = compareCascades(fit.columns, thirds, 1);
  expect([same.users.value, same.depth.value, same.cascades]).toEqual([0, 0, 50]);
  expect(same.usersOverBoth.interval[1]).toBeGreaterThan(same.users.interval[1]);
  const none = compareCascades(fit.columns, [worldOf([3, 4], [1, 1])], 1);
  expect([none.users.value, none.depth.value]).toEqual([1, 1]);
});

test('halvesApart: two halves of distinct sizes lie as far apart as theory says', () => {
  const users = Array.from({ length: 99 }, (_, i) => 125 + i);
  const { counts, users: apart, depth } = halvesApart({ users, depth: users.map(() => 3) }, 1);
  expect(counts).toEqual([50, 49]);
  // Mean of the Kolmogorov distribution, sqrt(pi / 2) ln 2 = 0.8687, over sqrt(50 · 49 / 99); steps make it somewhat smaller.
  expect(apart.mean).toBeGreaterThan(0.155);
  expect(apart.mean).toBeLessThan(0.176);
  expect(apart.upper).toBeLessThan(1.36 / Math.sqrt((50 * 49) / 99) + 0.01);
  expect([depth.mean, depth.upper]).toEqual([0, 0]);
});

test('study: cascades of a file are compared with, negative times are told, and curves by minute are called in-sample', async () => {
  const users = Array.from({ length: 99 }, (_, i) => 150 + 3 * i);
  const args = ['study', 'information-spreading', '--agents', '1500', '--replicates', '1', '--no-ablations'];
  const found = await objectOf<{
    verdicts: { claim: string; note: string; bar: string; met: boolean | null }[];
    real: { cascades: number; negative: number };
    against: string;
    report: string;
  }>([...args, '--against', keptBack('kept.csv', users, 3), '--out', 'study'], folder);
  expect(found.real).toMatchObject({ cascades: 99, negative: 3 });
  const sizes = found.verdicts.find(({ claim }) =>
    claim.startsWith('Sizes are distributed as those of cascades that were kept'),
  );
  expect(sizes).toMatchObject({ bar: 'at most 0.2' });
  expect(found.verdicts.find(({ claim }) => claim.startsWith('Users by minute'))?.note).toContain('in-sample');
  const page = readFileSync(join(folder, 'study', 'report.html'), 'utf8');
  expect(page).toContain('3 of the real cascades have negative times');
  expect(page).toContain('minute by minute (in-sample)');
});

test('verify --halve-tick: users, depth, breadth and error of one cascade by minute stay within their intervals', async () => {
  const file = join(import.meta.dirname, '../../scenarios/information-spreading/false-business-0.yaml');
  await mesocosm(['run', file, '--set', 'ticks=150', '--index', 'none', '--out', 'minute'], folder);
  const found = await objectOf<{ headlines: Record<string, { within: boolean }>; within: boolean }>(
    ['verify', 'minute', '--halve-tick', '--worlds', '4'],
    folder,
  );
  expect(Object.keys(found.headlines)).toEqual(['users', 'depth', 'breadth', 'scaleError']);
  expect(found.within).toBe(true);
});
