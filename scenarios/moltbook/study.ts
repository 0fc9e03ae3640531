/**
 * The study of MoltBook: do agents that wake by heartbeats and follow a short list of steps talk as those of the real platform did?
 *
 * Worlds of the calibrated scenario on seeds that the search did not see; each is burned in for a day and a half and measured for one. The scorecard prints
 * calibrated and held-out statistics apart (`targets.ts`, committed before the first calibration), each beside its published interval, the spread of
 * real halves and two baselines; below it whether the feed is stationary, what the platform holds, what other versions of its limits do to the same agents, and the
 * recipe of Molt Dynamics with what its results hang on.
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
import { censusLines } from './census.ts';
import { stationarityOf } from './stationarity.ts';
import { burnInSeconds } from './world.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { RealFigures } from './genesis.ts';
import type { MoltbookRow, MoltbookScorecard } from './scorecard.ts';
import type { Census } from './census.ts';
import type { StationarityRow } from './stationarity.ts';
import type { MoltbookWorld, MoltbookWorldOrder, VersionWorld } from './world.ts';

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

/** What the same agents do under the limits of a version. */
export interface VersionSummary {
  readonly platform: string;
  readonly worlds: number;
  readonly posts: Estimate;
  readonly comments: Estimate;
  readonly commentsPerPost: Estimate;
  readonly refusedPostShare: Estimate;
  readonly refusedCommentShare: Estimate;
}

/** The study. */
export interface MoltbookStudy {
  readonly worlds: readonly MoltbookWorld[];
  readonly real: RealFigures;
  readonly scorecard: MoltbookScorecard;
  readonly stationarity: readonly StationarityRow[];
  readonly census: Readonly<Record<keyof Census, Estimate>>;
  readonly versions: readonly VersionSummary[];
  readonly recipe: RecipeSummary;
}

/** The version of the limits that the scenario has, and others with skill files of their own; so many worlds of each at most. */
const ownPlatform = 'moltbook-1.0.0';
const otherPlatforms = ['moltbook', 'moltbook-1.11.0'] as const;
const versionWorlds = 4;

const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Sums of real data: see `genesis.ts`. */
export function readRealFigures(): RealFigures {
  return JSON.parse(readFileSync(dataFile('moltbook/genesis.json'), 'utf8')) as RealFigures;
}

/** Runs the study. */
export async function runMoltbookStudy(order: MoltbookStudyOrder): Promise<MoltbookStudy> {
  const { seeds, seed, workers, set = [], onWorld } = order;
  const ordersOf = (count: number, changes: readonly string[]): MoltbookWorldOrder[] =>
    Array.from({ length: count }, (_, k) => ({
      ...{ seed: seed + k, set: changes, burnInSeconds: order.burnInSeconds ?? burnInSeconds },
    }));
  const few = Math.min(seeds, versionWorlds);
  const others = otherPlatforms.flatMap((platform) => ordersOf(few, [...set, `platform=${platform}`]));
  const all = seeds + others.length;
  const worlds = await runEnsemble<MoltbookWorldOrder, MoltbookWorld>(
    worldModule,
    'simulateMoltbookWorld',
    ordersOf(seeds, set),
    workers,
    (done) => onWorld?.(done, all),
  );
  const elsewhere = await runEnsemble<MoltbookWorldOrder, VersionWorld>(
    worldModule,
    'simulateVersionWorld',
    others,
    workers,
    (done) => onWorld?.(seeds + done, all),
  );
  const real = readRealFigures();
  return {
    ...{ worlds, real, recipe: recipeOf(worlds), census: censusOver(worlds) },
    scorecard: scoreMoltbook(
      worlds.map(({ statistics }) => statistics),
      real,
    ),
    stationarity: stationarityOf(worlds.map(({ stretches }) => stretches)),
    versions: [
      versionOf(ownPlatform, worlds),
      ...otherPlatforms.map((platform, at) => versionOf(platform, elsewhere.slice(at * few, (at + 1) * few))),
    ],
  };
}

function over(values: readonly number[]): Estimate {
  return meanInterval(values.filter(Number.isFinite));
}

function censusOver(worlds: readonly MoltbookWorld[]): MoltbookStudy['census'] {
  const names = Object.keys(censusLines) as (keyof Census)[];
  const entries = names.map((name) => [name, over(worlds.map(({ census }) => census[name]))] as const);
  return Object.fromEntries(entries) as MoltbookStudy['census'];
}

function versionOf(platform: string, worlds: readonly VersionWorld[]): VersionSummary {
  const of = (name: keyof Census): Estimate => over(worlds.map(({ census }) => census[name]));
  return {
    ...{ platform, worlds: worlds.length, posts: of('posts'), comments: of('comments') },
    commentsPerPost: over(worlds.map(({ statistics }) => statistics['commentsPerPost'])),
    ...{ refusedPostShare: of('refusedPostShare'), refusedCommentShare: of('refusedCommentShare') },
  };
}

function recipeOf(worlds: readonly MoltbookWorld[]): RecipeSummary {
  const found = worlds.flatMap(({ fragility }) => (fragility === undefined ? [] : [fragility]));
  const cascades = found.flatMap((one) => (one.cascades === null ? [] : [one.cascades]));
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
export function describeMoltbookStudy(study: MoltbookStudy): string {
  const { worlds, scorecard, recipe, real, stationarity, census, versions } = study;
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
    'STATIONARITY',
    ...stationarityLines(stationarity),
    '',
    'THE PLATFORM (of the window; none of it a target)',
    ...Object.entries(census).map(
      ([name, one]) => `  ${name} ${estimateText(one)}: ${censusLines[name as keyof Census]}`,
    ),
    '',
    'LIMITS BY VERSION (the same agents)',
    ...versions.map(versionLine),
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

/** How many statistics keep still, and those of which that cannot be said. */
export function stationarityLines(rows: readonly StationarityRow[]): string[] {
  const still = rows.filter(({ isEquivalent }) => isEquivalent);
  const different = rows.filter(({ differenceP }) => differenceP < 0.05);
  return [
    `second half of the window against the first: ${still.length} of ${rows.length} statistics differ by less than a tenth (two one-sided t tests, p < 0.05 each, ${rows[0].worlds} worlds); ${different.length} differ (paired t, Holm's correction, p < 0.05)${different.length === 0 ? '' : `: ${different.map(({ statistic }) => statistic).join(', ')}`}`,
    ...rows.map(
      ({ statistic, means, difference, interval, equivalenceP, isEquivalent }) =>
        `  ${isEquivalent ? 'still' : 'unknown'}  ${statistic}: burn-in ${shortly(means[0])}, halves ${shortly(means[1])} and ${shortly(means[2])}; difference ${shortly(difference)} [${interval.map(shortly).join(', ')}] of the mean, p ${shortly(equivalenceP)}`,
    ),
  ];
}

function versionLine({ platform, worlds, posts, comments, ...rest }: VersionSummary): string {
  const { commentsPerPost, refusedPostShare, refusedCommentShare } = rest;
  return `  ${platform}, ${worlds} worlds: ${shortly(posts.value)} posts, ${shortly(comments.value)} comments, ${estimateText(commentsPerPost)} a post; refused ${estimateText(refusedPostShare)} of posts, ${estimateText(refusedCommentShare)} of comments`;
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
