/** Matching against a search over all controls; the test against scipy's exact one; false positives where nothing differs. */
import { describe, expect, test } from 'vitest';
import { compareMatched, matchUnits } from '../../../analysis/estimators/matched-sets.ts';
import { readReference, testStream } from '../worlds.ts';
import type { MatchedSet, MatchedUnits, MatchRule } from '../../../analysis/estimators/matched-sets.ts';

const { cases } = readReference<{
  cases: { treated: number[]; control: number[]; pValue: number; interval: [number, number] }[];
}>('matched.json');

/** The same rule, every free control looked at for every unit. */
function matchSlowly({ isTreated, stratum, size, time }: MatchedUnits, rule: MatchRule): MatchedSet[] {
  const rows = Array.from(isTreated.keys());
  const byTime = (a: number, b: number): number => time[a] - time[b] || a - b;
  const sets = rows
    .filter((row) => isTreated[row] === 1)
    .sort(byTime)
    .map((treated) => ({ treated, controls: [] as number[] }));
  const free = new Set(rows.filter((row) => isTreated[row] === 0));
  for (let round = 0; round < rule.controlsMax; round++) {
    for (const { treated, controls } of sets) {
      if (controls.length < round) continue;
      const fitting = [...free].filter(
        (row) =>
          stratum[row] === stratum[treated] &&
          Math.abs(size[row] - size[treated]) <= rule.sizeSlack &&
          Math.abs(time[row] - time[treated]) <= (rule.timeSlack ?? Infinity),
      );
      const far = (row: number): number[] => [Math.abs(size[row] - size[treated]), Math.abs(time[row] - time[treated])];
      fitting.sort((a, b) => far(a)[0] - far(b)[0] || far(a)[1] - far(b)[1]);
      if (fitting.length === 0) continue;
      controls.push(fitting[0]);
      free.delete(fitting[0]);
    }
  }
  return sets.filter(({ controls }) => controls.length > 0);
}

function unitsOf(seed: number, count: number): MatchedUnits {
  const stream = testStream(seed);
  return {
    isTreated: Uint8Array.from({ length: count }, () => (stream.uniform() < 0.25 ? 1 : 0)),
    stratum: Int32Array.from({ length: count }, () => stream.below(3)),
    size: Int32Array.from({ length: count }, () => 1 + stream.below(9)),
    time: Float64Array.from({ length: count }, () => stream.uniform() * 100),
  };
}

describe('matchUnits', () => {
  test('200 seeded populations: the sets of the search over all controls', () => {
    for (let seed = 0; seed < 200; seed++) {
      const units = unitsOf(seed, 40);
      const rule = { sizeSlack: seed % 3, controlsMax: 1 + (seed % 4), ...(seed % 2 === 0 ? {} : { timeSlack: 15 }) };
      expect(matchUnits(units, rule)).toEqual(matchSlowly(units, rule));
    }
  });

  test('no control stands in two sets, and each unit gets a first before any gets a second', () => {
    const sets = matchUnits(unitsOf(7, 400), { sizeSlack: 1, controlsMax: 5 });
    const controls = sets.flatMap((set) => set.controls);
    expect(new Set(controls).size).toBe(controls.length);
    const scarce = {
      isTreated: Uint8Array.of(1, 1, 0, 0),
      stratum: new Int32Array(4),
      size: new Int32Array(4),
      time: Float64Array.of(0, 9, 1, 2),
    };
    expect(matchUnits(scarce, { sizeSlack: 0, controlsMax: 2 })).toEqual([
      { treated: 0, controls: [2] },
      { treated: 1, controls: [3] },
    ]);
  });
});

describe('compareMatched', () => {
  test.each(cases)(
    'pairs: scipy’s exact p $pValue within four errors, and the interval of paired differences',
    (reference) => {
      const { treated, control, pValue, interval } = reference;
      const outcome = [...treated, ...control];
      const sets = treated.map((_, at) => ({ treated: at, controls: [treated.length + at] }));
      const drawCount = 20_000;
      const found = compareMatched(sets, outcome, testStream(3), drawCount);
      expect(Math.abs(found.pValue - pValue)).toBeLessThan(
        4 * Math.sqrt((pValue * (1 - pValue)) / drawCount) + 1 / drawCount,
      );
      expect(found.difference.interval[0]).toBeCloseTo(interval[0], 9);
      expect(found.difference.interval[1]).toBeCloseTo(interval[1], 9);
    },
  );

  test('equal outcomes have no p: no draw changes anything', () => {
    expect(compareMatched([{ treated: 0, controls: [1, 2] }], [1, 1, 1], testStream(1), 99).pValue).toBeNaN();
  });

  test('without a difference p lies below 5 % in 3 to 7 of 100 of 600 worlds, one control or several, whatever sets differ by', () => {
    let hits = 0;
    for (let world = 0; world < 600; world++) {
      const stream = testStream(5000 + world);
      const outcome: number[] = [];
      const sets = Array.from({ length: 15 }, () => {
        const level = 5 * stream.normal();
        const [treated, ...controls] = Array.from(
          { length: 2 + stream.below(4) },
          () => outcome.push(level + stream.normal()) - 1,
        );
        return { treated, controls };
      });
      if (compareMatched(sets, outcome, stream, 199).pValue <= 0.05) hits++;
    }
    expect(hits).toBeGreaterThanOrEqual(18);
    expect(hits).toBeLessThanOrEqual(42);
  });
});
