/**
 * Formulas of linear temporal logic over finite traces: their operators, their syntax tree, their text.
 *
 * A trace is a finite sequence of acts, and each act makes some atoms true. A formula is read at a place of the trace: at the first
 * act for the whole formula. Nothing here is read or written but the tree itself.
 * Invariant: `parseInvariant(formulaText(f))` gives f again (`test/sim/game-master/invariant-parse.test.ts`).
 * Source: De Giacomo and Vardi, "Linear temporal logic and linear dynamic logic on finite traces", IJCAI 2013, section 2; the past
 * operators: Lichtenstein, Pnueli and Zuck, "The glory of the past", Logics of Programs 1985.
 */

/** Operators of one operand, and the one-letter name that the literature gives each. */
export const unaryOperators = {
  not: { tense: 'present', alias: undefined },
  always: { tense: 'future', alias: 'G' },
  eventually: { tense: 'future', alias: 'F' },
  next: { tense: 'future', alias: 'X' },
  'weak-next': { tense: 'future', alias: 'N' },
  once: { tense: 'past', alias: 'O' },
  historically: { tense: 'past', alias: 'H' },
  yesterday: { tense: 'past', alias: 'Y' },
} as const;

/** Operators of two operands. A higher `level` binds tighter; every operator of one operand binds tighter than all of these. */
export const binaryOperators = {
  iff: { tense: 'present', alias: undefined, level: 1, groups: 'right' },
  implies: { tense: 'present', alias: undefined, level: 2, groups: 'right' },
  or: { tense: 'present', alias: undefined, level: 3, groups: 'left' },
  and: { tense: 'present', alias: undefined, level: 4, groups: 'left' },
  until: { tense: 'future', alias: 'U', level: 5, groups: 'right' },
  release: { tense: 'future', alias: 'R', level: 5, groups: 'right' },
  since: { tense: 'past', alias: 'S', level: 5, groups: 'right' },
} as const;

export type UnaryOperator = keyof typeof unaryOperators;
export type BinaryOperator = keyof typeof binaryOperators;

/** Whether an operator looks at the act itself, at later or at earlier ones. */
export type Tense = 'present' | 'future' | 'past';

/** A formula. Atoms are numbers: places in the list of atoms that stands beside the formula. */
export type Formula =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'atom'; readonly atom: number }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Formula }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Formula;
      readonly right: Formula;
    };

/** Whether an operator of the tense stands anywhere in the formula. */
export function hasTense(formula: Formula, tense: Tense): boolean {
  switch (formula.kind) {
    case 'constant':
    case 'atom':
      return false;
    case 'unary':
      return unaryOperators[formula.operator].tense === tense || hasTense(formula.operand, tense);
    case 'binary':
      if (binaryOperators[formula.operator].tense === tense) return true;
      return hasTense(formula.left, tense) || hasTense(formula.right, tense);
  }
}

/** The formula in full words, with parentheses around each operand that has operands itself. */
export function formulaText(formula: Formula, atomText: (atom: number) => string): string {
  switch (formula.kind) {
    case 'constant':
      return String(formula.value);
    case 'atom':
      return atomText(formula.atom);
    case 'unary':
      return `${formula.operator} ${operandText(formula.operand, atomText)}`;
    case 'binary':
      return `${operandText(formula.left, atomText)} ${formula.operator} ${operandText(formula.right, atomText)}`;
  }
}

function operandText(operand: Formula, atomText: (atom: number) => string): string {
  const text = formulaText(operand, atomText);
  return operand.kind === 'unary' || operand.kind === 'binary' ? `(${text})` : text;
}
