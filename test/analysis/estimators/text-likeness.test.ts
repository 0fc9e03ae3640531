/** Classes of texts: equal ones, and near ones against all pairs. */
import { describe, expect, test } from 'vitest';
import {
  bandRowsAt,
  jaccard,
  likenessClasses,
  normalisedText,
  shinglesOf,
} from '../../../analysis/estimators/text-likeness.ts';
import { testStream } from '../worlds.ts';

describe('likenessClasses', () => {
  test('case and punctuation do not make a text another; a short one has no class', () => {
    const texts = ['Hello, world of agents!', 'hello world of AGENTS', 'Hello world of others', 'Hi.', ''];
    expect(Array.from(likenessClasses(texts, { similarityMin: 1, charsMin: 5 }))).toEqual([0, 0, 1, -1, -1]);
    expect(normalisedText('Grüße,\n  «Мир» 2!')).toBe('grüße мир 2');
  });

  test('40 families of texts with a few words changed: the components of all pairs at 0.8 and more, but for pairs near the bar', () => {
    const stream = testStream(2);
    const word = (): string => `w${stream.below(400)}`;
    const texts = Array.from({ length: 40 }, () => Array.from({ length: 40 }, word)).flatMap((words) =>
      Array.from({ length: 4 }, () => words.map((one) => (stream.uniform() < 0.02 ? word() : one)).join(' ')),
    );
    const shingles = texts.map((text) => shinglesOf(text, 3));
    const classes = likenessClasses(texts, { similarityMin: 0.8 });
    let near = 0;
    for (let one = 0; one < texts.length; one++) {
      for (let other = 0; other < one; other++) {
        const alike = jaccard(shingles[one], shingles[other]);
        if (alike >= 0.8) {
          near++;
          expect(classes[one]).toBe(classes[other]);
        }
        if (Math.floor(one / 4) !== Math.floor(other / 4)) expect(classes[one]).not.toBe(classes[other]);
      }
    }
    expect(near).toBeGreaterThan(50);
  });

  test('jaccard: shared over all', () => {
    expect(jaccard(Uint32Array.of(1, 2, 3), Uint32Array.of(2, 3, 4, 5))).toBeCloseTo(2 / 5, 12);
    expect(shinglesOf('a b', 3)).toHaveLength(1);
    expect(shinglesOf('a b c d', 3)).toHaveLength(2);
  });

  test('bandRowsAt: at the bar a pair is missed by at most 0.001, and by more with one row more', () => {
    const missed = (bar: number, rows: number): number => (1 - bar ** rows) ** Math.floor(100 / rows);
    for (const bar of [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]) {
      expect(missed(bar, bandRowsAt(bar))).toBeLessThanOrEqual(0.001);
      expect(missed(bar, bandRowsAt(bar) + 1)).toBeGreaterThan(0.001);
    }
    expect([bandRowsAt(0.6), bandRowsAt(0.8)]).toEqual([3, 5]);
  });

  test('two texts of a dozen words, each with a word of its own put in, are of one class at word pairs and 0.6', () => {
    const words = Array.from({ length: 12 }, (_, k) => `word${k}`);
    const [one, other] = [words.toSpliced(3, 0, 'really'), words.toSpliced(8, 0, 'now')].map((text) => text.join(' '));
    const rule = { similarityMin: 0.6, shingleWords: 2 };
    expect(Array.from(likenessClasses([one, other, words.toReversed().join(' ')], rule))).toEqual([0, 0, 1]);
  });
});
