/**
 * The parser of invariants: what binds tighter than what, what an atom may be, and where and how a mistake is reported.
 */
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../sim/ground/errors.ts';
import { atomText } from '../../../sim/game-master/invariant/atom.ts';
import type { AtomExpression, Vocabulary } from '../../../sim/game-master/invariant/atom.ts';
import { binaryOperators, formulaText, unaryOperators } from '../../../sim/game-master/invariant/formula.ts';
import { parseInvariant } from '../../../sim/game-master/invariant/parse.ts';
import { randomStream, streamPurposes } from '../../../sim/ground/philox.ts';
import { randomFormula } from './invariant-oracle.ts';

const place = { file: 'scenario.yaml', line: 14, column: 9 };

/** The formula with its parentheses written out. */
function grouped(text: string): string {
  const { formula, atoms } = parseInvariant(text, place);
  return formulaText(formula, (atom) => atomText(atoms[atom]));
}

function refusal(text: string, vocabulary?: Vocabulary, at: { file: string; line?: number } = place): string {
  try {
    parseInvariant(text, at, vocabulary);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).problems).toHaveLength(1);
    return (error as InputError).message;
  }
  return 'nothing was refused';
}

describe('precedence', () => {
  test.each([
    ['not a and b', '(not a) and b'],
    ['always a implies b', '(always a) implies b'],
    ['always not next a', 'always (not (next a))'],
    ['not a until b', '(not a) until b'],
    ['a until b and c', '(a until b) and c'],
    ['a and b until c', 'a and (b until c)'],
    ['a until b until c', 'a until (b until c)'],
    ['a release b until c since d', 'a release (b until (c since d))'],
    ['a or b and c', 'a or (b and c)'],
    ['a and b or c', '(a and b) or c'],
    ['a and b and c', '(a and b) and c'],
    ['a or b or c', '(a or b) or c'],
    ['a implies b or c', 'a implies (b or c)'],
    ['a implies b implies c', 'a implies (b implies c)'],
    ['a iff b implies c', 'a iff (b implies c)'],
    ['a iff b iff c', 'a iff (b iff c)'],
    ['(a or b) and c', '(a or b) and c'],
    ['((a))', 'a'],
    ['not x = 1 and y', '(not (x = 1)) and y'],
  ])('parseInvariant: "%s" is "%s"', (text, expected) => {
    expect(grouped(text)).toBe(expected.replace('(x = 1)', 'x = 1'));
  });

  test('parseInvariant: each one-letter name is the word beside it', () => {
    const unary = Object.entries(unaryOperators).filter(([, { alias }]) => alias !== undefined);
    const binary = Object.entries(binaryOperators).filter(([, { alias }]) => alias !== undefined);
    for (const [name, { alias }] of unary) expect(grouped(`${alias} a`)).toBe(`${name} a`);
    for (const [name, { alias }] of binary) expect(grouped(`a ${alias} b`)).toBe(`a ${name} b`);
    expect([...unary, ...binary].map(([, { alias }]) => alias).join('')).toBe('GFXNOHYURS');
  });

  test('formulaText: parsed again it is the same formula, for 1,000 random ones', () => {
    const stream = randomStream(20260402, streamPurposes.sample);
    for (let k = 0; k < 1000; k++) {
      const formula = randomFormula(stream, 3, stream.below(12));
      const text = formulaText(formula, (atom) => `p${atom}`);
      const parsed = parseInvariant(text, place);
      const again = formulaText(parsed.formula, (atom) => atomText(parsed.atoms[atom]));
      expect(again).toBe(text);
    }
  });
});

describe('atoms', () => {
  const cases: readonly (readonly [string, string, readonly AtomExpression[]])[] = [
    ['verb = repost', 'verb = repost', [{ kind: 'equals', subject: 'verb', value: 'repost' }]],
    ['verb != repost', 'not verb = repost', [{ kind: 'equals', subject: 'verb', value: 'repost' }]],
    ['target.status=banned', 'target.status = banned', [{ kind: 'equals', subject: 'target.status', value: 'banned' }]],
    ['verb = next', 'verb = next', [{ kind: 'equals', subject: 'verb', value: 'next' }]],
    ['actor.karma >= 5', 'actor.karma >= 5', [{ kind: 'at-least', subject: 'actor.karma', value: 5 }]],
    ['amount > 100', 'amount >= 101', [{ kind: 'at-least', subject: 'amount', value: 101 }]],
    ['amount < -100', 'not amount >= -100', [{ kind: 'at-least', subject: 'amount', value: -100 }]],
    ['amount<=100', 'not amount >= 101', [{ kind: 'at-least', subject: 'amount', value: 101 }]],
    ['amount = 7', 'amount = 7', [{ kind: 'equals', subject: 'amount', value: 7 }]],
    ['amount != 7', 'not amount = 7', [{ kind: 'equals', subject: 'amount', value: 7 }]],
    ['target is self', 'target is self', [{ kind: 'is', subject: 'target', value: 'self' }]],
    ['target is not self', 'not target is self', [{ kind: 'is', subject: 'target', value: 'self' }]],
    ['first-act', 'first-act', [{ kind: 'fact', name: 'first-act' }]],
  ];

  test.each(cases)('parseInvariant: "%s" is "%s"', (text, expected, atoms) => {
    expect([grouped(text).replaceAll(/[()]/g, ''), parseInvariant(text, place).atoms]).toEqual([expected, atoms]);
  });

  test('parseInvariant: atoms are numbered as they first appear, and equal ones once', () => {
    const { atoms, formula } = parseInvariant('b and (a or b) and amount > 4 and amount >= 5 and amount <= 4', place);
    expect(atoms.map(atomText)).toEqual(['b', 'a', 'amount >= 5']);
    expect(formulaText(formula, String)).toBe('(((0 and (1 or 0)) and 2) and 2) and (not 2)');
  });
});

describe('refusals', () => {
  test.each([
    ['always (a and', '14:22 expected a formula, found the end of the invariant. Write an atom such as verb = post'],
    ['always (a or b', '14:23 expected an operator or ")", found the end of the invariant. Close the parenthesis that'],
    ['a)', '14:10 expected an operator or the end, found ")". Remove it, or open it before.'],
    ['a b', '14:11 expected an operator or the end, found "b". Join two formulas by and, or, implies or until.'],
    ['', '14:9 expected a formula, found the end of the invariant.'],
    ['   ', '14:9 expected a formula, found the end of the invariant.'],
    ['and a', '14:9 expected a formula, found "and".'],
    ['always = 3', '14:16 expected a formula, found "=".'],
    ['a && b', '14:11 "&&" is no operator of invariants. Write "and".'],
    ['!a', '14:9 "!" is no operator of invariants. Write "not".'],
    ['a -> b', '14:11 "->" is no operator of invariants. Write "implies".'],
    ['x == 3', '14:11 "==" is no operator of invariants. Write "=".'],
    ['[]a', '14:9 "[]" is no operator of invariants. Write "always".'],
    ['a # b', '14:11 the character "#" begins no word, number or operator.'],
    ['a and\n  b §', '15:13 the character "§" begins'],
    ['x >= 0.5', '14:14 "0.5" is no integer. Attributes and amounts are integers'],
    ['x >= 5k', '14:14 "5k" is no integer.'],
    ['x >= ', '14:13 expected a name or an integer after >=, found the end of the invariant.'],
    ['x is 3', '14:14 expected a word after is, found "3". Write it as in: target is self.'],
    ['3 = x', '14:9 expected a formula, found "3".'],
  ])('parseInvariant: "%s" is refused at %s', (text, expected) => {
    expect(refusal(text)).toContain('INPUT_SYNTAX scenario.yaml:' + expected);
  });

  test.each([
    ['verb >= repost', 'INPUT_TYPE scenario.yaml:14:17 >= compares integers, found "repost". Write an integer'],
    ['x >= 2147483648', 'INPUT_FIELD_RANGE scenario.yaml:14:14 no number is compared by >= with "2147483648".'],
    ['x > 2147483647', 'INPUT_FIELD_RANGE scenario.yaml:14:13 no number is compared by > with "2147483647".'],
    ['x = -2147483648', 'INPUT_FIELD_RANGE scenario.yaml:14:13 no number is compared by = with "-2147483648".'],
    ['a and once next b', 'INPUT_COMBINATION scenario.yaml:14:15 "once" looks back at a formula that looks ahead.'],
    ['a S (b U c)', 'INPUT_COMBINATION scenario.yaml:14:11 "S" looks back at a formula that looks ahead.'],
    [
      Array.from({ length: 13 }, (_, k) => `a${k}`).join(' or '),
      'INPUT_TOO_LARGE scenario.yaml:14:83 "a12" is one atom more than the 12 that an invariant may have. Split it',
    ],
    ['a or '.repeat(1000), 'INPUT_TOO_LARGE scenario.yaml:14:9 the invariant has 5000 characters, 4000 is the most.'],
    ['('.repeat(401), 'INPUT_TOO_DEEP scenario.yaml:14:409 more than 400 operators and parentheses stand around'],
    ['X '.repeat(401), 'INPUT_TOO_DEEP scenario.yaml:14:809 more than 400 operators'],
  ])('parseInvariant: "%s" is refused', (text, expected) => {
    expect(refusal(text)).toContain(expected);
  });

  test('parseInvariant: 400 parentheses and a chain of 799 operators are read', () => {
    expect(grouped('('.repeat(399) + 'a' + ')'.repeat(399))).toBe('a');
    expect(grouped('a U '.repeat(799) + 'a').match(/until/g)).toHaveLength(799);
  });

  test('parseInvariant: of a text made in code, lines and columns are its own', () => {
    expect(refusal('a and\n b )', undefined, { file: 'study.ts' })).toContain('INPUT_SYNTAX study.ts:2:4 ');
  });
});

describe('a vocabulary', () => {
  const vocabulary: Vocabulary = {
    numbers: ['amount', 'actor.karma'],
    choices: { verb: ['post', 'repost'], 'target.status': ['active', 'banned'] },
    facts: ['target is self', 'first-act'],
  };

  test('parseInvariant: names that are known pass', () => {
    const text = 'verb = post and actor.karma > 3 and target is not self or first-act iff target.status != banned';
    expect(parseInvariant(text, place, vocabulary).atoms).toHaveLength(5);
  });

  test.each([
    ['verb = repots', '14:16 "repots" is not a verb. Did you mean "repost"? Choose one of: post, repost.'],
    [
      'verv = post',
      '14:9 "verv" is not a name that can be compared. Did you mean "verb"? Choose one of: verb, target.',
    ],
    ['actor.karam >= 5', '14:9 "actor.karam" is not a number that can be compared. Did you mean "actor.karma"?'],
    ['target is selv', '14:9 "target is selv" is not a fact about an act. Did you mean "target is self"?'],
    ['zzz', '14:9 "zzz" is not a fact about an act. Choose one of: target is self, first-act.'],
  ])('parseInvariant: "%s" is refused at %s', (text, expected) => {
    expect(refusal(text, vocabulary)).toContain('INPUT_UNKNOWN_NAME scenario.yaml:' + expected);
  });

  test.each([
    [
      'verb >= 5',
      'INPUT_TYPE scenario.yaml:14:9 "verb" is a name, not a number. Compare it with one of: post, repost.',
    ],
    ['amount = post', 'INPUT_TYPE scenario.yaml:14:18 "amount" is a number, found "post". Compare it with an integer.'],
    ['always amount', 'INPUT_SYNTAX scenario.yaml:14:16 "amount" is compared with nothing. Write a relation'],
  ])('parseInvariant: "%s" is refused as %s', (text, expected) => {
    expect(refusal(text, vocabulary)).toContain(expected);
  });

  test('parseInvariant: names of the prototype are no names of the vocabulary', () => {
    expect(refusal('constructor = post', vocabulary)).toContain('INPUT_UNKNOWN_NAME');
  });
});
