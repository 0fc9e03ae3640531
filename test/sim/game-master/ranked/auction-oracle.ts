/**
 * The call auction written naively: every given price is tried, and every unit is handed over by itself.
 */
import type { LimitOrder } from '../../../../sim/exchange/clearing-price.ts';

/** What came of an auction: see `sim/game-master/ranked/auction.ts`. */
export interface NaiveAuction {
  readonly price: number;
  readonly volume: number;
  readonly filled: readonly number[];
}

/** Units that would change hands at a price, and units of either side that would not. */
export function tradeAt(orders: readonly LimitOrder[], price: number): { volume: number; surplus: number } {
  let demand = 0;
  let supply = 0;
  for (const order of orders) {
    if (order.isBid && order.price >= price) demand += order.quantity;
    if (!order.isBid && order.price <= price) supply += order.quantity;
  }
  return { volume: Math.min(demand, supply), surplus: Math.abs(demand - supply) };
}

/** The auction at the best of the given prices; of several best ones at the middle of the lowest and the highest. */
export function naiveAuction(orders: readonly LimitOrder[], prices: readonly number[]): NaiveAuction {
  const all = prices.map((price) => ({ price, ...tradeAt(orders, price) }));
  const volume = Math.max(0, ...all.map((one) => one.volume));
  const filled = orders.map(() => 0);
  if (volume === 0) return { price: 0, volume, filled };
  const most = all.filter((one) => one.volume === volume);
  const surplus = Math.min(...most.map((one) => one.surplus));
  const best = most.filter((one) => one.surplus === surplus).map((one) => one.price);
  const price = Math.floor((Math.min(...best) + Math.max(...best)) / 2);
  for (let unit = 0; unit < volume; unit++) {
    filled[nextOf(orders, filled, price, true)]++;
    filled[nextOf(orders, filled, price, false)]++;
  }
  return { price, volume, filled };
}

/** Prices beside every limit: among them are both ends of every range over which nothing changes. */
export function pricesBeside(orders: readonly LimitOrder[]): number[] {
  return [...new Set(orders.flatMap(({ price }) => [price - 1, price, price + 1]))].filter((price) => price > 0);
}

/** The order of a side that gets the next unit: the best limit, of equal ones the first. */
function nextOf(orders: readonly LimitOrder[], filled: readonly number[], price: number, isBid: boolean): number {
  let next = -1;
  orders.forEach((order, i) => {
    if (order.isBid !== isBid || filled[i] === order.quantity) return;
    if (isBid ? order.price < price : order.price > price) return;
    const isBetter = next < 0 || (isBid ? order.price > orders[next].price : order.price < orders[next].price);
    if (isBetter) next = i;
  });
  return next;
}
