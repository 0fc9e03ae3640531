/**
 * Logistic regression with a random intercept for each group: adoption by exposure, with agents or cascades that differ by themselves.
 *
 * logit P(y = 1) = x'β + σ u, u normal for each group. The integral over u is by adaptive Gauss-Hermite quadrature (Pinheiro and
 * Bates 1995, J. Comput. Graph. Stat. 4): nodes stand around each group's most likely u, at its curvature. β and σ are found by
 * Newton steps on the gradient, whose derivative is taken by central differences; standard errors are from the same matrix.
 * σ keeps its sign free in the search, and is reported as its size; at 0 the groups do not differ. Invariant: no accepted step
 * lowers the log likelihood. Oracles: R lme4's glmer with nAGQ 25 and 15; the integral by brute force, in the test.
 */
import { logistic } from '../../sim/ground/detmath.ts';
import { assertInvariant } from '../../sim/ground/errors.ts';
import { factorOf, inverseOf, solve } from './symmetric-matrix.ts';
import { normalTail } from './special-functions.ts';

/** Rows of a model. Groups are numbered from 0; a row's group may stand anywhere. */
export interface MixedLogitColumns {
  readonly group: ArrayLike<number>;
  /** 0 or 1. */
  readonly outcome: ArrayLike<number>;
  /** Named columns, the intercept not among them. */
  readonly covariates: readonly { readonly name: string; readonly values: ArrayLike<number> }[];
}

/** One coefficient, on the scale of the logit, within a group. */
export interface LogitCoefficient {
  readonly name: string;
  readonly coef: number;
  readonly oddsRatio: number;
  readonly se: number;
  readonly z: number;
  readonly pValue: number;
  readonly interval: [number, number];
}

/** A fitted model. */
export interface MixedLogit {
  /** The intercept first. */
  readonly coefficients: LogitCoefficient[];
  /** Standard deviation of the groups' intercepts. */
  readonly groupDeviation: number;
  readonly logLikelihood: number;
  readonly n: number;
  readonly groupCount: number;
  readonly isConverged: boolean;
  readonly warnings: string[];
}

interface Model {
  readonly columnCount: number;
  readonly rowCount: number;
  /** Row-major, the intercept first; rows sorted by group. */
  readonly design: Float64Array;
  readonly outcome: Float64Array;
  readonly groupStart: Int32Array;
  readonly groupMode: Float64Array;
  readonly nodes: Quadrature;
}

const roundCountMax = 100;
const z95 = 1.959963984540054;

/** Fits by `nodeCount` nodes a group. Rows with an outcome other than 0 or 1 are a mistake of the caller. */
export function mixedLogit(columns: MixedLogitColumns, nodeCount = 15): MixedLogit {
  const model = modelOf(columns, nodeCount);
  const { columnCount } = model;
  const size = columnCount + 1;
  let parameters = new Float64Array(size);
  parameters[columnCount] = 1;
  let value = evaluate(model, parameters);
  let isConverged = false;
  for (let round = 0; round < roundCountMax && !isConverged; round++) {
    const step = newtonStep(model, parameters, value.gradient);
    const taken = halved(model, parameters, step, value.logLikelihood);
    if (taken === undefined) {
      isConverged = norm(value.gradient) < 1e-4 * (1 + Math.abs(value.logLikelihood));
      break;
    }
    isConverged = norm(taken.move) < 1e-9 * (1 + norm(parameters));
    parameters = taken.parameters;
    value = taken.value;
  }
  const covariance = inverseOf(factorOf(information(model, parameters), size));
  const names = ['(intercept)', ...columns.covariates.map(({ name }) => name)];
  return {
    coefficients: names.map((name, index) =>
      coefficientOf(name, parameters[index], Math.sqrt(covariance[index * size + index])),
    ),
    groupDeviation: Math.abs(parameters[columnCount]),
    logLikelihood: value.logLikelihood,
    n: model.rowCount,
    groupCount: model.groupMode.length,
    isConverged,
    warnings: warningsOf(parameters, isConverged),
  };
}

function coefficientOf(name: string, coef: number, se: number): LogitCoefficient {
  const z = coef / se;
  const pValue = 2 * normalTail(Math.abs(z));
  return { name, coef, oddsRatio: Math.exp(coef), se, z, pValue, interval: [coef - z95 * se, coef + z95 * se] };
}

function warningsOf(parameters: Float64Array, isConverged: boolean): string[] {
  const warnings: string[] = [];
  if (!isConverged) warnings.push('the search for the maximum did not come to rest');
  if (parameters.some((value) => Math.abs(value) > 15)) {
    warnings.push('a coefficient runs to infinity: the outcome is separated by the covariates');
  }
  return warnings;
}

/** Rows sorted by group, in the order in which they came within each. */
function modelOf({ group, outcome, covariates }: MixedLogitColumns, nodeCount: number): Model {
  const rowCount = outcome.length;
  const columnCount = covariates.length + 1;
  let groupCount = 0;
  for (let row = 0; row < rowCount; row++) groupCount = Math.max(groupCount, group[row] + 1);
  const groupStart = new Int32Array(groupCount + 1);
  for (let row = 0; row < rowCount; row++) groupStart[group[row] + 1]++;
  for (let one = 0; one < groupCount; one++) groupStart[one + 1] += groupStart[one];
  const cursor = groupStart.slice();
  const design = new Float64Array(rowCount * columnCount);
  const sorted = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    assertInvariant(outcome[row] === 0 || outcome[row] === 1, 'an outcome is 0 or 1');
    const place = cursor[group[row]]++;
    sorted[place] = outcome[row];
    design[place * columnCount] = 1;
    for (let column = 1; column < columnCount; column++) {
      design[place * columnCount + column] = covariates[column - 1].values[row];
    }
  }
  const groupMode = new Float64Array(groupCount);
  return { columnCount, rowCount, design, outcome: sorted, groupStart, groupMode, nodes: hermite(nodeCount) };
}

interface Evaluation {
  readonly logLikelihood: number;
  readonly gradient: Float64Array;
}

/** Log likelihood and its gradient by (β, σ). */
function evaluate(model: Model, parameters: Float64Array): Evaluation {
  const { columnCount, rowCount, design, groupMode } = model;
  const fixed = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      fixed[row] += design[row * columnCount + column] * parameters[column];
    }
  }
  const gradient = new Float64Array(columnCount + 1);
  let logLikelihood = 0;
  for (let group = 0; group < groupMode.length; group++) {
    logLikelihood += integrateGroup(model, group, fixed, parameters[columnCount], gradient);
  }
  return { logLikelihood, gradient };
}

/** Log of one group's integral; adds the group's part to the gradient. */
function integrateGroup(
  model: Model,
  group: number,
  fixed: Float64Array,
  sigma: number,
  gradient: Float64Array,
): number {
  const { columnCount, design, outcome, groupStart, groupMode, nodes } = model;
  const start = groupStart[group];
  const end = groupStart[group + 1];
  const curvature = findMode(model, group, fixed, sigma);
  const scale = Math.SQRT2 / Math.sqrt(curvature);
  const terms = nodes.places.map((place) => {
    const u = groupMode[group] + scale * place;
    return jointLog(outcome, fixed, start, end, sigma, u) + place * place;
  });
  let most = Number.NEGATIVE_INFINITY;
  for (const term of terms) most = Math.max(most, term);
  let sum = 0;
  for (let node = 0; node < terms.length; node++) sum += nodes.weights[node] * Math.exp(terms[node] - most);
  const bySigma = gradient.subarray(columnCount);
  for (let node = 0; node < terms.length; node++) {
    const share = (nodes.weights[node] * Math.exp(terms[node] - most)) / sum;
    const u = groupMode[group] + scale * nodes.places[node];
    let residuals = 0;
    for (let row = start; row < end; row++) {
      const residual = share * (outcome[row] - logistic(fixed[row] + sigma * u));
      residuals += residual;
      for (let column = 0; column < columnCount; column++) {
        gradient[column] += residual * design[row * columnCount + column];
      }
    }
    bySigma[0] += residuals * u;
  }
  return most + Math.log(sum * scale);
}

/** log of (Π p(y) × normal density of u). */
function jointLog(
  outcome: Float64Array,
  fixed: Float64Array,
  start: number,
  end: number,
  sigma: number,
  u: number,
): number {
  let log = -0.5 * u * u - 0.5 * Math.log(2 * Math.PI);
  for (let row = start; row < end; row++) {
    const eta = fixed[row] + sigma * u;
    // log(1 + e^η) without overflow.
    log += outcome[row] * eta - (eta > 0 ? eta + Math.log1p(Math.exp(-eta)) : Math.log1p(Math.exp(eta)));
  }
  return log;
}

/** Moves the group's mode to the most likely u, by Newton's steps from where it last was. Returns the curvature there, at least 1. */
function findMode(model: Model, group: number, fixed: Float64Array, sigma: number): number {
  const { outcome, groupStart, groupMode } = model;
  let u = groupMode[group];
  let curvature = 1;
  for (let round = 0; round < 50; round++) {
    let slope = -u;
    curvature = 1;
    for (let row = groupStart[group]; row < groupStart[group + 1]; row++) {
      const p = logistic(fixed[row] + sigma * u);
      slope += sigma * (outcome[row] - p);
      curvature += sigma * sigma * p * (1 - p);
    }
    // Far from the mode the curvature can be too small: a step of more than 3 standard deviations is not believed.
    const step = Math.max(-3, Math.min(3, slope / curvature));
    u += step;
    if (Math.abs(step) < 1e-10) break;
  }
  groupMode[group] = u;
  return curvature;
}

/** The negative second derivatives, from differences of the gradient on both sides. */
function information(model: Model, parameters: Float64Array): Float64Array {
  const size = parameters.length;
  const matrix = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const width = 1e-4 * (1 + Math.abs(parameters[column]));
    const shifted = (by: number): Float64Array => {
      const moved = parameters.slice();
      moved[column] += by;
      return evaluate(model, moved).gradient;
    };
    const above = shifted(width);
    const below = shifted(-width);
    for (let row = 0; row < size; row++) matrix[row * size + column] = (below[row] - above[row]) / (2 * width);
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) {
      const mean = (matrix[row * size + column] + matrix[column * size + row]) / 2;
      matrix[row * size + column] = mean;
      matrix[column * size + row] = mean;
    }
  }
  return matrix;
}

/** Newton's step; where the matrix is not positive definite its diagonal is raised until it is. */
function newtonStep(model: Model, parameters: Float64Array, gradient: Float64Array): Float64Array {
  const size = parameters.length;
  const matrix = information(model, parameters);
  for (let raised = 0; ; raised = raised === 0 ? 1e-3 * model.rowCount : raised * 10) {
    const trial = matrix.slice();
    for (let place = 0; place < size; place++) trial[place * size + place] += raised;
    const factored = factorOf(trial, size);
    if (factored.dependentRows.length === 0) return solve(factored, gradient);
    assertInvariant(raised < 1e12 * model.rowCount, 'the likelihood has no curvature');
  }
}

/** The step, halved until the likelihood does not fall; undefined when no part of it helps. */
function halved(model: Model, parameters: Float64Array, step: Float64Array, before: number) {
  for (let share = 1; share > 1e-10; share /= 2) {
    const move = step.map((value) => share * value);
    const moved = parameters.map((value, place) => value + move[place]);
    const value = evaluate(model, moved);
    if (value.logLikelihood >= before - 1e-10 * Math.abs(before)) return { parameters: moved, value, move };
  }
  return undefined;
}

function norm(values: Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

/** Nodes and weights for ∫ f(x) exp(-x²) dx. */
export interface Quadrature {
  readonly places: Float64Array;
  readonly weights: Float64Array;
}

/** Gauss and Hermite's rule of up to some 100 nodes: roots of the orthonormal polynomial, found by bisection between those of the one below. */
export function hermite(nodeCount: number): Quadrature {
  let roots: number[] = [];
  for (let degree = 1; degree <= nodeCount; degree++) {
    const edge = Math.sqrt(2 * degree + 1) + 1;
    const fences = [-edge, ...roots, edge];
    roots = Array.from({ length: degree }, (_, index) => rootBetween(degree, fences[index], fences[index + 1]));
  }
  const places = Float64Array.from(roots);
  // For orthonormal polynomials the weight of a root of h_n is 1 / (n h_(n-1)²).
  const weights = places.map((place) => 1 / (nodeCount * orthonormal(nodeCount - 1, place) ** 2));
  return { places, weights };
}

function rootBetween(degree: number, low: number, high: number): number {
  const sign = Math.sign(orthonormal(degree, low));
  for (let round = 0; round < 200; round++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (Math.sign(orthonormal(degree, middle)) === sign) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** h_n(x), orthonormal under exp(-x²): h_(k+1) = x √(2 / (k + 1)) h_k - √(k / (k + 1)) h_(k-1). */
function orthonormal(degree: number, x: number): number {
  let before = 0;
  let value = Math.PI ** -0.25;
  for (let k = 0; k < degree; k++) {
    const next = x * Math.sqrt(2 / (k + 1)) * value - Math.sqrt(k / (k + 1)) * before;
    before = value;
    value = next;
  }
  return value;
}
