/** What a vote does to members who are right: against all outcomes listed. */
import { expect, test } from 'vitest';
import { exactSuppression, minorityCorrectSuppression } from '../../../analysis/estimators/minority-suppression.ts';
import { testStream } from '../worlds.ts';

test('exactSuppression: the share of all outcomes in which somebody was right and the majority was not', () => {
  for (const n of [3, 4, 7]) {
    let [wrong, known] = [0, 0];
    for (let code = 1; code < 1 << n; code++) {
      const right = Array.from({ length: n }, (_, k) => (code >> k) & 1).reduce((sum, one) => sum + one, 0);
      const mass = 0.4 ** right * 0.6 ** (n - right);
      known += mass;
      wrong += 2 * right < n ? mass : 2 * right === n ? mass / 2 : 0;
    }
    expect(exactSuppression(n, 0.4)).toBeCloseTo(wrong / known, 12);
  }
});

test('minorityCorrectSuppression: of independent members within 2 standard errors of the exact value', () => {
  const stream = testStream(3);
  const rightCount = Array.from(
    { length: 4000 },
    () => Array.from({ length: 9 }, () => stream.uniform()).filter((u) => u < 0.45).length,
  );
  const { value, n } = minorityCorrectSuppression({ rightCount, isVerdictRight: rightCount.map((one) => 2 * one > 9) });
  const exact = exactSuppression(9, 0.45);
  expect(Math.abs(value - exact)).toBeLessThan(2 * Math.sqrt((exact * (1 - exact)) / n));
});
