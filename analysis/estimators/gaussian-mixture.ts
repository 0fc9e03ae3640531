/**
 * Gaussian mixtures with full covariances: expectation and maximisation in turn, the best of several starts, BIC and AIC.
 *
 * Starts are k-means partitions with one start each (Dempster, Laird and Rubin 1977; McLachlan and Peel 2000). A small number is
 * added to every variance, so that a component of few rows cannot shrink to a point and take the likelihood to infinity.
 * Invariant: up to that addition the log likelihood never falls. Oracle: scikit-learn's GaussianMixture on iris.
 */
import { assertInvariant } from '../../sim/ground/errors.ts';
import type { RandomStream } from '../../sim/ground/philox.ts';
import { bySize, kMeans } from './k-means.ts';
import type { Clustering } from './k-means.ts';
import type { Points } from './points.ts';

/** A fitted mixture. */
export interface GaussianMixture {
  readonly clustering: Clustering;
  readonly logLikelihood: number;
  /** -2 log L + p log n; lower is better. */
  readonly bic: number;
  readonly aic: number;
  readonly weights: number[];
  /** Row-major, a component a row. */
  readonly means: Float64Array;
  readonly isConverged: boolean;
}

/** How to search. */
export interface MixtureOptions {
  readonly startCount: number;
  readonly roundCountMax?: number;
  /** Rounds end when the mean log likelihood of a row rises by less. */
  readonly tolerance?: number;
  /** Added to every variance, in squared units of the points. */
  readonly addedVariance?: number;
}

interface Fit {
  readonly points: Points;
  readonly componentCount: number;
  /** Row-major, rows × components: the share of a row that each component holds. */
  readonly share: Float64Array;
  readonly weights: Float64Array;
  readonly means: Float64Array;
  /** Lower Cholesky factors of the covariances, dimension × dimension each. */
  readonly factors: Float64Array;
  readonly addedVariance: number;
  logLikelihood: number;
  isConverged: boolean;
}

/** Fits `componentCount` components; the start with the highest likelihood wins, the first among equals. */
export function gaussianMixture(
  points: Points,
  componentCount: number,
  stream: RandomStream,
  options: MixtureOptions,
): GaussianMixture {
  let best: Fit | undefined;
  for (let start = 0; start < options.startCount; start++) {
    const fit = fitFrom(points, kMeans(points, componentCount, stream, { startCount: 1 }), options);
    if (best === undefined || fit.logLikelihood > best.logLikelihood) best = fit;
  }
  assertInvariant(best !== undefined, 'a mixture needs at least one start');
  const { count, dimensionCount } = points;
  const covarianceCount = (dimensionCount * (dimensionCount + 1)) / 2;
  const parameterCount = componentCount * (1 + dimensionCount + covarianceCount) - 1;
  return {
    clustering: bySize({ label: likeliest(best), clusterCount: componentCount }),
    logLikelihood: best.logLikelihood,
    bic: -2 * best.logLikelihood + parameterCount * Math.log(count),
    aic: -2 * best.logLikelihood + 2 * parameterCount,
    weights: Array.from(best.weights),
    means: best.means,
    isConverged: best.isConverged,
  };
}

function fitFrom(points: Points, start: Clustering, options: MixtureOptions): Fit {
  const { count, dimensionCount } = points;
  const componentCount = start.clusterCount;
  const fit: Fit = {
    points,
    componentCount,
    share: new Float64Array(count * componentCount),
    weights: new Float64Array(componentCount),
    means: new Float64Array(componentCount * dimensionCount),
    factors: new Float64Array(componentCount * dimensionCount * dimensionCount),
    addedVariance: options.addedVariance ?? 1e-6,
    logLikelihood: Number.NEGATIVE_INFINITY,
    isConverged: false,
  };
  for (let row = 0; row < count; row++) fit.share[row * componentCount + start.label[row]] = 1;
  const tolerance = options.tolerance ?? 1e-6;
  for (let round = 0; round < (options.roundCountMax ?? 500); round++) {
    maximise(fit);
    const before = fit.logLikelihood;
    expect(fit);
    if (Math.abs(fit.logLikelihood - before) < tolerance * count) {
      fit.isConverged = true;
      break;
    }
  }
  return fit;
}

/** Weights, means and covariances from the shares. */
function maximise(fit: Fit): void {
  const { points, componentCount, share, weights, means } = fit;
  const { count, dimensionCount, values } = points;
  weights.fill(0);
  means.fill(0);
  for (let row = 0; row < count; row++) {
    for (let component = 0; component < componentCount; component++) {
      const held = share[row * componentCount + component];
      weights[component] += held;
      for (let dimension = 0; dimension < dimensionCount; dimension++) {
        means[component * dimensionCount + dimension] += held * values[row * dimensionCount + dimension];
      }
    }
  }
  for (let component = 0; component < componentCount; component++) {
    // A component that holds nothing stays defined.
    const held = Math.max(weights[component], 1e-12);
    for (let dimension = 0; dimension < dimensionCount; dimension++)
      means[component * dimensionCount + dimension] /= held;
    spreadOf(fit, component, held);
    weights[component] /= count;
  }
}

function spreadOf(fit: Fit, component: number, held: number): void {
  const { points, componentCount, share, means, factors, addedVariance } = fit;
  const { count, dimensionCount, values } = points;
  const matrix = factors.subarray(component * dimensionCount ** 2, (component + 1) * dimensionCount ** 2);
  const centre = means.subarray(component * dimensionCount, (component + 1) * dimensionCount);
  matrix.fill(0);
  for (let row = 0; row < count; row++) {
    const weight = share[row * componentCount + component];
    if (weight === 0) continue;
    const at = row * dimensionCount;
    for (let i = 0; i < dimensionCount; i++) {
      const part = weight * (values[at + i] - centre[i]);
      for (let j = 0; j <= i; j++) matrix[i * dimensionCount + j] += part * (values[at + j] - centre[j]);
    }
  }
  for (let place = 0; place < matrix.length; place++) matrix[place] /= held;
  for (let i = 0; i < dimensionCount; i++) matrix[i * dimensionCount + i] += addedVariance;
  choleskyInPlace(matrix, dimensionCount);
}

/** Replaces the lower triangle of a positive definite matrix by its Cholesky factor. */
export function choleskyInPlace(matrix: Float64Array, size: number): void {
  for (let column = 0; column < size; column++) {
    for (let row = column; row < size; row++) {
      let sum = matrix[row * size + column];
      for (let k = 0; k < column; k++) sum -= matrix[row * size + k] * matrix[column * size + k];
      const pivot = row === column ? sum : matrix[column * size + column];
      matrix[row * size + column] = row === column ? Math.sqrt(Math.max(pivot, 1e-300)) : sum / pivot;
    }
  }
}

/** Shares from weights, means and covariances, and the log likelihood. */
function expect(fit: Fit): void {
  const { points, componentCount, share } = fit;
  const logDensity = new Float64Array(componentCount);
  const solved = new Float64Array(points.dimensionCount);
  let total = 0;
  for (let row = 0; row < points.count; row++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let component = 0; component < componentCount; component++) {
      logDensity[component] = Math.log(fit.weights[component]) + logNormalDensity(fit, row, component, solved);
      most = Math.max(most, logDensity[component]);
    }
    let sum = 0;
    for (let component = 0; component < componentCount; component++) sum += Math.exp(logDensity[component] - most);
    const logSum = most + Math.log(sum);
    for (let component = 0; component < componentCount; component++) {
      share[row * componentCount + component] = Math.exp(logDensity[component] - logSum);
    }
    total += logSum;
  }
  fit.logLikelihood = total;
}

function logNormalDensity(fit: Fit, row: number, component: number, solved: Float64Array): number {
  const { means, factors, points } = fit;
  const { dimensionCount, values } = points;
  const start = component * dimensionCount * dimensionCount;
  let logDeterminant = 0;
  let squares = 0;
  for (let i = 0; i < dimensionCount; i++) {
    let sum = values[row * dimensionCount + i] - means[component * dimensionCount + i];
    for (let k = 0; k < i; k++) sum -= factors[start + i * dimensionCount + k] * solved[k];
    const pivot = factors[start + i * dimensionCount + i];
    solved[i] = sum / pivot;
    squares += solved[i] * solved[i];
    logDeterminant += Math.log(pivot);
  }
  return -0.5 * (dimensionCount * Math.log(2 * Math.PI) + squares) - logDeterminant;
}

function likeliest({ points, componentCount, share }: Fit): Int32Array {
  const label = new Int32Array(points.count);
  for (let row = 0; row < points.count; row++) {
    for (let component = 1; component < componentCount; component++) {
      if (share[row * componentCount + component] > share[row * componentCount + label[row]]) label[row] = component;
    }
  }
  return label;
}
