/**
 * Conserved quantities: of each good, what some gained others gave, the platform included, and nobody owes.
 *
 * `checkDraft` looks at what the settled acts of one tick are about to change, and so costs what the tick costs; `checkConservation`
 * walks the whole ledger. Sources and sinks are the platform's: products and games are paid from its balance and into it.
 * Invariant: of each good the balances of all agents and of the platform add up to 0 at the start, by definition (`sim/world/ledger.ts`),
 * so they do for ever if each tick's changes add up to 0. Sums are exact up to 2^53: four million balances of 32 bits.
 * Oracle: sums over plain objects (`test/sim/engine/conservation.test.ts`). Source: game master statements 21 and 22.
 */
import { InvariantError } from '../ground/errors.ts';
import { entrySubject } from '../world/ledger.ts';
import { forPairs } from '../world/pairs.ts';
import { unitsMost } from '../exchange/holdings.ts';
import type { RunPlace } from '../ground/errors.ts';
import type { GoodPlan } from '../exchange/grounds.ts';
import type { LedgerEntry, LedgerView } from '../world/ledger.ts';
import type { Pairs } from '../world/pairs.ts';

/**
 * Throws an InvariantError unless the drafted changes of each good add up to 0, nobody is left with less than nothing or more than
 * 32 bits hold, and nothing is still set aside. `before` is the ledger that the draft is about to be written to.
 */
export function checkDraft(
  entries: Iterable<LedgerEntry>,
  before: LedgerView,
  goods: readonly GoodPlan[],
  place: RunPlace,
): void {
  const sums = new Float64Array(goods.length);
  for (const { account, subject, object, value } of entries) {
    if (account === 'balance') {
      const left = goods[object].initial + value;
      if (left < 0 || left > unitsMost) throw broken(goods[object], `an agent is left with ${left}`, place);
      sums[object] += value - before.get('balance', subject, object);
    } else if (account === 'platformBalance') {
      if (Math.abs(value) > unitsMost) throw broken(goods[subject], `the platform is left with ${value}`, place);
      sums[subject] += value - before.get('platformBalance', subject);
    } else if (account === 'setAside' && value !== 0) throw broken(goods[object], `${value} stay set aside`, place);
  }
  refuseSums(sums, goods, place);
}

/** Throws an InvariantError unless the balances of each good add up to 0 over the whole ledger. Walks it once. */
export function checkConservation(ledger: Pairs, goods: readonly GoodPlan[], place: RunPlace): void {
  const sums = new Float64Array(goods.length);
  const accountsPerSubject = entrySubject('balance', 1) - entrySubject('balance', 0);
  const balance = entrySubject('balance', 0);
  const platformBalance = entrySubject('platformBalance', 0);
  forPairs(ledger, 0, (subject, object, value) => {
    const account = subject % accountsPerSubject;
    if (account === balance) sums[object] += value;
    else if (account === platformBalance) sums[(subject - account) / accountsPerSubject] += value;
  });
  refuseSums(sums, goods, place);
}

function refuseSums(sums: Float64Array, goods: readonly GoodPlan[], place: RunPlace): void {
  sums.forEach((sum, good) => {
    if (sum === 0) return;
    throw broken(goods[good], `${Math.abs(sum)} ${sum > 0 ? 'came from nowhere' : 'went nowhere'}`, place);
  });
}

function broken({ name }: GoodPlan, what: string, place: RunPlace): InvariantError {
  return new InvariantError(`${name}: ${what}`, place);
}
