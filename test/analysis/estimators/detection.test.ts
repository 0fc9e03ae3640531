/** Detection: curves and areas against scikit-learn, DeLong's variance against its definition, thresholds by hand. */
import { describe, expect, test } from 'vitest';
import { areaUnderRoc, detectionAt, pointAtFalseAlarms, rocCurve } from '../../../analysis/estimators/detection.ts';
import { readReference } from '../worlds.ts';

interface Detector {
  score: number[];
  planted: number[];
  area: number;
  falseAlarm: number[];
  recall: number[];
  threshold: number[];
}
const { detectors } = readReference<{ detectors: Detector[] }>('roc-curves.json');

describe('rocCurve', () => {
  test('scikit-learn’s points, ties crossing together', () => {
    for (const { score, planted, falseAlarm, recall, threshold } of detectors) {
      const curve = rocCurve(score, planted);
      expect(curve.slice(1).map((point) => point.threshold)).toEqual(threshold);
      curve.forEach((point, k) => {
        expect(point.falseAlarmShare).toBeCloseTo(falseAlarm[k], 12);
        expect(point.recallShare).toBeCloseTo(recall[k], 12);
      });
    }
  });

  test('no curve without both kinds', () => {
    expect(rocCurve([1, 2], [true, true])).toEqual([]);
    expect(areaUnderRoc([1, 2], [false, false]).value).toBeNaN();
  });
});

describe('areaUnderRoc', () => {
  test('scikit-learn’s area, and the trapezoids of the curve', () => {
    for (const { score, planted, area } of detectors) {
      const curve = rocCurve(score, planted);
      const trapezoids = curve
        .slice(1)
        .reduce(
          (sum, to, k) =>
            sum + ((to.falseAlarmShare - curve[k].falseAlarmShare) * (to.recallShare + curve[k].recallShare)) / 2,
          0,
        );
      expect(areaUnderRoc(score, planted).value).toBeCloseTo(area, 12);
      expect(trapezoids).toBeCloseTo(area, 12);
    }
  });

  test('one half for equal scores, and a value without an interval where a kind has one case', () => {
    const { value, interval } = areaUnderRoc([1, 1, 1], [true, false, false]);
    expect([value, ...interval]).toEqual([0.5, Number.NaN, Number.NaN]);
  });

  test('DeLong’s interval from all pairs', () => {
    const { score, planted } = detectors[0];
    const of = (kind: number): number[] => score.filter((_, i) => planted[i] === kind);
    const wins = of(1).map((x) => of(0).map((y) => (x > y ? 1 : x === y ? 0.5 : 0)));
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    const spread = (values: number[]): number =>
      values.reduce((a, b) => a + (b - mean(values)) ** 2, 0) / (values.length - 1) / values.length;
    const rows = wins.map(mean);
    const columns = of(0).map((_, j) => mean(wins.map((row) => row[j])));
    const { value, interval } = areaUnderRoc(score, planted);
    expect(value - interval[0]).toBeCloseTo(1.959964 * Math.sqrt(spread(rows) + spread(columns)), 6);
  });
});

test('detectionAt: what scores the threshold itself is called planted', () => {
  const found = detectionAt([3, 2, 2, 1], [1, 0, 1, 0], 2);
  expect(found.counts).toEqual({ hits: 2, misses: 0, falseAlarms: 1, clean: 1 });
  expect(found.precision.value).toBeCloseTo(2 / 3, 12);
  expect(found.recall.value).toBe(1);
  expect(found.falseAlarm.value).toBe(0.5);
});

test('pointAtFalseAlarms: the most that is found for that many false alarms', () => {
  const curve = rocCurve([4, 3, 2, 1], [1, 0, 1, 0]);
  expect(pointAtFalseAlarms(curve, 0)?.recallShare).toBe(0.5);
  expect(pointAtFalseAlarms(curve, 0.5)?.recallShare).toBe(1);
  expect(pointAtFalseAlarms([], 0.5)).toBeUndefined();
});
