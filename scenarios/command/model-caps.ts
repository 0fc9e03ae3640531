/**
 * Caps of many worlds together: what is given on the command line, what has been spent, and what part one world may take.
 *
 * Pure but for `spentOf`, which reads a world's log of answers. Amounts of money are counted in 10^-9 of the currency, so that parts of it add up.
 * Invariant: parts of a round, with what is spent, never exceed the cap.
 */
import { InputError } from '../../sim/ground/errors.ts';
import { addSpend, noSpend } from '../../sim/llm/budget.ts';
import { readAnswers } from '../../sim/record/answers.ts';
import type { Spend } from '../../sim/llm/budget.ts';
import type { Caps } from '../../sim/llm/settings.ts';

/** Flags of commands that run many worlds with models. */
export interface ModelFlags {
  readonly models?: string;
  readonly capCalls?: number;
  readonly capTokens?: number;
  readonly capMoney?: number;
  readonly replay?: string;
}

/** The caps among the flags; undefined where none is given. */
export function capsOfFlags({ capCalls: calls, capTokens: tokens, capMoney: money }: ModelFlags): Caps | undefined {
  const caps = {
    ...(calls === undefined ? {} : { calls }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(money === undefined ? {} : { money }),
  };
  return Object.keys(caps).length === 0 ? undefined : caps;
}

/** Caps as they stand in a file. */
export function capsOf(value: unknown, file: string): Caps {
  const isCap =
    typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'number');
  if (isCap) return value;
  throw new InputError({
    code: 'INPUT_STORE_DAMAGED',
    place: { file },
    found: 'the caps are not as they were written',
    next: 'Give them again: --cap-calls N.',
  });
}

/** What a recorded world has spent: answers at what they used, reservations without an answer at what they were reserved at. */
export function spentOf(world: string): Spend {
  return readAnswers(world).spent;
}

/** Sum of several. */
export function total(spends: readonly Spend[]): Spend {
  return spends.reduce(addSpend, noSpend);
}

/** An equal part, for each of so many worlds, of what all have left. */
export function partOf({ calls, tokens, money }: Caps, spent: Spend, worlds: number): Caps {
  const part = (cap: number, used: number): number => Math.floor(Math.max(0, cap - used) / worlds);
  return {
    ...(calls === undefined ? {} : { calls: part(calls, spent.calls) }),
    ...(tokens === undefined ? {} : { tokens: part(tokens, spent.tokens) }),
    ...(money === undefined ? {} : { money: part(nanosOf(money), spent.costNanos) / 1e9 }),
  };
}

/** A thousandth: 3e-8 times 10^9 is a little less than 30 in doubles. */
function nanosOf(money: number): number {
  return Math.floor(money * 1e9 + 1e-3);
}

/** The cap of a world that has spent something, and may spend a part beyond it. */
export function above({ calls, tokens, money }: Caps, spent: Spend): Caps {
  return {
    ...(calls === undefined ? {} : { calls: calls + spent.calls }),
    ...(tokens === undefined ? {} : { tokens: tokens + spent.tokens }),
    ...(money === undefined ? {} : { money: (nanosOf(money) + spent.costNanos) / 1e9 }),
  };
}

/** The narrower of two caps in each. */
export function narrower(one: Caps, other: Caps | undefined): Caps {
  const names = ['calls', 'tokens', 'money'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const both = [one[name], other?.[name]].filter((cap) => cap !== undefined);
      return both.length === 0 ? [] : [[name, Math.min(...both)]];
    }),
  );
}
