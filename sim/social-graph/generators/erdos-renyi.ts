/**
 * The random graph G(n, p): every pair is tied or not, independently, all with one probability.
 *
 * Directed (Gilbert 1959): each of the n (n - 1) ordered pairs is a follow with probability p = followsMean / (n - 1). Degrees are
 * binomial, and a follow is returned with probability p, like any other. With `reciprocatedShare` r: each of the n (n - 1) / 2
 * unordered pairs is tied with probability 2 followsMean / ((1 + r) (n - 1)), and a tie runs both ways with probability r, else
 * one way, drawn evenly; the share of follows that are returned is then 2 r / (1 + r).
 * Time and memory are linear in ties and agents. Invariant: no self-tie, no tie twice, rows ascend.
 * Oracle: the binomial count, and networkx `gnp_random_graph` (`test/sim/social-graph/generators/random-graphs.test.ts`).
 * Sources: Gilbert, "Random graphs", Ann. Math. Statist. 30, 1959; Erdős and Rényi, "On random graphs I", 1959.
 */
import { addOrderedPairs, addUnorderedPairs, everyone } from './agent-pairs.ts';
import { createTieList, rowsOfTies } from './tie-list.ts';
import { graphDraws, graphStream } from './streams.ts';
import type { FollowRows } from '../prominent.ts';

/** Parameters of the random graph. */
export interface ErdosRenyiParameters {
  /** Expected number of agents that one follows, [0, n - 1]; more counts as n - 1. */
  readonly followsMean: number;
  /** Share of tied pairs that follow each other, [0, 1]; without it both directions are drawn independently. */
  readonly reciprocatedShare?: number | undefined;
}

/** A graph of `count` agents. `seed` is an integer in [0, 2^53). */
export function erdosRenyiGraph(seed: number, count: number, parameters: ErdosRenyiParameters): FollowRows {
  const { followsMean, reciprocatedShare } = parameters;
  const stream = graphStream(seed, graphDraws.randomPairs);
  const others = Math.max(1, count - 1);
  const ties = createTieList(count * Math.min(others, followsMean));
  const agents = everyone(count);
  if (reciprocatedShare === undefined) addOrderedPairs(ties, agents, agents, followsMean / others, stream);
  else {
    const share = (2 * followsMean) / ((1 + reciprocatedShare) * others);
    addUnorderedPairs(ties, agents, agents, { share, reciprocatedShare }, stream);
  }
  const { followOffset, followee } = rowsOfTies(count, ties);
  return { followOffset, followee };
}
