/**
 * Letters from numbers: the atoms of an invariant, each as one comparison with a slot of a small array of numbers.
 *
 * Whoever rules on acts fills the slots once an act (verb's number, amount, attributes, facts as 0 and 1), and the letter of each
 * invariant is a loop over its atoms. Reads slots; writes nothing.
 * Invariant: a slot that is `absentValue` makes every atom about it false. Oracle: `letterOf` of `monitor.ts`, with the same
 * facts asked by name, in `test/sim/game-master/invariant-enforce.test.ts`.
 */
import { atomText, atomValueMax, atomValueMin } from './atom.ts';
import type { AtomExpression } from './atom.ts';

/** What a slot holds for a subject that an act does not have: below every integer that an atom may name. */
export const absentValue = atomValueMin - 1;

/** How the atoms of a scenario are found among the slots. */
export interface Slots {
  /** The slot of a subject (`verb`, `actor.karma`), or of a fact by its text (`target is self`), which is true where it holds 1. */
  readonly slotOf: (name: string) => number;
  /** The number that stands for a name: a verb's, a status's. */
  readonly codeOf: (subject: string, name: string) => number;
}

/**
 * Atoms as columns: atom i is true if slot `slot[i]` lies in [least, least + span]. An equality is a range of one integer, and
 * `>=` one that ends at the greatest. Two unsigned bounds are one comparison, and no branch: on facts that come as by chance it
 * took half the time of asking each atom for its relation (27 against 53 ns for 12 atoms, Node 24, one core of two).
 */
export interface BoundAtoms {
  readonly slot: Uint8Array;
  readonly least: Int32Array;
  readonly span: Uint32Array;
}

/** Binds atoms to slots, once a run. */
export function bindAtoms(atoms: readonly AtomExpression[], slots: Slots): BoundAtoms {
  const least = Int32Array.from(atoms, (atom) => leastOf(atom, slots));
  return {
    slot: Uint8Array.from(atoms, (atom) => slots.slotOf(slotName(atom))),
    least,
    span: Uint32Array.from(atoms, (atom, i) => (atom.kind === 'at-least' ? atomValueMax - least[i] : 0)),
  };
}

function slotName(atom: AtomExpression): string {
  return atom.kind === 'equals' || atom.kind === 'at-least' ? atom.subject : atomText(atom);
}

function leastOf(atom: AtomExpression, { codeOf }: Slots): number {
  if (atom.kind !== 'equals' && atom.kind !== 'at-least') return 1;
  return typeof atom.value === 'number' ? atom.value : codeOf(atom.subject, atom.value);
}

/**
 * The letter of the act whose numbers stand in `values`, by slot.
 *
 *     for atom i: bit i = least <= value <= least + span, that is, value - least <= span without a sign
 */
export function letterFrom({ slot, least, span }: BoundAtoms, values: Int32Array): number {
  let letter = 0;
  for (let bit = 0; bit < slot.length; bit++) {
    letter |= Number((values[slot[bit]] - least[bit]) >>> 0 <= span[bit]) << bit;
  }
  return letter;
}
