/**
 * A call auction: who of all who bid and ask trades how much, at one price.
 *
 * Reads orders in rank; the price is that of `sim/exchange/clearing-price.ts`. Bids at the price or above it are served from the highest,
 * asks at the price or below it from the lowest, equal ones in rank; the last one served may get a part.
 * Invariant: units bought are units sold and are the most that any price allows; nobody buys above its limit or sells below it; who has a
 * worse limit gets nothing while one with a better limit lacks a unit. Oracle: every price and every unit one by one
 * (`test/sim/game-master/ranked/auction.test.ts`). Source: see `clearing-price.ts`.
 */
import { clearingPrice } from '../../exchange/clearing-price.ts';
import type { Clearing, LimitOrder } from '../../exchange/clearing-price.ts';

/** What came of an auction. */
export interface Auction extends Clearing {
  /** Units that each order traded, at the order's place. */
  readonly filled: readonly number[];
}

/** Holds the auction. `orders` stand in rank. Price and volume are 0 where no bid meets an ask. */
export function callAuction(orders: readonly LimitOrder[]): Auction {
  const filled = new Array<number>(orders.length).fill(0);
  const clearing = clearingPrice(orders);
  if (clearing === undefined) return { price: 0, volume: 0, filled };
  const places = Array.from(orders.keys());
  const bids = places.filter((i) => orders[i].isBid && orders[i].price >= clearing.price);
  const asks = places.filter((i) => !orders[i].isBid && orders[i].price <= clearing.price);
  // Sorting is stable: orders of one limit stay in rank.
  bids.sort((i, j) => orders[j].price - orders[i].price);
  asks.sort((i, j) => orders[i].price - orders[j].price);
  for (const side of [bids, asks]) serve(orders, side, clearing.volume, filled);
  return { ...clearing, filled };
}

function serve(orders: readonly LimitOrder[], side: readonly number[], volume: number, filled: number[]): void {
  let left = volume;
  for (const i of side) {
    filled[i] = Math.min(left, orders[i].quantity);
    left -= filled[i];
  }
}
