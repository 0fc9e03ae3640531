/**
 * A generated population: interests, activity and policy of n agents, each drawn by a stream keyed with the agent's own key, so that
 * adding an agent changes nobody else's attributes.
 */
import { exp } from '../ground/detmath.ts';
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
}

/** Everything of a population but its ties, and the main topic of each agent. */
export function generateAttributes(
  seed: number,
  parameters: AttributeParameters,
): Omit<Population, 'followOffset' | 'followee'> & { readonly topic: Uint8Array } {
  const { count } = parameters;
  const ids: ExternalIds = { prefix: parameters.idPrefix, number: Int32Array.from({ length: count }, (_, i) => i) };
  const { keyLo, keyHi } = keysOf(ids, count);
  const interest = drawInterests(seed, { keyLo, keyHi }, parameters.focusShare);
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

/** Interests of agents with these keys: unit vectors x 127, one agent after the other. */
export function drawInterests(
  seed: number,
  keys: { readonly keyLo: Int32Array; readonly keyHi: Int32Array },
  focusShare: number,
): Int8Array {
  const count = keys.keyLo.length;
  const interest = new Int8Array(count * topicCount);
  const vector = new Float64Array(topicCount);
  for (let agent = 0; agent < count; agent++) {
    drawInterest(
      randomStream(seed, streamPurposes.interests, keys.keyLo[agent], keys.keyHi[agent]),
      focusShare,
      vector,
    );
    for (let k = 0; k < topicCount; k++) interest[agent * topicCount + k] = Math.round(vector[k] * topicScale);
  }
  return interest;
}

/** A unit vector: one signed axis, and a normal direction, weighed by `focusShare`. */
function drawInterest(
  stream: { below(n: number): number; normal(): number },
  focusShare: number,
  into: Float64Array,
): void {
  const main = stream.below(topicCount * 2);
  let square = 0;
  for (let k = 0; k < topicCount; k++) {
    into[k] = stream.normal();
    square += into[k] * into[k];
  }
  const noise = (1 - focusShare) / Math.sqrt(square);
  for (let k = 0; k < topicCount; k++) into[k] *= noise;
  into[main >> 1] += (main & 1) === 1 ? -focusShare : focusShare;
  let length = 0;
  for (let k = 0; k < topicCount; k++) length += into[k] * into[k];
  const scale = 1 / Math.sqrt(length);
  for (let k = 0; k < topicCount; k++) into[k] *= scale;
}
