/**
 * What agents have used of the limits on how often they may act: cold words, which cost nothing where no limit is set.
 */

/** What agents have used of their limits. */
export interface Quotas {
  /** Ticks of the last acts that each limit counts, at `agent * stride + offset + n mod count`. */
  readonly tick: Int32Array;
  /** How many there were, at `agent * limits + index`. */
  readonly used: Int32Array;
}
