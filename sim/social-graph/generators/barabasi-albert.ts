/**
 * Preferential attachment: agents join one after the other, and each ties itself to m others with probability proportional to how
 * many ties they have.
 *
 * The start is a star: agents 1 .. m follow agent 0. Every later agent draws from the ends of all ties until it has m different
 * agents. A newcomer follows whom it drew; with probability `reciprocatedShare` it is followed back at once, which does not enter the
 * attachment, so that the undirected graph is the same for every share. Its degrees have the tail k^-3.
 * The list of ends is not stored: end 2 i is the follower of tie i and end 2 i + 1 its followee, and followers stand in order.
 * Time is linear in ties (a row of m is searched at every draw), memory 12 bytes a tie at most beside the rows, none where nobody is
 * followed back.
 * Invariant: m (n - m) undirected ties; agent i > m follows m agents below i, before anybody follows back.
 * Oracle: attachment one step at a time over a list of ends, and networkx `barabasi_albert_graph`
 * (`test/sim/social-graph/generators/growth-graphs.test.ts`).
 * Sources: Barabási and Albert, "Emergence of scaling in random networks", Science 286, 1999 (start and multiple ties, which it
 * leaves open, as in networkx); Batagelj and Brandes 2005, Phys. Rev. E 71, algorithm 5.
 */
import { addDirected, createTieList, rowsInOrder, rowsOfTies } from './tie-list.ts';
import { graphDraws, graphStream } from './streams.ts';
import type { FollowRows } from '../prominent.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** Parameters of preferential attachment. */
export interface BarabasiAlbertParameters {
  /** Agents that a newcomer follows: m, an integer in [1, n - 1]; more counts as n - 1. */
  readonly followsPerNewcomer: number;
  /** Share of ties that are followed back, [0, 1]. The expected number of followees is m (1 + share). */
  readonly reciprocatedShare: number;
}

/** A graph of `count` agents, oldest first. `seed` is an integer in [0, 2^53). */
export function barabasiAlbertGraph(seed: number, count: number, parameters: BarabasiAlbertParameters): FollowRows {
  const stream = graphStream(seed, graphDraws.attachment);
  const perNewcomer = Math.max(0, Math.min(count - 1, parameters.followsPerNewcomer));
  const chosen = attach(count, perNewcomer, stream);
  const { reciprocatedShare } = parameters;
  // With nobody followed back no draw is made, and the ties are the rows already.
  if (reciprocatedShare === 0) return rowsInOrder(offsetsOf(count, perNewcomer), chosen);
  const ties = createTieList(chosen.length * (1 + reciprocatedShare));
  for (let tie = 0; tie < chosen.length; tie++) {
    addDirected(ties, followerOf(tie, perNewcomer), chosen[tie], reciprocatedShare, stream);
  }
  const { followOffset, followee } = rowsOfTies(count, ties);
  return { followOffset, followee };
}

/** Whom agents follow, in their order: agents 1 .. m the centre of the star, the others m each. */
function attach(count: number, perNewcomer: number, stream: RandomStream): Int32Array {
  const newcomers = Math.max(0, count - perNewcomer - 1);
  const chosen = new Int32Array((1 + newcomers) * perNewcomer);
  const drawn = new Int32Array(perNewcomer);
  for (let start = perNewcomer; start < chosen.length; start += perNewcomer) {
    // Ends of the star's ties and of those of earlier newcomers.
    const endCount = 2 * start;
    for (let at = start; at < start + perNewcomer;) {
      // As many at once as are missing, so that their loads overlap: the draws are those of one after the other.
      const missing = start + perNewcomer - at;
      for (let i = 0; i < missing; i++) drawn[i] = stream.below(endCount);
      for (let i = 0; i < missing; i++) drawn[i] = agentAtEnd(drawn[i], chosen, perNewcomer);
      for (let i = 0; i < missing; i++) if (!contains(chosen, start, at, drawn[i])) chosen[at++] = drawn[i];
    }
  }
  return chosen;
}

/** Which agent stands at an end of a tie. */
function agentAtEnd(end: number, chosen: Int32Array, perNewcomer: number): number {
  const tie = end >>> 1;
  return (end & 1) === 1 ? chosen[tie] : followerOf(tie, perNewcomer);
}

/** The first m ties are the star's. */
function followerOf(tie: number, perNewcomer: number): number {
  return tie < perNewcomer ? tie + 1 : perNewcomer + ((tie / perNewcomer) | 0);
}

function contains(column: Int32Array, start: number, end: number, value: number): boolean {
  for (let i = start; i < end; i++) if (column[i] === value) return true;
  return false;
}

/** Agents 1 .. m follow one agent each, those after them m each. */
function offsetsOf(count: number, perNewcomer: number): Int32Array {
  const followOffset = new Int32Array(count + 1);
  for (let agent = 0; agent < count; agent++) {
    const follows = agent === 0 ? 0 : agent <= perNewcomer ? 1 : perNewcomer;
    followOffset[agent + 1] = followOffset[agent] + follows;
  }
  return followOffset;
}
