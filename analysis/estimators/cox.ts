/**
 * Cox's proportional-hazards regression: coefficients, errors (naive and cluster-robust), tests, and what cannot be estimated.
 *
 * Newton and Raphson from zero. A step that lowers the likelihood is halved towards where it came from; the search ends when the
 * likelihood changes by less than 10^-9 of itself, R's rule, so that a fit takes R's path and ends where R ends.
 * Covariates that are a combination of others in every risk set are refused by name before the search. A likelihood that goes on
 * rising while a coefficient runs to infinity (all events on one side of a covariate) ends in a warning, since error and Wald
 * interval mean nothing there; the likelihood ratio still does.
 * Invariant: nothing is drawn, and no order of rows changes more than the last digits.
 * Oracle: R survival 3.5-3, `test/data/survival.json`. Source: Cox (1972, JRSS B 34); Therneau and Grambsch (2000).
 */
import { InputError, assertInvariant, echo } from '../../sim/ground/errors.ts';
import { normalQuantile } from '../../sim/ground/detmath.ts';
import { coxDesignOf, evaluateCox } from './cox-likelihood.ts';
import type { CoxDesign, CoxEvaluation, Ties } from './cox-likelihood.ts';
import { robustVarianceOf } from './cox-residuals.ts';
import { factorOf, inverseOf, inverseQuadraticForm, solve, submatrix } from './symmetric-matrix.ts';
import type { SymmetricFactor } from './symmetric-matrix.ts';
import type { SurvivalColumns } from './risk-sets.ts';
import { chiSquaredTail, normalTail } from './special-functions.ts';

/** A column to regress on. */
export interface Covariate {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** Choices of a fit. */
export interface CoxOptions {
  /** `efron`, the default, or `breslow`. */
  readonly ties?: Ties;
  /** Any numbers: rows with equal numbers depend on one another, and errors become robust to that. */
  readonly cluster?: ArrayLike<number>;
  /** Added to the log hazard of each row as it is: the log of the number of people that a row stands for, say. 0 without it. */
  readonly offset?: ArrayLike<number>;
  /** 0.95 by default. */
  readonly confidenceShare?: number;
}

/** One coefficient: the log of a hazard ratio per unit of its covariate. */
export interface CoxCoefficient {
  readonly name: string;
  readonly coef: number;
  readonly hazardRatio: number;
  /** From the information, as if rows were independent. */
  readonly se: number;
  /** With clusters only; `z`, `pValue` and the intervals then rest on it. */
  readonly robustSe?: number;
  readonly z: number;
  /** Two-sided. */
  readonly pValue: number;
  /** Of the hazard ratio. */
  readonly interval: [number, number];
  /** Of the coefficient. */
  readonly coefInterval: [number, number];
}

/** A chi-squared test. */
export interface ChiSquaredTest {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/** A fitted model. */
export interface CoxFit {
  readonly coefficients: readonly CoxCoefficient[];
  readonly logLikelihood: { readonly null: number; readonly model: number };
  /** That all coefficients are zero. Likelihood ratio and score take rows for independent; Wald's uses the robust variance. */
  readonly tests: {
    readonly likelihoodRatio: ChiSquaredTest;
    readonly wald: ChiSquaredTest;
    readonly score: ChiSquaredTest;
  };
  /** Rows, events and strata. */
  readonly n: number;
  readonly events: number;
  readonly strata: number;
  readonly clusters?: number;
  readonly ties: Ties;
  readonly iterations: number;
  readonly converged: boolean;
  /** Names of coefficients that run to infinity. */
  readonly infinite: readonly string[];
  readonly warnings: readonly string[];
  /** Full covariance matrix of the coefficients, row after row; robust if there are clusters. */
  readonly variance: Float64Array;
  /** (x - mean)'β of each row as given, without its offset; its order is what concordance is about. */
  readonly linearPredictor: Float64Array;
  /** For residuals and tests: the data, and β in its units. */
  readonly design: CoxDesign;
  readonly scaledBeta: Float64Array;
}

/**
 * Fits the model. `InputError` when there is no event, or when covariates are constant or combinations of one another in every
 * risk set; it names them. Numbers must be finite.
 */
export function fitCox(columns: SurvivalColumns, covariates: readonly Covariate[], options: CoxOptions = {}): CoxFit {
  const { ties = 'efron', cluster, offset, confidenceShare = 0.95 } = options;
  assertInvariant(covariates.length > 0, 'a Cox model needs a covariate');
  const values = covariates.map((one) => one.values);
  assertInvariant(
    values.every((one) => one.length === columns.stop.length),
    'covariates differ in length from the times',
  );
  const names = covariates.map((one) => one.name);
  const design = coxDesignOf(columns, values, ties, offset);
  refuseNoEvents(design);
  const found = maximise(design, names);
  const { beta, at, factored } = found;
  const naive = inverseOf(factored);
  const robust = cluster === undefined ? undefined : robustVarianceOf(design, beta, naive, cluster);
  const infinite = names.filter((_, index) => found.isInfinite[index]);
  return {
    coefficients: names.map((name, index) =>
      coefficientOf(name, index, { design, beta, naive, robust: robust?.variance, confidenceShare }),
    ),
    logLikelihood: { null: found.atZero.logLikelihood, model: at.logLikelihood },
    tests: testsOf(found, robust?.variance),
    n: design.sets.rowCount,
    events: design.sets.eventCount,
    strata: design.sets.strataCount,
    ...(robust === undefined ? {} : { clusters: robust.clusterCount }),
    ties,
    iterations: found.iterations,
    converged: found.converged,
    infinite,
    warnings: warningsOf(found.converged, infinite, robust?.clusterCount),
    variance: unscaled(design, robust?.variance ?? naive),
    linearPredictor: linearPredictorOf(design, beta),
    design,
    scaledBeta: beta,
  };
}

function refuseNoEvents({ sets }: CoxDesign): void {
  if (sets.eventCount > 0) return;
  throw new InputError({
    code: 'INPUT_EMPTY',
    found: `there is no event among ${sets.rowCount} rows`,
    next: 'A hazard needs events: check how the event column is coded.',
  });
}

const iterationsMax = 30;
const likelihoodTolerance = 1e-9;
/**
 * A coefficient has not settled when its next step is above this share of it, the square root of the tolerance above, and would move
 * the log hazard by more than this per standard deviation: steps towards infinity are longer, unless the group on whose side there is
 * no event is below 10^-8 of the rows.
 */
const unsettledShare = 3e-5;
const unsettledStep = 1e-4;

interface Maximum {
  readonly beta: Float64Array;
  readonly atZero: CoxEvaluation;
  readonly factoredAtZero: SymmetricFactor;
  readonly at: CoxEvaluation;
  readonly factored: SymmetricFactor;
  readonly iterations: number;
  readonly converged: boolean;
  readonly isInfinite: readonly boolean[];
}

/** Newton's search, in scaled units. */
function maximise(design: CoxDesign, names: readonly string[]): Maximum {
  const { count } = design.covariates;
  let beta = new Float64Array(count);
  const atZero = evaluateCox(design, beta);
  const factoredAtZero = factorOf(atZero.information, count, collinearShare);
  refuseCollinear(design, atZero.information, factoredAtZero, names);
  let last = atZero;
  let next = stepped(beta, factoredAtZero, atZero.score);
  let halvings = 0;
  let converged = false;
  let iterations = 1;
  for (; ; iterations++) {
    const at = evaluateCox(design, next);
    const isLower = !(at.logLikelihood >= last.logLikelihood);
    const change = Math.abs(at.logLikelihood - last.logLikelihood);
    const isSmall = Number.isFinite(change) && change <= likelihoodTolerance * Math.abs(at.logLikelihood);
    converged = halvings === 0 && isSmall;
    if (converged || iterations === iterationsMax) {
      if (converged || !isLower) {
        beta = next;
        last = at;
      }
      break;
    }
    if (isLower) {
      halvings++;
      const weight = halvings;
      next = next.map((value, index) => (value + weight * beta[index]) / (weight + 1));
    } else {
      halvings = 0;
      last = at;
      beta = next;
      next = stepped(beta, factorOf(at.information, count), at.score);
    }
  }
  const factored = factorOf(last.information, count);
  const further = solve(factored, last.score);
  const isInfinite = Array.from(beta, (value, index) => {
    const isFlat = factored.dependentRows.includes(index);
    return isFlat || Math.abs(further[index]) > Math.max(unsettledStep, unsettledShare * Math.abs(value));
  });
  return { beta, atZero, factoredAtZero, at: last, factored, iterations, converged, isInfinite };
}

function stepped(beta: Float64Array, factored: SymmetricFactor, score: Float64Array): Float64Array<ArrayBuffer> {
  const step = solve(factored, score);
  return Float64Array.from(beta, (value, index) => value + step[index]);
}

/** What rounding leaves of a variance that should be zero, as a share of the covariate's own: sums of 10^6 rows lose 10 digits. */
const collinearShare = 1e-10;

/**
 * At β = 0 the information is a covariance inside risk sets: a row without a pivot is constant there, or a combination of others.
 * A covariate's own variance is 1 in scaled units, so that a diagonal below the tolerance means constant inside every risk set.
 */
function refuseCollinear(
  { covariates: { count }, sets }: CoxDesign,
  information: Float64Array,
  factored: SymmetricFactor,
  names: readonly string[],
): void {
  const isConstant = (row: number): boolean => !(information[row * count + row] > collinearShare * sets.eventCount);
  const refused = names.flatMap((_, row) => (isConstant(row) || factored.dependentRows.includes(row) ? [row] : []));
  if (refused.length === 0) return;
  throw new InputError(
    refused.map((row) => {
      if (isConstant(row)) {
        const found = `${echo(names[row])} is constant among all who are at risk together, so its hazard ratio cannot be estimated`;
        return { code: 'INPUT_COMBINATION' as const, found, next: 'Leave it out.' };
      }
      const others = Array.from({ length: row }, (_, index) => index).filter((index) => !refused.includes(index));
      const shares = solve(
        factorOf(submatrix(information, count, others), others.length),
        others.map((index) => information[row * count + index]),
      );
      const parts = others.filter((_, index) => Math.abs(shares[index]) > 1e-6).map((index) => echo(names[index]));
      const found = `${echo(names[row])} is a linear combination of ${parts.join(', ')} among all who are at risk together`;
      return { code: 'INPUT_COMBINATION' as const, found, next: `Leave out ${echo(names[row])} or one of the others.` };
    }),
  );
}

interface CoefficientContext {
  readonly design: CoxDesign;
  readonly beta: Float64Array;
  readonly naive: Float64Array;
  readonly robust: Float64Array | undefined;
  readonly confidenceShare: number;
}

function coefficientOf(name: string, index: number, context: CoefficientContext): CoxCoefficient {
  const { design, beta, naive, robust, confidenceShare } = context;
  const { count } = design.covariates;
  const scale = design.scales[index];
  // No variance is no information, not certainty.
  const errorOf = (variance: Float64Array): number => Math.sqrt(variance[index * count + index] || Number.NaN) / scale;
  const coef = beta[index] / scale;
  const se = errorOf(naive);
  const robustSe = robust === undefined ? undefined : errorOf(robust);
  const used = robustSe ?? se;
  const reach = normalQuantile((1 + confidenceShare) / 2) * used;
  const z = coef / used;
  return {
    name,
    coef,
    hazardRatio: Math.exp(coef),
    se,
    ...(robustSe === undefined ? {} : { robustSe }),
    z,
    pValue: 2 * normalTail(Math.abs(z)),
    interval: [Math.exp(coef - reach), Math.exp(coef + reach)],
    coefInterval: [coef - reach, coef + reach],
  };
}

function testsOf(found: Maximum, robust: Float64Array | undefined): CoxFit['tests'] {
  const { beta, at, atZero, factoredAtZero } = found;
  const degreesOfFreedom = beta.length;
  const test = (statistic: number): ChiSquaredTest => ({
    statistic,
    degreesOfFreedom,
    pValue: chiSquaredTail(statistic, degreesOfFreedom),
  });
  let wald = 0;
  if (robust === undefined) {
    for (let row = 0; row < beta.length; row++) {
      for (let column = 0; column < beta.length; column++) {
        wald += beta[row] * at.information[row * beta.length + column] * beta[column];
      }
    }
  } else wald = inverseQuadraticForm(factorOf(robust, beta.length), beta);
  return {
    likelihoodRatio: test(2 * (at.logLikelihood - atZero.logLikelihood)),
    wald: test(wald),
    score: test(inverseQuadraticForm(factoredAtZero, atZero.score)),
  };
}

/** Below this many clusters the sandwich variance is known to be too small. */
const clusterCountMin = 30;

function warningsOf(converged: boolean, infinite: readonly string[], clusterCount: number | undefined): string[] {
  const warnings = infinite.map(
    (name) =>
      `${name}: the likelihood goes on rising as this coefficient runs to infinity; its error, z, p value and interval mean nothing (the likelihood-ratio test does)`,
  );
  if (!converged && infinite.length === 0) {
    warnings.push(`the search ended after ${iterationsMax} steps without settling`);
  }
  if (clusterCount !== undefined && clusterCount < clusterCountMin) {
    warnings.push(
      `robust errors rest on ${clusterCount} clusters only; below ${clusterCountMin} they tend to be too small`,
    );
  }
  return warnings;
}

/** A covariance matrix in the caller's units. */
function unscaled({ scales }: CoxDesign, variance: Float64Array): Float64Array {
  const count = scales.length;
  return variance.map((value, at) => value / (scales[Math.floor(at / count)] * scales[at % count]));
}

function linearPredictorOf({ values, means, scales, sets }: CoxDesign, beta: Float64Array): Float64Array {
  const linear = new Float64Array(sets.rowCount);
  for (let covariate = 0; covariate < values.length; covariate++) {
    const coef = beta[covariate] / scales[covariate];
    for (let row = 0; row < linear.length; row++) linear[row] += coef * (values[covariate][row] - means[covariate]);
  }
  return linear;
}
