/**
 * What a tick's requests would cost, without sending any: for dry runs.
 *
 * Expected figures take the estimate of prompt tokens, corrected by what endpoints reported so far, and half of each answer's bound; worst ones are those
 * that would be reserved.
 */
import { addSpend, noSpend } from './budget.ts';
import { createPriceTable } from './prices.ts';
import { estimatePromptTokens } from './tokens.ts';
import { joinRequests } from './tick-requests.ts';
import { worstCase } from './call.ts';
import type { ModelRequest } from './request.ts';
import type { ModelSettings } from './settings.ts';
import type { Spend } from './budget.ts';

/** Expected and worst cost of some requests. */
export interface Plan {
  /** Requests after equal ones are joined. */
  readonly calls: number;
  readonly expected: Spend;
  readonly worst: Spend;
  readonly currency: string | undefined;
  /** Models that are asked. */
  readonly models: readonly string[];
  /** Those of them without a price: `costNanos` leaves them out. */
  readonly unpriced: readonly string[];
}

/** Plans one tick. `calibration` is reported over estimated prompt tokens of a model; 1 when nothing is known. */
export function planRequests(
  settings: ModelSettings,
  seed: number,
  requests: readonly ModelRequest[],
  calibration: (model: string) => number = () => 1,
): Plan {
  const prices = createPriceTable(settings.prices);
  const { distinct } = joinRequests(settings, seed, requests);
  let expected = noSpend;
  let worst = noSpend;
  for (const placed of distinct) {
    const { request, model } = placed;
    const isBatch =
      request.embedding === undefined &&
      settings.endpoints.filter((one) => one.models.includes(model)).every(({ batch }) => batch);
    const promptTokens = Math.ceil(estimatePromptTokens(request.messages) * calibration(model));
    const completionTokens = Math.ceil(request.maxTokens / 2);
    const costNanos = prices.costNanos(model, { promptTokens, completionTokens, cachedTokens: 0, isBatch });
    expected = addSpend(expected, { calls: 1, tokens: promptTokens + completionTokens, costNanos });
    worst = addSpend(worst, worstCase(placed, settings.limits.attemptsMax, prices, isBatch));
  }
  const models = [...new Set(distinct.map(({ model }) => model))];
  const unpriced = models.filter((model) => !prices.has(model));
  return { calls: distinct.length, expected, worst, currency: prices.currency, models, unpriced };
}
