/**
 * Caps on calls, tokens and money: reserved before anything is sent, at the worst that all attempts can cost, and settled at the end.
 *
 * Requests come in canonical order; one that does not fit any more is refused with the cap that refused it, and those after it are still tried, since
 * smaller ones may fit. So who gets BUDGET depends on the order and the sizes alone, never on which answer came first. Settling replaces
 * reservations by what was used, in canonical order again, once all answers of the tick are there.
 * Invariant: spent + reserved <= cap, in each of the three, as long as no server uses more than was asked for.
 */
import type { OutcomeReason, Usage } from './outcome.ts';
import type { Caps } from './settings.ts';

/** Calls, tokens and money. */
export interface Spend {
  readonly calls: number;
  readonly tokens: number;
  /** In 10^-9 of the currency. */
  readonly costNanos: number;
}

/** The account of one run. */
export interface Budget {
  /** Takes the worst case out of what is left, or says which cap refuses. */
  reserve(worst: Spend): OutcomeReason | undefined;
  /** Takes a reservation of an earlier process, which counted as spent, back into the account: what it paid for is still to come. */
  reclaim(worst: Spend): void;
  /** Gives a reservation back and books what was used. */
  settle(worst: Spend, used: Spend): void;
  /** Booked so far, without what is reserved. */
  spent(): Spend;
}

/** Nothing. */
export const noSpend: Spend = { calls: 0, tokens: 0, costNanos: 0 };

/** Sum of two. */
export function addSpend(a: Spend, b: Spend): Spend {
  return { calls: a.calls + b.calls, tokens: a.tokens + b.tokens, costNanos: a.costNanos + b.costNanos };
}

function subtractSpend(a: Spend, b: Spend): Spend {
  return { calls: a.calls - b.calls, tokens: a.tokens - b.tokens, costNanos: a.costNanos - b.costNanos };
}

/** What an outcome used. */
export function spendOf(attempts: number, usage: Usage): Spend {
  return { calls: attempts, tokens: usage.promptTokens + usage.completionTokens, costNanos: usage.costNanos };
}

/** An account with caps. `before` is what the run spent before it was resumed, lost reservations included. */
export function createBudget(caps: Caps, before: Spend = noSpend): Budget {
  let spent = before;
  let reserved = noSpend;
  // A thousandth: 3e-8 times 10^9 is a little less than 30 in doubles.
  const moneyNanos = caps.money === undefined ? Infinity : Math.floor(caps.money * 1e9 + 1e-3);
  return {
    reserve(worst) {
      const wanted = addSpend(addSpend(spent, reserved), worst);
      if (wanted.calls > (caps.calls ?? Infinity)) return 'CAP_CALLS';
      if (wanted.tokens > (caps.tokens ?? Infinity)) return 'CAP_TOKENS';
      if (wanted.costNanos > moneyNanos) return 'CAP_MONEY';
      reserved = addSpend(reserved, worst);
      return undefined;
    },
    reclaim(worst) {
      spent = subtractSpend(spent, worst);
    },
    settle(worst, used) {
      reserved = subtractSpend(reserved, worst);
      spent = addSpend(spent, used);
    },
    spent: () => spent,
  };
}
