/** Survival curves and the log-rank test against R survival, and on curves whose values are known by hand. */
import { describe, expect, test } from 'vitest';
import {
  kaplanMeier,
  survivalAt,
  survivalBefore,
  survivalQuantile,
} from '../../../analysis/estimators/kaplan-meier.ts';
import { logRankTest } from '../../../analysis/estimators/log-rank.ts';
import { survivalReference, survivalSets } from '../survival-sets.ts';
import { testStream } from '../worlds.ts';

const curves = survivalReference.curves.map((curve) => [curve.name, curve] as const);

/** R's numbers within 10^-9, and NaN where R has none. */
function expectColumn(found: ArrayLike<number>, expected: readonly (number | null)[]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, index) => {
    if (value === null) expect(found[index]).toBeNaN();
    else expect(Math.abs(found[index] - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
  });
}

describe('kaplanMeier', () => {
  test.each(curves)('%s: the whole curve, median and quartile are R’s', (_, reference) => {
    const set = survivalSets[reference.data];
    const take = (name: string): number[] => reference.rows.map((row) => set[name][row]);
    const columns = { stop: take('time'), event: take('event') };
    const late = reference.start === null ? columns : { ...columns, start: take(reference.start) };
    const curve = kaplanMeier(late, { scale: reference.scale });
    expectColumn(curve.time, reference.time);
    expectColumn(curve.atRisk, reference.atRisk);
    expectColumn(curve.survival, reference.survival);
    expectColumn(curve.standardError, reference.standardError);
    expectColumn(curve.lower, reference.lower);
    expectColumn(curve.upper, reference.upper);
    const median = survivalQuantile(curve);
    expectColumn([median.value, ...median.interval], reference.median);
    const quartile = survivalQuantile(curve, 0.25);
    expectColumn([quartile.value, ...quartile.interval], reference.quartile);
  });

  test('lung: the reference value 10 to its printed digits', () => {
    const { time, event, sex } = survivalSets['lung'];
    const curve = kaplanMeier({ stop: time, event });
    expect(survivalQuantile(curve)).toEqual({ value: 310, interval: [285, 363] });
    expect([100, 365, 500].map((at) => survivalAt(curve, at).value.toFixed(6))).toEqual([
      '0.863969',
      '0.409242',
      '0.293269',
    ]);
    const medianOf = (wanted: number): number => {
      const rows = sex.flatMap((value, row) => (value === wanted ? [row] : []));
      const columns = { stop: rows.map((row) => time[row]), event: rows.map((row) => event[row]) };
      return survivalQuantile(kaplanMeier(columns)).value;
    };
    expect([medianOf(1), medianOf(2)]).toEqual([270, 426]);
    const { statistic, pValue } = logRankTest({ stop: time, event, group: sex.map((one) => one - 1), groupCount: 2 });
    expect([statistic.toFixed(4), pValue.toFixed(6)]).toEqual(['10.3267', '0.001311']);
  });

  test('without censoring the curve is the share of rows still to come', () => {
    const stream = testStream(1);
    const stop = Array.from({ length: 200 }, () => stream.below(40));
    const curve = kaplanMeier({ stop, event: stop.map(() => 1) });
    curve.time.forEach((time, step) => {
      expect(curve.survival[step]).toBeCloseTo(stop.filter((value) => value > time).length / 200, 12);
    });
  });

  test('survivalQuantile: a curve that runs exactly at one half has its median in the middle of that stretch', () => {
    expect(survivalQuantile(kaplanMeier({ stop: [1, 2, 5, 6], event: [1, 1, 1, 1] })).value).toBe(3.5);
    expect(survivalQuantile(kaplanMeier({ stop: [1, 2, 5, 6], event: [1, 1, 0, 0] })).value).toBe(2);
    expect(survivalQuantile(kaplanMeier({ stop: [1, 2, 5], event: [1, 1, 1] })).value).toBe(2);
  });

  test('survivalAt: right-continuous, 1 before the first time, and unknown after the last censored one', () => {
    const curve = kaplanMeier({ stop: [2, 4, 6], event: [1, 1, 0] });
    const valueAt = (time: number): number => survivalAt(curve, time).value;
    expect([0, 2, 3.9, 6].map(valueAt)).toEqual([1, 2 / 3, 2 / 3, (2 / 3) * (1 / 2)]);
    expect(valueAt(6.1)).toBeNaN();
    expect([0, 2, 2.1, 6, 7].map((time) => survivalAt(curve, time).atRisk)).toEqual([3, 3, 2, 1, 0]);
    expect(survivalAt(kaplanMeier({ stop: [2, 4], event: [1, 1] }), 9).value).toBe(0);
    expect([2, 2.1].map(survivalBefore({ stop: [2, 4, 6], event: [1, 1, 0] }))).toEqual([1, 2 / 3]);
  });
});

describe('logRankTest', () => {
  test.each(survivalReference.tests.map((one) => [one.name, one] as const))(
    '%s: statistic, p value and expected events are R’s',
    (_, reference) => {
      const { time, event, [reference.by]: by } = survivalSets[reference.data];
      const rows = by.flatMap((value, row) => (Number.isNaN(value) ? [] : [row]));
      const levels = [...new Set(rows.map((row) => by[row]))].sort((a, b) => a - b);
      const take = (column: readonly number[]): number[] => rows.map((row) => column[row]);
      const group = rows.map((row) => levels.indexOf(by[row]));
      const grouped = { stop: take(time), event: take(event), group, groupCount: levels.length };
      const found = logRankTest(grouped, reference.rho);
      expectColumn([found.statistic, found.pValue], [reference.chisq, reference.p]);
      expectColumn(found.observed, reference.observed);
      expectColumn(found.expected, reference.expected);
      expect(found.degreesOfFreedom).toBe(levels.length - 1);
    },
  );

  test('one group has nothing to be tested against', () => {
    const found = logRankTest({ stop: [1, 2], event: [1, 1], group: [0, 0], groupCount: 1 });
    expect(found).toMatchObject({ statistic: 0, degreesOfFreedom: 0 });
    expect(found.pValue).toBeNaN();
  });

  test('groups of one law are told apart at 5 % in 2 to 9 % of 400 samples', () => {
    let rejected = 0;
    for (let sample = 0; sample < 400; sample++) {
      const stream = testStream(7000 + sample);
      const stop = Array.from({ length: 80 }, () => stream.exponential());
      const event = stop.map(() => (stream.below(4) > 0 ? 1 : 0));
      const group = stop.map((_, row) => row % 3);
      if (logRankTest({ stop, event, group, groupCount: 3 }).pValue < 0.05) rejected++;
    }
    expect(rejected / 400).toBeGreaterThan(0.02);
    expect(rejected / 400).toBeLessThan(0.09);
  });
});
