/**
 * The small world: a ring on which everybody is tied to its k nearest, and of which some ties are rewired.
 *
 * Ties are visited by distance on the ring, then by agent. With probability `rewiredShare` the farther end of a tie goes to an agent
 * drawn evenly from those who are not tied to the nearer one yet; an agent tied to all others keeps its tie. The nearer end of a tie
 * never moves, so each agent holds k / 2 ties in a row of fixed length, and a tie is looked up in two such rows.
 * A tie becomes a follow both ways with probability `reciprocatedShare`, else one way, drawn evenly.
 * Time is linear in ties for k far below n (each lookup reads k entries), memory 4 bytes a tie beside the rows.
 * Invariant: n k / 2 undirected ties, whatever is rewired. Oracle: the ring itself at a share of 0, and networkx
 * `watts_strogatz_graph` (`test/sim/social-graph/generators/random-graphs.test.ts`).
 * Source: Watts and Strogatz, "Collective dynamics of small-world networks", Nature 393, 1998.
 */
import { addEitherWay, createTieList, rowsOfTies } from './tie-list.ts';
import { graphDraws, graphStream } from './streams.ts';
import type { FollowRows } from '../prominent.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** Parameters of the small world. */
export interface WattsStrogatzParameters {
  /** Agents that one is tied to on the ring: k, an even integer in [0, n - 1]; more counts as the greatest that fits. */
  readonly neighbourCount: number;
  /** Share of ties that are rewired, [0, 1]. */
  readonly rewiredShare: number;
  /** Share of ties that run both ways, [0, 1]. The expected number of followees is k (1 + share) / 2. */
  readonly reciprocatedShare: number;
}

/** Undirected ties by the agent that keeps them: agent i is tied to `tied[i width] .. tied[i width + width - 1]`. */
interface Ring {
  readonly width: number;
  readonly tied: Int32Array;
  /** Ties of each agent, kept by it or by others. */
  readonly degree: Int32Array;
}

/** A graph of `count` agents in the order of the ring. `seed` is an integer in [0, 2^53). */
export function wattsStrogatzGraph(seed: number, count: number, parameters: WattsStrogatzParameters): FollowRows {
  const stream = graphStream(seed, graphDraws.rewiring);
  // (n - 1) / 2 rounded down: on an even ring the opposite agent is tied to by nobody, so that no tie is met from both its ends.
  const width = Math.max(0, Math.min(Math.floor((count - 1) / 2), Math.floor(parameters.neighbourCount / 2)));
  const ring = lattice(count, width);
  rewire(ring, parameters.rewiredShare, stream);
  const ties = createTieList(count * width * (1 + parameters.reciprocatedShare));
  for (let i = 0; i < ring.tied.length; i++) {
    addEitherWay(ties, Math.floor(i / width), ring.tied[i], parameters.reciprocatedShare, stream);
  }
  const { followOffset, followee } = rowsOfTies(count, ties);
  return { followOffset, followee };
}

function lattice(count: number, width: number): Ring {
  const tied = new Int32Array(count * width);
  for (let agent = 0; agent < count; agent++) {
    for (let step = 1; step <= width; step++) tied[agent * width + step - 1] = (agent + step) % count;
  }
  return { width, tied, degree: new Int32Array(count).fill(2 * width) };
}

function rewire(ring: Ring, rewiredShare: number, stream: RandomStream): void {
  const { width, tied, degree } = ring;
  const count = degree.length;
  for (let step = 0; step < width; step++) {
    for (let agent = 0; agent < count; agent++) {
      if (stream.uniform() >= rewiredShare || degree[agent] >= count - 1) continue;
      let other = stream.below(count);
      while (other === agent || isTied(ring, agent, other)) other = stream.below(count);
      degree[tied[agent * width + step]]--;
      degree[other]++;
      tied[agent * width + step] = other;
    }
  }
}

function isTied({ width, tied }: Ring, one: number, other: number): boolean {
  for (let i = one * width; i < (one + 1) * width; i++) if (tied[i] === other) return true;
  for (let i = other * width; i < (other + 1) * width; i++) if (tied[i] === one) return true;
  return false;
}
