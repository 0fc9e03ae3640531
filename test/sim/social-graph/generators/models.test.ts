/** Every generator at a thousand agents beside theory or a library's graphs: `npm run check -- --only 5.4` has the same at a million. */
import { describe, expect, test } from 'vitest';
import { wattsStrogatzGraph } from '../../../../sim/social-graph/generators/watts-strogatz.ts';
import { modelCases } from './model-cases.ts';
import { compareModel, pLeast, textOf } from './model-comparison.ts';
import * as theory from './theory.ts';

describe('a thousand agents', () => {
  test.each(modelCases('thousand').map((model) => [model.name, model] as const))(
    'generators: %s has the degree tail, clustering, path length and homophily of its theory or its twin',
    (_, model) => {
      for (const comparison of compareModel(model, 10)) {
        if (comparison.pValue === undefined) continue;
        expect(comparison.pValue, `${comparison.quantity} ${textOf(comparison)}`).toBeGreaterThan(pLeast);
      }
    },
  );

  test('compareModel: graphs of another model are seen', () => {
    const [random, attached] = modelCases('thousand');
    const off = compareModel({ ...attached, measure: random.measure }, 10).map(({ pValue = 1 }) => pValue);
    expect(off.slice(0, 3).every((p) => p < pLeast)).toBe(true);
  });
});

describe('theory', () => {
  test('binomialTail, poissonTail: as scipy has them', () => {
    expect(theory.binomialTail(16, 999, 8 / 999)).toBeCloseTo(0.007979386604585489, 10);
    expect(theory.poissonTail(16, 8)).toBeCloseTo(0.008231010986844851, 10);
    expect(theory.binomialTail(0, 9, 0.3)).toBe(1);
  });

  test('smallWorldTail: with nothing rewired everybody has K, and the mean over many is K', () => {
    const ring = { neighbourCount: 10, rewiredShare: 0 };
    expect([10, 11].map((least) => theory.smallWorldTail(least, { ...ring, rewiredShare: 1e-9 }))).toEqual([
      expect.closeTo(1, 6),
      expect.closeTo(0, 6),
    ]);
    const rewired = { neighbourCount: 10, rewiredShare: 0.3 };
    let mean = 0;
    for (let least = 1; least < 60; least++) mean += theory.smallWorldTail(least, rewired);
    expect(mean).toBeCloseTo(10, 6);
    expect(theory.smallWorldTransitivity(ring)).toBeCloseTo(2 / 3, 12);
    expect(wattsStrogatzGraph(1, 50, { ...ring, reciprocatedShare: 1 }).followee.length).toBe(500);
  });

  test('blockTransitivity, blockOwnShare: of one block the density of tied pairs, and all ties', () => {
    const one = { sizes: [1000], density: [[0.01]] };
    expect(theory.blockTransitivity(one)).toBeCloseTo(1 - 0.99 ** 2, 12);
    expect(theory.blockOwnShare(one)).toBe(1);
    const halves = { sizes: [500, 500], density: [[0.01, 0.01], [0.01, 0.01]] }; // prettier-ignore
    expect(theory.blockTransitivity(halves)).toBeCloseTo(1 - 0.99 ** 2, 12);
    expect(theory.blockOwnShare(halves)).toBeCloseTo(499 / 999, 12);
  });
});
