/**
 * The definition of linear temporal logic over finite traces, applied as it stands, and random formulas and traces to apply it to.
 *
 * `holdsAt` looks at whole traces, forwards and backwards, with no memory of what it found before: its time grows with a power of
 * the trace's length, and it shares nothing with the monitors that it judges but the syntax tree.
 * Source: De Giacomo and Vardi, IJCAI 2013, section 2; on the trace without acts atoms are false, as INVARIANTS.md says.
 */
import type { AtomExpression } from '../../../sim/game-master/invariant/atom.ts';
import { binaryOperators, unaryOperators } from '../../../sim/game-master/invariant/formula.ts';
import type { BinaryOperator, Formula, Tense, UnaryOperator } from '../../../sim/game-master/invariant/formula.ts';
import { step } from '../../../sim/game-master/invariant/monitor.ts';
import type { Monitor } from '../../../sim/game-master/invariant/monitor.ts';
import type { RandomStream } from '../../../sim/ground/philox.ts';

/** The letter of each act. */
export type Trace = readonly number[];

/** Whether the formula holds of the whole trace. */
export function holds(formula: Formula, trace: Trace): boolean {
  return holdsAt(formula, trace, 0);
}

function holdsAt(formula: Formula, trace: Trace, i: number): boolean {
  switch (formula.kind) {
    case 'constant':
      return formula.value;
    case 'atom':
      return i < trace.length && ((trace[i] >> formula.atom) & 1) === 1;
    case 'unary':
      return unaryHoldsAt(formula.operator, (at) => holdsAt(formula.operand, trace, at), trace.length, i);
    case 'binary': {
      const left = (at: number): boolean => holdsAt(formula.left, trace, at);
      const right = (at: number): boolean => holdsAt(formula.right, trace, at);
      return binaryHoldsAt(formula.operator, left, right, trace.length, i);
    }
  }
}

type At = (place: number) => boolean;

function unaryHoldsAt(operator: UnaryOperator, f: At, length: number, i: number): boolean {
  switch (operator) {
    case 'not':
      return !f(i);
    case 'always':
      return span(i, length).every(f);
    case 'eventually':
      return span(i, length).some(f);
    case 'next':
      return i + 1 < length && f(i + 1);
    case 'weak-next':
      return i + 1 >= length || f(i + 1);
    case 'once':
      return before(i, length).some(f);
    case 'historically':
      return before(i, length).every(f);
    case 'yesterday':
      return i > 0 && i < length && f(i - 1);
  }
}

function binaryHoldsAt(operator: BinaryOperator, f: At, g: At, length: number, i: number): boolean {
  switch (operator) {
    case 'and':
      return f(i) && g(i);
    case 'or':
      return f(i) || g(i);
    case 'implies':
      return !f(i) || g(i);
    case 'iff':
      return f(i) === g(i);
    case 'until':
      return span(i, length).some((j) => g(j) && span(i, j).every(f));
    case 'release':
      return span(i, length).every((j) => g(j) || span(i, j).some(f));
    case 'since':
      return before(i, length).some((j) => g(j) && span(j + 1, i + 1).every(f));
  }
}

/** Places from `first` up to, and without, `end`. */
function span(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, k) => first + k);
}

/** Places from i back to the first act; none on the trace without acts. */
function before(i: number, length: number): number[] {
  return i < length ? span(0, i + 1).reverse() : [];
}

/** The state of a monitor after a trace. */
export function stateAfter(monitor: Monitor, trace: Trace): number {
  return trace.reduce((state, letter) => step(monitor, state, letter), monitor.start);
}

/** All traces over the letters with at most `lengthMax` acts, the one without acts first. */
export function tracesUpTo(lengthMax: number, letterCount: number): Trace[] {
  const all: Trace[] = [[]];
  let last: Trace[] = [[]];
  for (let length = 1; length <= lengthMax; length++) {
    last = last.flatMap((trace) => Array.from({ length: letterCount }, (_, letter) => [...trace, letter]));
    all.push(...last);
  }
  return all;
}

/** Facts of which no one says anything about another: p0, p1 … */
export function freeAtoms(count: number): AtomExpression[] {
  return Array.from({ length: count }, (_, k) => ({ kind: 'fact', name: `p${k}` }));
}

/** A formula of at most `operators` operators; below a past operator none looks ahead. */
export function randomFormula(stream: RandomStream, atomCount: number, operators: number, past = false): Formula {
  if (operators === 0) {
    const atom = stream.below(atomCount + 1);
    return atom < atomCount ? { kind: 'atom', atom } : { kind: 'constant', value: stream.below(2) === 1 };
  }
  if (stream.below(2) === 0) {
    const operator = pick(stream, unaryOperators, past);
    const below = past || unaryOperators[operator].tense === 'past';
    return { kind: 'unary', operator, operand: randomFormula(stream, atomCount, operators - 1, below) };
  }
  const operator = pick(stream, binaryOperators, past);
  const below = past || binaryOperators[operator].tense === 'past';
  const ofLeft = stream.below(operators);
  const left = randomFormula(stream, atomCount, ofLeft, below);
  return { kind: 'binary', operator, left, right: randomFormula(stream, atomCount, operators - 1 - ofLeft, below) };
}

function pick<Operator extends string>(
  stream: RandomStream,
  operators: Readonly<Record<Operator, { readonly tense: Tense }>>,
  past: boolean,
): Operator {
  const names = (Object.keys(operators) as Operator[]).filter((name) => !past || operators[name].tense !== 'future');
  return names[stream.below(names.length)];
}

/** A trace of `length` acts, each with a random set of the atoms. */
export function randomTrace(stream: RandomStream, atomCount: number, length: number): Trace {
  return Array.from({ length }, () => stream.below(1 << atomCount));
}
