/**
 * The study of misinformation: how much further do rumours reach than the truth, given how much more readily they are spread at a look?
 *
 * Each seed of an arm is a pair of mirrored worlds with one population, one network and the same draws, in which the two accounts of each pair
 * exchange roles, so that author and audience are no part of a contrast of rumours with truths. The contrast is the ratio of sums over both
 * worlds; the unit is the seed. Three controls: at equal odds the two worlds are the same world, and the ratio is 1 in every seed; the
 * unmirrored ratio at equal odds, one account of a pair over the other, is equivalent to 1; and a world in which all claims have the
 * appeal over one in which none has, where rumours do not take the place of truths.
 * The appeal is put in. What is found is what feed and population make of it: `reached` over `odds`. No size is assumed to have more of it.
 */
import { equivalenceToZero } from '../../analysis/estimators/equivalence.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { logRatioPseudoValues } from '../../analysis/estimators/log-ratio.ts';
import { holm } from '../../analysis/estimators/multiplicity.ts';
import { pairedTest } from '../../analysis/estimators/paired.ts';
import { slopePerTenfold } from '../../analysis/estimators/size-slope.ts';
import { runEnsemble } from '../../sim/engine/ensemble.ts';
import { log } from '../../sim/ground/detmath.ts';
import { scenarioFile } from '../load.ts';
import { allArm, comparableAgents, mainArm, nullArm, otherArms, sizeSettings, worldSettings } from './arms.ts';
import type { Equivalence } from '../../analysis/estimators/equivalence.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { Arm } from './arms.ts';
import type { ClaimSums, ClaimWorldOrder, ClaimWorldResult } from './world.ts';

/** What is compared. `reached` is the primary measure. */
export const claimMeasures = ['reached', 'shown', 'spreaders', 'likes'] as const;
export type ClaimMeasure = (typeof claimMeasures)[number];
export const primaryMeasure = 'reached';

/** A logarithm of a ratio that is called none: 10 %. */
export const equivalenceMargin = 0.1;

/** What to run. */
export interface MisinformationOrder {
  /** Agents of the worlds of all arms. */
  readonly agents: number;
  /** Pairs of mirrored worlds an arm; their seeds follow `firstSeed`. Small sizes get more of them. */
  readonly seeds: number;
  readonly firstSeed?: number;
  /** Numbers of agents at which the main arm is run. */
  readonly sizes: readonly number[];
  readonly workers: number;
  /** Further changes of the scenario, as for `--set`. */
  readonly set?: readonly string[];
  /** Arms beside the main one; all where nothing is said. */
  readonly arms?: readonly Arm[];
  /** Whether worlds of equal odds are run, too; they are where nothing is said. */
  readonly hasControls?: boolean;
  readonly onWorld?: (done: number, all: number, what: string) => void;
}

/** Both worlds of one seed: the plain one, and the one with roles exchanged. */
export interface MirroredPair {
  readonly plain: ClaimWorldResult;
  readonly mirrored: ClaimWorldResult;
}

/** One arm at one size. Logs of ratios are natural. */
export interface ArmResult {
  readonly arm: Arm;
  readonly agents: number;
  readonly pairs: readonly MirroredPair[];
  /** Rumours over truths: one pseudo-value a seed, and their mean with its 95 % interval. */
  readonly values: Readonly<Record<ClaimMeasure, Float64Array>>;
  readonly logRatio: Readonly<Record<ClaimMeasure, Estimate>>;
  /** Spread at a look: spreaders over exposures, rumours over truths. */
  readonly perLook: Estimate;
  /** log ratio of agents reached, and of spreaders, over the log of the odds that were put in. */
  readonly amplification: Readonly<Record<'reached' | 'spreaders', Estimate>>;
}

/** An arm beside the main one, paired by seed. */
export interface ArmContrast {
  readonly arm: Arm;
  /** Log ratio of agents reached, the arm's less the main one's. */
  readonly difference: Estimate;
  readonly pValue: number;
  readonly holmP: number;
  /** Agents reached in the arm over the main one, logs. */
  readonly rumours: Estimate;
  readonly truths: Estimate;
}

/** What must show nothing, and the effect without competition. */
export interface Controls {
  readonly seeds: number;
  /** Seeds whose two worlds were the same at equal odds, digest by digest. */
  readonly sameWorlds: number;
  /** One account of each pair over the other at equal odds, unmirrored. */
  readonly placebo: Equivalence;
  /** All claims with the appeal over none with it: agents reached and spreaders, logs. */
  readonly alone: Readonly<Record<'reached' | 'spreaders', Estimate>>;
}

/** The study. */
export interface MisinformationStudy {
  readonly agents: number;
  readonly main: ArmResult;
  readonly arms: readonly ArmResult[];
  readonly contrasts: readonly ArmContrast[];
  readonly controls?: Controls;
  readonly sizes: readonly ArmResult[];
  /** Change of the log ratio of agents reached for ten times as many agents, over sizes that have the whole core. */
  readonly perTenfold: Estimate;
}

const worldModule = new URL(`./world${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

interface Cell {
  readonly arm: Arm;
  readonly agents: number;
  readonly seeds: number;
  /** One world a seed instead of two. */
  readonly isSingle?: true;
}

/** The placebo needs this many times as many seeds: nothing takes the noise of accounts out of it. */
const placeboFactor = 8;

/** Runs the study. */
export async function runMisinformationStudy(order: MisinformationOrder): Promise<MisinformationStudy> {
  const { agents, seeds, arms = otherArms, sizes } = order;
  const at = (arm: Arm): Cell => ({ arm, agents, seeds });
  const single = (arm: Arm, count: number): Cell => ({ arm, agents, seeds: count, isSingle: true });
  const controls =
    order.hasControls === false
      ? []
      : [at(nullArm), single(nullArm, seeds * placeboFactor), single(allArm, seeds), single(nullArm, seeds)];
  const cells = [at(mainArm), ...arms.map(at)];
  const sized = sizes
    .filter((size) => size !== agents)
    .map((size): Cell => ({ arm: mainArm, agents: size, seeds: seedsAt(size, seeds) }));
  const [main, ...rest] = await runCells(order, cells, 'worlds of the arms').then(reduced(cells));
  const [nulls = [], placebo = [], all = [], none = []] = await runCells(order, controls, 'worlds of the controls');
  const others = await runCells(order, sized, 'worlds of other sizes').then(reduced(sized));
  const bySize = [...others, main].sort((a, b) => a.agents - b.agents);
  const points = bySize
    .filter((one) => one.agents >= comparableAgents)
    .flatMap((one) => Array.from(one.values.reached, (effect) => ({ size: one.agents, effect })));
  return {
    ...{ agents, main, arms: rest, contrasts: contrastsOf(main, rest), sizes: bySize },
    perTenfold: slopePerTenfold(points),
    ...(controls.length === 0 ? {} : { controls: controlsOf(nulls, placebo, all, none) }),
  };
}

const reduced =
  (cells: readonly Cell[]) =>
  (worlds: readonly (readonly ClaimWorldResult[])[]): ArmResult[] =>
    cells.map(({ arm, agents }, i) => armResult(arm, agents, worlds[i]));

function controlsOf(
  nulls: readonly ClaimWorldResult[],
  placebo: readonly ClaimWorldResult[],
  all: readonly ClaimWorldResult[],
  none: readonly ClaimWorldResult[],
): Controls {
  const over = (above: readonly number[], below: readonly number[]): Float64Array => logRatioPseudoValues(above, below);
  const total = (worlds: readonly ClaimWorldResult[], measure: ClaimMeasure): number[] =>
    worlds.map(({ first, second }) => first[measure] + second[measure]);
  const alone = (measure: ClaimMeasure): Estimate => meanInterval(over(total(all, measure), total(none, measure)));
  const unmirrored = over(
    placebo.map(({ second }) => second[primaryMeasure]),
    placebo.map(({ first }) => first[primaryMeasure]),
  );
  return {
    seeds: nulls.length / 2,
    sameWorlds: nulls.filter(({ digest }, i) => i % 2 === 1 && nulls[i - 1].digest === digest).length,
    placebo: equivalenceToZero(unmirrored, equivalenceMargin),
    alone: { reached: alone('reached'), spreaders: alone('spreaders') },
  };
}

/** Small worlds have few spreaders and cost little; of the largest a few must do. */
export function seedsAt(agents: number, seeds: number): number {
  if (agents >= 1_000_000) return Math.min(seeds, 3);
  return agents <= 200 ? seeds * 10 : agents <= 2000 ? seeds * 5 : seeds;
}

async function runCells(
  order: MisinformationOrder,
  cells: readonly Cell[],
  what: string,
): Promise<ClaimWorldResult[][]> {
  const { firstSeed = 1, workers, set = [], onWorld } = order;
  const file = scenarioFile('misinformation');
  const orders = cells.map(({ arm, agents, seeds, isSingle }) =>
    Array.from({ length: isSingle === true ? seeds : seeds * 2 }, (_, i): ClaimWorldOrder => {
      const own = [...sizeSettings(agents), ...worldSettings(arm, isSingle !== true && i % 2 === 1)];
      return { file, seed: firstSeed + (isSingle === true ? i : i >> 1), set: [...own, ...set] };
    }),
  );
  const all = orders.flat();
  if (all.length === 0) return [];
  const done = (count: number): void => onWorld?.(count, all.length, what);
  done(0);
  const worlds = await runEnsemble<ClaimWorldOrder, ClaimWorldResult>(
    worldModule,
    'simulateClaimWorld',
    ...([all, workers, done] as const),
  );
  let next = 0;
  return orders.map(({ length }) => worlds.slice(next, (next += length)));
}

/** Reduces the worlds of one arm: plain and mirrored in turn. */
export function armResult(arm: Arm, agents: number, worlds: readonly ClaimWorldResult[]): ArmResult {
  const pairs = Array.from({ length: worlds.length / 2 }, (_, i): MirroredPair => {
    return { plain: worlds[2 * i], mirrored: worlds[2 * i + 1] };
  });
  const each = (measure: ClaimMeasure): Float64Array =>
    logRatioPseudoValues(sumsOver(pairs, 'rumours', measure), sumsOver(pairs, 'truths', measure));
  const values = { reached: each('reached'), shown: each('shown'), spreaders: each('spreaders'), likes: each('likes') };
  const planted = log(arm.odds[0] / arm.odds[1]);
  const scaled = (list: Float64Array): Estimate => meanInterval(Float64Array.from(list, (one) => one / planted));
  return {
    ...{ arm, agents, pairs, values },
    logRatio: {
      ...{ reached: meanInterval(values.reached), shown: meanInterval(values.shown) },
      ...{ spreaders: meanInterval(values.spreaders), likes: meanInterval(values.likes) },
    },
    perLook: meanInterval(values.spreaders.map((one, i) => one - values.shown[i])),
    amplification: { reached: scaled(values.reached), spreaders: scaled(values.spreaders) },
  };
}

/** Over both worlds of each seed: the rumours are the second of each pair, in the mirrored world the first. */
export function sumsOver(
  pairs: readonly MirroredPair[],
  role: 'rumours' | 'truths',
  measure: keyof ClaimSums,
): number[] {
  const [plain, mirrored] = role === 'rumours' ? (['second', 'first'] as const) : (['first', 'second'] as const);
  return pairs.map((pair) => pair.plain[plain][measure] + pair.mirrored[mirrored][measure]);
}

function contrastsOf(main: ArmResult, arms: readonly ArmResult[]): ArmContrast[] {
  const over = (one: ArmResult, role: 'rumours' | 'truths'): Estimate =>
    meanInterval(logRatioPseudoValues(sumsOver(one.pairs, role, 'reached'), sumsOver(main.pairs, role, 'reached')));
  const tests = arms.map(({ values }) => pairedTest(values.reached.map((one, i) => one - main.values.reached[i])));
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return arms.map((one, i) => {
    const { value, interval, n, pValue } = tests[i];
    const estimates = { rumours: over(one, 'rumours'), truths: over(one, 'truths') };
    return { arm: one.arm, difference: { value, interval, n }, pValue, holmP: adjusted[i], ...estimates };
  });
}
