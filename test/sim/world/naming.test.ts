/**
 * What can be a name, and when two are the same.
 */
import { describe, expect, test } from 'vitest';
import { foldName, isName, nameLengthMax } from '../../../sim/world/naming.ts';

describe('isName', () => {
  test('takes 1 to 100 characters, counted by code points', () => {
    expect(['', 'x', 'x'.repeat(nameLengthMax), 'x'.repeat(nameLengthMax + 1)].map(isName)).toEqual([
      ...[false, true, true, false],
    ]);
    expect(['🌱'.repeat(100), '🌱'.repeat(101)].map(isName)).toEqual([true, false]);
  });

  test('bars every control character, line separator and direction mark, and no letter, mark, space or emoji', () => {
    for (let codePoint = 0; codePoint < 0x3000; codePoint++) {
      const character = String.fromCodePoint(codePoint);
      const isBarred = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u.test(character);
      expect({ codePoint, isName: isName(`a${character}b`) }).toEqual({ codePoint, isName: !isBarred });
    }
    expect(['Ünï cödé', '日本', '👩‍🚀', "O'Hara-Smith"].map(isName)).toEqual([true, true, true, true]);
  });
});

describe('foldName', () => {
  test('is one for names that differ in case alone, in any script, and two for others', () => {
    const same = [
      ['News', 'nEWS'],
      ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
      ['ǅ', 'ǆ'],
      ['𐐀', '𐐨'],
    ];
    for (const [one, other] of same) expect(foldName(one)).toBe(foldName(other));
    const others = [
      ['ß', 'ss'],
      ['İ', 'i'],
      ['A', 'А'],
      ['é', 'e\u0301'],
    ];
    for (const [one, other] of others) expect(foldName(one)).not.toBe(foldName(other));
  });
});
