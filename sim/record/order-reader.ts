/**
 * Orders in markets out of a tick of the log: who bid or asked what, and how much of it was traded.
 *
 * Reads one record. The log holds each order's limit and the units it traded; the price is a function of the orders that came to the
 * auction (`sim/exchange/clearing-price.ts`). Orders that never came to it, because funds or goods were short, are left out.
 * Order: that of the record, by actor's ordinal and sequence.
 */
import { outcomes, reasonNumber } from '../exchange/reasons.ts';
import { verbs } from '../exchange/verbs.ts';
import type { LimitOrder } from '../exchange/clearing-price.ts';
import type { TickRecord } from './chunk.ts';

/** An order that came to an auction. */
export interface LoggedOrder extends LimitOrder {
  /** Ordinal of who placed it. */
  readonly actor: number;
  /** The good's place in the scenario's list. */
  readonly good: number;
  /** Units of it that changed hands. */
  readonly traded: number;
}

/** The orders of a tick that came to an auction. */
export function readOrders(record: TickRecord): LoggedOrder[] {
  const { actor, verb, outcome, reason, target, amount, result, details } = record;
  const orders: LoggedOrder[] = [];
  for (let k = 0; k < details.row.length; k++) {
    const i = details.row[k];
    if (verb[i] !== verbs.bid && verb[i] !== verbs.ask) continue;
    const isRefused = outcome[i] === outcomes.refused;
    if (isRefused && reason[i] !== reasonNumber.NO_MATCH) continue;
    orders.push({
      ...{ actor: actor[i], isBid: verb[i] === verbs.bid, good: target[i], quantity: amount[i] },
      ...{ price: details.price[k], traded: isRefused ? 0 : result[i] },
    });
  }
  return orders;
}
