/**
 * Which letters can occur, against every value that a subject can take.
 */
import { describe, expect, test } from 'vitest';
import { atomText, possibleLetters } from '../../../sim/game-master/invariant/atom.ts';
import { parseInvariant } from '../../../sim/game-master/invariant/parse.ts';
import type { AtomExpression } from '../../../sim/game-master/invariant/atom.ts';

function atomsOf(...texts: string[]): readonly AtomExpression[] {
  return parseInvariant(texts.join(' or '), { file: 'scenario.yaml' }).atoms;
}

/** What a value of `verb`, or of `n`, makes true; undefined is the value of what is absent. */
function isTrue(atom: AtomExpression, verb: string | undefined, n: number | undefined): boolean {
  if (atom.kind === 'equals') return (atom.subject === 'verb' ? verb : n) === atom.value;
  return atom.kind === 'at-least' && n !== undefined && n >= atom.value;
}

describe('possibleLetters', () => {
  test('possibleLetters: exactly the letters that some pair of values makes', () => {
    const atoms = atomsOf(
      'verb = post',
      'verb = like',
      'n >= -2',
      'n >= 3',
      'n = 3',
      'n = 7',
      'n > 7',
      'verb = follow',
    );
    const letters = new Set<number>();
    for (const verb of [undefined, 'post', 'like', 'follow', 'other']) {
      for (let n = -10; n <= 20; n++) {
        for (const value of [undefined, n]) {
          const letter = atoms.reduce((bits, atom, bit) => bits | (Number(isTrue(atom, verb, value)) << bit), 0);
          letters.add(letter);
        }
      }
    }
    expect([...possibleLetters(atoms)]).toEqual([...letters].sort((a, b) => a - b));
    expect(letters.size).toBe(4 * 6);
  });

  test('possibleLetters: facts are independent, so that all letters occur', () => {
    expect(possibleLetters(atomsOf('a', 'b', 'target is a', 'target is b'))).toHaveLength(16);
  });

  test('possibleLetters: no integer lies above the greatest', () => {
    expect([...possibleLetters(atomsOf('n >= 2147483647', 'n = 2147483647'))]).toEqual([0, 3]);
  });

  test('atomText: different atoms have different texts', () => {
    const texts = ['x = 1', 'x = a', 'x >= 1', 'x is a', 'x', 'y'];
    expect(atomsOf(...texts).map(atomText)).toEqual(texts);
  });
});
