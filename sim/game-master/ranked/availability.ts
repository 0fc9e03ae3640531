/**
 * Agents who are free: an act of who left, set out or went to rest by an earlier act of the same tick is refused before its rule is asked.
 * Who did so in an earlier tick is refused by the gates.
 */
import { rules } from '../../exchange/reasons.ts';
import { refuse } from '../rulings.ts';
import type { RankedAct, Settlement } from './settlement.ts';

/**
 * Refuses an act of an agent that left, set out or went to rest by an earlier act of the same tick. Returns whether it did.
 * `result` of BUSY is the first tick at which the agent is free.
 */
export function refuseUnavailable({ ledger, state }: Settlement, { actor, intents, row }: RankedAct): boolean {
  if (ledger.get('leftAt', actor) > 0) {
    refuse(intents, row, 'LEFT', rules.availability);
    return true;
  }
  const freeAt = ledger.get('busyUntil', actor);
  if (freeAt <= state.now.tick) return false;
  refuse(intents, row, 'BUSY', rules.availability, freeAt);
  return true;
}
