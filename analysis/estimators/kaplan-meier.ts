/**
 * Kaplan and Meier's estimate of survival, with Greenwood's error, intervals, quantiles and values at chosen times.
 *
 *     S(t) = Π over event times u <= t of (1 - d(u) / n(u)),    σ²(t) = Σ d(u) / (n(u) (n(u) - d(u)))
 *
 * n(u) counts rows with start < u <= stop. The standard error of S is S σ; intervals are symmetric on the scale of log S (R's default),
 * of log(-log S), or of S itself. Where S is 0 no interval exists (NaN).
 * Order: times ascend, each end of a row once. Oracle: survfit of R survival 3.5-3, `test/data/survival.json`.
 * Sources: Kaplan and Meier (1958, JASA 53); Greenwood (1926); quantile intervals by Brookmeyer and Crowley (1982, Biometrics 38).
 */
import { normalQuantile } from '../../sim/ground/detmath.ts';
import type { SurvivalColumns } from './risk-sets.ts';

/** Scale on which an interval is symmetric. */
export type SurvivalScale = 'log' | 'log-log' | 'plain';

/** Choices. */
export interface SurvivalOptions {
  readonly scale?: SurvivalScale;
  readonly confidenceShare?: number;
}

/** A survival curve: columns of its steps, right-continuous. It is 1 before the first time. */
export interface SurvivalCurve {
  readonly n: number;
  readonly events: number;
  readonly time: Float64Array;
  readonly atRisk: Int32Array;
  readonly eventCount: Int32Array;
  readonly censoredCount: Int32Array;
  readonly survival: Float64Array;
  readonly standardError: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A time or a share with its interval; NaN where it does not exist. */
export interface SurvivalEstimate {
  readonly value: number;
  readonly interval: [number, number];
}

/** The curve of all rows; strata are not told apart. */
export function kaplanMeier(columns: SurvivalColumns, options: SurvivalOptions = {}): SurvivalCurve {
  const { stop, event, start } = columns;
  const { scale = 'log', confidenceShare = 0.95 } = options;
  const n = stop.length;
  const order = Int32Array.from({ length: n }, (_, row) => row).sort((a, b) => stop[a] - stop[b]);
  const starts = start === undefined ? undefined : Float64Array.from(start).sort();
  const curve = emptyCurve(n);
  const z = normalQuantile((1 + confidenceShare) / 2);
  let steps = 0;
  let entered = starts === undefined ? n : 0;
  let survival = 1;
  let greenwood = 0;
  let events = 0;
  for (let index = 0; index < n; steps++) {
    const time = stop[order[index]];
    const first = index;
    let died = 0;
    for (; index < n && stop[order[index]] === time; index++) died += event[order[index]] === 1 ? 1 : 0;
    while (starts !== undefined && entered < n && starts[entered] < time) entered++;
    const atRisk = entered - first;
    survival *= (atRisk - died) / atRisk;
    greenwood += died === 0 ? 0 : died / (atRisk * (atRisk - died));
    events += died;
    curve.time[steps] = time;
    curve.atRisk[steps] = atRisk;
    curve.eventCount[steps] = died;
    curve.censoredCount[steps] = index - first - died;
    curve.survival[steps] = survival;
    curve.standardError[steps] = survival === 0 ? Number.NaN : survival * Math.sqrt(greenwood);
    [curve.lower[steps], curve.upper[steps]] = intervalOf(survival, z * Math.sqrt(greenwood), scale);
  }
  return {
    n,
    events,
    time: curve.time.slice(0, steps),
    atRisk: curve.atRisk.slice(0, steps),
    eventCount: curve.eventCount.slice(0, steps),
    censoredCount: curve.censoredCount.slice(0, steps),
    survival: curve.survival.slice(0, steps),
    standardError: curve.standardError.slice(0, steps),
    lower: curve.lower.slice(0, steps),
    upper: curve.upper.slice(0, steps),
  };
}

function emptyCurve(length: number) {
  return {
    time: new Float64Array(length),
    atRisk: new Int32Array(length),
    eventCount: new Int32Array(length),
    censoredCount: new Int32Array(length),
    survival: new Float64Array(length),
    standardError: new Float64Array(length),
    lower: new Float64Array(length),
    upper: new Float64Array(length),
  };
}

function intervalOf(survival: number, reach: number, scale: SurvivalScale): [number, number] {
  if (survival === 0) return [Number.NaN, Number.NaN];
  if (survival === 1) return [1, 1];
  if (scale === 'log') return [survival * Math.exp(-reach), Math.min(1, survival * Math.exp(reach))];
  if (scale === 'plain') return [Math.max(0, survival * (1 - reach)), Math.min(1, survival * (1 + reach))];
  const log = Math.log(survival);
  return [Math.exp(log * Math.exp(-reach / log)), Math.exp(log * Math.exp(reach / log))];
}

/** Survival at a time, with its interval and how many were still at risk; NaN after the last end of a row, unless all had the event. */
export function survivalAt(curve: SurvivalCurve, time: number): SurvivalEstimate & { readonly atRisk: number } {
  const { time: times, atRisk, survival, lower, upper } = curve;
  const step = stepAt(times, time);
  const next = times[step] === time ? step : step + 1;
  const remaining = next < times.length ? atRisk[next] : 0;
  if (step < 0) return { value: 1, interval: [1, 1], atRisk: remaining };
  const isPast = time > times[times.length - 1] && survival[step] > 0;
  if (isPast) return { value: Number.NaN, interval: [Number.NaN, Number.NaN], atRisk: 0 };
  return { value: survival[step], interval: [lower[step], upper[step]], atRisk: remaining };
}

/** Last step at or before a time; -1 if there is none. */
function stepAt(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Two shares closer than this are one: the product above leaves rounding behind. */
const shareTolerance = 1.5e-8;

/**
 * The time by which a share of the rows has had the event (0.5: the median), with the interval at which the curve's own limits
 * pass the same share. Where the curve runs exactly at 1 - share it is the middle of that stretch, as R has it. NaN when never reached.
 */
export function survivalQuantile(curve: SurvivalCurve, share = 0.5): SurvivalEstimate {
  const at = (values: Float64Array): number => firstTimeBelow(curve.time, values, 1 - share);
  return { value: at(curve.survival), interval: [at(curve.lower), at(curve.upper)] };
}

function firstTimeBelow(time: Float64Array, values: Float64Array, level: number): number {
  const first = values.findIndex((value) => value < level + shareTolerance);
  if (first < 0) return Number.NaN;
  if (Math.abs(values[first] - level) >= shareTolerance) return time[first];
  const next = values.findIndex((value, step) => step > first && value < values[first]);
  return next < 0 ? time[first] : (time[first] + time[next]) / 2;
}

/** Survival just before any time, of all rows together. */
export function survivalBefore(columns: SurvivalColumns): (time: number) => number {
  const { time: times, survival } = kaplanMeier(columns);
  return (time) => {
    const step = stepAt(times, time);
    const before = step >= 0 && times[step] === time ? step - 1 : step;
    return before < 0 ? 1 : survival[before];
  };
}
