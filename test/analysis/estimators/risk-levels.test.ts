/** Counts at risk: the same hazard ratio as Cox's model on rows, and placebos that keep what they say they keep. */
import { describe, expect, test } from 'vitest';
import { fitCox } from '../../../analysis/estimators/cox.ts';
import { drawPlacebo, fitLevels } from '../../../analysis/estimators/risk-levels.ts';
import type { RiskLevels } from '../../../analysis/estimators/risk-levels.ts';
import { historiesOf } from '../../../analysis/measures/adoption-history.ts';
import { riskLevelsOf, strataKinds } from '../../../analysis/measures/adoption-spread.ts';
import { startStopOf } from '../../../analysis/measures/adoption-start-stop.ts';
import { adoptionReference, referenceColumns } from '../adoption-reference.ts';
import { testStream } from '../worlds.ts';

function referenceTable(): RiskLevels {
  const columns = referenceColumns();
  return riskLevelsOf(columns, historiesOf(columns), strataKinds(columns));
}

/** One set: cells of (stratum, level, at risk, adopters, events). */
function tableOf(...cells: (readonly [number, number, number, number, number])[]): RiskLevels {
  return {
    ...{ setStart: [0, cells.length], stratum: cells.map((cell) => cell[0]), level: cells.map((cell) => cell[1]) },
    ...{
      atRisk: cells.map((cell) => cell[2]),
      adopters: cells.map((cell) => cell[3]),
      events: cells.map((cell) => cell[4]),
    },
  };
}

describe('fitLevels', () => {
  test('agrees with R’s coxph and with fitCox on start-stop rows, ties included', () => {
    const columns = referenceColumns();
    const fit = fitLevels(referenceTable());
    const { coef, naiveSe, events } = adoptionReference.models.linear;
    expect(fit.events).toBe(events);
    expect(fit.coef).toBeCloseTo(coef[0], 8);
    expect(fit.se).toBeCloseTo(naiveSe[0], 6);
    const rows = startStopOf(columns, historiesOf(columns));
    const cox = fitCox(rows.columns, [{ name: 'exposures', values: rows.exposure }]);
    expect(fit.coef).toBeCloseTo(cox.coefficients[0].coef, 8);
  });

  test('its error over contents is the robust error of Cox’s model with contents as clusters, for so few of them', () => {
    const columns = referenceColumns();
    const rows = startStopOf(columns, historiesOf(columns));
    const content = rows.columns.stratum ?? [];
    const cox = fitCox(rows.columns, [{ name: 'exposures', values: rows.exposure }], { cluster: content });
    const count = new Set(Array.from(content)).size;
    const expected = (cox.coefficients[0].robustSe ?? 0) * Math.sqrt(count / (count - 1));
    expect(fitLevels(referenceTable()).contentSe).toBeCloseTo(expected, 6);
    expect(fitLevels(tableOf([0, 0, 9, 2, 1], [0, 1, 9, 2, 1])).contentSe).toBeNaN();
  });

  test('levels that do not differ have no ratio, and one that always wins ends at the bound', () => {
    expect(fitLevels(tableOf([0, 1, 9, 2, 1])).coef).toBeNaN();
    expect(fitLevels(tableOf([0, 0, 9, 0, 0], [0, 1, 3, 1, 1])).coef).toBe(10);
  });
});

describe('drawPlacebo', () => {
  test('where nobody else could have adopted, draws are what was observed and p is 1', () => {
    const table = tableOf([0, 0, 5, 0, 0], [0, 2, 5, 2, 2], [1, 1, 1, 1, 1]);
    const adopters = drawPlacebo(table, 'adopters', testStream(1), 50);
    expect(adopters.pValue).toBe(1);
    for (const end of adopters.interval) expect(end).toBeCloseTo(adopters.observed, 10);
  });

  test('everyone levels the ratio, strata keep what strata explain', () => {
    // Stratum 1 adopts more often and is exposed more; within strata exposure changes nothing.
    const sets = Array.from({ length: 60 }, () => [
      [0, 0, 80, 2, 1],
      [0, 1, 20, 0, 0],
      [1, 0, 20, 4, 2],
      [1, 1, 80, 16, 8],
    ]);
    const cells = sets.flat();
    const column = (index: number): number[] => cells.map((cell) => cell[index]);
    const table: RiskLevels = {
      ...{ setStart: [...sets.keys(), sets.length].map((set) => 4 * set), stratum: column(0), level: column(1) },
      ...{ atRisk: column(2), adopters: column(3), events: column(4) },
    };
    const everyone = drawPlacebo(table, 'everyone', testStream(2), 99);
    const strata = drawPlacebo(table, 'strata', testStream(3), 99);
    expect(everyone.pValue).toBe(0.01);
    expect(Math.abs(everyone.mean)).toBeLessThan(0.05);
    expect(strata.pValue).toBeGreaterThan(0.05);
    expect(strata.mean).toBeGreaterThan(0.7 * strata.observed);
  });

  test('sets in which all stand at one level change neither ratio nor draws: only the number of adoptions', () => {
    const table = referenceTable();
    const end = table.setStart[table.setStart.length - 1];
    const flat = [[0, 3, 50, 20, 2]];
    const joined = (column: 'stratum' | 'level' | 'atRisk' | 'adopters' | 'events', at: number): number[] => [
      ...Array.from(table[column]),
      ...flat.map((cell) => cell[at]),
    ];
    const longer: RiskLevels = {
      ...{
        setStart: [...Array.from(table.setStart), end + 1],
        stratum: joined('stratum', 0),
        level: joined('level', 1),
      },
      ...{ atRisk: joined('atRisk', 2), adopters: joined('adopters', 3), events: joined('events', 4) },
    };
    expect(fitLevels(longer)).toMatchObject({ coef: fitLevels(table).coef, events: fitLevels(table).events + 2 });
    for (const kind of ['everyone', 'alike'] as const) {
      expect(drawPlacebo(longer, kind, testStream(4), 20)).toEqual(drawPlacebo(table, kind, testStream(4), 20));
    }
  });

  test('adoptions dealt to two levels fall to them as the hypergeometric law has it', () => {
    // 3 of 10 at level 0 and 5 at level 1 adopt. Two or three of them stand at level 1 in (10 · 10 + 10) / 455 of all choices.
    const table = tableOf([0, 0, 10, 0, 1], [0, 1, 5, 0, 2]);
    const drawCount = 20_000;
    const { pValue } = drawPlacebo(table, 'everyone', testStream(6), drawCount);
    const expected = 110 / 455;
    expect(Math.abs(pValue - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / drawCount));
  });

  test('the same stream gives the same placebo, another one another', () => {
    const table = referenceTable();
    const draw = (seed: number): number => drawPlacebo(table, 'everyone', testStream(seed), 20).mean;
    expect(draw(5)).toBe(draw(5));
    expect(draw(5)).not.toBe(draw(6));
  });

  test('of events drawn at random a placebo calls one in twenty remarkable at p 0.05', () => {
    const stream = testStream(8);
    let found = 0;
    for (let world = 0; world < 200; world++) {
      const cells: [number, number, number, number, number][] = [];
      const setStart = [0];
      for (let set = 0; set < 40; set++) {
        const event = stream.below(30);
        const sizes = [15, 10, 5];
        const hit = event < 15 ? 0 : event < 25 ? 1 : 2;
        sizes.forEach((size, level) => cells.push([0, level, size, level === hit ? 1 : 0, level === hit ? 1 : 0]));
        setStart.push(cells.length);
      }
      const table = { ...tableOf(...cells), setStart };
      if (drawPlacebo(table, 'everyone', stream, 99).pValue <= 0.05) found++;
    }
    expect(found).toBeLessThanOrEqual(20);
    expect(found).toBeGreaterThanOrEqual(2);
  });
});
