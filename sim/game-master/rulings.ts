/**
 * Writing rulings: one outcome, reason and rule for an intent, at its own place.
 */
import { outcomes, reasonNumber, rules } from '../exchange/reasons.ts';
import type { IntentRow, Intents } from '../exchange/tables.ts';
import type { Reason } from '../exchange/reasons.ts';

/** Grants an intent. Returns whether it is still contested, which it is not. `result` is what came of it, as the verb says. */
export function grant(intents: Intents, row: IntentRow, result?: number): false {
  intents.outcome[row] = outcomes.granted;
  intents.reason[row] = 0;
  intents.rule[row] = rules.none;
  if (result !== undefined) intents.result[row] = result;
  return false;
}

/** Grants a part of an intent; the reason says which, or what is missing to the whole. */
export function grantPartly(intents: Intents, row: IntentRow, reason: Reason, rule: number, result = 0): false {
  intents.outcome[row] = outcomes.partial;
  intents.reason[row] = reasonNumber[reason];
  intents.rule[row] = rule;
  intents.result[row] = result;
  return false;
}

/** Refuses an intent. `result` is for the agent: with QUOTA_REACHED the tick from which it may try again. */
export function refuse(intents: Intents, row: IntentRow, reason: Reason, rule: number, result = 0): false {
  intents.outcome[row] = outcomes.refused;
  intents.reason[row] = reasonNumber[reason];
  intents.rule[row] = rule;
  intents.result[row] = result;
  return false;
}
