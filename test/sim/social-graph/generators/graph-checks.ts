/**
 * What the tests of the generators share: soundness, statistics with standard errors, and frequencies of outcomes against exact
 * probabilities.
 *
 * Statistics are those of `test/fixtures/graph-generators-reference.py`, computed by this project's own estimators, which are tested
 * against networkx elsewhere: makers and measures of the two sides share no code.
 */
import {
  connectedComponents,
  giantComponentShare,
  largestComponent,
} from '../../../../analysis/estimators/components.ts';
import { degreeAssortativity, inDegrees, reciprocity } from '../../../../analysis/estimators/degree.ts';
import { outDegrees, undirected } from '../../../../analysis/estimators/graph.ts';
import { distancesFrom } from '../../../../analysis/estimators/paths.ts';
import {
  forwardGraph,
  meanLocalClustering,
  transitivity,
  triangleCounts,
} from '../../../../analysis/estimators/triangles.ts';
import { readReference } from '../../../analysis/worlds.ts';
import type { Graph } from '../../../../analysis/estimators/graph.ts';
import type { FollowRows } from '../../../../sim/social-graph/prominent.ts';

/** One model of the reference file. */
export interface ModelReference {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Mean and standard error of the mean. */
  readonly statistics: Readonly<Record<string, readonly [number, number]>>;
}

/** `test/data/graph-generators.json`. */
export const reference = readReference<{
  readonly count: number;
  readonly replicates: number;
  readonly models: Readonly<Record<string, ModelReference>>;
}>('graph-generators.json');

/** Refuses rows that do not ascend strictly, a self-tie, a followee that does not exist, and offsets that do not fit. */
export function expectSound({ followOffset, followee }: FollowRows, count: number): void {
  if (followOffset.length !== count + 1) throw new RangeError(`${followOffset.length - 1} agents instead of ${count}`);
  if (followOffset[0] !== 0 || followOffset[count] !== followee.length) throw new RangeError('offsets miss the ties');
  for (let agent = 0; agent < count; agent++) {
    for (let i = followOffset[agent]; i < followOffset[agent + 1]; i++) {
      if (followee[i] === agent) throw new RangeError(`agent ${agent} follows itself`);
      if (followee[i] < 0 || followee[i] >= count) throw new RangeError(`agent ${agent} follows nobody`);
      if (i > followOffset[agent] && followee[i] <= followee[i - 1])
        throw new RangeError(`row ${agent} does not ascend`);
    }
  }
}

export function graphOf({ followOffset, followee }: FollowRows): Graph {
  return { nodeCount: followOffset.length - 1, offsets: followOffset, targets: followee };
}

/** `0>1 0>2 3>0`: a small graph as text. */
export function spelled({ followOffset, followee }: FollowRows): string {
  const ties: string[] = [];
  for (let agent = 0; agent + 1 < followOffset.length; agent++) {
    for (let i = followOffset[agent]; i < followOffset[agent + 1]; i++) ties.push(`${agent}>${followee[i]}`);
  }
  return ties.join(' ');
}

/** A 32-bit sum over offsets and ties (FNV-1a), for pinning a graph. */
export function checksum({ followOffset, followee }: FollowRows): number {
  let hash = 0x811c9dc5;
  for (const column of [followOffset, followee]) {
    for (const value of column) hash = Math.imul(hash ^ value, 0x01000193);
  }
  return hash >>> 0;
}

const degreeBins = [1, 2, 4, 8, 16, 32, 64];

/** The statistics of the reference file. */
export function statisticsOf(rows: FollowRows): Record<string, number> {
  const graph = graphOf(rows);
  const plain = undirected(graph);
  const triangles = triangleCounts(forwardGraph(plain));
  const components = connectedComponents(plain);
  const into = inDegrees(graph);
  const out = outDegrees(graph);
  return {
    ties: rows.followee.length,
    reciprocity: reciprocity(graph),
    transitivity: transitivity(plain, triangles),
    meanLocalClustering: meanLocalClustering(plain, triangles),
    meanPathLength: meanPathLength(plain),
    giantComponentShare: giantComponentShare(components),
    assortativity: degreeAssortativity(plain),
    inDegreeVariance: covariance(into, into),
    outDegreeVariance: covariance(out, out),
    degreeCovariance: covariance(into, out),
    inDegreeMost: Math.max(...into),
    ...Object.fromEntries(degreeBins.map((least) => [`inDegreeAtLeast${least}`, shareFrom(into, least)])),
    ...Object.fromEntries(degreeBins.map((least) => [`outDegreeAtLeast${least}`, shareFrom(out, least)])),
  };
}

function meanPathLength(plain: Graph): number {
  const components = connectedComponents(plain);
  const giant = largestComponent(components);
  const everybody = Int32Array.from({ length: plain.nodeCount }, (_, node) => node);
  const members = everybody.filter((node) => components.component[node] === giant);
  const { distanceSum } = distancesFrom(plain, members);
  return distanceSum.reduce((total, one) => total + one, 0) / members.length / (members.length - 1);
}

function covariance(x: Int32Array, y: Int32Array): number {
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;
  return mean(Array.from(x, (one, i) => one * y[i])) - mean(x) * mean(y);
}

function shareFrom(degrees: Int32Array, least: number): number {
  return degrees.reduce((count, degree) => count + (degree >= least ? 1 : 0), 0) / degrees.length;
}

/** How far the means of `rows` lie from a model's, in standard errors of the difference, greatest first. */
export function deviations(rows: readonly Record<string, number>[], model: ModelReference): [string, number][] {
  const names = Object.keys(rows[0]).filter((name) => name in model.statistics);
  const found = names.map((name): [string, number] => {
    const values = rows.map((row) => row[name]);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1) / values.length;
    const [expected, error] = model.statistics[name];
    const difference = Math.abs(mean - expected);
    // Nine digits of the expected value are stored.
    if (difference <= 1e-8 * Math.abs(expected)) return [name, 0];
    return [name, difference / Math.sqrt(variance + error * error)];
  });
  return found.sort((x, y) => y[1] - x[1]);
}

/**
 * Pearson's chi-square of `seedCount` outcomes against their exact probabilities, as standard deviations above its mean. An outcome
 * that cannot happen is refused.
 */
export function excessOf(
  probability: ReadonlyMap<string, number>,
  seedCount: number,
  outcome: (seed: number) => string,
): number {
  const tally = new Map<string, number>();
  for (let seed = 0; seed < seedCount; seed++) {
    const found = outcome(seed);
    if (!probability.has(found)) throw new RangeError(`outcome "${found}" cannot happen`);
    tally.set(found, (tally.get(found) ?? 0) + 1);
  }
  let chi2 = 0;
  for (const [key, share] of probability)
    chi2 += ((tally.get(key) ?? 0) - share * seedCount) ** 2 / (share * seedCount);
  const freedom = probability.size - 1;
  return (chi2 - freedom) / Math.sqrt(2 * freedom);
}

/** Adds to a distribution. */
export function addChance(distribution: Map<string, number>, key: string, share: number): void {
  if (share > 0) distribution.set(key, (distribution.get(key) ?? 0) + share);
}

/** The exact distribution of a graph of few agents in which ordered pairs are tied independently with the given probabilities. */
export function independentTies(count: number, share: (from: number, to: number) => number): Map<string, number> {
  const pairs: [number, number][] = [];
  for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) if (a !== b) pairs.push([a, b]);
  const found = new Map<string, number>();
  for (let mask = 0; mask < 1 << pairs.length; mask++) {
    const chance = pairs.reduce((p, [a, b], i) => p * (((mask >> i) & 1) === 1 ? share(a, b) : 1 - share(a, b)), 1);
    addChance(found, spelledPairs(pairs.filter((_, i) => ((mask >> i) & 1) === 1)), chance);
  }
  return found;
}

/** The same where unordered pairs are tied with the given probabilities and a share of ties runs both ways. */
export function reciprocatedTies(
  count: number,
  share: (one: number, other: number) => number,
  reciprocatedShare: number,
): Map<string, number> {
  const pairs: [number, number][] = [];
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) pairs.push([a, b]);
  const oneWay = (1 - reciprocatedShare) / 2;
  const found = new Map<string, number>();
  for (let code = 0; code < 4 ** pairs.length; code++) {
    let chance = 1;
    const ties: [number, number][] = [];
    pairs.forEach(([a, b], i) => {
      const state = (code >> (2 * i)) & 3;
      chance *= state === 0 ? 1 - share(a, b) : share(a, b) * (state === 3 ? reciprocatedShare : oneWay);
      if (state === 1 || state === 3) ties.push([a, b]);
      if (state === 2 || state === 3) ties.push([b, a]);
    });
    addChance(found, spelledPairs(ties), chance);
  }
  return found;
}

/** Pairs in the spelling and order of `spelled`. */
export function spelledPairs(pairs: readonly (readonly [number, number])[]): string {
  const sorted = [...pairs].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  return sorted.map(([a, b]) => `${a}>${b}`).join(' ');
}
