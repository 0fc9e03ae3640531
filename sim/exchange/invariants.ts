/**
 * Invariants as a plan holds them: sentences about the order of acts that the Game Master keeps true.
 *
 * A ruling that refuses an act on their account names the invariant by its rule's number, as those of the platform's own rules do.
 * The logic, and what a formula may speak of, stand in `sim/game-master/INVARIANTS.md`.
 */

/** An invariant, as a plan holds it. */
export interface InvariantPlan {
  /** What rulings and reports call it. */
  readonly code: string;
  readonly formula: string;
  /** Whether it is about the acts of each actor by itself, or about those of the whole run. */
  readonly scope: 'actor' | 'world';
}

/** Rulings that an invariant decided name it: this number and its place in the scenario's list. */
export const firstInvariantRule = 140;

/** Most invariants of a scenario: the numbers of their rules end at 171. */
export const invariantsMax = 32;
