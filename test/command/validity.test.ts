/** `validity`: scores of what is found in runs with plants, and what it says of runs that it cannot score. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { sourceOf } from '../../scenarios/command/figure.ts';
import { validityBlocks } from '../../scenarios/command/report-validity.ts';
import { validityOf } from '../../scenarios/command/validity.ts';
import { openRecords } from '../../sim/record/reader.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Block } from '../../viz/report.ts';
import { mesocosm, objectOf, temporaryFolder } from './start.ts';

const folder = temporaryFolder();

const scenario = {
  ...{ version: 1, name: 'sheep', seed: 8, ticks: 60, tickSeconds: 3600 },
  population: { kind: 'generated', agents: 300, wakesPerDayMean: 16 },
  feed: { recommender: 'random', length: 10, exposuresMax: 2 },
  verbs: ['post', 'upvote', 'downvote'],
  policies: [{ share: 1, rules: { postShare: 0.1, likeRatio: 2, dislikeRatio: 1 } }],
  plants: [
    { name: 'sheep', kind: 'conformists', share: 0.2, strength: 0.9, votesPerLook: 0.4 },
    { name: 'loners', kind: 'conformists', share: 0.4, strength: 0, votesPerLook: 0.4 },
  ],
};

beforeAll(async () => {
  writeFileSync(join(folder, 'sheep.json'), JSON.stringify(scenario));
  writeFileSync(join(folder, 'plain.json'), JSON.stringify({ ...scenario, plants: undefined, ticks: 2 }));
  for (const [file, out] of [
    ['sheep.json', 'sheep'],
    ['plain.json', 'plain'],
  ]) {
    await mesocosm(['run', file, '--out', out, '--index', 'none'], folder);
  }
});

interface Row {
  readonly family: string;
  readonly planted: number;
  readonly precision: { readonly value: number };
  readonly recall: { readonly value: number };
  readonly auc: number;
}

test('validity --json: conformists of a strength are scored, independent ones are not planted', async () => {
  const { rows, unscored } = await objectOf<{ rows: Row[]; unscored: unknown[] }>(['validity', 'sheep'], folder);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ family: 'conformists', planted: 60 });
  expect(rows[0].precision.value).toBeGreaterThan(0.9);
  expect(rows[0].recall.value).toBeGreaterThan(0.7);
  expect(rows[0].auc).toBeGreaterThan(0.95);
  expect(unscored).toEqual([]);
});

test('validity: two runs have a row each and one of both together', () => {
  const run = join(folder, 'sheep');
  const { rows } = validityOf([run, run], 1);
  expect(rows.map((row) => [row.run, row.planted])).toEqual([
    [run, 60],
    [run, 60],
    ['2 runs', 120],
  ]);
});

test('validity: a run in which nothing was planted is refused with the next step', async () => {
  const { status, stderr, stdout } = await mesocosm(['validity', 'plain'], folder);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(
    /^INPUT_NOT_FOUND plain nothing was planted in this run.*Name a run of a scenario with plants, or give labels of your own with --truth FILE\.\n$/,
  );
});

type Table = Extract<Block, { kind: 'table' }>;

test('report: a run with plants has the table that validity gives, one without has no such section', () => {
  const run = join(folder, 'sheep');
  const blocksOf = (directory: string) => validityBlocks(sourceOf(openRecords(directory), { seed: 1 }));
  const [row] = validityOf([run], 1).rows;
  const [, scores, calibration] = blocksOf(run);
  const cell = ({ value, interval: [low, high] }: Estimate) => ({ value, low, high });
  expect((scores as Table).rows).toEqual([
    [
      ...['conformists', row.detector, 60, row.found, cell(row.precision), cell(row.recall)],
      ...[row.auc, row.brier, null, row.calibrationError],
    ],
  ]);
  const bins = row.calibration.map(({ claimed, observed, units }) => ['conformists', claimed, observed, units]);
  expect((calibration as Table).rows).toEqual(bins);
  expect(blocksOf(join(folder, 'plain'))).toEqual([]);
});
