/**
 * Sums over risk sets: weights, weighted covariates and their products, kept up to date while rows enter and leave.
 *
 * Reads risk sets, covariates (centred, scaled, in the order of places) and a weight exp(η) for each place; hands the sums of every
 * moment to a visitor. At moment t, with r the weights,
 *
 *     total = Σ r    first = Σ r x    second = Σ r x x'    over the rows at risk, and the same over the events of the moment.
 *
 * Subtracting what leaves would lose digits after a heavy row left, so the sums are built anew once the total has fallen to
 * a millionth of its peak. Invariant: the visitor must not keep the sums; they are written over.
 * Oracle: the double loop in `test/analysis/estimators/cox.test.ts`.
 */
import type { RiskSets } from './risk-sets.ts';

/** Sums over a set of rows. `second` holds the lower triangle, row after row of a square. */
export interface RiskSums {
  total: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** What a visitor sees at a moment. */
export interface MomentSums {
  moment: number;
  readonly atRisk: RiskSums;
  readonly deaths: RiskSums;
}

/** Covariates of rows in the order of places. */
export interface PlacedCovariates {
  readonly count: number;
  /** Value of covariate c at place p: values[p * count + c]. */
  readonly values: Float64Array;
}

const rebuildBelowShare = 1e-6;

/** Walks all moments. With `withProducts` false, `second` stays zero. */
export function walkRiskSums(
  sets: RiskSets,
  covariates: PlacedCovariates,
  weights: Float64Array,
  withProducts: boolean,
  visit: (sums: MomentSums) => void,
): void {
  const { opensStratum, enteredEnd, leftEnd, deathStart, deathCount, leaving, momentTime } = sets;
  const atRisk = emptySums(covariates.count);
  const deaths = emptySums(covariates.count);
  const sums: MomentSums = { moment: 0, atRisk, deaths };
  let entered = 0;
  let left = 0;
  let stratumStart = 0;
  let peak = 0;
  for (let moment = 0; moment < momentTime.length; moment++) {
    if (opensStratum[moment] === 1) {
      clear(atRisk);
      peak = 0;
      // All of the stratum before have entered; those that never left need not.
      stratumStart = entered;
    }
    for (; entered < enteredEnd[moment]; entered++) add(atRisk, covariates, weights, entered, 1, withProducts);
    peak = Math.max(peak, atRisk.total);
    for (; left < leftEnd[moment]; left++) {
      if (leaving[left] >= stratumStart) add(atRisk, covariates, weights, leaving[left], -1, withProducts);
    }
    if (atRisk.total < rebuildBelowShare * peak) {
      clear(atRisk);
      for (let place = stratumStart; place < entered; place++) {
        if (sets.endMoment[place] > moment) add(atRisk, covariates, weights, place, 1, withProducts);
      }
      peak = atRisk.total;
    }
    clear(deaths);
    for (let place = deathStart[moment]; place < deathStart[moment] + deathCount[moment]; place++) {
      add(deaths, covariates, weights, place, 1, withProducts);
    }
    sums.moment = moment;
    visit(sums);
  }
}

function emptySums(count: number): RiskSums {
  return { total: 0, first: new Float64Array(count), second: new Float64Array(count * count) };
}

function clear(sums: RiskSums): void {
  sums.total = 0;
  sums.first.fill(0);
  sums.second.fill(0);
}

function add(
  sums: RiskSums,
  { count, values }: PlacedCovariates,
  weights: Float64Array,
  place: number,
  sign: 1 | -1,
  withProducts: boolean,
): void {
  const weight = sign * weights[place];
  const { first, second } = sums;
  const from = place * count;
  sums.total += weight;
  for (let row = 0; row < count; row++) {
    const weighted = weight * values[from + row];
    first[row] += weighted;
    if (!withProducts) continue;
    for (let column = 0; column <= row; column++) second[row * count + column] += weighted * values[from + column];
  }
}
