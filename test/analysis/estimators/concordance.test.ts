/** Concordance against a double loop over all pairs. R's values are checked in `cox.test.ts`. */
import { expect, test } from 'vitest';
import { concordanceOf } from '../../../analysis/estimators/concordance.ts';
import type { SurvivalColumns } from '../../../analysis/estimators/risk-sets.ts';
import { testStream } from '../worlds.ts';

interface Counted {
  readonly concordant: number;
  readonly discordant: number;
  readonly tied: number;
}

/** Every pair of an event and a row that outlasts it, weighted by the product of their weights. */
function naivePairs(columns: SurvivalColumns, score: readonly number[], weight: readonly number[]): Counted {
  const { stop, event, start, stratum } = columns;
  let [concordant, discordant, tied] = [0, 0, 0];
  for (let dying = 0; dying < stop.length; dying++) {
    if (event[dying] !== 1) continue;
    for (let other = 0; other < stop.length; other++) {
      const outlasts = stop[other] > stop[dying] || (stop[other] === stop[dying] && event[other] === 0);
      const isThere = (start?.[other] ?? -1) < stop[dying] && stratum?.[other] === stratum?.[dying];
      if (other === dying || !outlasts || !isThere) continue;
      const product = weight[dying] * weight[other];
      if (score[dying] > score[other]) concordant += product;
      else if (score[dying] < score[other]) discordant += product;
      else tied += product;
    }
  }
  return { concordant, discordant, tied };
}

function shareOf({ concordant, discordant, tied }: Counted): number {
  return (concordant + tied / 2) / (concordant + discordant + tied);
}

function randomColumns(seed: number): { columns: SurvivalColumns; score: number[] } {
  const stream = testStream(seed);
  const start = Array.from({ length: 70 }, () => stream.below(8));
  const stop = start.map((value) => value + 1 + stream.below(6));
  const event = start.map(() => (stream.below(3) > 0 ? 1 : 0));
  const late = seed % 2 === 0 ? {} : { start };
  const strata = seed % 3 === 0 ? {} : { stratum: start.map(() => stream.below(3)) };
  return { columns: { stop, event, ...late, ...strata }, score: start.map(() => stream.below(12)) };
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('concordanceOf: seed %i has the pairs of the double loop', (seed) => {
  const { columns, score } = randomColumns(seed);
  const expected = naivePairs(columns, score, Array<number>(70).fill(1));
  const found = concordanceOf(columns, score);
  expect([found.concordantCount, found.discordantCount, found.tiedCount]).toEqual([
    expected.concordant,
    expected.discordant,
    expected.tied,
  ]);
  expect(found.value).toBeCloseTo(shareOf(expected), 12);
});

test.each([1, 2, 3])('concordanceOf: seed %i has the error that moving each weight gives', (seed) => {
  const { columns, score } = randomColumns(seed);
  const cluster = score.map((_, row) => row % 11);
  const step = 1e-4;
  const weights = Array<number>(70).fill(1);
  const slopeOf = (rows: readonly number[]): number => {
    const moved = (by: number) =>
      shareOf(
        naivePairs(
          columns,
          score,
          weights.map((one, row) => (rows.includes(row) ? one + by : one)),
        ),
      );
    return (moved(step) - moved(-step)) / (2 * step);
  };
  const rowSquares = score.reduce((sum, _, row) => sum + slopeOf([row]) ** 2, 0);
  expect(concordanceOf(columns, score).se).toBeCloseTo(Math.sqrt(rowSquares), 7);
  const clusters = Array.from({ length: 11 }, (_, one) =>
    score.flatMap((_s, row) => (cluster[row] === one ? [row] : [])),
  );
  const clusterSquares = clusters.reduce((sum, rows) => sum + slopeOf(rows) ** 2, 0);
  expect(concordanceOf(columns, score, { cluster }).se).toBeCloseTo(Math.sqrt(clusterSquares), 7);
});

test('concordanceOf: the order of events scores 1, its reverse 0, a constant 0.5, and no pair is NaN', () => {
  const columns = { stop: [1, 2, 3, 4], event: [1, 1, 0, 1] };
  expect(concordanceOf(columns, [4, 3, 2, 1]).value).toBe(1);
  expect(concordanceOf(columns, [1, 2, 3, 4]).value).toBe(0);
  expect(concordanceOf(columns, [7, 7, 7, 7])).toMatchObject({ value: 0.5, tiedCount: 5 });
  expect(concordanceOf({ stop: [2, 2], event: [1, 1] }, [1, 2]).value).toBeNaN();
});
