/**
 * A run's plan: everything that decides the outcome, as plain data, and beside it what does not (workers, layout, merging).
 *
 * The scenario layer compiles a scenario into a plan; shards get the plan by message, and own code by the URL of its module.
 */
import type { Heartbeat } from './activate.ts';
import type { FeedSettings, OwnRecommender, RecommenderName } from '../recommender/feed.ts';
import type { RuleParameters } from '../policy/rules.ts';
import type { ArchetypePlan } from '../policy/archetypes/settings.ts';
import type { ModelPlan } from '../policy/model/settings.ts';
import type { OwnPolicy } from '../policy/own.ts';
import { isRanked, verbs } from '../exchange/verbs.ts';
import type { BuiltInVerb, OwnVerb } from '../exchange/verbs.ts';
import type { InvariantPlan } from '../exchange/invariants.ts';
import type { JudgePlan } from '../exchange/judging.ts';
import type { GroundsPlan } from '../exchange/grounds.ts';
import type { LimitPlan } from '../exchange/limits.ts';
import type { ModerationRule } from '../exchange/moderation.ts';
import type { PlantPlan } from '../exchange/plants.ts';

/** An act that the scenario makes an agent do at a tick, whether it is awake or not: an intent of the reserved actor. */
export interface Intervention {
  readonly tick: number;
  /** External id. */
  readonly agent: string;
  readonly verb: BuiltInVerb;
  /** External id of the agent acted on, for verbs that act on one. */
  readonly target?: string;
  /** The number of the thing acted on, for verbs that act on something else: a product, a place, a group. */
  readonly item?: number;
  /** The post acted on, where its number is not known yet: the first one that an agent (external id) wrote at a tick. */
  readonly postBy?: { readonly agent: string; readonly tick: number };
  /** The verb's amount: hours of a ban, units. */
  readonly amount?: number;
  readonly argument?: number;
  readonly price?: number;
  readonly text?: string;
  /** Logits added to every reader's score; posts only. */
  readonly appeal?: number;
}

/** Room for texts. */
export interface TextsPlan {
  readonly bytesMax: number;
  readonly capacityBytes: number;
}

/** What holds where a scenario says nothing of texts: 10,000 bytes, and 256 MiB for the run. */
export const usualTexts: TextsPlan = { bytesMax: 10_000, capacityBytes: 1 << 28 };

/** Which policy a class of agents has. */
export type PolicyPlan =
  | { readonly kind: 'rules'; readonly parameters: RuleParameters }
  | { readonly kind: 'own'; readonly name: string }
  | { readonly kind: 'model'; readonly model: ModelPlan }
  | { readonly kind: 'archetypes'; readonly archetypes: ArchetypePlan };

/** Rules of conduct on the platform. */
export interface ConductPlan {
  /** Whether one may like or dislike what one wrote. */
  readonly selfRating: boolean;
  /** External ids of agents who may remove, label and ban. */
  readonly moderators: readonly string[];
  readonly limits: readonly LimitPlan[];
  readonly moderation: readonly ModerationRule[];
  /** Does as OASIS does where that differs: see `sim/game-master/COMPAT.md`. Left out where it does not. */
  readonly compat?: 'oasis';
  /** Whether agents whose acts are refused again and again wake less often. Left out where they do not. */
  readonly backsOff?: true;
  /** Whether agents are told one reason for all that is missing, taken away or kept from them. Left out where they are not. */
  readonly veils?: true;
}

/** What decides the outcome. */
export interface Plan {
  readonly scenario: string;
  readonly seed: number;
  readonly ticks: number;
  readonly tickSeconds: number;
  /** Hour of the day at tick 0, in [0, 24). */
  readonly startHour: number;
  /** Wakings in equal steps; left out where they come at random. */
  readonly heartbeat?: Heartbeat;
  readonly feed: Omit<FeedSettings, 'recommender'> & {
    readonly recommender: RecommenderName | { readonly own: string };
  };
  readonly memoryLength: number;
  readonly policies: readonly PolicyPlan[];
  readonly allowedVerbs: readonly string[];
  /** `from`: the trait of the population that it starts at, instead of `initial`. */
  readonly attributes: readonly { readonly name: string; readonly initial: number; readonly from?: string }[];
  readonly interventions: readonly Intervention[];
  readonly conduct: ConductPlan;
  /** Left out where there are none, so that the digests of such plans stay what they were. */
  readonly invariants?: readonly InvariantPlan[];
  /** Left out where there is nothing of it. */
  readonly grounds?: GroundsPlan;
  /** Which models agents of a class have; left out where no model is asked. Endpoints, prices and caps decide nothing and stand elsewhere. */
  readonly models?: {
    readonly classes: Readonly<Record<string, readonly { readonly model: string; readonly weight: number }[]>>;
  };
  /** Left out where nobody judges free words. */
  readonly judge?: JudgePlan;
  /** Longest text of an attempt, and room for all texts of the run, in bytes; left out where the usual values hold. */
  readonly texts?: TextsPlan;
  /** What is planted; left out where nothing is. Who the members are is drawn from the population, and stands nowhere in a plan. */
  readonly plants?: readonly PlantPlan[];
  /** Standard deviation of a post's appeal, in logits. */
  readonly appealSpread: number;
  /** Share of an author's own interests in the topic of its post; the rest is drawn. */
  readonly topicFocusShare: number;
  /** Posts kept in the window, a power of two. */
  readonly postCapacity: number;
  /** URL of the module of own code, if there is one. */
  readonly module?: string;
}

/** What does not decide the outcome. */
export interface Placement {
  readonly workers: number;
  /** How agents lie in memory. `scrambled` exists to test that it cannot be seen. */
  readonly layout: 'degree' | 'key' | 'scrambled';
  readonly mergeTicks: number;
  /** Ticks between checkpoints; 0: none. */
  readonly checkpointTicks?: number;
  /**
   * Longest sleep of a shard in a worker before each phase, another one each time; 0 if left out. Exists to test that the order in
   * which shards work and arrive cannot be seen.
   */
  readonly staggerMsMax?: number;
  /** Which twins of the kernels work, those in WebAssembly where they can if left out. Exists to test that it cannot be seen. */
  readonly kernels?: 'wasm' | 'typescript';
}

/** Whether a checkpoint is taken after a tick. */
export function isCheckpointTick(tick: number, placement: Placement): boolean {
  const every = placement.checkpointTicks ?? 0;
  return every > 0 && (tick + 1) % every === 0;
}

/** Own code of a study, by name. */
export interface OwnCode {
  readonly policies: Readonly<Record<string, OwnPolicy>>;
  readonly recommenders: Readonly<Record<string, OwnRecommender>>;
  readonly verbs: Readonly<Record<string, OwnVerb>>;
}

/** No own code. */
export const noOwnCode: OwnCode = { policies: {}, recommenders: {}, verbs: {} };

/** Ticks between state roots. */
export const rootTicks = 100;

/** Whether the state root is taken after a tick. */
export function isRootTick(tick: number, ticks: number): boolean {
  return (tick + 1) % rootTicks === 0 || tick + 1 === ticks;
}

/** Whether agents of this run may use verbs that are settled in rank. */
export function usesRanked({ allowedVerbs, grounds }: Pick<Plan, 'allowedVerbs' | 'grounds'>): boolean {
  return grounds !== undefined || allowedVerbs.some((name) => name in verbs && isRanked(verbs[name as BuiltInVerb]));
}
