/** REINFORCE over softmax: its step against the gradient by differences, what is barred, what is kept as text. */
import { describe, expect, test } from 'vitest';
import {
  choiceShares,
  choose,
  indifferent,
  preferencesOf,
  preferencesText,
  reinforced,
  unitsPerLogit,
} from '../../../../sim/policy/learners/softmax-choice.ts';

const table = { choices: 3, units: Int32Array.of(0, 0, 0, 500, -700, 1200) };

describe('reinforced', () => {
  test('the gradient of the log-probability, by differences', () => {
    const rate = 4;
    const { units } = reinforced(table, [{ situation: 1, choice: 0, advantage: 0.5 }], rate);
    expect(Array.from(units.subarray(0, 3))).toEqual([0, 0, 0]);
    for (let one = 0; one < 3; one++) {
      const at = (shift: number): number => {
        const moved = { choices: 3, units: table.units.slice() };
        moved.units[3 + one] += shift;
        return Math.log(choiceShares(moved, 1)[0]);
      };
      const gradient = ((at(8) - at(-8)) / 16) * unitsPerLogit;
      expect((units[3 + one] - table.units[3 + one]) / unitsPerLogit).toBeCloseTo(rate * 0.5 * gradient, 2);
    }
  });

  test('a row keeps its sum, and alike payments move nothing', () => {
    const sum = (units: Int32Array): number => units.subarray(3).reduce((total, unit) => total + unit, 0);
    const { units } = reinforced(table, [{ situation: 1, choice: 2, advantage: -0.7 }], 1);
    expect(Math.abs(sum(units) - sum(table.units))).toBeLessThanOrEqual(3);
    expect(reinforced(table, [{ situation: 1, choice: 2, advantage: 0 }], 1).units).toEqual(table.units);
  });

  test('preferences end 8 logits from 0', () => {
    const outcomes = Array.from({ length: 1000 }, () => ({ situation: 0, choice: 1, advantage: 1 }));
    expect(Array.from(reinforced(indifferent(1, 2), outcomes, 1).units)).toEqual([-8192, 8192]);
  });
});

test('choiceShares and choose: what is barred has no share and is never chosen', () => {
  const shares = choiceShares(table, 1, (choice) => choice === 2);
  expect(shares[2]).toBe(0);
  expect(shares[0] + shares[1]).toBeCloseTo(1, 12);
  const chosen = [0, 0.2, 0.5, 0.9999999].map((draw) => choose(shares, draw));
  expect(chosen).not.toContain(2);
  expect([0, 0.5].map((draw) => choose([0.5, 0.5], draw))).toEqual([0, 1]);
});

test('preferences survive being kept as text', () => {
  expect(preferencesOf(preferencesText(table), 3)).toEqual(table);
});
