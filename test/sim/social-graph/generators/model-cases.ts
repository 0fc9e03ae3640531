/**
 * Each generator at a thousand and at a million agents: a graph, what is measured of it, and what that should be.
 *
 * What it should be is theory where there is a closed form that holds at the size (`theory.ts`), else the mean and standard error over graphs of
 * networkx, igraph or numpy (`test/data/graph-generators.json` and `graph-generators-million.json`, makers beside them). Degrees, clustering
 * and paths are this project's own estimators. Homophily is the share of ties within a group: that of the blocks, of topics, or one drawn
 * at random, which no model but these may know of.
 */
import { readFileSync } from 'node:fs';
import { findCommunities } from '../../../../analysis/estimators/communities.ts';
import { connectedComponents, largestComponent } from '../../../../analysis/estimators/components.ts';
import { inDegrees } from '../../../../analysis/estimators/degree.ts';
import { outDegrees, undirected } from '../../../../analysis/estimators/graph.ts';
import { distancesFrom, sampleOfComponent } from '../../../../analysis/estimators/paths.ts';
import { forwardGraph, transitivity, triangleCounts } from '../../../../analysis/estimators/triangles.ts';
import { barabasiAlbertGraph } from '../../../../sim/social-graph/generators/barabasi-albert.ts';
import { graphOfDegrees } from '../../../../sim/social-graph/generators/configuration.ts';
import { degreeCorrectedGraph, fitDegreeCorrected } from '../../../../sim/social-graph/generators/degree-corrected.ts';
import { erdosRenyiGraph } from '../../../../sim/social-graph/generators/erdos-renyi.ts';
import { forestFireGraph } from '../../../../sim/social-graph/generators/forest-fire.ts';
import { starAndTopicGraph, starTopics } from '../../../../sim/social-graph/generators/star-and-topic.ts';
import { stochasticBlockGraph } from '../../../../sim/social-graph/generators/stochastic-block.ts';
import { wattsStrogatzGraph } from '../../../../sim/social-graph/generators/watts-strogatz.ts';
import { directedOf, readReference, testStream } from '../../../analysis/worlds.ts';
import * as theory from './theory.ts';
import type { DegreeCorrectedFit } from '../../../../sim/social-graph/generators/degree-corrected.ts';
import type { FollowRows } from '../../../../sim/social-graph/prominent.ts';
import { graphOf } from './graph-checks.ts';
import type { ModelReference } from './graph-checks.ts';

/** What is measured of every graph. */
export const quantities = ['degreeTail', 'clustering', 'pathLength', 'homophily'] as const;
export type Quantity = (typeof quantities)[number];

/** What a quantity should be. `error`: standard error over `n` graphs of a library; 0 for theory. `slack`: what theory leaves open. */
export interface Expected {
  readonly value: number;
  readonly error: number;
  readonly n: number;
  readonly slack: number;
  readonly source: string;
}

/** One generator at one size. */
export interface ModelCase {
  readonly name: string;
  readonly count: number;
  /** `in`, `out` or `all`: followers, followees or tied agents; the tail is the share with at least so many. */
  readonly tail: readonly ['in' | 'out' | 'all', number];
  readonly expected: Readonly<Record<Quantity, Expected>>;
  readonly measure: (seed: number) => Readonly<Record<Quantity, number>>;
}

interface ReferenceFile {
  readonly count: number;
  readonly replicates: number;
  readonly models: Readonly<Record<string, ModelReference>>;
}

/** A graph, and whether a tie joins two of one group. */
interface Drawn {
  readonly graph: FollowRows;
  readonly isOwn: (from: number, to: number) => boolean;
}

/** All generators of one size: those of the reference file that has it. */
export function modelCases(size: 'thousand' | 'million'): ModelCase[] {
  const file = readReference<ReferenceFile>(
    size === 'million' ? 'graph-generators-million.json' : 'graph-generators.json',
  );
  const of = new Reference(file);
  return [
    erdosRenyi(of),
    barabasiAlbert(of),
    wattsStrogatz(of),
    configuration(of),
    stochasticBlock(of),
    forestFire(of),
    starAndTopic(of),
    likeDegrees(of),
    likeReal(of),
  ];
}

/** Numbers of a reference file, and cases made of them. */
class Reference {
  readonly count: number;
  readonly isLarge: boolean;
  private readonly file: ReferenceFile;

  constructor(file: ReferenceFile) {
    this.file = file;
    this.count = file.count;
    this.isLarge = file.count > 1000;
  }

  parametersOf<Shape>(model: string): Shape {
    return this.file.models[model].parameters as Shape;
  }

  twin(model: string, statistic: string): Expected {
    const [value, error] = this.file.models[model].statistics[statistic];
    const { maker } = this.file.models[model] as ModelReference & { readonly maker: string };
    return { value, error, n: this.file.replicates, slack: 0, source: maker };
  }

  twins(
    model: string,
    tail: ModelCase['tail'],
  ): Pick<ModelCase['expected'], 'degreeTail' | 'clustering' | 'pathLength'> {
    return {
      degreeTail: this.twin(model, `${tail[0]}DegreeAtLeast${tail[1]}`),
      clustering: this.twin(model, 'transitivity'),
      pathLength: this.twin(model, 'meanPathLength'),
    };
  }

  caseOf(
    name: string,
    tail: ModelCase['tail'],
    expected: ModelCase['expected'],
    draw: (seed: number) => Drawn,
  ): ModelCase {
    return { name, count: this.count, tail, expected, measure: (seed) => measured(draw(seed), tail, seed) };
  }
}

function known(value: number, source = 'theory', slack = 0): Expected {
  return { value, error: 0, n: Infinity, slack, source };
}

const groupCount = 3;

/** Groups drawn evenly and anew for each graph: a tie is within one with the probability of two agents at random. */
function atRandom(seed: number, count: number): Drawn['isOwn'] {
  const stream = testStream(1000 + seed);
  const group = Uint8Array.from({ length: count }, () => stream.below(groupCount));
  return (from, to) => group[from] === group[to];
}

const byChance = known(1 / groupCount, 'chance');

function erdosRenyi(of: Reference): ModelCase {
  const { followsMean } = of.parametersOf<{ followsMean: number }>('erdosRenyi');
  const share = followsMean / (of.count - 1);
  const tail = ['in', 16] as const;
  const expected = {
    ...of.twins('erdosRenyi', tail),
    degreeTail: known(theory.binomialTail(tail[1], of.count - 1, share), 'binomial'),
    clustering: known(1 - (1 - share) ** 2, 'density of tied pairs'),
    homophily: byChance,
  };
  return of.caseOf('Erdős–Rényi', tail, expected, (seed) => ({
    graph: erdosRenyiGraph(seed, of.count, { followsMean }),
    isOwn: atRandom(seed, of.count),
  }));
}

function barabasiAlbert(of: Reference): ModelCase {
  const parameters = of.parametersOf<{ followsPerNewcomer: number; reciprocatedShare: number }>('barabasiAlbert');
  const tail: ModelCase['tail'] = of.isLarge ? ['all', 64] : ['in', 16];
  const expected = {
    ...of.twins('barabasiAlbert', ['in', 16]),
    ...(of.isLarge
      ? { degreeTail: known(theory.attachmentTail(64, parameters.followsPerNewcomer), 'm (m + 1) / (k (k + 1))') }
      : {}),
    homophily: byChance,
  };
  return of.caseOf('Barabási–Albert', tail, expected, (seed) => ({
    graph: barabasiAlbertGraph(seed, of.count, parameters),
    isOwn: atRandom(seed, of.count),
  }));
}

function wattsStrogatz(of: Reference): ModelCase {
  const parameters = of.parametersOf<theory.SmallWorld & { reciprocatedShare: number }>('wattsStrogatz');
  const tail: ModelCase['tail'] = of.isLarge ? ['all', 13] : ['in', 8];
  const expected = {
    ...of.twins('wattsStrogatz', ['in', of.isLarge ? 16 : 8]),
    ...(of.isLarge
      ? {
          degreeTail: known(theory.smallWorldTail(13, parameters), 'binomial and Poisson'),
          clustering: known(theory.smallWorldTransitivity(parameters), 'triangles of the ring that are left', 1e-5),
        }
      : {}),
    homophily: byChance,
  };
  return of.caseOf('Watts–Strogatz', tail, expected, (seed) => ({
    graph: wattsStrogatzGraph(seed, of.count, parameters),
    isOwn: atRandom(seed, of.count),
  }));
}

/** Degrees of the configuration model: of a thousand agents those of the file, of a million those of its formula. */
function degreesOf(of: Reference): { readonly inDegree: Int32Array; readonly outDegree: Int32Array } {
  if (of.isLarge) {
    const inDegree = Int32Array.from({ length: of.count }, (_, rank) => Math.floor(5000 / Math.sqrt(rank + 9)));
    return { inDegree, outDegree: inDegree.toReversed() };
  }
  const given = of.parametersOf<Record<'inDegree' | 'outDegree', number[]>>('configuration');
  return { inDegree: Int32Array.from(given.inDegree), outDegree: Int32Array.from(given.outDegree) };
}

function configuration(of: Reference): ModelCase {
  const degrees = degreesOf(of);
  const tail = ['in', of.isLarge ? 64 : 16] as const;
  return of.caseOf('configuration', tail, { ...of.twins('configuration', tail), homophily: byChance }, (seed) => ({
    graph: graphOfDegrees(seed, degrees),
    isOwn: atRandom(seed, of.count),
  }));
}

function stochasticBlock(of: Reference): ModelCase {
  const blocks = of.parametersOf<theory.Blocks>('stochasticBlock');
  const blockOf = Uint8Array.from(blocks.sizes.flatMap((size, block) => new Array<number>(size).fill(block)));
  const density = Float64Array.from(blocks.density.flat());
  const tail = ['in', 16] as const;
  const expected = {
    ...of.twins('stochasticBlock', tail),
    ...(of.isLarge ? { degreeTail: known(theory.blockTail(tail[1], blocks), 'a Poisson a block', 1e-6) } : {}),
    clustering: known(theory.blockTransitivity(blocks), 'densities of blocks', of.isLarge ? 0 : 1e-3),
    homophily: known(theory.blockOwnShare(blocks), 'densities of blocks'),
  };
  return of.caseOf('stochastic block, homophily', tail, expected, (seed) => ({
    graph: stochasticBlockGraph(seed, blockOf, { density }),
    isOwn: (from, to) => blockOf[from] === blockOf[to],
  }));
}

function forestFire(of: Reference): ModelCase {
  const parameters = of.parametersOf<{ forwardShare: number; backwardRatio: number; ambassadorCount: number }>(
    'forestFire',
  );
  const tail = ['in', of.isLarge ? 64 : 16] as const;
  return of.caseOf('forest fire', tail, { ...of.twins('forestFire', tail), homophily: byChance }, (seed) => ({
    graph: forestFireGraph(seed, of.count, { ...parameters, followsMost: of.count }),
    isOwn: atRandom(seed, of.count),
  }));
}

function starAndTopic(of: Reference): ModelCase {
  const { coreCount, topicCount, followShare } =
    of.parametersOf<Record<'coreCount' | 'topicCount' | 'followShare', number>>('starAndTopic');
  const tail = ['out', of.isLarge ? 16 : 4] as const;
  const expected = { ...of.twins('starAndTopic', tail), clustering: known(0), homophily: known(1, 'topics') };
  return of.caseOf('star and topic (OASIS)', tail, expected, (seed) => {
    const agents = starTopics(seed, { count: of.count, coreCount, topicCount });
    const { topics } = agents;
    return {
      graph: starAndTopicGraph(seed, agents, { followShare }),
      isOwn: (from, to) => topics[2 * from] === topics[2 * to] || topics[2 * from + 1] === topics[2 * to],
    };
  });
}

const exchangeTriesMost = 200;

/** With one block and nothing exchanged it is the configuration model, whose twin it shares. */
function likeDegrees(of: Reference): ModelCase {
  const degrees = degreesOf(of);
  const total = degrees.inDegree.reduce((sum, one) => sum + one, 0);
  const fit = { ...degrees, blockCount: 1, blockOf: new Int32Array(of.count), tieCount: Float64Array.of(total) };
  const tail = ['in', of.isLarge ? 64 : 16] as const;
  const expected = { ...of.twins('configuration', tail), homophily: byChance };
  return of.caseOf('degree-corrected, one block', tail, expected, (seed) => ({
    graph: degreeCorrectedGraph(seed, of.count, fit, { exchangeTriesMost: 0 }),
    isOwn: atRandom(seed, of.count),
  }));
}

/** The real graph: follows among the 196 accounts of OASIS's core, in communities that Leiden finds. */
function realFit(): DegreeCorrectedFit {
  const file = new URL('../../../data/oasis-core-196-follows.csv', import.meta.url);
  const ties = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1);
  const real = directedOf(
    196,
    ties.map((line) => line.split(',').map(Number) as [number, number]),
  );
  const { community } = findCommunities(undirected(real), testStream(1));
  const rows = { followOffset: Int32Array.from(real.offsets), followee: Int32Array.from(real.targets) };
  return fitDegreeCorrected(rows, Int32Array.from(community));
}

/**
 * Degrees and ties of blocks are kept by construction: what is open are roundings, and what the real graph has beyond them. Clustering and
 * paths have no theory and no twin, so they are compared with nothing here but themselves at another seed: see `likeDegrees`.
 */
function likeReal(of: Reference): ModelCase {
  const fit = realFit();
  const least = 16;
  const tailShare = fit.inDegree.filter((degree) => degree >= least).length / 196;
  const total = fit.tieCount.reduce((sum, ties) => sum + ties, 0);
  let own = 0;
  for (let block = 0; block < fit.blockCount; block++) own += fit.tieCount[block * (fit.blockCount + 1)];
  const free: Expected = { value: Number.NaN, error: 0, n: Infinity, slack: 0, source: 'left to chance' };
  const expected = {
    degreeTail: known(tailShare, 'the real graph', 2 / Math.min(196, of.count) / 5),
    ...{ clustering: free, pathLength: free },
    homophily: known(own / total, 'the real graph', 30 / of.count),
  };
  return of.caseOf('degree-corrected, fitted to a real graph', ['in', least], expected, (seed) => {
    const made = degreeCorrectedGraph(seed, of.count, fit, { exchangeTriesMost });
    return { graph: made, isOwn: (from, to) => made.blockOf[from] === made.blockOf[to] };
  });
}

const sourceCount = 64;

function measured({ graph, isOwn }: Drawn, [side, least]: ModelCase['tail'], seed: number): Record<Quantity, number> {
  const directed = graphOf(graph);
  const plain = undirected(directed);
  const degree = side === 'in' ? inDegrees(directed) : outDegrees(side === 'out' ? directed : plain);
  let tail = 0;
  for (const one of degree) if (one >= least) tail++;
  let own = 0;
  for (let from = 0; from < directed.nodeCount; from++) {
    for (let i = graph.followOffset[from]; i < graph.followOffset[from + 1]; i++)
      if (isOwn(from, graph.followee[i])) own++;
  }
  return {
    degreeTail: tail / degree.length,
    clustering: transitivity(plain, triangleCounts(forwardGraph(plain))),
    pathLength: pathLengthOf(plain, seed),
    homophily: own / graph.followee.length,
  };
}

/** Mean distance in the giant component, from all of it where that is small, else from 64 of it drawn. */
function pathLengthOf(plain: ReturnType<typeof undirected>, seed: number): number {
  const { component, sizes } = connectedComponents(plain);
  const giant = largestComponent({ component, sizes });
  const wanted = plain.nodeCount > 1000 ? sourceCount : sizes[giant];
  const sources = sampleOfComponent(component, giant, wanted, testStream(2000 + seed));
  const { distanceSum } = distancesFrom(plain, sources);
  return distanceSum.reduce((sum, one) => sum + one, 0) / wanted / (sizes[giant] - 1);
}
