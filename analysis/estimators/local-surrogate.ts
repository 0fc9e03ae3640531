/**
 * A local model of noisy least squares: every residual as a quadratic of the position, and where the sum of their squares is least.
 *
 * Pure. Takes positions in the unit cube that were evaluated, with a vector of residuals each, and a place to look at; gives the models' least place nearby, the slopes
 * there, and a cloud of places that would teach the most. The least of many noisy losses is the luckiest; a model that many positions share averages
 * their noise instead (regression adjustment: Beaumont, Zhang and Balding, Genetics 162, 2002; response surfaces: Box and Wilson, JRSS B 13, 1951).
 * Weights are tricube over the distance to the furthest of the nearest positions (Cleveland, JASA 74, 1979).
 * Invariant: the same positions and residuals give the same place. Oracle: residuals that are quadratics have their least place found exactly.
 */
import { factorOf, inverseOf, solve } from './symmetric-matrix.ts';

/** A position with its residuals. */
export interface Evaluated {
  readonly position: readonly number[];
  readonly residuals: readonly number[];
}

/** The models around a place. */
export interface LocalSurrogate {
  readonly centre: readonly number[];
  /** Coefficients of each residual: constant, slopes, then products of axes i <= j, all of the difference from the centre. */
  readonly models: readonly Float64Array[];
  /** Distance of the furthest position that had a weight. */
  readonly reach: number;
}

const nearestPerCoefficient = 4;
const stepCount = 30;

/** Coefficients of a quadratic in so many dimensions. */
export function coefficientCount(dimension: number): number {
  return ((dimension + 1) * (dimension + 2)) / 2;
}

/** Fits the models to the nearest positions; undefined where there are too few. At least `atLeast` of them are taken. */
export function fitSurrogate(
  evaluated: readonly Evaluated[],
  centre: readonly number[],
  atLeast: number,
): LocalSurrogate | undefined {
  const n = centre.length;
  const size = coefficientCount(n);
  const usable = evaluated.filter(({ residuals }) => residuals.every(Number.isFinite));
  const wanted = Math.max(nearestPerCoefficient * size, atLeast);
  if (usable.length < 2 * size) return undefined;
  const far = usable.map(({ position }, at) => ({ at, distance: distanceOf(position, centre) }));
  far.sort((one, other) => one.distance - other.distance || one.at - other.at);
  const nearest = far.slice(0, wanted);
  // A little beyond the furthest, so that it counts too.
  const reach = 1.0001 * nearest[nearest.length - 1].distance;
  if (!(reach > 0)) return undefined;
  const gram = new Float64Array(size * size);
  const count = usable[0].residuals.length;
  const sides = Array.from({ length: count }, () => new Float64Array(size));
  for (const { at, distance } of nearest) {
    const weight = (1 - (distance / reach) ** 3) ** 3;
    const row = rowOf(usable[at].position, centre);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) gram[i * size + j] += weight * row[i] * row[j];
      sides.forEach((side, k) => (side[i] += weight * row[i] * usable[at].residuals[k]));
    }
  }
  const factor = factorOf(gram, size, 1e-9);
  return { centre, reach, models: sides.map((side) => solve(factor, side)) };
}

/** Where the sum of squares of the models is least, no axis further than `within` from the centre; by damped Gauss-Newton steps. */
export function leastPlace(surrogate: LocalSurrogate, within: number): number[] {
  const { centre } = surrogate;
  const n = centre.length;
  let here = centre.slice();
  let loss = lossAt(surrogate, here);
  let damping = 1e-3;
  for (let step = 0; step < stepCount; step++) {
    const { normal, pull } = normalAt(surrogate, here);
    for (let i = 0; i < n; i++) normal[i * n + i] += damping * (normal[i * n + i] + 1e-9);
    const moved = solve(factorOf(normal, n), pull);
    const next = here.map((x, i) => clamp(x - moved[i], centre[i] - within, centre[i] + within));
    const found = lossAt(surrogate, next);
    if (found < loss) {
      [here, loss] = [next, found];
      damping = Math.max(1e-6, damping / 4);
    } else damping *= 8;
  }
  return here;
}

/** Sum of squares of the models at a place. */
export function lossAt({ models, centre }: LocalSurrogate, place: readonly number[]): number {
  const row = rowOf(place, centre);
  return models.reduce((sum, model) => {
    const value = model.reduce((all, one, i) => all + one * row[i], 0);
    return sum + value * value;
  }, 0);
}

/**
 * A lower factor of the covariance of places worth a look: `rise` standard errors of a residual wide where residuals answer to the position, but no
 * axis wider than `widest` nor narrower than `narrowest`.
 */
export function cloudFactor(
  surrogate: LocalSurrogate,
  place: readonly number[],
  { rise, widest, narrowest }: { readonly rise: number; readonly widest: number; readonly narrowest: number },
): Float64Array {
  const n = place.length;
  const { normal } = normalAt(surrogate, place);
  const shape = normal.map((one, at) => one / (rise * rise) + (at % (n + 1) === 0 ? 1 / (widest * widest) : 0));
  const covariance = inverseOf(factorOf(shape, n));
  for (let i = 0; i < n; i++) covariance[i * n + i] += narrowest * narrowest;
  const { factor } = factorOf(covariance, n);
  const lower = new Float64Array(n * n);
  for (let row = 0; row < n; row++)
    for (let column = 0; column <= row; column++)
      lower[row * n + column] =
        (row === column ? 1 : factor[row * n + column]) * Math.sqrt(factor[column * n + column]);
  return lower;
}

/** J'J and J'r of the models at a place. */
function normalAt(
  { models, centre }: LocalSurrogate,
  place: readonly number[],
): { normal: Float64Array; pull: Float64Array } {
  const n = place.length;
  const by = place.map((x, i) => x - centre[i]);
  const row = rowOf(place, centre);
  const normal = new Float64Array(n * n);
  const pull = new Float64Array(n);
  for (const model of models) {
    const value = model.reduce((all, one, i) => all + one * row[i], 0);
    const slope = Float64Array.from({ length: n }, (_, i) => model[1 + i]);
    let at = 1 + n;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++, at++) {
        slope[i] += model[at] * by[j];
        slope[j] += model[at] * by[i];
      }
    }
    for (let i = 0; i < n; i++) {
      pull[i] += slope[i] * value;
      for (let j = 0; j < n; j++) normal[i * n + j] += slope[i] * slope[j];
    }
  }
  return { normal, pull };
}

function rowOf(position: readonly number[], centre: readonly number[]): Float64Array {
  const n = centre.length;
  const by = position.map((x, i) => x - centre[i]);
  const row = new Float64Array(coefficientCount(n));
  row[0] = 1;
  for (let i = 0; i < n; i++) row[1 + i] = by[i];
  let at = 1 + n;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++, at++) row[at] = by[i] * by[j];
  return row;
}

function distanceOf(one: readonly number[], other: readonly number[]): number {
  return Math.sqrt(one.reduce((sum, x, i) => sum + (x - other[i]) * (x - other[i]), 0));
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(1, high, Math.max(0, low, x));
}
