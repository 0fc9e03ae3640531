/**
 * A graph like an observed one, of any size: the same distribution of numbers of followees and followers (jointly), the same shares of
 * ties within and between blocks, everything else left to chance.
 *
 * What is fitted (`fitDegreeCorrected`): each agent's block, followees and followers, and the number of ties from block to block,
 * which are the sufficient statistics of the directed degree-corrected block model. What is made: n' agents that each take block and
 * degrees of an observed one, evenly spread over all of them in order of block and degree (systematic sampling); the numbers of
 * ties between blocks, scaled to the new sums; then for each pair of blocks as many out-stubs and in-stubs joined at random.
 * Karrer and Newman let ties be Poisson with the expected degrees given; we keep the degrees themselves (the microcanonical form),
 * since Poisson degrees would leave without followers 37 % of those who had one.
 * Ties of an agent to itself and second ties are exchanged with others of the same blocks (`tie-exchange.ts`), which keeps all of this;
 * those for which no exchange is found are erased and counted.
 * Not kept: reciprocity and triangles beyond what blocks and degrees bring. The mean degree is that of the observed graph at any n'.
 * Time is linear in ties, agents and 500 x pairs of blocks at most; memory 24 bytes a tie beside the rows.
 * Invariant: with n' = n degrees and block ties are the observed ones less what was erased.
 * Oracle: those numbers, and networkx `directed_configuration_model` for one block
 * (`test/sim/social-graph/generators/degree-corrected.test.ts`).
 * Sources: Karrer and Newman, "Stochastic blockmodels and community structure in networks", Phys. Rev. E 83, 2011; directed: Zhu, Yan
 * and Moore, J. Complex Networks 2, 2014; microcanonical: Peixoto, Phys. Rev. E 95, 2017.
 */
import { shuffle } from '../../ground/philox.ts';
import { createRadixScratch, sortPairs } from '../../ground/radix.ts';
import { assertInvariant } from '../../ground/errors.ts';
import { everyone } from './agent-pairs.ts';
import { roundedToMargins } from './block-ties.ts';
import { matchTotals, shuffled, stubsOf } from './degrees.ts';
import { membersOfBlocks } from './stochastic-block.ts';
import { graphDraws, graphStream } from './streams.ts';
import { exchangeErased } from './tie-exchange.ts';
import { closeGaps, createTieList, looseRowsOfTies, selfTiesOf } from './tie-list.ts';
import type { BlockColumn } from './stochastic-block.ts';
import type { ConfigurationGraph } from './configuration.ts';
import type { FollowRows } from '../prominent.ts';
import type { Margins } from './block-ties.ts';
import type { RandomStream } from '../../ground/philox.ts';

/** What is known of an observed graph: one value an agent, and a matrix. */
export interface DegreeCorrectedFit {
  readonly blockCount: number;
  /** The block of each agent, [0, blockCount). */
  readonly blockOf: Int32Array;
  readonly outDegree: Int32Array;
  readonly inDegree: Int32Array;
  /** Ties from block a to block b, at a x blockCount + b. */
  readonly tieCount: Float64Array;
}

/** A graph, and the block of each of its agents. */
export interface DegreeCorrectedGraph extends ConfigurationGraph {
  readonly blockOf: Int32Array;
  /** Ties that would have been erased but for an exchange. */
  readonly exchangedCount: number;
}

/** Parameters of the generator. */
export interface DegreeCorrectedParameters {
  /** Draws of a tie to exchange with, for each tie that would be erased; an integer from 0, with which all are erased. */
  readonly exchangeTriesMost: number;
}

/** Reads what the generator needs off an observed graph. `blockOf` holds one integer from 0 an agent, say its community. */
export function fitDegreeCorrected(graph: FollowRows, blockOf: BlockColumn): DegreeCorrectedFit {
  const count = blockOf.length;
  assertInvariant(
    graph.followOffset.length === count + 1,
    `${count} blocks for ${graph.followOffset.length - 1} agents`,
  );
  let blockCount = 0;
  for (const block of blockOf) blockCount = Math.max(blockCount, block + 1);
  const outDegree = new Int32Array(count);
  const inDegree = new Int32Array(count);
  const tieCount = new Float64Array(blockCount * blockCount);
  for (let agent = 0; agent < count; agent++) {
    outDegree[agent] = graph.followOffset[agent + 1] - graph.followOffset[agent];
    for (let i = graph.followOffset[agent]; i < graph.followOffset[agent + 1]; i++) {
      inDegree[graph.followee[i]]++;
      tieCount[blockOf[agent] * blockCount + blockOf[graph.followee[i]]]++;
    }
  }
  return { blockCount, blockOf: Int32Array.from(blockOf), outDegree, inDegree, tieCount };
}

/** A graph of `count` agents like the fitted one. `seed` is an integer in [0, 2^53). */
export function degreeCorrectedGraph(
  seed: number,
  count: number,
  fit: DegreeCorrectedFit,
  { exchangeTriesMost }: DegreeCorrectedParameters,
): DegreeCorrectedGraph {
  const model = modelAgents(count, fit, graphStream(seed, graphDraws.scaling));
  const blockOf = Int32Array.from(model, (observed) => fit.blockOf[observed]);
  const outDegree = Int32Array.from(model, (observed) => Math.min(count - 1, fit.outDegree[observed]));
  const inDegree = Int32Array.from(model, (observed) => Math.min(count - 1, fit.inDegree[observed]));
  const surplusCount = matchTotals(seed, outDegree, inDegree);
  const stream = graphStream(seed, graphDraws.blockStubs);
  const out = blockStubs(blockOf, outDegree, fit.blockCount, stream);
  const into = blockStubs(blockOf, inDegree, fit.blockCount, stream);
  const tieCount = roundedToMargins(fit.tieCount, marginsOf(out, into), stream);
  const cellStart = runningSum(tieCount);
  const ties = { follower: concatenated(out), followee: dealt(into, cellStart), count: cellStart[tieCount.length] };
  const erased = createTieList(0);
  const rows = looseRowsOfTies(count, { ...ties, followee: ties.followee.slice() }, erased);
  const rules = { blockOf, blockCount: fit.blockCount, dealt: ties, cellStart, exchangeTriesMost };
  const exchangedCount = exchangeErased(rows, erased, rules, stream);
  const selfTieCount = selfTiesOf(erased);
  const left = { selfTieCount, doubleTieCount: erased.count - selfTieCount };
  return { ...closeGaps(rows), ...left, surplusCount, exchangedCount, blockOf };
}

/** For each new agent the observed agent whose block and degrees it takes. */
function modelAgents(count: number, fit: DegreeCorrectedFit, stream: RandomStream): Int32Array {
  const observedCount = fit.blockOf.length;
  assertInvariant(observedCount > 0 || count === 0, 'a graph without agents says nothing about a larger one');
  const order = everyone(observedCount);
  const scratch = createRadixScratch(observedCount);
  for (const column of [fit.outDegree, fit.inDegree, fit.blockOf]) {
    const key = order.map((agent) => column[agent]);
    sortPairs(key, order, observedCount, scratch);
  }
  const offset = stream.uniform();
  const model = new Int32Array(count);
  for (let agent = 0; agent < count; agent++) {
    // Rounding may carry the last of them one too far.
    model[agent] = order[Math.min(observedCount - 1, Math.floor(((agent + offset) * observedCount) / count))];
  }
  shuffle(model, stream);
  return model;
}

/** Each block's stubs in random order. */
function blockStubs(blockOf: Int32Array, degree: Int32Array, blockCount: number, stream: RandomStream): Int32Array[] {
  return membersOfBlocks(blockOf, blockCount).map((members) => {
    const stubs = stubsOf(members.map((agent) => degree[agent]));
    for (let i = 0; i < stubs.length; i++) stubs[i] = members[stubs[i]];
    return shuffled(stubs, stream);
  });
}

function marginsOf(out: readonly Int32Array[], into: readonly Int32Array[]): Margins {
  return {
    row: Float64Array.from(out, (stubs) => stubs.length),
    column: Float64Array.from(into, (stubs) => stubs.length),
  };
}

function concatenated(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((total, part) => total + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

/** 0, and the sums of the first 1, 2 .. values. */
function runningSum(values: Float64Array): Int32Array {
  const sums = new Int32Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + values[i];
  return sums;
}

/** In-stubs in the order of the blocks that they are dealt to: for each block in turn its share of every block's stubs. */
function dealt(into: readonly Int32Array[], cellStart: Int32Array): Int32Array {
  const next = new Int32Array(into.length);
  const followee = new Int32Array(cellStart[cellStart.length - 1]);
  for (let cell = 0; cell + 1 < cellStart.length; cell++) {
    const block = cell % into.length;
    const size = cellStart[cell + 1] - cellStart[cell];
    followee.set(into[block].subarray(next[block], next[block] + size), cellStart[cell]);
    next[block] += size;
  }
  return followee;
}
