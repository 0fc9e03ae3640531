/**
 * What a calibration knows of its parameters: how the statistics answer to each at the best position, profiles of the loss, correlated residuals.
 *
 * On seeds that the search has not seen. The slope of every statistic is a central difference on common seeds. With J the slopes over scales, J'J tells how
 * sharp the loss is: its inverse gives standard errors and correlations of estimates. A profile moves one parameter away, moves the others along
 * the valley that J'J draws for them, and simulates the loss there: a parameter is identified on a side where the loss rises by more than
 * 3.84 (χ², one degree, 95 %) before the range ends. Source of profiles: Raue and others, Bioinformatics 25, 2009.
 * Residuals of targets over worlds that move together are not independent evidence, which the loss takes them for: such pairs are named.
 */
import { momentsOf } from '../../analysis/estimators/effect-size.ts';
import { factorOf, inverseOf, solve } from '../../analysis/estimators/symmetric-matrix.ts';
import { finiteOrNull } from '../../analysis/measures/measured.ts';
import { numberAt } from './factors.ts';
import { columnOf, meanOf } from './calibrate-problem.ts';
import type { Problem, Statistics } from './calibrate-problem.ts';

/** One parameter at the best position. */
export interface ParameterReport {
  readonly path: string;
  readonly value: number;
  /** value ± 1.96 standard errors in the unit of the search, within its range; null where statistics do not answer to it. */
  readonly interval: [number, number] | null;
  readonly profile: { readonly value: number; readonly loss: number | null }[];
  readonly verdict: 'identified' | 'not identified below' | 'not identified above' | 'not identified';
}

/** The report of a best position. */
export interface Identification {
  readonly freshWorlds: number;
  /** Loss on the fresh seeds. */
  readonly freshLoss: number | null;
  readonly targets: {
    readonly id: string;
    readonly measure: string;
    readonly target: number;
    readonly mean: number | null;
    readonly scale: number;
    readonly residual: number | null;
  }[];
  readonly parameters: ParameterReport[];
  /** Pairs of parameters whose estimates are correlated by more than 0.9. */
  readonly confounded: { readonly paths: [string, string]; readonly correlation: number }[];
  /** Pairs of targets whose statistics are correlated by more than 0.7 over worlds. */
  readonly correlatedTargets: { readonly ids: [string, string]; readonly correlation: number }[];
}

const freshSeedOffset = 1_000_000;
const freshWorldsMin = 8;
const slopeStep = 0.04;
const rise = 3.84;
const profileSteps = [-2, -1, -0.5, 0.5, 1, 2];

/** Looks at the best position on fresh seeds. */
export async function identify(problem: Problem, best: readonly number[]): Promise<Identification> {
  const { plan } = problem;
  const { parameters, targets, replicates, seed } = plan;
  const fresh = { seed: seed + freshSeedOffset, worlds: Math.max(freshWorldsMin, replicates) };
  const sides = parameters.flatMap((_, at) =>
    [-1, 1].map((side) => inCube(best.with(at, best[at] + side * slopeStep))),
  );
  const [here, ...around] = await problem.simulate([best, ...sides], fresh, (at) => `fresh-${at}`);
  const slopes = parameters.map((_, at) => {
    const [below, above] = [around[2 * at], around[2 * at + 1]];
    const width = sides[2 * at + 1][at] - sides[2 * at][at];
    return targets.map(
      (__, target) => (meanOf(above, target) - meanOf(below, target)) / width / problem.scales[target],
    );
  });
  const n = parameters.length;
  const information = new Float64Array(n * n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column < n; column++)
      information[row * n + column] = slopes[row].reduce((sum, one, at) => sum + one * slopes[column][at], 0);
  const covariance = inverseOf(factorOf(information, n));
  const errors = parameters.map((_, at) => Math.sqrt(covariance[at * n + at]));
  const places = parameters.flatMap((_, at) => profilePlaces(best, at, errors[at], information));
  const found = await problem.simulate(places, fresh, (at) => `profile-${at}`);
  const freshLoss = problem.lossOf(here);
  const residuals = problem.residualsOf(here);
  return {
    freshWorlds: fresh.worlds,
    freshLoss: finiteOrNull(freshLoss),
    targets: targets.map(({ id, measure, value }, at) => ({
      ...{ id, measure, target: value, mean: finiteOrNull(meanOf(here, at)), scale: problem.scales[at] },
      residual: finiteOrNull(residuals[at]),
    })),
    parameters: parameters.map((parameter, at) => {
      const from = at * profileSteps.length;
      const losses = found.slice(from, from + profileSteps.length).map((one) => problem.lossOf(one));
      const xs = places.slice(from, from + profileSteps.length).map((place) => place[at]);
      const ends = [-1, 1].map((side) => numberAt(parameter, clamped(best[at] + side * 1.96 * errors[at])));
      return {
        path: parameter.path,
        value: numberAt(parameter, best[at]),
        interval: errors[at] > 0 ? [ends[0], ends[1]] : null,
        profile: xs.map((x, k) => ({ value: numberAt(parameter, x), loss: finiteOrNull(losses[k]) })),
        verdict: verdictOf(xs, losses, best[at], freshLoss),
      };
    }),
    confounded: pairsAbove(0.9, n, (one, other) => covariance[one * n + other] / (errors[one] * errors[other])).map(
      ({ pair, correlation }) => ({ paths: [parameters[pair[0]].path, parameters[pair[1]].path], correlation }),
    ),
    correlatedTargets: pairsAbove(0.7, targets.length, (one, other) => correlationOf(here, one, other)).map(
      ({ pair, correlation }) => ({ ids: [targets[pair[0]].id, targets[pair[1]].id], correlation }),
    ),
  };
}

/** Places of a profile: the parameter moved, the others where the quadratic of J'J has its least value for it. */
function profilePlaces(best: readonly number[], at: number, error: number, information: Float64Array): number[][] {
  const n = best.length;
  const others = best.flatMap((_, axis) => (axis === at ? [] : [axis]));
  const reach = Math.min(0.25, Math.max(0.03, 2 * (error > 0 ? error : 1)));
  const block = Float64Array.from(others.flatMap((row) => others.map((column) => information[row * n + column])));
  const pull = solve(
    factorOf(block, others.length),
    others.map((row) => information[row * n + at]),
  );
  return profileSteps.map((step) => {
    const moved = inCube(best.with(at, best[at] + step * reach));
    const by = moved[at] - best[at];
    others.forEach((axis, k) => (moved[axis] = clamped(best[axis] - pull[k] * by)));
    return moved;
  });
}

function verdictOf(
  xs: readonly number[],
  losses: readonly number[],
  best: number,
  least: number,
): ParameterReport['verdict'] {
  const rises = (side: number): boolean => xs.some((x, k) => side * (x - best) > 0 && !(losses[k] - least <= rise));
  const [below, above] = [rises(-1), rises(1)];
  if (below && above) return 'identified';
  return below ? 'not identified above' : above ? 'not identified below' : 'not identified';
}

function pairsAbove(
  bar: number,
  count: number,
  correlation: (one: number, other: number) => number,
): { pair: [number, number]; correlation: number }[] {
  const pairs = Array.from({ length: count }, (_, one) =>
    Array.from({ length: count - one - 1 }, (__, k): [number, number] => [one, one + 1 + k]),
  ).flat();
  return pairs
    .map((pair) => ({ pair, correlation: correlation(...pair) }))
    .filter((one) => Math.abs(one.correlation) > bar);
}

function correlationOf(statistics: Statistics, one: number, other: number): number {
  const rows = statistics.filter((world) => world[one] !== null && world[other] !== null);
  const [x, y] = [columnOf(rows, one), columnOf(rows, other)];
  const [mx, my] = [momentsOf(x), momentsOf(y)];
  const joint = x.reduce((sum, value, at) => sum + (value - mx.mean) * (y[at] - my.mean), 0) / (x.length - 1);
  return joint / Math.sqrt(mx.variance * my.variance);
}

function clamped(x: number): number {
  return Math.min(1, Math.max(0, x));
}

function inCube(position: readonly number[]): number[] {
  return position.map(clamped);
}
