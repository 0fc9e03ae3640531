/**
 * The recipe of Molt Dynamics as a preset of the study, and how far its results hang on its choices.
 *
 * Reads a discussion. *Roles*: five structural features of the reply graph, standardised, k-means, k of 3 to 8 by the greatest silhouette, over everyone (`analysis/measures/roles.ts`);
 * beside it what the recipe leaves out: the share of the largest cluster, the silhouette inside the core, the same recipe on columns that were shuffled, the
 * same on logarithms. *Cascades*: distinct authors of a text, the zeta tail from the xmin of least KS; beside it the verdict against lognormal, exponential and
 * cut-off, which no exponent says, and the exponent at other xmin. Pure; draws are the seed's. Source: arXiv 2603.03555 and its public code.
 */
import { randomStream, streamPurposes } from '../../sim/ground/philox.ts';
import { chooseClusters } from '../../analysis/estimators/cluster-choice.ts';
import { sizeShares } from '../../analysis/estimators/cluster-indices.ts';
import { logarithms, standardised } from '../../analysis/estimators/points.ts';
import { silhouetteNull } from '../../analysis/estimators/cluster-choice.ts';
import { silhouette } from '../../analysis/estimators/silhouette.ts';
import { reportTail } from '../../analysis/estimators/tail-verdict.ts';
import { roleFeatures } from '../../analysis/measures/role-features.ts';
import { cascadeSizes, replyLayer } from './statistics.ts';
import type { Points } from '../../analysis/estimators/points.ts';
import type { Discussion } from './discussion.ts';
import type { Statistics } from './statistics.ts';

const [from, to, startCount] = [3, 8, 30];
const key = 91;
const agentsMin = 30;
const shuffles = 9;

/** Clusters of the recipe on some features. */
interface Clusters {
  readonly k: number;
  readonly silhouette: number;
  readonly largestShare: number;
  /** All but the largest cluster, labels kept; NaN where one is left. */
  readonly coreSilhouette: number;
}

/** What the recipe gives, under the names of the targets. NaN where there are too few agents. Its starts are 30 a k, where the paper's code has 100. */
export function recipeStatistics(discussion: Discussion, seed: number): Statistics {
  const points = featuresOf(discussion, seed);
  if (points === undefined) return { largestClusterShare: Number.NaN, silhouette: Number.NaN, clusters: Number.NaN };
  const { k, silhouette: width, largestShare, coreSilhouette } = clustersOf(standardised(points), seed);
  return { largestClusterShare: largestShare, silhouette: width, clusters: k, coreSilhouette };
}

/** How the recipe's results change with its choices. */
export interface Fragility {
  readonly recipe: Clusters;
  /** The same features as logarithms. */
  readonly onLogarithms: Clusters;
  /** The greatest silhouette of the recipe on features whose columns were shuffled apart: structureless points of the same skew. */
  readonly shuffledSilhouette: number;
  readonly cascades: {
    readonly count: number;
    readonly alpha: number;
    readonly xmin: number;
    readonly tailCount: number;
    readonly verdict: string;
    readonly comparison: string;
    readonly lognormalP: number;
    /** Exponents at fixed xmin. */
    readonly alphaByXmin: Readonly<Record<string, number>>;
  } | null;
}

/** Bootstrap samples of the goodness of fit. */
const replicateCount = 199;

/** Looks at one discussion with every choice varied; undefined where there are too few agents. */
export function fragilityOf(discussion: Discussion, seed: number): Fragility | undefined {
  const points = featuresOf(discussion, seed);
  if (points === undefined) return undefined;
  const recipe = clustersOf(standardised(points), seed);
  const stream = randomStream(seed, streamPurposes.permutation, key);
  const shuffled = silhouetteNull(
    standardised(points),
    recipe.silhouette,
    'columns',
    { from, to, startCount: 3 },
    shuffles,
    stream,
  );
  return {
    recipe,
    onLogarithms: clustersOf(standardised(logarithms(points)), seed),
    shuffledSilhouette: shuffled.mean,
    cascades: cascadesOf(discussion, seed),
  };
}

function featuresOf(discussion: Discussion, seed: number): Points | undefined {
  const layer = replyLayer(discussion);
  return layer.graph.nodeCount < agentsMin ? undefined : roleFeatures(layer, seed).points;
}

function clustersOf(points: Points, seed: number): Clusters {
  const stream = randomStream(seed, streamPurposes.sample, key);
  const choice = chooseClusters(points, { from, to, startCount }, stream);
  if (choice === undefined)
    return { k: Number.NaN, silhouette: Number.NaN, largestShare: Number.NaN, coreSilhouette: Number.NaN };
  const { chosen } = choice;
  const among = Array.from({ length: chosen.clusterCount - 1 }, (_, cluster) => cluster + 1);
  return {
    k: chosen.clusterCount,
    silhouette: chosen.silhouette.mean,
    largestShare: sizeShares(chosen).largestShare,
    coreSilhouette: silhouette(points, chosen, { among, stream }).mean,
  };
}

function cascadesOf(discussion: Discussion, seed: number): Fragility['cascades'] {
  const sizes = cascadeSizes(discussion);
  const tail = reportTail(sizes, replicateCount, randomStream(seed, streamPurposes.bootstrap, key));
  if (tail === undefined) return null;
  const at = (xmin: number): number =>
    reportTail(sizes, 0, randomStream(seed, streamPurposes.bootstrap, key), { xmin })?.alpha ?? Number.NaN;
  return {
    count: sizes.length,
    ...{ alpha: tail.alpha, xmin: tail.xmin, tailCount: tail.tailCount },
    ...{ verdict: tail.verdict, comparison: tail.comparison, lognormalP: tail.comparisons.lognormal.pValue },
    alphaByXmin: Object.fromEntries([2, 3, 5, 10].map((xmin) => [String(xmin), at(xmin)])),
  };
}
