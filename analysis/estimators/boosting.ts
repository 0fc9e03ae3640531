/**
 * Boosting: agents who act on one another's things, more often than how much each acts and is acted on explains.
 *
 * Reads columns of acts, actor -> author of what was acted on. *Reciprocity excess*: pairs that act on each other, over the number expected under
 * rewiring that keeps how many each acts on and is acted on by. Expected, in closed form, with m edges: the sum over pairs of
 * out_i in_j out_j in_i / m², which holds where no product out·in nears m; and as the mean over chains of swaps of edges' ends, which needs no such bound.
 * *E-index* of a group: the share of members' acts that goes to members, over the share of agents that the members are, themselves left out.
 * Invariant: swaps keep out-degrees and in-degrees, make no self-loop and no edge twice. Order: edges as sorted by (source, target).
 * Oracle: sets of pairs, and all rewirings of a small graph (`test/analysis/estimators/boosting.test.ts`).
 */
import { graphFromEdges, hasEdge } from './graph.ts';
import type { NodeColumn } from './graph.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';

/** Mutual pairs, and what degrees give. */
export interface ReciprocityExcess {
  readonly edges: number;
  /** Pairs with edges both ways. */
  readonly mutualPairs: number;
  /** By the closed form. */
  readonly expectedPairs: number;
  /** Mean over rewirings; null where none were made. */
  readonly rewiredPairs: number | null;
  /** Observed over expected: over the mean of rewirings where there are some. Null where nothing is expected. */
  readonly ratio: number | null;
  /** (1 + rewirings with at least as many mutual pairs) / (1 + rewirings); null without rewirings. */
  readonly pValue: number | null;
}

/** Reciprocity beyond degrees; repeated edges count once, edges to oneself not. */
export function reciprocityExcess(
  agentCount: number,
  sources: NodeColumn,
  targets: NodeColumn,
  { rewirings, stream }: { readonly rewirings: number; readonly stream: RandomStream },
): ReciprocityExcess {
  const { graph } = graphFromEdges(agentCount, sources, targets);
  const edges = graph.targets.length;
  const from = new Int32Array(edges);
  for (let one = 0; one < agentCount; one++) from.fill(one, graph.offsets[one], graph.offsets[one + 1]);
  let mutualPairs = 0;
  for (let edge = 0; edge < edges; edge++) {
    if (from[edge] < graph.targets[edge] && hasEdge(graph, graph.targets[edge], from[edge])) mutualPairs++;
  }
  const expectedPairs = expectedMutual(agentCount, from, graph.targets);
  const none = { edges, mutualPairs, expectedPairs };
  if (rewirings === 0 || edges < 2) {
    return { ...none, rewiredPairs: null, pValue: null, ratio: expectedPairs > 0 ? mutualPairs / expectedPairs : null };
  }
  const chain = new EdgeChain(agentCount, from, graph.targets.slice());
  let [sum, reached] = [0, 0];
  for (let k = 0; k < rewirings; k++) {
    const pairs = chain.rewire(swapsAnEdge * edges, stream);
    sum += pairs;
    if (pairs >= mutualPairs) reached++;
  }
  const rewiredPairs = sum / rewirings;
  const ratio = rewiredPairs > 0 ? mutualPairs / rewiredPairs : null;
  return { ...none, rewiredPairs, ratio, pValue: (1 + reached) / (1 + rewirings) };
}

/** Swaps tried for each edge between two rewirings. */
const swapsAnEdge = 5;

function expectedMutual(agentCount: number, from: Int32Array, to: Int32Array): number {
  const [out, into] = [new Float64Array(agentCount), new Float64Array(agentCount)];
  for (const one of from) out[one]++;
  for (const one of to) into[one]++;
  let [sum, squares] = [0, 0];
  for (let one = 0; one < agentCount; one++) {
    const product = out[one] * into[one];
    sum += product;
    squares += product * product;
  }
  return from.length === 0 ? 0 : (sum * sum - squares) / (2 * from.length * from.length);
}

/** Directed edges whose ends are swapped, with their mutual pairs counted along. */
class EdgeChain {
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private readonly agentCount: number;
  private readonly known = new Set<number>();
  private mutual = 0;

  constructor(agentCount: number, from: Int32Array, to: Int32Array) {
    this.agentCount = agentCount;
    this.from = from;
    this.to = to;
    for (let edge = 0; edge < from.length; edge++) this.put(from[edge], to[edge]);
  }

  /** Tries so many swaps; gives the number of mutual pairs. */
  rewire(tries: number, stream: RandomStream): number {
    const { from, to } = this;
    for (let k = 0; k < tries; k++) {
      const [e, f] = [stream.below(from.length), stream.below(from.length)];
      const [a, b, c, d] = [from[e], to[e], from[f], to[f]];
      if (a === d || c === b || a === c || b === d || this.has(a, d) || this.has(c, b)) continue;
      this.take(a, b);
      this.take(c, d);
      this.put(a, d);
      this.put(c, b);
      to[e] = d;
      to[f] = b;
    }
    return this.mutual;
  }

  private has(one: number, other: number): boolean {
    return this.known.has(one * this.agentCount + other);
  }

  private put(one: number, other: number): void {
    if (this.has(other, one)) this.mutual++;
    this.known.add(one * this.agentCount + other);
  }

  private take(one: number, other: number): void {
    this.known.delete(one * this.agentCount + other);
    if (this.has(other, one)) this.mutual--;
  }
}

/** Acts of a group on its own. */
export interface GroupIndex {
  readonly actsOfMembers: number;
  readonly actsWithin: number;
  /** Share of members' acts that go to other members; null without acts. */
  readonly withinShare: number | null;
  /** Other members over all other agents. */
  readonly groupShare: number;
  /** withinShare over groupShare: 1 where members choose as if at random, 0 where they never choose one another. */
  readonly eIndex: number | null;
}

/** E-index of a group (vote rings). Acts on what is one's own are left out. */
export function groupIndex(
  agentCount: number,
  actor: NodeColumn,
  author: NodeColumn,
  members: ReadonlySet<number>,
): GroupIndex {
  let [actsOfMembers, actsWithin] = [0, 0];
  for (let act = 0; act < actor.length; act++) {
    if (actor[act] === author[act] || !members.has(actor[act])) continue;
    actsOfMembers++;
    if (members.has(author[act])) actsWithin++;
  }
  const groupShare = agentCount < 2 ? 0 : (members.size - 1) / (agentCount - 1);
  const withinShare = actsOfMembers === 0 ? null : actsWithin / actsOfMembers;
  const eIndex = withinShare === null || groupShare === 0 ? null : withinShare / groupShare;
  return { actsOfMembers, actsWithin, withinShare, groupShare, eIndex };
}
