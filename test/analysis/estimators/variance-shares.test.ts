/** Shares of variance beside closed forms: Ishigami's function, a sum, a product, and a constant. */
import { describe, expect, test } from 'vitest';
import { saltelliPoints, saltelliRows, varianceShares } from '../../../analysis/estimators/variance-shares.ts';
import { sobolPoints } from '../../../analysis/estimators/sobol-sequence.ts';
import { testStream } from '../worlds.ts';
import type { VarianceShares } from '../../../analysis/estimators/variance-shares.ts';

function sharesOf(f: (x: readonly number[]) => number, factors: number, rows: number, seed = 1): VarianceShares[] {
  const points = saltelliPoints(sobolPoints(2 * factors, rows, testStream(seed)), factors);
  return varianceShares(saltelliRows(points.map(f), factors), testStream(seed + 1), { replicateCount: 200 });
}

/** Ishigami and Homma 1990: sin x + a sin² y + b z⁴ sin x over [-π, π]³, a = 7, b = 0.1. */
const [a, b] = [7, 0.1];

function ishigami(unit: readonly number[]): number {
  const [x, y, z] = unit.map((one) => Math.PI * (2 * one - 1));
  return Math.sin(x) + a * Math.sin(y) ** 2 + b * z ** 4 * Math.sin(x);
}

/** Its parts of variance in closed form. */
function ishigamiShares(): { first: number[]; total: number[] } {
  const x = 0.5 * (1 + (b * Math.PI ** 4) / 5) ** 2;
  const y = (a * a) / 8;
  const xz = (b * b * Math.PI ** 8 * 8) / 225;
  const all = x + y + xz;
  return { first: [x / all, y / all, 0], total: [(x + xz) / all, y / all, xz / all] };
}

describe('varianceShares', () => {
  test('of Ishigami’s function lie within 0.02 of the closed form, and the intervals cover it', () => {
    const found = sharesOf(ishigami, 3, 2048);
    const { first, total } = ishigamiShares();
    expect(first[0]).toBeCloseTo(0.3139, 4);
    found.forEach((one, factor) => {
      expect(Math.abs(one.first.value - first[factor])).toBeLessThan(0.02);
      expect(Math.abs(one.total.value - total[factor])).toBeLessThan(0.02);
      expect(one.first.interval[0]).toBeLessThan(first[factor]);
      expect(one.first.interval[1]).toBeGreaterThan(first[factor]);
      expect(one.total.interval[0]).toBeLessThan(total[factor]);
      expect(one.total.interval[1]).toBeGreaterThan(total[factor]);
    });
  });

  test('of a sum: first order and total agree, and stand as the squares of the weights', () => {
    const found = sharesOf(([x, y]) => 3 * x + y, 2, 1024);
    expect(found.map(({ first }) => first.value)[0]).toBeCloseTo(0.9, 1);
    for (const { first, total } of found) expect(first.value).toBeCloseTo(total.value, 1);
  });

  test('a constant added to the result moves no share', () => {
    const plain = sharesOf(ishigami, 3, 128);
    const moved = sharesOf((x) => ishigami(x) + 1000, 3, 128);
    plain.forEach((one, factor) => {
      expect(moved[factor].first.value).toBeCloseTo(one.first.value, 6);
    });
  });

  test('of a product of centred factors: all of the variance is joint, none of first order', () => {
    for (const { first, total } of sharesOf(([x, y]) => (x - 0.5) * (y - 0.5), 2, 2048)) {
      expect(Math.abs(first.value)).toBeLessThan(0.1);
      expect(total.value).toBeCloseTo(1, 1);
    }
  });

  test('of a constant do not exist, and a row without a result is left out', () => {
    expect(sharesOf(() => 3, 2, 16)[0].first.value).toBeNaN();
    expect(sharesOf(([x, y]) => (x > 0.9 ? Number.NaN : x + y), 2, 64)[0].first.n).toBeLessThan(64);
  });
});
