/**
 * Planted truth: perturbations of known size that a scenario may carry, as a plan holds them and as shards act them out.
 *
 * A plan holds what is planted and never who: members are drawn by key before the first tick (`sim/engine/plants.ts`), and stand in
 * the run's truth file alone. What a member does at a known tick is an act of a list; what depends on what it is shown is decided in the tick.
 * Invariant: no act of a plant depends on a measure, nor on the number of shards.
 */
import type { BuiltInVerb } from './verbs.ts';

/** Ticks in which a plant acts: from the first to before the second. */
interface Window {
  readonly name: string;
  readonly fromTick: number;
  readonly untilTick: number;
}

/** Members act on the same posts shortly after one another. */
export interface RingPlan extends Window {
  readonly kind: 'ring';
  readonly size: number;
  /** Posts that the ring acts on together. */
  readonly jointTargets: number;
  /** Probability that a member acts on one of them. */
  readonly participationShare: number;
  /** Latest act after a joint moment. */
  readonly spreadTicks: number;
  /** Whose posts: of the members in turn, who write them for it, or of anyone. */
  readonly aims: 'members' | 'anyone';
  /** How far back posts of anyone may lie. */
  readonly lookbackTicks: number;
  readonly verb: BuiltInVerb;
  /** Acts of a member on posts that no other member was told of. */
  readonly camouflagePerDay: number;
}

/** Members offer one good at one price and not below it. */
export interface CartelPlan extends Window {
  readonly kind: 'cartel';
  readonly size: number;
  /** Number of the good. */
  readonly good: number;
  readonly price: number;
  readonly amount: number;
  readonly everyTicks: number;
  readonly participationShare: number;
}

/** Several accounts of one hand: near-equal texts at near-equal times. */
export interface SockPuppetsPlan extends Window {
  readonly kind: 'sock-puppets';
  readonly hands: number;
  readonly accountsPerHand: number;
  readonly messagesPerHand: number;
  readonly participationShare: number;
  readonly spreadTicks: number;
  readonly texts: readonly string[];
}

/** Members vote on what they are shown: by their own judgement, or by the sign of the score that is shown. */
export interface ConformistsPlan extends Window {
  readonly kind: 'conformists';
  readonly share: number;
  /** Probability that a vote is that of the sign of the score, where there is one. */
  readonly strength: number;
  readonly votesPerLook: number;
  /** Probability that one's own judgement of a post of no appeal is in favour. */
  readonly upShare: number;
  /** Whether members are shown scores. */
  readonly scoreShown: boolean;
  /** Ticks that a post must stand before it is judged: 1 for as soon as it is shown, 2 for after a first vote. */
  readonly ageTicksMin: number;
  /** Whether members judge again what they voted on. */
  readonly revotes: boolean;
}

/** A treatment: the first vote on a post, up, down or none, by an account that is nothing else. */
export interface SeedVotesPlan extends Window {
  readonly kind: 'seed-votes';
  readonly accounts: number;
  readonly upShare: number;
  readonly downShare: number;
}

/** One plant of a plan. */
export type PlantPlan = RingPlan | CartelPlan | SockPuppetsPlan | ConformistsPlan | SeedVotesPlan;

/** What a planted act is aimed at. A post is found among those that stand when it is acted on. */
export type PlantedAim =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'number'; readonly target: number }
  /** The post at a lot in [0, 1) among those of ticks [fromTick, untilTick). */
  | { readonly kind: 'recent'; readonly fromTick: number; readonly untilTick: number; readonly lot: number }
  /** The first post of an author, by its row, since a tick. */
  | { readonly kind: 'authored'; readonly author: number; readonly fromTick: number };

/** An act of a member at a tick. */
export interface PlantedAct {
  readonly tick: number;
  /** Row of the member. */
  readonly row: number;
  readonly verb: number;
  readonly aim: PlantedAim;
  readonly amount: number;
  readonly detail?: { readonly argument?: number; readonly price?: number; readonly text?: string };
}

/** What shards need of a run's plants. */
export interface PlantsOrder {
  /** In the order of ticks, and within a tick in that of the scenario. */
  readonly acts: readonly PlantedAct[];
  readonly votes: readonly PlantedVoters[];
}

/** Members who decide in the tick, by rows, in the order of keys. */
export interface PlantedVoters {
  readonly plant: ConformistsPlan | SeedVotesPlan;
  /** Place of the plant among those of the scenario. */
  readonly number: number;
  readonly rows: Int32Array;
}

/** The three arms of a seed vote. */
export type SeedArm = 'up' | 'control' | 'down';
