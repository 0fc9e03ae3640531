/**
 * Polarization of one number: values of the page of estimators, all pairs, all triples, and the dip beside linear programs.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dipOf, dipTest } from '../../../analysis/estimators/dip.ts';
import {
  bimodalityCoefficient,
  bimodalityThreshold,
  estebanRay,
  groupsOnScale,
  spreadOf,
  vanDerEijkAgreement,
} from '../../../analysis/estimators/polarization.ts';
import { normalQuantile } from '../../../sim/ground/detmath.ts';
import { randomStream } from '../../../sim/ground/philox.ts';

const stream = (key: number) => randomStream(11, 6, key);
const drawn = Array.from(
  { length: 60 },
  (
    (s) => () =>
      s.uniform() * 10
  )(stream(1)),
);

describe('spreadOf', () => {
  test('variance, range and mean pairwise difference are those of all pairs', () => {
    const pairs = drawn.flatMap((x, i) => drawn.slice(i + 1).map((y) => Math.abs(x - y)));
    const spread = spreadOf(drawn);
    expect(spread.meanPairwiseDifference).toBeCloseTo(pairs.reduce((sum, one) => sum + one, 0) / pairs.length, 10);
    const squares = drawn.flatMap((x) => drawn.map((y) => (x - y) ** 2));
    expect(spread.variance).toBeCloseTo(squares.reduce((sum, one) => sum + one, 0) / 2 / 3600, 10);
    expect(spread.range).toBe(Math.max(...drawn) - Math.min(...drawn));
  });
});

describe('estebanRay', () => {
  test('two poles 0.25, three even groups 4/27, nine to one 0.09', () => {
    expect(estebanRay({ shares: [0.5, 0.5], positions: [0, 1] })).toBeCloseTo(0.25, 12);
    expect(estebanRay({ shares: [1 / 3, 1 / 3, 1 / 3], positions: [0, 0.5, 1] })).toBeCloseTo(4 / 27, 12);
    expect(estebanRay({ shares: [0.9, 0.1], positions: [0, 1] })).toBeCloseTo(0.09, 12);
  });
  test('no distribution over ten groups is above two equal poles', () => {
    const s = stream(2);
    for (let k = 0; k < 200; k++) {
      const raw = Array.from({ length: 10 }, () => s.exponential() ** 3);
      const total = raw.reduce((sum, one) => sum + one, 0);
      const shares = raw.map((one) => one / total);
      expect(estebanRay({ shares, positions: shares.map((_, i) => i / 9) })).toBeLessThan(0.25);
    }
  });
  test('alpha 1.6 on two poles is 2^-1.6 / 2 and 2 is refused', () => {
    expect(estebanRay({ shares: [0.5, 0.5], positions: [0, 1] }, 1.6)).toBeCloseTo(0.5 ** 2.6, 10);
    expect(() => estebanRay({ shares: [1], positions: [0] }, 2)).toThrow('alpha');
  });
  test('groupsOnScale puts both ends of the scale on 0 and 1', () => {
    const { shares, positions } = groupsOnScale([-100, -99, 100, 0], -100, 100, 10);
    expect([shares[0], shares[9], positions[0], positions[9]]).toEqual([0.5, 0.25, 0, 1]);
  });
});

describe('bimodalityCoefficient', () => {
  const oneTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  test('values of the page of estimators, above and below 5/9', () => {
    expect(bimodalityCoefficient(oneTo(100).map((i) => i % 2))).toBeCloseTo(0.950695, 6);
    expect(bimodalityCoefficient(oneTo(101))).toBeCloseTo(0.5285, 6);
    expect(bimodalityCoefficient(oneTo(999).map((i) => normalQuantile((i + 0.5) / 999)))).toBeCloseTo(0.334761, 6);
    expect(bimodalityThreshold).toBeCloseTo(0.5556, 4);
  });
  test('no spread, no coefficient', () => {
    expect(bimodalityCoefficient([2, 2, 2, 2, 2])).toBeNaN();
  });
});

describe('vanDerEijkAgreement', () => {
  test('one category 1, spread evenly 0, both ends -1', () => {
    expect(vanDerEijkAgreement([0, 0, 30, 0, 0, 0, 0])).toBe(1);
    expect(vanDerEijkAgreement([5, 5, 5, 5, 5, 5, 5])).toBe(0);
    expect(vanDerEijkAgreement([50, 0, 0, 0, 0, 0, 50])).toBeCloseTo(-1, 12);
  });
  test('a layer’s triples are those of all i < j < k', () => {
    const s = stream(3);
    for (let round = 0; round < 50; round++) {
      const pattern = Array.from({ length: 7 }, () => s.below(2));
      const covered = pattern.reduce((sum, one) => sum + one, 0);
      if (covered < 2 || covered === 7) continue;
      let [forOne, against] = [0, 0];
      for (let i = 0; i < 7; i++)
        for (let j = i + 1; j < 7; j++)
          for (let k = j + 1; k < 7; k++) {
            const triple = `${pattern[i]}${pattern[j]}${pattern[k]}`;
            if (triple === '110' || triple === '011') forOne++;
            if (triple === '101') against++;
          }
      const u = (5 * forOne - 6 * against) / (5 * (forOne + against));
      expect(vanDerEijkAgreement(pattern)).toBeCloseTo(u * (1 - (covered - 1) / 6), 12);
    }
  });
});

describe('dipOf', () => {
  const cases = JSON.parse(readFileSync(new URL('../../data/dip.json', import.meta.url), 'utf8')) as {
    name: string;
    values: number[];
    dip: number;
  }[];
  test.each(cases.map((one) => [one.name, one] as const))(
    '%s: as the linear programs find it',
    (_, { values, dip }) => {
      expect(dipOf(values)).toBeCloseTo(dip, 8);
    },
  );
  test('dipTest: two heaps are told from one, ties of a grid are not taken for modes', () => {
    const s = stream(4);
    const two = Array.from({ length: 200 }, (_, i) => s.normal() + (i % 2) * 6);
    const grid = { least: 0, step: 1, placeCount: 11 };
    const even = Array.from({ length: 300 }, () => s.below(11));
    expect(dipTest(two, stream(5), 99).pValue).toBe(0.01);
    expect(dipTest(even, stream(6), 99, grid).pValue).toBeGreaterThan(0.05);
    expect(dipTest(even, stream(6), 99).pValue).toBe(0.01);
  });
});
