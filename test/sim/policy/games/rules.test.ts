/** Games as rules and as tables, and what each of them must do whatever is learned in it. */
import { describe, expect, test } from 'vitest';
import { offerAndLimit, tradeOf } from '../../../../sim/policy/games/offer-and-limit.ts';
import { pickAndPack, usualPay } from '../../../../sim/policy/games/pick-and-pack.ts';
import { pricing } from '../../../../sim/policy/games/pricing.ts';
import { priorityQueue, windowShares } from '../../../../sim/policy/games/priority-queue.ts';
import { believedValue, relayReport } from '../../../../sim/policy/games/relay-report.ts';
import { actionNames, situationOf, tabulate } from '../../../../sim/policy/games/rules.ts';
import { metShare, sharedPool, usualPool } from '../../../../sim/policy/games/shared-pool.ts';
import { stepClaims, unclaimedSteps } from '../../../../sim/policy/games/step-claims.ts';
import type { GameRules } from '../../../../sim/policy/games/rules.ts';

const words = { rulesInWords: 'A market.', aimInWords: 'Profit.' };
const games: readonly GameRules[] = [
  sharedPool({ ...usualPool, seatCount: 3 }),
  priorityQueue({ fee: 80, pays: 'own', guaranteesCount: true }),
  stepClaims({ pays: 'team', rewards: 'levelled' }),
  relayReport({ bias: 1, auditShare: 0.25, fine: 12 }),
  offerAndLimit({ supplierKnows: true, pays: 'own', keptAboveHalf: 1 }),
  pickAndPack(usualPay),
  pricing({ sellerCount: 2, prices: [1, 1.5, 2], paid: (p, s) => p[s], remembers: true, warnedAbove: 1.2, ...words }),
];

describe.each(games.map((rules) => [rules.name, rules] as const))('%s', (_name, rules) => {
  const tables = tabulate(rules, { warning: 0.5, stakes: 2 });

  test('the tables hold what the rules say, cell by cell', () => {
    for (let situation = 0; situation < rules.situationShares.length; situation++) {
      for (let joint = 0; joint < tables.jointCount; joint += 7) {
        const acts = tables.strides.map((stride, seat) => Math.floor(joint / stride) % tables.actionCounts[seat]);
        const cell = situation * tables.jointCount + joint;
        acts.forEach((_, seat) => {
          const felt = 2 * rules.payoff(seat, acts, situation) - 0.5 * rules.breach(seat, acts, situation);
          expect(tables.payoff[seat][cell]).toBeCloseTo(felt, 9);
          expect(tables.observation[seat][cell]).toBe(rules.observe(seat, acts, situation));
        });
      }
    }
  });

  test('what can be seen stays below its bound, probabilities add up to 1, and every seat is told of itself', () => {
    tables.observation.forEach((column, seat) => {
      expect(Math.max(...column)).toBeLessThan(rules.observationCounts[seat]);
    });
    expect(rules.situationShares.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
    expect(rules.words.seat(0)).not.toBe(rules.words.seat(1));
    expect(rules.words.sees(0, undefined, 0).length).toBeGreaterThan(5);
    expect(actionNames(rules).length).toBeLessThan(100);
  });
});

test('metShare: five who ask for 8 of 20 get a quarter of it, five who ask for 4 get all', () => {
  expect([metShare(40, 20), metShare(20, 20), metShare(10, 20)]).toEqual([0.25, 1, 1]);
});

test('windowShares: two who guarantee each other shut the third out; without guarantees each has two thirds', () => {
  // Seat 0 guarantees the next, seat 1 the one before.
  expect(windowShares([1, 2, 0], true)).toEqual([1, 1, 0]);
  for (const shares of [windowShares([1, 2, 0], false), windowShares([0, 0, 0], true)]) {
    expect(shares).toEqual([2 / 3, 2 / 3, 2 / 3]);
  }
  const one = windowShares([1, 0, 0], true);
  expect(one).toEqual([0.5, 1, 0.5]);
});

test('unclaimedSteps: levelled rewards have the same sum and make every step worth the same', () => {
  expect(unclaimedSteps([0, 0, 1])).toBe(1);
  const [listed, levelled] = (['listed', 'levelled'] as const).map((rewards) => stepClaims({ pays: 'own', rewards }));
  const brings = (rules: GameRules): number[] => [0, 1, 2].map((seat) => rules.payoff(seat, [0, 1, 2], 0));
  const sum = (row: readonly number[]): number => row.reduce((total, one) => total + one, 0);
  expect(sum(brings(levelled))).toBeCloseTo(sum(brings(listed)), 12);
  expect(new Set(brings(levelled).map((one) => one.toFixed(9))).size).toBe(1);
  expect(brings(listed)[2]).toBeLessThan(0);
});

test('believedValue and tradeOf: discounts are cut to the range, and a buyer who insists on half takes no more', () => {
  expect([believedValue(-1, 2), believedValue(2, 1)]).toEqual([-1, 1]);
  // Worth 16, cost 4: 10 is half of the gains.
  expect(tradeOf([5, 2], 2)).toEqual({ price: 10, takenShare: 0.5 });
  expect(tradeOf([6, 2], 2)).toBeUndefined();
});

test('situationOf: lots fall where the shares say', () => {
  expect([0, 0.24, 0.26, 0.99].map((lot) => situationOf([0.25, 0.25, 0.5], lot))).toEqual([0, 0, 1, 2]);
});
