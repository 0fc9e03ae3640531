/**
 * Who answers whom beyond popularity and subject: a recommender of the next agent, and of a team, out of call trees.
 *
 * Reads calls: in a tree, in a context, a caller and the agent who took the call, the callee. From the calls of earlier trees it learns three factors
 * and scores a candidate a for a call by u in context c with their product:
 *   relevance    P(a | c) = (n_ca + m P(a)) / (n_c + m), with P(a) = (n_a + 1) / (n + A)
 *   interaction  P(a | u, c) / P(a | c), with P(a | u, c) = (n_ua + k P(a | c)) / (n_u + k)
 *   reliability  (s_a + 4 s) / (n_a + 4) over s, where it is known which calls succeeded (s_a of n_a; s the share of all)
 * n counts calls, A agents. The weights m and k of the priors are those under which each tree is likeliest to the others (leave one tree out), first m, then k;
 * where nothing is gained by knowing the caller, k is greatest and interaction 1. Distributions are over all agents but the caller.
 * *Synergy* is what the interaction adds on calls of later trees that nothing was learnt from: bits a call, the mean of log2 P(a | u, c) / P(a | c) of who took it.
 * Team: from a first agent on, the candidate of the highest product of relevance, reliability and greatest interaction with a member joins, out of those that
 * have had a call with a member; hence every team is connected.
 * Order: trees by their first call. Invariant: nothing of a later tree enters a factor. Oracle: scores of all agents one by one
 * (`test/analysis/estimators/call-trees.test.ts`), worlds with planted and without any synergy.
 * Source: the problem of recommending agents from calling trees; the smoothing is ours: Dirichlet priors that back off (MacKay and Peto 1995).
 */
import { log } from '../../sim/ground/detmath.ts';

/** Calls, a row each, in the order of time. Agents, contexts and trees are numbered from 0. */
export interface Calls {
  readonly tree: Int32Array;
  readonly caller: Int32Array;
  readonly callee: Int32Array;
  readonly context: Int32Array;
  /** 1: it succeeded; 0: it did not. Undefined where nobody knows. */
  readonly success?: Uint8Array;
  readonly agentCount: number;
  readonly contextCount: number;
}

/** What was learnt from calls. */
export interface CallModel {
  readonly agentCount: number;
  /** m and k: how many calls the priors weigh. */
  readonly contextPrior: number;
  readonly callerPrior: number;
  /** Calls taken by each agent, and over all. */
  readonly taken: Float64Array;
  readonly total: number;
  readonly byContext: Float64Array;
  readonly byCaller: Float64Array;
  readonly takenInContext: ReadonlyMap<number, number>;
  readonly takenFrom: ReadonlyMap<number, number>;
  /** Callees of each caller. */
  readonly partners: ReadonlyMap<number, readonly number[]>;
  /** Relative to the mean; 1 where success is not known. */
  readonly reliability: Float64Array;
  /** Agents by P(a), descending: all who were called, and a few others. */
  readonly popular: () => readonly number[];
  /** The first few agents by P(a | c), or by that times reliability. Two are enough: see `recommendAgent`. */
  readonly leaders: (context: number, isReliable: boolean) => readonly number[];
}

const leadersKept = 4;
const reliabilityPrior = 4;
/** Weights that are tried; with the last a prior is all there is. */
const priorsTried = [0.25, 1, 4, 16, 64, 256, 1024, 1e9];

/** Learns from the calls for which the flag is set. */
export function learnCalls(calls: Calls, isLearnt: (row: number) => boolean): CallModel {
  const { agentCount, contextCount, caller, callee, context, success } = calls;
  const taken = new Float64Array(agentCount);
  const succeeded = new Float64Array(agentCount);
  const byContext = new Float64Array(contextCount);
  const byCaller = new Float64Array(agentCount);
  const takenInContext = new Map<number, number>();
  const takenFrom = new Map<number, number>();
  const partners = new Map<number, number[]>();
  let [total, successes] = [0, 0];
  for (let row = 0; row < caller.length; row++) {
    if (!isLearnt(row)) continue;
    total++;
    taken[callee[row]]++;
    byContext[context[row]]++;
    byCaller[caller[row]]++;
    add(takenInContext, context[row] * agentCount + callee[row]);
    if (add(takenFrom, caller[row] * agentCount + callee[row]) === 1) {
      const known = partners.get(caller[row]);
      if (known === undefined) partners.set(caller[row], [callee[row]]);
      else known.push(callee[row]);
    }
    if (success?.[row] === 1) {
      succeeded[callee[row]]++;
      successes++;
    }
  }
  const share = successes / total;
  const isReliabilityKnown = success !== undefined && share > 0 && share < 1;
  const reliability = taken.map((count, agent) =>
    isReliabilityKnown ? (succeeded[agent] + reliabilityPrior * share) / (count + reliabilityPrior) / share : 1,
  );
  const counts = { agentCount, taken, total, byContext, byCaller, takenInContext, takenFrom, partners, reliability };
  return ordered({ ...counts, ...chosenPriors(counts, calls, isLearnt) });
}

/** The model with other callers of the same learnt calls: popularity, contexts, reliability and the weights of the priors stay. */
export function withCallers(model: CallModel, calls: Calls, isLearnt: (row: number) => boolean): CallModel {
  const byCaller = new Float64Array(model.agentCount);
  const takenFrom = new Map<number, number>();
  for (let row = 0; row < calls.caller.length; row++) {
    if (!isLearnt(row)) continue;
    byCaller[calls.caller[row]]++;
    add(takenFrom, calls.caller[row] * model.agentCount + calls.callee[row]);
  }
  return { ...model, byCaller, takenFrom };
}

/** Puts agents in order when they are asked for. */
function ordered(model: Counts): CallModel {
  const orders: Partial<Record<'plain' | 'reliable', number[]>> = {};
  const orderOf = (isReliable: boolean): number[] =>
    (orders[isReliable ? 'reliable' : 'plain'] ??= ranked(firstAgents(model), priorOf(model, isReliable)));
  let calledIn: Map<number, number[]> | undefined;
  const known = new Map<string, readonly number[]>();
  return {
    ...model,
    popular: () => orderOf(false),
    leaders(one, isReliable) {
      const name = `${one} ${isReliable}`;
      const before = known.get(name);
      if (before !== undefined) return before;
      calledIn ??= Map.groupBy(model.takenInContext.keys(), (key) => Math.floor(key / model.agentCount));
      const called = (calledIn.get(one) ?? []).map((key) => key % model.agentCount);
      const found = leadersOf(model, one, called, orderOf(isReliable), isReliable);
      known.set(name, found);
      return found;
    },
  };
}

function add(counts: Map<number, number>, key: number): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}

/** All who were called, and the first few of the others, who are all alike. */
function firstAgents({ taken }: Counts): number[] {
  const agents: number[] = [];
  let others = 0;
  for (let agent = 0; agent < taken.length; agent++) {
    if (taken[agent] > 0 || others++ <= leadersKept) agents.push(agent);
  }
  return agents;
}

type Counts = Omit<CallModel, 'leaders' | 'popular'>;

function ranked(agents: Iterable<number>, value: (agent: number) => number): number[] {
  return Array.from(agents).sort((a, b) => value(b) - value(a) || a - b);
}

function priorOf(model: Counts, isReliable: boolean): (agent: number) => number {
  return (agent) => popularity(model, agent) * (isReliable ? model.reliability[agent] : 1);
}

/** The best of those called in the context, and of the others the first by what is known without it: more calls here cannot be theirs. */
function leadersOf(
  model: Counts,
  context: number,
  called: readonly number[],
  order: readonly number[],
  isReliable: boolean,
): readonly number[] {
  const isCalled = new Set(called);
  const others: number[] = [];
  for (let at = 0; at < order.length && others.length < leadersKept; at++) {
    if (!isCalled.has(order[at])) others.push(order[at]);
  }
  const value = (agent: number): number =>
    relevance(model, agent, context) * (isReliable ? model.reliability[agent] : 1);
  return ranked([...called, ...others], value).slice(0, leadersKept);
}

type Tallies = Omit<Counts, 'contextPrior' | 'callerPrior'>;

/** What is known of a learnt call from all trees but its own, as counts. */
interface OtherTrees {
  readonly taken: number;
  readonly total: number;
  readonly inContext: number;
  readonly ofContext: number;
  readonly fromCaller: number;
  readonly ofCaller: number;
}

/** The weights of the priors under which the learnt calls are likeliest, each tree by what the others tell. */
function chosenPriors(
  counts: Tallies,
  calls: Calls,
  isLearnt: (row: number) => boolean,
): Pick<CallModel, 'contextPrior' | 'callerPrior'> {
  const known: OtherTrees[] = [];
  const rows = Array.from(calls.tree.keys()).filter(isLearnt);
  for (const members of Map.groupBy(rows, (row) => calls.tree[row]).values())
    known.push(...otherTrees(counts, calls, members));
  const relevanceOf = (one: OtherTrees, prior: number): number => {
    const popular = (one.taken + 1) / (one.total + counts.agentCount);
    return (one.inContext + prior * popular) / (one.ofContext + prior);
  };
  const likeliest = (chance: (one: OtherTrees, prior: number) => number): number => {
    let [best, most] = [priorsTried[0], -Infinity];
    for (const prior of priorsTried) {
      const sum = known.reduce((all, one) => all + log(chance(one, prior)), 0);
      if (sum > most) [best, most] = [prior, sum];
    }
    return best;
  };
  const contextPrior = likeliest(relevanceOf);
  const callerPrior = likeliest(
    (one, prior) => (one.fromCaller + prior * relevanceOf(one, contextPrior)) / (one.ofCaller + prior),
  );
  return { contextPrior, callerPrior };
}

function otherTrees(counts: Tallies, { caller, callee, context }: Calls, rows: readonly number[]): OtherTrees[] {
  const { agentCount, taken, total, byContext, byCaller, takenInContext, takenFrom } = counts;
  const keysOf = (row: number): number[] => [
    callee[row],
    context[row] * agentCount + callee[row],
    context[row],
    caller[row] * agentCount + callee[row],
    caller[row],
  ];
  const own = keysOf(rows[0]).map(() => new Map<number, number>());
  for (const row of rows) keysOf(row).forEach((key, of) => add(own[of], key));
  return rows.map((row) => {
    const [a, ca, c, ua, u] = keysOf(row).map((key, of) => own[of].get(key) ?? 0);
    return {
      taken: taken[callee[row]] - a,
      total: total - rows.length,
      inContext: (takenInContext.get(context[row] * agentCount + callee[row]) ?? 0) - ca,
      ofContext: byContext[context[row]] - c,
      fromCaller: (takenFrom.get(caller[row] * agentCount + callee[row]) ?? 0) - ua,
      ofCaller: byCaller[caller[row]] - u,
    };
  });
}

/** P(a). */
export function popularity({ taken, total, agentCount }: Tallies, agent: number): number {
  return (taken[agent] + 1) / (total + agentCount);
}

/** P(a | c). */
export function relevance(model: Counts, agent: number, context: number): number {
  const { takenInContext, byContext, agentCount, contextPrior } = model;
  const count = takenInContext.get(context * agentCount + agent) ?? 0;
  return (count + contextPrior * popularity(model, agent)) / (byContext[context] + contextPrior);
}

/** P(a | u, c) over all agents, the caller included. */
export function affinity(model: Counts, agent: number, caller: number, context: number): number {
  const { takenFrom, byCaller, agentCount, callerPrior } = model;
  const count = takenFrom.get(caller * agentCount + agent) ?? 0;
  return (count + callerPrior * relevance(model, agent, context)) / (byCaller[caller] + callerPrior);
}

/** Which factors a recommendation uses. */
export type RecommenderKind = 'popularity' | 'relevance' | 'full';

/**
 * The agent with the highest score for a call; the lower number of two alike. -1 where nobody was ever called.
 * Whoever has had no call with the caller is beaten by the first such agent among the context's leaders, or by leaders who have had one.
 */
export function recommendAgent(model: CallModel, kind: RecommenderKind, caller: number, context: number): number {
  if (kind === 'popularity') return firstCalled(model, caller);
  const isFull = kind === 'full';
  const score = (agent: number): number =>
    isFull ? affinity(model, agent, caller, context) * model.reliability[agent] : relevance(model, agent, context);
  const candidates = [...model.leaders(context, isFull), ...(isFull ? (model.partners.get(caller) ?? []) : [])];
  return ranked(new Set(candidates.filter((agent) => agent !== caller)), score)[0] ?? -1;
}

function firstCalled({ popular, taken }: CallModel, caller: number): number {
  const first = popular().find((agent) => agent !== caller);
  return first !== undefined && taken[first] > 0 ? first : -1;
}

/** Bits by which knowing the caller tells the callee: log2 of P(a | u, c) over P(a | c), both over all agents but the caller. */
export function interactionBits(model: CallModel, callee: number, caller: number, context: number): number {
  const given = affinity(model, callee, caller, context) / (1 - affinity(model, caller, caller, context));
  const plain = relevance(model, callee, context) / (1 - relevance(model, caller, context));
  return log(given / plain) / log(2);
}

/** How much better than chance two agents go together: P(a | u, c) / P(a | c), the greater of both directions. */
export function interactionLift(model: CallModel, one: number, other: number, context: number): number {
  const lift = (agent: number, caller: number): number =>
    affinity(model, agent, caller, context) / relevance(model, agent, context);
  return Math.max(lift(other, one), lift(one, other));
}

/**
 * A team for a context, from a first agent on: at most `size` agents, each of whom had a call with one before it. It ends early where nobody
 * is left who had.
 */
export function recommendTeam(model: CallModel, first: number, context: number, size: number): number[] {
  const team = [first];
  const neighbours = neighboursOf(model);
  while (team.length < size) {
    let best: { agent: number; score: number } | undefined;
    const candidates = new Set(team.flatMap((member) => neighbours(member)));
    for (const agent of candidates) {
      if (team.includes(agent)) continue;
      const lift = team.reduce((most, member) => Math.max(most, interactionLift(model, agent, member, context)), 0);
      const score = relevance(model, agent, context) * model.reliability[agent] * lift;
      if (best === undefined || score > best.score || (score === best.score && agent < best.agent))
        best = { agent, score };
    }
    if (best === undefined) break;
    team.push(best.agent);
  }
  return team;
}

function neighboursOf({ partners }: CallModel): (agent: number) => readonly number[] {
  const callers = new Map<number, number[]>();
  for (const [caller, callees] of partners) {
    for (const callee of callees) {
      const known = callers.get(callee);
      if (known === undefined) callers.set(callee, [caller]);
      else known.push(caller);
    }
  }
  return (agent) => [...(partners.get(agent) ?? []), ...(callers.get(agent) ?? [])];
}
