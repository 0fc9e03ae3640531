/**
 * The stochastic block model: agents belong to blocks, say by main topic, and the probability of a tie depends on the two blocks alone.
 *
 * Directed, each ordered pair is a follow with the density of its blocks. With `reciprocatedShare` r, for densities that are the same
 * both ways, each unordered pair is tied with probability 2 density / (1 + r), at most 1, and the tie runs both ways with
 * probability r, else one way, drawn evenly: densities of follows stay what they were.
 * Homophily (`homophilyDensity`): a share of everybody's follows goes to the own block, the rest to everybody.
 * Time is linear in ties, agents and pairs of blocks, memory 8 bytes a tie beside the rows.
 * Invariant: no self-tie, no tie twice, rows ascend. Oracle: binomial counts for each pair of blocks, and networkx
 * `stochastic_block_model` (`test/sim/social-graph/generators/random-graphs.test.ts`).
 * Sources: Holland, Laskey and Leinhardt, "Stochastic blockmodels: first steps", Social Networks 5, 1983; two densities: Condon and
 * Karp, "Algorithms for graph partitioning on the planted partition model", Random Structures and Algorithms 18, 2001.
 */
import { InputError, assertInvariant } from '../../ground/errors.ts';
import { addOrderedPairs, addUnorderedPairs } from './agent-pairs.ts';
import { graphDraws, graphStream } from './streams.ts';
import { createTieList, rowsOfTies } from './tie-list.ts';
import type { FollowRows } from '../prominent.ts';
import type { TieList } from './tie-list.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** The block of each agent, an integer from 0. */
export type BlockColumn = Uint8Array | Uint16Array | Int32Array;

/** Parameters of the block model. */
export interface StochasticBlockParameters {
  /** Probability, [0, 1], that a member of block a follows one of block b, at a x number of blocks + b. */
  readonly density: Float64Array;
  /** Share of tied pairs that follow each other, [0, 1]; without it both directions are drawn independently. */
  readonly reciprocatedShare?: number | undefined;
}

/** Parameters of homophily. */
export interface HomophilyParameters {
  /** Expected number of agents that one follows, [0, n - 1]. */
  readonly followsMean: number;
  /** Share of followees, [0, 1], that are chosen in the own block; the others are chosen among all, the own block included. */
  readonly homophilyShare: number;
}

/** A graph of the agents of `blockOf`. `seed` is an integer in [0, 2^53). */
export function stochasticBlockGraph(
  seed: number,
  blockOf: BlockColumn,
  parameters: StochasticBlockParameters,
): FollowRows {
  const members = membersOfBlocks(blockOf, Math.sqrt(parameters.density.length));
  const ties = createTieList(expectedTies(members, parameters.density));
  const stream = graphStream(seed, graphDraws.blockPairs);
  const { density, reciprocatedShare } = parameters;
  if (reciprocatedShare === undefined) addDirectedBlocks(ties, members, density, stream);
  else addTiedBlocks(ties, members, { density, reciprocatedShare }, stream);
  const { followOffset, followee } = rowsOfTies(blockOf.length, ties);
  return { followOffset, followee };
}

function addDirectedBlocks(
  ties: TieList,
  members: readonly Int32Array[],
  density: Float64Array,
  stream: RandomStream,
): void {
  members.forEach((from, a) => {
    members.forEach((to, b) => {
      addOrderedPairs(ties, from, to, density[a * members.length + b], stream);
    });
  });
}

function addTiedBlocks(
  ties: TieList,
  members: readonly Int32Array[],
  { density, reciprocatedShare }: { readonly density: Float64Array; readonly reciprocatedShare: number },
  stream: RandomStream,
): void {
  for (let a = 0; a < members.length; a++) {
    for (let b = 0; b <= a; b++) {
      const each = density[a * members.length + b];
      refuseTwoDensities(each, density[b * members.length + a]);
      const pairs = { share: (2 * each) / (1 + reciprocatedShare), reciprocatedShare };
      addUnorderedPairs(ties, members[a], members[b], pairs, stream);
    }
  }
}

function refuseTwoDensities(density: number, back: number): void {
  if (density === back) return;
  throw new InputError({
    code: 'INPUT_COMBINATION',
    found: `two blocks have densities ${density} one way and ${back} the other, and a share of ties that run both ways is given`,
    next: 'Give densities that are the same both ways, or leave out reciprocatedShare.',
  });
}

/** Members of each block, ascending. */
export function membersOfBlocks(blockOf: BlockColumn, blockCount: number): Int32Array[] {
  const size = sizesOfBlocks(blockOf, blockCount);
  const members = Array.from(size, (count) => new Int32Array(count));
  const end = new Int32Array(blockCount);
  for (let agent = 0; agent < blockOf.length; agent++) {
    const block = blockOf[agent];
    members[block][end[block]++] = agent;
  }
  return members;
}

function sizesOfBlocks(blockOf: BlockColumn, blockCount: number): Int32Array {
  assertInvariant(Number.isInteger(blockCount), 'densities of blocks are a square');
  const size = new Int32Array(blockCount);
  for (const block of blockOf) {
    assertInvariant(block >= 0 && block < blockCount, `block ${block} is not one of ${blockCount}`);
    size[block]++;
  }
  return size;
}

function expectedTies(members: readonly Int32Array[], density: Float64Array): number {
  let total = 0;
  members.forEach((from, a) => {
    members.forEach((to, b) => {
      total += density[a * members.length + b] * from.length * (a === b ? to.length - 1 : to.length);
    });
  });
  return Math.max(0, total);
}

/**
 * Densities of `blockCount` blocks under homophily: in expectation everybody follows `followsMean` agents. Only a block too small
 * for its share of them is tied throughout and follows fewer; who is alone in a block follows those chosen among all.
 */
export function homophilyDensity(
  blockOf: BlockColumn,
  blockCount: number,
  { followsMean, homophilyShare }: HomophilyParameters,
): Float64Array {
  const size = sizesOfBlocks(blockOf, blockCount);
  const others = Math.max(1, blockOf.length - 1);
  const density = new Float64Array(blockCount * blockCount);
  for (let a = 0; a < blockCount; a++) {
    for (let b = 0; b < blockCount; b++) {
      density[a * blockCount + b] = Math.min(1, ((1 - homophilyShare) * followsMean) / others);
    }
    const near = size[a] > 1 ? (homophilyShare * followsMean) / (size[a] - 1) : 0;
    density[a * blockCount + a] = Math.min(1, near + ((1 - homophilyShare) * followsMean) / others);
  }
  return density;
}
