/** The search: minima that are known, and what the evaluator cannot change. */
import { describe, expect, test } from 'vitest';
import { evolve, searchAtRandom } from '../../../analysis/estimators/evolutionary-search.ts';
import type { Evaluate } from '../../../analysis/estimators/evolutionary-search.ts';

const target = [0.31, 0.77, 0.52];

/** A long narrow valley across the axes, with its bottom at `target`. */
function valley(x: readonly number[]): number {
  const [a, b, c] = x.map((one, axis) => one - target[axis]);
  return (a + b) ** 2 + 10 * (a - b) ** 2 + 3 * (c - a) ** 2;
}

const evaluating =
  (f: (x: readonly number[]) => number): Evaluate =>
  (positions) =>
    Promise.resolve(positions.map(f));

describe('evolve', () => {
  test('finds the bottom of a narrow valley in 300 evaluations, from every one of ten seeds', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { best, candidates } = await evolve(evaluating(valley), { dimension: 3, evaluations: 300, seed });
      expect(candidates).toHaveLength(300);
      best.position.forEach((x, axis) => expect(Math.abs(x - target[axis])).toBeLessThan(0.01));
    }
  });

  test('comes nearer than draws from the prior with the same budget and the same cold start', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const options = { dimension: 3, evaluations: 200, seed };
      const evolved = await evolve(evaluating(valley), options);
      const drawn = await searchAtRandom(evaluating(valley), options);
      expect(drawn.candidates.slice(0, 28)).toEqual(evolved.candidates.slice(0, 28));
      expect(evolved.best.loss).toBeLessThan(drawn.best.loss / 2);
    }
  });

  test('two basins: the search ends in the deeper one, though the cold start’s best lies in the other', async () => {
    const basins = ([x, y]: readonly number[]): number =>
      Math.min((x - 0.2) ** 2 + (y - 0.2) ** 2 + 0.02, 6 * ((x - 0.8) ** 2 + (y - 0.8) ** 2));
    const { best } = await evolve(evaluating(basins), { dimension: 2, evaluations: 300, seed: 3 });
    expect(best.position[0]).toBeCloseTo(0.8, 2);
  });

  test('the order in which losses are found changes nothing, and a minimum on the rim is reached', async () => {
    const rim = ([x, y]: readonly number[]): number => x + (1 - y);
    const late: Evaluate = async (positions) => {
      const found = new Array<number>(positions.length);
      const waits = positions.map(async (x, at) => {
        await new Promise((resolve) => setTimeout(resolve, (at * 7) % 5));
        found[at] = rim(x);
      });
      await Promise.all(waits);
      return found;
    };
    const options = { dimension: 2, evaluations: 120, seed: 5 };
    const search = await evolve(late, options);
    expect(search).toEqual(await evolve(evaluating(rim), options));
    expect(search.best.loss).toBeLessThan(0.01);
  });

  test('positions without a loss count as the worst', async () => {
    const half = (x: readonly number[]): number => (x[0] < 0.5 ? Number.NaN : valley(x));
    const { best } = await evolve(evaluating(half), { dimension: 3, evaluations: 200, seed: 2 });
    expect(best.position[0]).toBeGreaterThanOrEqual(0.5);
    expect(Number.isFinite(best.loss)).toBe(true);
  });
});
