/** Effect sizes against scipy and R, and their limits. Coverage at full size: `test/check/coverage-groups.ts`. */
import { describe, expect, test } from 'vitest';
import {
  cliffsDelta,
  cohenD,
  cohenDAgainst,
  cohenDInterval,
  hedgesFactor,
  hedgesGInterval,
  welchTest,
} from '../../../analysis/estimators/effect-size.ts';
import { noncentralTBelow } from '../../../analysis/estimators/noncentral-t.ts';
import { studentTail } from '../../../analysis/estimators/special-functions.ts';
import { effectCoverage } from '../../check/coverage-groups.ts';
import { groups, groupsOfR } from '../groups.ts';
import { testStream } from '../worlds.ts';

describe('noncentralTBelow', () => {
  test.each(groupsOfR.noncentral)('R’s pt($t, $degreesOfFreedom, $noncentrality)', (reference) => {
    const { t, degreesOfFreedom, noncentrality, below } = reference;
    expect(noncentralTBelow(t, degreesOfFreedom, noncentrality)).toBeCloseTo(below, 9);
  });

  test('without noncentrality it is Student’s t', () => {
    for (const t of [-3, -0.2, 0, 1, 8]) {
      for (const degrees of [1, 2.5, 30, 1e4]) {
        expect(noncentralTBelow(t, degrees, 0)).toBeCloseTo(1 - studentTail(t, degrees), 11);
      }
    }
  });
});

describe('cohenDInterval', () => {
  test.each(groupsOfR.intervals)('R’s ends for d = $d of $first and $second', ({ d, first, second, interval }) => {
    const one = sampleWith(first, d);
    const other = sampleWith(second, 0);
    const found = cohenDInterval(one, other);
    expect(found.value).toBeCloseTo(d, 12);
    expect(found.interval[0]).toBeCloseTo(interval[0], 7);
    expect(found.interval[1]).toBeCloseTo(interval[1], 7);
  });

  test.each(['small', 'middle'] as const)('%s sample: the value of numpy', (name) => {
    expect(cohenD(groups[name].first, groups[name].second)).toBeCloseTo(groups[name].cohenD, 12);
  });

  test('constant groups have no interval', () => {
    expect(cohenDInterval([1, 1], [1, 1]).value).toBeNaN();
    expect(cohenDInterval([2, 2], [1, 1])).toEqual({ value: Infinity, interval: [NaN, NaN], n: 4 });
  });

  test('95 % intervals of d and delta cover within 93 to 97 in 100 over 400 worlds, give or take two errors', () => {
    const { cohenD: d, hedgesG: g, cliffsDelta: delta } = effectCoverage({ worldCount: 400, seed: 3 });
    for (const share of [d, g, delta]) {
      expect(share).toBeGreaterThan(0.93 - 0.02);
      expect(share).toBeLessThan(0.97 + 0.02);
    }
  });
});

/** Values of variance exactly 1 and the given mean. */
function sampleWith(count: number, mean: number): Float64Array {
  const raw = Float64Array.from({ length: count }, (_, at) => Math.sin(3 * at + 1));
  const centre = raw.reduce((sum, value) => sum + value, 0) / count;
  const spread = Math.sqrt(raw.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (count - 1));
  return raw.map((value) => mean + (value - centre) / spread);
}

describe('cohenDAgainst', () => {
  // R: uniroot over pt(d * sqrt(n), n - 1, ncp), divided by sqrt(n).
  test.each([
    { d: -0.88, n: 164, interval: [-1.05938347303, -0.698637589398] },
    { d: 0.5, n: 8, interval: [-0.254334975036, 1.2237357134] },
    { d: 2, n: 20, interval: [1.22294610212, 2.75947813781] },
  ])('R’s ends for d = $d of $n values', ({ d, n, interval }) => {
    const found = cohenDAgainst(
      sampleWith(n, d).map((value) => value + 7),
      7,
    );
    expect(found.value).toBeCloseTo(d, 12);
    expect(found.interval[0]).toBeCloseTo(interval[0], 7);
    expect(found.interval[1]).toBeCloseTo(interval[1], 7);
  });

  test('a constant group has no interval', () => {
    expect(cohenDAgainst([1, 1, 1], 1).value).toBeNaN();
  });
});

describe('hedgesFactor', () => {
  test('Γ(1) / Γ(1/2) at 2 degrees, Γ(3/2) / (√1.5 Γ(1)) at 3, and no step where the series takes over', () => {
    expect(hedgesFactor(2)).toBeCloseTo(1 / Math.sqrt(Math.PI), 12);
    expect(hedgesFactor(3)).toBeCloseTo(Math.sqrt(Math.PI) / 2 / Math.sqrt(1.5), 12);
    expect(Math.abs(hedgesFactor(100_001) - hedgesFactor(100_000))).toBeLessThan(1e-9);
  });

  test('g is unbiased: its mean over 4,000 worlds of 2 × 5 values is the planted 0.8 within four errors', () => {
    const stream = testStream(6);
    let sum = 0;
    for (let world = 0; world < 4000; world++) {
      const first = Float64Array.from({ length: 5 }, () => 0.8 + stream.normal());
      const second = Float64Array.from({ length: 5 }, () => stream.normal());
      sum += cohenD(first, second);
    }
    const error = 0.75 / Math.sqrt(4000);
    expect(Math.abs((hedgesFactor(8) * sum) / 4000 - 0.8)).toBeLessThan(4 * error);
    expect(sum / 4000 - 0.8).toBeGreaterThan(0.03);
    expect(hedgesGInterval([1, 2, 3], [2, 3, 5]).value).toBeCloseTo(hedgesFactor(4) * cohenD([1, 2, 3], [2, 3, 5]), 12);
  });
});

describe('welchTest', () => {
  test.each(['small', 'middle'] as const)('%s sample: scipy’s t and p', (name) => {
    const { t, pValue } = welchTest(groups[name].first, groups[name].second);
    expect(t).toBeCloseTo(groups[name].t, 10);
    expect(pValue).toBeCloseTo(groups[name].welchP, 10);
  });

  test('groups without variance have a difference and no p', () => {
    const { value, pValue } = welchTest([2, 2], [1, 1]);
    expect(value).toBe(1);
    expect(pValue).toBeNaN();
  });
});

describe('cliffsDelta', () => {
  test('the double sum over pairs, ties included', () => {
    const stream = testStream(2);
    for (let world = 0; world < 20; world++) {
      const first = Int32Array.from({ length: 3 + world }, () => stream.below(6));
      const second = Int32Array.from({ length: 25 - world }, () => stream.below(5));
      let sum = 0;
      for (const x of first) for (const y of second) sum += Math.sign(x - y);
      const { value, interval } = cliffsDelta(first, second);
      expect(value).toBeCloseTo(sum / first.length / second.length, 12);
      expect(interval[0]).toBeLessThanOrEqual(value);
      expect(interval[1]).toBeGreaterThanOrEqual(value);
    }
  });

  test('groups that do not overlap: 1, with a near end below it', () => {
    const { value, interval } = cliffsDelta([4, 5, 6, 7, 8, 9], [1, 2, 3]);
    expect(value).toBe(1);
    expect(interval[0]).toBeLessThan(0.5);
    expect(interval[1]).toBe(1);
    expect(cliffsDelta([1, 2, 3], [4, 5, 6, 7, 8, 9]).interval[1]).toBeCloseTo(-interval[0], 12);
  });
});
