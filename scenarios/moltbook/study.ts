/**
 * The study of MoltBook: do agents that wake by heartbeats and follow a short list of steps talk as those of the real platform did?
 *
 * Worlds of the calibrated scenario on seeds that the search did not see; each is burned in for half a day and measured for one. The scorecard prints
 * calibrated and held-out statistics apart (`targets.ts`, committed before the first calibration), each beside its published interval, the spread of
 * real halves and two baselines; below it the recipe of Molt Dynamics and what its results hang on.
 * The unit is the world. Run it: node scenarios/moltbook/study.ts [--seeds N] [--seed S] [--workers N] [--json], in a checkout, or mesocosm study moltbook.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { dataFile } from '../load.ts';
import { scoreMoltbook, shortly } from './scorecard.ts';
import { burnInSeconds } from './world.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { RealFigures } from './genesis.ts';
import type { MoltbookRow, MoltbookScorecard } from './scorecard.ts';
import type { MoltbookWorld, MoltbookWorldOrder } from './world.ts';

/** What to run. */
export interface MoltbookStudyOrder {
  readonly seeds: number;
  /** The first seed. */
  readonly seed: number;
  readonly workers: number;
  /** Changes of the scenario, as for `--set`. */
  readonly set?: readonly string[];
  readonly burnInSeconds?: number;
  readonly onWorld?: (done: number, all: number) => void;
}

/** The recipe of Molt Dynamics over all worlds: estimates with intervals, and how often a verdict was given. */
export interface RecipeSummary {
  readonly silhouette: Estimate;
  readonly largestShare: Estimate;
  readonly coreSilhouette: Estimate;
  readonly shuffledSilhouette: Estimate;
  readonly logarithmSilhouette: Estimate;
  readonly logarithmLargestShare: Estimate;
  readonly clusters: readonly number[];
  readonly logarithmClusters: readonly number[];
  readonly alpha: Estimate;
  readonly xmins: readonly number[];
  /** Mean exponent at fixed xmin. */
  readonly alphaByXmin: Readonly<Record<string, Estimate>>;
  /** Verdicts on the tail with how many worlds had them. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** Worlds whose likelihoods favour a lognormal, a power law, or neither. */
  readonly comparisons: Readonly<Record<string, number>>;
}

/** The study. */
export interface MoltbookStudy {
  readonly worlds: readonly MoltbookWorld[];
  readonly real: RealFigures;
  readonly scorecard: MoltbookScorecard;
  readonly recipe: RecipeSummary;
}

const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Sums of real data: see `genesis.ts`. */
export function readRealFigures(): RealFigures {
  return JSON.parse(readFileSync(dataFile('moltbook/genesis.json'), 'utf8')) as RealFigures;
}

/** Runs the study. */
export async function runMoltbookStudy(order: MoltbookStudyOrder): Promise<MoltbookStudy> {
  const { seeds, seed, workers, set = [], onWorld } = order;
  const orders = Array.from({ length: seeds }, (_, k): MoltbookWorldOrder => ({
    ...{ seed: seed + k, set, burnInSeconds: order.burnInSeconds ?? burnInSeconds },
  }));
  const worlds = await runEnsemble<MoltbookWorldOrder, MoltbookWorld>(
    worldModule,
    'simulateMoltbookWorld',
    orders,
    workers,
    (done) => onWorld?.(done, orders.length),
  );
  const real = readRealFigures();
  const scorecard = scoreMoltbook(
    worlds.map(({ statistics }) => statistics),
    real,
  );
  return { worlds, real, scorecard, recipe: recipeOf(worlds) };
}

function recipeOf(worlds: readonly MoltbookWorld[]): RecipeSummary {
  const found = worlds.flatMap(({ fragility }) => (fragility === undefined ? [] : [fragility]));
  const cascades = found.flatMap((one) => (one.cascades === null ? [] : [one.cascades]));
  const over = (values: readonly number[]): Estimate => meanInterval(values.filter(Number.isFinite));
  const tally = (names: readonly string[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const name of names) counts[name] = (Object.hasOwn(counts, name) ? counts[name] : 0) + 1;
    return counts;
  };
  const xmins = Object.keys(cascades.at(0)?.alphaByXmin ?? {});
  return {
    silhouette: over(found.map(({ recipe }) => recipe.silhouette)),
    largestShare: over(found.map(({ recipe }) => recipe.largestShare)),
    coreSilhouette: over(found.map(({ recipe }) => recipe.coreSilhouette)),
    shuffledSilhouette: over(found.map(({ shuffledSilhouette }) => shuffledSilhouette)),
    logarithmSilhouette: over(found.map(({ onLogarithms }) => onLogarithms.silhouette)),
    logarithmLargestShare: over(found.map(({ onLogarithms }) => onLogarithms.largestShare)),
    clusters: found.map(({ recipe }) => recipe.k),
    logarithmClusters: found.map(({ onLogarithms }) => onLogarithms.k),
    alpha: over(cascades.map(({ alpha }) => alpha)),
    xmins: cascades.map(({ xmin }) => xmin),
    alphaByXmin: Object.fromEntries(xmins.map((xmin) => [xmin, over(cascades.map((one) => one.alphaByXmin[xmin]))])),
    // The p value of a verdict differs from world to world; what it says does not.
    verdicts: tally(cascades.map(({ verdict }) => verdict.replace(/ \(p = [^)]*\)/, '').replace(/\(\d[^)]* %/, '(% '))),
    comparisons: tally(cascades.map(({ comparison }) => comparison)),
  };
}

/** The study in words: two lists of targets, counts, misses, the recipe. */
export function describeMoltbookStudy({ worlds, scorecard, recipe, real }: MoltbookStudy): string {
  const { counts, misses } = scorecard;
  const [first] = worlds;
  return [
    `${worlds.length} worlds, seeds ${first.seed} to ${first.seed + worlds.length - 1}; window of one day: ${shortly(meanOf(worlds, 'messages'))} posts and comments by ${shortly(meanOf(worlds, 'activeAgents'))} active agents a world`,
    '',
    'CALIBRATED (parameters were fitted to these: being inside is no evidence)',
    ...scorecard.calibrated.map(calibratedLine),
    '',
    'HELD OUT (predictions; distances from the published value)',
    ...scorecard.heldOut.map(heldOutLine),
    '',
    `calibrated inside the published interval: ${counts.calibratedInside} of ${counts.calibrated}`,
    `held out inside the published interval: ${counts.heldOutInside} of ${counts.heldOut}`,
    `held out no farther than two real halves from each other: ${counts.withinHalves} of ${counts.comparedWithHalves}`,
    `held out nearer than both baselines: ${counts.beatBoth} of ${counts.comparedWithBoth}${2 * counts.beatBoth >= counts.comparedWithBoth ? '' : ': fewer than half'}`,
    `baselines: the first whole day of real data persists; ${real.independentAgents} independent agents at observed rates, ${real.independentSeeds} draws`,
    '',
    'MISSES',
    ...misses,
    '',
    'RECIPE OF MOLT DYNAMICS',
    ...recipeLines(recipe),
  ].join('\n');
}

function meanOf(worlds: readonly MoltbookWorld[], name: string): number {
  return worlds.reduce((sum, { statistics }) => sum + statistics[name], 0) / worlds.length;
}

function calibratedLine({ target, ours, place }: MoltbookRow): string {
  return `  ${place.padEnd(8)} ${target.id}: ours ${estimateText(ours)}; published ${publishedText(target)}`;
}

function heldOutLine(row: MoltbookRow): string {
  const { target, distances, beatsBoth } = row;
  const { ours, halves, firstDay, independent } = distances;
  const shown = (value: number | null): string => (value === null ? '–' : shortly(value));
  const parts = `ours ${shown(ours)}, real halves ${shown(halves)}, first day ${shown(firstDay)}, independent ${shown(independent)}`;
  const beats = beatsBoth === null ? 'not compared' : beatsBoth ? 'beats both' : 'does not beat both';
  return `${calibratedLine(row)}; distances: ${parts}; ${beats}${target.intervalRule === 'tolerance' ? '; interval: a tenth either way' : ''}`;
}

function publishedText({ value, interval }: MoltbookRow['target']): string {
  return `${shortly(value)} [${interval.map(shortly).join(', ')}]`;
}

function estimateText({ value, interval }: Estimate): string {
  return `${shortly(value)} [${interval.map(shortly).join(', ')}]`;
}

/** What the recipe finds, and what becomes of it when a choice is changed. */
export function recipeLines(recipe: RecipeSummary): string[] {
  const worlds = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name}: ${count}`)
      .join('; ');
  return [
    `silhouette ${estimateText(recipe.silhouette)}, clusters ${recipe.clusters.join(' ')}, largest cluster ${estimateText(recipe.largestShare)} of agents`,
    `without the largest cluster: silhouette ${estimateText(recipe.coreSilhouette)}`,
    `columns shuffled apart, no structure left: silhouette ${estimateText(recipe.shuffledSilhouette)}`,
    `features as logarithms: silhouette ${estimateText(recipe.logarithmSilhouette)}, clusters ${recipe.logarithmClusters.join(' ')}, largest ${estimateText(recipe.logarithmLargestShare)}`,
    `cascades of equal texts: alpha ${estimateText(recipe.alpha)} at xmin ${recipe.xmins.join(' ')}`,
    `alpha at fixed xmin: ${Object.entries(recipe.alphaByXmin)
      .map(([xmin, estimate]) => `${xmin}: ${estimateText(estimate)}`)
      .join('; ')}`,
    `verdicts on the tail, worlds: ${worlds(recipe.verdicts)}`,
    `likelihoods favour, worlds: ${worlds(recipe.comparisons)}`,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = {
    seeds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ options });
  const study = await runMoltbookStudy({
    seeds: Number(values.seeds),
    seed: Number(values.seed),
    workers: Number(values.workers ?? availableParallelism()),
    onWorld: (done, all) => process.stderr.write(`${done} of ${all} worlds\n`),
  });
  process.stdout.write(`${values.json === true ? JSON.stringify(study, null, 2) : describeMoltbookStudy(study)}\n`);
}
