/**
 * Buying from the platform and giving to one another: goods and money change hands and none is made or lost.
 *
 * Reads and drafts balances in the ledger, in rank: of more buyers than units the first in rank get theirs, the others are SOLD_OUT.
 * An act is done whole or not at all. Gates in order: amount, what is given or sold, room on either side, means.
 * Invariant: over the platform and all agents the changes of each good add up to 0 (`sim/engine/conservation.ts`).
 * Oracle: `test/sim/game-master/ranked/trading-oracle.ts` replays it on objects. Source of `buy`: OASIS (arXiv 2411.11581, package 0.2.5),
 * whose products have no price, no stock and no wallet.
 */
import { unitsMost } from '../../exchange/holdings.ts';
import { rules } from '../../exchange/reasons.ts';
import { grant, refuse } from '../rulings.ts';
import { canPlatformTake, canTake, spendable } from './holdings.ts';
import type { ProductPlan } from '../../exchange/grounds.ts';
import type { Reason } from '../../exchange/reasons.ts';
import type { RankedAct, RankedRules, Settlement } from './settlement.ts';

export const exchangeRules: RankedRules = {
  /** Buys `amount` units of the product `target`. `result` is the units of it that are sold by then. */
  buy(settlement, act) {
    const { intents, row, actor, target, amount } = act;
    const { ledger, book } = settlement;
    const product = book.grounds?.products[target];
    if (product === undefined) {
      refuse(intents, row, 'TARGET_UNKNOWN', rules.targetExists);
      return;
    }
    const flaw = flawOfPurchase(settlement, act, product);
    if (flaw !== undefined) {
      refuse(intents, row, flaw.reason, flaw.rule);
      return;
    }
    const { money, good, price } = product;
    ledger.add('balance', actor, money, -price * amount);
    ledger.add('platformBalance', money, 0, price * amount);
    if (good >= 0) {
      ledger.add('balance', actor, good, amount);
      ledger.add('platformBalance', good, 0, -amount);
    }
    ledger.add('sold', target, 0, amount);
    grant(intents, row, ledger.get('sold', target));
  },
  /** Gives the agent `target` `amount` units of the good `argument`. */
  give(settlement, act) {
    const { intents, row, actor, target, amount, argument } = act;
    const flaw = flawOfGift(settlement, act);
    if (flaw !== undefined) {
      refuse(intents, row, flaw.reason, flaw.rule);
      return;
    }
    settlement.ledger.add('balance', actor, argument, -amount);
    settlement.ledger.add('balance', target, argument, amount);
    grant(intents, row);
  },
};

interface Flaw {
  readonly reason: Reason;
  readonly rule: number;
}

/** What stands in the way of a purchase. What it costs is a product of two numbers of 32 bits, exact only up to 2^53: beyond it is short. */
function flawOfPurchase(
  settlement: Settlement,
  { actor, target, amount }: RankedAct,
  { price, money, good, stock }: ProductPlan,
): Flaw | undefined {
  if (amount < 1) return { reason: 'AMOUNT_RANGE', rule: rules.amount };
  const sold = settlement.ledger.get('sold', target) + amount;
  if (stock >= 0 && sold > stock) return { reason: 'SOLD_OUT', rule: rules.stock };
  const cost = price * amount;
  if (cost > spendable(settlement, actor, money)) return { reason: 'FUNDS_SHORT', rule: rules.funds };
  const isRoom =
    sold <= unitsMost &&
    canPlatformTake(settlement, money, cost) &&
    (good < 0 || (canTake(settlement, actor, good, amount) && canPlatformTake(settlement, good, -amount)));
  return isRoom ? undefined : { reason: 'BALANCE_FULL', rule: rules.funds };
}

function flawOfGift(settlement: Settlement, { actor, target, amount, argument }: RankedAct): Flaw | undefined {
  const goodCount = settlement.book.grounds?.goods.length ?? 0;
  if (argument < 0 || argument >= goodCount) return { reason: 'ARGUMENT_INVALID', rule: rules.wellFormed };
  if (amount < 1) return { reason: 'AMOUNT_RANGE', rule: rules.amount };
  if (settlement.ledger.get('leftAt', target) > 0) return { reason: 'LEFT', rule: rules.availability };
  if (amount > spendable(settlement, actor, argument)) return { reason: 'GOODS_SHORT', rule: rules.funds };
  return canTake(settlement, target, argument, amount) ? undefined : { reason: 'BALANCE_FULL', rule: rules.funds };
}
