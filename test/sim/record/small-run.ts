/**
 * A small recorded run for tests of what reads records: made by the engine itself, in a directory with all its files.
 *
 * Writes the directory; the same order gives the same log. Every built-in verb occurs, granted and refused alike.
 */
import { generateAttributes } from '../../../sim/world/generate.ts';
import { canonicalPopulation, keysOf } from '../../../sim/world/population.ts';
import { audienceGraph } from '../../../sim/social-graph/audience-graph.ts';
import { recordRun } from '../../../sim/engine/run.ts';
import type { Plan } from '../../../sim/engine/plan.ts';
import type { Population } from '../../../sim/world/population.ts';
import type { Manifest } from '../../../sim/record/manifest.ts';

/** How small. */
export interface SmallRunOrder {
  readonly agents: number;
  readonly ticks: number;
  readonly seed: number;
  /** Share of agents whose exposures are recorded; all by default. */
  readonly exposureSampleShare?: number;
  readonly workers?: number;
  /** Followees an agent has on average. */
  readonly followsMean?: number;
  /** External ids; `a0`, `a1`, … by default. Those of a list may be any texts. */
  readonly ids?: readonly string[];
}

/** Simulates a small population and records it in `directory`, which must hold no run yet. */
export function smallRun(directory: string, order: SmallRunOrder): Promise<Manifest> {
  return recordRun({
    compiled: { plan: smallPlan(order), population: smallPopulation(order) },
    placement: { workers: order.workers ?? 1, layout: 'degree', mergeTicks: 7 },
    directory,
    source: { name: 'small-run.ts', sha256: '' },
    exposureSampleShare: order.exposureSampleShare ?? 1,
  });
}

function smallPopulation({ agents, seed, ids, followsMean }: SmallRunOrder): Population {
  const attributes = generateAttributes(seed, {
    count: agents,
    idPrefix: 'a',
    wakesPerDayMean: 48,
    activitySpread: 0.5,
    focusShare: 0.6,
    profileShares: new Float64Array(24).fill(1 / 24),
  });
  const graphOrder = { followsMean: followsMean ?? 6, audienceSpread: 1.2, homophilyShare: 0.5 };
  const graph = audienceGraph(seed, attributes, graphOrder);
  if (ids === undefined) return canonicalPopulation({ ...attributes, ...graph });
  const named = { ...attributes, ids: { list: ids }, ...keysOf({ list: ids }, agents) };
  return canonicalPopulation({ ...named, ...graph });
}

function smallPlan({ agents, ticks, seed }: SmallRunOrder): Plan {
  const parameters = {
    ...{ intercept: -3, interestWeight: 2, socialWeight: 0.2, fatiguePerExposure: 0.2, capShare: 0.6 },
    ...{ quoteRatio: 0.2, replyRatio: 0.3, likeRatio: 0.5, postShare: 0.3, followShare: 0.2, unfollowShare: 0.2 },
  };
  return {
    ...{ scenario: 'small-run', seed, ticks, tickSeconds: 1800, startHour: 8, memoryLength: 8 },
    feed: { recommender: 'mix', length: 8, outOfNetworkShare: 0.3, exposuresMax: 4 },
    policies: [{ kind: 'rules', parameters }],
    allowedVerbs: ['post', 'reply', 'repost', 'quote', 'like', 'follow', 'unfollow'],
    ...{ attributes: [], interventions: [], appealSpread: 0.3, topicFocusShare: 0.6 },
    postCapacity: 1 << Math.max(10, 35 - Math.clz32(agents)),
  };
}
