/** The study of the herd effect in small: what its contrasts are of, and which of them cover 0. */
import { expect, test } from 'vitest';
import {
  describeHerd,
  describeMajority,
  runEvidence,
  runHerdStudy,
  runMajorityStudy,
} from '../../scenarios/herd-effect/study.ts';

const cells = await runHerdStudy({ agents: 120, strengths: [0, 0.6], seeds: 3, workers: 1, set: ['ticks=50'] });

test('herd-effect: who ignores scores is not moved by a first vote, whatever the feed: per look by world, the worlds are the same', () => {
  const [blind, hot] = cells.filter(({ strength }) => strength === 0);
  // A feed that does not read scores shows the same in both worlds, and everybody does the same.
  for (const name of ['herding', 'amplificationByFeed'] as const) expect(blind.up[name].world.value).toBe(0);
  expect(Math.abs(hot.up.herding.world.value)).toBeLessThan(0.01);
  expect([blind.feed, hot.feed]).toEqual(['random', 'hot']);
});

test('herd-effect: conformists are moved up by an up-vote and down by a down-vote, under both feeds and both assignments', () => {
  for (const cell of cells.filter(({ strength }) => strength > 0)) {
    expect(cell.up.herding.world.value).toBeGreaterThan(0.01);
    expect(cell.down.herding.world.value).toBeLessThan(-0.02);
    expect(cell.up.herding.post.value).toBeGreaterThan(cell.down.herding.post.value + 0.02);
    expect(cell.up.herding.difference.value).toBeCloseTo(cell.up.herding.post.value - cell.up.herding.world.value, 12);
  }
  const words = describeHerd(cells);
  expect(words).toContain('amplification by the feed, votes per post');
  expect(words.match(/by post .* by world .* difference/g)).toHaveLength(16);
});

test('herd-effect: the excess of independent readers is small, and grows with strength', async () => {
  const order = { agentsPerArm: 1000, seeds: 2, workers: 1 };
  const majority = await runMajorityStudy({ ...order, strengths: [0, 0.8] });
  const values = majority.map(({ excess }) => excess.value);
  expect(Math.abs(values[0])).toBeLessThan(0.04);
  expect(values[1]).toBeCloseTo(0.8 * 0.45, 1);
  expect(describeMajority(majority)).toContain('1000 agents an arm, 2 worlds');
});

test('herd-effect: seven against three go wrong when the seven are, and right iff a vote of the three weighs more than 7/3', async () => {
  const verdicts = await runEvidence([1, 2.33, 7 / 3, 2.34]);
  expect(verdicts.map(({ isRight }) => isRight)).toEqual([false, false, undefined, true]);
});
