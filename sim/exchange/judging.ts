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
  /** Where verdicts are drawn from several, and audited; left out, equal questions have one verdict. */
  readonly archetypes?: JudgeArchetypes;
}

/** Judging by archetype: equal words in an equal situation share `samples` verdicts, of which each attempt draws one. */
export interface JudgeArchetypes {
  readonly samples: number;
  /** Share of attempts with a known verdict that are judged anew, in their full situation. */
  readonly auditShare: number;
  /** Divergence in bits beyond what chance gives above which an archetype is split by the full situation. */
  readonly splitAboveBits: number;
}
