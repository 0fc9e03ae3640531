/**
 * What agents have of goods: what each had at the start and what the ledger says came in less what went out.
 *
 * Reads a ledger or a draft of it. Invariant: nobody has less than 0 units or more than `unitsMost`.
 */
import { ledgerOf } from '../world/ledger.ts';
import type { AgentRow } from '../ground/ids.ts';
import type { LedgerView } from '../world/ledger.ts';
import type { Sizes, StateView } from './view.ts';

/** Most units of a good that anyone can have, and most that the platform can have gained or lost: 32 bits. */
export const unitsMost = 0x7fff_ffff;

/** Units of a good that an agent has at the start of the tick. `good` is its place in the scenario's list of goods. */
export function unitsOf(state: StateView, agent: AgentRow, good: number): number {
  return unitsIn(state.sizes, ledgerOf(state.ledger), agent, good);
}

/** Units of a good that an agent has as a ledger, or a draft of one, says. */
export function unitsIn(
  { initialUnits }: Pick<Sizes, 'initialUnits'>,
  ledger: LedgerView,
  agent: number,
  good: number,
): number {
  return (initialUnits[good] ?? 0) + ledger.get('balance', agent, good);
}
