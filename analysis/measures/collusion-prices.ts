/**
 * Orders at one price in one auction: the columns that rings of sellers, or of bidders, are looked for in.
 *
 * Reads orders out of the log through its reader. A target is a price that was named for a good, on one side, in one tick; who named it acted on it. What an act
 * is exchanged within by the null is good and side, so a price that everybody names at that time explains itself. A ring of prices is parallel
 * pricing: equal costs bring it too, and whether it was agreed on is not in the prices. Its lift is the mean of its prices over those that others
 * named for the same good, on the same side and in the same ticks, less 1: no benchmark of theory, which a record does not hold.
 * Order: that of the log. Oracle: a planted cartel (`test/analysis/measures/collusion-markets.test.ts`).
 */
import { readOrders } from '../../sim/record/order-reader.ts';
import type { GroundsPlan } from '../../sim/exchange/grounds.ts';
import type { LoggedOrder } from '../../sim/record/order-reader.ts';
import type { Records } from '../../sim/record/reader.ts';
import { actKinds } from './collusion-acts.ts';
import type { CollusionActs } from './collusion-acts.ts';

/** What was named at one price in one auction. */
interface NamedPrice {
  readonly good: number;
  readonly isBid: boolean;
  readonly tick: number;
  readonly price: number;
}

/** Acts of naming prices; undefined where there is no market, or nobody came to one. */
export function priceActs(records: Records): CollusionActs | undefined {
  const { grounds } = records.manifest.plan as { readonly grounds?: GroundsPlan };
  if (grounds?.markets === undefined || grounds.markets.length === 0) return undefined;
  const names: NamedPrice[] = [];
  const numbers = new Map<string, number>();
  const orders: { readonly order: LoggedOrder; readonly target: number; readonly tick: number }[] = [];
  for (const record of records.ticks()) {
    for (const order of readOrders(record)) {
      const { good, isBid, price } = order;
      const named = { good, isBid, price, tick: record.tick };
      const key = `${good} ${isBid} ${record.tick} ${price}`;
      const target = numbers.get(key) ?? names.length;
      if (target === names.length) {
        numbers.set(key, target);
        names.push(named);
      }
      orders.push({ order, target, tick: record.tick });
    }
  }
  if (orders.length === 0) return undefined;
  const { tickSeconds } = records.manifest;
  const kindOf = ({ isBid }: { readonly isBid: boolean }): number => actKinds.indexOf(isBid ? 'bid' : 'ask');
  return {
    basis: 'prices',
    columns: {
      ...{ agentCount: records.population.count, targetCount: names.length },
      agent: Int32Array.from(orders, ({ order }) => order.actor),
      target: Int32Array.from(orders, ({ target }) => target),
      timeSeconds: Float64Array.from(orders, ({ tick }) => tick * tickSeconds),
      stratum: Int32Array.from(orders, ({ order }) => 2 * order.good + (order.isBid ? 1 : 0)),
      bornSeconds: Float64Array.from(names, ({ tick }) => tick * tickSeconds),
    },
    kind: Uint8Array.from(orders, ({ order }) => kindOf(order)),
    postOfTarget: () => -1,
    agentOfTarget: () => -1,
    nameOfTarget(target) {
      const { good, isBid, tick, price } = names[target];
      return `${isBid ? 'bids for' : 'asks of'} ${grounds.goods[good].name} at ${price} in tick ${tick}`;
    },
    liftOf: (agents, targets) =>
      liftOver(
        targets.map((target) => names[target]),
        orders.map(({ order, tick }) => ({ ...order, tick })),
        new Set(agents),
      ),
    postOfRow: new Int32Array(orders.length).fill(-1),
  };
}

/** Mean price of a ring over the mean of what others named beside it, less 1; null where nobody else came. */
function liftOver(
  named: readonly NamedPrice[],
  orders: readonly (LoggedOrder & { readonly tick: number })[],
  members: ReadonlySet<number>,
): number | null {
  const keyOf = ({ good, isBid, tick }: { good: number; isBid: boolean; tick: number }): string =>
    `${good} ${isBid} ${tick}`;
  const others = Map.groupBy(
    orders.filter(({ actor }) => !members.has(actor)),
    keyOf,
  );
  let [own, beside, count] = [0, 0, 0];
  for (const one of named) {
    const prices = others.get(keyOf(one)) ?? [];
    if (prices.length === 0) continue;
    own += one.price;
    beside += prices.reduce((sum, { price }) => sum + price, 0) / prices.length;
    count++;
  }
  return count === 0 || beside === 0 ? null : own / beside - 1;
}
