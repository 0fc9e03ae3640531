/**
 * Small worlds for tests of the tick: a population, a plan, a run to its end, and a world that is driven by hand, all its shards in
 * this thread, so that a test can look into the state between ticks.
 *
 * In a hand-driven world the shards take each phase one after the other, in an order that the test may choose anew for each phase:
 * where the order shows, two shards touched the same thing between two barriers.
 */
import { addBuckets, bytesOfWords, createBuckets, hexOf } from '../../sim/ground/digest.ts';
import { generateAttributes } from '../../sim/world/generate.ts';
import { canonicalPopulation } from '../../sim/world/population.ts';
import { audienceGraph } from '../../sim/social-graph/audience-graph.ts';
import { newPostCount } from '../../sim/engine/apply.ts';
import { answerRequests, requestCount } from '../../sim/engine/ask.ts';
import { control } from '../../sim/engine/barrier.ts';
import { noOwnCode } from '../../sim/engine/plan.ts';
import { hashState } from '../../sim/engine/root.ts';
import { createShard, openTick } from '../../sim/engine/shard.ts';
import { prepare, simulate } from '../../sim/engine/simulate.ts';
import { beginTick } from '../../sim/engine/step.ts';
import { collectTick } from '../../sim/engine/collect.ts';
import { sha256 } from '../../sim/record/genesis.ts';
import { findExposure } from '../../sim/world/agents.ts';
import type { StateView } from '../../sim/exchange/view.ts';
import type { AgentRow } from '../../sim/ground/ids.ts';
import type { Population } from '../../sim/world/population.ts';
import type { TickRecord } from '../../sim/record/chunk.ts';
import type { Model } from '../../sim/exchange/ports.ts';
import type { RuleParameters } from '../../sim/policy/rules.ts';
import type { OwnCode, Placement, Plan } from '../../sim/engine/plan.ts';
import type { Shard } from '../../sim/engine/shard.ts';
import type { State } from '../../sim/engine/state.ts';
import type { RunningTick } from '../../sim/engine/step.ts';
import type { Simulation, SimulationOrder } from '../../sim/engine/simulate.ts';

/** What a small population is made of. */
export interface PopulationOrder {
  readonly agents?: number;
  readonly seed?: number;
  readonly followsMean?: number;
  readonly wakesPerDayMean?: number;
}

/** Agents `a0`, `a1`, … with interests, activity and ties, in canonical order. */
export function smallPopulation(order: PopulationOrder = {}): Population {
  const { agents = 150, seed = 7, followsMean = 8, wakesPerDayMean = 24 } = order;
  const attributes = generateAttributes(seed, {
    count: agents,
    idPrefix: 'a',
    wakesPerDayMean,
    activitySpread: 0.5,
    focusShare: 0.6,
    profileShares: new Float64Array(48).map((_, hour) => (hour < 24 ? 1 / 24 : (hour % 24 < 12 ? 1.5 : 0.5) / 24)),
  });
  const graph = audienceGraph(seed, attributes, { followsMean, audienceSpread: 1.2, homophilyShare: 0.5 });
  return canonicalPopulation({ ...attributes, ...graph });
}

/** A population in which agent number i follows the listed numbers; `policy` and wakings are the same for all. */
export function tinyPopulation(follows: readonly (readonly number[])[], wakesPerDay = 0): Population {
  const count = follows.length;
  const attributes = generateAttributes(1, {
    count,
    idPrefix: 'a',
    wakesPerDayMean: 1,
    activitySpread: 0,
    focusShare: 0.6,
    profileShares: new Float64Array(24).fill(1 / 24),
  });
  const followOffset = new Int32Array(count + 1);
  follows.forEach((row, i) => (followOffset[i + 1] = followOffset[i] + row.length));
  const ties = { followOffset, followee: Int32Array.from(follows.flat()) };
  return canonicalPopulation({ ...attributes, ...ties, wakesPerDay: new Float32Array(count).fill(wakesPerDay) });
}

/** Rules under which every built-in verb occurs, granted and refused. */
export const livelyRules: RuleParameters = {
  intercept: -2,
  interestWeight: 2,
  socialWeight: 0.3,
  fatiguePerExposure: 0.3,
  capShare: 0.5,
  quoteRatio: 0.2,
  replyRatio: 0.3,
  likeRatio: 0.4,
  dislikeRatio: 0,
  reportRatio: 0,
  postShare: 0.3,
  followShare: 0.3,
  unfollowShare: 0.2,
};

/** A plan of half-hour ticks; what is named replaces the default. */
export function smallPlan(changes: Partial<Plan> = {}): Plan {
  return {
    ...{ scenario: 'small-world', seed: 7, ticks: 24, tickSeconds: 1800, startHour: 8, memoryLength: 8 },
    feed: { recommender: 'mix', length: 8, outOfNetworkShare: 0.3, exposuresMax: 4, repostsShown: true },
    policies: [{ kind: 'rules', parameters: livelyRules }],
    allowedVerbs: ['post', 'reply', 'repost', 'quote', 'like', 'follow', 'unfollow'],
    ...{
      attributes: [],
      interventions: [],
      conduct: { selfRating: true, moderators: [], limits: [], moderation: [] },
      appealSpread: 0.3,
      topicFocusShare: 0.6,
      postCapacity: 4096,
    },
    ...changes,
  };
}

/** Where a run happens, one shard in this thread unless named. */
export function placementOf(changes: Partial<Placement> = {}): Placement {
  return { workers: 1, layout: 'degree', mergeTicks: 7, ...changes };
}

/** What a run is made of: everything but the plan and the population has a default. */
export type WorldOrder = Partial<Omit<SimulationOrder, 'placement'>> & { readonly placement?: Partial<Placement> };

export function orderOf(order: WorldOrder = {}): SimulationOrder {
  const { plan = smallPlan(), population = smallPopulation({ seed: plan.seed }), placement, ...rest } = order;
  return { code: noOwnCode, sampleShare: 1, ...rest, plan, population, placement: placementOf(placement) };
}

/** A run to its end. */
export interface Outcome {
  readonly digest: string;
  readonly ticks: number;
  readonly records: readonly TickRecord[];
  /** Roots in hexadecimal by tick, '' where none was taken. */
  readonly roots: readonly string[];
}

/** Runs a world to its end and keeps its records. */
export async function runWorld(order: WorldOrder = {}): Promise<Outcome> {
  const records: TickRecord[] = [];
  const roots: string[] = [];
  const recorder: SimulationOrder['recorder'] = {
    record(record, _decided, root) {
      records.push(record);
      roots.push(hexOf(root));
    },
  };
  const result = await simulate(orderOf({ recorder, ...order }));
  return { digest: hexOf(result.link), ticks: result.ticks, records, roots };
}

/** A world that a test drives, tick by tick. */
export interface OpenWorld {
  readonly simulation: Simulation;
  readonly shards: readonly Shard[];
  readonly state: State;
  /** Runs the next tick and returns its record. */
  step(): Promise<TickRecord>;
  /** Opens the next tick without running it, so that the state can be read as its phases will see it. */
  peek(): void;
  /** The root of the state as it stands, in hexadecimal. */
  root(): string;
}

/** Opens a world whose shards all live in this thread. `pick(n)` chooses which of n waiting shards goes next. */
export function openWorld(order: WorldOrder = {}, pick: (count: number) => number = () => 0, model?: Model): OpenWorld {
  const simulation = prepare(orderOf(order));
  const shards = simulation.orders.map((one) => createShard(one, simulation.code));
  const words = simulation.main.attached.control;
  let tick = simulation.result.ticks;
  return {
    simulation,
    shards,
    state: shards[0].state,
    root: () => rootOf(shards),
    peek: () => shards.forEach((shard) => openTick(shard, tick)),
    async step() {
      const running = shards.map((shard) => beginTick(shard, tick));
      const all = shards[0].attached.tables[tick & 1];
      for (let open = true; open;) {
        open = takePhase(running, pick);
        if (model !== undefined && requestCount(all) > 0)
          await answerRequests(shards[0].state, all, tick, model, simulation.desk);
      }
      words[control.nextPost] += newPostCount(all);
      return collectTick(simulation.collector, all, tick++);
    },
  };
}

/** Brings every shard to its next pause; false at the end of the tick. All shards pause alike. */
function takePhase(running: readonly RunningTick[], pick: (count: number) => number): boolean {
  const waiting = [...running];
  let paused = 0;
  while (waiting.length > 0) {
    const [one] = waiting.splice(pick(waiting.length), 1);
    if (one.next() !== undefined) paused++;
  }
  if (paused !== 0 && paused !== running.length) throw new RangeError('some shards paused and some did not');
  return paused > 0;
}

/** The state root out of shards of this thread. */
export function rootOf(shards: readonly Shard[]): string {
  const sum = createBuckets();
  for (const shard of shards) {
    hashState(shard);
    addBuckets(sum, shard.attached.buckets[shard.state.now.tick & 1][shard.owner.shard]);
  }
  return hexOf(sha256(bytesOfWords(sum)));
}

/** Own code for tests that run in this thread: what is named, and nothing else. */
export function codeOf(code: Partial<OwnCode>): OwnCode {
  return { ...noOwnCode, ...code };
}

/** How often an agent was shown a content, with `actedBit`; 0 where it is not in its memory. */
export function seenOf({ exposures, sizes: { memoryLength } }: StateView, agent: AgentRow, origin: number): number {
  const origins = exposures.origin as unknown as Int32Array;
  const place = findExposure(origins, agent * memoryLength, memoryLength, origin);
  return place < 0 ? 0 : (exposures.seen as unknown as Uint8Array)[place];
}
