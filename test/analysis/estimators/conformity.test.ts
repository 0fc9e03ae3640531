/** Numbers of conformity against counts by hand: what each divides by. */
import { describe, expect, test } from 'vitest';
import {
  aschRate,
  authorityDeferenceExcess,
  benchformCR,
  benchformIR,
  flipRate,
  harmfulFlipRate,
  majorityFollowingExcess,
  majorityFollowingRate,
  publicPrivateGap,
  sycophancyRate,
} from '../../../analysis/estimators/conformity.ts';
import { testStream } from '../worlds.ts';

describe('majorityFollowing', () => {
  const shown = { own: [1, 1, 0, 0, 1], majority: [0, 0, 0, 1, 0], next: [0, 1, 1, 1, 0] };

  test('majorityFollowingRate: of four who differ from the majority three go over; who agrees with it does not count', () => {
    expect(majorityFollowingRate(shown)).toMatchObject({ value: 0.75, n: 4 });
  });

  test('majorityFollowingExcess: the rate less that under a hidden majority', () => {
    const hidden = { own: [1, 1, 0, 0], majority: [0, 0, 1, 1], next: [0, 1, 0, 0] };
    expect(majorityFollowingExcess(shown, hidden)).toMatchObject({ value: 0.5, n: 8 });
  });

  test('majorityFollowingExcess: of independent agents it has the standard deviation that two shares have, 0.035 at 1,000 an arm', () => {
    const stream = testStream(5);
    // 0.6 are of the majority; who judges again is of it with 0.5.
    const rows = () => {
      const own = Array.from({ length: 1000 }, () => (stream.uniform() < 0.6 ? 1 : 0));
      return { own, majority: own.map(() => 1), next: own.map(() => (stream.uniform() < 0.5 ? 1 : 0)) };
    };
    const values = Array.from({ length: 200 }, () => majorityFollowingExcess(rows(), rows()).value);
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1));
    expect(spread).toBeCloseTo(0.035, 2);
    expect(Math.abs(mean)).toBeLessThan(0.01);
  });
});

test('aschRate: errors with the wrong majority by critical trials, and subjects who yielded once', () => {
  const trials = {
    subject: [1, 1, 1, 2, 2, 3],
    truth: [0, 0, 0, 0, 0, 0],
    majority: [1, 1, 0, 1, 1, 1],
    answer: [1, 0, 1, 0, 2, 0],
  };
  const rate = aschRate(trials);
  // The third trial is not critical; another error than the majority’s is no yielding.
  expect(rate.trials).toMatchObject({ value: 1 / 5, n: 5 });
  expect(rate.subjectsOnce).toMatchObject({ value: 1 / 3, n: 3 });
});

test('flipRate and harmfulFlipRate: changes by all, and from right to wrong by those who were right', () => {
  const rows = { before: [1, 1, 0, 0], after: [1, 0, 0, 1], truth: [1, 1, 1, 1] };
  expect(flipRate(rows)).toMatchObject({ value: 0.5, n: 4 });
  expect(harmfulFlipRate(rows)).toMatchObject({ value: 0.5, n: 2 });
});

test('benchformCR: divides by all questions, not by those that were right alone', () => {
  const answers = { raw: [true, true, false, false, true], protocol: [false, true, true, false, true] };
  expect(benchformCR(answers, 'wrong')).toMatchObject({ value: 1 / 5, n: 5 });
  expect(benchformCR(answers, 'right')).toMatchObject({ value: 1 / 5, n: 5 });
  const [trust, doubt] = [
    [true, true, true, false, false],
    [true, false, true, true, true],
  ];
  expect(benchformIR(answers.raw, trust, doubt)).toMatchObject({ value: 1 / 5, n: 5 });
});

test('sycophancyRate: changes to what the challenger holds, by those who were challenged while right', () => {
  const rows = { before: [1, 1, 1, 0], truth: [1, 1, 1, 1], challenger: [0, 0, 1, 0], after: [0, 2, 0, 0] };
  expect(sycophancyRate(rows)).toMatchObject({ value: 0.5, n: 2 });
});

test('authorityDeferenceExcess: share of the authority’s wrong plan, with the cue less without', () => {
  const cued = { final: [9, 9, 9, 1], authority: [9, 9, 9, 9] };
  const plain = { final: [1, 1, 9, 1], authority: [9, 9, 9, 9] };
  expect(authorityDeferenceExcess(cued, plain).value).toBe(0.5);
});

test('publicPrivateGap: who says another thing in public, and compliance of those who privately differ', () => {
  const { gap, compliance } = publicPrivateGap({
    inPrivate: [0, 0, 1, 1],
    inPublic: [1, 0, 1, 0],
    majority: [1, 1, 1, 1],
  });
  expect(gap).toMatchObject({ value: 0.5, n: 4 });
  expect(compliance).toMatchObject({ value: 0.5, n: 2 });
});
