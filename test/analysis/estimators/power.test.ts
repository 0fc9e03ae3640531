/** Power: the effect that is called detectable is found in about four of five samples. */
import { expect, test } from 'vitest';
import { meanInterval } from '../../../analysis/estimators/interval.ts';
import { smallestDetectable, standardErrorOf } from '../../../analysis/estimators/power.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';

test('smallestDetectable: samples of 30 whose mean is that large exclude 0 about four times of five', () => {
  const stream = randomStream(2, streamPurposes.sample);
  const noise = (): number[] => Array.from({ length: 30 }, () => stream.normal());
  // Of a spread of exactly 1: 30 values of which half lie above and half below by sqrt(29/30).
  const even = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 1 : -1) * Math.sqrt(29 / 30));
  const effect = smallestDetectable(even);
  let found = 0;
  for (let k = 0; k < 1000; k++) if (meanInterval(noise().map((one) => one + effect)).interval[0] > 0) found++;
  expect(found / 1000).toBeGreaterThan(0.76);
  expect(found / 1000).toBeLessThan(0.84);
});

test('standardErrorOf: one replicate has none', () => {
  expect(standardErrorOf([3])).toBeNaN();
  expect(smallestDetectable([3])).toBeNaN();
  expect(standardErrorOf([1, 3])).toBe(1);
});
