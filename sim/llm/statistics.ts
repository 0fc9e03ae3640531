/**
 * What the client did, in numbers: for the progress line, the manifest and the report. Nothing here decides anything.
 */
import type { OutcomeKind, OutcomeReason } from './outcome.ts';

/** Counts of one run's requests. */
export interface CallStatistics {
  /** Requests asked for, answers shared within a tick, cached and recorded ones included. */
  readonly requests: number;
  /** Requests over HTTP. */
  readonly attempts: number;
  /** Attempts beyond the first of their request. */
  readonly retries: number;
  readonly shared: number;
  readonly cached: number;
  readonly recorded: number;
  readonly outcomes: Readonly<Record<OutcomeKind, number>>;
  readonly reasons: Readonly<Partial<Record<OutcomeReason, number>>>;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Prompt tokens that servers report as cached. */
  readonly cachedTokens: number;
  readonly costNanos: number;
  readonly currency: string | undefined;
  /** Requests whose usage is booked at the reservation, because no usable figure came. */
  readonly estimatedUsages: number;
  /** Tool calls in answers; none is asked for and all are dropped. */
  readonly toolCallsDropped: number;
  /** Things to tell once: a model that answers under another name, an endpoint that is left. */
  readonly notes: readonly string[];
}

/** Counts of what all runs share. */
export interface PoolStatistics {
  readonly inFlight: number;
  readonly inFlightPeak: number;
  readonly queued: number;
  readonly queuedPeak: number;
  /** First attempts and further ones. */
  readonly firstAttempts: number;
  readonly retries: number;
  /** Estimated prompt tokens sent, and those of them that the prompt before at the same endpoint and model began with. */
  readonly promptTokensSent: number;
  readonly sharedPrefixTokens: number;
  /** `sharedPrefixTokens / promptTokensSent`, in [0, 1]. */
  readonly sharedPrefixShare: number;
  readonly endpoints: readonly EndpointStatistics[];
}

export interface EndpointStatistics {
  readonly name: string;
  readonly host: string;
  readonly attempts: number;
  readonly errors: number;
  readonly inFlight: number;
  readonly concurrencyLimit: number;
  readonly isLeftAlone: boolean;
  readonly left: OutcomeReason | undefined;
}

/** No outcome of any kind. */
export function noOutcomes(): Record<OutcomeKind, number> {
  return { ANSWERED: 0, TIMEOUT: 0, RATE_LIMITED: 0, REFUSED: 0, INVALID: 0, BUDGET: 0, UNAVAILABLE: 0 };
}
