/**
 * Planted worlds of adoption: simple and complex contagion, times without meaning, and likeness without contagion.
 *
 * Nothing here is the engine, and nothing of the measure: agents, ties and adoptions are drawn in a page of code, so that a world is
 * what its name says. Sizes, densities and chances are drawn anew for every seed, within the ranges that stand below, so that no
 * verdict can rest on one choice of them. Invariant: a world is a function of its kind and seed.
 */
import { strataOf } from '../../analysis/measures/adoption-strata.ts';
import type { AdoptionColumns } from '../../analysis/measures/adoption-history.ts';
import { randomStream } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

/** Kinds of worlds; `standing` ones give a chance at every tick while an adopter is in sight, the others one chance each. */
export const worldKinds = [
  ...['simple', 'complex', 'standing simple', 'standing complex'],
  ...['random times', 'shuffled among adopters', 'homophily', 'homophily without interests', 'homophily of a trait'],
] as const;
export type WorldKind = (typeof worldKinds)[number];

/** Belongs to no part of the program. */
const purpose = 997;

interface Ties {
  readonly agentCount: number;
  readonly source: Int32Array;
  readonly target: Int32Array;
}

interface Acts {
  readonly agent: number[];
  readonly content: number[];
  readonly time: number[];
  readonly isSeed: number[];
}

const contentCount = 12;
const endTime = 40;

/** Draws a world. */
export function adoptionWorld(kind: WorldKind, seed: number): AdoptionColumns {
  const stream = randomStream(seed, purpose, worldKinds.indexOf(kind));
  if (kind === 'homophily of a trait') return traitWorld(stream);
  if (kind.startsWith('homophily')) return likenessWorld(kind === 'homophily', stream);
  const ties = smallWorld(stream);
  if (kind === 'random times') return columnsOf(ties, randomTimes(ties, stream), stream);
  if (kind === 'shuffled among adopters')
    return columnsOf(ties, shuffledTimes(spread(ties, ruleOf('simple', stream), stream), stream), stream);
  return columnsOf(ties, spread(ties, ruleOf(kind, stream), stream), stream);
}

function columnsOf(ties: Ties, acts: Acts, stream: RandomStream, board?: Int32Array): AdoptionColumns {
  const { agentCount, source, target } = ties;
  const { stratum, stratumCount } = strataOf(
    { agentCount, ties: { source, target }, ...(board === undefined ? {} : { board }) },
    stream,
  );
  return {
    ...{ agentCount, contentCount, ties: { source, target }, endTime, hasTicks: true, stratum, stratumCount },
    adoptions: {
      ...{ agent: Int32Array.from(acts.agent), content: Int32Array.from(acts.content) },
      ...{ time: Float64Array.from(acts.time), isSeed: Uint8Array.from(acts.isSeed) },
    },
  };
}

/** A ring whose ties to the next few are rewired with a chance: 300 to 600 agents, each follows 8 to 12. */
function smallWorld(stream: RandomStream): Ties {
  const agentCount = 300 + stream.below(301);
  const reach = 4 + stream.below(3);
  const rewired = 0.05 + 0.25 * stream.uniform();
  const [source, target] = [[] as number[], [] as number[]];
  for (let agent = 0; agent < agentCount; agent++) {
    for (let step = -reach; step <= reach; step++) {
      if (step === 0) continue;
      const near = (agent + step + agentCount) % agentCount;
      const other = stream.uniform() < rewired ? stream.below(agentCount) : near;
      if (other === agent) continue;
      source.push(agent);
      target.push(other);
    }
  }
  return { agentCount, source: Int32Array.from(source), target: Int32Array.from(target) };
}

/** Chance to adopt at a tick, given adopters in sight and how many of them are new. */
interface Rule {
  readonly seedShare: number;
  readonly chance: (level: number, fresh: number) => number;
}

function ruleOf(kind: WorldKind, stream: RandomStream): Rule {
  const p = stream.uniform();
  if (kind === 'simple') {
    const each = 0.1 + 0.15 * p;
    return { seedShare: 0.01, chance: (_, fresh) => 1 - (1 - each) ** fresh };
  }
  if (kind === 'standing simple') {
    const each = 0.01 + 0.03 * p;
    return { seedShare: 0.01, chance: (level) => 1 - (1 - each) ** level };
  }
  const threshold = 2 + stream.below(2);
  const above = kind === 'complex' ? 0.4 + 0.4 * p : 0.05 + 0.15 * p;
  const below = 0.01 * stream.uniform();
  const chance = (level: number, fresh: number): number => {
    if (kind === 'complex' && fresh === 0) return 0;
    return level === 0 ? 0 : level >= threshold ? above : below;
  };
  return { seedShare: 0.1, chance };
}

/** Tick by tick, content by content: who sees adopters of the tick before may adopt. */
function spread({ agentCount, source, target }: Ties, { seedShare, chance }: Rule, stream: RandomStream): Acts {
  const acts: Acts = { agent: [], content: [], time: [], isSeed: [] };
  for (let content = 0; content < contentCount; content++) {
    const adoptedAt = new Int32Array(agentCount).fill(endTime + 1);
    const begin = stream.below(10);
    const adopt = (agent: number, time: number, isSeed: number): void => {
      adoptedAt[agent] = time;
      acts.agent.push(agent);
      acts.content.push(content);
      acts.time.push(time);
      acts.isSeed.push(isSeed);
    };
    for (let k = 0; k < Math.max(2, seedShare * agentCount); k++) {
      const agent = stream.below(agentCount);
      if (adoptedAt[agent] > endTime) adopt(agent, begin, 1);
    }
    for (let tick = begin + 1; tick <= endTime; tick++) {
      const [level, fresh] = [new Int32Array(agentCount), new Int32Array(agentCount)];
      for (let tie = 0; tie < source.length; tie++) {
        const at = adoptedAt[target[tie]];
        if (at >= tick) continue;
        level[source[tie]]++;
        if (at === tick - 1) fresh[source[tie]]++;
      }
      for (let agent = 0; agent < agentCount; agent++) {
        if (adoptedAt[agent] > endTime && stream.uniform() < chance(level[agent], fresh[agent])) adopt(agent, tick, 0);
      }
    }
  }
  return acts;
}

/** Anyone, at any time. */
function randomTimes({ agentCount }: Ties, stream: RandomStream): Acts {
  const acts: Acts = { agent: [], content: [], time: [], isSeed: [] };
  for (let content = 0; content < contentCount; content++) {
    const share = 0.05 + 0.4 * stream.uniform();
    for (let agent = 0; agent < agentCount; agent++) {
      if (stream.uniform() >= share) continue;
      acts.agent.push(agent);
      acts.content.push(content);
      acts.time.push(stream.below(endTime + 1));
      acts.isSeed.push(0);
    }
  }
  return acts;
}

/** The adopters of real cascades, at times that are drawn. */
function shuffledTimes(acts: Acts, stream: RandomStream): Acts {
  return { ...acts, time: acts.time.map(() => stream.below(endTime + 1)), isSeed: acts.isSeed.map(() => 0) };
}

/** Two to four latent groups, ties mostly inside, one group for each content that adopts it far more often; times have no meaning. */
function likenessWorld(hasInterests: boolean, stream: RandomStream): AdoptionColumns {
  const agentCount = 300 + stream.below(301);
  const groupCount = 2 + stream.below(3);
  const insideShare = 0.7 + 0.25 * stream.uniform();
  const group = Int32Array.from({ length: agentCount }, () => stream.below(groupCount));
  const members = Array.from({ length: groupCount }, (_, one) =>
    Array.from(group.keys()).filter((agent) => group[agent] === one),
  );
  const [source, target] = [[] as number[], [] as number[]];
  for (let agent = 0; agent < agentCount; agent++) {
    for (let tie = 0; tie < 10; tie++) {
      const own = members[group[agent]];
      const other = stream.uniform() < insideShare ? own[stream.below(own.length)] : stream.below(agentCount);
      if (other === agent) continue;
      source.push(agent);
      target.push(other);
    }
  }
  const ties = { agentCount, source: Int32Array.from(source), target: Int32Array.from(target) };
  const acts: Acts = { agent: [], content: [], time: [], isSeed: [] };
  const high = 0.004 + 0.016 * stream.uniform();
  const ratio = 3 + 9 * stream.uniform();
  for (let content = 0; content < contentCount; content++) {
    const fans = stream.below(groupCount);
    for (let agent = 0; agent < agentCount; agent++) {
      const time = Math.floor(stream.exponential() / (group[agent] === fans ? high : high / ratio));
      if (time > endTime) continue;
      acts.agent.push(agent);
      acts.content.push(content);
      acts.time.push(time);
      acts.isSeed.push(0);
    }
  }
  return columnsOf(ties, acts, stream, hasInterests ? group : undefined);
}

/** A trait on a line decides who is tied to whom and how soon each adopts anything; nobody knows it. Times have no other meaning. */
function traitWorld(stream: RandomStream): AdoptionColumns {
  const agentCount = 300 + stream.below(301);
  const trait = Array.from({ length: agentCount }, () => stream.normal());
  const closeness = 1 + 2 * stream.uniform();
  const [source, target] = [[] as number[], [] as number[]];
  for (let agent = 0; agent < agentCount; agent++) {
    for (let tie = 0; tie < 10;) {
      const other = stream.below(agentCount);
      if (other === agent || stream.uniform() >= Math.exp(-closeness * Math.abs(trait[agent] - trait[other]))) continue;
      source.push(agent);
      target.push(other);
      tie++;
    }
  }
  const acts: Acts = { agent: [], content: [], time: [], isSeed: [] };
  const effect = 0.5 + stream.uniform();
  const usual = 0.003 + 0.017 * stream.uniform();
  for (let content = 0; content < contentCount; content++) {
    for (let agent = 0; agent < agentCount; agent++) {
      const time = Math.floor(stream.exponential() / (usual * Math.exp(effect * trait[agent])));
      if (time > endTime) continue;
      acts.agent.push(agent);
      acts.content.push(content);
      acts.time.push(time);
      acts.isSeed.push(0);
    }
  }
  const ties = { agentCount, source: Int32Array.from(source), target: Int32Array.from(target) };
  return columnsOf(ties, acts, stream);
}
