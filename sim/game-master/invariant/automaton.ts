/**
 * The automaton of a formula: its states are obligations and bits of memory, found from the start by every letter that can occur,
 * then merged where no continuation tells two apart.
 *
 * Reads a formula and a list of letters, writes tables of its own. Tables are indexed `state * letterCount + place of the letter`.
 * Order: the merged states are numbered breadth first from the start (state 0), letters ascending, so that a state's number
 * depends on the language of the formula and on its letters alone: it stands in checkpoints and digests.
 * Invariant: the result is the smallest complete automaton of the language over these letters. Oracle: a naive table of the pairs
 * that some trace tells apart, in `test/sim/game-master/invariant-monitor.test.ts`.
 */
import { classesOf } from './merge.ts';
import { createProgression, derivative, isMetAtEnd, nextMemory, obligationOf, remainder } from './progression.ts';
import { ever } from './diagram.ts';
import type { Node } from './diagram.ts';
import type { Formula } from './formula.ts';

/** A deterministic, complete automaton; state 0 is the start. */
export interface Automaton {
  readonly stateCount: number;
  readonly letterCount: number;
  /** The state that place `state * letterCount + letter` leads to. */
  readonly next: Int32Array;
  /** 1 where the formula holds if the trace ends in the state. */
  readonly holdsAtEnd: Uint8Array;
}

/**
 * Most states before merging, and most entries of their table (16 MiB): they bound time and memory of a compilation. The slowest
 * of 16,000 random formulas of up to 160 operators on 12 atoms took 1.3 s (Node 24, one core of two); most were refused.
 */
const foundCountMax = 4096;
const foundEntriesMax = 1 << 22;

/** How a compilation is refused. Each function must throw. */
export interface Refusals {
  /** More states than `countMax`, before equal ones are merged. */
  readonly states: (countMax: number) => never;
  /** More conditions than the diagram holds. */
  readonly conditions: () => never;
  /** More past formulas than there are bits of memory. */
  readonly past: () => never;
}

/** The smallest automaton of a formula. `letters` are those that can occur; the automaton numbers them by their place. */
export function automatonOf(formula: Formula, letters: Uint16Array, refusals: Refusals): Automaton {
  const found = explore(formula, letters, refusals);
  return renumber(found, classesOf(found));
}

function explore(formula: Formula, letters: Uint16Array, refusals: Refusals): Automaton {
  const countMax = Math.min(foundCountMax, Math.floor(foundEntriesMax / letters.length));
  const progression = createProgression(refusals.conditions, refusals.past);
  const states = new StateList(countMax, () => refusals.states(countMax));
  states.add(obligationOf(progression, formula), 0);
  const next: number[] = [];
  for (let state = 0; state < states.obligations.length; state++) {
    const memory = states.memories[state];
    const derived = derivative(progression, states.obligations[state]);
    for (const letter of letters) {
      const rest = remainder(progression, derived, memory, letter);
      // What is settled remembers nothing.
      next.push(states.add(rest, rest <= ever ? 0 : nextMemory(progression, memory, letter)));
    }
  }
  const holdsAtEnd = Uint8Array.from(states.obligations, (node) => Number(isMetAtEnd(progression, node)));
  return { stateCount: holdsAtEnd.length, letterCount: letters.length, next: Int32Array.from(next), holdsAtEnd };
}

/** Pairs of an obligation and bits of memory, numbered in the order in which they are found. */
class StateList {
  readonly obligations: Node[] = [];
  readonly memories: number[] = [];
  readonly #numbers = new Map<number, number>();
  readonly #countMax: number;
  readonly #refuse: () => never;

  constructor(countMax: number, refuse: () => never) {
    this.#countMax = countMax;
    this.#refuse = refuse;
  }

  /** The number of a pair, a new one if it was not there. */
  add(obligation: Node, memory: number): number {
    // Memory has 16 bits and a node 18.
    const key = obligation * 0x10000 + memory;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.obligations.length;
    if (number === this.#countMax) this.#refuse();
    this.obligations.push(obligation);
    this.memories.push(memory);
    this.#numbers.set(key, number);
    return number;
  }
}

/** The automaton of the classes, breadth first from the class of state 0. */
function renumber(found: Automaton, classOf: Int32Array): Automaton {
  const { letterCount } = found;
  const members = [0];
  const numberOfClass = new Map([[classOf[0], 0]]);
  const next: number[] = [];
  for (let state = 0; state < members.length; state++) {
    const row = members[state] * letterCount;
    for (let letter = 0; letter < letterCount; letter++) {
      const target = found.next[row + letter];
      const known = numberOfClass.get(classOf[target]);
      next.push(known ?? members.length);
      if (known !== undefined) continue;
      numberOfClass.set(classOf[target], members.length);
      members.push(target);
    }
  }
  const holdsAtEnd = Uint8Array.from(members, (member) => found.holdsAtEnd[member]);
  return { stateCount: members.length, letterCount, next: Int32Array.from(next), holdsAtEnd };
}
