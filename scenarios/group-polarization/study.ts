/**
 * The study of group polarization: does a feed by interest leave agents further apart than one at random, and does it matter how many they are?
 *
 * Each seed is a pair of worlds with one population, one network and the same draws, which differ in `feed.recommender` alone; the placebo repeats it with topics that are independent
 * of opinions. What the link of topics and opinions does is the difference of the two differences, paired by seed: a feed by interest cuts up who hears whom in
 * the placebo, too. Sizes are compared by the same pairs at 10^2 to 10^5 agents. The unit is the pair; the primary measure is the spread at the end.
 * No size is assumed to have more of it: the slope over the logarithm of size has an interval of its own.
 * Run it: node scenarios/group-polarization/study.ts [--seeds N] [--first-seed N] [--sizes 100,1000] [--size-seeds N] [--workers N] [--set path=value], in a checkout.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { equivalenceToZero } from '../../analysis/estimators/equivalence.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { slopePerTenfold } from '../../analysis/estimators/size-slope.ts';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { scenarioFile } from '../load.ts';
import { polarizationIndices } from './world.ts';
import type { Equivalence } from '../../analysis/estimators/equivalence.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { PolarizationIndex, PolarizationWorldOrder, PolarizationWorldResult } from './world.ts';

/** Feeds that are compared, the first minus the second. */
export const comparedFeeds = ['interest', 'random'] as const;

/** A difference of the spread, at most 1, that is called none. */
export const equivalenceMargin = 0.02;

/** The measure that the claim is about; the others are printed beside it. */
export const primaryIndex = 'spread';

/** What to run. */
export interface PolarizationStudyOrder {
  /** Pairs of worlds at the scenario's own size; their seeds are the first, the next … */
  readonly seeds: number;
  /** 1 where nothing is said. */
  readonly firstSeed?: number;
  /** Agents of the worlds in which size is varied, and pairs at each. */
  readonly sizes: readonly number[];
  readonly sizeSeeds: number;
  readonly workers: number;
  /** Changes of both scenarios, as for `--set`. */
  readonly set?: readonly string[];
  readonly onWorld?: (done: number, all: number) => void;
}

/** Differences at the end, interest less random, one a seed. */
export interface PolarizationArm {
  readonly agents: number;
  readonly worlds: Readonly<Record<(typeof comparedFeeds)[number], readonly PolarizationWorldResult[]>>;
  /** Mean paired difference with its 95 % interval, by index. */
  readonly means: Readonly<Record<PolarizationIndex, Estimate>>;
  readonly equivalence: Equivalence;
}

/** How the primary difference goes with the number of agents. */
export interface SizeEffect {
  readonly arms: readonly PolarizationArm[];
  /** Change of the difference for ten times as many agents, over pairs, with its interval; NaN ends below three pairs. */
  readonly perTenfold: Estimate;
}

/** The study. */
export interface PolarizationStudy {
  readonly linked: PolarizationArm;
  readonly placebo: PolarizationArm;
  /** Linked less placebo, of the primary measure's differences, paired by seed. */
  readonly excess: Estimate;
  readonly size: SizeEffect;
  /** The same sizes in the placebo world: what chance leaves between groups that hear one another shrinks with their number. */
  readonly placeboSize: SizeEffect;
}

/** Agents of the scenario files. */
export const usualAgents = 1000;
const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

interface ArmOrder {
  readonly variant: 'scenario' | 'placebo';
  readonly agents: number;
  readonly seeds: number;
}

/** Runs the study. */
export async function runPolarizationStudy(order: PolarizationStudyOrder): Promise<PolarizationStudy> {
  const { seeds, firstSeed = 1, sizes, sizeSeeds, workers, set = [], onWorld } = order;
  const arms: ArmOrder[] = [
    { variant: 'scenario', agents: usualAgents, seeds },
    { variant: 'placebo', agents: usualAgents, seeds },
    ...(['scenario', 'placebo'] as const).flatMap((variant) =>
      sizes.map((agents) => ({ variant, agents, seeds: sizeSeeds })),
    ),
  ];
  const orders = arms.flatMap(({ variant, agents, seeds: count }) =>
    comparedFeeds.flatMap((feed) =>
      Array.from({ length: count }, (_, i): PolarizationWorldOrder => {
        return { file: scenarioFile('group-polarization', variant), seed: firstSeed + i, feed, agents, set };
      }),
    ),
  );
  const done = (count: number): void => onWorld?.(count, orders.length);
  const worlds = await runEnsemble<PolarizationWorldOrder, PolarizationWorldResult>(
    worldModule,
    'simulatePolarizationWorld',
    ...([orders, workers, done] as const),
  );
  let at = 0;
  const take = (count: number): PolarizationWorldResult[] => worlds.slice(at, (at += count));
  const [linked, placebo, ...others] = arms.map((arm) => armOf(arm.agents, take(arm.seeds), take(arm.seeds)));
  const excess = meanInterval(pairsOf(linked).map((one, i) => one - pairsOf(placebo)[i]));
  const sizeEffect = (ofSize: readonly PolarizationArm[]): SizeEffect => ({
    arms: ofSize,
    perTenfold: slopeOf(ofSize),
  });
  const [size, placeboSize] = [others.slice(0, sizes.length), others.slice(sizes.length)].map(sizeEffect);
  return { linked, placebo, excess, size, placeboSize };
}

function differencesOf(
  interest: readonly PolarizationWorldResult[],
  random: readonly PolarizationWorldResult[],
  index: PolarizationIndex,
): number[] {
  return interest.map(({ end }, i) => end[index] - random[i].end[index]);
}

function pairsOf({ worlds }: PolarizationArm): number[] {
  return differencesOf(worlds.interest, worlds.random, primaryIndex);
}

function armOf(
  agents: number,
  interest: readonly PolarizationWorldResult[],
  random: readonly PolarizationWorldResult[],
): PolarizationArm {
  const means = polarizationIndices.map((index) => [index, meanInterval(differencesOf(interest, random, index))]);
  return {
    agents,
    worlds: { interest, random },
    means: Object.fromEntries(means) as PolarizationArm['means'],
    equivalence: equivalenceToZero(differencesOf(interest, random, primaryIndex), equivalenceMargin),
  };
}

/** Least squares of all pairs' differences on the size. */
function slopeOf(arms: readonly PolarizationArm[]): Estimate {
  return slopePerTenfold(
    arms.flatMap(({ agents, worlds }) =>
      differencesOf(worlds.interest, worlds.random, primaryIndex).map((effect) => ({ size: agents, effect })),
    ),
  );
}

/** The study in words. */
export function describePolarizationStudy({ linked, placebo, excess, size, placeboSize }: PolarizationStudy): string {
  const rangeOf = ({ interval }: { readonly interval: readonly [number, number] }): string =>
    `[${interval.map((end) => end.toFixed(4)).join(', ')}]`;
  const line = (name: string, arm: PolarizationArm): string => {
    const end = (feed: (typeof comparedFeeds)[number]): string =>
      meanInterval(arm.worlds[feed].map((world) => world.end[primaryIndex])).value.toFixed(4);
    const parts = polarizationIndices.map(
      (index) => `${index} ${arm.means[index].value.toFixed(4)} ${rangeOf(arm.means[index])}`,
    );
    return `${name}, ${arm.agents} agents, ${arm.means[primaryIndex].n} pairs: ${primaryIndex} interest ${end('interest')}, random ${end('random')}; differences ${parts.join('; ')}`;
  };
  const { equivalence } = placebo;
  const tested = `equivalent to 0 within ±${equivalence.margin}: p ${equivalence.pValue.toPrecision(3)}, 90 % ${rangeOf(equivalence)}`;
  return [
    line('linked', linked),
    `${line('placebo', placebo)}; ${tested}`,
    `linked less placebo, ${primaryIndex}: ${excess.value.toFixed(4)} ${rangeOf(excess)}, ${excess.n} pairs of pairs`,
    ...size.arms.map((arm) => line('size', arm)),
    `for ten times as many agents: ${size.perTenfold.value.toFixed(5)} ${rangeOf(size.perTenfold)}`,
    ...placeboSize.arms.map((arm) => line('placebo, size', arm)),
    `for ten times as many agents, placebo: ${placeboSize.perTenfold.value.toFixed(5)} ${rangeOf(placeboSize.perTenfold)}`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '30' },
      'first-seed': { type: 'string', default: '1' },
      sizes: { type: 'string', default: '100,1000,10000,100000' },
      'size-seeds': { type: 'string', default: '5' },
      workers: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
    },
  });
  const study = await runPolarizationStudy({
    seeds: Number(values.seeds),
    firstSeed: Number(values['first-seed']),
    sizes: values.sizes.split(',').filter(Boolean).map(Number),
    sizeSeeds: Number(values['size-seeds']),
    workers: Number(values.workers ?? availableParallelism()),
    set: values.set,
  });
  process.stdout.write(`${describePolarizationStudy(study)}\n`);
}
