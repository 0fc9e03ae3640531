/** The random-intercept model against R lme4, the integral by brute force, and the plain logistic model at its edge. */
import { describe, expect, test } from 'vitest';
import { hermite, mixedLogit } from '../../../analysis/estimators/mixed-logit.ts';
import { groupsOfR } from '../groups.ts';
import { testStream } from '../worlds.ts';

type Reference = (typeof groupsOfR.mixed)[number];

const fitOf = ({ group, y, x, exposure, nodes }: Reference) =>
  mixedLogit(
    {
      group,
      outcome: y,
      covariates: [
        { name: 'x', values: x },
        { name: 'exposure', values: exposure },
      ],
    },
    nodes,
  );

describe('mixedLogit', () => {
  test.each(groupsOfR.mixed)('lme4 with $nodes nodes: coefficients, errors and the groups’ deviation', (reference) => {
    const found = fitOf(reference);
    expect(found).toMatchObject({ isConverged: true, warnings: [], n: reference.y.length });
    found.coefficients.forEach(({ coef, se }, at) => {
      expect(coef).toBeCloseTo(reference.coef[at], 5);
      expect(se).toBeCloseTo(reference.se[at], 5);
    });
    expect(found.groupDeviation).toBeCloseTo(reference.sigma, 5);
    expect(found.coefficients.map(({ name }) => name)).toEqual(['(intercept)', 'x', 'exposure']);
  });

  test.each(groupsOfR.mixed)(
    'the log likelihood is the sum of the groups’ integrals, by 4,000 trapezoids, $nodes nodes',
    (reference) => {
      const found = fitOf(reference);
      const [a, b, c] = found.coefficients.map(({ coef }) => coef);
      const eta = reference.x.map((x, row) => a + b * x + c * reference.exposure[row]);
      expect(found.logLikelihood).toBeCloseTo(bruteForce(reference, eta, found.groupDeviation), 5);
    },
  );

  test('rows in any order give the same fit', () => {
    const [reference] = groupsOfR.mixed;
    const order = reference.y.map((_, row) => row).sort((a, b) => ((a * 7) % 11) - ((b * 7) % 11));
    const taken = (values: number[]): number[] => order.map((row) => values[row]);
    const { group, x, exposure, y } = reference;
    const moved = fitOf({ ...reference, group: taken(group), x: taken(x), exposure: taken(exposure), y: taken(y) });
    expect(moved.coefficients[1].coef).toBeCloseTo(reference.coef[1], 5);
  });

  test('an outcome that x separates is said to run to infinity', () => {
    const values = Array.from({ length: 40 }, (_, row) => row - 19.5);
    const outcome = values.map((value) => (value > 0 ? 1 : 0));
    const { warnings } = mixedLogit({
      group: values.map((_, row) => row % 8),
      outcome,
      covariates: [{ name: 'x', values }],
    });
    expect(warnings.join()).toMatch(/runs to infinity|did not come to rest/);
  });

  test('groups that differ in nothing: the planted slope lies in its interval in 85 to 100 of 100 worlds', () => {
    const stream = testStream(12);
    let coveredCount = 0;
    for (let world = 0; world < 100; world++) {
      const values = Array.from({ length: 200 }, () => stream.normal());
      const outcome = values.map((value) => (stream.uniform() < 1 / (1 + Math.exp(-0.5 * value)) ? 1 : 0));
      const fitted = mixedLogit(
        { group: values.map((_, row) => row % 20), outcome, covariates: [{ name: 'x', values }] },
        7,
      );
      const [low, high] = fitted.coefficients[1].interval;
      if (low <= 0.5 && 0.5 <= high) coveredCount++;
    }
    expect(coveredCount).toBeGreaterThan(85);
  });
});

function bruteForce({ group, y }: Reference, eta: number[], sigma: number): number {
  const width = 20 / 4000;
  const sums = new Map<number, number>();
  for (const one of new Set(group)) {
    const rows = [...group.keys()].filter((row) => group[row] === one);
    let sum = 0;
    for (let u = -10; u <= 10; u += width) {
      let product = Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI);
      for (const row of rows) {
        const p = 1 / (1 + Math.exp(-(eta[row] + sigma * u)));
        product *= y[row] === 1 ? p : 1 - p;
      }
      sum += product * width;
    }
    sums.set(one, Math.log(sum));
  }
  return [...sums.values()].reduce((total, log) => total + log, 0);
}

describe('hermite', () => {
  test.each([1, 2, 5, 15, 40])('%i nodes integrate exp(-x²) times every power up to 2 n - 1', (nodeCount) => {
    const { places, weights } = hermite(nodeCount);
    let moment = Math.sqrt(Math.PI);
    for (let power = 0; power <= Math.min(20, 2 * nodeCount - 1); power += 2) {
      const sum = places.reduce((total, place, at) => total + weights[at] * place ** power, 0);
      expect(sum / moment).toBeCloseTo(1, 9);
      moment *= (power + 1) / 2;
    }
  });
});
