/**
 * Rings: groups of agents who hang together densely by co-acting pairs, and whom else their targets take in.
 *
 * Reads the pairs of a backbone; gives groups of at least `ringSizeMin`. An edge counts only within triangles (the 3-truss: Cohen 2008), so that pairs
 * that chance threw in, which are few and far between, join nothing. Of each component, members with links to less than `linkShareMin` of the
 * others, or to fewer than two, leave one by one, the weakest first. The evidence of a ring is the sum of -ln p over its edges.
 * `completeRing` then takes in agents whose own acts fall on the ring's targets, near acts of at least two members, more often than the null
 * gives: members with few acts share too little with any one other, and enough with all.
 * Order: rings by evidence, then first member. Invariant: rings share no member; the outcome depends on the pairs and not on their order.
 * Oracle: cliques by hand and sets, in `test/analysis/estimators/collusion.test.ts`.
 */
import { log } from '../../sim/ground/detmath.ts';
import { logPoissonTail } from './poisson.ts';
import type { ActIndex } from './act-index.ts';
import type { CoActingPair, CoActionNull } from './co-action-null.ts';

/** A group of agents. */
export interface Ring {
  /** Ascending. */
  readonly agents: readonly number[];
  /** Pairs of the backbone within it. */
  readonly pairs: readonly CoActingPair[];
  /** Sum of -ln p over its pairs. */
  readonly evidence: number;
}

export const ringSizeMin = 3;
/** A quarter: of a ring whose members each act on half of 20 targets some 0.9 of the pairs are in the backbone, of a chance component a few. */
const linkShareMin = 0.25;

type Links = Map<number, Map<number, CoActingPair>>;

/** The rings of a backbone. */
export function findRings(pairs: readonly CoActingPair[]): Ring[] {
  const links: Links = new Map();
  for (const pair of pairs) {
    linksOf(links, pair.one).set(pair.other, pair);
    linksOf(links, pair.other).set(pair.one, pair);
  }
  keepTriangles(links);
  const found: Ring[] = [];
  for (const group of componentsOf(links)) {
    for (const core of peel(links, group)) found.push(ringOf(links, core));
  }
  return found.sort((a, b) => b.evidence - a.evidence || a.agents[0] - b.agents[0]);
}

function linksOf(links: Links, agent: number): Map<number, CoActingPair> {
  const known = links.get(agent);
  if (known !== undefined) return known;
  const made = new Map<number, CoActingPair>();
  links.set(agent, made);
  return made;
}

/** Takes away edges in no triangle. One pass is enough: what goes was part of no other edge's triangle. */
function keepTriangles(links: Links): void {
  for (const [one, others] of links) {
    for (const other of [...others.keys()].filter((later) => one < later)) {
      const theirs = linksOf(links, other);
      const [small, large] = others.size <= theirs.size ? [others, theirs] : [theirs, others];
      if (hasCommon(small, large)) continue;
      others.delete(other);
      theirs.delete(one);
    }
  }
}

function hasCommon(small: ReadonlyMap<number, unknown>, large: ReadonlyMap<number, unknown>): boolean {
  for (const third of small.keys()) if (large.has(third)) return true;
  return false;
}

/** Components with at least one edge, each in the order of agents. */
function componentsOf(links: Links, within?: ReadonlySet<number>): number[][] {
  const met = new Set<number>();
  const groups: number[][] = [];
  for (const start of [...(within ?? links.keys())].sort((a, b) => a - b)) {
    if (met.has(start) || (links.get(start)?.size ?? 0) === 0) continue;
    const group = [start];
    met.add(start);
    for (const agent of group) {
      for (const other of links.get(agent)?.keys() ?? []) {
        if (met.has(other) || within?.has(other) === false) continue;
        met.add(other);
        group.push(other);
      }
    }
    groups.push(group.sort((a, b) => a - b));
  }
  return groups;
}

/** Lets the weakest leave while their links are too few; what falls apart is several groups. */
function peel(links: Links, group: readonly number[]): number[][] {
  const members = new Set(group);
  const degree = new Map<number, number>();
  for (const agent of group)
    degree.set(agent, [...(links.get(agent)?.keys() ?? [])].filter((other) => members.has(other)).length);
  const leavesAt = (): number => Math.max(2, linkShareMin * (members.size - 1));
  while (members.size >= ringSizeMin) {
    let weakest = -1;
    for (const agent of members) {
      const links = degree.get(agent) ?? 0;
      if (weakest < 0 || links < (degree.get(weakest) ?? 0)) weakest = agent;
    }
    if ((degree.get(weakest) ?? 0) >= leavesAt()) break;
    members.delete(weakest);
    for (const other of links.get(weakest)?.keys() ?? []) {
      if (members.has(other)) degree.set(other, (degree.get(other) ?? 0) - 1);
    }
  }
  return componentsOf(links, members).filter(({ length }) => length >= ringSizeMin);
}

function ringOf(links: Links, agents: readonly number[]): Ring {
  const members = new Set(agents);
  const pairs: CoActingPair[] = [];
  for (const agent of agents) {
    for (const [other, pair] of links.get(agent) ?? []) if (agent < other && members.has(other)) pairs.push(pair);
  }
  pairs.sort((a, b) => a.one - b.one || a.other - b.other);
  return { agents, pairs, evidence: pairs.reduce((sum, { logP }) => sum - logP, 0) };
}

/** A target of a ring and the acts on it that belong together: each within the window of another member's. */
export interface RingTarget {
  readonly target: number;
  /** Slots, ascending in time. */
  readonly slots: readonly number[];
}

/** The targets on which at least two members acted within the window, most acts first. */
export function targetsOfRing(index: ActIndex, agents: readonly number[], windowSeconds: number): RingTarget[] {
  const { agentOffset, agentSlot, target, time } = index;
  const byTarget = new Map<number, number[]>();
  for (const agent of agents) {
    for (let at = agentOffset[agent]; at < agentOffset[agent + 1]; at++) {
      const slot = agentSlot[at];
      const list = byTarget.get(target[slot]);
      if (list === undefined) byTarget.set(target[slot], [slot]);
      else list.push(slot);
    }
  }
  const found: RingTarget[] = [];
  for (const [one, list] of byTarget) {
    list.sort((a, b) => a - b);
    const slots = list.filter((slot, k) => {
      const [before, after] = [list[k - 1] ?? -1, list[k + 1] ?? -1];
      const isNear = (other: number): boolean => other >= 0 && Math.abs(time[other] - time[slot]) <= windowSeconds;
      return isNear(before) || isNear(after);
    });
    if (slots.length >= 2) found.push({ target: one, slots });
  }
  return found.sort((a, b) => b.slots.length - a.slots.length || a.target - b.target);
}

/** How completion judges: agents who could join, and the chance that any of them does who does not belong. */
export interface CompletionOptions {
  readonly windowSeconds: number;
  readonly targetActsMax: number;
  readonly candidateCount: number;
  readonly falseMemberChance: number;
}

/**
 * Agents outside a ring who act with it: on its targets within the window of two members' acts, more often than the null gives. Ascending.
 * Left out of the null are the acts of members, and of those who act on so many of its targets that they may be members: a ring of 30 may make up
 * a third of a bin, and would explain itself.
 */
export function completeRing(
  index: ActIndex,
  nullModel: CoActionNull,
  agents: readonly number[],
  options: CompletionOptions,
): number[] {
  const { windowSeconds, targetActsMax, candidateCount, falseMemberChance } = options;
  const { agent, target, time, targetOffset, targetSlot, agentOffset, agentSlot, bin } = index;
  const members = new Set(agents);
  const ringTargets = targetsOfRing(index, agents, windowSeconds).filter(
    ({ target: one }) => targetOffset[one + 1] - targetOffset[one] <= targetActsMax,
  );
  const moments = new Map(ringTargets.map(({ target: one, slots }) => [one, slots.map((slot) => time[slot])]));
  const isNear = (one: number, now: number): boolean =>
    (moments.get(one)?.filter((moment) => Math.abs(moment - now) <= windowSeconds).length ?? 0) >= 2;
  const hits = new Map<number, number>();
  for (const { target: one } of ringTargets) {
    for (let at = targetOffset[one]; at < targetOffset[one + 1]; at++) {
      const slot = targetSlot[at];
      if (members.has(agent[slot]) || !isNear(one, time[slot])) continue;
      hits.set(agent[slot], (hits.get(agent[slot]) ?? 0) + 1);
    }
  }
  const suspectMin = Math.max(joinTargetsMin, suspectShare * ringTargets.length);
  const suspects = [...hits].filter(([, count]) => count >= suspectMin).map(([one]) => one);
  const theirs = actsInBins(index, [...agents, ...suspects]);
  const bar = log(falseMemberChance / candidateCount);
  const joins = ([candidate, count]: readonly [number, number]): boolean => {
    let expected = 0;
    const isLeftOut = count >= suspectMin;
    for (let at = agentOffset[candidate]; at < agentOffset[candidate + 1] && count >= joinTargetsMin; at++) {
      const slot = agentSlot[at];
      const others = nullModel.actsOf(bin[slot]) - (isLeftOut ? 0 : 1) - theirs.of(bin[slot]);
      const near = nullModel.countOf(
        bin[slot],
        (one) => isNear(one, time[slot]),
        (one) => theirs.of(bin[slot], one),
      );
      const own = !isLeftOut && isNear(target[slot], time[slot]) ? 1 : 0;
      expected += others <= 0 ? 1 : (near - own) / others;
      if (logPoissonTail(count, expected) > bar) return false;
    }
    return count >= joinTargetsMin;
  };
  return [...hits]
    .filter(joins)
    .map(([one]) => one)
    .sort((a, b) => a - b);
}

/** Targets of a ring that somebody acted on who is taken in. */
const joinTargetsMin = 3;
/** Share of the ring's targets on which one acts who may be a member. Who reads the same feed as a ring of targets on it acts on some tenth of them. */
const suspectShare = 0.4;

interface MemberActs {
  /** Acts of members in a bin, on one target or on all. */
  of(bin: number, target?: number): number;
}

function actsInBins(
  { agentOffset, agentSlot, bin, target, targetCount }: ActIndex,
  agents: readonly number[],
): MemberActs {
  const counts = new Map<number, number>();
  const add = (key: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const agent of agents) {
    for (let at = agentOffset[agent]; at < agentOffset[agent + 1]; at++) {
      const slot = agentSlot[at];
      add(bin[slot] * (targetCount + 1));
      add(bin[slot] * (targetCount + 1) + 1 + target[slot]);
    }
  }
  return { of: (one, which) => counts.get(one * (targetCount + 1) + (which === undefined ? 0 : 1 + which)) ?? 0 };
}
