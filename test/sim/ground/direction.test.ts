/** Directions as signed bytes against cosines in numpy, and the topics that they give. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cosineOf, quantizeDirection } from '../../../sim/ground/direction.ts';
import { topicOfMeaning } from '../../../sim/world/meaning.ts';

const cases = JSON.parse(readFileSync(new URL('../../data/direction.json', import.meta.url), 'utf8')) as {
  readonly x: number[];
  readonly y: number[];
  readonly cosine: number;
}[];

describe('cosineOf', () => {
  test('cosineOf: bytes misplace the cosines of numpy by less than 0.01, in 3 to 1,536 dimensions', () => {
    for (const { x, y, cosine } of cases) {
      expect(Math.abs(cosineOf(quantizeDirection(x), quantizeDirection(y)) - cosine)).toBeLessThan(0.01);
    }
  });

  test('cosineOf: length says nothing, opposites are -1, and a null vector is like nothing', () => {
    expect([...quantizeDirection([0.5, -1, 0.25])]).toEqual([64, -127, 32]);
    expect(cosineOf(Int8Array.of(3, 4), Int8Array.of(6, 8))).toBe(1);
    expect(cosineOf(Int8Array.of(3, 4), Int8Array.of(-3, -4))).toBe(-1);
    expect(cosineOf(Int8Array.of(3, 4), Int8Array.of(4, 3))).toBe(0.96);
    expect(cosineOf(quantizeDirection([0, 0]), Int8Array.of(1, 2))).toBe(0);
  });
});

describe('topicOfMeaning', () => {
  test('topicOfMeaning: a text on one side stands on its board, one between the sides on none', () => {
    const sides = Array.from({ length: 16 }, (_, board) =>
      Int8Array.from({ length: 16 }, (__, k) => (k === board ? 127 : 0)),
    );
    expect(topicOfMeaning(sides[10], sides)).toEqual([0, 0, 0, 0, 0, 127, 0, 0]);
    expect(topicOfMeaning(sides[11], sides)).toEqual([0, 0, 0, 0, 0, -127, 0, 0]);
    const between = Int8Array.from({ length: 16 }, (_, k) => (k === 10 || k === 11 ? 127 : 0));
    expect(topicOfMeaning(between, sides)).toBeUndefined();
  });
});
