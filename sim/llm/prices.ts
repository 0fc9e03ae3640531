/**
 * What tokens cost, in whole 10^-9 of a currency, so that sums depend on no order.
 *
 * No table of prices is shipped: prices change from week to week and differ between contracts, and none of those we found came with a
 * source that could be checked. A study writes those it pays, with the day and the source, and a model without a price costs `undefined`,
 * never 0. Fractions of 10^-9 are rounded up, in favour of the cap.
 */
import { InvariantError } from '../ground/errors.ts';
import type { Price } from './settings.ts';

/** Prices by model. */
export interface PriceTable {
  readonly currency: string | undefined;
  has(model: string): boolean;
  /** What tokens of a model cost, 0 without a price: ask `has` first where that matters. */
  costNanos(model: string, tokens: PricedTokens): number;
}

/** Tokens of one call. */
export interface PricedTokens {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly isBatch: boolean;
}

/** A table of prices. */
export function createPriceTable(prices: readonly Price[]): PriceTable {
  const table = new Map(prices.map((price) => [price.model, price]));
  return {
    currency: prices[0]?.currency,
    has: (model) => table.has(model),
    costNanos(model, { promptTokens, completionTokens, cachedTokens, isBatch }) {
      const price = table.get(model);
      if (price === undefined) return 0;
      const cached = Math.min(cachedTokens, promptTokens);
      const perMillion =
        (promptTokens - cached) * price.inputPerMillion +
        cached * (price.cachedInputPerMillion ?? price.inputPerMillion) +
        completionTokens * price.outputPerMillion;
      // Per million is 10^-6; a nano is 10^-9: times 1000.
      const nanos = Math.ceil(perMillion * 1000 * (isBatch ? price.batchShare : 1) - 1e-6);
      if (!Number.isSafeInteger(nanos)) throw new InvariantError(`a call of ${model} costs more than can be counted`);
      return Math.max(0, nanos);
    },
  };
}
