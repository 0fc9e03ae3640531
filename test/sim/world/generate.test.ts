/**
 * Generated attributes: keyed by the agent alone, so that a newcomer changes nobody; and of the size that they promise.
 */
import { describe, expect, test } from 'vitest';
import { drawInterests, generateAttributes, noTopic, topicDirections } from '../../../sim/world/generate.ts';
import { topicCount, topicScale } from '../../../sim/world/agents.ts';
import { topicOf } from '../../../sim/world/posts.ts';
import type { AttributeParameters } from '../../../sim/world/generate.ts';

const parameters: AttributeParameters = {
  count: 400,
  idPrefix: 'a',
  wakesPerDayMean: 12,
  activitySpread: 0.8,
  focusShare: 0.5,
  profileShares: new Float64Array(72).fill(1 / 24),
};

describe('generateAttributes', () => {
  test('generateAttributes: adding agents changes nobody’s attributes', () => {
    const few = generateAttributes(7, parameters);
    const more = generateAttributes(7, { ...parameters, count: 401 });
    const many = generateAttributes(7, { ...parameters, count: 1000 });
    for (const name of ['keyLo', 'keyHi', 'profile', 'wakesPerDay', 'policy', 'topic', 'interest'] as const) {
      const width = name === 'interest' ? topicCount : 1;
      expect([...more[name].subarray(0, 400 * width)]).toEqual([...few[name]]);
      expect([...many[name].subarray(0, 400 * width)]).toEqual([...few[name]]);
    }
  });

  test('generateAttributes: another seed gives other agents, the same seed the same', () => {
    expect(generateAttributes(7, parameters)).toEqual(generateAttributes(7, parameters));
    expect([...generateAttributes(8, parameters).wakesPerDay]).not.toEqual([
      ...generateAttributes(7, parameters).wakesPerDay,
    ]);
  });

  test('generateAttributes: wakings a day have the mean that was asked for, whatever the spread', () => {
    for (const activitySpread of [0, 0.5, 1]) {
      const { wakesPerDay } = generateAttributes(3, { ...parameters, count: 20_000, activitySpread });
      const mean = wakesPerDay.reduce((sum, one) => sum + one, 0) / 20_000;
      // A lognormal's standard deviation is mean x sqrt(exp(spread^2) - 1); five standard errors.
      const bound = (5 * 12 * Math.sqrt(Math.E ** (activitySpread ** 2) - 1)) / Math.sqrt(20_000) + 1e-5;
      expect(Math.abs(mean - 12)).toBeLessThan(bound);
    }
  });

  test('drawInterests: are unit vectors x 127 that keep to one topic as far as asked', () => {
    const keys = generateAttributes(7, parameters);
    for (const focusShare of [0, 0.5, 1]) {
      const interest = drawInterests(7, keys, focusShare);
      for (let agent = 0; agent < 400; agent++) {
        const vector = Array.from(interest.subarray(agent * topicCount, (agent + 1) * topicCount));
        const length = Math.sqrt(vector.reduce((sum, one) => sum + one * one, 0));
        // Rounding moves each of eight components by at most a half.
        expect(Math.abs(length - topicScale)).toBeLessThan(1.5);
        if (focusShare === 1) expect(Math.abs(vector[topicOf(vector, 0) >> 1])).toBe(topicScale);
      }
    }
  });

  test('drawInterests: interests follow an agent’s topics, and those of an agent without any do not move', () => {
    const keys = generateAttributes(7, parameters);
    for (const topicTotal of [7, 8, 9]) {
      const topic = Uint8Array.from({ length: 1200 }, (_, i) => {
        const agent = Math.floor(i / 3);
        return i % 3 === 2 ? noTopic : (agent + (i % 3)) % topicTotal;
      });
      const topics = { topicCount: topicTotal, perAgent: 3, topic };
      const directions = topicDirections(topicTotal);
      const interest = drawInterests(7, keys, 0.9, topics);
      for (let agent = 0; agent < 400; agent++) {
        const own = Array.from(interest.subarray(agent * topicCount, (agent + 1) * topicCount));
        const matches = directions.map((one) => own.reduce((sum, part, k) => sum + part * one[k], 0));
        const best = matches.map((_, i) => i).sort((x, y) => matches[y] - matches[x]);
        expect(new Set(best.slice(0, 2))).toEqual(new Set([topic[agent * 3], topic[agent * 3 + 1]]));
      }
    }
    expect([...generateAttributes(7, { ...parameters }).interest]).toEqual([...keys.interest]);
  });

  test('topicDirections: up to eight are orthogonal, of nine any two have a cosine of -1/8', () => {
    for (const [total, cosine] of [
      [8, 0],
      [9, -1 / 8],
    ] as const) {
      const directions = topicDirections(total);
      directions.forEach((one, i) => {
        directions.forEach((other, j) => {
          const dot = one.reduce((sum, part, k) => sum + part * other[k], 0);
          expect(dot).toBeCloseTo(i === j ? 1 : cosine, 12);
        });
      });
    }
  });
});
