/**
 * The one price of a call auction: what the Game Master trades at, and what a reader of the log finds again from the orders in it.
 *
 * Reads limit orders; whole units, whole prices. At a price, demand is the units of bids at that limit or above, supply those of asks at
 * that limit or below. Rule: the price at which the most units change hands; of several the one that leaves the least surplus on either
 * side; of several the middle of their range, rounded down. Order: none can be seen, the price is a function of the set of orders.
 * Invariant: where anything trades, the price lies between the lowest ask and the highest bid. Oracle: every price one by one
 * (`test/sim/game-master/ranked/auction.test.ts`).
 * Source: most executable volume, then least surplus, is the rule of opening auctions on stock exchanges (Deutsche Börse, market model
 * Xetra, price determination in auctions). Exchanges break what ties are left by a reference price from earlier trading; we have none at
 * the first auction and take the midpoint, as the double auction with k = 1/2 does (Satterthwaite and Williams, 1989; compare McAfee, "A
 * dominant strategy double auction", 1992).
 */

/** An order with a limit: the most that a bid pays for a unit, the least that an ask takes. */
export interface LimitOrder {
  readonly isBid: boolean;
  readonly quantity: number;
  readonly price: number;
}

/** The price of an auction and the units that change hands at it. */
export interface Clearing {
  readonly price: number;
  readonly volume: number;
}

/** A range of prices over which demand and supply stay the same. */
interface Range {
  readonly from: number;
  readonly to: number;
  readonly volume: number;
  readonly surplus: number;
}

/** The price at which orders clear; undefined where no bid meets an ask. */
export function clearingPrice(orders: readonly LimitOrder[]): Clearing | undefined {
  let best: Range | undefined;
  for (const range of rangesOf(orders)) {
    if (range.volume === 0) continue;
    if (best === undefined || isBetter(range, best)) best = range;
    // Surplus falls, or turns from one side to the other, as prices rise: equal ranges stand next to one another.
    else if (range.volume === best.volume && range.surplus === best.surplus) best = { ...best, to: range.to };
  }
  if (best === undefined) return undefined;
  return { price: Math.floor((best.from + best.to) / 2), volume: best.volume };
}

function isBetter(one: Range, other: Range): boolean {
  return one.volume > other.volume || (one.volume === other.volume && one.surplus < other.surplus);
}

/** Ranges from the lowest price on, between the prices at which demand or supply changes. */
function* rangesOf(orders: readonly LimitOrder[]): Generator<Range> {
  const steps = stepsOf(orders);
  let demand = orders.reduce((sum, { isBid, quantity }) => sum + (isBid ? quantity : 0), 0);
  let supply = 0;
  for (let i = 0; i < steps.length; i++) {
    demand -= steps[i].demandLost;
    supply += steps[i].supplyGained;
    if (i + 1 === steps.length || steps[i + 1].price === steps[i].price) continue;
    const volume = Math.min(demand, supply);
    yield { from: steps[i].price, to: steps[i + 1].price - 1, volume, surplus: Math.abs(demand - supply) };
  }
}

/** Where demand and supply change, by price: an ask is there from its limit on, a bid is gone above its limit. */
function stepsOf(orders: readonly LimitOrder[]): { price: number; demandLost: number; supplyGained: number }[] {
  const steps = orders.map(({ isBid, quantity, price }) =>
    isBid
      ? { price: price + 1, demandLost: quantity, supplyGained: 0 }
      : { price, demandLost: 0, supplyGained: quantity },
  );
  return steps.sort((x, y) => x.price - y.price);
}
