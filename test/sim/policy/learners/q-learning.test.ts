/** Learners: the kernel against a plain rendering of Q-learning, and what is known of learners in games that have one answer. */
import { describe, expect, test } from 'vitest';
import { exp } from '../../../../sim/ground/detmath.ts';
import { randomStream, streamPurposes } from '../../../../sim/ground/philox.ts';
import { mix32, unitOf } from '../../../../sim/ground/random.ts';
import { relayReport } from '../../../../sim/policy/games/relay-report.ts';
import { situationOf, tabulate } from '../../../../sim/policy/games/rules.ts';
import { sharedPool, usualPool } from '../../../../sim/policy/games/shared-pool.ts';
import { stepClaims } from '../../../../sim/policy/games/step-claims.ts';
import { learnTogether } from '../../../../sim/policy/learners/q-learning.ts';
import type { GameRules } from '../../../../sim/policy/games/rules.ts';
import type { LearningSettings } from '../../../../sim/policy/learners/q-learning.ts';

const settings: LearningSettings = {
  ...{ learningShare: 0.15, patience: 0.8, fadingRate: 1e-3, stablePeriods: 1e9, periodsMax: 2000 },
};
const streamOf = (seed: number) => randomStream(seed, streamPurposes.learning, 3, 4);

/** Q-learning as in a book: rows of values, a full search for the best act, rules instead of tables. */
function plainLearning(rules: GameRules, seed: number): number[][] {
  const { learningShare, patience, fadingRate, periodsMax } = settings;
  const stream = streamOf(seed);
  const [a, b] = [stream.below(2 ** 32) | 0, stream.below(2 ** 32) | 0];
  let draws = 0;
  let exploring = 1;
  const lot = (): number => unitOf(mix32((a + Math.imul(draws++, 0x9e3779b1)) ^ b));
  let acts = rules.actions.map((names) => stream.below(names.length));
  const values = rules.actions.map((_, seat) => {
    const row = meanPayoffs(rules, seat).map((mean) => mean / (1 - patience));
    return Array.from({ length: rules.observationCounts[seat] }, () => [...row]);
  });
  const best = (row: readonly number[]): number => row.indexOf(Math.max(...row));
  let last: { seen: number; act: number; paid: number }[] = [];
  for (let t = 0; t < periodsMax; t++) {
    const situation = rules.situationShares.length > 1 ? situationOf(rules.situationShares, lot()) : 0;
    const before = acts;
    const now = rules.actions.map((names, seat) => {
      const seen = rules.observe(seat, before, situation);
      if (t > 0) {
        const row = values[seat][last[seat].seen];
        const target = last[seat].paid + patience * Math.max(...values[seat][seen]);
        row[last[seat].act] += learningShare * (target - row[last[seat].act]);
      }
      const [first, second] = [lot(), lot()];
      const trial = Math.floor(second * names.length);
      return { seen, act: first < exploring ? trial : best(values[seat][seen]), paid: 0 };
    });
    exploring *= exp(-fadingRate);
    acts = now.map(({ act }) => act);
    last = now.map((one, seat) => ({ ...one, paid: rules.payoff(seat, acts, situation) }));
  }
  return values.map((rows) => rows.map(best));
}

function meanPayoffs(rules: GameRules, seat: number): number[] {
  const others = rules.actions.reduce<number[][]>(
    (all, names) => all.flatMap((row) => names.map((_, act) => [...row, act])),
    [[]],
  );
  return rules.actions[seat].map((_, act) => {
    const own = others.filter((row) => row[seat] === act);
    const sums = rules.situationShares.map(
      (share, k) => (share * own.reduce((sum, row) => sum + rules.payoff(seat, row, k), 0)) / own.length,
    );
    return sums.reduce((sum, one) => sum + one, 0);
  });
}

describe('learnTogether', () => {
  test.each([
    ['a game with situations', relayReport({ bias: 1, auditShare: 0, fine: 0 })],
    ['a game with memory', stepClaims({ pays: 'own', rewards: 'listed' })],
  ])('ends in the same best acts as a plain rendering: %s', (_, rules) => {
    for (const seed of [1, 2]) {
      const learned = learnTogether(tabulate(rules), settings, streamOf(seed));
      expect(learned.strategies.map((one) => [...one])).toEqual(plainLearning(rules, seed));
    }
  });

  test('the same stream gives the same, another one another', () => {
    const tables = tabulate(stepClaims({ pays: 'own', rewards: 'listed' }));
    const once = learnTogether(tables, settings, streamOf(1));
    expect(learnTogether(tables, settings, streamOf(1))).toEqual(once);
    expect(learnTogether(tables, settings, streamOf(2)).strategies).not.toEqual(once.strategies);
  });

  test('learning ends once best acts have stayed the same for as long as asked', () => {
    const tables = tabulate(sharedPool({ ...usualPool, seatCount: 2, capacity: 8 }));
    const learned = learnTogether(
      tables,
      { ...settings, patience: 0, stablePeriods: 2000, periodsMax: 1e5 },
      streamOf(1),
    );
    expect(learned).toMatchObject({ isStable: true });
    expect(learned.periods).toBeLessThan(1e5);
  });

  test('stakes alone change nothing that is learned: they only scale what is felt', () => {
    const rules = stepClaims({ pays: 'own', rewards: 'listed' });
    const [full, low] = [1, 0.5].map((stakes) => learnTogether(tabulate(rules, { stakes }), settings, streamOf(1)));
    expect(low.strategies).toEqual(full.strategies);
  });
});
