/**
 * Writing intents: the one way in which any policy attempts something.
 *
 * The actor comes from the envelope (the percept whose turn it is), never from what a policy says. Sequence numbers count an
 * agent's attempts within a tick. What is no 32-bit integer is not coerced: the attempt is written with its flaw, for which the Game
 * Master refuses it.
 */
import { InvariantError } from '../ground/errors.ts';
import { reasonNumber } from '../exchange/reasons.ts';
import { flawOfDetail, isWord, writeDetail } from '../exchange/details.ts';
import { counts, intentsPerAgentMax } from '../exchange/tables.ts';
import { unknownVerb, verbs } from '../exchange/verbs.ts';
import type { Detail } from '../exchange/details.ts';
import type { IntentRow, ShardTables } from '../exchange/tables.ts';

/** Whose turn it is and how often it has acted. One a shard, reused. */
export interface Turn {
  actor: number;
  sequence: number;
}

/** The target of an attempt that named none, or none that can be one: no row and no post has this number. */
const noTarget = -1;

/**
 * Appends an attempt of the agent whose turn it is. Returns false when the agent has no attempts left: the last one that is written
 * is refused with LIMIT_REACHED and stands for all that follow. Until its ruling an intent's `reason` holds its flaw, or 0.
 */
export function attempt(
  tables: ShardTables,
  turn: Turn,
  verb: number,
  target: number | undefined,
  amount = 0,
  detail?: Detail,
): boolean {
  if (turn.sequence >= intentsPerAgentMax) return false;
  const { intents, count } = tables;
  const row = count[counts.intents] as IntentRow;
  if (row >= intents.rowCapacity) throw new InvariantError(`the table of intents is full: ${row} in one tick`);
  intents.actor[row] = turn.actor;
  const flaw = detail === undefined ? flawOf(target, amount) : flawWithDetail(target, amount, detail);
  intents.verb[row] = (verb & 0xff) === verb ? verb : unknownVerb;
  intents.sequence[row] = turn.sequence++;
  intents.outcome[row] = 0;
  intents.reason[row] = flaw;
  intents.target[row] = isWord(target) ? target : noTarget;
  intents.subject[row] = 0;
  intents.amount[row] = isWord(amount) ? amount : 0;
  intents.result[row] = 0;
  intents.detail[row] = detail === undefined ? 0 : writeDetail(tables, detail);
  count[counts.intents] = row + 1;
  return true;
}

/** Puts on record that the agent whose turn it is got no usable answer from the model: an attempt at nothing that will be refused. */
export function attemptWithoutAnswer(tables: ShardTables, turn: Turn): void {
  const row = tables.count[counts.intents] as IntentRow;
  if (attempt(tables, turn, verbs.nothing, 0)) tables.intents.reason[row] = reasonNumber.MODEL_FAILED;
}

/** An attempt at something that nobody knows, by whatever name it was called: it will be refused with TARGET_UNKNOWN. */
export function attemptAtUnknown(tables: ShardTables, turn: Turn, verb: number, detail?: Detail): void {
  const row = tables.count[counts.intents] as IntentRow;
  if (attempt(tables, turn, verb, 0, 0, detail)) tables.intents.reason[row] = reasonNumber.TARGET_UNKNOWN;
}

/** Number of the reason for which an attempt is not well formed, or 0. */
function flawOf(target: unknown, amount: unknown): number {
  if (target === undefined) return isWord(amount) ? reasonNumber.TARGET_MISSING : reasonNumber.AMOUNT_RANGE;
  if (!isWord(target)) return reasonNumber.TARGET_INVALID;
  return isWord(amount) ? 0 : reasonNumber.AMOUNT_RANGE;
}

/** The same for an attempt with a detail. Whether a target may be missing the verb says, so what is worse comes first. */
function flawWithDetail(target: unknown, amount: unknown, detail: Detail): number {
  const flaw = flawOf(target, amount);
  return flaw === 0 || flaw === reasonNumber.TARGET_MISSING ? flawOfDetail(detail) || flaw : flaw;
}
