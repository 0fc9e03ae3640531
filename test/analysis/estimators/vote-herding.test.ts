/** Votes per look and votes per post: the two come apart where a feed shows one arm more often, and contrasts cover what they should. */
import { expect, test } from 'vitest';
import { armLevel, contrastOf, herdingContrasts } from '../../../analysis/estimators/vote-herding.ts';
import { testStream } from '../worlds.ts';

function posts(seed: number, looks: number, upShare: number) {
  const stream = testStream(seed);
  const exposures = Array.from({ length: 300 }, () => 1 + stream.below(2 * looks));
  const netVotes = exposures.map((count) => {
    let net = 0;
    for (let k = 0; k < count; k++) if (stream.uniform() < 0.3) net += stream.uniform() < upShare ? 1 : -1;
    return net;
  });
  return { exposures, netVotes };
}

test('herdingContrasts: readers who ignore scores and a feed that shows one arm twice as often: amplification, no herding', () => {
  const { herding, amplificationByFeed } = herdingContrasts(posts(1, 80, 0.6), posts(2, 40, 0.6));
  expect(herding.interval[0]).toBeLessThan(0);
  expect(herding.interval[1]).toBeGreaterThan(0);
  expect(amplificationByFeed.interval[0]).toBeGreaterThan(1);
});

test('herdingContrasts: readers of one arm who vote up more often: herding under a feed that shows both alike', () => {
  expect(herdingContrasts(posts(1, 40, 0.75), posts(2, 40, 0.55)).herding.interval[0]).toBeGreaterThan(0);
});

test('armLevel and contrastOf: means and ratios by hand, and a difference with the root of both variances', () => {
  const level = armLevel({ netVotes: [1, 3], exposures: [10, 10] });
  expect([level.perExposure.value, level.perPost.value, level.posts]).toEqual([0.2, 2, 2]);
  const difference = contrastOf({ value: 5, interval: [2, 8], n: 3 }, { value: 1, interval: [-3, 5], n: 4 });
  expect(difference).toMatchObject({ value: 4, n: 7 });
  expect(difference.interval[0]).toBeCloseTo(-1, 12);
  expect(difference.interval[1]).toBeCloseTo(9, 12);
});
