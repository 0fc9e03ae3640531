/**
 * Markets: all orders for a good in a tick are cleared at once, at one price, after every other ranked act.
 *
 * An order sets aside what it may cost, so that the agent's later acts of the tick cannot spend it; when its market clears, what it did
 * not use goes back. Reads and drafts balances, `lastPrice` and `lastVolume` in the ledger. Agents trade with one another, never with the
 * platform, at whole prices; an agent may stand on both sides.
 * Order: markets in that of the scenario, orders in rank. Who could not hold what it would get is refused and the auction held again.
 * Invariant: nothing is set aside any more afterwards, and for each good and its money what some gain others give.
 * The price is not in the log: it follows from the orders that are (`analysis/measures/market-prices.ts`), and stands in the ledger.
 * Oracle: `test/sim/game-master/ranked/trading-oracle.ts`; of the auction see `auction.ts`.
 */
import { unitsMost } from '../../exchange/holdings.ts';
import { rules } from '../../exchange/reasons.ts';
import { verbs } from '../../exchange/verbs.ts';
import { grant, grantPartly, refuse } from '../rulings.ts';
import { callAuction } from './auction.ts';
import { canTake, spendable } from './holdings.ts';
import type { MarketPlan } from '../../exchange/grounds.ts';
import type { Auction } from './auction.ts';
import type { MarketOrder, RankedAct, RankedRules, Settlement } from './settlement.ts';

/** Most units of one order. */
export const orderUnitsMost = 1_000_000;
/** Highest limit. */
export const orderPriceMost = 1_000_000_000;

/**
 * Bids for, or asks for buyers of, `amount` units of the good `target` at `price` a unit or better. `result` is the units traded: all of
 * them (granted), a part (PARTLY_FILLED) or none (NO_MATCH).
 */
export const marketRules: RankedRules = { bid: placeOrder, ask: placeOrder };

function placeOrder(settlement: Settlement, act: RankedAct): void {
  const { intents, row, actor, target: good, amount: quantity, price } = act;
  const market = marketsOf(settlement).find((one) => one.good === good);
  const isBid = act.verb === verbs.bid;
  if (market === undefined) refuse(intents, row, 'TARGET_UNKNOWN', rules.targetExists);
  else if (quantity < 1 || quantity > orderUnitsMost) refuse(intents, row, 'AMOUNT_RANGE', rules.amount);
  else if (price < 1 || price > orderPriceMost) refuse(intents, row, 'PRICE_RANGE', rules.amount);
  else if (isBid && quantity * price > spendable(settlement, actor, market.money))
    refuse(intents, row, 'FUNDS_SHORT', rules.funds);
  else if (!isBid && quantity > spendable(settlement, actor, good)) refuse(intents, row, 'GOODS_SHORT', rules.funds);
  else {
    const order = { act, isBid, good, quantity, price };
    settlement.orders.push(order);
    setAside(settlement, market, order, 1);
  }
}

function marketsOf({ book }: Settlement): readonly MarketPlan[] {
  return book.grounds?.markets ?? [];
}

/** Takes what an order may cost out of its owner's balance (sign 1), or puts it back (sign -1). */
function setAside({ ledger }: Settlement, market: MarketPlan, order: MarketOrder, sign: 1 | -1): void {
  const { actor } = order.act;
  const item = order.isBid ? market.money : market.good;
  const units = sign * (order.isBid ? order.quantity * order.price : order.quantity);
  ledger.add('balance', actor, item, -units);
  ledger.add('setAside', actor, item, units);
}

/** Clears every market. */
export function clearMarkets(settlement: Settlement): void {
  const byGood = Map.groupBy(settlement.orders, ({ good }) => good);
  for (const market of marketsOf(settlement)) clearMarket(settlement, market, byGood.get(market.good) ?? []);
}

function clearMarket(settlement: Settlement, market: MarketPlan, orders: readonly MarketOrder[]): void {
  let open = orders;
  let auction = callAuction(open);
  for (let full = tooFull(settlement, market, open, auction); full.size > 0;) {
    for (const order of full) {
      setAside(settlement, market, order, -1);
      refuse(order.act.intents, order.act.row, 'BALANCE_FULL', rules.funds);
    }
    const without = full;
    open = open.filter((order) => !without.has(order));
    auction = callAuction(open);
    full = tooFull(settlement, market, open, auction);
  }
  open.forEach((order, i) => {
    trade(settlement, market, order, auction.price, auction.filled[i]);
  });
  if (auction.volume === 0) return;
  settlement.ledger.set('lastPrice', market.good, 0, auction.price);
  settlement.ledger.set('lastVolume', market.good, 0, Math.min(auction.volume, unitsMost));
}

/** Orders whose owner could not hold what they bring, whatever else comes back or is paid. Each removal leaves fewer, so rounds end. */
function tooFull(
  settlement: Settlement,
  market: MarketPlan,
  orders: readonly MarketOrder[],
  { price, filled }: Auction,
): Set<MarketOrder> {
  const full = new Set<MarketOrder>();
  const gained = new Map<string, number>();
  orders.forEach((order, i) => {
    if (filled[i] === 0) return;
    const { actor } = order.act;
    const item = order.isBid ? market.good : market.money;
    const key = `${actor} ${item}`;
    const units = (gained.get(key) ?? 0) + (order.isBid ? filled[i] : filled[i] * price);
    if (canTake(settlement, actor, item, units)) gained.set(key, units);
    else full.add(order);
  });
  return full;
}

/** Gives back what the order set aside, moves what it traded, and rules on it. */
function trade(settlement: Settlement, market: MarketPlan, order: MarketOrder, price: number, units: number): void {
  const { intents, row, actor } = order.act;
  const { ledger } = settlement;
  const bought = order.isBid ? units : -units;
  setAside(settlement, market, order, -1);
  if (units === 0) {
    refuse(intents, row, 'NO_MATCH', rules.market);
    return;
  }
  ledger.add('balance', actor, market.good, bought);
  ledger.add('balance', actor, market.money, -bought * price);
  if (units === order.quantity) grant(intents, row, units);
  else grantPartly(intents, row, 'PARTLY_FILLED', rules.market, units);
}
