/**
 * Tests of `viz/figures/adoption.ts`: the placebo is the mean of dealing adoptions out many times.
 *
 * Oracle: within each group the chances are written out one by one, adoptions are dealt to them at random, and shares are counted anew.
 */
import { describe, expect, it } from 'vitest';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { placeboShares } from '../../../viz/figures/adoption.ts';
import type { ExposureRows } from '../../../analysis/estimators/exposure-curve.ts';

type Row = readonly [level: number, trials: number, adopted: number, group: number];

function rowsOf(rows: readonly Row[]): ExposureRows {
  const column = (at: 0 | 1 | 2 | 3): Int32Array => Int32Array.from(rows, (row) => row[at]);
  return {
    ...{ count: rows.length, cluster: Int32Array.from(rows.keys()), chances: column(1) },
    ...{ level: column(0), trials: column(1), adopted: column(2), group: column(3) },
  };
}

const dealCount = 10_000;

/** Mean share at each level over many dealings; the last level holds all above it. */
function dealtShares(rows: readonly Row[], levels: readonly number[]): number[] {
  const stream = randomStream(7, streamPurposes.sample, 1);
  const last = levels.at(-1) ?? 1;
  const sums = new Map(levels.map((level) => [level, 0]));
  const trials = new Map(levels.map((level) => [level, 0]));
  for (const own of Map.groupBy(rows, ([, , , group]) => group).values()) {
    const chances = own.flatMap(([level, count]) => Array<number>(count).fill(Math.min(last, level)));
    const adoptions = own.reduce((sum, [, , adopted]) => sum + adopted, 0);
    for (const level of chances) trials.set(level, (trials.get(level) ?? 0) + 1);
    for (let deal = 0; deal < dealCount; deal++) {
      for (let place = 0; place < adoptions; place++) {
        const from = place + stream.below(chances.length - place);
        [chances[place], chances[from]] = [chances[from], chances[place]];
        sums.set(chances[place], (sums.get(chances[place]) ?? 0) + 1);
      }
    }
  }
  return levels.map((level) => (sums.get(level) ?? 0) / dealCount / (trials.get(level) ?? 0));
}

/** Groups of unlike size and eagerness; who looks often is eager in one and not in the other. */
const world: readonly Row[] = [
  ...[[1, 40, 8, 0] as const, [2, 25, 9, 0] as const, [3, 10, 5, 0] as const, [5, 6, 4, 0] as const],
  ...[[1, 12, 0, 1] as const, [2, 30, 1, 1] as const, [3, 22, 1, 1] as const, [4, 9, 0, 1] as const],
  ...[[1, 5, 5, 2] as const, [4, 3, 1, 2] as const],
  ...[[2, 7, 0, 3] as const],
];

describe('placeboShares', () => {
  it('placeboShares: the expected shares are the means of ten thousand dealings within each group', () => {
    const levels = [1, 2, 3, 4];
    const dealt = dealtShares(world, levels);
    const expected = placeboShares(rowsOf(world), levels);
    // The least certain mean is of 18 chances: a standard error of 0.1 / sqrt(10,000 deals).
    expected.forEach((share, at) => expect(Math.abs((share ?? NaN) - dealt[at])).toBeLessThan(0.004));
  });

  it('placeboShares: adoptions are neither made nor lost, whatever the levels', () => {
    for (const levels of [[1, 2, 3, 4, 5], [1, 2], [1]]) {
      const last = levels.at(-1) ?? 1;
      const trials = levels.map((level) =>
        world.filter(([own]) => Math.min(last, own) === level).reduce((sum, [, count]) => sum + count, 0),
      );
      const shares = placeboShares(rowsOf(world), levels);
      const total = shares.reduce<number>((sum, share, at) => sum + (share ?? 0) * trials[at], 0);
      expect(total).toBeCloseTo(
        world.reduce((sum, [, , adopted]) => sum + adopted, 0),
        9,
      );
    }
  });

  it('placeboShares: where exposure does nothing the placebo is what was observed, and a level without chances has none', () => {
    const even: readonly Row[] = [
      [1, 20, 5, 0],
      [2, 40, 10, 0],
      [1, 30, 3, 1],
      [2, 10, 1, 1],
    ];
    expect(placeboShares(rowsOf(even), [1, 2, 3])).toEqual([8 / 50, 11 / 50, null]);
  });
});
