/**
 * What a scenario grounds its population in beside the platform: goods, products, places, games, scenes, groups and communities.
 *
 * As a plan holds them: everything by its place in its list, agents by external id. Left out of a plan that has none of it.
 */

/** Something that agents have and pass on; money is one. Amounts are whole units. */
export interface GoodPlan {
  readonly name: string;
  /** Units that each agent has at the start. */
  readonly initial: number;
}

/** Something that the platform sells at a fixed price. */
export interface ProductPlan {
  readonly name: string;
  readonly price: number;
  /** The good that it is paid with, and the good of which the buyer gets one unit for each bought; -1: none. */
  readonly money: number;
  readonly good: number;
  /** Units for sale; -1: as many as are wanted. */
  readonly stock: number;
}

/** A call auction in one good, held every tick. */
export interface MarketPlan {
  readonly good: number;
  readonly money: number;
}

/** Where agents can be. */
export interface PlacePlan {
  readonly name: string;
  /** Agents that fit in; -1: any number. */
  readonly capacity: number;
  /** Ticks that it takes to get there, during which one is busy. */
  readonly travelTicks: number;
}

/** A game of two with choices: `payoffs[mine][other]` goes to whoever chose `mine`. */
export interface GamePlan {
  readonly name: string;
  readonly choices: readonly string[];
  readonly payoffs: readonly (readonly number[])[];
  /** The good in which it pays. What it pays comes from the platform. */
  readonly good: number;
}

/** A stretch of time with a rule book of its own. */
export interface ScenePlan {
  readonly name: string;
  readonly fromTick: number;
  /** The first tick after it. */
  readonly untilTick: number;
  /** Names of the verbs that may be used; of those that the scenario allows. */
  readonly verbs: readonly string[];
  /** The place at which it plays: who is elsewhere may do nothing but move; -1: anywhere. */
  readonly place: number;
}

/** A group or a community that is there from the start. */
export interface CirclePlan {
  readonly name: string;
  /** External id; its owner. */
  readonly owner: string;
  /** External ids of further members. */
  readonly members: readonly string[];
}

/** Everything together. */
export interface GroundsPlan {
  readonly goods: readonly GoodPlan[];
  readonly products: readonly ProductPlan[];
  readonly markets: readonly MarketPlan[];
  readonly places: readonly PlacePlan[];
  readonly games: readonly GamePlan[];
  readonly scenes: readonly ScenePlan[];
  readonly groups: readonly CirclePlan[];
  readonly communities: readonly CirclePlan[];
  /** Ticks for which a request stays open. */
  readonly requestTicks: number;
  /** Whether pairs must be at one place for what takes two. */
  readonly presence: boolean;
}

/** Posts that may be pinned in one community. Source: the platform Moltbook, 2026. */
export const pinsMax = 3;
