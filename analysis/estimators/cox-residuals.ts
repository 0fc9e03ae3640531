/**
 * Residuals of a Cox fit: score residuals, the robust variance that they give, and Schoenfeld residuals.
 *
 * The score residual of a row is its share of the score: what it adds as an event less what it adds to each risk set that it is
 * in. Multiplied by the inverse information it is (nearly) how far the coefficients move when the row is left out, `dfbeta`;
 * summed within clusters, their cross-products are the sandwich variance, which holds when rows of a cluster depend on one another.
 * Sums over the moments of a row are differences of running sums, so that all rows together cost O(n p).
 * Oracle: R survival's residuals(type = 'dfbeta', collapse) and (type = 'schoenfeld'), in `test/data/survival.json`.
 * Sources: Lin and Wei (1989, JASA 84); Schoenfeld (1982, Biometrika 69); under Efron's ties as in Therneau and Grambsch (2000,
 * Modeling Survival Data, section 4.2).
 */
import { stepMean, tieStepsOf, weightsAt } from './cox-likelihood.ts';
import type { CoxDesign } from './cox-likelihood.ts';
import { walkRiskSums } from './risk-sums.ts';

/** What the risk sets of all moments add up to, moment by moment. Row m holds the sums over moments before m. */
interface RunningSums {
  /** Σ 1 / total of each factor, and Σ mean / total. */
  readonly hazard: Float64Array;
  readonly meanHazard: Float64Array;
  /** Of each moment alone: Σ removed share / total, Σ removed share × mean / total, and the mean of the means. */
  readonly removed: Float64Array;
  readonly removedMean: Float64Array;
  readonly meanAtEvents: Float64Array;
}

function runningSums(design: CoxDesign, weights: Float64Array): RunningSums {
  const { sets, covariates, ties } = design;
  const { count } = covariates;
  const momentCount = sets.momentTime.length;
  const hazard = new Float64Array(momentCount + 1);
  const meanHazard = new Float64Array((momentCount + 1) * count);
  const removed = new Float64Array(momentCount);
  const removedMean = new Float64Array(momentCount * count);
  const meanAtEvents = new Float64Array(momentCount * count);
  const mean = new Float64Array(count);
  walkRiskSums(sets, covariates, weights, false, (sums) => {
    const { moment } = sums;
    const row = moment * count;
    hazard[moment + 1] = hazard[moment];
    meanHazard.copyWithin(row + count, row, row + count);
    for (const step of tieStepsOf(ties, sets.deathCount[moment])) {
      const total = stepMean(sums, step, mean);
      hazard[moment + 1] += step.times / total;
      removed[moment] += (step.times * step.removedShare) / total;
      for (let covariate = 0; covariate < count; covariate++) {
        const share = (step.times * mean[covariate]) / total;
        meanHazard[row + count + covariate] += share;
        removedMean[row + covariate] += step.removedShare * share;
        meanAtEvents[row + covariate] += (step.times * mean[covariate]) / sets.deathCount[moment];
      }
    }
  });
  return { hazard, meanHazard, removed, removedMean, meanAtEvents };
}

/** Score residuals at a β in scaled units: row by row as the caller gave them, `count` values each; they sum to the score. */
export function scoreResiduals(design: CoxDesign, beta: Float64Array): Float64Array {
  const { sets, covariates, columns } = design;
  const { count, values } = covariates;
  const { weights } = weightsAt(design, beta);
  const sums = runningSums(design, weights);
  const residuals = new Float64Array(sets.rowCount * count);
  for (let place = 0; place < sets.rowOf.length; place++) {
    const row = sets.rowOf[place];
    const first = sets.firstMoment[place];
    const end = sets.endMoment[place];
    const hazard = sums.hazard[end] - sums.hazard[first];
    const isEvent = columns.event[row] === 1;
    for (let covariate = 0; covariate < count; covariate++) {
      const x = values[place * count + covariate];
      const meanHazard = sums.meanHazard[end * count + covariate] - sums.meanHazard[first * count + covariate];
      let residual = weights[place] * (meanHazard - x * hazard);
      if (isEvent) {
        // An event's moment is the first that its row is at risk at. It counts there with what the factors have left of it.
        const at = first * count + covariate;
        residual += x - sums.meanAtEvents[at] + weights[place] * (x * sums.removed[first] - sums.removedMean[at]);
      }
      residuals[row * count + covariate] = residual;
    }
  }
  return residuals;
}

/** A variance that allows for dependence inside clusters, and how many clusters there were. */
export interface RobustVariance {
  readonly variance: Float64Array;
  readonly clusterCount: number;
}

/** Grouped sandwich variance in scaled units; `variance` is the inverse information, full. */
export function robustVarianceOf(
  design: CoxDesign,
  beta: Float64Array,
  variance: Float64Array,
  cluster: ArrayLike<number>,
): RobustVariance {
  const { count } = design.covariates;
  const residuals = scoreResiduals(design, beta);
  const clusterOf = new Map<number, number>();
  const grouped: number[] = [];
  for (let row = 0; row < design.sets.rowCount; row++) {
    let index = clusterOf.get(cluster[row]);
    if (index === undefined) {
      index = clusterOf.size;
      clusterOf.set(cluster[row], index);
      for (let covariate = 0; covariate < count; covariate++) grouped.push(0);
    }
    for (let covariate = 0; covariate < count; covariate++) {
      grouped[index * count + covariate] += residuals[row * count + covariate];
    }
  }
  const robust = new Float64Array(count * count);
  const moved = new Float64Array(count);
  for (let index = 0; index < clusterOf.size; index++) {
    moved.fill(0);
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        moved[row] += variance[row * count + column] * grouped[index * count + column];
      }
    }
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) robust[row * count + column] += moved[row] * moved[column];
    }
  }
  return { variance: robust, clusterCount: clusterOf.size };
}

/** Schoenfeld residuals: one row an event, in the order of `rows`. */
export interface SchoenfeldResiduals {
  /** The caller's row of each event: strata ascending, inside each by time, descending. */
  readonly rows: Int32Array;
  /** `count` values an event, in the caller's units: x less its mean over the risk set. */
  readonly values: Float64Array;
}

/** Schoenfeld residuals at a β in scaled units. */
export function schoenfeldResiduals(design: CoxDesign, beta: Float64Array): SchoenfeldResiduals {
  const { sets, covariates, scales } = design;
  const { count } = covariates;
  const { meanAtEvents } = runningSums(design, weightsAt(design, beta).weights);
  const rows = new Int32Array(sets.eventCount);
  const values = new Float64Array(sets.eventCount * count);
  let event = 0;
  for (let moment = 0; moment < sets.momentTime.length; moment++) {
    for (let tied = 0; tied < sets.deathCount[moment]; tied++, event++) {
      const place = sets.deathStart[moment] + tied;
      rows[event] = sets.rowOf[place];
      for (let covariate = 0; covariate < count; covariate++) {
        const mean = meanAtEvents[moment * count + covariate];
        values[event * count + covariate] = (covariates.values[place * count + covariate] - mean) * scales[covariate];
      }
    }
  }
  return { rows, values };
}
