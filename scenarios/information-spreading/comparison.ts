/**
 * What the study compares: the minute-by-minute cascade with its baselines, and sizes, depths and times of many cascades with those of
 * real ones, a world without spreading, a branching process, and the distance between two halves of the real ones.
 *
 * The unit of replication is the world; intervals over worlds are percentile bootstraps.
 */
import { readFileSync } from 'node:fs';
import { drawBranching } from '../../analysis/estimators/branching.ts';
import { spearman } from '../../analysis/estimators/correlation.ts';
import { normalisedError } from '../../analysis/estimators/curve-error.ts';
import { kolmogorovSmirnov, quantiles } from '../../analysis/estimators/distribution.ts';
import { bestConstant, exponentialSaturation, logarithm, persistence } from '../../analysis/estimators/growth-curve.ts';
import { bootstrapInterval, meanInterval } from '../../analysis/estimators/interval.ts';
import { randomStream, shuffle, streamPurposes } from '../../sim/ground/philox.ts';
import { usersMin } from './real-cascades.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { CascadeColumns } from './real-cascades.ts';
import type { WorldResult } from './world.ts';

/** Minutes that parameters of the minute-by-minute cascade were fitted to, and minutes that are compared. */
export const fitMinutes = 31;
export const comparedMinutes = 150;

/** The real cascade, minute by minute. */
export interface MinuteCascade {
  readonly scale: number[];
  readonly depth: number[];
  readonly max_breadth: number[];
}

export function readMinuteCascade(file: string): MinuteCascade {
  return JSON.parse(readFileSync(file, 'utf8')) as MinuteCascade;
}

/** Normalised errors of the minute-by-minute cascade. */
export interface MinuteComparison {
  readonly scale: Estimate;
  readonly breadth: Estimate;
  readonly scaleAfterFit: Estimate;
  readonly depth: Estimate;
  /** Mean of simulated less real depth at the last compared minute. */
  readonly depthBias: Estimate;
  readonly baselines: readonly { readonly name: string; readonly all: number; readonly afterFit: number }[];
}

/** Compares each seed with the real curve, then averages. */
export function compareMinutes(real: MinuteCascade, worlds: readonly WorldResult[]): MinuteComparison {
  const curves = worlds.flatMap((world) => (world.curves === undefined ? [] : [world.curves]));
  const all = { fromMinute: 0, toMinute: comparedMinutes };
  const after = { fromMinute: fitMinutes, toMinute: comparedMinutes };
  const each = (error: (curve: (typeof curves)[number]) => number): Estimate => meanInterval(curves.map(error));
  const last = comparedMinutes - 1;
  const fits = [
    { name: 'best constant', fit: bestConstant },
    { name: 'persistence', fit: persistence },
    { name: 'exponential', fit: exponentialSaturation },
    { name: 'logarithm', fit: logarithm },
  ];
  return {
    scale: each((curve) => normalisedError(curve.scale, real.scale, all)),
    breadth: each((curve) => normalisedError(curve.maxBreadth, real.max_breadth, all)),
    scaleAfterFit: each((curve) => normalisedError(curve.scale, real.scale, after)),
    depth: each((curve) => normalisedError(curve.depth, real.depth, all)),
    depthBias: each((curve) => curve.depth[last] - real.depth[last]),
    baselines: fits.map(({ name, fit }) => {
      const curve = fit(real.scale, fitMinutes, comparedMinutes);
      return {
        name,
        all: normalisedError(curve, real.scale, all),
        afterFit: normalisedError(curve, real.scale, after),
      };
    }),
  };
}

/** Kolmogorov-Smirnov distances between simulated and real cascades. */
export interface CascadeComparison {
  readonly cascades: number;
  readonly simulated: number;
  readonly realCount: number;
  /** Intervals over worlds alone: the real cascades are what they are. */
  readonly users: Estimate;
  readonly depth: Estimate;
  /** Intervals over worlds and over real cascades: what other cascades from the same source would give. */
  readonly usersOverBoth: Estimate;
  readonly depthOverBoth: Estimate;
  readonly medianHours: Estimate;
  readonly lastHours: Estimate;
  readonly spearman: Estimate;
  readonly spearmanReal: number;
  readonly censoredShare: number;
}

/** Cascades of several worlds put together, those of at least `usersMin` users. */
export function largeCascades(worlds: readonly WorldResult[]): CascadeColumns {
  const columns: CascadeColumns = { users: [], depth: [], medianHours: [], lastHours: [] };
  for (const world of worlds) {
    world.users.forEach((users, i) => {
      if (users < usersMin) return;
      columns.users.push(users);
      columns.depth.push(world.depth[i]);
      columns.medianHours.push(world.medianHours[i]);
      columns.lastHours.push(world.lastHours[i]);
    });
  }
  return columns;
}

const bootstrapCount = 400;

/**
 * Compares the large cascades of some worlds with the real ones. Worlds are put together; without three of them there is no interval. Intervals are
 * percentile bootstraps. A distance between resampled sets lies above that of the sets, so those over both say how far other cascades could lie.
 */
export function compareCascades(real: CascadeColumns, worlds: readonly WorldResult[], seed: number): CascadeComparison {
  const whole = largeCascades(worlds);
  const overWorlds = (statistic: (columns: CascadeColumns) => number, value = statistic(whole)): Estimate => {
    if (worlds.length < 3) return { value, interval: [Number.NaN, Number.NaN], n: worlds.length };
    const places = Float64Array.from(worlds, (_, i) => i);
    const resampled = (chosen: ArrayLike<number>): number =>
      statistic(largeCascades(Array.from(chosen, (i) => worlds[i])));
    const stream = randomStream(seed, streamPurposes.bootstrap);
    const options = { replicateCount: bootstrapCount, kind: 'percentile' } as const;
    return { ...bootstrapInterval(places, resampled, stream, options), value };
  };
  const between = (simulated: readonly number[], observed: readonly number[]): number =>
    simulated.length === 0 || observed.length === 0 ? 1 : kolmogorovSmirnov(simulated, observed).statistic;
  const distance = (name: keyof CascadeColumns): Estimate =>
    overWorlds((columns) => between(columns[name], real[name]));
  const overBoth = (name: 'users' | 'depth'): Estimate => {
    const stream = randomStream(seed, streamPurposes.sample);
    const drawn = (): number[] => real[name].map(() => real[name][stream.below(real[name].length)]);
    return overWorlds((columns) => between(columns[name], drawn()), between(whole[name], real[name]));
  };
  const censored = worlds.flatMap((world) => world.censored);
  return {
    cascades: whole.users.length,
    simulated: censored.length,
    realCount: real.users.length,
    users: distance('users'),
    depth: distance('depth'),
    usersOverBoth: overBoth('users'),
    depthOverBoth: overBoth('depth'),
    medianHours: distance('medianHours'),
    lastHours: distance('lastHours'),
    spearman: overWorlds((columns) => spearman(columns.users, columns.depth).coefficient),
    spearmanReal: spearman(real.users, real.depth).coefficient,
    censoredShare: censored.filter((one) => one).length / Math.max(1, censored.length),
  };
}

/** How far two sets of real cascades lie from each other: a model cannot be asked to come nearer than that. */
export interface NoiseFloor {
  /** Sizes of the two sets. */
  readonly counts: readonly [number, number];
  readonly users: { readonly mean: number; readonly upper: number };
  readonly depth: { readonly mean: number; readonly upper: number };
}

const floorDraws = 2000;

/** Distances between two random halves of the real cascades: their mean, and what 95 of 100 splits stay below. */
export function halvesApart(real: Pick<CascadeColumns, 'users' | 'depth'>, seed: number): NoiseFloor {
  const count = real.users.length;
  const first = Math.ceil(count / 2);
  const stream = randomStream(seed, streamPurposes.permutation);
  const found = { users: new Float64Array(floorDraws), depth: new Float64Array(floorDraws) };
  const order = Int32Array.from(real.users.keys());
  for (let draw = 0; draw < floorDraws; draw++) {
    shuffle(order, stream);
    for (const name of ['users', 'depth'] as const) {
      const values = Float64Array.from(order, (row) => real[name][row]);
      found[name][draw] = kolmogorovSmirnov(values.subarray(0, first), values.subarray(first)).statistic;
    }
  }
  const summary = (draws: Float64Array): NoiseFloor['users'] => ({
    mean: meanInterval(draws).value,
    upper: quantiles(draws, [0.95])[0],
  });
  return { counts: [first, count - first], users: summary(found.users), depth: summary(found.depth) };
}

/** A one-parameter branching process with the R whose sizes lie nearest to those of the fit half, beside the cascades compared with. */
export interface BranchingComparison {
  readonly meanFollowers: number;
  readonly users: number;
  readonly depth: number;
  readonly columns: Pick<CascadeColumns, 'users' | 'depth'>;
}

const branchingSizeMax = 2000;
const branchingCascades = 400;

/** Fits R on a grid by the distance of sizes to `fit`; cascades below `usersMin` are drawn again, as in the real selection. */
export function compareBranching(fit: CascadeColumns, real: CascadeColumns, seed: number): BranchingComparison {
  let least = Infinity;
  let best: Pick<BranchingComparison, 'meanFollowers' | 'columns'> | undefined;
  for (let step = 0; step <= 12; step++) {
    const meanFollowers = 0.9 + step * 0.025;
    const columns = drawLargeBranching(meanFollowers, randomStream(seed, streamPurposes.calibration, step));
    if (columns.users.length < branchingCascades / 4) continue;
    const distance = kolmogorovSmirnov(columns.users, fit.users).statistic;
    if (distance < least) best = { meanFollowers, columns };
    least = Math.min(least, distance);
  }
  if (best === undefined) return { meanFollowers: Number.NaN, users: 1, depth: 1, columns: { users: [], depth: [] } };
  return {
    ...best,
    users: kolmogorovSmirnov(best.columns.users, real.users).statistic,
    depth: kolmogorovSmirnov(best.columns.depth, real.depth).statistic,
  };
}

function drawLargeBranching(
  meanFollowers: number,
  stream: { uniform(): number },
): Pick<CascadeColumns, 'users' | 'depth'> {
  const users: number[] = [];
  const depth: number[] = [];
  for (let tries = 0; tries < 40_000 && users.length < branchingCascades; tries++) {
    const drawn = drawBranching(meanFollowers, branchingSizeMax, stream);
    if (drawn.size < usersMin) continue;
    users.push(drawn.size);
    depth.push(drawn.depth);
  }
  return { users, depth };
}
