/**
 * Adds up what a run's client did. Sums are whole numbers, so no order can be seen in them.
 */
import { noOutcomes } from './statistics.ts';
import type { CallStatistics } from './statistics.ts';
import type { Outcome, OutcomeReason } from './outcome.ts';
import type { PriceTable } from './prices.ts';

/** The sums of one run. */
export interface Tally {
  /** One request, whoever made the call for it. */
  addRequest(outcome: Outcome, how: { readonly isShared: boolean; readonly isRecorded: boolean }): void;
  /** One call that was made. */
  addCall(outcome: Outcome, toolCallsDropped: number): void;
  statistics(): CallStatistics;
}

/** Empty sums. `tell` hears each note once. */
export function createTally(prices: PriceTable, tell: ((text: string) => void) | undefined): Tally {
  const { currency } = prices;
  const sums = { requests: 0, attempts: 0, retries: 0, shared: 0, cached: 0, recorded: 0 };
  const tokens = { promptTokens: 0, completionTokens: 0, cachedTokens: 0, costNanos: 0 };
  const others = { estimatedUsages: 0, toolCallsDropped: 0 };
  const outcomes = noOutcomes();
  const reasons: Partial<Record<OutcomeReason, number>> = {};
  const notes = new Set<string>();
  const note = (text: string): void => {
    if (notes.has(text)) return;
    notes.add(text);
    tell?.(text);
  };
  return {
    addRequest({ kind, reason, isCached }, { isShared, isRecorded }) {
      sums.requests++;
      if (isShared) sums.shared++;
      else if (isRecorded) sums.recorded++;
      else if (isCached) sums.cached++;
      outcomes[kind]++;
      if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + 1;
    },
    addCall({ attempts, usage, model, servedModel, endpoint }, toolCallsDropped) {
      sums.attempts += attempts;
      sums.retries += Math.max(0, attempts - 1);
      tokens.promptTokens += usage.promptTokens;
      tokens.completionTokens += usage.completionTokens;
      tokens.cachedTokens += usage.cachedTokens;
      tokens.costNanos += usage.costNanos;
      others.toolCallsDropped += toolCallsDropped;
      if (currency !== undefined && !prices.has(model)) note(`no price is given for ${model}: money leaves it out`);
      if (usage.isEstimated) others.estimatedUsages++;
      if (servedModel !== undefined && servedModel !== model) {
        note(`${endpoint ?? 'an endpoint'} answers as ${servedModel.slice(0, 100)} when asked for ${model}`);
      }
    },
    statistics: () => ({
      ...sums,
      ...tokens,
      ...others,
      outcomes: { ...outcomes },
      reasons: { ...reasons },
      currency,
      notes: [...notes],
    }),
  };
}
