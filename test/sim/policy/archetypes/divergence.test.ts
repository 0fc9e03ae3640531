/**
 * Divergences and intervals beside scipy, and what chance gives beside draws.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { philoxStream } from './philox-stream.ts';
import {
  chanceDivergence,
  divergenceOf,
  meanInterval,
  wilsonInterval,
} from '../../../../sim/policy/archetypes/divergence.ts';

const reference = JSON.parse(readFileSync(new URL('../../../data/divergence.json', import.meta.url), 'utf8')) as {
  readonly divergences: readonly { readonly p: number[]; readonly q: number[]; readonly bits: number }[];
  readonly intervals: readonly {
    readonly k: number;
    readonly n: number;
    readonly interval: readonly [number, number];
  }[];
};

describe('divergenceOf', () => {
  it('is that of scipy within 1e-12, symmetric, and 0 for proportional counts', () => {
    for (const { p, q, bits } of reference.divergences) {
      expect(Math.abs(divergenceOf(p, q) - bits)).toBeLessThan(1e-12);
      expect(Math.abs(divergenceOf(q, p) - bits)).toBeLessThan(1e-12);
    }
    expect(divergenceOf([2, 4, 6], [1, 2, 3])).toBe(0);
    expect(divergenceOf([0, 0], [1, 2])).toBe(0);
  });

  it('of two samples of one distribution is on average what chanceDivergence says, within a tenth', () => {
    const uniform = philoxStream(5);
    const shares = [0.5, 0.2, 0.2, 0.1];
    const sample = (n: number): number[] => {
      const counts = shares.map(() => 0);
      for (let k = 0; k < n; k++) {
        let u = uniform();
        counts[shares.findIndex((share, choice) => (u -= share) < 0 || choice === 3)]++;
      }
      return counts;
    };
    let found = 0;
    let expected = 0;
    for (let round = 0; round < 600; round++) {
      const [p, q] = [sample(100), sample(60)];
      found += divergenceOf(p, q);
      expected += chanceDivergence(p, q, 100, 60);
    }
    expect(Math.abs(found / expected - 1)).toBeLessThan(0.1);
  });
});

describe('intervals', () => {
  it('wilsonInterval is that of scipy within 1e-9; without draws it is everything', () => {
    for (const { k, n, interval } of reference.intervals) {
      const [low, high] = wilsonInterval(k / n, n);
      expect(Math.abs(low - interval[0])).toBeLessThan(1e-9);
      expect(Math.abs(high - interval[1])).toBeLessThan(1e-9);
    }
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  });

  it('meanInterval is the mean with 1.96 standard errors, and everything for one answer', () => {
    const values = [0.2, 0.3, 0.4, 0.7];
    const mean = 0.4;
    const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 3);
    const square = values.reduce((sum, one) => sum + one * one, 0) / 4;
    const [low, high] = meanInterval(mean, square, 4);
    expect(low).toBeCloseTo(mean - (1.959963984540054 * spread) / 2, 12);
    expect(high).toBeCloseTo(mean + (1.959963984540054 * spread) / 2, 12);
    expect(meanInterval(0.4, 0.16, 1)).toEqual([0, 1]);
  });
});
