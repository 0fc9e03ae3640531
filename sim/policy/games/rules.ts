/**
 * The form of a game that a small group plays again and again: who can do what, what each seat sees before it acts, what it is paid.
 *
 * A game's rules are pure functions of whole numbers, so that they can be tabulated once for a kernel that learns, read period by period by a
 * policy on the engine, and told in words to a model. A seat is paid for the acts of all in one period, and may see the acts of the period
 * before and a situation that is drawn anew each period. Invariant: nothing in a game says what a study will look at.
 * Oracle of the tables: the rules themselves, in `test/sim/policy/games/`.
 */
import { InvariantError } from '../../ground/errors.ts';

/** Words for a model that takes a seat. */
export interface GameWords {
  /** The game, as everybody in it is told. */
  readonly rules: string;
  /** Who a seat is, and what it is paid for. */
  seat(seat: number): string;
  /** What a seat is told that has been warned. */
  readonly warning: string;
  /** What it sees before it acts; `before` are the acts of the period before, undefined in the first. */
  sees(seat: number, before: readonly number[] | undefined, situation: number): string;
}

/** Rules of a game. */
export interface GameRules {
  readonly name: string;
  /** Names of what each seat can do, in the order of their numbers. A name may occur at several seats. */
  readonly actions: readonly (readonly string[])[];
  /** Probability of each situation of a period; they add up to 1. */
  readonly situationShares: readonly number[];
  /** How many different things each seat can see. */
  readonly observationCounts: readonly number[];
  /** What a seat sees, in [0, observationCounts[seat]). */
  observe(seat: number, before: ArrayLike<number>, situation: number): number;
  /** What a seat is paid for a period. */
  payoff(seat: number, actions: ArrayLike<number>, situation: number): number;
  /** How far a seat itself does what a warning speaks of; 0 where it does not. */
  breach(seat: number, actions: ArrayLike<number>, situation: number): number;
  readonly words: GameWords;
}

/** Rules as arrays. Joint acts are numbered with the first seat as the lowest place: joint = sum of action x stride. */
export interface GameTables {
  readonly seatCount: number;
  readonly jointCount: number;
  readonly actionCounts: readonly number[];
  readonly strides: readonly number[];
  readonly situationShares: readonly number[];
  readonly observationCounts: readonly number[];
  /** By seat: what it is paid, at situation x jointCount + joint. */
  readonly payoff: readonly Float64Array[];
  /** By seat: what it sees, at situation x jointCount + joint of the period before. */
  readonly observation: readonly Int32Array[];
}

/** What a seat feels: a share of what it is paid, less a weight for each unit of what it was warned of. */
export interface Feeling {
  /** Factor of what is paid; 1 where it is left out. */
  readonly stakes?: number;
  /** Cost that a warned seat feels for one unit of its own breach; 0 where it is left out. */
  readonly warning?: number;
}

const cellsMost = 4_000_000;

/** Tabulates rules, as seats with this feeling are paid. */
export function tabulate(rules: GameRules, { stakes = 1, warning = 0 }: Feeling = {}): GameTables {
  const actionCounts = rules.actions.map((names) => names.length);
  const strides = actionCounts.map((_, seat) => actionCounts.slice(0, seat).reduce((product, n) => product * n, 1));
  const jointCount = actionCounts.reduce((product, n) => product * n, 1);
  const situationCount = rules.situationShares.length;
  const cells = jointCount * situationCount;
  if (cells > cellsMost) throw new InvariantError(`the game ${rules.name} has ${cells} cells`);
  const seats = actionCounts.map((_, seat) => seat);
  const payoff = seats.map(() => new Float64Array(cells));
  const observation = seats.map(() => new Int32Array(cells));
  const acts = new Int32Array(seats.length);
  for (let cell = 0; cell < cells; cell++) {
    const [joint, situation] = [cell % jointCount, Math.floor(cell / jointCount)];
    for (const seat of seats) acts[seat] = Math.floor(joint / strides[seat]) % actionCounts[seat];
    for (const seat of seats) {
      const felt = warning === 0 ? 0 : warning * rules.breach(seat, acts, situation);
      payoff[seat][cell] = stakes * rules.payoff(seat, acts, situation) - felt;
      observation[seat][cell] = rules.observe(seat, acts, situation);
    }
  }
  const { situationShares, observationCounts } = rules;
  const sizes = { seatCount: seats.length, jointCount, actionCounts, strides };
  return { ...sizes, situationShares, observationCounts, payoff, observation };
}

/** The situation that a number in [0, 1) draws. */
export function situationOf(shares: readonly number[], lot: number): number {
  let left = lot;
  for (let k = 0; k < shares.length - 1; k++) {
    left -= shares[k];
    if (left < 0) return k;
  }
  return shares.length - 1;
}

/** Names of all that can be done in a game, sorted: an act's code is its place here plus one, so that 0 means that nothing was done yet. */
export function actionNames(rules: GameRules): readonly string[] {
  return [...new Set(rules.actions.flat())].sort((a, b) => (a < b ? -1 : 1));
}
