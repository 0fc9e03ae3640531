/**
 * Writing intents: the one way in which any policy attempts something.
 *
 * The actor comes from the envelope (the percept whose turn it is), never from what a policy says. Sequence numbers count an
 * agent's attempts within a tick.
 */
import { InvariantError } from '../ground/errors.ts';
import { counts, intentsPerAgentMax } from '../exchange/tables.ts';
import type { IntentRow, ShardTables } from '../exchange/tables.ts';

/** Whose turn it is and how often it has acted. One a shard, reused. */
export interface Turn {
  actor: number;
  sequence: number;
}

/**
 * Appends an attempt of the agent whose turn it is. Returns false when the agent has no attempts left: the last one that is written
 * is refused with LIMIT_REACHED and stands for all that follow.
 */
export function attempt(tables: ShardTables, turn: Turn, verb: number, target: number, amount = 0): boolean {
  if (turn.sequence >= intentsPerAgentMax) return false;
  const { intents, count } = tables;
  const row = count[counts.intents] as IntentRow;
  if (row >= intents.rowCapacity) throw new InvariantError(`the table of intents is full: ${row} in one tick`);
  intents.actor[row] = turn.actor;
  intents.verb[row] = verb;
  intents.sequence[row] = turn.sequence++;
  intents.outcome[row] = 0;
  intents.target[row] = target;
  intents.subject[row] = 0;
  intents.amount[row] = amount;
  intents.result[row] = 0;
  count[counts.intents] = row + 1;
  return true;
}
