/**
 * Worlds for measuring: a follow graph from a file of the C++ reference, or our own, as a population that wakes evenly, and a
 * plan for it.
 *
 * Graph files hold int32 words, little-endian: agents N, ties E, N + 1 offsets, E targets. Every number here is a function of its
 * arguments. So that the first measured tick is like the later ones, `fillFeeds` gives each agent one post before tick 0, as the
 * reference does; a world that begins empty shows short feeds for some hundred ticks.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { mix32 } from '../../sim/ground/random.ts';
import { log } from '../../sim/ground/detmath.ts';
import { generateAttributes } from '../../sim/world/generate.ts';
import { canonicalPopulation } from '../../sim/world/population.ts';
import { recentLength, topicCount } from '../../sim/world/agents.ts';
import { postKinds, postRow, writeFace } from '../../sim/world/posts.ts';
import { audienceGraph } from '../../sim/social-graph/audience-graph.ts';
import { control } from '../../sim/engine/barrier.ts';
import type { AgentRow, Id } from '../../sim/ground/ids.ts';
import type { CandidateSource, RecommenderName } from '../../sim/recommender/feed.ts';
import type { Population } from '../../sim/world/population.ts';
import type { Plan } from '../../sim/engine/plan.ts';
import type { Simulation } from '../../sim/engine/simulate.ts';

/** Who follows whom, as compressed rows. */
export interface FollowGraph {
  readonly followOffset: Int32Array;
  readonly followee: Int32Array;
}

/** What kind of world: what is left out is the base of every comparison. */
export interface WorldOrder {
  readonly agents: number;
  /** A graph file; without one the graph is drawn. */
  readonly graph?: string;
  readonly followsMean?: number;
  /** Share of agents awake in a tick. */
  readonly awakeShare?: number;
  readonly feed?: RecommenderName;
  /** Where a feed by interest looks for candidates. */
  readonly candidates?: CandidateSource;
  readonly feedLength?: number;
  /** Constant of the rule policy's score, in logits: how ready agents are to react. */
  readonly intercept?: number;
  readonly ticks: number;
}

const seed = 7;
const tickSeconds = 180;

export function readGraph(file: string): FollowGraph {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  const words = new Int32Array(buffer, byteOffset, byteLength / 4);
  const [agents, ties] = words;
  return { followOffset: words.slice(2, 3 + agents), followee: words.slice(3 + agents, 3 + agents + ties) };
}

export function writeGraph(file: string, { followOffset, followee }: FollowGraph): void {
  writeFileSync(file, Int32Array.of(followOffset.length - 1, followee.length));
  for (const words of [followOffset, followee]) writeFileSync(file, words, { flag: 'a' });
}

export type Attributes = ReturnType<typeof generateAttributes>;

/** Agents with flat hours; each wakes in a tick with probability `awakeShare`. */
export function attributesOf(order: WorldOrder): Attributes {
  const wakesPerTick = -log(1 - (order.awakeShare ?? 0.1));
  return generateAttributes(seed, {
    count: order.agents,
    idPrefix: 'agent-',
    wakesPerDayMean: (wakesPerTick * 86400) / tickSeconds,
    activitySpread: 0,
    focusShare: 0.6,
    profileShares: new Float64Array(24).fill(1 / 24),
  });
}

/** A follow graph of our own. */
export function drawGraph(attributes: Attributes, order: WorldOrder): FollowGraph {
  const parameters = { followsMean: order.followsMean ?? 20, audienceSpread: 1.2, homophilyShare: 0.3 };
  return audienceGraph(seed, attributes, parameters);
}

/** The population of a world: attributes, and the graph of the file or one of our own. */
export function populate(order: WorldOrder): Population {
  const attributes = attributesOf(order);
  const graph = order.graph === undefined ? drawGraph(attributes, order) : readGraph(order.graph);
  return canonicalPopulation({ ...attributes, ...graph });
}

/**
 * The defaults of the rule policy, but with posts and reshares as frequent as in the reference (0.10 and 0.25 for each agent awake);
 * likes, replies and follows come beside them: 0.5 intents in all.
 */
export function planOf(order: WorldOrder): Plan {
  const parameters = {
    ...{ intercept: order.intercept ?? -4.45, interestWeight: 2, socialWeight: 0.1, fatiguePerExposure: 0.5 },
    capShare: 0.3,
    ...{
      quoteRatio: 0.1,
      replyRatio: 0.2,
      likeRatio: 0.5,
      dislikeRatio: 0,
      reportRatio: 0,
      postShare: 0.1,
      followShare: 0.02,
      unfollowShare: 0.001,
    },
  };
  const { feed: recommender = 'recency', feedLength: length = 10 } = order;
  return {
    ...{ scenario: 'bench', seed, ticks: order.ticks, tickSeconds, startHour: 0, memoryLength: 16 },
    feed: {
      ...{ recommender, length, outOfNetworkShare: 0.3, exposuresMax: 4, repostsShown: true },
      ...(order.candidates === undefined ? {} : { candidates: order.candidates }),
    },
    policies: [{ kind: 'rules', parameters }],
    allowedVerbs: ['post', 'reply', 'repost', 'quote', 'like', 'follow', 'unfollow'],
    ...{
      attributes: [],
      interventions: [],
      conduct: { selfRating: true, moderators: [], limits: [], moderation: [] },
      appealSpread: 0.3,
      topicFocusShare: 0.6,
    },
    postCapacity: 1 << (32 - Math.clz32(Math.max(1024, order.agents * 1.5))),
  };
}

/** Gives every agent one post, numbered by ordinal, as if all had posted just before the first tick. */
export function fillFeeds(simulation: Simulation): void {
  const { state, attached } = simulation.main;
  const { agents, posts, recents, sizes } = state;
  const topic = new Int8Array(topicCount);
  for (let row = 0 as AgentRow; row < sizes.agentCount; row++) {
    const id = agents.ordinal[row] + 1;
    const to = postRow(posts, id);
    posts.author[to] = row;
    posts.origin[to] = id;
    posts.root[to] = id;
    posts.kind[to] = postKinds.post;
    for (let k = 0; k < topicCount; k++) {
      const drawn = (mix32(id * topicCount + k) % 64) / 2;
      topic[k] = Math.round(agents.interest[row * topicCount + k] / 2 + drawn);
    }
    writeFace(posts.face, to, topic, 0);
    const place = row * recentLength * 2;
    recents.entry[place as Id<'recents'>] = id;
    recents.entry[(place + 1) as Id<'recents'>] = id;
  }
  attached.control[control.nextPost] = sizes.agentCount + 1;
}
