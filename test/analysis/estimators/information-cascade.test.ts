/** Cascade lengths against all sequences listed. */
import { expect, test } from 'vitest';
import {
  cascadeLength,
  cascadeLengthExcess,
  expectedCascadeLength,
} from '../../../analysis/estimators/information-cascade.ts';

test('cascadeLength: the last run of equal acts', () => {
  expect([[], [1], [1, -1], [1, -1, -1, -1], [1, 1]].map(cascadeLength)).toEqual([0, 1, 1, 3, 2]);
});

test('expectedCascadeLength: the mean over all sequences of six acts', () => {
  let mean = 0;
  for (let code = 0; code < 64; code++) {
    const acts = Array.from({ length: 6 }, (_, k) => (code >> k) & 1);
    const mass = acts.reduce((product, one) => product * (one === 1 ? 0.3 : 0.7), 1);
    mean += mass * cascadeLength(acts);
  }
  expect(expectedCascadeLength(6, 0.3)).toBeCloseTo(mean, 12);
});

test('cascadeLengthExcess: sequences of one kind of act exceed chance, single acts do not count', () => {
  const { value, n } = cascadeLengthExcess([[1, 1, 1, 1], [1, 1, 1, 1], [1]], 0.5);
  expect(n).toBe(2);
  expect(value).toBeCloseTo(4 - expectedCascadeLength(4, 0.5), 12);
});
