/**
 * Prominent accounts on top of a graph: a few agents whom a large, given share of everybody follows, more of those whose main
 * topic is theirs. Their audiences are lognormal around a median share.
 *
 * Who is prominent is drawn from all; each agent then decides for itself, by its own key, whether it follows a prominent account. Invariant: no self-loop, no double tie.
 */
import { exp } from '../ground/detmath.ts';
import { randomStream, shuffle, streamPurposes } from '../ground/philox.ts';

/** Parameters of the prominent accounts. */
export interface ProminentParameters {
  readonly count: number;
  readonly audienceShareMedian: number;
  readonly audienceSpread: number;
}

/** Rows of a graph. */
export interface FollowRows {
  readonly followOffset: Int32Array;
  readonly followee: Int32Array;
}

const sameTopicOdds = 3;
const audienceShareMax = 0.95;

/** Chooses prominent accounts and adds their audiences. `prominent` lists their positions, greatest audience first. */
export function withProminent(
  seed: number,
  agents: { readonly keyLo: Int32Array; readonly keyHi: Int32Array; readonly topic: Uint8Array },
  graph: FollowRows,
  parameters: ProminentParameters,
): { readonly prominent: Int32Array; readonly graph: FollowRows } {
  const count = agents.keyLo.length;
  const prominent = chooseProminent(seed, count, parameters.count);
  const shares = audienceShares(seed, parameters, prominent.length);
  const matching = matchingShares(agents.topic, prominent, shares);
  const followOffset = new Int32Array(count + 1);
  let followee = new Int32Array(graph.followee.length + Math.ceil(count * (sum(shares) + 1)));
  let end = 0;
  for (let agent = 0; agent < count; agent++) {
    const start = end;
    const needed = end + graph.followOffset[agent + 1] - graph.followOffset[agent] + prominent.length;
    if (needed > followee.length) followee = grow(followee, needed);
    for (let k = graph.followOffset[agent]; k < graph.followOffset[agent + 1]; k++) followee[end++] = graph.followee[k];
    const stream = randomStream(seed, streamPurposes.ties, agents.keyLo[agent], agents.keyHi[agent]);
    for (let i = 0; i < prominent.length; i++) {
      const p = matching[i][agents.topic[agent] === agents.topic[prominent[i]] ? 1 : 0];
      if (stream.uniform() >= p || prominent[i] === agent) continue;
      if (!contains(followee, start, end, prominent[i])) followee[end++] = prominent[i];
    }
    followOffset[agent + 1] = end;
  }
  return { prominent, graph: { followOffset, followee: followee.slice(0, end) } };
}

function grow(column: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(needed, column.length * 2));
  wider.set(column);
  return wider;
}

function chooseProminent(seed: number, count: number, wanted: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(order, randomStream(seed, streamPurposes.audience));
  return order.slice(0, Math.min(wanted, count));
}

function audienceShares(seed: number, parameters: ProminentParameters, count: number): Float64Array {
  const stream = randomStream(seed, streamPurposes.calibration);
  const shares = Float64Array.from({ length: count }, () =>
    Math.min(audienceShareMax, parameters.audienceShareMedian * exp(parameters.audienceSpread * stream.normal())),
  );
  return shares.sort((x, y) => y - x);
}

/** For each prominent account the probabilities [other topic, same topic] that keep its overall share. */
function matchingShares(topic: Uint8Array, prominent: Int32Array, shares: Float64Array): Float64Array[] {
  const ofTopic = new Int32Array(16);
  for (const one of topic) ofTopic[one]++;
  return Array.from(prominent, (agent, i) => {
    const near = ofTopic[topic[agent]] / topic.length;
    const base = shares[i] / (near * sameTopicOdds + 1 - near);
    const same = Math.min(1, base * sameTopicOdds);
    const other = near < 1 ? Math.min(1, (shares[i] - same * near) / (1 - near)) : 0;
    return Float64Array.of(other, same);
  });
}

function sum(values: Float64Array): number {
  return values.reduce((total, one) => total + one, 0);
}

function contains(column: Int32Array, start: number, end: number, value: number): boolean {
  for (let i = start; i < end; i++) if (column[i] === value) return true;
  return false;
}
