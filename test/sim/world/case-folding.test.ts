/**
 * The frozen table of case folding against regular expressions with the flags i and u, whose folding the language's standard defines
 * as the same one. Node 24 comes with Unicode 17.0, the version of the table.
 */
import { describe, expect, test } from 'vitest';
import { foldCase } from '../../../sim/world/case-folding.ts';

const codePoints = Array.from({ length: 0x110000 }, (_, codePoint) => codePoint).filter(
  (c) => c < 0xd800 || c > 0xdfff,
);
const ofCase = /[\p{CWCF}\p{CWU}\p{CWL}\p{CWT}\p{CWCM}]/u;
const cased = codePoints.filter((codePoint) => ofCase.test(String.fromCodePoint(codePoint)));
const allCased = cased.map((codePoint) => String.fromCodePoint(codePoint)).join('');

/** Every character that differs from this one in case alone, itself included, by the oracle. */
function oracleClass(codePoint: number): string {
  const found = allCased.matchAll(new RegExp(`\\u{${codePoint.toString(16)}}`, 'giu'));
  return Array.from(found, ([character]) => character).join('');
}

describe('foldCase', () => {
  test('foldCase: puts together exactly the characters that the oracle puts together', () => {
    const classes = new Map<number, string>();
    for (const codePoint of cased) {
      const folded = foldCase(codePoint);
      classes.set(folded, (classes.get(folded) ?? '') + String.fromCodePoint(codePoint));
    }
    expect(cased.length).toBeGreaterThan(2900);
    expect(cased.filter((codePoint) => classes.get(foldCase(codePoint)) !== oracleClass(codePoint))).toEqual([]);
  });

  test('foldCase: leaves every character without case as it is, and folding twice is folding once', () => {
    const isCased = new Set(cased);
    expect(codePoints.filter((codePoint) => !isCased.has(codePoint) && foldCase(codePoint) !== codePoint)).toEqual([]);
    expect(cased.filter((codePoint) => foldCase(foldCase(codePoint)) !== foldCase(codePoint))).toEqual([]);
  });

  test('foldCase: folds as the Unicode Character Database says where letters have more than two forms', () => {
    const folded = (text: string): string =>
      String.fromCodePoint(...Array.from(text, (c) => foldCase(c.codePointAt(0)!)));
    expect(folded('AZaz09_%')).toBe('azaz09_%');
    expect(folded('ẞßſKÅµςΣ')).toBe('ßßskåμσσ');
    expect(folded('İIıi')).toBe('İiıi');
    expect(folded('ᾈΐΰſt')).toBe('ᾀΐΰst');
    expect(folded('ꭰᏸЖ')).toBe('ᎠᏰж');
    expect(folded('\u{10400}\u{1e900}\u{16ea0}\u{1f600}')).toBe('\u{10428}\u{1e922}\u{16ebb}\u{1f600}');
  });
});
