/**
 * How a scenario judges attempts in free words: as a plan holds it. Left out of a plan without a judge; then only the grammar reads.
 */

/** A judge's brief. */
export interface JudgePlan {
  /** Distinct questions that a model may be asked in one tick; the rest waits. */
  readonly callsPerTick: number;
  /** Ticks that an attempt may wait for the judge before rules settle it. */
  readonly deferTicksMax: number;
  /** Version of the brief: another one asks every question anew. */
  readonly version: number;
  /** What holds in this world beyond its verbs, in words. */
  readonly rules: string;
  /** Longest attempt that is judged, in characters; what is longer is cut. */
  readonly textLengthMax: number;
  readonly replyTokensMax: number;
}
