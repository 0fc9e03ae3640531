/** Parts done by workers that choose unseen: every choice listed, and the occupancy formula. */
import { expect, test } from 'vitest';
import { assignedChances, partsDone } from '../../../analysis/estimators/occupancy.ts';

/** Mean and variance over every choice of every worker. */
function byEnumeration(chances: readonly (readonly number[])[]): { mean: number; variance: number } {
  let [mean, square] = [0, 0];
  const visit = (worker: number, share: number, done: ReadonlySet<number>): void => {
    if (worker === chances.length) {
      mean += share * done.size;
      square += share * done.size ** 2;
      return;
    }
    const row = chances[worker];
    row.forEach((chance, part) => visit(worker + 1, share * chance, new Set([...done, part])));
    visit(worker + 1, share * (1 - row.reduce((sum, chance) => sum + chance, 0)), done);
  };
  visit(0, 1, new Set());
  return { mean, variance: square - mean ** 2 };
}

test('partsDone: every choice listed, unequal chances and idle workers included', () => {
  const chances = [
    assignedChances(4, 0, 0.5),
    assignedChances(4, 1, 0.2),
    [0.1, 0, 0.3, 0.2],
    assignedChances(4, 1, 1),
  ];
  const { mean, variance } = partsDone(chances);
  expect(mean).toBeCloseTo(byEnumeration(chances).mean, 12);
  expect(variance).toBeCloseTo(byEnumeration(chances).variance, 12);
});

test('partsDone: three even workers on three parts do 19/9 of them', () => {
  expect(partsDone([0, 1, 2].map((worker) => assignedChances(3, worker, 0))).mean).toBeCloseTo(19 / 9, 12);
  expect(partsDone([0, 1, 2].map((worker) => assignedChances(3, worker, 1)))).toEqual({ mean: 3, variance: 0 });
});
