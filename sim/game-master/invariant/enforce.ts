/**
 * Invariants over columns: one byte of state for each actor, or one for the run, and one pass over the acts of a tick.
 *
 * Reads acts in canonical order with the letter of each under each invariant; writes who is refused and the columns of states.
 * Order: an act is tried against all invariants before it moves any, so that an act refused by the second does not count for the
 * first; among several that it would break, the first in the list is named. An act granted is seen by those after it.
 * Invariant: no state is ever bad. Oracle: `test/sim/game-master/invariant-enforce.test.ts` evaluates every granted trace.
 * Cost on Node 24, one core of a shared 2-core machine: see that test, which prints it.
 */
import { verdicts } from './monitor.ts';
import type { Monitor } from './monitor.ts';

/** The invariants of a run and their states. */
export interface InvariantColumns {
  readonly monitors: readonly Monitor[];
  /** For each monitor: a byte for each actor, or a single one if the invariant is about the run as a whole. */
  readonly states: readonly Uint8Array[];
  /** Where one act would lead, by monitor. */
  readonly targets: Uint8Array;
}

/** Acts of one tick in canonical order. */
export interface Acts {
  readonly count: number;
  readonly actor: Int32Array;
  /** At `act * monitors + monitor`. */
  readonly letter: Uint16Array;
}

/** Columns before the first act. `isGlobal` says which invariants are about the run and not about each actor. */
export function createInvariantColumns(
  monitors: readonly Monitor[],
  isGlobal: readonly boolean[],
  actorCount: number,
): InvariantColumns {
  const states = monitors.map(({ start }, k) => new Uint8Array(isGlobal[k] ? 1 : actorCount).fill(start));
  return { monitors, states, targets: new Uint8Array(monitors.length) };
}

/**
 * Grants or refuses acts one after the other. Effect: `brokenBy[act]` is 0, or 1 + the first invariant that the act would break;
 * states move by the acts that are granted. Returns how many are refused.
 *
 *     for act in acts: k = first monitor that act would break
 *                      if there is one: brokenBy[act] = 1 + k
 *                      else: for each monitor: state = step(monitor, state, letter)
 */
export function enforceActs(columns: InvariantColumns, acts: Acts, brokenBy: Uint8Array): number {
  const monitorCount = columns.monitors.length;
  let refusedCount = 0;
  for (let act = 0; act < acts.count; act++) {
    const broken = tryAct(columns, acts.actor[act], acts.letter, act * monitorCount);
    brokenBy[act] = broken;
    if (broken > 0) refusedCount++;
  }
  return refusedCount;
}

/**
 * Tries one act, whose letters stand from place `from` on. Returns 0 if it is granted, and the states move; or 1 + the first
 * invariant that it would break, and nothing moves.
 */
export function tryAct(
  { monitors, states, targets }: InvariantColumns,
  actor: number,
  letter: Uint16Array,
  from: number,
): number {
  const monitorCount = monitors.length;
  for (let k = 0; k < monitorCount; k++) {
    const { next, isBad, atomCount } = monitors[k];
    const column = states[k];
    const target = next[(column[column.length === 1 ? 0 : actor] << atomCount) | letter[from + k]];
    if (isBad[target] === 1) return k + 1;
    targets[k] = target;
  }
  for (let k = 0; k < monitorCount; k++) {
    const column = states[k];
    column[column.length === 1 ? 0 : actor] = targets[k];
  }
  return 0;
}

/** How many states have each verdict: counts at the places of `verdicts`. What fails at the end is `failsSoFar`. */
export function tallyVerdicts({ verdict }: Monitor, states: Uint8Array): Int32Array {
  const tally = new Int32Array(Object.keys(verdicts).length);
  for (const state of states) tally[verdict[state]]++;
  return tally;
}
