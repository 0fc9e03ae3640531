/**
 * What a scenario says of agents that are asked as archetypes: as a plan holds it.
 */
import type { ModelPlan } from '../model/settings.ts';
import type { RuleParameters } from '../rules.ts';

/** An attribute that groups agents: a trait of the population or `topic`; numbers in bins of a width. */
export interface AttributePlan {
  readonly trait: string;
  readonly width?: number;
}

/** A class of agents that draw what they do from answers for all who are alike. */
export interface ArchetypePlan {
  readonly by: readonly AttributePlan[];
  /** Further attributes, in the order in which they split an archetype that is too coarse. */
  readonly splitBy: readonly AttributePlan[];
  /** Answers for each archetype and context: M. */
  readonly samples: number;
  readonly everyTicks: number;
  /** Whether an answer is one act or weights of all. */
  readonly reads: 'act' | 'weights';
  /** Verbs to choose among, beside doing nothing. */
  readonly acts: readonly string[];
  /** Cosine of interests and topic from which on an item matches. */
  readonly matchFrom: number;
  /** Shares from which on many shared an item. */
  readonly sharesFrom: number;
  /** What holds for all, in words. */
  readonly situation: string;
  /** Archetypes of at most so many members are asked agent by agent. */
  readonly tailMembersMax: number;
  readonly auditsPerTick: number;
  /** Audited looks before an archetype is judged. */
  readonly auditedLooksLeast: number;
  /** In bits. */
  readonly splitAbove: number;
  readonly replyTokensMax: number;
  readonly temperature: number;
  readonly modelClass: string;
  /** How agents are asked in full. */
  readonly model: ModelPlan;
  readonly fallback: RuleParameters;
}
