/**
 * Diversity, mixing, resilience, errors of means: closed forms and lists.
 */
import { describe, expect, test } from 'vitest';
import {
  crossoverCorrelation,
  meanErrorVariance,
  simulatedErrorVariance,
} from '../../../analysis/estimators/averaged-error.ts';
import {
  categoryDiversity,
  channelsAtEqualCosine,
  channelsWithin,
  cosineOfChannels,
  effectiveChannels,
  gramOf,
  leaveOneOut,
  weightedChannels,
} from '../../../analysis/estimators/diversity.ts';
import { symmetricEigenvalues } from '../../../analysis/estimators/eigenvalues.ts';
import { graphFromEdges } from '../../../analysis/estimators/graph.ts';
import { groupJackknife } from '../../../analysis/estimators/group-jackknife.ts';
import { gini, lorenzCurve } from '../../../analysis/estimators/inequality.ts';
import { meanInterval } from '../../../analysis/estimators/interval.ts';
import { exposureDiversity, freemanSegregation, neighbourCorrelation } from '../../../analysis/estimators/mixing.ts';
import { resilienceOf, singleAgentResilience } from '../../../analysis/estimators/resilience.ts';
import { randomStream } from '../../../sim/ground/philox.ts';

const stream = (key: number) => randomStream(31, 6, key);

/** Jacobi's rotations until nothing is left beside the diagonal. */
function jacobi(matrix: Float64Array, n: number): number[] {
  const a = matrix.slice();
  for (let sweep = 0; sweep < 30; sweep++)
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p * n + q]) < 1e-300) continue;
        const theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[k * n + p], a[k * n + q]];
          a[k * n + p] = c * x - s * y;
          a[k * n + q] = s * x + c * y;
        }
        for (let k = 0; k < n; k++) {
          const [x, y] = [a[p * n + k], a[q * n + k]];
          a[p * n + k] = c * x - s * y;
          a[q * n + k] = s * x + c * y;
        }
      }
  return Array.from({ length: n }, (_, k) => a[k * n + k]).sort((x, y) => x - y);
}

describe('symmetricEigenvalues', () => {
  test.each([1, 2, 3, 8, 25])('%i rows: those that rotations find', (n) => {
    const s = stream(n);
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = s.normal();
    const found = symmetricEigenvalues(matrix, n);
    jacobi(matrix, n).forEach((one, k) => expect(found[k]).toBeCloseTo(one, 10));
  });
});

const orthonormal = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_2, k) => (i === k ? 1 : 0)));
const atCosine = (c: number): number[][] => [
  [1, 0],
  [c, Math.sqrt(1 - c * c)],
];

describe('effectiveChannels', () => {
  test('orthonormal rows n, equal rows 1, three and one 1.754765, two at cosine 0.5 and 0.9', () => {
    expect(effectiveChannels(gramOf(orthonormal(16)))).toBeCloseTo(16, 10);
    expect(
      effectiveChannels(
        gramOf([
          [2, 1],
          [4, 2],
          [6, 3],
        ]),
      ),
    ).toBeCloseTo(1, 10);
    expect(
      effectiveChannels(
        gramOf([
          [1, 0],
          [1, 0],
          [1, 0],
          [0, 1],
        ]),
      ),
    ).toBeCloseTo(1.754765, 6);
    expect(effectiveChannels(gramOf(atCosine(0.5)))).toBeCloseTo(1.754765, 6);
    expect(effectiveChannels(gramOf(atCosine(0.9)))).toBeCloseTo(1.2195906, 7);
  });
  test('sixteen rows at equal cosine: 1.759 at 0.9, and 2 at 0.872', () => {
    expect(channelsAtEqualCosine(16, 0.9)).toBeCloseTo(1.759, 3);
    expect(cosineOfChannels(16, 2)).toBeCloseTo(0.872, 3);
    const rows = orthonormal(17)
      .slice(0, 16)
      .map((row) => row.map((one, k) => (k === 16 ? Math.sqrt(0.9) : one * Math.sqrt(0.1))));
    expect(effectiveChannels(gramOf(rows))).toBeCloseTo(channelsAtEqualCosine(16, 0.9), 9);
  });
  test('rows of no length are left out and named', () => {
    expect(
      gramOf([
        [0, 0],
        [1, 0],
        [0, 2],
      ]).rows,
    ).toEqual([1, 2]);
  });
  test('leave-one-out: a row that says what another says adds less than one that says something else', () => {
    const shares = leaveOneOut(
      gramOf([
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
      ]),
    );
    expect(shares[2]).toBeGreaterThan(shares[0]);
    expect(shares[0]).toBeCloseTo(
      effectiveChannels(
        gramOf([
          [1, 0],
          [1, 0],
          [0, 1],
        ]),
      ) - 2,
      9,
    );
  });
  test('weights: of two orthogonal rows one at 0.3 leaves shares 1 and 0.09; within a group only its rows count', () => {
    const gram = gramOf(orthonormal(2));
    const [p, q] = [1 / 1.09, 0.09 / 1.09];
    expect(weightedChannels(gram, [1, 0.3])).toBeCloseTo(Math.exp(-p * Math.log(p) - q * Math.log(q)), 10);
    expect(channelsWithin(gramOf(orthonormal(5)), (row) => row < 3)).toBeCloseTo(3, 10);
  });
});

describe('categoryDiversity', () => {
  test('even categories have their number, one has one', () => {
    expect(categoryDiversity([5, 5, 5, 5]).effectiveNumber).toBeCloseTo(4, 10);
    expect(categoryDiversity([5, 5, 5, 5]).disagreement).toBeCloseTo(0.75, 10);
    expect(categoryDiversity([9, 0])).toEqual({ disagreement: 0, consensus: 1, effectiveNumber: 1 });
  });
});

describe('errors of means', () => {
  test('sixteen meet two at 7/15, and simulation gives the variance of the formula', () => {
    expect(crossoverCorrelation(16, 2)).toBeCloseTo(7 / 15, 12);
    expect(meanErrorVariance(16, 7 / 15)).toBeCloseTo(0.5, 12);
    expect(simulatedErrorVariance(4, 0.3, 20_000, stream(60))).toBeCloseTo(meanErrorVariance(4, 0.3), 1);
  });
});

describe('mixing', () => {
  const graph = (edges: readonly [number, number][], n: number) =>
    graphFromEdges(
      n,
      Int32Array.from(edges, ([a]) => a),
      Int32Array.from(edges, ([, b]) => b),
    ).graph;
  test('neighbourCorrelation: 1 where each follows its own like, -1 where its opposite, agents without ties left out', () => {
    expect(
      neighbourCorrelation(
        graph(
          [
            [0, 1],
            [1, 0],
            [2, 3],
            [3, 2],
          ],
          5,
        ),
        [1, 1, -1, -1, 100],
      ),
    ).toBeCloseTo(1, 12);
    expect(
      neighbourCorrelation(
        graph(
          [
            [0, 2],
            [1, 3],
            [2, 0],
            [3, 1],
          ],
          4,
        ),
        [1, 1, -1, -1],
      ),
    ).toBeCloseTo(-1, 12);
  });
  test('freemanSegregation: 1 within groups, 0 in a complete graph, below 0 across', () => {
    const all: [number, number][] = [0, 1, 2, 3].flatMap((a) =>
      [0, 1, 2, 3].filter((b) => b !== a).map((b): [number, number] => [a, b]),
    );
    expect(
      freemanSegregation(
        graph(
          [
            [0, 1],
            [2, 3],
          ],
          4,
        ),
        [0, 0, 1, 1],
        2,
      ),
    ).toBe(1);
    expect(freemanSegregation(graph(all, 4), [0, 0, 1, 1], 2)).toBeCloseTo(0, 12);
    expect(freemanSegregation(graph([[0, 2]], 4), [0, 0, 1, 1], 2)).toBeCloseTo(-0.5, 12);
  });
  test('exposureDiversity: one stance 0, all alike 1, too few nothing', () => {
    expect(Array.from(exposureDiversity([8, 0, 4, 4, 1, 0], 2, 4))).toEqual([0, 1, Number.NaN]);
  });
});

describe('resilienceOf', () => {
  const levels = Array.from({ length: 101 }, (_, k) => k / 100);
  test('a straight fall 0.5, 1 - p^2 2/3 up to the rule’s error, constant 1', () => {
    const of = (f: (p: number) => number) => resilienceOf({ levels, performance: levels.map(f) }, 0).resilience;
    expect(of((p) => 1 - p)).toBeCloseTo(0.5, 12);
    expect(Math.abs(of((p) => 1 - p * p) - 2 / 3)).toBeLessThan(2 / 12 / 100 ** 2 + 1e-12);
    expect(of(() => 0.4)).toBeCloseTo(1, 12);
  });
  test('one agent: (a + c) / 2a, 0.8125 and 0.656; the corrected index is 0 for who is right by chance alone', () => {
    expect(singleAgentResilience(0.8, 0.5)).toBeCloseTo(0.8125, 12);
    expect(singleAgentResilience(0.8, 0.25)).toBeCloseTo(0.65625, 12);
    const performance = levels.map((p) => 0.8 * (1 - p) + 0.5 * p);
    expect(resilienceOf({ levels, performance }, 0.5).resilience).toBeCloseTo(0.8125, 10);
    expect(resilienceOf({ levels, performance: levels.map(() => 0.5) }, 0.5)).toEqual({
      atStart: 0.5,
      resilience: 1,
      chanceCorrected: 0,
    });
  });
});

describe('inequality', () => {
  test('gini and the Lorenz curve of the page of estimators', () => {
    expect(gini([1, 2, 3, 4, 5])).toBeCloseTo(0.266667, 6);
    expect(gini([0, 0, 0, 1])).toBe(0.75);
    expect(lorenzCurve([1, 1, 2, 4], 4).map(({ held }) => held)).toEqual([0, 0.125, 0.25, 0.5, 1]);
  });
});

describe('groupJackknife', () => {
  test('of a mean with a group a value it is Student’s interval', () => {
    const values = Array.from(
      { length: 20 },
      (
        (s) => () =>
          s.normal()
      )(stream(70)),
    );
    const mean = (list: Float64Array): number => list.reduce((sum, one) => sum + one, 0) / list.length;
    const found = groupJackknife(values, mean, stream(71), 20);
    const expected = meanInterval(values);
    expect(found.interval[0]).toBeCloseTo(expected.interval[0], 10);
    expect(found.interval[1]).toBeCloseTo(expected.interval[1], 10);
  });
  test('the interval of a Gini coefficient covers it in at least 50 of 60 samples', () => {
    const covered = Array.from({ length: 60 }, (_, k) => {
      const s = stream(200 + k);
      const { interval } = groupJackknife(
        Array.from({ length: 300 }, () => s.exponential()),
        gini,
        s,
      );
      return interval[0] <= 0.5 && 0.5 <= interval[1];
    });
    expect(covered.filter(Boolean).length).toBeGreaterThanOrEqual(50);
  });
});
