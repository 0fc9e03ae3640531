/** Worlds of the MoltBook study, small ones: what agents do in threads, what a census counts, whether a feed is stationary. */
import { expect, test } from 'vitest';
import { planOf } from '../../scenarios/command/calibrate-moltbook.ts';
import { courseStatistics, stationarityOf } from '../../scenarios/moltbook/stationarity.ts';
import { simulateVersionWorld } from '../../scenarios/moltbook/world.ts';

/** Two hours of a hundred agents who wake often. */
const small = ['population.agents=100', 'policies[0].share=1', 'policies[1].share=0', 'population.activitySpread=0.5'];
const busy = [...small, 'population.wakesPerDayMean=200', 'ticks=1440', 'attributes[2].initial=2000'];
const world = (set: readonly string[]) =>
  simulateVersionWorld({ seed: 1, set: [...busy, ...set], burnInSeconds: 1800 });

test('MoltBook agents: nobody answers a comment where neither authors nor readers do, and readers alone make threads deep', async () => {
  const flat = await world(['attributes[4].initial=0', 'attributes[5].initial=0']);
  const inside = await world(['attributes[4].initial=0', 'attributes[5].initial=500']);
  expect(flat.statistics).toMatchObject({ flatThreadShare: 1, unansweredShare: 1, depthZeroShare: 1 });
  expect(inside.statistics['unansweredShare']).toBeLessThan(0.8);
  // Readers open comments right below the post, so theirs stand one step lower and no deeper.
  expect(inside.statistics['depthTwoShare']).toBe(0);
});

test('censusOf: it counts what the discussion holds, and a version that allows less refuses more', async () => {
  const [first, later] = [await world([]), await world(['platform=moltbook-1.11.0'])];
  for (const { census, statistics } of [first, later]) {
    expect(census).toMatchObject({ registered: 100, active: statistics['activeAgents'] });
    expect(census.posts + census.comments).toBe(statistics['messages']);
    expect(census.ownRepeatShare + census.sharedRepeatShare).toBeCloseTo(statistics['duplicateShare'], 12);
    expect(census.karmaGini).toBeGreaterThan(0);
    expect(census.topKarmaShare).toBeLessThanOrEqual(1);
  }
  expect(later.census.refusedCommentShare).toBeGreaterThan(first.census.refusedCommentShare);
  expect(later.census.refusedPostShare).toBeGreaterThan(first.census.refusedPostShare);
});

test('stationarityOf: what stays within a few hundredths is equal, what grows by a half is not and differs', () => {
  const of = (value: number) => Object.fromEntries(courseStatistics.map((name) => [name, value]));
  const still = stationarityOf([0, 1, 2, 3].map((k) => [of(80), of(100 + k), of(101 + ((7 * k) % 4))]));
  const grown = stationarityOf([0, 1, 2, 3].map((k) => [of(80), of(100), of(150 + k)]));
  for (const row of still) expect(row).toMatchObject({ isEquivalent: true, worlds: 4 });
  for (const row of grown) {
    expect(row.isEquivalent).toBe(false);
    expect(row.differenceP).toBeLessThan(0.05);
    expect(row.difference).toBeCloseTo(0.41, 1);
  }
});

test('planOf: a calibration of MoltBook knows the calibrated targets alone, and aims at the middles of their intervals', () => {
  const { targets } = planOf({ evaluations: 20, worlds: 2, seed: 1 });
  expect(targets.map(({ id }) => id)).not.toContain('replySeconds');
  expect(targets).toHaveLength(8);
  for (const { value, interval } of targets)
    expect(2 * value).toBeCloseTo((interval?.[0] ?? 0) + (interval?.[1] ?? 0), 9);
});
