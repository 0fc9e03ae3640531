/**
 * Buying, giving and markets replayed on plain objects: who has what is a list of numbers an agent, and what an order may cost lies on a
 * heap of its own until the market is held.
 *
 * Takes the acts of one tick in rank; gives a ruling each and the state after them.
 */
import { outcomes, reasonNumber } from '../../../../sim/exchange/reasons.ts';
import { naiveAuction, pricesBeside } from './auction-oracle.ts';
import type { GroundsPlan } from '../../../../sim/exchange/grounds.ts';
import type { Reason } from '../../../../sim/exchange/reasons.ts';

/** One attempt, agents by ordinal. */
export interface NaiveAct {
  readonly actor: number;
  readonly verb: string;
  readonly target: number;
  readonly amount: number;
  readonly argument: number;
  readonly price: number;
}

export interface NaiveRuling {
  readonly outcome: number;
  readonly reason: number;
  readonly result: number;
}

interface NaiveOrder {
  readonly act: NaiveAct;
  readonly place: number;
  readonly isBid: boolean;
  readonly quantity: number;
  readonly price: number;
}

const most = 0x7fff_ffff;

function refused(reason: Reason): NaiveRuling {
  return { outcome: outcomes.refused, reason: reasonNumber[reason], result: 0 };
}

/** What agents, the platform and markets have. */
export class NaiveTrade {
  readonly units: number[][];
  readonly aside: number[][];
  readonly platform: number[];
  readonly sold: number[];
  readonly last: { price: number; volume: number }[];
  readonly #grounds: GroundsPlan;

  constructor(grounds: GroundsPlan, agentCount: number) {
    const { goods, products } = grounds;
    this.#grounds = grounds;
    this.units = Array.from({ length: agentCount }, () => goods.map(({ initial }) => initial));
    this.aside = Array.from({ length: agentCount }, () => goods.map(() => 0));
    this.platform = goods.map(() => 0);
    this.sold = products.map(() => 0);
    this.last = goods.map(() => ({ price: 0, volume: 0 }));
  }

  /** Rules on the acts of one tick, given in rank. */
  settle(acts: readonly NaiveAct[]): NaiveRuling[] {
    const orders: NaiveOrder[] = [];
    const rulings = acts.map((act, place): NaiveRuling => {
      if (act.verb === 'buy') return this.#buy(act);
      if (act.verb === 'give') return this.#give(act);
      const ruling = this.#order(act);
      const { amount: quantity, price } = act;
      if (ruling.outcome === outcomes.pending) {
        orders.push({ act, place, isBid: act.verb === 'bid', quantity, price });
      }
      return ruling;
    });
    for (const { good, money } of this.#grounds.markets) {
      this.#clear(
        orders.filter((order) => order.act.target === good),
        { good, money },
        rulings,
      );
    }
    return rulings;
  }

  #fits(agent: number, good: number, units: number): boolean {
    return this.units[agent][good] + this.aside[agent][good] + units <= most;
  }

  #buy({ actor, target, amount }: NaiveAct): NaiveRuling {
    const product = this.#grounds.products.at(target);
    if (target < 0 || product === undefined) return refused('TARGET_UNKNOWN');
    if (amount < 1) return refused('AMOUNT_RANGE');
    const { price, money, good, stock } = product;
    if (stock >= 0 && stock - this.sold[target] < amount) return refused('SOLD_OUT');
    if (BigInt(price) * BigInt(amount) > this.units[actor][money]) return refused('FUNDS_SHORT');
    const takes = this.platform[money] + price * amount <= most && this.sold[target] + amount <= most;
    const hands = good < 0 || (this.#fits(actor, good, amount) && this.platform[good] - amount >= -most);
    if (!takes || !hands) return refused('BALANCE_FULL');
    this.units[actor][money] -= price * amount;
    this.platform[money] += price * amount;
    if (good >= 0) {
      this.units[actor][good] += amount;
      this.platform[good] -= amount;
    }
    this.sold[target] += amount;
    return { outcome: outcomes.granted, reason: 0, result: this.sold[target] };
  }

  #give({ actor, target, amount, argument }: NaiveAct): NaiveRuling {
    if (target < 0 || target >= this.units.length) return refused('AGENT_UNKNOWN');
    if (target === actor) return refused('SELF_TARGET');
    if (argument < 0 || argument >= this.#grounds.goods.length) return refused('ARGUMENT_INVALID');
    if (amount < 1) return refused('AMOUNT_RANGE');
    if (this.units[actor][argument] < amount) return refused('GOODS_SHORT');
    if (!this.#fits(target, argument, amount)) return refused('BALANCE_FULL');
    this.units[actor][argument] -= amount;
    this.units[target][argument] += amount;
    return { outcome: outcomes.granted, reason: 0, result: 0 };
  }

  #order({ actor, verb, target, amount, price }: NaiveAct): NaiveRuling {
    const market = this.#grounds.markets.find(({ good }) => good === target);
    if (market === undefined) return refused('TARGET_UNKNOWN');
    if (amount < 1 || amount > 1_000_000) return refused('AMOUNT_RANGE');
    if (price < 1 || price > 1_000_000_000) return refused('PRICE_RANGE');
    const [item, units] = verb === 'bid' ? [market.money, amount * price] : [target, amount];
    if (this.units[actor][item] < units) return refused(verb === 'bid' ? 'FUNDS_SHORT' : 'GOODS_SHORT');
    this.units[actor][item] -= units;
    this.aside[actor][item] += units;
    return { outcome: outcomes.pending, reason: 0, result: 0 };
  }

  #giveBack({ act, isBid, quantity, price }: NaiveOrder, market: { good: number; money: number }): void {
    const item = isBid ? market.money : market.good;
    const units = isBid ? quantity * price : quantity;
    this.units[act.actor][item] += units;
    this.aside[act.actor][item] -= units;
  }

  #clear(orders: readonly NaiveOrder[], market: { good: number; money: number }, rulings: NaiveRuling[]): void {
    const { price, volume, filled } = naiveAuction(orders, pricesBeside(orders));
    const gains = this.units.map(() => [0, 0]);
    const full = orders.filter(({ act, isBid }, i) => {
      const side = isBid ? 0 : 1;
      const gain = gains[act.actor][side] + filled[i] * (isBid ? 1 : price);
      const isFull = filled[i] > 0 && !this.#fits(act.actor, isBid ? market.good : market.money, gain);
      if (!isFull) gains[act.actor][side] = gain;
      return isFull;
    });
    for (const order of full) {
      this.#giveBack(order, market);
      rulings[order.place] = refused('BALANCE_FULL');
    }
    if (full.length > 0) {
      this.#clear(
        orders.filter((order) => !full.includes(order)),
        market,
        rulings,
      );
      return;
    }
    orders.forEach((order, i) => {
      this.#giveBack(order, market);
      const sign = order.isBid ? 1 : -1;
      this.units[order.act.actor][market.good] += sign * filled[i];
      this.units[order.act.actor][market.money] -= sign * filled[i] * price;
      rulings[order.place] = rulingOf(filled[i], order.quantity);
    });
    if (volume > 0) this.last[market.good] = { price, volume: Math.min(volume, most) };
  }
}

function rulingOf(filled: number, quantity: number): NaiveRuling {
  if (filled === 0) return refused('NO_MATCH');
  if (filled === quantity) return { outcome: outcomes.granted, reason: 0, result: filled };
  return { outcome: outcomes.partial, reason: reasonNumber.PARTLY_FILLED, result: filled };
}
