/**
 * Prices of markets, tick by tick, out of the log of a run: what each market cleared at, how much, and what was bid and asked.
 *
 * The log holds each order with its limit and the units it traded, not the price: that is a function of the orders that were in the
 * auction (`sim/exchange/clearing-price.ts`), and is computed again from them. Where trades do not follow from the orders, because an invariant took an order away after others had been refused for it,
 * the price is not known and null.
 * Reads records through their reader. Order: goods by number, ticks ascending. Oracle: the engine's own ledger
 * (`test/analysis/measures/market-prices.test.ts`).
 */
import { clearingPrice } from '../../sim/exchange/clearing-price.ts';
import { readOrders } from '../../sim/record/order-reader.ts';
import type { GroundsPlan } from '../../sim/exchange/grounds.ts';
import type { LoggedOrder } from '../../sim/record/order-reader.ts';
import type { Records } from '../../sim/record/reader.ts';

/** One market in one tick. Prices are units of money for one unit; null where there is none. */
export interface MarketTick {
  readonly tick: number;
  /** The one price at which all trades were made. */
  readonly price: number | null;
  /** Units that changed hands. */
  readonly volume: number;
  /** Orders in the auction, and the units they were for. */
  readonly bids: number;
  readonly asks: number;
  readonly bidUnits: number;
  readonly askUnits: number;
  /** Highest bid and lowest ask of all that were in the auction. */
  readonly bestBid: number | null;
  readonly bestAsk: number | null;
  /** Lowest ask less highest bid of what was left untraded: the room between those who found no other side. */
  readonly spread: number | null;
}

/** One market over a run: ticks in which at least one order came to the auction. */
export interface MarketSeries {
  /** The good's place in the scenario's list, and its name. */
  readonly good: number;
  readonly name: string;
  readonly ticks: readonly MarketTick[];
}

/** The markets of a recorded run, by the number of their goods. */
export function clearingPrices(records: Pick<Records, 'manifest' | 'ticks'>): MarketSeries[] {
  const { grounds } = records.manifest.plan as { readonly grounds?: GroundsPlan };
  const series = (grounds?.markets ?? []).map(({ good }) => ({
    ...{ good, name: grounds?.goods[good].name ?? '' },
    ticks: [] as MarketTick[],
  }));
  for (const record of records.ticks()) {
    const byGood = Map.groupBy(readOrders(record), ({ good }) => good);
    for (const { good, ticks } of series) {
      const orders = byGood.get(good);
      if (orders !== undefined) ticks.push(marketTick(record.tick, orders));
    }
  }
  return series.sort((x, y) => x.good - y.good);
}

function marketTick(tick: number, orders: readonly LoggedOrder[]): MarketTick {
  const bids = orders.filter(({ isBid }) => isBid);
  const asks = orders.filter(({ isBid }) => !isBid);
  const volume = sumOf(bids, ({ traded }) => traded);
  const clearing = clearingPrice(orders);
  const isSame = (clearing?.volume ?? 0) === volume;
  const [bidLeft, askLeft] = [highest(bids.filter(hasRest)), lowest(asks.filter(hasRest))];
  return {
    ...{ tick, volume, bids: bids.length, asks: asks.length },
    price: isSame && clearing !== undefined ? clearing.price : null,
    bidUnits: sumOf(bids, ({ quantity }) => quantity),
    askUnits: sumOf(asks, ({ quantity }) => quantity),
    ...{ bestBid: highest(bids), bestAsk: lowest(asks) },
    spread: bidLeft === null || askLeft === null ? null : askLeft - bidLeft,
  };
}

function hasRest({ quantity, traded }: LoggedOrder): boolean {
  return traded < quantity;
}

function sumOf(orders: readonly LoggedOrder[], value: (order: LoggedOrder) => number): number {
  return orders.reduce((sum, order) => sum + value(order), 0);
}

function highest(orders: readonly LoggedOrder[]): number | null {
  return orders.reduce<number | null>((most, { price }) => Math.max(most ?? price, price), null);
}

function lowest(orders: readonly LoggedOrder[]): number | null {
  return orders.reduce<number | null>((least, { price }) => Math.min(least ?? price, price), null);
}
