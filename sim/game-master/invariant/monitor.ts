/**
 * Invariants as monitors: a text becomes a table, and an act moves one byte of state through it.
 *
 * The table is `next[(state << atomCount) | letter]`; bit i of a letter says that `atomExpressions[i]` is true of the act. Whoever
 * enforces keeps one state for each actor, or one for the whole run, beginning at `start`, asks `wouldBreak` before an act is
 * granted and calls `step` once it is. Compiling reads nothing but the text; nothing here is written afterwards.
 * Invariant: a state that is not bad can be continued (or ended) so that the formula holds, so that refusing what leads to a bad
 * state enforces the safety part and refuses nothing else. Letters that cannot occur (`verb = post` and `verb = like`) leave the
 * state as it is: their entries are never read.
 * Oracle: `test/sim/game-master/invariant-oracle.ts` applies the definition of the semantics to whole traces.
 * Source: Bauer, Leucker and Schallhart, "Runtime verification for LTL and TLTL", ACM TOSEM 20, 2011, for verdicts of prefixes.
 */
import { InputError, echo } from '../../ground/errors.ts';
import type { Place } from '../../ground/errors.ts';
import { possibleLetters } from './atom.ts';
import type { AtomExpression, Vocabulary } from './atom.ts';
import { automatonOf } from './automaton.ts';
import type { Automaton, Refusals } from './automaton.ts';
import { nodeCountMax } from './diagram.ts';
import { parseInvariant } from './parse.ts';
import type { ParsedInvariant } from './parse.ts';
import { pastCountMax } from './progression.ts';

/** What is known of a formula in a state: settled whatever comes, or open and true or false if the trace ended now. */
export const verdicts = { heldForEver: 0, brokenForEver: 1, holdsSoFar: 2, failsSoFar: 3 } as const;

/**
 * What enforcing a formula can promise. `safety`: ending is never itself the violation, so that refusing bad acts is enough.
 * `liveness`: no act breaks it, only the end can. `mixed`: acts can break it, and so can the end.
 */
export type InvariantKind = 'safety' | 'liveness' | 'mixed';

/** A compiled invariant. */
export interface Monitor {
  readonly text: string;
  readonly kind: InvariantKind;
  readonly atomExpressions: readonly AtomExpression[];
  readonly atomCount: number;
  /** 1 to 256: a state is one byte. */
  readonly stateCount: number;
  /** Always 0, so that a new column of states is ready as it is. */
  readonly start: number;
  readonly next: Uint8Array;
  /** 1 where no continuation makes the formula hold. */
  readonly isBad: Uint8Array;
  /** 1 where the formula holds if the trace ends now. */
  readonly holdsAtEnd: Uint8Array;
  /** A number of `verdicts` for each state. */
  readonly verdict: Uint8Array;
}

/** Most states of a monitor. */
export const stateCountMax = 256;

/**
 * Compiles an invariant whose text begins at `place`. With a vocabulary, atoms that it does not know are refused. Throws one
 * InputError if the text is no formula, needs too many states, or would have every first act refused.
 */
export function compileInvariant(text: string, place: Place, vocabulary?: Vocabulary): Monitor {
  const monitor = monitorOf(parseInvariant(text, place, vocabulary), text, place);
  if (refusesEverything(monitor)) {
    const found = `no act could ever be granted under the invariant ${echo(text)}`;
    throw new InputError({
      code: 'INPUT_COMBINATION',
      place,
      found,
      next: 'Weaken it, or take verbs off the scenario.',
    });
  }
  return monitor;
}

function refusesEverything(monitor: Monitor): boolean {
  return possibleLetters(monitor.atomExpressions).every((letter) => wouldBreak(monitor, monitor.start, letter));
}

/** The monitor of a parsed formula, be it such that nothing satisfies it. */
export function monitorOf({ formula, atoms }: ParsedInvariant, text: string, place: Place): Monitor {
  const letters = possibleLetters(atoms);
  const automaton = automatonOf(formula, letters, refusalsAt(place));
  if (automaton.stateCount > stateCountMax) refuseSize(place, automaton.stateCount);
  const { stateCount, holdsAtEnd } = automaton;
  const verdict = verdictsOf(automaton);
  const isBad = verdict.map((one) => Number(one === verdicts.brokenForEver));
  return {
    text,
    kind: kindOf(verdict),
    atomExpressions: atoms,
    atomCount: atoms.length,
    stateCount,
    start: 0,
    next: fullTable(automaton, letters, atoms.length),
    isBad,
    holdsAtEnd,
    verdict,
  };
}

function refusalsAt(place: Place): Refusals {
  const split = 'Split it into several invariants: those that stand side by side must all hold.';
  const refuse = (found: string): never => {
    throw new InputError({ code: 'INPUT_TOO_LARGE', place, found, next: split });
  };
  return {
    states: (countMax) => refuse(`the invariant has more than ${countMax} states before equal ones are merged`),
    conditions: () => refuse(`the invariant unfolds into more than ${nodeCountMax} conditions`),
    past: () => refuse(`the invariant has more than ${pastCountMax} different past formulas`),
  };
}

function refuseSize(place: Place, stateCount: number): never {
  const found = `the monitor of the invariant has ${stateCount} states, ${stateCountMax} is the most`;
  const next = 'Look less far ahead or back, or split it into several invariants.';
  throw new InputError({ code: 'INPUT_TOO_LARGE', place, found, next });
}

/** In the smallest automaton, a verdict that is settled is a state that every letter leads back to. */
function verdictsOf({ stateCount, letterCount, next, holdsAtEnd }: Automaton): Uint8Array {
  const verdict = new Uint8Array(stateCount);
  for (let state = 0; state < stateCount; state++) {
    const row = next.subarray(state * letterCount, (state + 1) * letterCount);
    const holds = holdsAtEnd[state] === 1;
    if (row.every((target) => target === state)) verdict[state] = holds ? verdicts.heldForEver : verdicts.brokenForEver;
    else verdict[state] = holds ? verdicts.holdsSoFar : verdicts.failsSoFar;
  }
  return verdict;
}

function kindOf(verdict: Uint8Array): InvariantKind {
  if (!verdict.includes(verdicts.failsSoFar)) return 'safety';
  return verdict.includes(verdicts.brokenForEver) ? 'mixed' : 'liveness';
}

function fullTable({ stateCount, letterCount, next }: Automaton, letters: Uint16Array, atomCount: number): Uint8Array {
  const table = new Uint8Array(stateCount << atomCount);
  for (let state = 0; state < stateCount; state++) {
    const row = state << atomCount;
    table.fill(state, row, row + (1 << atomCount));
    for (let place = 0; place < letterCount; place++) table[row | letters[place]] = next[state * letterCount + place];
  }
  return table;
}

// ---- While the run goes on ----

/** The state after an act. */
export function step(monitor: Monitor, state: number, letter: number): number {
  return monitor.next[(state << monitor.atomCount) | letter];
}

/** Whether an act would settle that the formula is broken, whatever follows. */
export function wouldBreak(monitor: Monitor, state: number, letter: number): boolean {
  return monitor.isBad[monitor.next[(state << monitor.atomCount) | letter]] === 1;
}

/** The letter of an act: `holds` is asked about each atom once, in their order. */
export function letterOf(monitor: Monitor, holds: (atom: AtomExpression) => boolean): number {
  const { atomExpressions } = monitor;
  let letter = 0;
  for (let bit = 0; bit < atomExpressions.length; bit++) if (holds(atomExpressions[bit])) letter |= 1 << bit;
  return letter;
}
