/**
 * Ablations of the study: what each mechanism is worth, beside what OASIS reports of taking it away (arXiv 2411.11581, section on ablations).
 *
 * OASIS prints curves and no numbers for them: without its recommender spreading stops early, as the broadcast of one account; with activity vectors of
 * ones curves fit much worse; with a weaker match of topics they fit worse. Here an arm is a change of the scenario, run on the seeds of the whole
 * one, and every number is of pairs of worlds of one seed, the arm less the whole. Order: arms as below.
 * Invariant: an arm differs from the whole in its settings alone.
 */
import { normalisedError } from '../../analysis/estimators/curve-error.ts';
import { kolmogorovSmirnov } from '../../analysis/estimators/distribution.ts';
import { meanInterval } from '../../analysis/estimators/interval.ts';
import { comparedMinutes, largeCascades } from './comparison.ts';
import type { Estimate } from '../../analysis/estimators/interval.ts';
import type { MinuteCascade } from './comparison.ts';
import type { CascadeColumns } from './real-cascades.ts';
import type { WorldResult } from './world.ts';

/** Numbers of a world by which arms are compared. */
export const ablationMeasures = {
  minutes: {
    scaleError: 'normalised error of users, minutes 0 to 149',
    usersAtEnd: 'users at minute 149',
    depthAtEnd: 'depth at minute 149',
  },
  worlds: {
    meanUsers: 'mean users of the cascades of prominent accounts',
    meanDepth: 'mean depth of them',
    usersDistance: 'Kolmogorov-Smirnov distance of sizes',
    depthDistance: 'Kolmogorov-Smirnov distance of depths',
  },
} as const;

/** Which worlds: those that follow one cascade by minute, or those of generated agents. */
export type AblationPart = keyof typeof ablationMeasures;

/** One mechanism taken away, and which way OASIS says that this goes. */
export interface Ablation {
  readonly name: string;
  readonly part: AblationPart;
  readonly set: readonly string[];
  readonly published: string;
  readonly expects: readonly { readonly measure: string; readonly direction: 'higher' | 'lower' }[];
}

const stopsEarly = 'without its recommender spreading stops early';
const fitsWorse = 'with activity vectors of ones curves fit much worse';
const lower = (measure: string) => ({ measure, direction: 'lower' as const });
const higher = (measure: string) => ({ measure, direction: 'higher' as const });

/** All arms. */
export const ablations: readonly Ablation[] = [
  {
    ...{ name: 'recommender off', part: 'minutes', set: ['feed.outOfNetworkShare=0'], published: stopsEarly },
    expects: [lower('usersAtEnd'), lower('depthAtEnd')],
  },
  {
    ...{ name: 'activity flat', part: 'minutes', published: fitsWorse, expects: [higher('scaleError')] },
    set: ['population.activityExponent=0', 'population.hourSmoothing=1000'],
  },
  {
    ...{ name: 'active at every step', part: 'minutes', published: fitsWorse, expects: [higher('scaleError')] },
    set: ['population.activityExponent=0', 'population.hourSmoothing=1000', 'population.wakesPerDayMean=1440'],
  },
  {
    ...{ name: 'recommender off', part: 'worlds', set: ['feed.outOfNetworkShare=0'], published: stopsEarly },
    expects: [lower('meanUsers'), lower('meanDepth')],
  },
  {
    ...{ name: 'activity flat', part: 'worlds', published: fitsWorse, expects: [higher('usersDistance')] },
    set: ['population.activitySpread=0', 'population.hoursFile=mesocosm:cascades/flat-hours.csv'],
  },
  {
    ...{ name: 'topic mismatch', part: 'worlds', set: ['topicFocusShare=0'] },
    published: 'with a model that matches topics less well spreading fits worse',
    expects: [higher('usersDistance')],
  },
];

/** An arm beside the whole scenario. */
export interface AblationResult {
  readonly name: string;
  readonly part: AblationPart;
  readonly set: readonly string[];
  readonly published: string;
  readonly pairs: number;
  readonly measures: readonly {
    readonly measure: string;
    readonly definition: string;
    readonly whole: number;
    readonly arm: number;
    /** The arm less the whole, over pairs of worlds of one seed. */
    readonly difference: Estimate;
    /** As OASIS says; null where it says nothing of the measure. */
    readonly asPublished: 'yes' | 'undecided' | 'no' | null;
  }[];
}

/** Compares an arm with the whole scenario, world by world of one seed. */
export function compareAblation(
  ablation: Ablation,
  whole: readonly WorldResult[],
  arm: readonly WorldResult[],
  real: { readonly minute: MinuteCascade; readonly cascades: CascadeColumns },
): AblationResult {
  const { name, part, set, published, expects } = ablation;
  const pairs = arm.flatMap((one) => {
    const same = whole.find(({ seed }) => seed === one.seed);
    return same === undefined ? [] : [{ whole: same, arm: one }];
  });
  const numbersOf = (world: WorldResult): Readonly<Record<string, number>> =>
    part === 'minutes' ? minuteNumbers(world, real.minute) : worldNumbers(world, real.cascades);
  const numbers = pairs.map((pair) => ({ whole: numbersOf(pair.whole), arm: numbersOf(pair.arm) }));
  const measures = Object.entries(ablationMeasures[part]).map(([measure, definition]) => {
    const difference = meanInterval(numbers.map((pair) => pair.arm[measure] - pair.whole[measure]));
    const expected = expects.find((one) => one.measure === measure)?.direction;
    return {
      ...{ measure, definition, difference },
      whole: meanInterval(numbers.map((pair) => pair.whole[measure])).value,
      arm: meanInterval(numbers.map((pair) => pair.arm[measure])).value,
      asPublished: expected === undefined ? null : verdictOf(difference, expected),
    };
  });
  return { name, part, set, published, pairs: pairs.length, measures };
}

function verdictOf({ interval }: Estimate, expected: 'higher' | 'lower'): 'yes' | 'undecided' | 'no' {
  const [least, most] = expected === 'higher' ? interval : [-interval[1], -interval[0]];
  return least > 0 ? 'yes' : most < 0 ? 'no' : 'undecided';
}

function minuteNumbers({ curves }: WorldResult, real: MinuteCascade): Record<string, number> {
  const last = comparedMinutes - 1;
  if (curves === undefined) return { scaleError: Number.NaN, usersAtEnd: Number.NaN, depthAtEnd: Number.NaN };
  const range = { fromMinute: 0, toMinute: comparedMinutes };
  return {
    scaleError: normalisedError(curves.scale, real.scale, range),
    usersAtEnd: curves.scale[last],
    depthAtEnd: curves.depth[last],
  };
}

function worldNumbers(world: WorldResult, real: CascadeColumns): Record<string, number> {
  const large = largeCascades([world]);
  // No cascade that large: as far apart as can be.
  const distance = (name: 'users' | 'depth'): number =>
    large[name].length === 0 ? 1 : kolmogorovSmirnov(large[name], real[name]).statistic;
  const mean = (values: readonly number[]): number => meanInterval(values).value;
  return {
    meanUsers: mean(world.users),
    meanDepth: mean(world.depth),
    usersDistance: distance('users'),
    depthDistance: distance('depth'),
  };
}
