/**
 * A generated population: interests, activity and policy of n agents, each drawn by a stream keyed with the agent's own key, so that
 * adding an agent changes nobody else's attributes.
 *
 * Interests point along a topic drawn for them, or along the topics that an agent is given. Up to eight topics are the axes of interest
 * space; nine are the corners of a regular simplex in it, so that any two are as far apart as any other two (their cosine is -1/8).
 */
import { exp } from '../ground/detmath.ts';
import { assertInvariant } from '../ground/errors.ts';
import { randomStream, streamPurposes } from '../ground/philox.ts';
import { keysOf } from './population.ts';
import { topicCount, topicScale } from './agents.ts';
import { topicOf } from './posts.ts';
import type { ExternalIds, Population } from './population.ts';

/** Parameters of the attributes. */
export interface AttributeParameters {
  readonly count: number;
  readonly idPrefix: string;
  readonly wakesPerDayMean: number;
  /** Standard deviation of the logarithm of wakings a day. */
  readonly activitySpread: number;
  /** How far interests keep to one topic: 1 is one topic only, 0 none. */
  readonly focusShare: number;
  /** Hourly shares, 24 a profile; each agent draws one. */
  readonly profileShares: Float64Array;
  /** What interests follow; drawn where it is left out. */
  readonly topics?: AgentTopics;
}

/** Topics of agents, `perAgent` each: integers from 0, or `noTopic`. The first is never that. */
export interface AgentTopics {
  readonly topicCount: number;
  readonly perAgent: number;
  readonly topic: Uint8Array;
}

export const noTopic = 255;

/** Everything of a population but its ties, and the main topic of each agent. */
export function generateAttributes(
  seed: number,
  parameters: AttributeParameters,
): Omit<Population, 'followOffset' | 'followee'> & { readonly topic: Uint8Array } {
  const { count } = parameters;
  const ids: ExternalIds = { prefix: parameters.idPrefix, number: Int32Array.from({ length: count }, (_, i) => i) };
  const { keyLo, keyHi } = keysOf(ids, count);
  const interest = drawInterests(seed, { keyLo, keyHi }, parameters.focusShare, parameters.topics);
  const profile = new Uint16Array(count);
  const wakesPerDay = new Float32Array(count);
  const topic = new Uint8Array(count);
  const profileCount = parameters.profileShares.length / 24;
  const { activitySpread } = parameters;
  for (let agent = 0; agent < count; agent++) {
    const stream = randomStream(seed, streamPurposes.population, keyLo[agent], keyHi[agent]);
    profile[agent] = stream.below(profileCount);
    const spread = activitySpread * stream.normal() - (activitySpread * activitySpread) / 2;
    wakesPerDay[agent] = parameters.wakesPerDayMean * exp(spread);
    topic[agent] = topicOf(interest, agent * topicCount);
  }
  const policy = new Uint8Array(count);
  const { profileShares } = parameters;
  return { count, ids, keyLo, keyHi, interest, profile, wakesPerDay, policy, profileShares, topic };
}

/** Interests of agents with these keys: unit vectors x 127, one agent after the other. They follow `topics` if there are any. */
export function drawInterests(
  seed: number,
  keys: { readonly keyLo: Int32Array; readonly keyHi: Int32Array },
  focusShare: number,
  topics?: AgentTopics,
): Int8Array {
  const count = keys.keyLo.length;
  const directions = topicDirections(topics?.topicCount ?? 0);
  const interest = new Int8Array(count * topicCount);
  const vector = new Float64Array(topicCount);
  for (let agent = 0; agent < count; agent++) {
    const stream = randomStream(seed, streamPurposes.interests, keys.keyLo[agent], keys.keyHi[agent]);
    drawInterest(stream, focusShare, vector, topics && directionOf(topics, agent, directions));
    for (let k = 0; k < topicCount; k++) interest[agent * topicCount + k] = Math.round(vector[k] * topicScale);
  }
  return interest;
}

/** A unit vector: one signed axis or the direction given, and a normal direction, weighed by `focusShare`. */
function drawInterest(
  stream: { below(n: number): number; normal(): number },
  focusShare: number,
  into: Float64Array,
  direction?: Float64Array,
): void {
  const main = stream.below(topicCount * 2);
  let square = 0;
  for (let k = 0; k < topicCount; k++) {
    into[k] = stream.normal();
    square += into[k] * into[k];
  }
  const noise = (1 - focusShare) / Math.sqrt(square);
  for (let k = 0; k < topicCount; k++) into[k] *= noise;
  if (direction === undefined) into[main >> 1] += (main & 1) === 1 ? -focusShare : focusShare;
  else for (let k = 0; k < topicCount; k++) into[k] += focusShare * direction[k];
  let length = 0;
  for (let k = 0; k < topicCount; k++) length += into[k] * into[k];
  const scale = 1 / Math.sqrt(length);
  for (let k = 0; k < topicCount; k++) into[k] *= scale;
}

/** The mean direction of an agent's topics, as a unit vector. */
function directionOf(topics: AgentTopics, agent: number, directions: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(topicCount);
  for (let i = agent * topics.perAgent; i < (agent + 1) * topics.perAgent; i++) {
    const topic = topics.topic[i];
    if (topic !== noTopic) for (let k = 0; k < topicCount; k++) sum[k] += directions[topic][k];
  }
  const length = Math.sqrt(sum.reduce((square, one) => square + one * one, 0));
  return sum.map((one) => one / length);
}

/**
 * Unit vectors of `count` topics: axes, or the corners of a simplex. Corner i is sqrt(1 + 1/n) e_i - (sqrt(n + 1) + 1) / n^(3/2) (1 .. 1),
 * the last one (1 .. 1) / sqrt(n), for n dimensions.
 */
export function topicDirections(count: number): Float64Array[] {
  assertInvariant(count <= topicCount + 1, `${count} topics do not fit into ${topicCount} dimensions`);
  const n = topicCount;
  const isSimplex = count > n;
  const along = isSimplex ? Math.sqrt(1 + 1 / n) : 1;
  const aside = isSimplex ? (Math.sqrt(n + 1) + 1) / (n * Math.sqrt(n)) : 0;
  return Array.from({ length: count }, (_, topic) =>
    Float64Array.from({ length: n }, (_, k) => (topic === n ? 1 / Math.sqrt(n) : (k === topic ? along : 0) - aside)),
  );
}
