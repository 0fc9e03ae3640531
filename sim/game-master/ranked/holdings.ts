/**
 * What rules of ranked verbs ask of what agents have: whether they can spend it, and whether they can take more.
 *
 * Reads the draft of the ledger. What an order in a market may cost is set aside: its owner cannot spend it, and it must fit in again, for
 * it goes back where the order does not trade. Invariant: whatever is moved from one is moved to another, the platform included.
 */
import { unitsIn, unitsMost } from '../../exchange/holdings.ts';
import type { Settlement } from './settlement.ts';

/** Units of a good that an agent can spend now: without what is set aside. */
export function spendable({ state, ledger }: Settlement, agent: number, good: number): number {
  return unitsIn(state.sizes, ledger, agent, good);
}

/** Whether an agent can take so many units more and still get back what it has set aside. */
export function canTake(settlement: Settlement, agent: number, good: number, units: number): boolean {
  const setAside = settlement.ledger.get('setAside', agent, good);
  return spendable(settlement, agent, good) + setAside + units <= unitsMost;
}

/** Whether the platform can take so many units, or give them where they are below 0. */
export function canPlatformTake({ ledger }: Settlement, good: number, units: number): boolean {
  return Math.abs(ledger.get('platformBalance', good) + units) <= unitsMost;
}
