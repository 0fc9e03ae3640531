/**
 * Kinds of agents within which the stratified placebo deals adoptions out anew: interest board by community of the ties.
 *
 * Likeness makes neighbours adopt alike without any contagion. What of it is seen in interests and in who is tied to whom is kept
 * here; what is not seen stays, and no placebo can take it away. Communities are Leiden's on the undirected ties. Small kinds are put
 * together, first those of a board, then all: a kind of a few agents redraws nothing.
 * Invariant: every agent has one stratum in [0, count).
 */
import type { RandomStream } from '../../sim/ground/philox.ts';
import { findCommunities } from '../estimators/communities.ts';
import { graphFromEdges, undirected } from '../estimators/graph.ts';

/** A stratum for each agent, and what strata are. */
export interface Strata {
  readonly stratum: Int32Array;
  readonly stratumCount: number;
  readonly words: string;
  readonly warnings: readonly string[];
}

/** What strata are made of. */
export interface StrataInput {
  readonly agentCount: number;
  readonly ties: { readonly source: Int32Array; readonly target: Int32Array };
  /** Interest board of each agent, where interests are known. */
  readonly board?: ArrayLike<number>;
}

/** Fewer agents than this are put together with others. */
const agentsMin = 20;
/** Above this many ties communities would take minutes. */
const tiesMax = 5_000_000;

/** Strata of agents. */
export function strataOf({ agentCount, ties, board }: StrataInput, stream: RandomStream): Strata {
  const warnings: string[] = [];
  let community: ArrayLike<number> = new Int32Array(agentCount);
  const isFeasible = ties.source.length <= tiesMax;
  if (isFeasible && ties.source.length > 0) {
    const graph = undirected(graphFromEdges(agentCount, ties.source, ties.target).graph);
    community = findCommunities(graph, stream, { roundCountMax: 2 }).community;
  } else if (!isFeasible)
    warnings.push(`${ties.source.length} ties are too many for communities: strata are boards alone`);
  const boards = board ?? new Int32Array(agentCount);
  const { stratum, stratumCount } = mergedSmall(boards, community, agentCount);
  const parts = [...(board === undefined ? [] : ['interest board']), ...(isFeasible ? ['community of the ties'] : [])];
  if (stratumCount === 1) warnings.push('all agents are one stratum: likeness cannot be told from contagion');
  return { stratum, stratumCount, words: parts.join(' by ') || 'none', warnings };
}

/** Numbers in the place of names: with a million agents, names of pairs took seconds. */
function mergedSmall(boards: ArrayLike<number>, community: ArrayLike<number>, agentCount: number) {
  let width = 1;
  for (let agent = 0; agent < agentCount; agent++) width = Math.max(width, community[agent] + 2);
  // A pair of board and community, or all of the board that stand in small ones: its last place.
  const pairOf = (agent: number): number => boards[agent] * width + community[agent];
  const pairs = countsOf(agentCount, pairOf);
  const isLarge = (agent: number): boolean => (pairs.get(pairOf(agent)) ?? 0) >= agentsMin;
  const kindOf = (agent: number): number => (isLarge(agent) ? pairOf(agent) : boards[agent] * width + width - 1);
  const kinds = countsOf(agentCount, kindOf);
  const number = new Map<number, number>();
  const stratum = Int32Array.from({ length: agentCount }, (_, agent) => {
    const own = kindOf(agent);
    const kind = (kinds.get(own) ?? 0) >= agentsMin ? own : rest;
    const known = number.get(kind) ?? number.size;
    number.set(kind, known);
    return known;
  });
  return { stratum, stratumCount: number.size };
}

/** The kind of those whose board has too few in all. */
const rest = -1;

function countsOf(agentCount: number, kindOf: (agent: number) => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let agent = 0; agent < agentCount; agent++) {
    const kind = kindOf(agent);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
