/**
 * Matching against regular expressions that fold case by the same rule, ranking against a sort of everything.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyHolds, createMatcher, holds, matches, topK, trending } from '../../../sim/world/search.ts';

/** By the flags i and u; every character of the query is written as its number, so that none is a sign of the pattern. */
function oracleMatches(text: string, query: string): boolean {
  const pattern = Array.from(query, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join('');
  return new RegExp(pattern, 'iu').test(text);
}

describe('matches', () => {
  test.each([
    ['Housing for ALL', 'housing', true],
    ['Housing for ALL', 'g FOR a', true],
    ['Housing for ALL', 'housing all', false],
    ['anything', '', true],
    ['', '', true],
    ['', 'a', false],
    ['ab', 'abc', false],
    ['50% off', '0%', true],
    ['50 off', '0%', false],
    ['snake_case', 'E_C', true],
    ['snakeXcase', 'e_c', false],
    ['a\\b.*', '\\B.*', true],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος', true],
    ['Straße', 'STRASSE', false],
    ['STRAẞE', 'straße', true],
    ['ISTANBUL', 'istanbul', true],
    ['ıstanbul', 'istanbul', false],
    ['ПРИВЕТ, мир', 'привет, МИР', true],
    ['say \u{10400}', '\u{10428}', true],
    ['\u{1f600}', '\u{1f601}', false],
    ['\u{1f600}', '\ude00', false],
    ['caf\u00e9', 'CAFE\u0301', false],
    ['aab', 'ab', true],
    ['abababac', 'ABABAC', true],
  ])('matches: %j and the query %j: %s', (text, query, expected) => {
    expect(matches(text, query)).toBe(expected);
  });

  test('holds: finds what a regular expression with the flags i and u finds, in texts full of near misses', () => {
    const letter = fc.constantFrom(
      'a',
      'A',
      'b',
      'ß',
      'ẞ',
      'σ',
      'ς',
      'Σ',
      '%',
      '_',
      '.',
      '\u{10400}',
      '\u{10428}',
      '\ud800',
    );
    const text = fc.array(letter, { maxLength: 30 }).map((letters) => letters.join(''));
    const query = fc.array(letter, { maxLength: 5 }).map((letters) => letters.join(''));
    let foundCount = 0;
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), query, (texts, asked) => {
        const matcher = createMatcher(asked);
        const found = texts.map((one) => holds(one, matcher));
        foundCount += found.filter(Boolean).length;
        expect(found).toEqual(texts.map((one) => oracleMatches(one, asked)));
        expect(anyHolds(texts, matcher)).toBe(found.includes(true));
      }),
      { seed: 21, numRuns: 3000 },
    );
    expect(foundCount).toBeGreaterThan(500);
  });

  test('holds: finds what includes finds in words of two letters, where every query repeats parts of itself', () => {
    const word = (lengthMax: number) => fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: lengthMax });
    let foundCount = 0;
    fc.assert(
      fc.property(word(60), word(14), (text, query) => {
        foundCount += Number(text.includes(query));
        const matcher = createMatcher(query);
        expect(holds(text, matcher)).toBe(text.includes(query));
        // A start of the query, broken off, and then the query: what a wrong table skips.
        const begun = Array.from(query, (_, length) => query.slice(0, length) + query);
        expect(begun.filter((one) => !holds(one, matcher))).toEqual([]);
      }),
      { seed: 23, numRuns: 5000 },
    );
    expect(foundCount).toBeGreaterThan(1000);
    expect(foundCount).toBeLessThan(4000);
  });

  test('holds: a query that fails late everywhere takes time in proportion to the text, not to text times query', () => {
    const matcher = createMatcher('a'.repeat(20_000) + 'b');
    // Compared one by one these are 2 x 10^9 comparisons, some seconds; with the table they are 2 x 10^5.
    const start = process.hrtime.bigint();
    expect(holds('A'.repeat(120_000), matcher)).toBe(false);
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(500);
  });
});

const posts = fc
  .uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 500 }), tick: fc.nat(40), likeCount: fc.nat(6) }), {
    selector: ({ id }) => id,
    maxLength: 60,
  })
  .map((rows) => ({
    rows,
    columns: {
      id: rows.map(({ id }) => id),
      tick: rows.map(({ tick }) => tick),
      likeCount: rows.map(({ likeCount }) => likeCount),
    },
  }));

describe('trending', () => {
  test('trending: equals a sort of the posts of the window by (likes, id), whatever the order of the rows', () => {
    fc.assert(
      fc.property(posts, fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 70 }), (given, windowTicks, k) => {
        const window = given.rows.filter(({ tick }) => tick >= 40 - windowTicks);
        const sorted = window.sort((x, y) => y.likeCount - x.likeCount || y.id - x.id).map(({ id }) => id);
        expect(trending(given.columns, 40, windowTicks, k)).toEqual(sorted.slice(0, k));
        const unmuted = (place: number): boolean => given.columns.id[place] % 3 !== 0;
        const shown = sorted.filter((id) => id % 3 !== 0);
        expect(trending(given.columns, 40, windowTicks, k, unmuted)).toEqual(shown.slice(0, k));
      }),
      { seed: 22, numRuns: 500 },
    );
  });

  test('trending: OASIS-32: a post of exactly seven days counts, one of a minute more does not, and the top is one', () => {
    const columns = { id: [1, 2, 3], tick: [9, 10, 11], likeCount: [9, 5, 5] };
    expect(trending(columns, 10_090, 10_080, 1)).toEqual([3]);
    expect(trending(columns, 10_090, 10_080, 9)).toEqual([3, 2]);
    expect(trending(columns, 10_089, 10_080, 1)).toEqual([1]);
    expect(trending(columns, 20_000, 10_080, 1)).toEqual([]);
  });

  test('topK: ranks scores below zero and fractions, and takes none of none', () => {
    expect(topK([-1, -0.5, 2.5, 2.5], [1, 2, 3, 4], 3)).toEqual([3, 2, 1]);
    expect(topK([], [], 3)).toEqual([]);
    expect(topK([1], [1], 0)).toEqual([]);
  });
});
