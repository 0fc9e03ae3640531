/**
 * How often intervals of effect sizes and shares hold the truth, how often a permutation test finds what is not there, and what
 * becomes of planted cores, at full size.
 *
 * Worlds are drawn from Philox streams, one seed a world, so that every figure can be had again. The tests of the estimators call
 * the same functions with fewer worlds. Nothing here reads a file.
 */
import { graphFromEdges, undirected } from '../../analysis/estimators/graph.ts';
import type { Graph } from '../../analysis/estimators/graph.ts';
import { cliffsDelta, cohenDInterval, hedgesGInterval } from '../../analysis/estimators/effect-size.ts';
import { wilsonInterval } from '../../analysis/estimators/interval.ts';
import { permuteMeans } from '../../analysis/estimators/permutation.ts';
import { corePeriphery } from '../../analysis/estimators/core-periphery.ts';
import { measureRoles } from '../../analysis/measures/roles.ts';
import { normalTail } from '../../analysis/estimators/special-functions.ts';
import { randomStream } from '../../sim/ground/philox.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import type { Report } from './figure.ts';

/** How many worlds, and the seed of the first. */
export interface Worlds {
  readonly worldCount: number;
  readonly seed: number;
}

/** Belongs to no part of the program. */
const checkPurpose = 998;

function* worldsOf({ worldCount, seed }: Worlds): IterableIterator<RandomStream> {
  for (let world = 0; world < worldCount; world++) yield randomStream(seed + world, checkPurpose);
}

/** Shares of the worlds in which each 95 % interval holds the planted effect: normal groups of 8 to 60 values, d in [-1.2, 1.2]. */
export function effectCoverage(worlds: Worlds): Record<'cohenD' | 'hedgesG' | 'cliffsDelta', number> {
  const covered = { cohenD: 0, hedgesG: 0, cliffsDelta: 0 };
  for (const stream of worldsOf(worlds)) {
    const effect = 2.4 * stream.uniform() - 1.2;
    const normals = (mean: number): Float64Array =>
      Float64Array.from({ length: 8 + stream.below(53) }, () => mean + stream.normal());
    const first = normals(effect);
    const second = normals(0);
    const delta = 1 - 2 * normalTail(effect / Math.SQRT2);
    covered.cohenD += holds(cohenDInterval(first, second).interval, effect);
    covered.hedgesG += holds(hedgesGInterval(first, second).interval, effect);
    covered.cliffsDelta += holds(cliffsDelta(first, second).interval, delta);
  }
  const share = (count: number): number => count / worlds.worldCount;
  return { cohenD: share(covered.cohenD), hedgesG: share(covered.hedgesG), cliffsDelta: share(covered.cliffsDelta) };
}

/** Share of the worlds in which Wilson's 95 % interval holds the planted share: 20 to 500 draws, shares in [0.02, 0.98]. */
export function shareCoverage(worlds: Worlds): number {
  let coveredCount = 0;
  for (const stream of worldsOf(worlds)) {
    const planted = 0.02 + 0.96 * stream.uniform();
    const drawCount = 20 + stream.below(481);
    let hitCount = 0;
    for (let draw = 0; draw < drawCount; draw++) if (stream.uniform() < planted) hitCount++;
    coveredCount += holds(wilsonInterval(hitCount, drawCount).interval, planted);
  }
  return coveredCount / worlds.worldCount;
}

/** Share of the worlds without a difference, of skewed values, in which the permutation test says p <= 0.05. */
export function falsePositiveShare(worlds: Worlds): number {
  let foundCount = 0;
  for (const stream of worldsOf(worlds)) {
    const skewed = (): Float64Array => Float64Array.from({ length: 10 + stream.below(31) }, () => stream.exponential());
    if (permuteMeans(skewed(), skewed(), stream, { drawCount: 399, exactCountMax: 0 }).pValue <= 0.05) foundCount++;
  }
  return foundCount / worlds.worldCount;
}

function holds([low, high]: readonly [number, number], truth: number): number {
  return low <= truth && truth <= high ? 1 : 0;
}

/** A graph with a core: the first `coreShare` of the nodes. Densities within the core, between, and within the periphery. */
export interface PlantedCore {
  readonly nodeCount: number;
  readonly coreShare: number;
  readonly seed: number;
  readonly inner?: number;
  readonly between?: number;
  readonly outer?: number;
}

/** Source and target of each tie of a planted graph; each tie has one direction, drawn. */
export function plantedEdges(planted: PlantedCore): { sources: Int32Array; targets: Int32Array } {
  const { nodeCount, coreShare, seed, inner = 0.4, between = 0.06, outer = 0.003 } = planted;
  const coreCount = Math.round(nodeCount * coreShare);
  const stream = randomStream(seed, checkPurpose, 1);
  const sources: number[] = [];
  const targets: number[] = [];
  for (let one = 0; one < nodeCount; one++) {
    for (let other = one + 1; other < nodeCount; other++) {
      const density = other < coreCount ? inner : one < coreCount ? between : outer;
      if (stream.uniform() >= density) continue;
      const isForward = stream.below(2) === 1;
      sources.push(isForward ? one : other);
      targets.push(isForward ? other : one);
    }
  }
  return { sources: Int32Array.from(sources), targets: Int32Array.from(targets) };
}

/** The same as an undirected graph. */
export function plantedCore(planted: PlantedCore): Graph {
  const { sources, targets } = plantedEdges(planted);
  return undirected(graphFromEdges(planted.nodeCount, sources, targets).graph);
}

/** Greatest distance, over planted worlds of 1,000 nodes and 93.5 % periphery, between the planted share and the one found. */
export function greatestPeripheryError(worlds: Worlds): number {
  let greatest = 0;
  for (let world = 0; world < worlds.worldCount; world++) {
    const graph = plantedCore({ nodeCount: 1000, coreShare: 0.065, seed: worlds.seed + world });
    greatest = Math.max(greatest, Math.abs(corePeriphery(graph).coreCount / 1000 - 0.065));
  }
  return greatest;
}

/** Share of the planted worlds of 800 agents, 93.5 % periphery and a core without structure, that are given roles. */
export function falseRolesShare(worlds: Worlds): number {
  let givenCount = 0;
  for (let world = 0; world < worlds.worldCount; world++) {
    const edges = plantedEdges({ nodeCount: 800, coreShare: 0.065, seed: worlds.seed + world });
    if (measureRoles({ nodeCount: 800, ...edges }, { seed: 1 }).roles.length > 0) givenCount++;
  }
  return givenCount / worlds.worldCount;
}

/** Line 6.2: 1,000 worlds each, 4,000 for shares: some two minutes. */
export function checkEffects(report: Report): void {
  const worlds = { worldCount: 1000, seed: 1 };
  const within = (command: string, share: number, low: number, high: number): void => {
    const bar = `${low} to ${high}`;
    report({ command, figure: share.toFixed(4), bar, met: share >= low && share <= high });
  };
  const effects = effectCoverage(worlds);
  within('coverage of Cohen’s d, 1,000 worlds', effects.cohenD, 0.93, 0.97);
  within('coverage of Hedges’ g, 1,000 worlds', effects.hedgesG, 0.93, 0.97);
  within('coverage of Cliff’s delta, 1,000 worlds', effects.cliffsDelta, 0.93, 0.97);
  within('coverage of a share, 4,000 worlds', shareCoverage({ worldCount: 4000, seed: 1 }), 0.94, 0.96);
  within('false positives of the permutation test, 1,000 worlds', falsePositiveShare(worlds), 0.03, 0.07);
}

/** Line 6.4: 100 worlds of planted cores, 20 of cores without structure. */
export async function checkCores(report: Report): Promise<void> {
  const error = greatestPeripheryError({ worldCount: 100, seed: 1 });
  report({
    command: 'periphery of 93.5 %, 100 worlds: greatest error',
    figure: error.toFixed(4),
    bar: 'within 0.01',
    met: error <= 0.01,
  });
  const given = falseRolesShare({ worldCount: 20, seed: 300 });
  report({
    command: 'cores without structure that are given roles, 20 worlds',
    figure: given.toFixed(2),
    bar: 'at most 0.05',
    met: given <= 0.05,
  });
  await Promise.resolve();
}
