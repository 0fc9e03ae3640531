/**
 * Cox's partial likelihood with its first two derivatives, for rows (start, stop], strata and tied events.
 *
 * With r = exp(x'β), R the rows at risk at a moment and D its d events, Efron's likelihood (1977, JASA 72) is
 *
 *     Π over moments of  Π_D r / Π_{k=0}^{d-1} ( Σ_R r - k/d Σ_D r )
 *
 * and Breslow's has Σ_R r in each factor: it treats tied events as if each still had all the others beside it, which pulls
 * coefficients towards zero where ties are many. Both are one walk over risk sets, O(n p²), whatever the number of ties.
 * Covariates are centred and divided by their standard deviation, so that sums keep their digits; results are in those units.
 * Oracle: the double loop in `test/analysis/estimators/cox.test.ts`, and R survival in `test/data/survival.json`.
 */
import { riskSetsOf } from './risk-sets.ts';
import type { RiskSets, SurvivalColumns } from './risk-sets.ts';
import { walkRiskSums } from './risk-sums.ts';
import type { MomentSums, PlacedCovariates } from './risk-sums.ts';

/** How events of one time are treated. */
export type Ties = 'efron' | 'breslow';

/** Data of a Cox model, ready to be evaluated. */
export interface CoxDesign {
  readonly columns: SurvivalColumns;
  readonly sets: RiskSets;
  readonly ties: Ties;
  /** Centred and scaled, in the order of places. */
  readonly covariates: PlacedCovariates;
  /** As given, one array a covariate. */
  readonly values: readonly ArrayLike<number>[];
  readonly means: Float64Array;
  /** Standard deviations; 1 for a constant. */
  readonly scales: Float64Array;
  /** Added to η, in the order of places. */
  readonly offset: Float64Array | undefined;
}

/** Log-likelihood at a β in scaled units; score, and information as a full symmetric matrix. */
export interface CoxEvaluation {
  readonly logLikelihood: number;
  readonly score: Float64Array;
  readonly information: Float64Array;
}

/** Orders the rows and scales the covariates. */
export function coxDesignOf(
  columns: SurvivalColumns,
  values: readonly ArrayLike<number>[],
  ties: Ties,
  offset?: ArrayLike<number>,
): CoxDesign {
  const sets = riskSetsOf(columns);
  const count = values.length;
  const means = new Float64Array(count);
  const scales = new Float64Array(count);
  const placed = new Float64Array(sets.rowOf.length * count);
  for (let covariate = 0; covariate < count; covariate++) {
    const { mean, deviation } = momentsOfColumn(values[covariate]);
    means[covariate] = mean;
    scales[covariate] = deviation > 0 ? deviation : 1;
    for (let place = 0; place < sets.rowOf.length; place++) {
      placed[place * count + covariate] = (values[covariate][sets.rowOf[place]] - mean) / scales[covariate];
    }
  }
  const placedOffset = offset === undefined ? undefined : Float64Array.from(sets.rowOf, (row) => offset[row]);
  return { columns, sets, ties, covariates: { count, values: placed }, values, means, scales, offset: placedOffset };
}

function momentsOfColumn(values: ArrayLike<number>): { mean: number; deviation: number } {
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += values[row];
  const mean = sum / values.length;
  let squares = 0;
  for (let row = 0; row < values.length; row++) squares += (values[row] - mean) * (values[row] - mean);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** η = x'β and the offset of each place, and its exponential, both less the greatest η, which cancels in the likelihood. */
export interface Weights {
  readonly linear: Float64Array;
  readonly weights: Float64Array;
  readonly shift: number;
}

/** Weights at a β in scaled units. */
export function weightsAt({ covariates: { count, values }, offset }: CoxDesign, beta: Float64Array): Weights {
  const linear = new Float64Array(count === 0 ? 0 : values.length / count);
  let shift = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < linear.length; place++) {
    let sum = offset?.[place] ?? 0;
    for (let covariate = 0; covariate < count; covariate++) sum += beta[covariate] * values[place * count + covariate];
    linear[place] = sum;
    shift = Math.max(shift, sum);
  }
  const weights = new Float64Array(linear.length);
  for (let place = 0; place < linear.length; place++) {
    linear[place] -= shift;
    weights[place] = Math.exp(linear[place]);
  }
  return { linear, weights, shift };
}

/** One factor of the likelihood: how much of the weight of the tied events it takes away, and how often it stands. */
export interface TieStep {
  readonly removedShare: number;
  readonly times: number;
}

/** The factors of a moment with `deathCount` events; each stretch of Breslow's equal factors is one step. */
export function tieStepsOf(ties: Ties, deathCount: number): TieStep[] {
  if (ties === 'breslow') return [{ removedShare: 0, times: deathCount }];
  return Array.from({ length: deathCount }, (_, index) => ({ removedShare: index / deathCount, times: 1 }));
}

/** A risk set whose weights, against the greatest of all, come to less than this has lost its digits to underflow. */
const smallestTotal = 1e-280;

/** Evaluates the likelihood at a β in scaled units. Where weights underflow, log-likelihood is -Infinity: no place to stay. */
export function evaluateCox(design: CoxDesign, beta: Float64Array): CoxEvaluation {
  const { sets, covariates, ties } = design;
  const { count } = covariates;
  const { linear, weights } = weightsAt(design, beta);
  const score = new Float64Array(count);
  const information = new Float64Array(count * count);
  const mean = new Float64Array(count);
  let logLikelihood = 0;
  let isLost = false;
  walkRiskSums(sets, covariates, weights, true, (sums) => {
    const deathCount = sets.deathCount[sums.moment];
    const first = sets.deathStart[sums.moment];
    for (let place = first; place < first + deathCount; place++) {
      logLikelihood += linear[place];
      for (let covariate = 0; covariate < count; covariate++) {
        score[covariate] += covariates.values[place * count + covariate];
      }
    }
    for (const step of tieStepsOf(ties, deathCount)) {
      const total = stepMean(sums, step, mean);
      // Written so that NaN is lost too.
      if (!(total > smallestTotal)) isLost = true;
      logLikelihood -= step.times * Math.log(total);
      for (let covariate = 0; covariate < count; covariate++) score[covariate] -= step.times * mean[covariate];
      addVariance(sums, step, total, mean, step.times, information);
    }
  });
  mirror(information, count);
  return { logLikelihood: isLost ? Number.NEGATIVE_INFINITY : logLikelihood, score, information };
}

/** Σ r of a step; writes the weighted mean of the covariates to `mean`. */
export function stepMean({ atRisk, deaths }: MomentSums, { removedShare }: TieStep, mean: Float64Array): number {
  const total = atRisk.total - removedShare * deaths.total;
  for (let covariate = 0; covariate < mean.length; covariate++) {
    mean[covariate] = (atRisk.first[covariate] - removedShare * deaths.first[covariate]) / total;
  }
  return total;
}

/** Adds `factor` times the weighted covariance of the covariates in a step to the lower triangle of `into`. */
export function addVariance(
  { atRisk, deaths }: MomentSums,
  { removedShare }: TieStep,
  total: number,
  mean: Float64Array,
  factor: number,
  into: Float64Array,
): void {
  const count = mean.length;
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      const at = row * count + column;
      const product = (atRisk.second[at] - removedShare * deaths.second[at]) / total;
      into[at] += factor * (product - mean[row] * mean[column]);
    }
  }
}

/** Copies the lower triangle to the upper one. */
export function mirror(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) matrix[column * size + row] = matrix[row * size + column];
  }
}
