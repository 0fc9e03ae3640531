/** R: children counted one by one, planted branching processes, coverage of its interval; and mean curves against each cascade's own. */
import { describe, expect, test } from 'vitest';
import { cascadeCurves } from '../../../analysis/estimators/cascade.ts';
import { meanCurves } from '../../../analysis/estimators/cascade-curves.ts';
import { reproductionOf } from '../../../analysis/estimators/reproduction.ts';
import { testStream } from '../worlds.ts';
import type { SharingColumns } from '../../../analysis/estimators/cascade.ts';
import type { RandomStream } from '../../../sim/ground/philox.ts';

/** Cascades in which every sharer is followed by Poisson(mean) others, level by level, each half an hour or so later. */
function branching(cascadeCount: number, mean: number, stream: RandomStream): SharingColumns {
  const parent: number[] = [];
  const hours: number[] = [];
  const limit = Math.exp(-mean);
  for (let cascade = 0; cascade < cascadeCount; cascade++) {
    let level = [parent.push(-1) - 1];
    hours.push(stream.uniform() * 20);
    while (level.length > 0) {
      const next: number[] = [];
      for (const sharer of level) {
        for (let product = stream.uniform(); product > limit; product *= stream.uniform()) {
          next.push(parent.push(sharer) - 1);
          hours.push(hours[sharer] + stream.uniform());
        }
      }
      level = next;
    }
  }
  const author = Int32Array.from(parent, () => stream.below(60));
  return { parent: Int32Array.from(parent), author, timeHours: Float64Array.from(hours) };
}

describe('reproductionOf', () => {
  test('children counted one by one: of roots, of later shares, by generation', () => {
    const { parent } = branching(200, 0.7, testStream(1));
    const { overall, seed, later, byGeneration } = reproductionOf(parent);
    const children = new Int32Array(parent.length);
    for (const above of parent) if (above >= 0) children[above]++;
    const mean = (rows: number[]): number => rows.reduce((sum, row) => sum + children[row], 0) / rows.length;
    const all = Array.from(parent.keys());
    expect(overall.value).toBeCloseTo(mean(all), 12);
    expect(seed.value).toBeCloseTo(mean(all.filter((row) => parent[row] < 0)), 12);
    expect(later.value).toBeCloseTo(mean(all.filter((row) => parent[row] >= 0)), 12);
    expect(byGeneration.reduce((sum, { shares }) => sum + shares, 0)).toBe(parent.length);
    expect(byGeneration[0]).toEqual({ shares: 200, mean: seed.value });
    expect(byGeneration.at(-1)?.mean).toBe(0);
  });

  test('planted R of 0.3 and 0.6: 95 % intervals over cascades cover it in 91 to 98 of 100 of 500 worlds', () => {
    for (const planted of [0.3, 0.6]) {
      let covered = 0;
      for (let world = 0; world < 500; world++) {
        const [low, high] = reproductionOf(branching(150, planted, testStream(900 + world)).parent).overall.interval;
        if (low <= planted && planted <= high) covered++;
      }
      expect(covered).toBeGreaterThanOrEqual(455);
      expect(covered).toBeLessThanOrEqual(490);
    }
  });

  test('posts that nobody shared: R is 0, and later shares have none', () => {
    const { overall, later } = reproductionOf(Int32Array.of(-1, -1, -1));
    expect(overall.value).toBe(0);
    expect(later.value).toBeNaN();
    expect(reproductionOf(new Int32Array(0)).overall.value).toBeNaN();
  });
});

describe('meanCurves', () => {
  test('the mean of the curves of each cascade that was watched for all minutes', () => {
    for (let world = 0; world < 20; world++) {
      const columns = branching(60, 0.8, testStream(40 + world));
      const options = { minuteCount: 90, endHours: 18 };
      const found = meanCurves(columns, options);
      const sizes = new Map<number, number>();
      const rootOf = Int32Array.from(columns.parent);
      columns.parent.forEach((above, row) => {
        rootOf[row] = above < 0 ? row : rootOf[above];
        sizes.set(rootOf[row], (sizes.get(rootOf[row]) ?? 0) + 1);
      });
      const roots = [...sizes].filter(([root, size]) => size > 1 && columns.timeHours[root] <= 18 - 89 / 60);
      const curves = roots.map(([root]) => cascadeCurves(columns, root, 90));
      expect(found.cascadeCount).toBe(curves.length);
      for (const name of ['scale', 'depth', 'maxBreadth'] as const) {
        const mean = Float64Array.from(
          { length: 90 },
          (_, m) => curves.reduce((sum, one) => sum + one[name][m], 0) / curves.length,
        );
        found[name].forEach((value, m) => expect(value).toBeCloseTo(mean[m], 10));
      }
      const last = curves.map((one) => one.scale[89]);
      const centre = last.reduce((sum, one) => sum + one, 0) / last.length;
      const variance = last.reduce((sum, one) => sum + (one - centre) ** 2, 0) / (last.length - 1);
      expect(found.scaleError[89]).toBeCloseTo(Math.sqrt(variance / last.length), 10);
    }
  });
});
