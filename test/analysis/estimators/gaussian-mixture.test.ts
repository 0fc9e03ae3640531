/** Mixtures against scikit-learn on iris, and planted components. */
import { describe, expect, test } from 'vitest';
import { adjustedRand } from '../../../analysis/estimators/agreement.ts';
import { gaussianMixture } from '../../../analysis/estimators/gaussian-mixture.ts';
import { blobs, clusters, iris } from '../groups.ts';
import { testStream } from '../worlds.ts';

describe('gaussianMixture', () => {
  test.each(clusters.mixtures)(
    'iris, $k components: scikit-learn’s likelihood, BIC and labels',
    ({ k, ...reference }) => {
      const found = gaussianMixture(iris, k, testStream(k), { startCount: 10, tolerance: 1e-10, roundCountMax: 5000 });
      expect(found.isConverged).toBe(true);
      expect(found.logLikelihood).toBeCloseTo(reference.logLikelihood, 3);
      expect(found.bic).toBeCloseTo(reference.bic, 2);
      expect(found.aic).toBeCloseTo(reference.aic, 2);
      expect(adjustedRand(found.clustering.label, Int32Array.from(reference.label))).toBe(1);
      found.weights.sort((a, b) => a - b).forEach((weight, at) => expect(weight).toBeCloseTo(reference.weights[at], 4));
    },
  );

  test('BIC chooses the planted number of components', () => {
    const points = blobs(
      [
        [0, 0],
        [6, 0],
        [0, 6],
      ],
      80,
      1,
      testStream(2),
    );
    const bic = [1, 2, 3, 4, 5].map((k) => gaussianMixture(points, k, testStream(k), { startCount: 3 }).bic);
    expect(bic.indexOf(Math.min(...bic))).toBe(2);
  });

  test('equal rows do not take the likelihood to infinity', () => {
    const points = { count: 6, dimensionCount: 1, values: new Float64Array([1, 1, 1, 5, 5, 5]) };
    expect(gaussianMixture(points, 2, testStream(1), { startCount: 1 }).logLikelihood).toBeLessThan(100);
  });
});
