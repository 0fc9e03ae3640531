/**
 * A learner that chooses by softmax and is moved by its own payoffs alone: REINFORCE with a baseline, over a table of preferences.
 *
 * The table has a row a situation and a column a choice, in whole units of 1/1024 logit, so that it can be kept as text without loss and is
 * the same on every machine. A choice that paid more than the baseline is made likelier in its situation, one that paid less unlikelier;
 * where every choice pays alike nothing moves but by chance. It knows nothing of what it is played for.
 * Invariant: an update leaves the sum of a row as it was, to within a unit a choice. Oracle: the gradient by differences
 * (`test/sim/policy/learners/softmax-choice.test.ts`). Source: Williams, "Simple statistical gradient-following algorithms …", Machine
 * Learning 8, 1992, section 4 (reinforcement baseline).
 */
import { exp } from '../../ground/detmath.ts';

/** Units of a logit. */
export const unitsPerLogit = 1024;
/** Preferences are kept within so many logits of 0, so that every choice stays possible: e^-16 is 10^-7. */
const logitMost = 8;

/** Preferences, in units: `choices` columns a situation. */
export interface Preferences {
  readonly choices: number;
  readonly units: Int32Array;
}

/** A learner that prefers nothing. */
export function indifferent(situations: number, choices: number): Preferences {
  return { choices, units: new Int32Array(situations * choices) };
}

/** Probabilities of the choices in a situation. Choices for which `isBarred` are never made. */
export function choiceShares(
  { choices, units }: Preferences,
  situation: number,
  isBarred: (choice: number) => boolean = () => false,
): Float64Array {
  const shares = new Float64Array(choices);
  let most = Number.NEGATIVE_INFINITY;
  for (let choice = 0; choice < choices; choice++) {
    if (!isBarred(choice)) most = Math.max(most, units[situation * choices + choice]);
  }
  let total = 0;
  for (let choice = 0; choice < choices; choice++) {
    if (isBarred(choice)) continue;
    shares[choice] = exp((units[situation * choices + choice] - most) / unitsPerLogit);
    total += shares[choice];
  }
  return shares.map((share) => share / total);
}

/** The choice that a draw in [0, 1) falls on. */
export function choose(shares: ArrayLike<number>, draw: number): number {
  let rest = draw;
  let last = 0;
  for (let choice = 0; choice < shares.length; choice++) {
    if (shares[choice] === 0) continue;
    last = choice;
    rest -= shares[choice];
    if (rest < 0) return choice;
  }
  return last;
}

/** A choice made, and what it paid beyond the baseline. */
export interface Outcome {
  readonly situation: number;
  readonly choice: number;
  readonly advantage: number;
}

/**
 * Preferences after a batch of outcomes, all of choices made by the preferences handed in: each adds rate × advantage × (1[chosen] - share),
 * in logits. Returns a new table.
 */
export function reinforced(
  preferences: Preferences,
  outcomes: readonly Outcome[],
  rate: number,
  isBarred?: (choice: number) => boolean,
): Preferences {
  const { choices } = preferences;
  const moved = Float64Array.from(preferences.units);
  for (const { situation, choice, advantage } of outcomes) {
    const shares = choiceShares(preferences, situation, isBarred);
    for (let other = 0; other < choices; other++) {
      const step = (other === choice ? 1 : 0) - shares[other];
      moved[situation * choices + other] += rate * advantage * step * unitsPerLogit;
    }
  }
  const bound = logitMost * unitsPerLogit;
  return { choices, units: Int32Array.from(moved, (value) => Math.round(Math.min(bound, Math.max(-bound, value)))) };
}

/** Preferences as text, for a note. */
export function preferencesText({ units }: Preferences): string {
  return Array.from(units).join(' ');
}

/** Preferences out of their text. */
export function preferencesOf(text: string, choices: number): Preferences {
  return { choices, units: Int32Array.from(text.split(' '), Number) };
}
