/** Herding of Lakonishok, Shleifer and Vishny: printed adjustments, its bias with n, and worlds without and with herding. */
import { expect, test } from 'vitest';
import { binomialDistribution } from '../../../analysis/estimators/binomial.ts';
import { lsvAdjustment, lsvHerding } from '../../../analysis/estimators/lsv-herding.ts';
import { testStream } from '../worlds.ts';

test('lsvAdjustment: 0.123047 at ten actors and one half', () => {
  expect(lsvAdjustment(10, 0.5)).toBeCloseTo(0.123047, 6);
});

test('lsvAdjustment: the normal that stands for many actors differs by less than 1e-4', () => {
  const exact = binomialDistribution(2000, 0.4).reduce((sum, mass, k) => sum + mass * Math.abs(k / 2000 - 0.4), 0);
  expect(lsvAdjustment(2001, 0.4)).toBeCloseTo(exact, 4);
});

test('H of things whose true share lies 0.1 off is 0.015, 0.024 and 0.049 at 5, 10 and 50 actors: compare at equal n', () => {
  const expected = [5, 10, 50].map((n) => {
    const mass = binomialDistribution(n, 0.6);
    return mass.reduce((sum, one, k) => sum + one * Math.abs(k / n - 0.5), 0) - lsvAdjustment(n, 0.5);
  });
  expect(expected.map((one) => one.toFixed(3))).toEqual(['0.015', '0.024', '0.049']);
});

function actsOf(herdShare: number, seed: number): { sideCount: number[]; actorCount: number[] } {
  const stream = testStream(seed);
  const actorCount = Array.from({ length: 400 }, (_, thing) => (thing < 20 ? 4 : 20));
  const sideCount = actorCount.map((n) => {
    const leaning = stream.uniform() < 0.5 ? 1 : 0;
    let side = 0;
    for (let k = 0; k < n; k++) side += stream.uniform() < herdShare ? leaning : stream.uniform() < 0.5 ? 1 : 0;
    return side;
  });
  return { sideCount, actorCount };
}

test('lsvHerding: covers 0 in 35 of 40 worlds or more where actors are independent, is off 0 where they herd, and leaves out things below five actors', () => {
  const worlds = Array.from({ length: 40 }, (_, seed) => lsvHerding(actsOf(0, seed)));
  const covered = worlds.filter(({ mean }) => mean.interval[0] <= 0 && mean.interval[1] >= 0).length;
  expect(covered).toBeGreaterThanOrEqual(35);
  const [independent] = worlds;
  expect(independent.values).toHaveLength(380);
  expect(lsvHerding(actsOf(0.4, 1)).mean.interval[0]).toBeGreaterThan(0.05);
  expect(independent.byActors).toEqual([{ actors: 20, things: 380, mean: expect.any(Number) as number }]);
});

test('lsvHerding: p leaves out the thing itself, so that two opposite things are compared with one another', () => {
  const { values } = lsvHerding({ sideCount: [5, 0], actorCount: [5, 5] });
  // Each is 1 away from the share of the other, whose adjustment is 0.
  expect(Array.from(values)).toEqual([1, 1]);
});
