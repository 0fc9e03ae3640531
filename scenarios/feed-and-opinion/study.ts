/**
 * The study of feed and opinion: does a feed by interest sort the follow network by opinion more than one at random?
 *
 * Each seed is a pair of worlds with one population, one network at tick 0 and the same draws, which differ in `feed.recommender` alone;
 * the placebo repeats it with topics that are independent of opinions. The unit is the pair.
 * Run it: node scenarios/feed-and-opinion/study.ts [--seeds N] [--workers N], in a checkout.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { equivalenceToZero } from '../../analysis/estimators/equivalence.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { scenarioFile } from '../load.ts';
import type { Equivalence } from '../../analysis/estimators/equivalence.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { FeedWorldOrder, FeedWorldResult } from './world.ts';

/** Feeds that are compared, the first minus the second. */
export const comparedFeeds = ['interest', 'random'] as const;

/** A difference that is called none: as the placebo must lie within it. */
export const equivalenceMargin = 0.02;

/** What to run. */
export interface FeedStudyOrder {
  /** Pairs of worlds; their seeds are 1, 2 … */
  readonly seeds: number;
  readonly workers: number;
  /** Changes of both scenarios, as for `--set`. */
  readonly set?: readonly string[];
  readonly onWorld?: (done: number, all: number) => void;
}

/** Differences of opinionAssortativityChange, interest less random, one a seed. */
export interface FeedArm {
  readonly worlds: Readonly<Record<(typeof comparedFeeds)[number], readonly FeedWorldResult[]>>;
  readonly differences: readonly number[];
  /** Mean paired difference with its 95 % interval. */
  readonly mean: Estimate;
  readonly equivalence: Equivalence;
}

/** Both worlds of the study. */
export interface FeedStudy {
  readonly linked: FeedArm;
  readonly placebo: FeedArm;
}

const variants = { linked: 'scenario', placebo: 'placebo' } as const;
const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

/** Runs the study. */
export async function runFeedStudy({ seeds, workers, set = [], onWorld }: FeedStudyOrder): Promise<FeedStudy> {
  const orders = Object.values(variants).flatMap((variant) =>
    comparedFeeds.flatMap((feed) =>
      Array.from({ length: seeds }, (_, i): FeedWorldOrder => {
        return { file: scenarioFile('feed-and-opinion', variant), seed: i + 1, feed, set };
      }),
    ),
  );
  const done = (count: number): void => onWorld?.(count, orders.length);
  const worlds = await runEnsemble<FeedWorldOrder, FeedWorldResult>(
    worldModule,
    'simulateFeedWorld',
    ...([orders, workers, done] as const),
  );
  const part = (k: number): FeedWorldResult[] => worlds.slice(k * seeds, (k + 1) * seeds);
  return { linked: armOf(part(0), part(1)), placebo: armOf(part(2), part(3)) };
}

function armOf(interest: readonly FeedWorldResult[], random: readonly FeedWorldResult[]): FeedArm {
  const differences = interest.map(({ change }, i) => change - random[i].change);
  return {
    worlds: { interest, random },
    differences,
    mean: meanInterval(differences),
    equivalence: equivalenceToZero(differences, equivalenceMargin),
  };
}

/** The study in words, a line a world. */
export function describeFeedStudy(study: FeedStudy): string {
  return Object.entries(study)
    .map(([name, arm]) => `${name}: ${describeArm(arm as FeedArm)}`)
    .join('\n');
}

function describeArm({ worlds, mean, equivalence }: FeedArm): string {
  const change = (feed: (typeof comparedFeeds)[number]): string =>
    meanInterval(worlds[feed].map((world) => world.change)).value.toFixed(4);
  const range = (interval: readonly [number, number]): string =>
    `[${interval.map((end) => end.toFixed(4)).join(', ')}]`;
  return [
    `opinionAssortativity, end less tick 0: interest ${change('interest')}, random ${change('random')}`,
    `mean paired difference ${mean.value.toFixed(4)}, 95 % ${range(mean.interval)}, ${mean.n} pairs of worlds`,
    `equivalent to 0 within ±${equivalence.margin}: p ${equivalence.pValue.toPrecision(3)}, 90 % ${range(equivalence.interval)}`,
  ].join('; ');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { seeds: { type: 'string', default: '30' }, workers: { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  const workers = Number(values.workers ?? availableParallelism());
  process.stdout.write(`${describeFeedStudy(await runFeedStudy({ seeds: Number(values.seeds), workers }))}\n`);
}
