/** The local models: quadratics are found exactly, noise is averaged, and a search with them comes nearer than its luckiest candidate. */
import { describe, expect, test } from 'vitest';
import { evolve } from '../../../analysis/estimators/evolutionary-search.ts';
import { fitSurrogate, leastPlace } from '../../../analysis/estimators/local-surrogate.ts';
import { testStream } from '../worlds.ts';

const target = [0.31, 0.77, 0.52];
const residualsAt = (x: readonly number[]): number[] => {
  const [a, b, c] = x.map((one, axis) => one - target[axis]);
  return [40 * (a + b), 30 * (a - b) + 20 * a * a, 25 * (c - a), 20 * b * c];
};

describe('leastPlace', () => {
  test('residuals that are quadratics have their least place found to rounding', () => {
    const stream = testStream(1);
    const evaluated = Array.from({ length: 60 }, () => {
      const position = target.map((x) => x + 0.1 * (stream.uniform() - 0.5));
      return { position, residuals: residualsAt(position) };
    });
    const surrogate = fitSurrogate(evaluated, [0.3, 0.75, 0.5], 0);
    if (surrogate === undefined) throw new TypeError('no model');
    leastPlace(surrogate, 0.15).forEach((x, axis) => expect(x).toBeCloseTo(target[axis], 6));
  });

  test('fewer positions than twice the coefficients give no model', () => {
    expect(fitSurrogate([{ position: [0, 0, 0], residuals: [1] }], [0, 0, 0], 0)).toBeUndefined();
  });
});

describe('evolve with residuals', () => {
  test('under noise of one unit the answer lies nearer to the planted place than the luckiest candidate, over ten seeds', async () => {
    let [answered, lucky] = [0, 0];
    for (let seed = 1; seed <= 10; seed++) {
      const noise = testStream(100 + seed);
      const known: number[][] = [];
      const search = await evolve(
        (positions) => {
          const found = positions.map((x) => residualsAt(x).map((one) => one + noise.normal()));
          known.push(...found);
          return Promise.resolve(found.map((all) => all.reduce((sum, one) => sum + one * one, 0)));
        },
        { dimension: 3, evaluations: 300, seed, residualsOf: (slot) => known[slot] },
      );
      const away = (x: readonly number[]): number => Math.hypot(...x.map((one, axis) => one - target[axis]));
      answered += away(search.answer);
      lucky += away(search.best.position);
    }
    expect(answered).toBeLessThan(lucky / 2);
  });
});
