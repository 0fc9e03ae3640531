/**
 * The hot score against values that OASIS's Reddit recommender gave when it was run.
 *
 * There the score is rounded to 7 decimals and counts seconds from 1134028003; ours counts ticks. With ticks of one second, numbered from
 * that moment, the two are one formula.
 */
import { describe, expect, test } from 'vitest';
import { hotScore } from '../../../sim/recommender/scores.ts';

const firstSecond = 1134028003;

/** The Reddit form: likes, dislikes, and a time in UTC, rounded to 7 decimals. */
function redditScore(likes: number, dislikes: number, time: string, microseconds = 0): number {
  const seconds = Date.parse(`${time}Z`) / 1000 + microseconds / 1e6;
  return Number(hotScore(likes - dislikes, seconds - firstSecond, 1).toFixed(7));
}

describe('hotScore', () => {
  test.each([
    [10, 0, '2024-08-06T08:00:00', 0, 13087.7377111],
    [0, 10, '2024-08-06T08:00:00', 0, 13085.7377111],
    [1, 0, '2024-08-06T08:00:00', 0, 13086.7377111],
    [0, 1, '2024-08-06T08:00:00', 0, 13086.7377111],
    [5, 5, '2024-08-06T08:00:00', 0, 13086.7377111],
    [100000, 25, '2024-06-25T12:00:00', 222000, 13011.4176075],
    [90, 30, '2024-06-26T12:00:00', 321009, 13010.1158695],
    [75, 50, '2024-06-27T12:00:00', 123009, 13011.6556539],
    [70, 50, '2024-06-27T13:00:00', 321009, 13011.6387482],
    [0, 0, '1970-01-01T00:00:00', 0, -25200.6222889],
  ])(
    'hotScore: OASIS-37: %i likes and %i dislikes at %s and %i microseconds score %f, to 7 decimals',
    (likes, dislikes, time, microseconds, golden) => {
      expect(redditScore(likes, dislikes, time, microseconds)).toBe(golden);
    },
  );

  test('hotScore: OASIS-38: one net vote counts as none, ten as one more, and so do 12.5 hours', () => {
    const tick = 7;
    const none = hotScore(0, tick, 180);
    expect([hotScore(1, tick, 180), hotScore(-1, tick, 180)]).toEqual([none, none]);
    expect(hotScore(10, tick, 180) - none).toBeCloseTo(1, 10);
    expect(hotScore(0, tick + 250, 180) - none).toBeCloseTo(1, 10);
  });
});
