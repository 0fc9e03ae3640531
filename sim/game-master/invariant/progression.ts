/**
 * Formulas as obligations on what is still to come, and what an act leaves of an obligation: the derivative of a formula.
 *
 * An obligation is a Boolean function (a node of `diagram.ts`) of elementary ones: an atom holds at the next act, there is a next
 * act, `next f`, `f until g`, and the past formulas `yesterday f` and `f since g`. All other operators are written by these.
 * After an act:
 *
 *     an atom           its bit of the letter
 *     there is an act   true
 *     next f            there is an act, and f
 *     f until g         g', or f' and (f until g)             where f' and g' are what the act leaves of f and g
 *     f since g         g', or f' and the bit of memory       the bit then becomes this value
 *     yesterday f       the bit of memory                     the bit then becomes f'
 *
 * When the trace ends instead, every elementary obligation is false: bits of memory begin as false, so that this is also what past
 * formulas are on a trace without acts.
 * Order: bits of memory and of the letter stand above all obligations in the diagram, so that a letter leads to the obligation
 * that remains by a walk from the top. Invariant: there are finitely many obligations, since the elementary ones are fixed once
 * the formula is read and functions of them are canonical. Oracle: `test/sim/game-master/invariant-oracle.ts`.
 * Source: Bacchus and Kabanza, "Planning for temporally extended goals", Annals of Mathematics and Artificial Intelligence 22,
 * 1998, for progression; Havelund and Rosu, "Synthesizing monitors for safety properties", TACAS 2002, for bits of the past.
 */
import { assertInvariant } from '../../ground/errors.ts';
import { atomCountMax } from './atom.ts';
import { choice, cofactor, conjunction, createDiagram, disjunction, equivalence } from './diagram.ts';
import { ever, negation, never, variable } from './diagram.ts';
import type { Diagram, Node } from './diagram.ts';
import type { BinaryOperator, Formula, UnaryOperator } from './formula.ts';

/** Most different past formulas of one invariant: with the letter, their bits fit in 28 bits of one number. */
export const pastCountMax = 16;

/** Levels of the diagram: bits of memory, bits of the letter, then obligations in the order in which they were first met. */
const letterLevel = pastCountMax;
const obligationLevel = pastCountMax + atomCountMax;

type Elementary =
  | { readonly kind: 'atom'; readonly atom: number }
  | { readonly kind: 'an-act' }
  | { readonly kind: 'next'; readonly of: Node }
  | { readonly kind: 'until'; readonly hold: Node; readonly goal: Node }
  | { readonly kind: 'since'; readonly hold: Node; readonly goal: Node; readonly bit: number }
  | { readonly kind: 'yesterday'; readonly of: Node; readonly bit: number };

/** A formula that is being unfolded. Everything in it belongs to one compilation. */
export interface Progression {
  readonly diagram: Diagram;
  /** The elementary obligation of level `obligationLevel + k` is at k. */
  readonly elementary: Elementary[];
  readonly levelOfText: Map<string, number>;
  readonly bitOfText: Map<string, number>;
  /** Per bit of memory, what it becomes: a function of memory and letter. */
  readonly memory: Node[];
  readonly derivatives: Map<Node, Node>;
  /** Called when a past formula finds no bit: it must throw. */
  readonly refusePast: () => never;
}

/** An empty progression. Both functions must throw: `refuseMore` when the diagram is full, `refusePast` at past formula 17. */
export function createProgression(refuseMore: () => never, refusePast: () => never): Progression {
  const diagram = createDiagram(refuseMore);
  return {
    diagram,
    elementary: [],
    levelOfText: new Map(),
    bitOfText: new Map(),
    memory: [],
    derivatives: new Map(),
    refusePast,
  };
}

/** The obligation that a formula is before the first act. */
export function obligationOf(progression: Progression, formula: Formula): Node {
  switch (formula.kind) {
    case 'constant':
      return formula.value ? ever : never;
    case 'atom':
      return elementary(progression, { kind: 'atom', atom: formula.atom });
    case 'unary':
      return unaryObligation(progression, formula.operator, obligationOf(progression, formula.operand));
    case 'binary': {
      const left = obligationOf(progression, formula.left);
      return binaryObligation(progression, formula.operator, left, obligationOf(progression, formula.right));
    }
  }
}

function unaryObligation(progression: Progression, operator: UnaryOperator, f: Node): Node {
  const { diagram } = progression;
  const notF = negation(diagram, f);
  switch (operator) {
    case 'not':
      return notF;
    case 'next':
      return elementary(progression, { kind: 'next', of: f });
    case 'weak-next':
      return negation(diagram, elementary(progression, { kind: 'next', of: notF }));
    case 'eventually':
      return elementary(progression, { kind: 'until', hold: ever, goal: f });
    case 'always':
      return negation(diagram, elementary(progression, { kind: 'until', hold: ever, goal: notF }));
    case 'once':
      return since(progression, ever, f);
    case 'historically':
      return negation(diagram, since(progression, ever, notF));
    case 'yesterday':
      return yesterday(progression, f);
  }
}

function binaryObligation(progression: Progression, operator: BinaryOperator, f: Node, g: Node): Node {
  const { diagram } = progression;
  switch (operator) {
    case 'and':
      return conjunction(diagram, f, g);
    case 'or':
      return disjunction(diagram, f, g);
    case 'implies':
      return disjunction(diagram, negation(diagram, f), g);
    case 'iff':
      return equivalence(diagram, f, g);
    case 'until':
      return elementary(progression, { kind: 'until', hold: f, goal: g });
    case 'release': {
      const hold = negation(diagram, f);
      return negation(diagram, elementary(progression, { kind: 'until', hold, goal: negation(diagram, g) }));
    }
    case 'since':
      return since(progression, f, g);
  }
}

/** The variable of an elementary obligation; equal ones have one. */
function elementary(progression: Progression, obligation: Elementary): Node {
  const text = Object.values(obligation).join(' ');
  let level = progression.levelOfText.get(text);
  if (level === undefined) {
    level = obligationLevel + progression.elementary.length;
    progression.elementary.push(obligation);
    progression.levelOfText.set(text, level);
  }
  return variable(progression.diagram, level);
}

function since(progression: Progression, hold: Node, goal: Node): Node {
  const bit = bitOf(progression, `since ${hold} ${goal}`);
  const node = elementary(progression, { kind: 'since', hold, goal, bit });
  progression.memory[bit] = derivative(progression, node);
  return node;
}

function yesterday(progression: Progression, of: Node): Node {
  const bit = bitOf(progression, `yesterday ${of}`);
  progression.memory[bit] = derivative(progression, of);
  return elementary(progression, { kind: 'yesterday', of, bit });
}

/** The bit of memory of a past formula: the same one for the same formula, else the next that is free. */
function bitOf({ bitOfText, refusePast }: Progression, text: string): number {
  const bit = bitOfText.get(text) ?? bitOfText.size;
  if (bit === pastCountMax) refusePast();
  bitOfText.set(text, bit);
  return bit;
}

/** What an act leaves of an obligation: a function of memory, letter and obligations on the rest of the trace. */
export function derivative(progression: Progression, f: Node): Node {
  if (f <= ever) return f;
  const known = progression.derivatives.get(f);
  if (known !== undefined) return known;
  const { diagram } = progression;
  const left = elementaryDerivative(progression, diagram.level[f]);
  const low = derivative(progression, diagram.low[f]);
  const node = choice(diagram, left, derivative(progression, diagram.high[f]), low);
  progression.derivatives.set(f, node);
  return node;
}

function elementaryDerivative(progression: Progression, level: number): Node {
  const { diagram } = progression;
  const obligation = progression.elementary[level - obligationLevel];
  switch (obligation.kind) {
    case 'atom':
      return variable(diagram, letterLevel + obligation.atom);
    case 'an-act':
      return ever;
    case 'next':
      return conjunction(diagram, elementary(progression, { kind: 'an-act' }), obligation.of);
    case 'until':
      return unfold(progression, obligation.hold, obligation.goal, variable(diagram, level));
    case 'since':
      return unfold(progression, obligation.hold, obligation.goal, variable(diagram, obligation.bit));
    case 'yesterday':
      return variable(diagram, obligation.bit);
  }
}

/** `goal', or hold' and what is carried`. */
function unfold(progression: Progression, hold: Node, goal: Node, carried: Node): Node {
  const { diagram } = progression;
  const held = conjunction(diagram, derivative(progression, hold), carried);
  return disjunction(diagram, derivative(progression, goal), held);
}

/** What remains of a derivative when memory and letter are known. */
export function remainder(progression: Progression, derived: Node, memory: number, letter: number): Node {
  const values = memory | (letter << letterLevel);
  return cofactor(progression.diagram, derived, obligationLevel, values);
}

/** The bits of memory after an act. */
export function nextMemory(progression: Progression, memory: number, letter: number): number {
  let bits = 0;
  progression.memory.forEach((becomes, bit) => {
    const value = remainder(progression, becomes, memory, letter);
    assertInvariant(value <= ever, 'a past formula looks ahead');
    bits |= value << bit;
  });
  return bits;
}

/** Whether an obligation is met when the trace ends: all elementary ones are false. */
export function isMetAtEnd({ diagram }: Progression, f: Node): boolean {
  let node = f;
  while (node > ever) node = diagram.low[node];
  return node === ever;
}
