/**
 * Whether hazard ratios stay the same over time: the score test of Grambsch and Therneau, by covariate and over all.
 *
 * Each covariate x is joined by x g(t), g a transform of time, and the test asks whether the score of the added coefficients is too
 * far from zero at the fit. Their information is exact here, Σ over moments of V, g V and g² V with V the covariance inside
 * the risk set, where the older test took one average V for all times. g is centred over the events: no statistic depends on
 * that, since the score of x is zero at the fit, but their digits do.
 * Oracle: cox.zph of R survival 3.5-3 (km, rank, identity, log; strata, start-stop, ties), in `test/data/survival.json`.
 * Source: Grambsch and Therneau (1994, Biometrika 81).
 */
import { ranks } from './correlation.ts';
import { addVariance, mirror, stepMean, tieStepsOf, weightsAt } from './cox-likelihood.ts';
import type { CoxDesign } from './cox-likelihood.ts';
import type { ChiSquaredTest } from './cox.ts';
import { survivalBefore } from './kaplan-meier.ts';
import type { SurvivalColumns } from './risk-sets.ts';
import { walkRiskSums } from './risk-sums.ts';
import { chiSquaredTail } from './special-functions.ts';
import { factorOf, inverseQuadraticForm, submatrix } from './symmetric-matrix.ts';

/** How time is transformed: one less Kaplan and Meier's survival just before, the rank among all rows' ends, time itself, its log. */
export type TimeTransform = 'km' | 'rank' | 'identity' | 'log';

/** Covariates that are tested together: the columns of one factor. */
export interface TestedTerm {
  readonly name: string;
  readonly covariates: readonly number[];
}

/** Small p values speak against proportional hazards. */
export interface ProportionalHazardsTest {
  readonly transform: TimeTransform;
  readonly terms: readonly (ChiSquaredTest & { readonly name: string })[];
  readonly global: ChiSquaredTest;
}

/** Tests each term and all together, at a β in scaled units. */
export function testProportionalHazards(
  design: CoxDesign,
  beta: Float64Array,
  terms: readonly TestedTerm[],
  transform: TimeTransform = 'km',
): ProportionalHazardsTest {
  const { count } = design.covariates;
  const { score, information } = timedScore(design, beta, transform);
  const own = Array.from({ length: count }, (_, covariate) => covariate);
  const testOf = (covariates: readonly number[]): ChiSquaredTest => {
    const rows = [...own, ...covariates.map((covariate) => count + covariate)];
    const factored = factorOf(submatrix(information, 2 * count, rows), rows.length);
    const vector = [...own.map(() => 0), ...covariates.map((covariate) => score[covariate])];
    const statistic = inverseQuadraticForm(factored, vector);
    const degreesOfFreedom = covariates.length;
    return { statistic, degreesOfFreedom, pValue: chiSquaredTail(statistic, degreesOfFreedom) };
  };
  return {
    transform,
    terms: terms.map(({ name, covariates }) => ({ name, ...testOf(covariates) })),
    global: testOf(own),
  };
}

/** Score of the added coefficients, and the information of all 2p, the given ones first. */
function timedScore(
  design: CoxDesign,
  beta: Float64Array,
  transform: TimeTransform,
): { score: Float64Array; information: Float64Array } {
  const { sets, covariates, ties } = design;
  const { count } = covariates;
  const { weights } = weightsAt(design, beta);
  const timeValue = momentValues(design, transform);
  const blocks = [0, 1, 2].map(() => new Float64Array(count * count));
  const score = new Float64Array(count);
  const mean = new Float64Array(count);
  walkRiskSums(sets, covariates, weights, true, (sums) => {
    const { moment } = sums;
    const g = timeValue[moment];
    const first = sets.deathStart[moment];
    for (let place = first; place < first + sets.deathCount[moment]; place++) {
      for (let covariate = 0; covariate < count; covariate++) {
        score[covariate] += g * covariates.values[place * count + covariate];
      }
    }
    for (const step of tieStepsOf(ties, sets.deathCount[moment])) {
      const total = stepMean(sums, step, mean);
      for (let covariate = 0; covariate < count; covariate++) score[covariate] -= g * step.times * mean[covariate];
      addVariance(sums, step, total, mean, step.times, blocks[0]);
      addVariance(sums, step, total, mean, step.times * g, blocks[1]);
      addVariance(sums, step, total, mean, step.times * g * g, blocks[2]);
    }
  });
  for (const block of blocks) mirror(block, count);
  return { score, information: joined(blocks, count) };
}

/** [[first, second], [second, third]] of three square blocks. */
function joined(blocks: readonly Float64Array[], count: number): Float64Array {
  const whole = new Float64Array(4 * count * count);
  for (let row = 0; row < 2 * count; row++) {
    for (let column = 0; column < 2 * count; column++) {
      const block = (row >= count ? 1 : 0) + (column >= count ? 1 : 0);
      whole[row * 2 * count + column] = blocks[block][(row % count) * count + (column % count)];
    }
  }
  return whole;
}

/** g at each moment, less its mean over the events. */
function momentValues({ columns, sets }: CoxDesign, transform: TimeTransform): Float64Array {
  const rowValue = transformed(columns, transform);
  const values = new Float64Array(sets.momentTime.length);
  let sum = 0;
  for (let moment = 0; moment < values.length; moment++) {
    values[moment] = rowValue(sets.rowOf[sets.deathStart[moment]]);
    sum += values[moment] * sets.deathCount[moment];
  }
  const mean = sum / sets.eventCount;
  return values.map((value) => value - mean);
}

function transformed(columns: SurvivalColumns, transform: TimeTransform): (row: number) => number {
  const { stop } = columns;
  if (transform === 'identity') return (row) => stop[row];
  if (transform === 'log') return (row) => Math.log(stop[row]);
  if (transform === 'rank') {
    const rank = ranks(stop);
    return (row) => rank[row];
  }
  const before = survivalBefore(columns);
  return (row) => 1 - before(stop[row]);
}
