/** How likely users of OASIS are to be active, by hand and on a real file, and wakings that have these probabilities. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { oasisActivity, ratesOfActivity } from '../../../sim/world/oasis-activity.ts';
import { cumulativeProfiles, nextWakeTick } from '../../../sim/engine/activate.ts';
import { dataFile } from '../../../scenarios/load.ts';
import { randomStream } from '../../../sim/ground/philox.ts';

const file = dataFile('cascades/false-business-0-activity.csv');
const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
const acts = Float64Array.from(lines.flatMap((line) => line.split(',').slice(1).map(Number)));

describe('OASIS-61: activity', () => {
  test('OASIS-61: acts are divided by the most of anybody, raised by 0.1 below 0.6, and rounded to two places', () => {
    const some = new Float64Array(24);
    some.set([0, 1, 17, 18, 19, 20, 30]);
    // 17/30 = 0.5667, 18/30 = 0.6 exactly: not below it.
    expect([...oasisActivity(some).subarray(0, 8)]).toEqual([0.1, 0.13, 0.67, 0.6, 0.63, 0.67, 1, 0.1]);
    expect([...oasisActivity(new Float64Array(24))]).toEqual(new Array<number>(24).fill(0.1));
  });

  test('OASIS-61: the mean over 111 users and 24 hours of a real file is 0.1334', () => {
    const activity = oasisActivity(acts);
    expect(activity).toHaveLength(111 * 24);
    expect((activity.reduce((sum, one) => sum + one, 0) / activity.length).toFixed(4)).toBe('0.1334');
  });
});

describe('ratesOfActivity', () => {
  test('OASIS-60: in ticks as long as the step, an agent is awake with the probability of the hour', () => {
    const activity = Float64Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 0.1 : 0.67));
    const { wakesPerDay, profileShares } = ratesOfActivity(activity, 180);
    const profiles = cumulativeProfiles(profileShares);
    const calendar = { tickSeconds: 180, startHour: 0 };
    const stream = randomStream(3, 1);
    for (const hour of [3, 20]) {
      const tick = hour * 20 + 7;
      const draws = 40_000;
      let awake = 0;
      for (let i = 0; i < draws; i++) {
        if (nextWakeTick(calendar, profiles, { profile: [0], wakesPerDay }, 0, tick, stream.uint32()) === tick) awake++;
      }
      const p = activity[hour];
      expect(Math.abs(awake / draws - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws));
    }
  });

  test('ratesOfActivity: hours add up to a day, a certain hour has a finite rate, and nobody is without one', () => {
    const { wakesPerDay, profileShares } = ratesOfActivity(oasisActivity(acts), 180);
    for (let agent = 0; agent < 111; agent++) {
      const day = profileShares.subarray(agent * 24, agent * 24 + 24);
      expect(day.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
      expect(wakesPerDay[agent]).toBeGreaterThan(50);
      expect(wakesPerDay[agent]).toBeLessThan(3400);
    }
  });
});
