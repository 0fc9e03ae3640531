/**
 * What a scenario says of agents that think in words: as a plan holds it. Bounds are in estimated tokens (`sim/llm/tokens.ts`), so that
 * they are the same on every machine, whatever a server counts.
 */
import type { RuleParameters } from '../rules.ts';

/** How notes are called to mind. Source of the score and of its weights: Generative Agents (arXiv 2304.03442) as published code. */
export interface MemoryPlan {
  /** Notes that a prompt holds. */
  readonly recalledCount: number;
  /** Recency of the n-th newest note is this to the power of n. */
  readonly decayShare: number;
  readonly recencyWeight: number;
  readonly relevanceWeight: number;
  readonly importanceWeight: number;
  /** Acts of its own after which an agent keeps counts of them instead. */
  readonly foldCount: number;
}

/** When agents think about what they noted: after so many ticks, or once their notes matter so much together. */
export interface ReflectionPlan {
  readonly everyTicks?: number;
  readonly importanceSum?: number;
}

/** A class of agents that ask a model what to do, each for itself. */
export interface ModelPlan {
  /** What these agents want, in the scenario's words. */
  readonly goals: string;
  /** Acts in one answer. */
  readonly actsMax: number;
  /** Items of the feed that are told. */
  readonly itemsMax: number;
  readonly letterCount: number;
  readonly followeeCount: number;
  /** A whole prompt; one text in it; an answer. */
  readonly promptTokensMax: number;
  readonly textTokensMax: number;
  readonly replyTokensMax: number;
  /** Longest text that an act may carry, in characters. */
  readonly textLengthMax: number;
  readonly temperature: number;
  readonly modelClass: string;
  readonly memory: MemoryPlan;
  /** Left out where nobody reflects. */
  readonly reflection?: ReflectionPlan;
  /** Rules by which an agent decides where its call fails. */
  readonly fallback: RuleParameters;
}

/** Tokens that must be left for what is new in a tick. */
export const nowTokensLeast = 200;
