/**
 * A follow graph with a given tail of audiences: every agent follows others with probability proportional to their audience
 * weight, a share of them among agents of its own main topic.
 *
 * Weights are lognormal: exp(normal x audienceSpread), whose tail follows the spread that real follower counts show. In-degrees
 * are then Poisson around weight x mean, so a large spread gives hubs. Draws are keyed by the agent, and sampling is by alias
 * tables (Walker 1977; Vose 1991), so that 2 x 10^7 ties take seconds.
 * Invariant: no self-loop, no double tie. Oracle: sampling by the cumulative sum.
 */
import { exp } from '../ground/detmath.ts';
import { randomStream, streamPurposes } from '../ground/philox.ts';
import { mix32 } from '../ground/random.ts';

/** Parameters of the graph. */
export interface AudienceGraphParameters {
  /** Mean number of agents that one follows. */
  readonly followsMean: number;
  /** Standard deviation of the logarithm of audience weights. */
  readonly audienceSpread: number;
  /** Share of followees chosen among agents of one's own main topic. */
  readonly homophilyShare: number;
}

/** Alias table over a list of agents. */
interface AliasTable {
  readonly member: Int32Array;
  readonly keep: Float64Array;
  readonly alias: Int32Array;
}

/** Who follows whom, as compressed rows. `keyLo`, `keyHi`, `topic`: one value an agent. */
export function audienceGraph(
  seed: number,
  agents: { readonly keyLo: Int32Array; readonly keyHi: Int32Array; readonly topic: Uint8Array },
  parameters: AudienceGraphParameters,
): { followOffset: Int32Array; followee: Int32Array } {
  const count = agents.keyLo.length;
  const weight = audienceWeights(seed, agents, parameters.audienceSpread);
  const everyone = aliasTable(weight, members(agents.topic, undefined));
  const byTopic = Array.from({ length: 16 }, (_, topic) => aliasTable(weight, members(agents.topic, topic)));
  const followOffset = new Int32Array(count + 1);
  let followee = new Int32Array(Math.ceil(count * parameters.followsMean * 1.02) + count + 64);
  const words = new Words();
  let end = 0;
  for (let agent = 0; agent < count; agent++) {
    words.begin(seed, agents.keyLo[agent], agents.keyHi[agent]);
    const wanted = Math.min(count - 1, outDegree(words, parameters.followsMean));
    const start = end;
    if (end + wanted > followee.length) followee = grow(followee, end + wanted);
    for (let tries = 0; end - start < wanted && tries < wanted * 8; tries++) {
      const near = words.unit() < parameters.homophilyShare ? byTopic[agents.topic[agent]] : everyone;
      const other = sample(near.member.length > 1 ? near : everyone, words);
      if (other !== agent && !contains(followee, start, end, other)) followee[end++] = other;
    }
    followOffset[agent + 1] = end;
  }
  return { followOffset, followee: followee.slice(0, end) };
}

function grow(column: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(needed, column.length * 2));
  wider.set(column);
  return wider;
}

/** Uniform in [mean / 4, 7 mean / 4]: between 5 and 35 for a mean of 20. */
function outDegree(words: Words, mean: number): number {
  const least = Math.floor(mean / 4);
  return least + Math.floor(words.unit() * (2 * (mean - least) + 1));
}

function audienceWeights(
  seed: number,
  agents: { readonly keyLo: Int32Array; readonly keyHi: Int32Array },
  spread: number,
): Float64Array {
  return Float64Array.from(agents.keyLo, (lo, agent) =>
    exp(spread * randomStream(seed, streamPurposes.audience, lo, agents.keyHi[agent]).normal()),
  );
}

function members(topic: Uint8Array, wanted: number | undefined): Int32Array {
  let count = 0;
  for (const one of topic) if (wanted === undefined || one === wanted) count++;
  const found = new Int32Array(count);
  let at = 0;
  topic.forEach((one, agent) => {
    if (wanted === undefined || one === wanted) found[at++] = agent;
  });
  return found;
}

function aliasTable(weight: Float64Array, member: Int32Array): AliasTable {
  const count = member.length;
  const keep = new Float64Array(count);
  const alias = new Int32Array(count);
  let total = 0;
  for (const agent of member) total += weight[agent];
  const small: number[] = [];
  const large: number[] = [];
  for (let i = 0; i < count; i++) {
    keep[i] = (weight[member[i]] / total) * count;
    (keep[i] < 1 ? small : large).push(i);
  }
  while (small.length > 0 && large.length > 0) {
    const less = small.pop() as number;
    const more = large[large.length - 1];
    alias[less] = more;
    keep[more] -= 1 - keep[less];
    if (keep[more] < 1) small.push(large.pop() as number);
  }
  for (const i of [...small, ...large]) keep[i] = 1;
  return { member, keep, alias };
}

function sample(table: AliasTable, words: Words): number {
  const i = Math.floor(words.unit() * table.member.length);
  return table.member[words.unit() < table.keep[i] ? i : table.alias[i]];
}

function contains(column: Int32Array, start: number, end: number, value: number): boolean {
  for (let i = start; i < end; i++) if (column[i] === value) return true;
  return false;
}

/** A fast keyed sequence for the many draws of one agent: a counter through the two-lane hash of `random.ts`. */
class Words {
  #a = 0;
  #b = 0;
  #count = 0;

  begin(seed: number, keyLo: number, keyHi: number): void {
    this.#a = mix32(keyLo + mix32(seed ^ 0x3c6ef35f));
    this.#b = mix32(keyHi ^ mix32(Math.floor(seed / 0x1_0000_0000) + 0x1b873593));
    this.#count = 0;
  }

  unit(): number {
    const word = mix32((this.#a + Math.imul(++this.#count, 0x85ebca77)) ^ this.#b);
    return (word >>> 0) * 2.3283064365386963e-10;
  }
}
