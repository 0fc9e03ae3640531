/**
 * The directed configuration model: every agent has a given number of followees and of followers, and who follows whom is left to
 * chance.
 *
 * Each agent puts in as many out-stubs and in-stubs as it has followees and followers; in-stubs are put into random order and
 * joined to out-stubs one by one. Ties of an agent to itself and second ties are erased and counted, so that degrees are the given
 * ones less what was erased. Sums that differ are mended first (`matchTotals`).
 * Time and memory are linear in ties: 16 bytes a tie beside the rows.
 * Invariant: ties + erased ties = the common sum. Oracle: exact degrees on sequences that cannot be erased, and networkx
 * `directed_configuration_model` (`test/sim/social-graph/generators/configuration.test.ts`).
 * Sources: Newman, Strogatz and Watts, "Random graphs with arbitrary degree distributions", Phys. Rev. E 64, 2001, section IV;
 * Chen and Olvera-Cravioto, Stochastic Systems 3, 2013 (the erased model).
 */
import { matchTotals, powerLawDegrees, shuffled, stubsOf } from './degrees.ts';
import { graphDraws, graphStream } from './streams.ts';
import { rowsOfTies } from './tie-list.ts';
import type { ErasedGraph } from './tie-list.ts';

/** Parameters of a configuration model with power laws of degrees. */
export interface ConfigurationParameters {
  /** Mean number of agents that one follows, [0, n - 1]. */
  readonly followsMean: number;
  /** Exponent of the density of numbers of followees, (1, 10]. */
  readonly outExponent: number;
  /** Greatest number of followees, [1, n - 1]. */
  readonly outMost: number;
  /** Exponent of the density of numbers of followers, (1, 10]. */
  readonly inExponent: number;
  /** Greatest number of followers, [1, n - 1]. */
  readonly inMost: number;
}

/** A graph, and what was left out of what its degrees asked for. */
export interface ConfigurationGraph extends ErasedGraph {
  /** Stubs taken away because the two sums differed. */
  readonly surplusCount: number;
}

/** A graph of `count` agents whose degrees are drawn from two power laws. `seed` is an integer in [0, 2^53). */
export function configurationGraph(
  seed: number,
  count: number,
  parameters: ConfigurationParameters,
): ConfigurationGraph {
  const { followsMean, outExponent, outMost, inExponent, inMost } = parameters;
  const outLaw = { mean: followsMean, exponent: outExponent, most: outMost };
  const inLaw = { mean: followsMean, exponent: inExponent, most: inMost };
  return graphOfDegrees(seed, {
    outDegree: powerLawDegrees(count, outLaw, graphStream(seed, graphDraws.outDegree)),
    inDegree: powerLawDegrees(count, inLaw, graphStream(seed, graphDraws.inDegree)),
  });
}

/** A graph with given numbers of followees and followers, one of each an agent. */
export function graphOfDegrees(
  seed: number,
  degrees: { readonly outDegree: Int32Array; readonly inDegree: Int32Array },
): ConfigurationGraph {
  const outDegree = degrees.outDegree.slice();
  const inDegree = degrees.inDegree.slice();
  const surplusCount = matchTotals(seed, outDegree, inDegree);
  const followee = shuffled(stubsOf(inDegree), graphStream(seed, graphDraws.stubs));
  const follower = stubsOf(outDegree);
  return { ...rowsOfTies(outDegree.length, { follower, followee, count: follower.length }), surplusCount };
}
