/**
 * The parser of invariants: a text, a formula over numbered atoms, or one InputError that names line, column and the next step.
 *
 * The syntax, from the tightest operator to the loosest; one-letter names stand for the word before them:
 *
 *     ( … )   true   false   an atom
 *     not   always G   eventually F   next X   weak-next N   once O   historically H   yesterday Y
 *     until U   release R   since S                             group to the right
 *     and                                                       groups to the left
 *     or                                                        groups to the left
 *     implies                                                   groups to the right
 *     iff                                                       groups to the right
 *
 *     atom   SUBJECT = NAME | SUBJECT != NAME                   verb = repost, target.status != banned
 *            SUBJECT = != < <= > >= INTEGER                     actor.karma >= 5, amount > 100
 *            SUBJECT is WORD | SUBJECT is not WORD              target is self, text is present
 *            WORD                                               a fact that the caller names
 *
 * At act i of n: `next f` says that there is an act i + 1 and f holds at it, `weak-next f` that f holds at it if there is one;
 * `f until g` that g holds at some act from i on and f at each before it; `f release g` that g holds from i on, up to and with the
 * first act at which f holds, or to the end; `once`, `historically`, `yesterday` and `since` are `eventually`, `always`, `next` and
 * `until` read backwards from act i to the first. On a trace without acts every atom is false, and so are `next`, `eventually`,
 * `until`, `once`, `yesterday` and `since`; `always`, `weak-next`, `release` and `historically` are true.
 * Below a past operator no future one may stand: the truth of a past formula is settled when its act is.
 * Order: atoms are numbered as they first appear. Invariant: equal atoms have one number. Oracle: `formulaText`, parsed again.
 */
import { echo } from '../../ground/errors.ts';
import type { InputError, InputCode, Place } from '../../ground/errors.ts';
import { nearestName, listNames } from '../../scenario/problems-words.ts';
import { atomCountMax, atomText, atomValueMax, atomValueMin } from './atom.ts';
import type { AtomExpression, Vocabulary } from './atom.ts';
import { binaryOperators, hasTense, unaryOperators } from './formula.ts';
import type { BinaryOperator, Formula, UnaryOperator } from './formula.ts';
import { refusal, tokensOf } from './token.ts';
import type { Source, Token } from './token.ts';

/** A formula and the atoms that its numbers stand for. */
export interface ParsedInvariant {
  readonly formula: Formula;
  readonly atoms: readonly AtomExpression[];
}

/** Most parentheses and operators of one operand around one atom; chains of the others are bounded by the length of the text. */
export const nestingMax = 400;

interface Reading {
  readonly source: Source;
  readonly tokens: readonly Token[];
  readonly vocabulary: Vocabulary | undefined;
  readonly atoms: AtomExpression[];
  readonly atomOfText: Map<string, number>;
  at: number;
  depth: number;
}

/**
 * Parses the text of an invariant whose first character stands at `place`. With a vocabulary, names that are not in it are refused;
 * without one, every well-formed atom passes.
 */
export function parseInvariant(text: string, place: Place, vocabulary?: Vocabulary): ParsedInvariant {
  const source = { text, place };
  const tokens = tokensOf(source);
  const reading: Reading = { source, tokens, vocabulary, atoms: [], atomOfText: new Map(), at: 0, depth: 0 };
  const formula = parseFormula(reading, 1);
  const rest = peek(reading);
  if (rest.kind !== 'end') {
    const found = `expected an operator or the end, found ${shown(rest)}`;
    const next =
      rest.text === ')' ? 'Remove it, or open it before.' : 'Join two formulas by and, or, implies or until.';
    throw problem(reading, rest, 'INPUT_SYNTAX', found, next);
  }
  return { formula, atoms: reading.atoms };
}

/** Operators of two operands whose level is `least` or above. Source: Clarke, "The top-down parsing of expressions", 1986. */
function parseFormula(reading: Reading, least: number): Formula {
  let left = parseOperand(reading);
  for (;;) {
    const token = peek(reading);
    const operator = binaryNamed(token);
    if (operator === undefined || binaryOperators[operator].level < least) return left;
    reading.at++;
    const { level, groups, tense } = binaryOperators[operator];
    const right = parseFormula(reading, groups === 'right' ? level : level + 1);
    left = { kind: 'binary', operator, left, right };
    if (tense === 'past') refuseFutureBelow(reading, token, left);
  }
}

function parseOperand(reading: Reading): Formula {
  const token = peek(reading);
  enter(reading, token);
  const operator = unaryNamed(token);
  const formula = operator === undefined ? parsePrimary(reading, token) : parseUnary(reading, token, operator);
  reading.depth--;
  return formula;
}

function enter(reading: Reading, token: Token): void {
  if (++reading.depth <= nestingMax) return;
  const found = `more than ${nestingMax} operators and parentheses stand around one atom`;
  throw problem(reading, token, 'INPUT_TOO_DEEP', found, 'Split the invariant into several.');
}

function parseUnary(reading: Reading, token: Token, operator: UnaryOperator): Formula {
  reading.at++;
  const formula: Formula = { kind: 'unary', operator, operand: parseOperand(reading) };
  if (unaryOperators[operator].tense === 'past') refuseFutureBelow(reading, token, formula);
  return formula;
}

function refuseFutureBelow(reading: Reading, token: Token, formula: Formula): void {
  if (!hasTense(formula, 'future')) return;
  const found = `${shown(token)} looks back at a formula that looks ahead`;
  const next = 'Put the operator that looks ahead outside: always, eventually, next, weak-next, until, release.';
  throw problem(reading, token, 'INPUT_COMBINATION', found, next);
}

function parsePrimary(reading: Reading, token: Token): Formula {
  if (token.text === '(') {
    reading.at++;
    const inner = parseFormula(reading, 1);
    close(reading, token);
    return inner;
  }
  if (token.text === 'true' || token.text === 'false') {
    reading.at++;
    return { kind: 'constant', value: token.text === 'true' };
  }
  if (token.kind !== 'word' || binaryNamed(token) !== undefined || token.text === 'is') {
    const found = `expected a formula, found ${shown(token)}`;
    throw problem(
      reading,
      token,
      'INPUT_SYNTAX',
      found,
      'Write an atom such as verb = post, or a formula in parentheses.',
    );
  }
  return parseAtom(reading, token);
}

function close(reading: Reading, opened: Token): void {
  const token = peek(reading);
  if (token.text !== ')') {
    const found = `expected an operator or ")", found ${shown(token)}`;
    const next = `Close the parenthesis that is opened at character ${opened.offset + 1} of the invariant.`;
    throw problem(reading, token, 'INPUT_SYNTAX', found, next);
  }
  reading.at++;
}

// ---- Atoms ----

const relations: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];

function parseAtom(reading: Reading, subject: Token): Formula {
  reading.at++;
  const relation = peek(reading);
  if (relation.kind === 'symbol' && relations.includes(relation.text))
    return parseComparison(reading, subject, relation);
  if (relation.kind === 'word' && relation.text === 'is') return parseState(reading, subject);
  checkFact(reading, subject, subject.text);
  return atom(reading, subject, { kind: 'fact', name: subject.text });
}

function parseState(reading: Reading, subject: Token): Formula {
  reading.at++;
  const isNegated = peek(reading).text === 'not';
  if (isNegated) reading.at++;
  const value = peek(reading);
  if (value.kind !== 'word') {
    const found = `expected a word after is, found ${shown(value)}`;
    throw problem(reading, value, 'INPUT_SYNTAX', found, 'Write it as in: target is self.');
  }
  reading.at++;
  const state: AtomExpression = { kind: 'is', subject: subject.text, value: value.text };
  checkFact(reading, subject, atomText(state));
  const formula = atom(reading, subject, state);
  return isNegated ? negated(formula) : formula;
}

function parseComparison(reading: Reading, subject: Token, relation: Token): Formula {
  reading.at++;
  const value = peek(reading);
  if (value.kind === 'number') return compareNumber(reading, subject, relation, value);
  if (value.kind !== 'word') {
    const found = `expected a name or an integer after ${relation.text}, found ${shown(value)}`;
    throw problem(reading, value, 'INPUT_SYNTAX', found, 'Write it as in: verb = post, or: amount >= 100.');
  }
  if (relation.text !== '=' && relation.text !== '!=') {
    const found = `${relation.text} compares integers, found ${shown(value)}`;
    throw problem(reading, value, 'INPUT_TYPE', found, 'Write an integer, or compare names by = and !=.');
  }
  reading.at++;
  checkChoice(reading, subject, value);
  const formula = atom(reading, subject, { kind: 'equals', subject: subject.text, value: value.text });
  return relation.text === '=' ? formula : negated(formula);
}

/** Brings the six relations to `=` and `>=`: `x > v` is `x >= v + 1`, `x < v` is `not x >= v`. */
function compareNumber(reading: Reading, subject: Token, relation: Token, token: Token): Formula {
  reading.at++;
  checkNumber(reading, subject);
  const isEquality = relation.text === '=' || relation.text === '!=';
  const value = Number(token.text) + (relation.text === '>' || relation.text === '<=' ? 1 : 0);
  if (value < atomValueMin || value > atomValueMax) {
    const found = `no number is compared by ${relation.text} with ${echo(token.text)}`;
    const next = `Attributes and amounts are integers from ${atomValueMin} to ${atomValueMax}.`;
    throw problem(reading, token, 'INPUT_FIELD_RANGE', found, next);
  }
  const kind = isEquality ? 'equals' : 'at-least';
  const formula = atom(reading, subject, { kind, subject: subject.text, value });
  return relation.text === '!=' || relation.text.startsWith('<') ? negated(formula) : formula;
}

function negated(operand: Formula): Formula {
  return { kind: 'unary', operator: 'not', operand };
}

function atom(reading: Reading, token: Token, expression: AtomExpression): Formula {
  const text = atomText(expression);
  const known = reading.atomOfText.get(text);
  if (known !== undefined) return { kind: 'atom', atom: known };
  const number = reading.atoms.length;
  if (number === atomCountMax) {
    const found = `${echo(text)} is one atom more than the ${atomCountMax} that an invariant may have`;
    throw problem(
      reading,
      token,
      'INPUT_TOO_LARGE',
      found,
      'Split it: invariants that stand side by side must all hold.',
    );
  }
  reading.atoms.push(expression);
  reading.atomOfText.set(text, number);
  return { kind: 'atom', atom: number };
}

// ---- Names ----

function checkFact(reading: Reading, token: Token, fact: string): void {
  const { vocabulary } = reading;
  if (vocabulary === undefined || vocabulary.facts.includes(fact)) return;
  const subjects = [...vocabulary.numbers, ...Object.keys(vocabulary.choices)];
  if (subjects.includes(token.text)) {
    const found = `${echo(token.text)} is compared with nothing`;
    throw problem(
      reading,
      token,
      'INPUT_SYNTAX',
      found,
      `Write a relation and a value behind it: ${relations.join(' ')}.`,
    );
  }
  throw unknownName(reading, token, fact, vocabulary.facts, 'a fact about an act');
}

function checkNumber(reading: Reading, subject: Token): void {
  const { vocabulary } = reading;
  if (vocabulary === undefined || vocabulary.numbers.includes(subject.text)) return;
  if (Object.hasOwn(vocabulary.choices, subject.text)) {
    const found = `${echo(subject.text)} is a name, not a number`;
    const next = `Compare it with one of: ${listNames(vocabulary.choices[subject.text])}.`;
    throw problem(reading, subject, 'INPUT_TYPE', found, next);
  }
  throw unknownName(reading, subject, subject.text, vocabulary.numbers, 'a number that can be compared');
}

function checkChoice(reading: Reading, subject: Token, value: Token): void {
  const { vocabulary } = reading;
  if (vocabulary === undefined) return;
  if (vocabulary.numbers.includes(subject.text)) {
    const found = `${echo(subject.text)} is a number, found ${shown(value)}`;
    throw problem(reading, value, 'INPUT_TYPE', found, 'Compare it with an integer.');
  }
  if (!Object.hasOwn(vocabulary.choices, subject.text)) {
    throw unknownName(reading, subject, subject.text, Object.keys(vocabulary.choices), 'a name that can be compared');
  }
  const choices = vocabulary.choices[subject.text];
  if (!choices.includes(value.text)) throw unknownName(reading, value, value.text, choices, `a ${subject.text}`);
}

function unknownName(reading: Reading, token: Token, name: string, known: readonly string[], what: string): InputError {
  const nearest = nearestName(name, known);
  const choice = known.length === 0 ? 'There is none here.' : `Choose one of: ${listNames(known)}.`;
  const next = nearest === undefined ? choice : `Did you mean ${echo(nearest)}? ${choice}`;
  return problem(reading, token, 'INPUT_UNKNOWN_NAME', `${echo(name)} is not ${what}`, next);
}

// ---- Tokens ----

function peek(reading: Reading): Token {
  return reading.tokens[reading.at];
}

function unaryNamed(token: Token): UnaryOperator | undefined {
  return token.kind === 'word' ? unaryOfWord.get(token.text) : undefined;
}

function binaryNamed(token: Token): BinaryOperator | undefined {
  return token.kind === 'word' ? binaryOfWord.get(token.text) : undefined;
}

const unaryOfWord = byWord<UnaryOperator>(unaryOperators);
const binaryOfWord = byWord<BinaryOperator>(binaryOperators);

function byWord<Operator extends string>(
  operators: Readonly<Record<Operator, { readonly alias: string | undefined }>>,
): ReadonlyMap<string, Operator> {
  const names = Object.keys(operators) as Operator[];
  const words = names.flatMap((name) => [name, operators[name].alias].map((word) => [word, name] as const));
  return new Map(words.filter((pair): pair is [string, Operator] => pair[0] !== undefined));
}

function shown(token: Token): string {
  return token.kind === 'end' ? 'the end of the invariant' : echo(token.text);
}

function problem(reading: Reading, token: Token, code: InputCode, found: string, next: string): InputError {
  return refusal(reading.source, token.offset, code, found, next);
}
