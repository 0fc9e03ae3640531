/**
 * The log-rank test: whether groups have one survival curve; with a power of survival as weight, its family.
 *
 * At each event time the events of a group are compared with its share of those at risk, and the differences are summed with weights
 * S(t-)^rho, S being Kaplan and Meier's survival of all together: rho 0 is the log-rank test, rho 1 Peto and Peto's version of
 * Wilcoxon's, which looks at early differences. The variance is that of the hypergeometric distribution.
 * Oracle: survdiff of R survival 3.5-3, `test/data/survival.json`.
 * Sources: Mantel (1966); Harrington and Fleming (1982, Biometrika 69).
 */
import { assertInvariant } from '../../sim/ground/errors.ts';
import type { ChiSquaredTest } from './cox.ts';
import { chiSquaredTail } from './special-functions.ts';
import { factorOf, inverseQuadraticForm } from './symmetric-matrix.ts';

/** Right-censored rows in groups. */
export interface GroupedSurvival {
  readonly stop: ArrayLike<number>;
  /** 1 or 0. */
  readonly event: ArrayLike<number>;
  /** Group of each row, an integer in [0, groupCount). */
  readonly group: ArrayLike<number>;
  readonly groupCount: number;
}

/** The test, and what each group had and would have had under one curve (both weighted if rho is not 0). */
export interface LogRankTest extends ChiSquaredTest {
  readonly rho: number;
  readonly observed: Float64Array;
  readonly expected: Float64Array;
}

/** Tests all groups against one another. Degrees of freedom: groups in which an event was expected, less one. */
export function logRankTest({ stop, event, group, groupCount }: GroupedSurvival, rho = 0): LogRankTest {
  assertInvariant(stop.length === group.length && event.length === group.length, 'survival columns differ in length');
  const order = Int32Array.from({ length: stop.length }, (_, row) => row).sort((a, b) => stop[a] - stop[b]);
  const atRisk = new Float64Array(groupCount);
  const died = new Float64Array(groupCount);
  for (let row = 0; row < group.length; row++) atRisk[group[row]]++;
  const sums: Sums = {
    observed: new Float64Array(groupCount),
    expected: new Float64Array(groupCount),
    variance: new Float64Array(groupCount * groupCount),
  };
  let survival = 1;
  for (let index = 0; index < order.length;) {
    const total = order.length - index;
    const time = stop[order[index]];
    died.fill(0);
    let deaths = 0;
    let end = index;
    for (; end < order.length && stop[order[end]] === time; end++) {
      if (event[order[end]] !== 1) continue;
      died[group[order[end]]]++;
      deaths++;
    }
    if (deaths > 0) {
      // S to the power 0 is 1, also once S has reached 0.
      addTime(sums, { atRisk, died, deaths, total }, rho === 0 ? 1 : survival ** rho);
      survival *= (total - deaths) / total;
    }
    for (; index < end; index++) atRisk[group[order[index]]]--;
  }
  const { observed, expected, variance } = sums;
  const excess = observed.map((value, index) => value - expected[index]);
  const degreesOfFreedom = Math.max(0, expected.reduce((count, value) => count + (value > 0 ? 1 : 0), 0) - 1);
  // The excesses sum to zero, so one row of the variance depends on the others, and its factor leaves it out.
  const statistic = inverseQuadraticForm(factorOf(variance, groupCount, 1e-10), excess);
  const pValue = degreesOfFreedom === 0 ? Number.NaN : chiSquaredTail(statistic, degreesOfFreedom);
  return { statistic, degreesOfFreedom, pValue, rho, observed, expected };
}

interface Sums {
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  readonly variance: Float64Array;
}

interface EventTime {
  readonly atRisk: Float64Array;
  readonly died: Float64Array;
  readonly deaths: number;
  readonly total: number;
}

function addTime(sums: Sums, { atRisk, died, deaths, total }: EventTime, weight: number): void {
  const count = atRisk.length;
  const spread = total > 1 ? (weight * weight * deaths * (total - deaths)) / (total - 1) : 0;
  for (let row = 0; row < count; row++) {
    const share = atRisk[row] / total;
    sums.observed[row] += weight * died[row];
    sums.expected[row] += weight * deaths * share;
    if (share === 0) continue;
    for (let column = 0; column <= row; column++) {
      sums.variance[row * count + column] += spread * share * ((row === column ? 1 : 0) - atRisk[column] / total);
    }
  }
}
